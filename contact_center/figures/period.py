"""Rule: periods of whole days, both ends included, and the same period a year before."""

from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

# Nobody counted calls before; and a figure more than a year ahead is a slip of the keyboard.
EARLIEST = date(1990, 1, 1)
DAYS_AHEAD = 366


class UnusablePeriod(ValueError):
    """The period cannot be counted, for the reason in the sentence: `days` are those it names, ISO dates unless asked."""

    def __init__(self, sentence: str, **days: date) -> None:
        super().__init__(sentence % days)
        self.sentence, self.days = sentence, days

    def with_days(self, written: Callable[[date], str]) -> str:
        """The sentence with its days as the reader of a page writes them."""
        return self.sentence % {name: written(day) for name, day in self.days.items()}


@dataclass(frozen=True, slots=True)
class Period:
    """The days from start to end, both included."""

    start: date
    end: date

    def a_year_before(self) -> "Period":
        """The same dates one year earlier.

        Whole months remain whole, so that February 2025 is compared with all 29 days of February 2024; any other period
        keeps its dates, and 29 February becomes 28.
        """
        return Period(_year_before(self.start), _year_before(self.end, is_end=self.start.day == 1))

    def days(self) -> Iterator[date]:
        """Each day of the period."""
        for offset in range((self.end - self.start).days + 1):
            yield self.start + timedelta(days=offset)

    def months(self) -> Iterator[date]:
        """The first day of each month that the period touches."""
        month = self.start.replace(day=1)
        while month <= self.end:
            yield month
            month = (month + timedelta(days=31)).replace(day=1)


def check_period(start: date, end: date, *, today: date) -> Period:
    """The period from start to end; UnusablePeriod if it ends before it begins, or lies where no figures can be."""
    if end < start:
        raise UnusablePeriod(_("The period ends (%(end)s) before it begins (%(start)s)."), start=start, end=end)
    if start < EARLIEST:
        raise UnusablePeriod(
            _("The period begins on %(start)s; there are no figures before %(earliest)s."),
            start=start,
            earliest=EARLIEST,
        )
    if (end - today).days > DAYS_AHEAD:
        raise UnusablePeriod(_("The period ends on %(end)s, more than a year from today."), end=end)
    return Period(start, end)


def _year_before(day: date, *, is_end: bool = False) -> date:
    last = monthrange(day.year - 1, day.month)[1]
    if is_end and day.day == monthrange(day.year, day.month)[1]:
        return day.replace(year=day.year - 1, day=last)
    return day.replace(year=day.year - 1, day=min(day.day, last))
