"""Rules: agents for a target, half hour by half hour; people on the rota beside those at the telephone; what it costs.

Numbers of people are whole: each half hour of each line is rounded up by itself, which is why three small lines apart cost more
than one queue of all. Of a rostered hour some is lost to illness, holidays and training (`shrinkage`, a share), and some to the
breaks due at a screen (15 minutes every two hours: art. 175, d.lgs. 81/2008).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from math import ceil

from .erlang import NOBODY_CALLS, Queue, with_abandons, without_abandons

HALF_HOUR = 1800
BREAK_EVERY = 120  # minutes of work
MOST_AGENTS = 2_000
_SLACK = 1e-9


class Unreachable(ValueError):
    """No number of agents reaches the target: a share of 100 %, or more calls than a plan is made for."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The target and what an hour of work is made of: shares from 0 to 1, `within` seconds, `breaks` minutes every two hours."""

    share: float
    within: float
    shrinkage: float = 0.0
    breaks: float = 0.0
    cost: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Staffed:
    """Agents at the telephone, people on the rota, what comes of it and what it costs."""

    agents: int
    people: int
    queue: Queue
    cost: Decimal


@dataclass(frozen=True, slots=True)
class HalfHour:
    """One half hour of the plan: the calls expected, and the agents by Erlang C and by Erlang A.

    `given_up` is what Erlang A says of Erlang C's number of agents: how many would give up there.
    """

    starts_at: datetime
    expected: float
    low: float
    high: float
    load: float
    by_c: Staffed
    by_a: Staffed
    given_up: float


def load_of(calls: float, handling: float, *, interval: float = HALF_HOUR) -> float:
    """The load in erlangs of so many calls in the interval, each of so many seconds."""
    return calls * handling / interval


def least_agents(wanted: float, level: Callable[[int], float], *, least: int, near: int) -> int:
    """The fewest agents, no fewer than `least`, whose service level is the wanted share; the search begins `near`.

    More agents never answer fewer calls in time. Unreachable for a share of 1.
    """
    if wanted >= 1:
        raise Unreachable("no number of agents answers every call in time")
    agents = max(least, near)
    while level(agents) < wanted - _SLACK:
        agents += 1
        if agents > MOST_AGENTS:
            raise Unreachable(f"more than {MOST_AGENTS} agents")
    while agents > least and level(agents - 1) >= wanted - _SLACK:
        agents -= 1
    return agents


def people_for(agents: int, *, shrinkage: float, breaks: float) -> int:
    """How many people on the rota keep so many agents at the telephone; Unreachable where nothing is left of an hour."""
    left = (1 - shrinkage) * (1 - breaks / BREAK_EVERY)
    if left <= 0:
        raise Unreachable("nothing is left of a paid hour")
    return ceil(agents / left - _SLACK)


def half_hour(
    starts_at: datetime,
    expected: float,
    low: float,
    high: float,
    *,
    handling: float,
    patience: float | None,
    wanted: Wanted,
) -> HalfHour:
    """The agents that a half hour takes. Without patience (nobody gave up) Erlang A is Erlang C."""
    load = load_of(expected, handling)

    def by_c(agents: int) -> Queue:
        return without_abandons(load, agents, handling=handling, within=wanted.within)

    def by_a(agents: int) -> Queue:
        if patience is None:
            return by_c(agents)
        return with_abandons(load, agents, handling=handling, patience=patience, within=wanted.within)

    if load == 0:
        nobody = Staffed(0, 0, NOBODY_CALLS, Decimal(0))
        return HalfHour(starts_at, expected, low, high, load, nobody, nobody, 0.0)
    more_than_load = int(load) + 1
    agents_c = least_agents(
        wanted.share, lambda number: by_c(number).service_level, least=more_than_load, near=more_than_load
    )
    agents_a = least_agents(
        wanted.share,
        lambda number: by_a(number).service_level,
        least=1 if patience is not None else more_than_load,
        near=agents_c - 1,
    )
    return HalfHour(
        starts_at,
        expected,
        low,
        high,
        load,
        _staffed(agents_c, by_c(agents_c), wanted),
        _staffed(agents_a, by_a(agents_a), wanted),
        by_a(agents_c).abandoned * expected,
    )


def _staffed(agents: int, queue: Queue, wanted: Wanted) -> Staffed:
    people = people_for(agents, shrinkage=wanted.shrinkage, breaks=wanted.breaks)
    return Staffed(agents, people, queue, people * wanted.cost / 2)
