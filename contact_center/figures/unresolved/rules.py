"""Rules: which reasons weigh most, and what the rate would be if some of them were settled. Plain values, exact arithmetic."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor

MOST_REASONS = 50  # that the question of what would be may take
LARGEST_PERCENT = 100


def rounded(value: Fraction, places: int) -> Decimal:
    """An exact number as people round it: half away from zero."""
    whole = floor(abs(value) * 10**places + Fraction(1, 2))
    return Decimal(whole if value >= 0 else -whole).scaleb(-places)


@dataclass(frozen=True, slots=True)
class Bar:
    """One group of a Pareto: how many, of all, and how many it makes together with those before it."""

    place: int  # of the group in what was given
    count: int
    total: int
    together: int

    @property
    def share(self) -> Fraction:
        """Its part of all, from 0 to 1."""
        return Fraction(self.count, self.total)

    @property
    def cumulated(self) -> Fraction:
        """The part of all that it makes with those before it."""
        return Fraction(self.together, self.total)


def pareto(counts: Sequence[int]) -> list[Bar]:
    """The groups that are not empty, the largest first; equal ones in the order in which they were given."""
    total, together, found = sum(counts), 0, []
    for place in sorted(range(len(counts)), key=lambda one: -counts[one]):
        if counts[place]:
            together += counts[place]
            found.append(Bar(place, counts[place], total, together))
    return found


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What the rate would be if a part of the commonest reasons were settled at first level, and nothing else changed."""

    taken: int  # reasons
    among: int  # contacts that they are behind
    settled: Fraction  # of these
    rate: Fraction
    would_be: Fraction

    @property
    def gain(self) -> Fraction:
        """By how much the rate would rise, as a part of one."""
        return self.would_be - self.rate


def what_if(*, handled: int, first_level: int, counts: Sequence[int], most: int, percent: Fraction) -> WhatIf | None:
    """The rate if `percent` (0 to 100) of the contacts of the `most` largest groups were settled; None without contacts.

    It assumes that nothing else changes: as many contacts, none of them settled at the cost of another, nobody back for it.
    """
    if not handled:
        return None
    largest = sorted(counts, reverse=True)[:most]
    settled = sum(largest) * percent / LARGEST_PERCENT
    return WhatIf(
        taken=sum(1 for count in largest if count),
        among=sum(largest),
        settled=settled,
        rate=Fraction(first_level, handled),
        would_be=(first_level + settled) / handled,
    )


@dataclass(frozen=True, slots=True)
class Cost:
    """The calls of a reason and the seconds that agents spent on them, beside a call resolved at first level."""

    talks: int
    seconds: int
    other_talks: int  # calls resolved at first level whose talk is known
    other_seconds: int

    @property
    def mean(self) -> Fraction | None:
        """Seconds of one call; None without calls."""
        return Fraction(self.seconds, self.talks) if self.talks else None

    @property
    def mean_of_others(self) -> Fraction | None:
        """Seconds of one call resolved at first level; None without any."""
        return Fraction(self.other_seconds, self.other_talks) if self.other_talks else None

    @property
    def beyond(self) -> Fraction | None:
        """Seconds spent above what as many calls resolved at first level take; None where either is not known."""
        if self.mean is None or self.mean_of_others is None:
            return None
        return self.seconds - self.talks * self.mean_of_others
