from datetime import UTC, date, datetime, timedelta

import pytest
from django.db.models import F, Q, Sum

from contact_center.catalogue import STORED, Count
from contact_center.figures import figures, mark_days, rebuild, refresh
from contact_center.figures.daily import BasisChanged
from contact_center.figures.definitions import BY_KEY, OF_ALL_CALLS, Counts, Ratio, all_values, value_of
from contact_center.figures.differences import compare
from contact_center.figures.period import Period
from contact_center.figures.query import CutsCombined
from contact_center.models import Call, Contact, DailyFigures, FiguresBasis, StaleDay, StalePerson, TollFreeLine
from contact_center.tests.factories import (
    AgentFactory,
    CallFactory,
    ContactFactory,
    TeamFactory,
    TollFreeLineFactory,
    TopicFactory,
)
from contact_center.tests.random_days import World, expected, names_of

pytestmark = pytest.mark.django_db

MAY_4 = date(2026, 5, 4)
MAY = Period(date(2026, 5, 1), date(2026, 5, 31))
THRESHOLDS = {"threshold": 20, "short": 5, "days": 7}


def counted(counts: Counts) -> dict[str, int]:
    """The counts that are not zero."""
    return {name: count for name in Counts.__slots__ if (count := getattr(counts, name))}


def service_level_of(counts: Counts, formula: str) -> Ratio:
    value = value_of(BY_KEY["service_level"], counts, formula)
    assert isinstance(value, Ratio)
    return value


def of_may(**arguments) -> dict[str, int]:
    refresh()
    return counted(figures(MAY, today=date(2027, 1, 1), **arguments).totals)


# --- The same figures, counted another way


@pytest.mark.parametrize("seed", range(6))
def test_figures_equal_an_independent_count_of_random_days(seed):
    world = World(seed)
    for _ in range(80):
        world.call()
    for _ in range(40):
        world.written()
    refresh()
    for _ in range(15):  # what arrives late, and what is corrected
        world.change()
        world.call()
    refresh()

    today = date(2020, 3, 5)
    for period in (
        Period(date(2019, 1, 1), date(2020, 12, 31)),
        Period(date(2019, 3, 31), date(2019, 3, 31)),
        Period(date(2019, 10, 27), date(2019, 10, 27)),
    ):
        assert counted(figures(period, today=today).totals) == expected(
            period.start, period.end, today=today, **THRESHOLDS
        ).get("total", {})
    period = Period(date(2019, 1, 1), date(2020, 12, 31))
    for by in ("day", "month", "channel", "line", "topic", "agent", "team"):
        names = names_of(by) if by in ("line", "topic", "agent", "team") else None
        wanted = {
            names[key] if names else key: known_by(by, counts)
            for key, counts in expected(period.start, period.end, today=today, by=by, **THRESHOLDS).items()
        }
        assert {row.key: counted(row.counts) for row in figures(period, by=by, today=today).rows} == wanted
    line, topic, agent = world.lines[0], world.topics[0], world.agents[0]
    for chosen, keep in (
        ({"line": line}, lambda row: row["line_id"] == line.pk),
        ({"topic": topic}, lambda row: row["topic_id"] == topic.pk),
        ({"agent": agent, "line": line}, lambda row: row["agent_id"] == agent.pk and row["line_id"] == line.pk),
        ({"channel": "email"}, lambda row: row["channel"] == "email"),
        ({"events": "only"}, lambda row: row["of_event"]),
        ({"events": "without", "line": line}, lambda row: row["line_id"] == line.pk and not row["of_event"]),
        ({"events": "without", "topic": topic}, lambda row: row["topic_id"] == topic.pk and not row["of_event"]),
        ({"team": agent.team}, lambda row: row["agent_id"] in {one.pk for one in world.agents[:2]}),
    ):
        counts = expected(period.start, period.end, today=today, keep=keep, **THRESHOLDS).get("total", {})
        by = next((name for name in ("topic", "agent", "team", "events") if name in chosen), "")
        assert counted(figures(period, today=today, **chosen).totals) == known_by(by, counts)


