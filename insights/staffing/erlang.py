"""Rules: a queue in a steady half hour. Erlang B and C (nobody gives up), Erlang A (patience is exponential).

The load is calls times mean handling time over the length of the interval, in erlangs; times are seconds, shares from 0 to 1.
Erlang A is the queue M/M/n+M of Garnett, Mandelbaum and Reiman (2002); its service level is that of Baccelli and Hebuterne (1981).
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, exp, log

_FINE = 0.05  # how much a step of Simpson's rule may change the function: nine digits are right
_SMALLEST = 1e-16


class GrowsWithoutEnd(ValueError):
    """Erlang C has no answer: the agents are no more than the load, so the queue would never empty."""

    def __init__(self, load: float, agents: int) -> None:
        super().__init__(
            f"{agents} agents cannot serve a load of {load:.2f} erlangs: the queue would grow without end"
        )
        self.load, self.agents = load, agents


@dataclass(frozen=True, slots=True)
class Queue:
    """How a half hour goes: who waits, who is answered in time, who gives up, the mean wait of all in seconds, how busy agents are."""

    waits: float
    service_level: float
    abandoned: float
    mean_wait: float
    occupancy: float


NOBODY_CALLS = Queue(0.0, 1.0, 0.0, 0.0, 0.0)


def erlang_b(load: float, agents: int) -> float:
    """The share of calls that find all agents busy where nobody may wait."""
    blocked = 1.0
    for number in range(1, agents + 1):
        blocked = load * blocked / (number + load * blocked)
    return blocked


def erlang_c(load: float, agents: int) -> float:
    """The share of calls that wait where nobody gives up; GrowsWithoutEnd unless there are more agents than load."""
    if agents <= load:
        raise GrowsWithoutEnd(load, agents)
    blocked = erlang_b(load, agents)
    return blocked / (1 - load / agents * (1 - blocked))


def without_abandons(load: float, agents: int, *, handling: float, within: float) -> Queue:
    """The queue by Erlang C; GrowsWithoutEnd unless there are more agents than load."""
    if load == 0:
        return NOBODY_CALLS
    waits = erlang_c(load, agents)
    spare = agents - load
    return Queue(waits, 1 - waits * exp(-spare * within / handling), 0.0, waits * handling / spare, load / agents)


def with_abandons(load: float, agents: int, *, handling: float, patience: float, within: float) -> Queue:
    """The queue by Erlang A, for any number of agents: `patience` is how long people would wait on average."""
    if load == 0:
        return NOBODY_CALLS
    if agents == 0:
        return Queue(1.0, 0.0, 1.0, patience, 0.0)
    arrive, serve, leave = load / handling, agents / handling, 1 / patience
    logs = [0.0]  # of how often so many are in the system, up to a factor
    for busy in range(1, agents + 1):
        logs.append(logs[-1] + log(load / busy))
    waiting, highest = 0, max(logs)
    while True:
        waiting += 1
        logs.append(logs[-1] + log(arrive / (serve + waiting * leave)))
        highest = max(highest, logs[-1])
        if arrive < serve + waiting * leave and logs[-1] < highest + log(_SMALLEST):
            break
    weights = [exp(each - highest) for each in logs]
    total = sum(weights)
    odds = [each / total for each in weights]
    length = sum(number * each for number, each in enumerate(odds[agents:]))
    waits = sum(odds[agents:])
    served_at = logs[agents - 1] - highest - log(total) + log(arrive)

    def served_after(wait: float) -> float:
        """The density of those who are answered after so long: it was their turn, and they were still there."""
        return exp(served_at + arrive * (1 - exp(-leave * wait)) / leave - serve * wait - leave * wait)

    in_time = max(0.0, 1 - waits) + _area(
        served_after, within, steps=2 * ceil(within * (abs(serve - arrive) + serve + leave) / _FINE / 2 + 10)
    )
    abandoned = leave * length / arrive
    return Queue(
        min(1.0, waits), min(1.0, in_time), abandoned, length / arrive, min(1.0, load * (1 - abandoned) / agents)
    )


def _area(density: Callable[[float], float], until: float, *, steps: int) -> float:
    """The area under a smooth function from 0, by Simpson's rule."""
    if until <= 0:
        return 0.0
    step = until / steps
    inner = sum((4 if number % 2 else 2) * density(number * step) for number in range(1, steps))
    return step / 3 * (density(0.0) + inner + density(until))
