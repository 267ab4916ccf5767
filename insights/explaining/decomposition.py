"""Rules: the change of a share taken apart into parts that add up to it exactly.

- Two parts for each group (Kitagawa 1955). Rate: how the group's own share moved, at its mean weight in both periods. Mix: how
  its weight moved, times how far its mean share lies from the mean of all. Without that centring the sum is the same, and a
  group that grew would seem to raise the share whatever its own is.
- Three parts for each line (Das Gupta 1978, the average over all orders of Shapley 1953): the lines' weights, the topics'
  weights within the line, and the rates.
- A group that is in one period only has no rate in the other: it is given the same one, so that all of it is mix.

All of it is integers and fractions: nothing is rounded before it is written.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import TypeVar

K = TypeVar("K", bound=Hashable)
L = TypeVar("L", bound=Hashable)
T = TypeVar("T", bound=Hashable)
HALF = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Base:
    """How many there were, and how many of them are the ones that the share counts."""

    events: int
    of: int

    @property
    def share(self) -> Fraction | None:
        """The exact share; None where there is nothing to share."""
        return Fraction(self.events, self.of) if self.of else None


NOTHING = Base(0, 0)


@dataclass(frozen=True, slots=True)
class Part:
    """What one group adds to the change, as a share (times 100: points)."""

    mix: Fraction
    rate: Fraction

    @property
    def both(self) -> Fraction:
        """All that the group adds."""
        return self.mix + self.rate


@dataclass(frozen=True, slots=True)
class LinePart:
    """What one line adds to the change: by its own weight, by its topics' weights within it, and by their rates."""

    line_mix: Fraction
    topic_mix: Fraction
    rate: Fraction

    @property
    def all(self) -> Fraction:
        """All that the line adds."""
        return self.line_mix + self.topic_mix + self.rate


def total(bases: Mapping[K, Base]) -> Base:
    """The sum of groups."""
    return Base(sum(base.events for base in bases.values()), sum(base.of for base in bases.values()))


def two_factors(before: Mapping[K, Base], after: Mapping[K, Base]) -> dict[K, Part]:
    """Each group's mix and rate, in the order of `after` and then of those that were only before; {} where a period has none."""
    whole_before, whole_after = total(before), total(after)
    if not whole_before.of or not whole_after.of:
        return {}
    centre = HALF * (Fraction(whole_before.events, whole_before.of) + Fraction(whole_after.events, whole_after.of))
    found = {}
    for key in dict.fromkeys([*after, *before]):
        was, now = before.get(key, NOTHING), after.get(key, NOTHING)
        if not was.of and not now.of:
            continue
        one, other = (
            was if was.of else now,
            now if now.of else was,
        )  # of one that is in one period only, the same rate twice
        grown = (
            now.of * whole_before.of - was.of * whole_after.of
        )  # weights and rates as integers over common divisors:
        together = now.of * whole_before.of + was.of * whole_after.of  # fractions are brought to lowest terms once
        first, second = one.events * other.of, other.events * one.of
        weights, rates = whole_before.of * whole_after.of, 2 * one.of * other.of
        found[key] = Part(
            mix=Fraction(
                grown * ((first + second) * centre.denominator - rates * centre.numerator),
                weights * rates * centre.denominator,
            ),
            rate=Fraction((second - first) * together, weights * rates),
        )
    return found


def three_factors(before: Mapping[tuple[L, T], Base], after: Mapping[tuple[L, T], Base]) -> dict[L, LinePart]:
    """Each line's three parts, from the groups of a line and a topic; {} where a period has none."""
    whole_before, whole_after = total(before), total(after)
    if not whole_before.of or not whole_after.of:
        return {}
    centre = HALF * (Fraction(whole_before.events, whole_before.of) + Fraction(whole_after.events, whole_after.of))
    lines_before, lines_after = _by_line(before), _by_line(after)
    found = {}
    for line in dict.fromkeys([*lines_after, *lines_before]):
        was, now = lines_before.get(line, {}), lines_after.get(line, {})
        if total(was).of or total(now).of:
            weights = Fraction(total(was).of, whole_before.of), Fraction(total(now).of, whole_after.of)
            found[line] = _of_line(was, now, weights, centre)
    return found


def _of_line(
    was: Mapping[T, Base], now: Mapping[T, Base], weights: tuple[Fraction, Fraction], centre: Fraction
) -> LinePart:
    """A line's parts, each the average over the six orders.

    A product of three factors, summed over topics, only ever meets four sums: the line's share before and after, and what it
    would be with one period's topics at the other's rates.
    """
    one, other = (
        total(was or now),
        total(now or was),
    )  # a line in one period only is the same in both: all of it is its weight
    share_before, share_after = Fraction(one.events, one.of), Fraction(other.events, other.of)
    if was and now:
        old_topics, new_topics = _crossed(was, now) / one.of, _crossed(now, was) / other.of
    else:
        old_topics = new_topics = share_before
    old, new = weights
    first, second = old / 3 + new / 6, new / 3 + old / 6
    return LinePart(
        line_mix=(new - old) * ((share_before + share_after) / 3 + (old_topics + new_topics) / 6 - centre),
        topic_mix=first * (new_topics - share_before) + second * (share_after - old_topics),
        rate=first * (old_topics - share_before) + second * (share_after - new_topics),
    )


def _crossed(topics: Mapping[T, Base], rates: Mapping[T, Base]) -> Fraction:
    """How many events the topics of one period would have at the rates of the other; those it has not keep their own."""
    known = [(base, rates.get(key, NOTHING)) for key, base in topics.items()]
    common = lcm(*(other.of for _base, other in known if other.of))
    events = (
        base.of * other.events * (common // other.of) if other.of else base.events * common for base, other in known
    )
    return Fraction(sum(events), common)


HUNDREDTHS = 10_000  # of a point, in a share of one


def shown_parts(parts: Sequence[Fraction], shown: int, *, unit: int = HUNDREDTHS) -> list[int]:
    """The parts (shares) in whole units that add up to `shown`, by largest remainders; of equal ones the first goes up.

    Each is off by less than one unit where `shown` is the rounded sum of the parts.
    """
    exact = [divmod(part.numerator * unit, part.denominator) for part in parts]
    found = [whole for whole, _rest in exact]
    missing = shown - sum(found)
    common = lcm(*(part.denominator for part in parts))  # rests as integers over it: compared without a fraction each
    rests = [rest * (common // part.denominator) for (_whole, rest), part in zip(exact, parts, strict=True)]
    order = sorted(range(len(exact)), key=lambda place: (-rests[place], place))
    step = 1 if missing > 0 else -1
    for turn in range(abs(missing) if order else 0):
        found[order[turn % len(order)] if step > 0 else order[-1 - turn % len(order)]] += step
    return found


def in_units(share: Fraction, *, unit: int = HUNDREDTHS) -> int:
    """A share in whole units, rounded half away from zero: as the figures' own changes are."""
    exact = abs(share) * unit * 2 + 1
    whole = exact.numerator // (2 * exact.denominator)
    return whole if share >= 0 else -whole


def _by_line(cells: Mapping[tuple[L, T], Base]) -> dict[L, dict[T, Base]]:
    found: dict[L, dict[T, Base]] = {}
    for (line, topic), base in cells.items():
        if base.of:
            found.setdefault(line, {})[topic] = base
    return found