def known_by(by: str, counts: dict[str, int]) -> dict[str, int]:
    """The counts without those that only all calls together can say, where they are grouped by what unanswered ones lack."""
    left_out = OF_ALL_CALLS if by in ("topic", "agent", "team", "events") else ()
    return {name: count for name, count in counts.items() if count and name not in left_out}


@pytest.mark.parametrize("seed", [11, 12])
def test_stored_days_equal_the_rows_after_any_change(seed):
    world = World(seed)
    for _ in range(60):
        world.call()
        world.written()
    refresh()
    for _ in range(40):
        world.change()
    refresh()
    assert list(compare(FiguresBasis.objects.get(), date.min, date.max)) == []


def test_the_check_counts_by_the_conditions_of_the_lists_and_not_by_the_sql_of_the_stored_counts(monkeypatch):
    CallFactory()
    refresh()
    monkeypatch.setattr(Count, "condition", lambda count, *_given: Q(pk=0) if count.name == "answered" else Q())
    found = {one.figure: (one.stored, one.raw) for one in compare(FiguresBasis.objects.get(), date.min, date.max)}
    assert found["answered"] == (1, 0)


def test_every_cut_adds_up_to_the_same(django_assert_num_queries):
    world = World(7)
    for _ in range(60):
        world.call()
        world.written()
    refresh()
    sums = [
        DailyFigures.objects.filter(cut=cut).aggregate(**{f"all_{count.name}": Sum(count.name) for count in STORED})
        for cut in DailyFigures.Cut.values
    ]
    assert sums[0] == sums[1] == sums[2]


# --- What counts as what


def test_offered_is_answered_abandoned_and_exited():
    for disposition in ("timed_out", "key_exit", "no_agents", "turned_away"):
        CallFactory(abandoned=True, disposition=disposition)
    CallFactory(abandoned=True)
    CallFactory()
    assert of_may() == {
        "offered": 5,
        "answered": 1,
        "abandoned": 1,
        "exited": 3,
        "turned_away": 1,
        "answered_in_time": 1,
        "waits_known": 1,
        "talks_known": 1,
        "wait_seconds": 10,
        "talk_seconds": 180,
        "handled": 1,
        "not_coded": 1,
    }


def test_a_call_in_progress_and_its_contact_are_not_counted_yet():
    call = CallFactory(disposition="open", ended_at=None)
    assert of_may() == {}
    Call.objects.filter(pk=call.pk).update(disposition="answered", ended_at=F("answered_at"))
    assert {name: of_may()[name] for name in ("offered", "handled")} == {"offered": 1, "handled": 1}


@pytest.mark.parametrize(("wait", "is_short"), [(4, True), (5, True), (6, False)])
def test_a_short_abandon_waited_at_most_the_threshold(wait, is_short):
    CallFactory(abandoned=True, wait_seconds=wait)
    assert of_may().get("short_abandoned", 0) == is_short


@pytest.mark.parametrize(("wait", "in_time"), [(19, True), (20, True), (21, False)])
def test_answered_in_time_waited_at_most_the_threshold(wait, in_time):
    CallFactory(wait_seconds=wait)
    assert of_may().get("answered_in_time", 0) == in_time


def test_the_day_is_the_day_of_arrival_in_italy():
    CallFactory(abandoned=True, queued_at=datetime(2026, 5, 4, 21, 59, 59, tzinfo=UTC))
    CallFactory(abandoned=True, queued_at=datetime(2026, 5, 4, 22, 0, 0, tzinfo=UTC))
    refresh()
    assert [row.key for row in figures(MAY, by="day").rows] == ["2026-05-04", "2026-05-05"]


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25)])
def test_days_of_a_clock_change_hold_all_their_hours(day, hours):
    line = TollFreeLineFactory()
    first = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=3)
    for hour in range(30):
        CallFactory(abandoned=True, line=line, queued_at=first + timedelta(hours=hour))
    refresh()
    assert figures(Period(day, day)).totals.offered == hours


