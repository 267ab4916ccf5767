"""The figures have the counters of another system where there are no calls, marked; what these do not say is not known."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest

from contact_center.figures import figures, refresh
from contact_center.figures.definitions import BY_KEY, Ratio, value_of
from contact_center.figures.export import COLUMNS as EXPORTED
from contact_center.figures.export import FROM_COUNTERS, as_dict, table
from contact_center.figures.period import Period
from contact_center.figures.query import WITHOUT, sum_of
from contact_center.models import Call, DayCount, TollFreeLine
from contact_center.models.day_count import OPTIONAL_COUNTS
from contact_center.tests.factories import CallFactory, DayCountFactory, TopicFactory

pytestmark = pytest.mark.django_db

MAY = Period(date(2026, 5, 1), date(2026, 5, 31))


@pytest.fixture
def lines() -> list[TollFreeLine]:
    return list(TollFreeLine.objects.order_by("code"))


def value(report, key):
    return value_of(BY_KEY[key], report.totals, "F4")


def test_counters_alone_say_what_they_say_and_nothing_else(lines):
    DayCountFactory(line=lines[0])
    refresh()
    report = figures(MAY)
    assert (report.totals.offered, report.totals.answered) == (10, 8)
    assert (report.totals.abandoned, report.totals.handled, report.totals.first_level) == (None, None, None)
    unknown = Ratio(None, None)
    for key in ("first_level_coded", "abandonment", "service_level", "aht_seconds"):
        assert value(report, key) == unknown or value(report, key).value is None


def test_service_level_and_wait_are_known_where_the_counters_have_them(lines):
    DayCountFactory(
        line=lines[0], abandoned=2, answered_in_time=6, abandoned_in_time=0, short_abandoned=0, wait_seconds=80
    )
    refresh()
    report = figures(MAY)
    assert value(report, "service_level") == Ratio(6, 10)
    assert value(report, "asa_seconds") == Ratio(80, 8)
    assert value(report, "abandonment") == Ratio(2, 10)


def test_one_day_that_lacks_a_count_leaves_it_unknown_of_the_whole(lines):
    DayCountFactory(line=lines[0], abandoned=2)
    DayCountFactory(line=lines[0], day=date(2026, 5, 5))
    CallFactory(abandoned=True, line=lines[1])
    refresh()
    assert figures(MAY).totals.abandoned is None
    assert figures(Period(date(2026, 5, 4), date(2026, 5, 4))).totals.abandoned == 3


def test_contacts_of_our_own_calls_remain_known_beside_counters(lines):
    CallFactory(line=lines[1], contact__outcome="resolved")
    refresh()
    alone = figures(MAY).totals
    DayCountFactory(line=lines[0])
    both = figures(MAY).totals
    assert (both.offered, both.handled, both.first_level) == (alone.offered + 10, alone.handled, alone.first_level)


def test_counters_of_a_day_and_line_with_calls_are_kept_and_not_counted(lines):
    DayCountFactory(line=lines[0])
    CallFactory(line=lines[0])
    refresh()
    report = figures(MAY)
    assert (report.totals.offered, report.counters, DayCount.objects.count()) == (1, None, 1)


def test_a_topic_an_event_or_another_channel_has_no_counters(lines):
    DayCountFactory(line=lines[0])
    refresh()
    for chosen in ({"topic": TopicFactory()}, {"events": "without"}, {"channel": "email"}, {"line": WITHOUT}):
        report = figures(MAY, **chosen)
        assert (report.counters, report.totals.answered) == (None, 0)
    assert figures(MAY, channel="phone").counters.counts.offered == 10


def test_the_report_its_json_and_its_table_mark_them(lines):
    DayCountFactory(line=lines[0])
    CallFactory(line=lines[1])
    refresh()
    report = figures(MAY, by="line")
    assert as_dict(report)["counters"] == {"days": 1, "sources": ["centralino"], "offered": 10, "answered": 8}
    marked = {row[2]: row[EXPORTED.index(FROM_COUNTERS)] for row in table(report)}
    assert marked == {lines[0].code: 10, lines[1].code: 0}


def test_without_counters_a_report_asks_no_more(lines, django_assert_num_queries):
    CallFactory(line=lines[1])
    refresh()
    with django_assert_num_queries(2):
        figures(MAY, by="line")


@pytest.mark.parametrize("number", [1, 3])
def test_with_counters_the_queries_are_the_same_whatever_the_lines(lines, number, django_assert_num_queries):
    for line in lines[:number]:
        DayCountFactory(line=line)
    refresh()
    with django_assert_num_queries(5):
        figures(MAY, by="line")


@pytest.mark.parametrize("seed", range(4))
def test_totals_and_rows_equal_a_count_by_hand(seed, lines):
    chance = random.Random(seed)
    for place in range(40):
        line, day = chance.choice(lines), date(2026, 4, 20) + timedelta(days=chance.randrange(40))
        if chance.random() < 0.5:
            queued = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
            disposition = {"abandoned": True} if chance.random() < 0.3 else {}
            CallFactory(line=line, external_id=f"{seed}-{place}", queued_at=queued, **disposition)
        elif not DayCount.objects.filter(line=line, day=day).exists():
            parts = {name: chance.choice([None, 0, 1]) for name in OPTIONAL_COUNTS if name != "exited"}
            if parts["abandoned"] == 0:
                parts |= {"short_abandoned": 0, "abandoned_in_time": 0}
            DayCountFactory(line=line, day=day, offered=10 + chance.randrange(9), **parts)
    refresh()
    calls = list(Call.objects.values_list("day", "line__code", "disposition"))
    with_calls = {(day, line) for day, line, _disposition in calls}
    counts = [
        one
        for one in DayCount.objects.select_related("line")
        if (one.day, one.line.code) not in with_calls and MAY.start <= one.day <= MAY.end
    ]
    for key_of_call, key_of_count, by in (
        (lambda call: "", lambda one: "", None),
        (lambda call: call[1], lambda one: one.line.code, "line"),
        (lambda call: call[0].isoformat(), lambda one: one.day.isoformat(), "day"),
    ):
        wanted: dict[str, dict[str, int | None]] = {}
        for call in calls:
            if MAY.start <= call[0] <= MAY.end:
                found = wanted.setdefault(key_of_call(call), {"offered": 0, "abandoned": 0})
                found["offered"] += 1
                found["abandoned"] += call[2] == "abandoned"
        for one in counts:
            found = wanted.setdefault(key_of_count(one), {"offered": 0, "abandoned": 0})
            found["offered"] += one.offered
            known = found["abandoned"] is not None and one.abandoned is not None
            found["abandoned"] = found["abandoned"] + one.abandoned if known else None
        report = figures(MAY, by=by)
        rows = {row.key: row.counts for row in report.rows} if by else {"": report.totals}
        assert {
            key: {"offered": counts.offered, "abandoned": counts.abandoned} for key, counts in rows.items()
        } == wanted
        if by:
            assert sum_of(report.rows).offered == report.totals.offered
