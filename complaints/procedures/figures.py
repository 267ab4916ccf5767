"""Query: the numbers of the law and the stops, read once for everything that one command or page works out with them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from complaints.models import LegalFigure, TermStop
from complaints.procedures.terms import Figure, Stop, end_of_term, in_force


@dataclass(frozen=True)
class Book:
    """The numbers and the stops as they stand in the back office."""

    figures: tuple[Figure, ...]
    stops: tuple[Stop, ...]

    def figure(self, kind: str, on: date) -> Figure:
        """The number of the kind in force on the day; Refused where there is none."""
        return in_force(self.figures, kind, on)

    def amount(self, kind: str, on: date) -> int:
        """How many days, months or euro it is."""
        return self.figure(kind, on).amount

    def term(self, kind: str, start: date, *, as_on: date | None = None) -> date:
        """The last day of the term of the kind that counts from `start`; the stops are left out where it has them.

        The number is the one in force on that day, or `as_on` another.
        """
        figure = self.figure(kind, as_on or start)
        return end_of_term(start, figure.amount, self.stops if figure.has_stops else ())


def open_book() -> Book:
    """Read both tables."""
    return book_of(LegalFigure.objects.all(), TermStop.objects.all())


def book_of(figures: Iterable[LegalFigure], stops: Iterable[TermStop]) -> Book:
    """The same of rows that are read already."""
    return Book(tuple(each.as_figure for each in figures), tuple(each.as_stop for each in stops))