@pytest.mark.parametrize(("days", "is_repeat"), [(1, True), (7, True), (8, False)])
def test_a_contact_is_repeated_when_the_next_comes_within_the_days(days, is_repeat):
    start = datetime(2026, 5, 4, 6, tzinfo=UTC)
    ContactFactory(started_at=start, outcome="resolved")
    ContactFactory(started_at=start + timedelta(days=days, hours=12), outcome="resolved")
    refresh()
    found = figures(MAY).totals
    assert (found.first_level, found.repeated, found.first_level_repeated) == (2, is_repeat, is_repeat)


def test_another_number_of_days_only_compares_dates(settings):
    start = datetime(2026, 5, 4, 6, tzinfo=UTC)
    ContactFactory(started_at=start, closed=True)
    ContactFactory(started_at=start + timedelta(days=20))
    refresh()
    settings.REPEAT_CONTACT_DAYS = 30
    rebuild()
    assert figures(MAY).totals.repeated == 1


@pytest.mark.parametrize(("today", "provisional"), [(date(2026, 5, 11), 1), (date(2026, 5, 12), 0)])
def test_a_contact_is_provisional_until_its_days_are_over(today, provisional):
    ContactFactory(started_at=datetime(2026, 5, 4, 6, tzinfo=UTC), closed=True)
    refresh()
    assert figures(MAY, today=today).totals.provisional == provisional


@pytest.mark.parametrize(
    ("fields", "handled"),
    [
        ({}, 0),
        ({"state": "in_progress"}, 0),
        ({"closed": True}, 1),
        ({"closed": True, "outcome": ""}, 1),
        ({"escalated": True}, 1),
        ({"state": "waiting", "outcome": "resolved"}, 1),
    ],
)
def test_a_contact_in_hand_at_first_level_is_not_handled_yet(fields, handled):
    ContactFactory(**fields)
    assert of_may().get("handled", 0) == handled


def test_an_abandon_after_an_unknown_wait_is_neither_short_nor_in_time():
    CallFactory(abandoned=True, wait_seconds=None)
    found = of_may()
    assert (found["abandoned"], found.get("short_abandoned", 0), found.get("abandoned_in_time", 0)) == (1, 0, 0)


def test_seconds_that_are_not_stated_are_in_no_mean_and_no_call_is_in_time_by_them():
    CallFactory(wait_seconds=None, talk_seconds=None, hold_seconds=50)
    found = of_may()
    assert found == {"offered": 1, "answered": 1, "handled": 1, "not_coded": 1}
    ratios = all_values(figures(MAY).totals, "F4")
    assert [ratios[name].value for name in ("asa_seconds", "aht_seconds", "service_level")] == [None, None, None]
    CallFactory(wait_seconds=4, talk_seconds=60, hold_seconds=6)
    refresh()
    ratios = all_values(figures(MAY).totals, "F4")
    assert [ratios[name] for name in ("asa_seconds", "aht_seconds", "service_level")] == [
        Ratio(4, 1),
        Ratio(66, 1),
        Ratio(1, 2),
    ]


def test_escalated_contact_without_an_outcome_is_coded_by_its_escalation():
    ContactFactory(level=2, escalation="authority", state="open", closed_at=None)
    assert of_may() == {"handled": 1, "escalated": 1, "escalated_authority": 1, "ever_escalated": 1}


@pytest.mark.parametrize(
    ("arguments", "abandoned"),
    [({}, 1), ({"line": True}, 1), ({"topic": True}, None), ({"agent": True}, None), ({"team": True}, None)],
)
def test_calls_that_nobody_answered_are_not_known_by_topic_agent_or_team(arguments, abandoned):
    team = TeamFactory()
    call = CallFactory(contact__topic=TopicFactory(), agent=AgentFactory(team=team))
    CallFactory(abandoned=True, line=call.line)
    refresh()
    whose = {"line": call.line, "topic": call.contact.topic, "agent": call.agent, "team": team}
    totals = figures(MAY, **{name: whose[name] for name in arguments}).totals
    assert (totals.answered, totals.abandoned) == (1, abandoned)
    assert (service_level_of(totals, "F4").value is None) == (abandoned is None)


