"""Rules: what a measure changed, by difference in differences, with its uncertainty. Plain values in and out.

The share resolved at first level of what the measure concerns, after less before, less the same of what it does not concern.
Standard error: the square root of the sum of p·q/n over the four groups (independent contacts, normal). Where all or none of a
group's contacts were resolved, p is (resolved + ½) / (contacts + 1) there: it would claim certainty otherwise.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from fractions import Fraction
from math import ceil, sqrt

from contact_center.figures.period import Period
from foundation.chance import Z

FEWEST = 100  # contacts in each of the four groups: below it, one contact moves a share by more than a point
WEEK = timedelta(days=7)
PLACEBO_DATES = 6
_A_YEAR = 52 * WEEK  # whole weeks, so that weekdays are compared with themselves


@dataclass(frozen=True, slots=True)
class Cell:
    """Contacts of a group in a period, and how many of them were resolved at first level."""

    contacts: int = 0
    resolved: int = 0

    def __add__(self, other: "Cell") -> "Cell":
        return Cell(self.contacts + other.contacts, self.resolved + other.resolved)

    @property
    def share(self) -> Fraction | None:
        """The part that was resolved; None without contacts."""
        return Fraction(self.resolved, self.contacts) if self.contacts else None

    @property
    def variance(self) -> float:
        """p·q/n of a group that is not empty."""
        p = self.resolved / self.contacts
        if self.resolved in (0, self.contacts):
            p = (self.resolved + 0.5) / (self.contacts + 1)
        return p * (1 - p) / self.contacts


@dataclass(frozen=True, slots=True)
class Four:
    """What a measure concerns and what it does not, before and after."""

    before: Cell
    after: Cell
    others_before: Cell
    others_after: Cell

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The four, in that order."""
        return (self.before, self.after, self.others_before, self.others_after)

    @property
    def is_enough(self) -> bool:
        """Whether there are contacts enough in each of the four to say something."""
        return all(cell.contacts >= FEWEST for cell in self.cells)


class Verdict(Enum):
    """What an interval says."""

    MORE = "more"
    FEWER = "fewer"
    CHANCE = "chance"


@dataclass(frozen=True, slots=True)
class Estimate:
    """An effect on the share, as parts of one, with its standard error."""

    value: Fraction
    error: float

    @property
    def low(self) -> float:
        """The lower end of the 95 % interval."""
        return float(self.value) - Z * self.error

    @property
    def high(self) -> float:
        """Its upper end."""
        return float(self.value) + Z * self.error

    @property
    def verdict(self) -> Verdict:
        """More or fewer than chance does, or perhaps chance."""
        return Verdict.MORE if self.low > 0 else Verdict.FEWER if self.high < 0 else Verdict.CHANCE


def difference_in_differences(four: Four) -> Estimate:
    """The effect; none of the four is empty."""
    before, after, others_before, others_after = (Fraction(cell.resolved, cell.contacts) for cell in four.cells)
    return Estimate((after - before) - (others_after - others_before), sqrt(sum(cell.variance for cell in four.cells)))


# --- Which days


@dataclass(frozen=True, slots=True)
class Windows:
    """As many whole weeks before a measure and after it."""

    before: Period
    after: Period

    def a_year_earlier(self) -> "Windows":
        """The same weekdays 52 weeks earlier."""
        return Windows(*(Period(one.start - _A_YEAR, one.end - _A_YEAR) for one in (self.before, self.after)))


def windows(starts_on: date, *, weeks: int, today: date) -> Windows | None:
    """The whole weeks from the day on that are over, `weeks` at most, and as many before it; None while there is none."""
    over = min(weeks, (today - starts_on).days // 7)
    if over < 1:
        return None
    span = over * WEEK
    day = timedelta(days=1)
    return Windows(Period(starts_on - span, starts_on - day), Period(starts_on, starts_on + span - day))


def placebo_windows(real: Windows, *, most: int = PLACEBO_DATES) -> list[Windows]:
    """The same number of weeks about dates before the measure, on which nothing began: all their days are before it."""
    span = real.after.end - real.after.start + timedelta(days=1)
    day = timedelta(days=1)
    dates = [real.after.start - number * span for number in range(1, most + 1)]
    return [Windows(Period(at - span, at - day), Period(at, at + span - day)) for at in dates]


# --- Too few


class Which(Enum):
    """One of the four groups."""

    BEFORE = "before"
    AFTER = "after"
    OTHERS_BEFORE = "others_before"
    OTHERS_AFTER = "others_after"


@dataclass(frozen=True, slots=True)
class Missing:
    """A group with too few contacts: how many are missing, and the day from which there are likely enough (None: never by waiting)."""

    which: Which
    contacts: int
    missing: int
    wait_until: date | None


def too_few(four: Four, found: Windows, *, weeks: int) -> list[Missing]:
    """Which of the four have fewer than FEWEST contacts. Waiting helps what comes after, as long as weeks are observed."""
    days = (found.after.end - found.after.start).days + 1
    return list(_too_few(four, found.after.start, days, weeks))


def _too_few(four: Four, start: date, days: int, weeks: int) -> Iterator[Missing]:
    for which, cell in zip(Which, four.cells, strict=True):
        if cell.contacts >= FEWEST:
            continue
        wait_until = None
        if cell.contacts:
            # The weeks before grow with those after, so both are waited for.
            needed = ceil(FEWEST * days / cell.contacts / 7)
            wait_until = start + needed * WEEK if needed <= weeks else None
        yield Missing(which, cell.contacts, FEWEST - cell.contacts, wait_until)


# --- The whole answer


@dataclass(frozen=True, slots=True)
class Placebo:
    """The same computation about a day on which nothing began."""

    at: date
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class Effect:
    """All that can be said about a measure by now."""

    windows: Windows | None  # None while no week of it is over
    four: Four | None
    estimate: Estimate | None  # None where there are too few
    missing: tuple[Missing, ...] = ()
    season: Estimate | None = None  # against the same weeks a year earlier; None where there are too few
    placebos: tuple[Placebo, ...] = ()

    @property
    def failed_placebos(self) -> int:
        """Days on which nothing began, and that show an effect beyond chance all the same."""
        return sum(1 for one in self.placebos if one.estimate.verdict != Verdict.CHANCE)


def effect_of(
    found: Windows | None, four: Four | None, *, weeks: int, a_year: Four | None, placebos: Sequence[tuple[date, Four]]
) -> Effect:
    """The answer from what was counted: `a_year` has the same weeks a year earlier in place of the others."""
    if found is None or four is None:
        return Effect(None, None, None)
    missing = tuple(too_few(four, found, weeks=weeks))
    if missing:
        return Effect(found, four, None, missing)
    return Effect(
        windows=found,
        four=four,
        estimate=difference_in_differences(four),
        season=difference_in_differences(a_year) if a_year and a_year.is_enough else None,
        placebos=tuple(Placebo(at, difference_in_differences(each)) for at, each in placebos if each.is_enough),
    )
