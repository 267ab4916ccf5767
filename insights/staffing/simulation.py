"""Rule: a queue call by call. Arrivals as they came, handling times and patience as measured, agents as they were there.

One queue, first come first served; an agent who leaves ends the call first. It assumes nothing of what Erlang assumes: no steady
half hour, no exponential times. A heap of events is all it takes (docs/decisions/staffing.md says why no library).
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

_AGENTS, _FREE, _ARRIVES, _GIVES_UP = range(4)  # at one moment, in this order


@dataclass(frozen=True, slots=True)
class Outcome:
    """How all calls went. Waits are seconds: of those answered, and of all."""

    offered: int
    answered: int
    in_time: int
    abandoned: int
    answered_wait: float
    all_wait: float

    @property
    def service_level(self) -> float | None:
        """Answered in time over offered; None without calls."""
        return self.in_time / self.offered if self.offered else None

    @property
    def mean_wait(self) -> float | None:
        """Mean wait of those answered, in seconds; None without any."""
        return self.answered_wait / self.answered if self.answered else None


def simulate(
    arrivals: Sequence[float],
    *,
    agents: Iterable[tuple[float, int]],
    handling: Callable[[], float],
    patience: Callable[[], float],
    within: float,
) -> Outcome:
    """Let the calls come at these seconds; `agents` are (from this second on, how many), none before the first."""
    events: list[tuple[float, int, int]] = [(at, _AGENTS, number) for at, number in agents]
    events += [(at, _ARRIVES, call) for call, at in enumerate(arrivals)]
    heapify(events)
    there, busy = 0, 0
    waiting: deque[int] = deque()
    is_waiting = [False] * len(arrivals)
    answered = in_time = abandoned = 0
    answered_wait = all_wait = 0.0
    while events:
        now, kind, number = heappop(events)
        if kind == _AGENTS:
            there = number
        elif kind == _FREE:
            busy -= 1
        elif kind == _ARRIVES:
            waiting.append(number)
            is_waiting[number] = True
            if busy >= there:
                heappush(events, (now + patience(), _GIVES_UP, number))
        elif is_waiting[number]:
            is_waiting[number] = False
            abandoned += 1
            all_wait += now - arrivals[number]
        while waiting and busy < there:
            call = waiting.popleft()
            if not is_waiting[call]:
                continue
            is_waiting[call] = False
            wait = now - arrivals[call]
            answered, answered_wait, all_wait = answered + 1, answered_wait + wait, all_wait + wait
            in_time += wait <= within
            busy += 1
            heappush(events, (now + handling(), _FREE, call))
    return Outcome(len(arrivals), answered, in_time, abandoned, answered_wait, all_wait)
