"""Half hours: counted with the days, in the same transaction, and nothing is merged where the clocks change."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db.models import Sum

from contact_center.catalogue import BANDS, OF_HALF_HOURS, STORED
from contact_center.figures import rebuild, refresh
from contact_center.figures.differences import compare
from contact_center.figures.half_hours import Arrivals, arrivals, half_hours_of
from contact_center.figures.period import Period
from contact_center.models import Call, DailyFigures, FiguresBasis, HalfHourFigures, StaleDay
from contact_center.tests.factories import CallFactory, ContactFactory, TollFreeLineFactory
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