@pytest.mark.parametrize("by", ["topic", "agent", "team"])
def test_groups_of_answered_calls_know_no_abandonment_and_their_total_does(by):
    CallFactory(contact__topic=TopicFactory())
    CallFactory(abandoned=True)
    refresh()
    report = figures(MAY, by=by)
    assert {row.counts.offered for row in report.rows} == {None}
    assert (report.totals.offered, report.totals.abandoned) == (2, 1)


def test_service_level_over_answered_calls_alone_is_known_by_topic():
    call = CallFactory(contact__topic=TopicFactory())
    refresh()
    assert service_level_of(figures(MAY, topic=call.contact.topic).totals, "F2") == Ratio(1, 1)


def test_wrong_numbers_and_dropped_lines_are_answered_but_not_handled():
    CallFactory(contact__outcome="wrong_number")
    CallFactory(contact__outcome="dropped")
    found = of_may()
    assert (found["answered"], found.get("handled", 0)) == (2, 0)


def test_a_period_without_calls_has_no_service_level():
    refresh()
    assert service_level_of(figures(MAY).totals, "F4") == Ratio(0, 0)


def test_rows_without_a_topic_are_a_row_of_their_own():
    CallFactory(contact__topic=TopicFactory(code="furto"))
    CallFactory(abandoned=True)
    refresh()
    assert [(row.key, row.counts.answered) for row in figures(MAY, by="topic").rows] == [("furto", 1), ("", 0)]


@pytest.mark.parametrize("combined", [{"by": "agent"}, {"by": "team"}, {"agent": True}, {"team": True}])
def test_topics_with_agents_are_refused_in_words(combined):
    makers = {"agent": AgentFactory, "team": TeamFactory}
    arguments = {name: value if name == "by" else makers[name]() for name, value in combined.items()}
    with pytest.raises(CutsCombined, match=r"^\S.*\.$"):
        figures(MAY, topic=TopicFactory(), **arguments)


def test_the_year_before_stands_beside():
    line = TollFreeLineFactory()
    CallFactory(line=line)
    CallFactory(line=line, queued_at=datetime(2025, 5, 31, 21, tzinfo=UTC))
    CallFactory(line=line, queued_at=datetime(2025, 5, 31, 23, tzinfo=UTC))
    refresh()
    report = figures(MAY, against="previous-year")
    assert report.previous.period == Period(date(2025, 5, 1), date(2025, 5, 31))
    assert report.previous.totals.offered == 1


@pytest.mark.parametrize("number_of_lines", [1, 3])
def test_a_report_costs_three_queries_whatever_the_lines(number_of_lines, django_assert_num_queries):
    for line in TollFreeLine.objects.all()[:number_of_lines]:
        CallFactory(line=line)
    refresh()
    with django_assert_num_queries(3):
        figures(MAY, by="line", against="previous-year")


# --- Marks, refresh, rebuild


def test_a_change_marks_its_day_and_a_refresh_takes_the_mark():
    CallFactory(abandoned=True)
    assert set(StaleDay.objects.values_list("day", flat=True)) == {MAY_4}
    assert refresh() == {MAY_4}
    assert (StaleDay.objects.count(), StalePerson.objects.count()) == (0, 0)


def test_a_call_moved_to_another_day_marks_both():
    call = CallFactory(abandoned=True)
    refresh()
    Call.objects.filter(pk=call.pk).update(
        queued_at=F("queued_at") + timedelta(days=1), ended_at=F("ended_at") + timedelta(days=1)
    )
    assert set(StaleDay.objects.values_list("day", flat=True)) == {MAY_4, date(2026, 5, 5)}


