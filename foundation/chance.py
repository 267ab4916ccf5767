"""Rules: what is chance in numbers and shares. The pages that use them explain each method in words.

- A share: Wilson's interval (1927). The difference of two: Newcombe's (1998, method 10), from Wilson's of each.
- A number against that of the year before: the ratio of two rates. Given how many there are together, how many fall into
  the later period is binomial; Wilson's interval of that share gives the ratio's, the exact test its chance.
- Many causes at once: Benjamini and Hochberg (1995), so that at most one in twenty of those marked is marked by chance.
- Months: limits of three standard deviations, widened by how much more the months vary than chance alone (Laney 2002).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp, inf, lgamma, log, sqrt

Z = 1.959964  # 95 %
FEWEST = 10  # events of both periods together: below it a ratio says little
LEVEL = 0.05
_MOVING_RANGE = 1.128  # mean range of two values of a normal distribution, in standard deviations
_EXACT_UP_TO = 1_000
_SLACK = 1e-9


def wilson(events: int, of: int, *, z: float = Z) -> tuple[float, float]:
    """Wilson's interval of a share; from 0 to 1 where there is nothing to share."""
    if of == 0:
        return 0.0, 1.0
    share, square = events / of, z * z
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = z * sqrt(share * (1 - share) / of + square / (4 * of * of)) / (1 + square / of)
    return max(0.0, middle - half), min(1.0, middle + half)


def newcombe(share: tuple[int, int], other: tuple[int, int], *, z: float = Z) -> tuple[float, float]:
    """Newcombe's interval of the first share less the other, each as (events, of); `of` is not 0."""
    (events, of), (other_events, other_of) = share, other
    value, other_value = events / of, other_events / other_of
    low, high = wilson(events, of, z=z)
    other_low, other_high = wilson(other_events, other_of, z=z)
    difference = value - other_value
    below = sqrt((value - low) ** 2 + (other_high - other_value) ** 2)
    above = sqrt((high - value) ** 2 + (other_value - other_low) ** 2)
    return difference - below, difference + above


@dataclass(frozen=True)
class Change:
    """A number against an earlier one: the ratio of the rates with its interval, and how likely chance alone does as much."""

    before: int
    after: int
    ratio: float | None  # None where there was none before
    low: float
    high: float  # inf where there was none before
    chance: float

    @property
    def is_small(self) -> bool:
        """Whether there are too few to say much."""
        return self.before + self.after < FEWEST


def change(before: int, after: int, *, exposure_before: float = 1, exposure_after: float = 1) -> Change:
    """Compare two numbers, each beside its exposure: days, or contracts where they are known."""
    together = before + after
    relative = exposure_before / exposure_after
    expected = exposure_after / (exposure_before + exposure_after)
    low, high = wilson(after, together)
    return Change(
        before,
        after,
        after / before * relative if before else None,
        low / (1 - low) * relative if low < 1 else 0.0,
        high / (1 - high) * relative if before and high < 1 else inf,
        two_sided(after, together, expected),
    )


def two_sided(events: int, of: int, share: float) -> float:
    """How likely chance alone strays as far: all results that are no likelier than this one; approximate above 1,000."""
    if of == 0:
        return 1.0
    if not 0 < share < 1:  # what never happens did not, or what always happens did
        return float(events == of * round(share))
    if of > _EXACT_UP_TO:
        spread = sqrt(of * share * (1 - share))
        return min(1.0, 2 * _upper_tail(max(0.0, abs(events - of * share) - 0.5) / spread))
    odds = [_binomial(k, of, share) for k in range(of + 1)]
    return min(1.0, sum(each for each in odds if each <= odds[events] * (1 + _SLACK)))


def _binomial(k: int, n: int, p: float) -> float:
    return exp(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) + k * log(p) + (n - k) * log(1 - p))


def _upper_tail(z: float) -> float:
    from_zero = 1 / (1 + 0.2316419 * z)  # Abramowitz and Stegun 26.2.17: to seven decimals
    weights = (0.319381530, -0.356563782, 1.781477937, -1.821255978, 1.330274429)
    series = sum(weight * from_zero ** (place + 1) for place, weight in enumerate(weights))
    return exp(-z * z / 2) / sqrt(2 * 3.141592653589793) * series


def beyond_chance(chances: Sequence[float], *, level: float = LEVEL) -> list[bool]:
    """Which of many comparisons are more than chance (Benjamini–Hochberg), in the order in which they were given."""
    order = sorted(range(len(chances)), key=lambda place: chances[place])
    last = 0
    for rank, place in enumerate(order, start=1):
        if chances[place] <= level * rank / len(chances):
            last = rank
    found = [False] * len(chances)
    for place in order[:last]:
        found[place] = True
    return found


# --- Months -----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Limits:
    """Between which limits a month's number lies by chance."""

    value: float
    low: float
    high: float

    @property
    def is_outside(self) -> bool:
        """Whether it is more than chance."""
        return not self.low - _SLACK <= self.value <= self.high + _SLACK


def sigma_z(values: Sequence[float]) -> float:
    """How much more values vary from one to the next than chance alone: their mean moving range, at least 1."""
    if len(values) < 2:
        return 1.0
    moves = [abs(after - before) for before, after in pairwise(values)]
    return max(1.0, sum(moves) / len(moves) / _MOVING_RANGE)


def share_limits(events: Sequence[int], of: Sequence[int]) -> list[Limits | None]:
    """Laney's p′: limits of each month's share; None for a month without any."""
    known = [(k, n) for k, n in zip(events, of, strict=True) if n]
    total = sum(n for _k, n in known)
    mean = sum(k for k, _n in known) / total if total else 0.0
    spread = sqrt(mean * (1 - mean))
    wide = sigma_z([(k / n - mean) / (spread / sqrt(n)) for k, n in known]) if spread else 1.0
    return [
        Limits(k / n, max(0.0, mean - 3 * wide * spread / sqrt(n)), min(1.0, mean + 3 * wide * spread / sqrt(n)))
        if n
        else None
        for k, n in zip(events, of, strict=True)
    ]


def count_limits(numbers: Sequence[int], exposures: Sequence[float]) -> list[Limits]:
    """The same for numbers (Laney's u′): limits for each month by its exposure, such as its days."""
    rate = sum(numbers) / sum(exposures) if exposures else 0.0
    expected = [rate * each for each in exposures]
    deviations = [(n - mean) / sqrt(mean) for n, mean in zip(numbers, expected, strict=True) if mean]
    wide = sigma_z(deviations)
    return [
        Limits(n, max(0.0, mean - 3 * wide * sqrt(mean)), mean + 3 * wide * sqrt(mean))
        for n, mean in zip(numbers, expected, strict=True)
    ]
