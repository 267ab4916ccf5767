"""Rule: the difference between two shares with its uncertainty (Newcombe 1998, method 10: from Wilson's intervals)."""

from dataclasses import dataclass
from math import sqrt

Z = 1.959964  # 95 %
FEWEST = 30  # people in a group: below it a share says nothing


@dataclass(frozen=True)
class Difference:
    """The share of those written to less that of those held out, from `low` to `high` with 95 % confidence; in points."""

    points: float
    low: float
    high: float

    @property
    def tells(self) -> bool:
        """Whether the interval leaves out that there is no difference at all."""
        return self.low > 0 or self.high < 0


def wilson(events: int, of: int, *, z: float = Z) -> tuple[float, float]:
    """Wilson's interval of a share, so many standard deviations wide to both sides."""
    share, square = events / of, z * z
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = z * sqrt(share * (1 - share) / of + square / (4 * of * of)) / (1 + square / of)
    return middle - half, middle + half


def difference(written: tuple[int, int], held_out: tuple[int, int]) -> Difference | None:
    """From (events, people) of both groups; None where either is too small to tell anything."""
    (events, people), (other_events, others) = written, held_out
    if people < FEWEST or others < FEWEST:
        return None
    share, other = events / people, other_events / others
    low, high = wilson(events, people)
    other_low, other_high = wilson(other_events, others)
    points = share - other
    below = sqrt((share - low) ** 2 + (other_high - other) ** 2)
    above = sqrt((high - share) ** 2 + (other - other_low) ** 2)
    return Difference(points * 100, (points - below) * 100, (points + above) * 100)
