"""Rules: the calls to expect in each half hour of the coming weeks, and between which numbers nine of ten will lie.

Only half hours in which the line is open count, and holidays on which it is open are kept apart. Expected calls are a level, which
follows the last weeks and their trend, times the part of a week that falls on this weekday and half hour. The trend is shrunk by how
little it exceeds chance, and each weekday's own profile towards the one that all weekdays share: with 14 calls in a half hour, and
5 on one of three lines, most of what differs between two weeks is chance.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import exp, floor, lgamma, log
from typing import NamedTuple

LEAST_WEEKS = 8  # of history, for a forecast at all
HALF_LIFE = 6.0  # weeks after which a week counts half, for the level
PROFILE_WEEKS = 26  # of which the profile is made
PULL = 6.0  # so many weeks' weight has the common profile beside a weekday's own
TREND_MOST = 0.03  # a week; what grows faster is no trend that goes on for a month
LEAST_HOLIDAYS = 3
TAILS = (0.05, 0.06, 0.07, 0.08, 0.09, 0.1)  # chances left out on either side, from wide to narrow
COVERING = 0.9


class Slot(NamedTuple):
    """A half hour in which the line is open: its moment, its local day and place in it (0 is midnight), a holiday or not."""

    starts_at: datetime
    day: date
    place: int
    is_holiday: bool = False


class Counted(NamedTuple):
    """A half hour that is over, and its calls."""

    slot: Slot
    calls: int


@dataclass(frozen=True)
class Model:
    """What a history says: calls a week now, how much more each week later (a factor), and the shares of a week."""

    level: float
    growth: float
    since: date  # the Monday that the level speaks of
    shares: Mapping[tuple[int, int], float]  # by weekday and place
    on_holidays: float  # times an ordinary day

    def expected(self, slot: Slot) -> float:
        """The calls expected in a half hour."""
        share = self.shares.get((slot.day.weekday(), slot.place), 0.0)
        weeks = (monday_of(slot.day) - self.since).days / 7
        return self.level * self.growth**weeks * share * (self.on_holidays if slot.is_holiday else 1.0)


def monday_of(day: date) -> date:
    """The Monday of the day's week."""
    return day - timedelta(days=day.weekday())


def missing_weeks(history: Sequence[Counted]) -> int:
    """How many weeks of history a forecast still lacks."""
    weeks = {monday_of(slot.day) for slot, _calls in history}
    return max(0, LEAST_WEEKS - len(weeks))


def fit(history: Sequence[Counted]) -> Model:
    """The model of a history. Weeks of which only a part is known count by the part that is."""
    ordinary = [each for each in history if not each.slot.is_holiday]
    newest = monday_of(max(slot.day for slot, _calls in history))
    recent = [each for each in ordinary if (newest - monday_of(each.slot.day)).days < 7 * PROFILE_WEEKS]
    shares = _shares(recent)
    calls: dict[date, int] = defaultdict(int)
    part: dict[date, float] = defaultdict(float)
    for slot, number in recent:
        week = monday_of(slot.day)
        calls[week] += number
        part[week] += shares.get((slot.day.weekday(), slot.place), 0.0)
    weeks = sorted(week for week in calls if part[week] > 0)
    level, growth, since = _level(weeks, calls, part)
    model = Model(level, growth, since, shares, 1.0)
    holidays = [each for each in history if each.slot.is_holiday]
    if len({slot.day for slot, _calls in holidays}) >= LEAST_HOLIDAYS:
        usual = sum(model.expected(slot._replace(is_holiday=False)) for slot, _calls in holidays)
        if usual:
            model = Model(level, growth, since, shares, sum(number for _slot, number in holidays) / usual)
    return model


def _shares(history: Sequence[Counted]) -> dict[tuple[int, int], float]:
    """The share of a whole week that falls on each weekday and half hour, each weekday's own pulled towards the common one."""
    calls: dict[tuple[int, int], int] = defaultdict(int)
    times: dict[tuple[int, int], int] = defaultdict(int)
    for slot, number in history:
        calls[slot.day.weekday(), slot.place] += number
        times[slot.day.weekday(), slot.place] += 1
    of_day: dict[int, float] = defaultdict(float)  # calls of a weekday, all its half hours once
    for (weekday, place), number in calls.items():
        of_day[weekday] += number / times[weekday, place]
    above: dict[int, float] = defaultdict(float)
    below: dict[int, float] = defaultdict(float)
    for (weekday, place), number in calls.items():
        above[place] += number
        below[place] += times[weekday, place] * of_day[weekday]
    common = {place: above[place] / below[place] if below[place] else 0.0 for place in above}
    cells = {}
    for (weekday, place), number in calls.items():
        alike = of_day[weekday] * common[place]
        cells[weekday, place] = (number + PULL * alike) / (times[weekday, place] + PULL)
    total = sum(cells.values())
    return {cell: value / total for cell, value in cells.items()} if total else dict.fromkeys(cells, 0.0)


