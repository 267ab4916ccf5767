"""Rules: between which limits a figure's day or week lies by chance, and which of many are outside. Plain values in and out.

A period is judged by those before it, never by itself: the last 26 weeks, or the last 91 days. What is taken out first: for days
the weekday, and where two whole years are known the month of the year. Then (the words for readers are in `wording.py`):

- shares: Laney's p′ (2002): three standard deviations of a binomial share, times `sigma_z`, how much more they vary than that;
- numbers: Laney's u′ by the hours of service as exposure;
- means of seconds: individual values and moving range, on the logarithm of (mean + 1 s), a mean weighed by the root of its number.

Limits are widened for how uncertain the centre itself is. A period with fewer than FEWEST of the rarer kind expected (or fewer than
FEWEST_MEASURED seconds measured), or with too few periods before it, is not judged.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from math import erfc, exp, log, sqrt

from foundation.chance import beyond_chance, sigma_z, two_sided

FEWEST = 5  # events, and non-events, expected of a share; or events of a number
FEWEST_MEASURED = 20  # calls in a mean of seconds
TRIMMED = 0.1  # at most so much of the periods before are left out as outside themselves
LEVEL = 0.03  # of false alarms among all that is judged together: below one round in twenty
RUN = 8  # periods in a row on one side of the centre
WIDE = 3.0  # standard deviations
YEARS_OF_WEEKS = 52


class Kind(StrEnum):
    """What a figure is a quotient of."""

    SHARE = "share"
    NUMBER = "number"
    MEAN = "mean"


class Step(StrEnum):
    """How long a period is."""

    DAY = "day"
    WEEK = "week"

    @property
    def days(self) -> int:
        """Its length."""
        return 1 if self == Step.DAY else 7

    @property
    def back(self) -> int:
        """How many periods before it one is judged by."""
        return 91 if self == Step.DAY else 26

    @property
    def least(self) -> int:
        """Of these, at least so many that had calls."""
        return 40 if self == Step.DAY else 12


class Verdict(StrEnum):
    """What can be said of a period."""

    WITHIN = "within"
    ABOVE = "above"
    BELOW = "below"
    FEW = "few"  # too few calls in it
    SHORT = "short"  # too few periods before it
    CLOSED = "closed"  # no service, or nothing to divide by
    OPEN = "open"  # customers may still come back


VERDICTS = [each.value for each in Verdict]
OUTSIDE = (Verdict.ABOVE, Verdict.BELOW)
JUDGED = (Verdict.WITHIN, *OUTSIDE)


@dataclass(frozen=True, slots=True)
class Point:
    """A period: events (or seconds, or the number itself) above, and of how many (or hours of service) below."""

    start: date
    above: int
    below: float

    @property
    def value(self) -> float | None:
        """The quotient; None where there is nothing to divide by."""
        return self.above / self.below if self.below else None


@dataclass(frozen=True, slots=True)
class Judged:
    """A period with its limits, in the unit of its value: a share, seconds, or the number itself. `chance` is two-sided."""

    point: Point
    verdict: Verdict
    value: float | None
    centre: float | None = None
    low: float | None = None
    high: float | None = None
    chance: float | None = None

    @property
    def side(self) -> int:
        """1 above the centre, −1 below, 0 where neither can be said."""
        if self.value is None or self.centre is None or self.value == self.centre:
            return 0
        return 1 if self.value > self.centre else -1


@dataclass(frozen=True, slots=True)
class Season:
    """What is taken out: by weekday (0 is Monday) and by month, added to a share or to a logarithm; with how many periods said so."""

    weekdays: dict[int, float]
    months: dict[int, float]
    periods_of_month: dict[int, int]

    def of(self, start: date) -> float:
        """By how much the period is expected to differ from the centre."""
        return self.weekdays.get(start.weekday(), 0.0) + self.months.get(start.month, 0.0)


NO_SEASON = Season({}, {}, {})


def judge(kind: Kind, step: Step, points: Sequence[Point], place: int) -> Judged:
    """Judge the period at `place` by those before it; `points` follow one another without gaps, oldest first."""
    point = points[place]
    value = float(point.above) if kind == Kind.NUMBER else point.value
    if value is None or not point.below:
        return Judged(point, Verdict.CLOSED, None)
    past = [each for each in points[max(0, place - step.back) : place] if each.below]
    if len(past) < step.least:
        return Judged(point, Verdict.SHORT, value)
    found = limits(kind, point, past, _season(kind, step, past, points[:place]))
    if is_few(kind, point, found.centre):
        return replace(found, verdict=Verdict.FEW, low=None, high=None, chance=None)
    return found


def limits(kind: Kind, point: Point, past: Sequence[Point], season: Season, *, widened: bool = True) -> Judged:
    """The period's limits by those of `past`, of which what is outside itself is left out, as far as that is a tenth."""
    assert point.below, "there is something to divide by"
    centre, wide, left = _centre(kind, past, season)
    low, middle, high = _limits_of(kind, point, centre, wide, season, 1.0)
    outside = [each for each in past if not _is_inside(kind, each, centre, wide, season)]
    if outside and len(outside) <= TRIMMED * len(past):
        centre, wide, left = _centre(kind, [each for each in past if each not in outside], season)
    share_of_centre = 1 / left
    if season.weekdays:
        share_of_centre += len(season.weekdays) / left
    if fewest := season.periods_of_month.get(point.start.month):
        share_of_centre += 1 / fewest
    more = sqrt(1 + share_of_centre) if widened else 1.0
    low, middle, high = _limits_of(kind, point, centre, wide, season, more)
    value = float(point.above) if kind == Kind.NUMBER else point.above / point.below
    spread = _spread(kind, point, middle) * wide * more
    strays = abs(_scaled(kind, value) - _scaled(kind, middle)) / spread if spread else 0.0
    chance = _chance(strays, left)
    verdict = Verdict.ABOVE if value > high else Verdict.BELOW if value < low else Verdict.WITHIN
    if verdict in OUTSIDE and kind == Kind.SHARE:  # a share of few is not normal
        chance = max(chance, two_sided(point.above, int(point.below), middle))
    return Judged(point, verdict, value, middle, low, high, chance)


