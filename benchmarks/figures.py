"""The managers' page at ten years of calls, and at ten times as many; stored counts against counts from the rows."""

from collections.abc import Callable, Generator, Iterator
from datetime import date, timedelta
from functools import partial
from typing import Any

from django.test import Client
from django.utils import timezone

from contact_center.figures import figures, rebuild
from contact_center.figures.lists import LISTS, MOMENTS, rows_behind, rows_next_to
from contact_center.figures.period import Period
from contact_center.figures.query import Chosen, current_parameters
from contact_center.figures.raw import count_days, count_half_hours
from contact_center.models import FiguresBasis
from contact_center.models.call import CallQuerySet
from contact_center.models.contact import ContactQuerySet
from customers import roles
from insights.wallboard.now import FRESH_SECONDS, make_wall

from . import data
from .measure import Row, Scale, at_most, manage, median_seconds, say, seconds_of
from .people import person_with_role
from .plans import statements_of

PAGE_TIMES = 4
REASONS_TIMES = 4
PAGE_MS = 100
GROWTH = 1.2
KEPT_SHARE = 0.2
TENFOLD = 10
WALL_PAGES = 4
WALL_QUERIES = 3
HOURS_TIMES = 10  # it reads 36,000 rows of a year, and writes a table of 336 cells with their addresses
HALF_HOURS_SHARE = 1.5


def measure(scale: Scale) -> Iterator[Row]:
    """All of it at the one number of calls, then the page and its lists at ten times as many."""
    data.portfolio(scale)
    few, many = scale.calls, scale.calls * TENFOLD
    yield from _fill(few, scale)
    yield from _kept_against_rows(few)
    yield from _command()
    first = yield from _page(few)
    yield from _reasons_page(few)
    yield from _fill(many, scale)
    second = yield from _page(many)
    yield from _hours(many)
    yield from _reasons_page(many)
    aim = f"at most {GROWTH} times as at {few:,}"
    yield at_most(f"figures page at {many:,} calls: growth", second, "bare pages", first, GROWTH, aim=aim)
    yield from _lists(many)


def last_year() -> Period:
    """The last whole calendar year: with the year before it, well within the ten."""
    year = timezone.localdate().year - 1
    return Period(date(year, 1, 1), date(year, 12, 31))


def _fill(calls: int, scale: Scale) -> Iterator[Row]:
    data.calls(calls, scale)
    say(f"figures counted from nothing: {calls:,} calls")
    seconds = seconds_of(rebuild)
    data.vacuum("contact_center_contact", "contact_center_dailyfigures", "contact_center_halfhourfigures")
    yield Row(f"figures of {calls:,} calls counted from nothing", seconds, "s")


def _page(calls: int) -> Generator[Row, None, float]:
    """The page and the bare page, in turns; returns how many bare pages it is worth."""
    client = Client()
    client.force_login(person_with_role(roles.MANAGER))
    period = last_year()
    asked = {"from": period.start.isoformat(), "to": period.end.isoformat()}

    def page() -> None:
        assert client.get("/dashboard/", asked).status_code == 200

    def bare() -> None:
        assert client.get("/bare-page/").status_code == 200

    taken, limit = (seconds * 1000 for seconds in median_seconds(page, bare, runs=99, warm_up=9))
    name = f"figures page at {calls:,} calls"
    yield at_most(name, taken, "ms", limit, PAGE_TIMES, aim=f"at most {PAGE_TIMES} times a bare signed-in page")
    yield at_most(f"{name}: alone", taken, "ms", PAGE_MS, aim=f"under {PAGE_MS} ms")
    yield Row(f"{name}: queries", len(statements_of(page)), "", len(statements_of(bare)))
    now = timezone.now()
    make_wall(now)
    [wall] = median_seconds(lambda: make_wall(now), runs=30, warm_up=3)
    name = f"wallboard at {calls:,} calls"
    aim = f"at most {WALL_PAGES} bare pages, once in {FRESH_SECONDS} s for all screens"
    yield at_most(f"{name}: computed", wall * 1000, "ms", limit, WALL_PAGES, aim=aim)
    queries = len(statements_of(lambda: make_wall(now)))
    yield at_most(f"{name}: queries", queries, "", WALL_QUERIES, aim=f"at most {WALL_QUERIES}")
    return taken / limit


def _hours(calls: int) -> Iterator[Row]:
    """The page of half hours for a year, beside the bare page; and the count by half hour, beside that of the days, for a month."""
    client = Client()
    client.force_login(person_with_role(roles.MANAGER))
    period = last_year()
    asked = {"from": period.start.isoformat(), "to": period.end.isoformat()}

    def page() -> None:
        assert client.get("/dashboard/orari/", asked).status_code == 200

    def bare() -> None:
        assert client.get("/bare-page/").status_code == 200

    taken, limit = (seconds * 1000 for seconds in median_seconds(page, bare, runs=9, warm_up=2))
    name = f"half hours of a year, at {calls:,} calls"
    yield at_most(name, taken, "ms", limit, HOURS_TIMES, aim=f"at most {HOURS_TIMES} times a bare signed-in page")
    yield Row(f"{name}: queries", len(statements_of(page)), "", len(statements_of(bare)))
    basis = FiguresBasis.objects.get()

    def counted(count: Callable[..., tuple[str, dict[str, Any]]]) -> None:
        data.execute(*count(basis, period.start, period.start + timedelta(days=30)))

    by_half_hour, by_day = median_seconds(
        partial(counted, count_half_hours), partial(counted, count_days), runs=5, warm_up=1
    )
    aim = f"at most {HALF_HOURS_SHARE} times that of the days"
    name = f"a month of {calls:,} calls counted by half hour"
    yield at_most(name, by_half_hour * 1000, "ms", by_day * 1000, HALF_HOURS_SHARE, aim=aim)


