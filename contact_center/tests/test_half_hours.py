"""Half hours: counted with the days, in the same transaction, and nothing is merged where the clocks change."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db.models import Sum

from contact_center.catalogue import BANDS, OF_HALF_HOURS, STORED
from contact_center.figures import figures, rebuild, refresh
from contact_center.figures.definitions import Counts
from contact_center.figures.differences import compare
from contact_center.figures.half_hours import Arrivals, arrivals, half_hours_of
from contact_center.figures.hours import When, hours
from contact_center.figures.lists import LISTS, rows_behind
from contact_center.figures.period import Period
from contact_center.figures.query import WITHOUT, Chosen, CutsCombined, current_parameters
from contact_center.models import (
    Call,
    DailyFigures,
    FiguresBasis,
    HalfHourFigures,
    ServiceCalendar,
    ServiceTarget,
    StaleDay,
    TollFreeLine,
)
from contact_center.tests.factories import (
    CallFactory,
    ContactFactory,
    OpeningPeriodFactory,
    ServiceCalendarFactory,
    ServiceTargetFactory,
    SpecialDayFactory,
    TollFreeLineFactory,
)
from contact_center.tests.random_days import World
from foundation.dates import ROME

pytestmark = pytest.mark.django_db

CLOCKS_BACK = date(2026, 10, 25)


def at(hour: int, minute: int = 0, *, day: date = date(2026, 5, 4), fold: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ROME, fold=fold).astimezone(UTC)


def test_calls_of_a_half_hour_are_one_row():
    line = TollFreeLineFactory()
    for moment in (at(9), at(9, 29), at(9, 30)):
        CallFactory(line=line, queued_at=moment, contact=None)
    refresh()
    rows = HalfHourFigures.objects.order_by("begins_at").values_list("day", "half_hour", "offered")
    assert list(rows) == [(date(2026, 5, 4), 18, 2), (date(2026, 5, 4), 19, 1)]


def test_the_half_hour_that_exists_twice_is_two_rows():
    line = TollFreeLineFactory()
    for fold in (0, 1, 1):
        CallFactory(line=line, queued_at=at(2, 10, day=CLOCKS_BACK, fold=fold), contact=None)
    refresh()
    rows = HalfHourFigures.objects.order_by("begins_at").values_list("begins_at", "day", "half_hour", "offered")
    assert list(rows) == [
        (datetime(2026, 10, 25, 0, tzinfo=UTC), CLOCKS_BACK, 4, 1),
        (datetime(2026, 10, 25, 1, tzinfo=UTC), CLOCKS_BACK, 4, 2),
    ]


@pytest.mark.parametrize(
    ("day", "number"), [(date(2026, 3, 29), 46), (date(2026, 3, 30), 48), (CLOCKS_BACK, 50), (date(2024, 2, 29), 48)]
)
def test_a_day_has_as_many_half_hours_as_pass(day, number):
    found = half_hours_of(day)
    assert (len(found), {moment.astimezone(ROME).date() for moment in found}) == (number, {day})


def test_a_call_moved_within_its_day_is_counted_again():
    call = CallFactory(queued_at=at(9), contact=None)
    refresh()
    Call.objects.filter(pk=call.pk).update(queued_at=at(8, 45))
    assert list(StaleDay.objects.values_list("day", flat=True)) == [date(2026, 5, 4)]
    refresh()
    assert list(HalfHourFigures.objects.values_list("half_hour", flat=True)) == [17]


@pytest.mark.parametrize("seed", range(3))
def test_half_hours_add_up_to_the_days_and_equal_the_rows(seed):
    world = World(seed)
    for _ in range(60):
        world.call()
        world.written()
    refresh()
    for _ in range(20):
        world.change()
        world.call()
    refresh()
    sums = {f"all_{count.name}": Sum(count.name) for count in STORED}
    keys = ("day", "channel", "line")
    of_days = DailyFigures.objects.filter(cut="line").order_by(*keys).values(*keys).annotate(**sums)
    assert list(HalfHourFigures.objects.order_by(*keys).values(*keys).annotate(**sums)) == list(of_days)
    assert list(compare(FiguresBasis.objects.get(), date.min, date.max)) == []


def test_waits_in_bands_add_up_to_all_who_waited():
    world = World(9)
    for _ in range(80):
        world.call()
    refresh()
    sums = HalfHourFigures.objects.aggregate(**{f"all_{count.name}": Sum(count.name) for count in OF_HALF_HOURS})
    for disposition in ("answered", "abandoned"):
        in_bands = sum(sums[f"all_{getattr(band, disposition).name}"] for band in BANDS)
        assert in_bands == sums[f"all_{disposition}"] > 0


@pytest.mark.parametrize(
    ("wait", "band"),
    [
        (0, "10"),
        (10, "10"),
        (11, "20"),
        (20, "20"),
        (60, "60"),
        (61, "120"),
        (120, "120"),
        (121, "more"),
        (None, "unknown"),
    ],
)
def test_a_wait_lies_in_one_band_its_bound_included(wait, band):
    CallFactory(wait_seconds=wait, contact=None)
    refresh()
    row = HalfHourFigures.objects.get()
    assert [one.code for one in BANDS if getattr(row, one.answered.name)] == [band]


def test_a_rebuild_of_some_days_leaves_the_half_hours_of_the_others():
    for day in (4, 5):
        CallFactory(queued_at=at(9, day=date(2026, 5, day)), contact=None)
    refresh()
    HalfHourFigures.objects.update(offered=7)
    rebuild(date(2026, 5, 5), date(2026, 5, 5))
    assert list(HalfHourFigures.objects.order_by("day").values_list("offered", flat=True)) == [7, 1]


def test_a_tampered_half_hour_is_found_and_named_by_its_beginning():
    CallFactory(queued_at=at(2, 40, day=CLOCKS_BACK, fold=1), contact=None)
    refresh()
    HalfHourFigures.objects.update(offered=7)
    (found,) = compare(FiguresBasis.objects.get(), date.min, date.max)
    assert (found.key[:2], found.figure, found.stored, found.raw) == (
        ("half_hour", "2026-10-25T02:30+01:00"),
        "offered",
        7,
        1,
    )


def test_a_written_request_is_in_the_half_hour_in_which_it_arrived():
    ContactFactory(started_at=at(23, 59), channel="email", line=None, state="closed", closed_at=at(23, 59))
    refresh()
    row = HalfHourFigures.objects.get()
    assert (row.half_hour, row.channel, row.handled, row.offered) == (47, "email", 1, 0)


def test_arrivals_are_of_one_line_or_of_all_and_of_calls_alone(django_assert_num_queries):
    line, other = TollFreeLineFactory(), TollFreeLineFactory()
    for one in (line, line, other):
        CallFactory(line=one, queued_at=at(9, 5), contact=None, wait_seconds=10, talk_seconds=100, wrap_seconds=20)
    ContactFactory(started_at=at(9, 5), channel="email", line=None)
    refresh()
    period = Period(date(2026, 5, 4), date(2026, 5, 4))
    with django_assert_num_queries(1):
        (found,) = arrivals(period, line=line)
    assert found == Arrivals(
        begins_at=at(9),
        day=date(2026, 5, 4),
        half_hour=18,
        offered=2,
        answered=2,
        answered_in_time=2,
        waits_known=2,
        wait_seconds=20,
        talks_known=2,
        handling_seconds=240,
    )
    assert [one.offered for one in arrivals(period)] == [3]
    assert arrivals(Period(period.start - timedelta(days=9), period.start - timedelta(days=1))) == []


# --- The hours of the week, opening hours and waits, against a count of the rows one by one


def a_calendar(**fields) -> ServiceCalendar:
    """Open from 8:15 to 13:00 and from 14:00 to 18:00 on Mondays to Fridays, closed on the last of October 2019."""
    calendar = ServiceCalendarFactory.create(**fields)
    for weekday in range(5):
        for opens, closes in ((time(8, 15), time(13)), (time(14), time(18))):
            OpeningPeriodFactory(calendar=calendar, weekday=weekday, opens=opens, closes=closes)
    SpecialDayFactory(calendar=calendar, day=date(2019, 10, 28), opens=None, closes=None)
    return calendar


def is_open(moment: datetime) -> bool:
    """By the words of `a_calendar`: the half hour of the moment has some time in which the line is open."""
    local = moment.astimezone(ROME)
    if local.date() in (date(2019, 10, 28), date(2020, 1, 1), date(2020, 1, 6)) or local.isoweekday() > 5:
        return False
    minutes = local.hour * 60 + local.minute
    return 8 * 60 <= minutes < 13 * 60 or 14 * 60 <= minutes < 18 * 60


@pytest.mark.parametrize("seed", range(3))
def test_hours_of_the_week_equal_an_independent_count_of_random_days(seed):
    world = World(seed)
    calendar = a_calendar()
    TollFreeLine.objects.update(calendar=calendar)
    ServiceTarget.objects.all().delete()
    for _ in range(90):
        world.call()
    for call in Call.objects.all()[::3]:  # also within opening hours, which the oddities avoid
        local = call.queued_at.astimezone(ROME).replace(hour=world.random.choice([8, 9, 13, 17, 18]), minute=10)
        late = timedelta(days=1)
        Call.objects.filter(pk=call.pk).update(
            queued_at=local.astimezone(UTC),
            answered_at=local.astimezone(UTC) + late if call.answered_at else None,
            ended_at=local.astimezone(UTC) + late if call.ended_at else None,
        )
    refresh()
    period = Period(date(2019, 1, 1), date(2020, 12, 31))
    found = hours(period, channel="phone")

    offered: Counter = Counter()
    opening: Counter = Counter()
    waits: Counter = Counter()
    for call in Call.objects.exclude(disposition__in=("open", "turned_away")):
        local = call.queued_at.astimezone(ROME)
        offered[local.isoweekday(), local.hour * 2 + local.minute // 30] += 1
        opening["inside" if is_open(call.queued_at) else "outside"] += 1
        if call.disposition in ("answered", "abandoned"):
            bounds = [10, 20, 30, 60, 120]
            place = 6 if call.wait_seconds is None else sum(call.wait_seconds > bound for bound in bounds)
            waits[place, call.disposition] += 1
    assert {key: counts.offered for key, counts in found.cells.items() if counts.offered} == offered
    assert {word: counts.offered for word, counts in found.opening.items()} == {
        "inside": opening["inside"],
        "outside": opening["outside"],
    }
    assert opening["inside"] > 0
    assert found.bands == [(waits[place, "answered"], waits[place, "abandoned"]) for place in range(7)]
    assert Counts.total(found.cells.values()) == Counts.total(found.opening.values())
    assert Counts.total(found.cells.values()).offered == found.report.totals.offered

    parameters = found.report.parameters
    for key in ("offered", "abandoned_later", "wait_known"):
        quantity = LISTS[key]
        for (weekday, place), counts in found.cells.items():
            behind = rows_behind(
                key, period, Chosen(), parameters, user=None, today=period.end, when=When(weekday, place)
            )
            assert behind.count() == quantity.of(counts)
        for word, counts in found.opening.items():
            behind = rows_behind(
                key, period, Chosen(), parameters, user=None, today=period.end, when=When(opening=word)
            )
            assert behind.count() == quantity.of(counts)
    for band, (answered, abandoned) in zip(BANDS, found.bands, strict=True):
        for count, number in ((band.answered, answered), (band.abandoned, abandoned)):
            behind = rows_behind(count.key, period, Chosen(), parameters, user=None, today=period.end)
            assert behind.count() == number


def test_each_line_goes_by_its_own_calendar_and_the_others_by_the_common_one():
    ServiceTarget.objects.all().delete()
    own, common = TollFreeLineFactory(calendar=a_calendar()), TollFreeLineFactory()
    always = ServiceCalendarFactory()
    OpeningPeriodFactory(calendar=always, weekday=0, opens=time(0), closes=time(0))
    ServiceTargetFactory(kind="request", level=1, calendar=always)
    for line in (own, common):
        CallFactory(line=line, queued_at=at(20), contact=None)
    refresh()
    found = hours(Period(date(2026, 5, 4), date(2026, 5, 4)))
    assert {word: counts.offered for word, counts in found.opening.items()} == {"inside": 1, "outside": 1}


def test_without_a_calendar_opening_hours_are_not_known():
    ServiceTarget.objects.all().delete()
    TollFreeLine.objects.update(calendar=None)
    CallFactory(queued_at=at(10), contact=None)
    refresh()
    period = Period(date(2026, 5, 4), date(2026, 5, 4))
    assert hours(period).opening == {}
    behind = rows_behind(
        "offered", period, Chosen(), current_parameters(), user=None, today=period.end, when=When(opening="outside")
    )
    assert behind.count() == 0


def test_a_period_without_calls_has_no_half_hours_and_nothing_in_the_bands():
    found = hours(Period(date(2026, 5, 4), date(2026, 5, 4)))
    assert (len(found.half_hours), found.bands) == (0, [(0, 0)] * len(BANDS))


@pytest.mark.parametrize("number", [1, 3])
def test_hours_cost_as_much_for_three_lines_as_for_one(number, django_assert_num_queries):
    calendar = a_calendar()
    ServiceTargetFactory(kind="request", level=1, calendar=calendar)
    for _ in range(number):
        CallFactory(line=TollFreeLineFactory(calendar=calendar), queued_at=at(10), contact=None)
    refresh()
    with django_assert_num_queries(6):
        hours(Period(date(2026, 5, 1), date(2026, 5, 31)))


@pytest.mark.parametrize(
    ("by", "keys"),
    [
        ("weekday", [("1", "lunedì"), ("7", "domenica")]),
        ("half-hour", [("02:30", "02:30–03:00"), ("23:30", "23:30–24:00")]),
    ],
)
def test_figures_are_grouped_by_weekday_and_by_half_hour(by, keys):
    for moment in (at(23, 40), at(2, 40, day=CLOCKS_BACK), at(2, 50, day=CLOCKS_BACK, fold=1)):
        CallFactory(queued_at=moment, contact=None)
    refresh()
    rows = figures(Period(date(2026, 5, 1), date(2026, 12, 31)), by=by).rows
    assert sorted((row.key, row.label.lower()) for row in rows) == keys
    assert sorted(row.counts.offered for row in rows) == [1, 2]


@pytest.mark.parametrize("chosen", ["topic", "agent", "team"])
def test_half_hours_by_topic_or_agent_are_refused_in_words(chosen):
    with pytest.raises(CutsCombined, match="mezz"):
        figures(Period(date(2026, 5, 1), date(2026, 5, 2)), by="half-hour", **{chosen: WITHOUT})
