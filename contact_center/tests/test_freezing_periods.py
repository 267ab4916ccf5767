"""A frozen period keeps its figures to the digit; what is corrected later stands beside them."""

import threading
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import translation

from contact_center.contacts import commands
from contact_center.figures import figures, refresh
from contact_center.figures.freezing import (
    as_frozen,
    corrected_since,
    freeze_period,
    frozen_report,
    is_closed_period,
    unfreeze_period,
)
from contact_center.figures.period import Period
from contact_center.figures.query import BY, CutsCombined
from contact_center.models import Contact, DayCount, FrozenFigures, FrozenPeriod, TollFreeLine, WrapUpCode
from contact_center.tests.factories import AgentFactory, ContactFactory, DayCountFactory, TopicFactory
from contact_center.tests.random_days import World
from customers import roles
from customers.tests.factories import UserFactory
from foundation.refusals import Refused

pytestmark = pytest.mark.django_db

MAY = Period(date(2026, 5, 1), date(2026, 5, 31))
YEARS = Period(date(2019, 1, 1), date(2019, 12, 31))
AFTERWARDS = datetime(2026, 6, 20, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def in_english_and_in_june():
    with translation.override("en"), time_machine.travel(AFTERWARDS, tick=False):
        yield


@pytest.fixture
def manager():
    return UserFactory(role=roles.MANAGER, first_name="Mara", last_name="Bo")


@pytest.fixture
def agent():
    return AgentFactory(code="op1", user=UserFactory(role=roles.AGENT))


@pytest.fixture
def coded(agent) -> Contact:
    """A contact of May, closed and coded a moment ago."""
    contact = ContactFactory.create(
        topic=TopicFactory(), started_at=datetime(2026, 5, 4, 9, tzinfo=UTC), channel="email"
    )
    contact = commands.take(contact, by=agent.user)
    return commands.wrap_up(contact, code=WrapUpCode.objects.get(code="risolto"), by=agent.user)


def correct(contact: Contact, by) -> Contact:
    return commands.correct_code(
        contact, code=WrapUpCode.objects.get(code="non-risolto"), by=by, why="Tasto sbagliato"
    )


def refusal_of(work) -> str:
    with pytest.raises(Refused) as refused, transaction.atomic():
        work()
    return refused.value.code


# --- What can be frozen


@pytest.mark.parametrize(
    ("start", "end", "is_closed"),
    [
        (date(2026, 5, 1), date(2026, 5, 31), True),
        (date(2024, 2, 1), date(2024, 2, 29), True),
        (date(2024, 2, 1), date(2024, 2, 28), False),
        (date(2026, 4, 1), date(2026, 6, 30), True),
        (date(2026, 5, 1), date(2026, 7, 31), False),
        (date(2025, 1, 1), date(2025, 12, 31), True),
        (date(2025, 4, 1), date(2026, 3, 31), False),
        (date(2026, 4, 1), date(2026, 5, 31), False),
        (date(2026, 5, 2), date(2026, 5, 31), False),
    ],
)
def test_a_whole_month_quarter_or_year_is_a_period_that_closes(start, end, is_closed):
    assert is_closed_period(Period(start, end)) == is_closed


@pytest.mark.parametrize(
    ("period", "code"),
    [
        (Period(date(2026, 6, 1), date(2026, 6, 30)), "not_over"),
        (Period(date(2026, 5, 3), date(2026, 5, 31)), "not_whole"),
        (Period(date(2026, 6, 20), date(2026, 6, 20)), "not_whole"),
    ],
)
def test_a_period_that_is_not_over_or_not_whole_is_refused(manager, period, code):
    assert refusal_of(lambda: freeze_period(period, by=manager)) == code


def test_while_customers_may_come_back_it_takes_a_statement(manager):
    with time_machine.travel(datetime(2026, 6, 5, 9, tzinfo=UTC), tick=False):
        assert refusal_of(lambda: freeze_period(MAY, by=manager)) == "provisional"
        assert freeze_period(MAY, by=manager, though_provisional=True).is_provisional


def test_days_are_frozen_once(manager):
    freeze_period(MAY, by=manager)
    with pytest.raises(Refused, match="Mara Bo froze the days from 01/05/2026 to 31/05/2026 already"):
        freeze_period(MAY, by=manager)
    with time_machine.travel(datetime(2026, 7, 30, 9, tzinfo=UTC), tick=False):
        assert (
            refusal_of(lambda: freeze_period(Period(date(2026, 4, 1), date(2026, 6, 30)), by=manager))
            == "frozen_already"
        )


def test_the_database_refuses_two_that_overlap(manager):
    frozen = freeze_period(MAY, by=manager)
    frozen.pk = None
    with pytest.raises(DatabaseError), transaction.atomic():
        frozen.save(force_insert=True)


# --- What is frozen remains


@pytest.mark.parametrize("seed", [21, 22])
def test_every_figure_of_a_frozen_period_remains_to_the_digit_whatever_changes(manager, seed):
    world = World(seed)
    for _ in range(60):
        world.call()
        world.written()
    DayCountFactory(day=date(2019, 6, 6), line=TollFreeLine.objects.get(code="campers"))
    refresh()
    today = AFTERWARDS.date()

    def all_of(**asked):
        found = [figures(YEARS, today=today, **asked)]
        found += [figures(YEARS, by=by, today=today, **asked) for by in BY if by != "half-hour"]
        found += [figures(YEARS, line=world.lines[0], by="agent", today=today, **asked)]
        return [(one.totals, [(row.key, row.counts) for row in one.rows]) for one in found]

    before = all_of()
    frozen = freeze_period(YEARS, by=manager)
    for _ in range(40):
        world.change()
        world.call()
    DayCount.objects.update(offered=11)
    refresh()
    assert all_of() != before
    assert all_of(frozen=frozen) == before


def test_half_hours_are_not_frozen(manager, coded):
    frozen = freeze_period(MAY, by=manager)
    with pytest.raises(CutsCombined):
        figures(MAY, by="half-hour", frozen=frozen)


def test_days_that_wait_are_counted_before_they_are_frozen(manager, coded):
    frozen = freeze_period(MAY, by=manager)
    assert frozen_report(frozen).totals.handled == 1


def test_frozen_counts_are_neither_changed_nor_deleted(manager, coded):
    frozen = freeze_period(MAY, by=manager)
    for work in (
        lambda: FrozenFigures.objects.update(handled=9),
        lambda: FrozenFigures.objects.all().delete(),
        lambda: FrozenPeriod.objects.filter(pk=frozen.pk).update(note="x"),
        lambda: FrozenPeriod.objects.filter(pk=frozen.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            work()


def test_thresholds_changed_since_leave_what_was_frozen(manager, coded, settings):
    frozen = freeze_period(MAY, by=manager)
    settings.SERVICE_LEVEL_FORMULA, settings.REPEAT_CONTACT_DAYS = "F2", 30
    kept = frozen_report(frozen).parameters
    assert (kept.formula, kept.repeat_contact_days) == ("F4", 7)


# --- Corrections


def test_a_correction_in_a_frozen_period_is_refused_for_an_agent_with_the_period_and_by_whom_frozen(
    manager, agent, coded
):
    freeze_period(MAY, by=manager)
    with pytest.raises(Refused, match="from 01/05/2026 to 31/05/2026, which Mara Bo froze on 20/06/2026") as refused:
        correct(coded, agent.user)
    assert refused.value.code == "frozen"
    assert commands.frozen_for(coded, agent.user) is not None


def test_a_contact_of_another_period_is_corrected_as_ever(manager, agent, coded):
    freeze_period(Period(date(2026, 4, 1), date(2026, 4, 30)), by=manager)
    assert correct(coded, agent.user).outcome == "unresolved"


def test_whoever_may_unfreeze_corrects_and_the_correction_stands_beside_what_was_frozen(manager, agent, coded):
    frozen = freeze_period(MAY, by=manager)
    correct(coded, manager)
    refresh()
    report = figures(MAY)
    kept = as_frozen(report)
    assert (kept.report.totals.first_level, report.totals.first_level) == (1, 0)
    [found] = corrected_since(frozen, user=manager)
    assert (found.pk, found.was_outcome, found.outcome) == (coded.pk, "resolved", "unresolved")


def test_what_changed_before_the_freezing_or_changes_no_figure_is_no_correction(manager, agent, coded):
    correct(coded, agent.user)
    with time_machine.travel(AFTERWARDS, tick=False):
        frozen = freeze_period(MAY, by=manager)
    commands.add_note(coded, text="Ha richiamato", by=agent.user)
    Contact.objects.filter(pk=coded.pk).update(subject="Altro")
    assert list(corrected_since(frozen, user=manager)) == []


def test_counters_for_a_frozen_day_are_refused_unless_they_say_the_same(manager, tmp_path, capsys):
    DayCountFactory(line=TollFreeLine.objects.get(code="campers"))
    freeze_period(MAY, by=manager)
    path, errors = tmp_path / "counts.csv", tmp_path / "errors.csv"
    path.write_text(
        "day,line,offered,answered\n2026-05-04,campers,10,8\n2026-05-04,claims,1,1\n2026-06-04,claims,1,1\n"
    )
    with pytest.raises(SystemExit):
        call_command("import_daily_counts", str(path), source="centralino", errors=str(errors))
    assert "created=1 updated=0 unchanged=1 duplicates=0 rejected=1" in capsys.readouterr().out
    assert "are frozen, by Mara Bo on 20/06/2026" in errors.read_text(encoding="utf-8-sig")


# --- Unfreezing


def test_unfreezing_takes_a_reason_and_leaves_the_history(manager, agent, coded):
    frozen = freeze_period(MAY, by=manager)
    assert refusal_of(lambda: unfreeze_period(frozen, by=manager, why="  ")) == "no_reason"
    unfreeze_period(frozen, by=manager, why="Mancava un file")
    assert refusal_of(lambda: unfreeze_period(frozen, by=manager, why="Ancora")) == "unfrozen_already"
    assert correct(coded, agent.user).outcome == "unresolved"
    refresh()
    assert as_frozen(figures(MAY)) is None
    assert frozen_report(frozen).totals.first_level == 1
    again = freeze_period(MAY, by=manager)
    assert [row.pk for row in FrozenPeriod.objects.order_by("pk")] == [frozen.pk, again.pk]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_freeze_at_once_the_second_is_refused():
    manager = UserFactory(role=roles.MANAGER)
    results = []

    def freeze():
        try:
            freeze_period(MAY, by=manager)
            results.append("frozen")
        except Refused as refused:
            results.append(refused.code)
        finally:
            connection.close()

    both = [threading.Thread(target=freeze) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join(timeout=60)
    assert sorted(results) == ["frozen", "frozen_already"]


# --- Facts for programs


def test_the_command_gives_the_facts_of_the_frozen_period(manager, coded, capsys):
    freeze_period(MAY, by=manager, note="Bilancio")
    call_command("figures", "--from", "2026-05-01", "--to", "2026-05-31", "--against", "none")
    printed = capsys.readouterr().out
    assert '"frozen_by": "Mara Bo"' in printed
    assert '"note": "Bilancio"' in printed