def is_few(kind: Kind, point: Point, centre: float | None) -> bool:
    """Whether the period has too few calls for its limits to mean anything."""
    if kind == Kind.MEAN:
        return point.below < FEWEST_MEASURED
    if centre is None:
        return True
    return centre < FEWEST if kind == Kind.NUMBER else point.below * min(centre, 1 - centre) < FEWEST


def alarms(judged: Sequence[Judged]) -> list[bool]:
    """Which of all that was judged together are outside their limits and, as many as they are, more than chance."""
    places = [place for place, each in enumerate(judged) if each.verdict in JUDGED]
    marked = beyond_chance([judged[place].chance or 0.0 for place in places], level=LEVEL)
    found = [False] * len(judged)
    for place, is_more in zip(places, marked, strict=True):
        found[place] = is_more and judged[place].verdict in OUTSIDE
    return found


def runs(judged: Sequence[Judged]) -> list[bool]:
    """Which periods end a run of RUN or more on one side of the centre. It is shown, and makes no alert."""
    found, length, side = [], 0, 0
    for each in judged:
        length = length + 1 if each.side and each.side == side else 1 if each.side else 0
        side = each.side
        found.append(length >= RUN)
    return found


# --- The parts of a judgement -----------------------------------------------------------------------------------------
def _season(kind: Kind, step: Step, past: Sequence[Point], before: Sequence[Point]) -> Season:
    """Weekdays from the same periods as the centre; months from two years of all periods before, where there are two."""
    weekdays = _differences(kind, past, lambda each: each.start.weekday()) if step == Step.DAY else {}
    year = YEARS_OF_WEEKS * 7 // step.days
    months: dict[int, float] = {}
    numbers: dict[int, int] = {}
    if len(before) >= 2 * year:
        both = [before[-year:], before[-2 * year : -year]]
        found = [
            _differences(kind, [each for each in one if each.below], lambda each: each.start.month) for one in both
        ]
        if all(found):
            for month in found[0].keys() & found[1].keys():
                months[month] = (found[0][month] + found[1][month]) / 2
            for each in (*both[0], *both[1]):
                numbers[each.start.month] = numbers.get(each.start.month, 0) + 1
    return Season(weekdays, months, numbers if months else {})


def _differences(kind: Kind, points: Sequence[Point], group_of: Callable[[Point], int]) -> dict[int, float]:
    """By how much each group of periods differs from all of them, on the scale of the kind; a group alone says nothing."""
    whole = _pooled(kind, points)
    if whole is None:
        return {}
    groups: dict[int, list[Point]] = {}
    for each in points:
        groups.setdefault(group_of(each), []).append(each)
    if len(groups) < 2:
        return {}
    pooled = {group: _pooled(kind, those) for group, those in groups.items()}
    return {group: value - whole for group, value in pooled.items() if value is not None}


