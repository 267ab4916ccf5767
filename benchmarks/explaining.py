"""What changed, and why: its page at ten years of calls and at ten times as many; causes found, and false alarms."""

import random
from collections.abc import Generator, Iterator

from django.test import Client

from contact_center.figures import rebuild
from customers import roles

from . import data, invented_changes
from .figures import last_year
from .measure import Row, Scale, at_most, median_seconds, say
from .people import person_with_role
from .plans import statements_of

PAGE_TIMES = 4
TENFOLD = 10
GROWTH = 1.2
CASES = 2_000
MISSED_SHARE, ALARM_SHARE = 0.05, 0.05


def measure(scale: Scale) -> Iterator[Row]:
    """The simulations, then the page at the one number of calls and at ten times as many."""
    yield from _causes()
    data.portfolio(scale)
    pages = []
    for calls in (scale.calls, scale.calls * TENFOLD):
        data.calls(calls, scale)
        say(f"figures counted from nothing: {calls:,} calls")
        rebuild()
        data.vacuum("contact_center_contact", "contact_center_dailyfigures")
        pages.append((yield from _page(calls)))
    aim = f"at most {GROWTH} times as at {scale.calls:,}"
    name = f"page of what changed at {scale.calls * TENFOLD:,} calls: growth"
    yield at_most(name, pages[1], "bare pages", pages[0], GROWTH, aim=aim)


def _causes() -> Iterator[Row]:
    """Shares of invented months in which the planted cause is missed, and of shuffled ones in which something is marked."""
    chance = random.Random(1955)  # noqa: S311 - a simulation
    for points, aim in ((1.0, MISSED_SHARE), (0.5, None)):
        missed = sum(not invented_changes.cause_is_among_the_first(chance, points=points) for _case in range(CASES))
        name = f"a cause of {points} to {2 * points} points is not among the three largest parts, {CASES:,} months"
        if aim is None:
            yield Row(name, missed / CASES, "share")
        else:
            yield at_most(name, missed / CASES, "share", aim, aim="at most one in twenty")
    for calls in (invented_changes.CALLS, 1_400):
        alarms = sum(invented_changes.shuffled_marks_anything(chance, calls) for _case in range(CASES))
        name = f"something is marked though {calls:,} calls were only shuffled, {CASES:,} times"
        yield at_most(name, alarms / CASES, "share", ALARM_SHARE, aim="at most one in twenty")


def _page(calls: int) -> Generator[Row, None, float]:
    """The page and the bare page, in turns; returns how many bare pages it is worth."""
    client = Client()
    client.force_login(person_with_role(roles.MANAGER))
    period = last_year()
    asked = {"from": period.start.isoformat(), "to": period.end.isoformat(), "against": "year"}

    def page() -> None:
        assert client.get("/dashboard/perche/", asked).status_code == 200

    def bare() -> None:
        assert client.get("/bare-page/").status_code == 200

    taken, limit = (seconds * 1000 for seconds in median_seconds(page, bare, runs=49, warm_up=5))
    name = f"page of what changed at {calls:,} calls"
    yield at_most(name, taken, "ms", limit, PAGE_TIMES, aim=f"at most {PAGE_TIMES} times a bare signed-in page")
    yield Row(f"{name}: queries", len(statements_of(page)), "", len(statements_of(bare)))
    return taken / limit
