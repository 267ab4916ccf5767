"""Rules of quality samples: which contacts are drawn, what a score comes to, and how sure an average is. Plain values alone.

- The draw: from each agent so many contacts, their channels in turn so that a rare one is not left out; by a seed, so that
  the same candidates give the same sample.
- The result of a contact: the weighted mean of the criteria that apply, from 0 to 100; 0 where a critical one got no points.
- The interval of a mean: Student's t, 95 %. Results are bounded and few, so it is cut at 0 and 100.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from math import sqrt
from random import Random

from contact_center.models.quality import MOST_POINTS

FEWEST = 5  # contacts below which no average is shown
# The 97.5th percentile of Student's t by degrees of freedom, from 1; beyond the last that of the normal distribution.
_STUDENT = (
    *(12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228),
    *(2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086),
    *(2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042),
)
_NORMAL = 1.960


def week_before(day: date) -> date:
    """The Monday of the last week that is over on the day."""
    return day - timedelta(days=day.weekday() + 7)


def drawn(candidates: Mapping[str, Iterable[int]], *, how_many: int, seed: str) -> list[int]:
    """Which of an agent's contacts are drawn, of `candidates` by channel: at most so many, one channel after the other.

    The order in which candidates are given does not matter.
    """
    rng = Random(seed)  # noqa: S311 - a draw that can be repeated, not a secret
    rows = {channel: sorted(candidates[channel]) for channel in sorted(candidates)}
    for contacts in rows.values():
        rng.shuffle(contacts)
    channels = list(rows)
    rng.shuffle(channels)
    found: list[int] = []
    while len(found) < how_many and any(rows.values()):
        for channel in channels:
            if rows[channel] and len(found) < how_many:
                found.append(rows[channel].pop())
    return found


@dataclass(frozen=True)
class Mark:
    """What a criterion got; `points` None where it does not apply."""

    weight: int
    points: int | None
    is_critical: bool = False


@dataclass(frozen=True)
class Result:
    """From 0 to 100, with two decimals."""

    percent: Decimal
    failed_critical: bool


def result_of(marks: Sequence[Mark]) -> Result | None:
    """The result of a contact; None where no criterion applies."""
    known = [(each.weight, each.points) for each in marks if each.points is not None]
    if not known:
        return None
    failed = any(each.is_critical and each.points == 0 for each in marks)
    if failed:
        return Result(Decimal("0.00"), failed_critical=True)
    most = sum(weight for weight, _points in known) * MOST_POINTS
    share = Decimal(100 * sum(weight * points for weight, points in known)) / most
    return Result(share.quantize(Decimal("0.01"), ROUND_HALF_UP), failed_critical=False)


@dataclass(frozen=True)
class Average:
    """A mean with the interval in which it lies with 95 % confidence, and how many contacts it is of."""

    number: int
    mean: float
    low: float
    high: float


def average_of(number: int, mean: float, deviation: float) -> Average | None:
    """From the number of results, their mean and their standard deviation (of a sample); None for fewer than FEWEST."""
    if number < FEWEST:
        return None
    quantile = _STUDENT[number - 2] if number - 1 <= len(_STUDENT) else _NORMAL
    half = quantile * deviation / sqrt(number)
    return Average(number, mean, max(0.0, mean - half), min(100.0, mean + half))