def _pooled(kind: Kind, points: Sequence[Point]) -> float | None:
    """One value of several periods: on a scale on which seasons are added."""
    below = sum(each.below for each in points)
    if not below:
        return None
    if kind == Kind.MEAN:
        return sum(each.below * log(each.above / each.below + 1) for each in points if each.below) / below
    rate = sum(each.above for each in points) / below
    if kind == Kind.SHARE:
        return rate
    return log(rate) if rate else None


def _centre(kind: Kind, past: Sequence[Point], season: Season) -> tuple[float, float, int]:
    """The centre without its season, how much wider than chance they vary, and from how many periods."""
    centre = _deseasoned(kind, past, season)
    deviations = []
    for each in past:
        expected = _expected(kind, each, centre, season)
        spread = _spread(kind, each, expected)
        value = float(each.above) if kind == Kind.NUMBER else each.above / each.below
        if spread:
            deviations.append((_scaled(kind, value) - _scaled(kind, expected)) / spread)
    return centre, sigma_z(deviations), len(past)


def _deseasoned(kind: Kind, past: Sequence[Point], season: Season) -> float:
    """What the periods have in common once the season is taken out, on the scale of the kind."""
    if kind == Kind.NUMBER:
        exposure = sum(each.below * exp(season.of(each.start)) for each in past)
        number = sum(each.above for each in past)
        return log(number / exposure) if number and exposure else -700.0
    weight = sum(each.below for each in past)
    if kind == Kind.SHARE:
        return sum(each.above - each.below * season.of(each.start) for each in past) / weight
    return sum(each.below * (log(each.above / each.below + 1) - season.of(each.start)) for each in past) / weight


def _expected(kind: Kind, point: Point, centre: float, season: Season) -> float:
    """What is expected of the period, in its own unit."""
    at = centre + season.of(point.start)
    if kind == Kind.SHARE:
        return min(1.0, max(0.0, at))
    return point.below * exp(at) if kind == Kind.NUMBER else max(0.0, exp(at) - 1)


def _spread(kind: Kind, point: Point, expected: float) -> float:
    """One standard deviation by chance alone, on the scale on which limits are symmetric."""
    if kind == Kind.SHARE:
        return sqrt(expected * (1 - expected) / point.below)
    return sqrt(expected) if kind == Kind.NUMBER else 1 / sqrt(point.below)


def _scaled(kind: Kind, value: float) -> float:
    return log(value + 1) if kind == Kind.MEAN else value


def _limits_of(
    kind: Kind, point: Point, centre: float, wide: float, season: Season, more: float
) -> tuple[float, float, float]:
    expected = _expected(kind, point, centre, season)
    half = WIDE * wide * more * _spread(kind, point, expected)
    middle = _scaled(kind, expected)
    low, high = middle - half, middle + half
    if kind == Kind.MEAN:
        return max(0.0, exp(low) - 1), expected, exp(high) - 1
    return max(0.0, low), expected, min(1.0, high) if kind == Kind.SHARE else high


def _is_inside(kind: Kind, point: Point, centre: float, wide: float, season: Season) -> bool:
    low, _middle, high = _limits_of(kind, point, centre, wide, season, 1.0)
    value = float(point.above) if kind == Kind.NUMBER else point.above / point.below
    return low <= value <= high


def _chance(strays: float, periods: int) -> float:
    """How likely chance strays so far: Student's t, by Wallace's approximation (1959), as `sigma_z` is itself an estimate.

    A mean moving range is worth about 0.6 of the degrees of freedom of a standard deviation.
    """
    free = max(1.0, 0.6 * (periods - 1))
    z = (8 * free + 1) / (8 * free + 3) * sqrt(free * log(1 + strays * strays / free))
    return erfc(z / sqrt(2))


# --- Periods ----------------------------------------------------------------------------------------------------------
def last_whole(step: Step, on: date) -> date:
    """The first day of the last period that was over before the day `on`."""
    if step == Step.DAY:
        return on - timedelta(days=1)
    return on - timedelta(days=on.weekday() + 7)


def starts(step: Step, last: date, number: int) -> list[date]:
    """The first days of `number` periods up to `last`, oldest first."""
    return [last - timedelta(days=step.days * back) for back in reversed(range(number))]
