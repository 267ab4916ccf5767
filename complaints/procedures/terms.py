"""Rules: the last day of a term before IVASS and the Insurance Arbiter, with its stops, and the number that holds on a day.

Plain values in and out: no clock and no database. The day from which a term counts is not counted itself. Days are calendar
days, and no holiday moves a term (not verified, like the same rule for complaints). A stop suspends: its days are not counted, and
a term that begins inside one starts when it is over.
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from complaints.terms import overdue_level
from foundation.refusals import Refused

RUNGS = (15, 7, 3, 1, 0)  # days left at which somebody is warned
MOST_STOPPED = 180  # days of a year that the stops may take together: a term must come to an end

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of the law from a day on: days, months or euro, as its kind says."""

    kind: str
    amount: int
    has_stops: bool
    counts_from: str
    valid_from: date


@dataclass(frozen=True, slots=True)
class Stop:
    """A period of each year, from (month, day) to (month, day), both included; it may run over New Year's Eve.

    Only its days from `valid_from` to `valid_to` stop anything.
    """

    first: tuple[int, int]
    last: tuple[int, int]
    valid_from: date
    valid_to: date | None = None

    def beginning_in(self, year: int) -> tuple[date, date] | None:
        """First and last day of the stop that begins in the year; None where it was not in force."""
        first, last = _day_of(year, *self.first), _day_of(year + (self.last < self.first), *self.last)
        first, last = max(first, self.valid_from), min(last, self.valid_to or last)
        return (first, last) if first <= last else None

    @property
    def days(self) -> int:
        """How many days it takes in a year without a leap day."""
        first, last = _day_of(2025, *self.first), _day_of(2025 + (self.last < self.first), *self.last)
        return (last - first).days + 1


def _day_of(year: int, month: int, day: int) -> date:
    """The day; the last of its month where the year has no such day, as on 29 February."""
    return date(year, month, min(day, monthrange(year, month)[1]))


def in_force(figures: Iterable[Figure], kind: str, on: date) -> Figure:
    """The number of the kind that holds on the day: the newest that has begun. Refused where none has."""
    begun = [each for each in figures if each.kind == kind and each.valid_from <= on]
    if not begun:
        raise Refused(
            _("No number of the law of this kind is in force on that day: an administrator has to enter it."),
            code="no_number_in_force",
        )
    return max(begun, key=lambda each: each.valid_from)


def end_of_term(start: date, days: int, stops: Iterable[Stop] = ()) -> date:
    """The last day of a term of so many days that counts from `start`, with the days of the stops left out.

    ValueError where the stops take so much of the year that a term might never end.
    """
    stops = tuple(stops)
    if days_stopped(stops) > MOST_STOPPED:
        raise ValueError("The stops take more than half of the year.")
    last, seen_until = start + timedelta(days=days), start
    for first, until in _spans(stops, start.year - 1, years=days // MOST_STOPPED + 3):
        first = max(first, seen_until + ONE_DAY)
        if first > last:
            break
        if until >= first:
            last += until - first + ONE_DAY
            seen_until = until
    return last


def _spans(stops: tuple[Stop, ...], year: int, *, years: int) -> Iterator[tuple[date, date]]:
    """Yield the stops that begin in the year and in those after it, by their first day."""
    for each in range(year, year + years):
        yield from sorted(span for stop in stops if (span := stop.beginning_in(each)) is not None)


def days_stopped(stops: Iterable[Stop]) -> int:
    """Days of a year that at least one of the stops takes, were all of them in force."""
    taken: set[int] = set()
    for stop in stops:
        first = _day_of(2025, *stop.first)
        taken |= {(first + timedelta(days=n)).timetuple().tm_yday for n in range(stop.days)}
    return len(taken)


def months_after(day: date, months: int) -> date:
    """The same day so many months later, earlier with a minus; the last of the month where it has no such day."""
    whole = day.year * 12 + day.month - 1 + months
    return _day_of(whole // 12, whole % 12 + 1, day.day)


# --- Warnings -------------------------------------------------------------------------------------------------------
def rung_of(due_on: date, today: date) -> str:
    """The name of the rung that was reached last: 15, 7, 3, 1, 0; overdue, then overdue-2 …; "" above them all."""
    left = (due_on - today).days
    if left < 0:
        level = overdue_level(-left)
        return "overdue" if level == 1 else f"overdue-{level}"
    nearest = min((each for each in RUNGS if each >= left), default=None)
    return "" if nearest is None else str(nearest)
