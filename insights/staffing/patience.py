"""Rules: how long people would wait, from calls most of which were answered before that was seen (they are censored).

Two estimates. The mean of an exponential: all the waiting of all calls over the number of those who gave up; Erlang A takes it.
The curve of Kaplan and Meier (1958): the share still there after so long, without any assumption on its shape; the simulation
draws from it. The mean wait of those who gave up is neither: it leaves out all who would have waited longer.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log
from random import Random


def mean_patience(total_wait: float, gave_up: int) -> float | None:
    """Seconds that people would wait on average; None where nobody gave up, or nobody waited."""
    return total_wait / gave_up if gave_up and total_wait else None


@dataclass(frozen=True, slots=True)
class Curve:
    """The share still waiting after each of the seconds, falling; beyond the last it falls as an exponential of mean `beyond`."""

    seconds: Sequence[float]
    gone: Sequence[float]  # 1 less the share, rising
    beyond: float

    def draw(self, random: Random) -> float:
        """How long one person would wait."""
        chance = random.random()
        if not self.gone or chance > self.gone[-1]:
            last, left = (self.seconds[-1], 1 - self.gone[-1]) if self.gone else (0.0, 1.0)
            return last - self.beyond * log((1 - chance) / left)
        return self.seconds[bisect_left(self.gone, chance)]


def kaplan_meier(waits: Iterable[tuple[float, bool]]) -> Curve:
    """The curve from (seconds waited, whether the person gave up then); somebody answered in that second had waited longer."""
    known = list(waits)
    gave_up = Counter(seconds for seconds, left in known if left)
    total = Counter(seconds for seconds, _left in known)
    there, still = len(known), 1.0
    seconds, gone = [], []
    for moment in sorted(total):
        if gave_up[moment]:
            still *= 1 - gave_up[moment] / there
            seconds.append(moment)
            gone.append(1 - still)
        there -= total[moment]
    mean = mean_patience(sum(wait for wait, _left in known), sum(gave_up.values()))
    return Curve(seconds, gone, mean or 3600.0)
