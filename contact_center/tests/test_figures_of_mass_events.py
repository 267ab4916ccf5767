"""The contacts of mass events are counted apart: without them, or these only, in every figure and list."""

from datetime import UTC, date, datetime

import pytest
from django.core.management import call_command

from contact_center.contacts.mass_events import join_to_event, part_from_event
from contact_center.figures import figures, refresh
from contact_center.figures.definitions import Ratio
from contact_center.figures.lists import rows_behind
from contact_center.figures.period import Period
from contact_center.figures.query import Chosen, current_parameters
from contact_center.models import Contact, StaleDay
from contact_center.tests.factories import (
    CallFactory,
    ContactFactory,
    JoinedContactFactory,
    MassEventFactory,
)
from customers.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

MAY = Period(date(2026, 5, 1), date(2026, 5, 31))
MAY_4 = datetime(2026, 5, 4, 8, tzinfo=UTC)


def handled(**fields) -> Contact:
    return ContactFactory.create(
        **{"started_at": MAY_4, "state": "closed", "closed_at": MAY_4, "outcome": "resolved", "channel": "email"}
        | fields
    )


@pytest.fixture
def two_and_one() -> Contact:
    """Two contacts of their own, both resolved at first level, and one of a hailstorm that was not."""
    handled()
    handled()
    hail = handled(outcome="unresolved")
    JoinedContactFactory(contact=hail)
    refresh()
    return hail


@pytest.mark.parametrize(("events", "wanted"), [(None, (2, 3)), ("without", (2, 2)), ("only", (0, 1))])
def test_first_level_is_counted_with_without_or_of_mass_events_alone(two_and_one, events, wanted):
    totals = figures(MAY, events=events).totals
    assert (totals.first_level, totals.handled) == wanted


def test_the_report_says_how_many_belong_to_events_and_first_level_without_them(two_and_one):
    report = figures(MAY, by="month")
    assert (report.of_events.handled, report.of_events.first_level) == (1, 0)
    assert report.of_events.without(report.totals) == Ratio(2, 2)


@pytest.mark.parametrize(("events", "count"), [("without", 2), ("only", 1)])
def test_the_list_behind_a_number_has_its_rows(two_and_one, events, count):
    rows = rows_behind("handled", MAY, Chosen(events=events), current_parameters(), user=None, today=date(2026, 6, 30))
    assert rows.count() == count


def test_calls_that_nobody_answered_are_not_known_with_or_without_mass_events():
    CallFactory(abandoned=True)
    refresh()
    assert figures(MAY).totals.abandoned == 1
    assert figures(MAY, events="without").totals.abandoned is None


def test_joining_and_parting_mark_the_day_of_the_contact():
    contact, event, by = handled(), MassEventFactory(), UserFactory()
    refresh()
    join_to_event(contact, event=event, by=by)
    assert [mark.day for mark in StaleDay.objects.all()] == [date(2026, 5, 4)]
    refresh()
    assert figures(MAY, events="only").totals.handled == 1
    part_from_event(contact, by=by, why="Un'altra grandinata")
    refresh()
    assert figures(MAY, events="only").totals.handled == 0


def test_the_check_of_the_stored_counts_looks_at_mass_events_too(two_and_one, capsys):
    call_command("figures", "--check", "--from", "2026-05-01", "--to", "2026-05-31")
    assert "Tutti i conteggi memorizzati corrispondono" in capsys.readouterr().out


def test_the_command_prints_the_figures_without_mass_events(two_and_one, capsys):
    call_command("figures", "--from", "2026-05-01", "--to", "2026-05-31", "--events", "without", "--format", "csv")
    assert ",2,2,1.000000," in capsys.readouterr().out
