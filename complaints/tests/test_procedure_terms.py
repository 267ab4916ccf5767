"""Terms before IVASS and the Arbiter: golden dates, stops, and the same days counted one by one by another rule."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaints.procedures.terms import (
    Figure,
    Stop,
    days_stopped,
    end_of_term,
    in_force,
    months_after,
    rung_of,
)
from foundation.refusals import Refused

SINCE = date(2025, 1, 24)
AUGUST = Stop((8, 1), (8, 31), SINCE)
CHRISTMAS = Stop((12, 23), (1, 6), SINCE)
STOPS = (AUGUST, CHRISTMAS)


# --- Another rule: a calendar that is walked day by day -------------------------------------------------------------
def is_stopped(day: date) -> bool:
    """Whether a day is one of August, or from 23 December to 6 January; said without the rule that is tried."""
    written = f"{day:%m%d}"
    return day >= SINCE and ("0801" <= written <= "0831" or written >= "1223" or written <= "0106")


def counted_one_by_one(start: date, days: int, *, stops: bool) -> date:
    """The day on which the last one is counted, with a finger on each day of the calendar."""
    day = start
    while days:
        day += timedelta(days=1)
        days -= 0 if stops and is_stopped(day) else 1
    return day


@pytest.mark.parametrize(
    ("received_on", "days", "due_on"),
    [
        ("2026-03-02", 30, "2026-04-01"),
        ("2026-01-30", 30, "2026-03-01"),
        ("2024-01-30", 30, "2024-02-29"),  # a leap year
        ("2024-02-14", 15, "2024-02-29"),
        ("2026-02-14", 15, "2026-03-01"),
        ("2026-12-10", 30, "2027-01-09"),  # over New Year's Eve
        ("2026-07-20", 30, "2026-08-19"),  # August stops nothing here
    ],
)
def test_an_answer_to_ivass_is_due_so_many_calendar_days_after_receipt(received_on, days, due_on):
    assert end_of_term(date.fromisoformat(received_on), days) == date.fromisoformat(due_on)


@pytest.mark.parametrize(
    ("start", "days", "due_on"),
    [
        ("2026-03-10", 40, "2026-04-19"),  # touches no stop
        ("2026-07-01", 40, "2026-09-10"),  # 30 days of July, 10 of September
        ("2026-06-20", 40, "2026-07-30"),  # ends before August
        ("2026-06-21", 40, "2026-07-31"),  # ends on the day before
        ("2026-06-22", 40, "2026-09-01"),  # its last day would be 1 August
        ("2026-07-31", 40, "2026-10-10"),  # the last day before the stop
        ("2026-08-01", 40, "2026-10-10"),  # begins inside, and so starts after it
        ("2026-08-31", 40, "2026-10-10"),  # the last day of the stop
        ("2026-09-01", 40, "2026-10-11"),
        ("2026-12-22", 40, "2027-02-15"),  # the last day before the stop
        ("2026-12-23", 40, "2027-02-15"),
        ("2027-01-06", 40, "2027-02-15"),  # the last day of the stop
        ("2027-01-07", 40, "2027-02-16"),
        ("2027-12-01", 40, "2028-01-25"),  # 21 days of December, 19 of January
        ("2028-01-31", 40, "2028-03-11"),  # with 29 February
        ("2026-07-25", 10, "2026-09-04"),  # the applicant's ten days: 6 of July, 4 of September
    ],
)
def test_the_stops_of_the_arbiter_are_not_counted(start, days, due_on):
    assert end_of_term(date.fromisoformat(start), days, STOPS) == date.fromisoformat(due_on)


@pytest.mark.parametrize(
    ("filed_on", "due_on", "extended"),
    [
        ("2026-02-01", "2026-07-31", "2026-11-29"),
        ("2026-02-02", "2026-09-01", "2026-11-30"),
        ("2026-09-15", "2027-03-29", "2027-06-27"),
    ],
)
def test_the_decision_takes_180_days_and_90_more(filed_on, due_on, extended):
    first = end_of_term(date.fromisoformat(filed_on), 180, STOPS)
    assert (first, end_of_term(first, 90, STOPS)) == (date.fromisoformat(due_on), date.fromisoformat(extended))


@given(
    start=st.dates(date(2024, 1, 1), date(2032, 12, 31)),
    days=st.integers(min_value=1, max_value=400),
    stops=st.booleans(),
)
def test_every_term_ends_where_days_counted_one_by_one_end(start, days, stops):
    assert end_of_term(start, days, STOPS if stops else ()) == counted_one_by_one(start, days, stops=stops)


@given(start=st.dates(date(2025, 1, 1), date(2032, 12, 31)), days=st.integers(min_value=1, max_value=400))
def test_a_term_with_stops_never_ends_on_a_day_that_is_stopped_nor_before_one_without(start, days):
    end = end_of_term(start, days, STOPS)
    assert not is_stopped(end)
    assert end >= end_of_term(start, days)


def test_stops_that_overlap_count_once():
    twice = (AUGUST, Stop((8, 10), (8, 20), SINCE), Stop((7, 20), (8, 5), SINCE))
    assert end_of_term(date(2026, 7, 1), 40, twice) == date(2026, 9, 22)


def test_a_stop_counts_only_while_it_is_in_force():
    ended = Stop((8, 1), (8, 31), SINCE, date(2026, 8, 10))
    assert end_of_term(date(2026, 7, 1), 40, [ended]) == date(2026, 8, 20)
    assert end_of_term(date(2024, 7, 1), 40, STOPS) == date(2024, 8, 10)


def test_stops_that_take_most_of_the_year_are_refused():
    with pytest.raises(ValueError, match="half of the year"):
        end_of_term(date(2026, 1, 1), 40, [Stop((1, 1), (9, 30), SINCE)])


def test_days_stopped_counts_a_day_once():
    assert days_stopped(STOPS) == 31 + 15
    assert days_stopped([AUGUST, AUGUST]) == 31


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2026-01-15", 12, "2027-01-15"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2026-08-31", 6, "2027-02-28"),
        ("2027-08-31", 6, "2028-02-29"),
        ("2026-01-10", -36, "2023-01-10"),
        ("2027-02-28", -36, "2024-02-28"),
    ],
)
def test_months_are_those_of_the_calendar(day, months, expected):
    assert months_after(date.fromisoformat(day), months) == date.fromisoformat(expected)


def test_the_newest_number_that_has_begun_holds():
    old, new = (
        Figure("decision", days, True, "filing", since) for days, since in ((180, SINCE), (90, date(2027, 1, 1)))
    )
    assert in_force([new, old], "decision", date(2026, 12, 31)) is old
    assert in_force([old, new], "decision", date(2027, 1, 1)) is new


def test_without_a_number_in_force_nothing_is_worked_out():
    with pytest.raises(Refused) as refusal:
        in_force([Figure("decision", 180, True, "filing", SINCE)], "decision", date(2025, 1, 23))
    assert refusal.value.code == "no_number_in_force"


@pytest.mark.parametrize(
    ("left", "rung"),
    [
        (16, ""),
        (15, "15"),
        (8, "15"),
        (7, "7"),
        (2, "3"),
        (1, "1"),
        (0, "0"),
        (-1, "overdue"),
        (-5, "overdue"),
        (-6, "overdue-2"),
    ],
)
def test_the_rung_is_the_nearest_that_was_reached(left, rung):
    today = date(2026, 5, 4)
    assert rung_of(today + timedelta(days=left), today) == rung
