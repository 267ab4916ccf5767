"""The term of an answer, the days a clock may stand still, the rungs of alerts: tables of dates, and what always holds."""

from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from complaints.models import Complaint
from complaints.terms import (
    OVERDUE,
    RUNGS,
    answer_due_on,
    first_receipt,
    goes_on_by,
    overdue_level,
    rung,
    suspended_days,
    warned_from,
)
from complaints.tests.factories import ComplaintFactory, SuspensionFactory

TODAY = date(2026, 6, 1)
days = st.dates(date(2020, 1, 1), date(2040, 1, 1))


@pytest.mark.parametrize(
    ("received_on", "by_intermediary_on", "suspensions", "due_on"),
    [
        (date(2026, 1, 10), None, [], date(2026, 2, 24)),
        (date(2026, 2, 1), None, [], date(2026, 3, 18)),
        (date(2026, 7, 20), None, [], date(2026, 9, 3)),
        (date(2024, 1, 16), None, [], date(2024, 3, 1)),  # 29 February
        (date(2026, 11, 10), None, [], date(2026, 12, 25)),  # no holiday moves it
        (date(2026, 1, 10), None, [(date(2026, 1, 20), date(2026, 2, 4))], date(2026, 3, 11)),
        (date(2026, 1, 20), date(2026, 1, 10), [], date(2026, 2, 24)),  # the intermediary had it first
        (date(2026, 1, 10), date(2026, 1, 20), [], date(2026, 2, 24)),
        (date(2026, 1, 10), None, [(date(2026, 1, 20), date(2026, 1, 20))], date(2026, 2, 24)),  # on and off in a day
        (
            date(2026, 1, 10),
            None,
            [(date(2026, 1, 20), date(2026, 1, 30)), (date(2026, 2, 1), date(2026, 2, 11))],
            date(2026, 3, 11),  # ten days and ten: fifteen
        ),
        (
            date(2026, 1, 10),
            None,
            [(date(2026, 1, 20), date(2026, 1, 25)), (date(2026, 1, 23), date(2026, 1, 27))],
            date(2026, 3, 3),  # seven days, though they overlap
        ),
        (date(2026, 1, 10), None, [(date(2026, 2, 25), date(2026, 3, 7))], date(2026, 2, 24)),  # the term was over
        (date(2026, 1, 10), None, [(date(2026, 2, 24), date(2026, 3, 1))], date(2026, 3, 1)),  # began on its last day
        (date(2026, 3, 2), date(2026, 2, 20), [(date(2026, 4, 10), date(2026, 4, 25))], date(2026, 4, 6)),
        (date(2026, 5, 10), None, [(date(2026, 5, 28), None)], date(2026, 6, 28)),  # four days until today
        (date(2026, 5, 10), None, [(date(2026, 5, 1), None)], date(2026, 7, 9)),  # never more than fifteen
    ],
)
def test_the_answer_is_due_45_days_from_the_earlier_receipt(received_on, by_intermediary_on, suspensions, due_on):
    assert answer_due_on(received_on, by_intermediary_on, suspensions, TODAY) == due_on


@given(
    received_on=days, by=st.none() | days, spans=st.lists(st.tuples(days, st.none() | days), max_size=4), today=days
)
def test_never_before_45_days_and_never_after_60(received_on, by, spans, today):
    first = min(received_on, by or received_on)
    assert 45 <= (answer_due_on(received_on, by, spans, today) - first).days <= 60


@given(received_on=days, later=st.integers(0, 900), spans=st.lists(st.tuples(days, st.none() | days), max_size=3))
def test_a_later_receipt_or_a_longer_wait_never_brings_the_term_forward(received_on, later, spans):
    more = received_on + timedelta(days=later)
    assert answer_due_on(received_on, None, spans, TODAY) <= answer_due_on(more, None, spans, TODAY)
    waited = TODAY + timedelta(days=later)
    until_today, longer = (suspended_days(spans, each, received_on=received_on) for each in (TODAY, waited))
    assert until_today <= longer


@pytest.mark.parametrize(
    ("days_used", "goes_on"), [(0, date(2026, 6, 16)), (5, date(2026, 6, 11)), (15, date(2026, 6, 1))]
)
def test_a_clock_goes_on_by_itself_when_all_suspensions_have_lasted_15_days(days_used, goes_on):
    assert goes_on_by(TODAY, days_used) == goes_on


@pytest.mark.parametrize(
    ("days_left", "reached"),
    [
        (46, None),
        (31, None),
        (30, 30),
        (16, 30),
        (15, 15),
        (8, 15),
        (7, 7),
        (4, 7),
        (3, 3),
        (2, 3),
        (1, 1),
        (0, 0),
        (-1, OVERDUE),
    ],
)
def test_the_rung_is_the_nearest_at_or_above_the_days_left(days_left, reached):
    assert rung(days_left) == reached


@pytest.mark.parametrize(("days_late", "level"), [(1, 1), (5, 1), (6, 2), (10, 2), (11, 3), (60, 12)])
def test_past_the_term_somebody_is_warned_again_every_five_days(days_late, level):
    assert overdue_level(days_late) == level


@given(level=st.integers(0, 40))
def test_a_warning_goes_up_on_the_day_that_its_level_begins(level):
    late = (warned_from(TODAY, level) - TODAY).days
    assert (overdue_level(late), overdue_level(late - 1)) == (level + 1, level)


@given(days_left=st.integers(-400, 400))
def test_rungs_are_reached_one_after_the_other(days_left):
    order = [None, *RUNGS, OVERDUE]
    assert order.index(rung(days_left)) <= order.index(rung(days_left - 1))


class TheDatabaseAgrees(TestCase):
    """The generated column and the annotation of lists say what the rule says."""

    @given(received_on=days, by=st.none() | days, lasted=st.integers(0, 15))
    def test_the_column_equals_the_rule(self, received_on, by, lasted):
        complaint = ComplaintFactory(received_on=received_on, received_by_intermediary_on=by, suspended_days=lasted)
        first = first_receipt(received_on, by)
        spans = [(first, first + timedelta(days=lasted))]
        assert complaint.due_on == answer_due_on(received_on, by, spans, TODAY)

    @given(after=st.integers(0, 70), used=st.integers(0, 15), lasts=st.integers(-3, 40))
    def test_the_term_of_a_clock_that_stands_still_equals_the_rule(self, after, used, lasts):
        assume(after >= used)  # the days of two suspensions do not overlap
        started_on = TODAY - timedelta(days=lasts)
        received_on = started_on - timedelta(days=after)
        complaint = ComplaintFactory(received_on=received_on, suspended_days=used, state=Complaint.State.SUSPENDED)
        ended = (received_on, received_on + timedelta(days=used))
        SuspensionFactory(complaint=complaint, started_on=ended[0], ended_on=ended[1])
        SuspensionFactory(complaint=complaint, started_on=started_on, ended_on=None)
        spans = [ended, (started_on, None)]
        found = Complaint.objects.with_term(TODAY).get(pk=complaint.pk)
        assert found.term_on == answer_due_on(received_on, None, spans, TODAY)
