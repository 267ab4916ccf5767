"""Rules: whether a part of a change is more than chance. The intervals themselves are those of `foundation.chance`.

- The share of a group, and its weight among all: Newcombe's interval of the difference.
- The rate part as a whole: a normal interval, from each group's own variance at its mean weight.
- How likely chance alone does as much: the test of two shares by their common one, with Yates' correction (1934), which
  claims too little rather than too much. All that a page marks is judged together (Benjamini and Hochberg).
- Contacts of one person are no separate witnesses. `widening` says by how much their common share varies more than it would
  if they were (the variance between persons over the binomial one, Kish 1965); intervals and tests are that much wider.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from math import erfc, sqrt
from typing import TypeVar

from foundation.chance import FEWEST, Z, newcombe

from .decomposition import NOTHING, Base, total

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Moved:
    """How a share moved, with what chance alone leaves open; limits as shares, `chance` from 0 to 1."""

    difference: float
    low: float
    high: float
    chance: float

    @property
    def is_alone_beyond(self) -> bool:
        """Whether the interval leaves out zero. Of many comparisons some do so by chance."""
        return self.low > 0 or self.high < 0


def moved(before: Base, after: Base, *, widening: float = 1.0) -> Moved | None:
    """The change of a share; None where there are fewer than FEWEST in a period: of so few nothing can be stated."""
    if before.of < FEWEST or after.of < FEWEST:
        return None
    wide = sqrt(max(1.0, widening))
    low, high = newcombe((after.events, after.of), (before.events, before.of), z=Z * wide)
    difference = after.events / after.of - before.events / before.of
    return Moved(difference, low, high, _chance(before, after, wide))


def rate_spread(before: Mapping[K, Base], after: Mapping[K, Base], *, widening: float = 1.0) -> float:
    """The standard error of the rate part, as a share."""
    of_before, of_after = total(before).of, total(after).of
    variance = 0.0
    for key in {**before, **after}:
        was, now = before.get(key, NOTHING), after.get(key, NOTHING)
        if not was.of or not now.of:
            continue  # all of it is mix
        weight = (was.of / of_before + now.of / of_after) / 2
        variance += weight**2 * (_variance(was) + _variance(now))
    return sqrt(variance * max(1.0, widening))


@dataclass(slots=True)
class Persons:
    """How the contacts of a group are spread over persons, as the sums that `widening` takes; persons of each period count apart."""

    number: int = 0
    of: int = 0  # contacts of all those persons, in the group that the share is of
    events: int = 0
    squares: int = 0  # of each person's contacts
    squares_of_events: int = 0
    products: int = 0  # of each person's events and contacts

    def add(self, events: int, of: int) -> None:
        """One person's contacts, and how many of them are those that the share counts."""
        self.number += 1
        self.of += of
        self.events += events
        self.squares += of * of
        self.squares_of_events += events * events
        self.products += events * of


def widening(persons: Persons) -> float:
    """By how much contacts of the same persons widen the variance of their common share: the variance between persons over
    the one that as many persons with one contact each would give; at least 1, and 1 where all or none are counted.
    """
    if persons.events in (0, persons.of):
        return 1.0
    share = persons.events / persons.of
    between = persons.squares_of_events - 2 * share * persons.products + share * share * persons.squares
    return max(1.0, between / (persons.of * share * (1 - share)))


def _variance(base: Base) -> float:
    share = base.events / base.of
    return share * (1 - share) / base.of


def _chance(before: Base, after: Base, wide: float) -> float:
    common = (before.events + after.events) / (before.of + after.of)
    spread = wide * sqrt(common * (1 - common) * (1 / before.of + 1 / after.of))
    if not spread:
        return 1.0
    difference = abs(after.events / after.of - before.events / before.of)
    corrected = max(0.0, difference - (1 / before.of + 1 / after.of) / 2)
    return erfc(corrected / spread / sqrt(2))
