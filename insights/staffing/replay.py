"""Rules: a week that is over, four ways. As it happened; call by call in the simulation; by Erlang A; by Erlang C.

The simulation gets the calls when they came, the agents when they were there, handling times as they were measured and patience as
estimated from everybody (`patience.py`). The formulas get each half hour's calls, its mean number of agents, and the two means.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from .erlang import GrowsWithoutEnd, Queue, with_abandons, without_abandons
from .patience import kaplan_meier, mean_patience
from .planning import HALF_HOUR, load_of
from .simulation import simulate

TIMES = 20  # that the week is simulated; one alone wavers by half a point


@dataclass(frozen=True, slots=True)
class Result:
    """Shares of the calls offered that were answered in time and that were given up; mean wait of those answered, None without end."""

    service_level: float
    abandoned: float
    mean_wait: float | None


def happened(calls: Sequence[tuple[float, float | None, float | None]], *, within: float) -> Result | None:
    """What came of the calls, as (arrival, wait if answered, wait if given up); None without calls."""
    waits = [wait for _at, wait, _left in calls if wait is not None]
    if not calls:
        return None
    in_time = sum(wait <= within for wait in waits)
    return Result(in_time / len(calls), 1 - len(waits) / len(calls), sum(waits) / len(waits) if waits else None)


def simulated(
    arrivals: Sequence[float],
    agents: Sequence[tuple[float, int]],
    *,
    handling: Sequence[float],
    waits: Sequence[tuple[float, bool]],
    within: float,
    seed: int = 1,
    times: int = TIMES,
) -> Result | None:
    """The mean of several simulated weeks; None without calls, or where no handling time is known."""
    if not arrivals or not handling:
        return None
    random, curve = Random(seed), kaplan_meier(waits)  # noqa: S311 - chance of a simulation, not of a secret
    found = [
        simulate(
            arrivals,
            agents=agents,
            handling=lambda: random.choice(handling),
            patience=lambda: curve.draw(random),
            within=within,
        )
        for _time in range(times)
    ]
    offered, answered = sum(each.offered for each in found), sum(each.answered for each in found)
    return Result(
        sum(each.in_time for each in found) / offered,
        sum(each.abandoned for each in found) / offered,
        sum(each.answered_wait for each in found) / answered if answered else None,
    )


def by_erlang_a(
    half_hours: Sequence[tuple[int, float]], *, handling: float, waits: Sequence[tuple[float, bool]], within: float
) -> Result | None:
    """The half hours by Erlang A, weighed by their calls; None where nobody gave up."""
    patience = mean_patience(sum(wait for wait, _left in waits), sum(left for _wait, left in waits))
    if patience is None:
        return None
    return _summed(
        half_hours,
        lambda load, agents: with_abandons(load, agents, handling=handling, patience=patience, within=within),
        handling,
    )


def by_erlang_c(half_hours: Sequence[tuple[int, float]], *, handling: float, within: float) -> Result | None:
    """The half hours by Erlang C, weighed by their calls: where agents are too few, nobody is answered in time and waits have no end."""
    return _summed(
        half_hours, lambda load, agents: without_abandons(load, agents, handling=handling, within=within), handling
    )


def _summed(
    half_hours: Sequence[tuple[int, float]], queue_of: Callable[[float, int], Queue], handling: float
) -> Result | None:
    offered = level = abandoned = wait = 0.0
    has_end = True
    for calls, agents in half_hours:
        if not calls:
            continue
        offered += calls
        try:
            queue = queue_of(load_of(calls, handling, interval=HALF_HOUR), round(agents))
        except GrowsWithoutEnd:
            has_end = False
            continue
        level, abandoned = level + calls * queue.service_level, abandoned + calls * queue.abandoned
        wait += calls * queue.mean_wait
    if not offered:
        return None
    return Result(level / offered, abandoned / offered, wait / offered if has_end else None)