def _level(weeks: Sequence[date], calls: Mapping[date, int], part: Mapping[date, float]) -> tuple[float, float, date]:
    """Calls of a whole week, its growth a week, and the Monday of which they speak: the recent weeks weigh most."""
    if not weeks or not sum(calls.values()):
        return 0.0, 1.0, weeks[-1] if weeks else date.min
    last = weeks[-1]
    ages = [(last - week).days / 7 for week in weeks]
    weights = [part[week] * 0.5 ** (age / HALF_LIFE) for week, age in zip(weeks, ages, strict=True)]
    heights = [log((calls[week] + 0.5) / part[week]) for week in weeks]
    total = sum(weights)
    age = sum(w * a for w, a in zip(weights, ages, strict=True)) / total
    level = sum(w * calls[week] / part[week] for w, week in zip(weights, weeks, strict=True)) / total
    height = sum(w * h for w, h in zip(weights, heights, strict=True)) / total
    spread = sum(w * (a - age) ** 2 for w, a in zip(weights, ages, strict=True))
    growth = 1.0
    if len(weeks) >= LEAST_WEEKS and spread:
        slope = -sum(w * (a - age) * (h - height) for w, a, h in zip(weights, ages, heights, strict=True)) / spread
        misses = [h - height + slope * (a - age) for a, h in zip(ages, heights, strict=True)]
        variance = sum(w * m * m for w, m in zip(weights, misses, strict=True)) / total
        # the weights fall off, so the weeks that they are worth are fewer than there are
        error = variance * sum(w * w * (a - age) ** 2 for w, a in zip(weights, ages, strict=True)) / spread**2
        shrunk = slope * max(0.0, 1 - error / slope**2) if slope else 0.0
        growth = exp(max(-TREND_MOST, min(TREND_MOST, shrunk)))
    return level * growth**age, growth, last


# --- Between which numbers ------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Spread:
    """How far calls stray from what is expected: their variance over the mean, and the chance left out on either side."""

    dispersion: float = 1.0
    tail: float = TAILS[0]

    def between(self, expected: float) -> tuple[int, int]:
        """The lowest and the highest number of calls that are not unusual."""
        return quantiles(expected, self.dispersion, self.tail)


def spread_of(pairs: Sequence[tuple[float, int]]) -> Spread:
    """How far calls strayed from what was expected of them: the narrowest of TAILS that would have covered nine of ten.

    Counts are whole numbers, so that the usual five of a hundred on either side cover more than nine of ten; this corrects it.
    """
    known = [(mean, calls) for mean, calls in pairs if mean > 0]
    if not known:
        return Spread()
    dispersion = max(1.0, sum((calls - mean) ** 2 for mean, calls in known) / sum(mean for mean, _calls in known))
    best = Spread(dispersion)
    for tail in TAILS[1:]:
        tried = Spread(dispersion, tail)
        if coverage(known, tried) < COVERING:
            break
        best = tried
    return best


def coverage(pairs: Sequence[tuple[float, int]], spread: Spread) -> float:
    """The share of half hours whose calls lay between the two numbers; 1 of none."""
    found = [low <= calls <= high for mean, calls in pairs for low, high in [spread.between(mean)]]
    return sum(found) / len(found) if found else 1.0


def quantiles(mean: float, dispersion: float, tail: float) -> tuple[int, int]:
    """The two numbers between which counts lie but for `tail` on either side: Poisson, or negative binomial where they vary more."""
    if mean <= 0:
        return 0, 0
    total, number, low = 0.0, 0, -1
    while True:
        total += exp(_log_chance(number, mean, dispersion))
        if low < 0 and total > tail:
            low = number
        if total >= 1 - tail or number > mean * 20 + 200:
            return max(low, 0), number
        number += 1


def _log_chance(number: int, mean: float, dispersion: float) -> float:
    if dispersion < 1.0001:
        return number * log(mean) - mean - lgamma(number + 1)
    size = mean / (dispersion - 1)
    share = 1 / dispersion
    return lgamma(number + size) - lgamma(size) - lgamma(number + 1) + size * log(share) + number * log(1 - share)


def least_error(mean: float) -> float:
    """How far a count strays from its mean, at best, on average: E|X-mean| of Poisson's law."""
    if mean <= 0:
        return 0.0
    whole = floor(mean)
    return 2 * exp((whole + 1) * log(mean) - mean - lgamma(whole + 1))


# --- The simple ones beside it --------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Past:
    """A history, asked for the same half hour of earlier weeks, which are what a forecast has to beat."""

    by_place: Mapping[tuple[int, int], tuple[list[date], list[int]]]
    flat: float

    @classmethod
    def of(cls, history: Iterable[Counted]) -> "Past":
        """The history by weekday and half hour, and its mean of all half hours; without holidays."""
        found: dict[tuple[int, int], tuple[list[date], list[int]]] = defaultdict(lambda: ([], []))
        total = number = 0
        for slot, calls in sorted(history):
            if slot.is_holiday:
                continue
            days, counts = found[slot.day.weekday(), slot.place]
            days.append(slot.day)
            counts.append(calls)
            total, number = total + calls, number + 1
        return cls(found, total / number if number else 0.0)

    def mean_of(self, slot: Slot, *, weeks: int, before: date) -> float:
        """The mean of the last so many same half hours before the day; the flat mean where there is none."""
        days, counts = self.by_place.get((slot.day.weekday(), slot.place), ([], []))
        last = bisect_left(days, before)
        known = counts[max(0, last - weeks) : last]
        return sum(known) / len(known) if known else self.flat
