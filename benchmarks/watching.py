"""The page of control charts and a round of watching at ten years of stored days; how often a round is wrong where nothing happened."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from math import exp

from django.test import Client
from django.utils import timezone

from contact_center.models import DailyFigures, FiguresBasis, TollFreeLine
from customers import roles
from insights.watching.commands import look
from insights.watching.queries import _judged_of
from insights.watching.rules import Kind, Point, Step, alarms, judge

from .measure import Row, Scale, at_most, median_seconds, say, seconds_of
from .people import person_with_role
from .plans import statements_of

PAGE_TIMES = 4
FIRST_TIMES = 12  # the first opening in a process after a count: 92 weeks are judged
ROUND_SECONDS = 5
GROWTH = 1.5
FALSE = 0.05
ROUNDS = 1_000
YEARS = 10
FIRST = date(2024, 1, 1)


def measure(scale: Scale) -> Iterator[Row]:
    """At three years of stored days, then at ten."""
    _days(3)
    first = seconds_of(lambda: look(timezone.localdate()))
    _days(YEARS)
    second = seconds_of(lambda: look(timezone.localdate()))
    yield at_most(f"round of watching at {YEARS} years", second, "s", ROUND_SECONDS, aim=f"under {ROUND_SECONDS} s")
    aim = f"at most {GROWTH} times as at 3 years"
    yield at_most(f"round of watching at {YEARS} years: growth", second, "s", first, GROWTH, aim=aim)
    yield from _page()
    share = false_alarms(ROUNDS)
    yield at_most("rounds with a false alert, nothing having happened", share, "", FALSE, aim=f"at most {FALSE:.0%}")


def _page() -> Iterator[Row]:
    client = Client()
    client.force_login(person_with_role(roles.MANAGER))

    def page() -> None:
        assert client.get("/dashboard/controllo/").status_code == 200

    def bare() -> None:
        assert client.get("/bare-page/").status_code == 200

    taken, limit = (seconds * 1000 for seconds in median_seconds(page, bare, runs=33, warm_up=5))
    aim = f"at most {PAGE_TIMES} times a bare signed-in page"
    yield at_most(f"page of control charts at {YEARS} years", taken, "ms", limit, PAGE_TIMES, aim=aim)

    def first_page() -> None:
        _judged_of.cache_clear()
        page()

    taken, limit = (seconds * 1000 for seconds in median_seconds(first_page, bare, runs=17, warm_up=2))
    name, aim = "page of control charts: first opening after a count", f"at most {FIRST_TIMES} bare pages"
    yield at_most(name, taken, "ms", limit, FIRST_TIMES, aim=aim)
    yield Row("page of control charts: queries", len(statements_of(page)), "", len(statements_of(bare)))


def _days(years: int) -> None:
    """Store so many years of days for each line, without their calls."""
    say(f"stored days of {years} years")
    DailyFigures.objects.all().delete()
    chance, today = random.Random(years), timezone.localdate()  # noqa: S311 - invented counts
    lines = list(TollFreeLine.objects.filter(is_active=True))
    rows = []
    for back in range(years * 365, 0, -1):
        for line in lines:
            calls = max(1, round(chance.gauss(65, 10)))
            rows.append(
                DailyFigures(
                    cut=DailyFigures.Cut.LINE,
                    day=today - timedelta(days=back),
                    channel="phone",
                    line=line,
                    offered=calls,
                    answered=calls,
                    waits_known=calls,
                    answered_in_time=round(calls * 0.9),
                    wait_seconds=calls * chance.randint(12, 30),
                    talks_known=calls,
                    talk_seconds=calls * chance.randint(200, 280),
                    handled=calls,
                    first_level=round(calls * chance.gauss(0.95, 0.01)),
                )
            )
    DailyFigures.objects.bulk_create(rows, batch_size=5_000)
    thresholds = {"service_level_seconds": 20, "short_abandon_seconds": 5, "repeat_contact_days": 7}
    FiguresBasis.objects.update_or_create(pk=1, defaults=thresholds | {"computed_at": timezone.now()})


def false_alarms(rounds: int, *, seed: int = 1) -> float:
    """The share of rounds of 30 figures that raise an alert although all their weeks are of one truth."""
    chance = random.Random(seed)  # noqa: S311 - invented counts
    wrong = 0
    for _round in range(rounds):
        wrong += any(alarms([judge(kind, Step.WEEK, _weeks(chance, kind), 26) for kind in (*Kind,) * 10]))
    return wrong / rounds


def _weeks(chance: random.Random, kind: Kind) -> list[Point]:
    """27 weeks that vary more than chance alone."""
    found = []
    for place in range(27):
        start, calls = FIRST + timedelta(weeks=place), max(1, round(chance.gauss(1375, 70)))
        if kind == Kind.NUMBER:
            found.append(Point(start, calls, 56.0))
        elif kind == Kind.SHARE:
            rate = min(1.0, max(0.0, chance.gauss(0.92, 0.01)))
            events = round(chance.gauss(calls * rate, (calls * rate * (1 - rate)) ** 0.5))
            found.append(Point(start, max(0, min(calls, events)), calls))
        else:
            found.append(Point(start, round(calls * 25 * exp(chance.gauss(0, 0.2))), calls))
    return found