def _reasons_page(calls: int) -> Iterator[Row]:
    """The page of why contacts are not resolved, of a year and of ten, against the bare page."""
    client = Client()
    client.force_login(person_with_role(roles.MANAGER))
    year = last_year()
    for what, start in (("a year", year.start), ("ten years", date(year.end.year - 9, 1, 1))):
        asked = {"from": start.isoformat(), "to": year.end.isoformat()}

        def page(asked: dict[str, str] = asked) -> None:
            assert client.get("/dashboard/non-risolti/", asked).status_code == 200

        def bare() -> None:
            assert client.get("/bare-page/").status_code == 200

        taken, limit = (seconds * 1000 for seconds in median_seconds(page, bare, runs=49, warm_up=5))
        name = f"reasons page of {what} at {calls:,} calls"
        aim = f"at most {REASONS_TIMES} times a bare signed-in page"
        yield at_most(name, taken, "ms", limit, REASONS_TIMES, aim=aim)
        yield Row(f"{name}: queries", len(statements_of(page)), "", len(statements_of(bare)))


def _kept_against_rows(calls: int) -> Iterator[Row]:
    """First level corrected over a year: from the daily counts, and from the rows, with the repeats found again."""
    period = last_year()
    kept: list[int | None] = []
    counted: list[int | None] = []

    def from_counts() -> None:
        totals = figures(period).totals
        kept[:] = [totals.handled, totals.first_level, totals.first_level_repeated]

    def from_rows() -> None:
        days = current_parameters().repeat_contact_days
        until = period.end + timedelta(days=days)
        days_asked = {"start": period.start, "end": period.end, "until": until, "days": days}
        counted[:] = data.execute(CORRECTED, days_asked)[0]

    seconds, limit = median_seconds(from_counts, from_rows, runs=7, warm_up=1)
    assert kept == counted, f"the daily counts say {kept}, the rows {counted}"
    aim = f"at most {KEPT_SHARE} times, with equal numbers"
    yield at_most(
        f"first level corrected, a year of {calls:,} calls: kept counts against the rows",
        seconds * 1000,
        "ms",
        limit * 1000,
        KEPT_SHARE,
        aim=aim,
    )


# Written apart from the product's own way of counting, on purpose.
CORRECTED = """
    WITH near AS (
        SELECT contact.day, contact.started_at, contact.handled, contact.first_level, contact.person_key,
               coalesce(topic.area, 'unknown') AS area
        FROM contact_center_contact AS contact LEFT JOIN contact_center_topic AS topic ON topic.id = contact.topic_id
        WHERE contact.in_base AND contact.day BETWEEN %(start)s AND %(until)s
    ), followed AS (
        SELECT day, handled, first_level, person_key IS NOT NULL AND day + %(days)s >= min(day) OVER (
            PARTITION BY person_key, area ORDER BY started_at
            RANGE BETWEEN '1 microsecond' FOLLOWING AND UNBOUNDED FOLLOWING
        ) AS came_back
        FROM near
    )
    SELECT count(*), count(*) FILTER (WHERE first_level), count(*) FILTER (WHERE first_level AND came_back)
    FROM followed WHERE handled AND day <= %(end)s
"""


def _command() -> Iterator[Row]:
    period = last_year()
    run = manage("figures", "--from", period.start.isoformat(), "--to", period.end.isoformat())
    yield Row("the figures command for a year, with its start", run.seconds, "s")


def _lists(calls: int) -> Iterator[Row]:
    """The first page of the list behind each number of a year."""
    user, period, chosen, parameters = person_with_role(roles.MANAGER), last_year(), Chosen(), current_parameters()
    today = timezone.localdate()

    def first_page(key: str) -> None:
        rows = rows_behind(key, period, chosen, parameters, user=user, today=today)
        assert isinstance(rows, CallQuerySet | ContactQuerySet)
        rows_next_to(None, rows.for_list(), MOMENTS[LISTS[key].rows])

    times = median_seconds(*(partial(first_page, key) for key in LISTS), runs=5, warm_up=1)
    slowest, key = max(zip(times, LISTS, strict=True))
    name = f"the slowest list behind a number of a year, at {calls:,} calls (“{key}”)"
    yield at_most(name, slowest * 1000, "ms", PAGE_MS, aim=f"under {PAGE_MS} ms")
