"""Rules: the effect of several promotions together, and how many people one would need.

Each promotion is a stratum. The difference is pooled with the weights of Cochran and Mantel–Haenszel, `n·m / (n + m)` of both groups,
and its interval is Newcombe's made from stratified Wilson intervals (Yan and Su, 2010); of one promotion alone it is the interval
that its own page shows.

Why not summed: promotions hold out different shares (none to half) and are of different lines, agencies and months, of
which each has a share of its own that buys anyhow. Summed up, the held out would be mostly those of the promotions that hold out
most, and the difference would be one between promotions (Simpson's paradox) and not between being written to and not.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, sqrt

from foundation.chance import Z, wilson
from promotions.results.interval import FEWEST, Difference

POWER_80 = 0.841621  # standard deviations
USUAL_SHARE, WORTH_SEEING = 0.03, 0.005  # a base of three in a hundred, and half a point more


@dataclass(frozen=True)
class Stratum:
    """One promotion: who did something, of how many, in both groups."""

    written: int
    of_written: int
    held_out: int
    of_held_out: int

    @property
    def weight(self) -> float:
        """Of Cochran and Mantel–Haenszel; none where one group is empty: such a promotion compares nothing."""
        people = self.of_written + self.of_held_out
        return self.of_written * self.of_held_out / people if people else 0.0


@dataclass(frozen=True)
class Pooled:
    """Several promotions together: shares of both groups by the weights, and the difference; None where too few to tell."""

    promotions: int
    without_comparison: int
    written: int
    of_written: int
    held_out: int
    of_held_out: int
    difference: Difference | None


def pooled(strata: Iterable[Stratum]) -> Pooled:
    """The strata together. Those with an empty group are counted, and compare nothing."""
    known = list(strata)
    used = [each for each in known if each.weight]
    written, of_written = sum(each.written for each in used), sum(each.of_written for each in used)
    held_out, of_held_out = sum(each.held_out for each in used), sum(each.of_held_out for each in used)
    enough = min(of_written, of_held_out) >= FEWEST
    return Pooled(
        promotions=len(known),
        without_comparison=len(known) - len(used),
        written=written,
        of_written=of_written,
        held_out=held_out,
        of_held_out=of_held_out,
        difference=_difference(used) if enough else None,
    )


def _difference(strata: list[Stratum]) -> Difference:
    total = sum(each.weight for each in strata)
    weights = [each.weight / total for each in strata]
    first = [(each.written, each.of_written) for each in strata]
    other = [(each.held_out, each.of_held_out) for each in strata]
    share, low, high = _share(first, weights)
    other_share, other_low, other_high = _share(other, weights)
    spread = sum(weight**2 / people for weight, (_events, people) in zip(weights, first, strict=True))
    other_spread = sum(weight**2 / people for weight, (_events, people) in zip(weights, other, strict=True))
    points = share - other_share
    below = Z * sqrt(spread * low * (1 - low) + other_spread * other_high * (1 - other_high))
    above = Z * sqrt(spread * high * (1 - high) + other_spread * other_low * (1 - other_low))
    return Difference(points * 100, (points - below) * 100, (points + above) * 100)


def _share(groups: list[tuple[int, int]], weights: list[float]) -> tuple[float, float, float]:
    """The weighted share of a group with its stratified Wilson interval.

    The width of each stratum's interval is drawn in so that the sum has 95%. Its variance is that at the middle of its own interval: at
    the share itself it would be none for a promotion in which nobody did anything.
    """
    errors = [_error(events, people) for events, people in groups]
    drawn_in = Z * sqrt(sum((w * e) ** 2 for w, e in zip(weights, errors, strict=True)))
    drawn_in /= sum(w * e for w, e in zip(weights, errors, strict=True))
    intervals = [wilson(events, people, z=drawn_in) for events, people in groups]
    return (
        sum(w * events / people for w, (events, people) in zip(weights, groups, strict=True)),
        sum(w * low for w, (low, _high) in zip(weights, intervals, strict=True)),
        sum(w * high for w, (_low, high) in zip(weights, intervals, strict=True)),
    )


def _error(events: int, people: int) -> float:
    middle = (events + Z * Z / 2) / (people + Z * Z)
    return sqrt(middle * (1 - middle) / people)


def held_out_needed(share: float, more: float, *, written_per_held_out: float) -> int:
    """How many must be held out to see that `more` is added to a base of `share`, with 80% power at 5%; both from 0 to 1."""
    other, ratio = share + more, written_per_held_out
    mean = (share + ratio * other) / (1 + ratio)
    by_chance = Z * sqrt(mean * (1 - mean) * (1 + 1 / ratio))
    by_effect = POWER_80 * sqrt(other * (1 - other) / ratio + share * (1 - share))
    return ceil(((by_chance + by_effect) / more) ** 2)