def test_a_topic_coded_on_the_next_day_marks_the_day_of_the_call():
    call = CallFactory(
        queued_at=datetime(2026, 5, 4, 21, 59, tzinfo=UTC),
        contact__started_at=datetime(2026, 5, 4, 22, 1, tzinfo=UTC),
    )
    refresh()
    Contact.objects.filter(pk=call.contact_id).update(topic=TopicFactory())
    assert set(StaleDay.objects.values_list("day", flat=True)) == {MAY_4, date(2026, 5, 5)}


def test_a_change_of_no_matter_marks_no_day():
    call = CallFactory()
    refresh()
    Call.objects.filter(pk=call.pk).update(caller_stated="anonimo")
    Contact.objects.filter(pk=call.contact_id).update(notes="Richiamare")
    assert StaleDay.objects.count() == 0


def test_a_refresh_twice_changes_nothing():
    CallFactory()
    refresh()
    before = list(DailyFigures.objects.order_by("pk").values_list())
    assert refresh() == set()
    assert list(DailyFigures.objects.order_by("pk").values_list()) == before


def test_given_days_are_counted_again():
    CallFactory()
    refresh()
    DailyFigures.objects.update(offered=99)
    assert refresh([MAY_4]) == {MAY_4}
    assert figures(MAY).totals.offered == 1


def test_a_day_that_became_empty_has_no_rows():
    call = CallFactory(abandoned=True)
    refresh()
    call.delete()
    refresh()
    assert DailyFigures.objects.count() == 0


def test_a_day_can_be_marked_by_hand_more_than_once():
    mark_days([MAY_4, MAY_4])
    mark_days([MAY_4])
    assert refresh() == {MAY_4}


def test_new_thresholds_wait_for_a_rebuild(settings):
    CallFactory(wait_seconds=25)
    refresh()
    settings.SERVICE_LEVEL_SECONDS = 30
    refresh([MAY_4])
    report = figures(MAY)
    assert (report.totals.answered_in_time, report.parameters.service_level_seconds, report.basis_differs) == (
        0,
        20,
        True,
    )
    rebuild()
    report = figures(MAY)
    assert (report.totals.answered_in_time, report.parameters.service_level_seconds, report.basis_differs) == (
        1,
        30,
        False,
    )


def test_new_thresholds_refuse_the_rebuild_of_some_days(settings):
    CallFactory()
    refresh()
    settings.SERVICE_LEVEL_SECONDS = 30
    with pytest.raises(BasisChanged):
        rebuild(MAY.start, MAY.end)


def test_a_rebuild_of_some_days_leaves_the_others():
    CallFactory()
    CallFactory(queued_at=datetime(2026, 7, 1, 8, tzinfo=UTC))
    refresh()
    DailyFigures.objects.update(offered=99)
    assert rebuild(MAY.start, MAY.end) == (MAY_4, MAY_4)
    year = figures(Period(date(2026, 1, 1), date(2026, 12, 31)), by="month")
    assert [(row.key, row.counts.offered) for row in year.rows] == [("2026-05", 1), ("2026-07", 99)]


def test_a_rebuild_equals_the_refreshes():
    world = World(3)
    for _ in range(60):
        world.call()
        world.written()
    refresh()
    order = ["cut", "day", "channel", "line", "of_mass_event", "topic", "agent"]
    before = list(DailyFigures.objects.order_by(*order).values_list(*order, *(count.name for count in STORED)))
    StaleDay.objects.all().delete()
    rebuild()
    assert list(DailyFigures.objects.order_by(*order).values_list(*order, *(count.name for count in STORED))) == before


def test_a_report_says_how_many_of_its_days_wait():
    CallFactory()
    refresh()
    CallFactory()
    CallFactory(queued_at=datetime(2024, 7, 1, 8, tzinfo=UTC))
    assert figures(MAY).stale_days == 1


def test_figures_never_counted_are_stale():
    assert figures(MAY).is_stale
