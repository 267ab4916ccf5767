"""Rule: where a row stands in a customer's timeline, newest first, and how an address writes that place."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from foundation.numbers import whole_number

_BETWEEN = "_"
LONGEST = 100  # characters of a place: a longer text is none


@dataclass(frozen=True)
class Place:
    """The moment, then the kind as the list of kinds has them, then the id: no two rows have the same."""

    at: datetime
    rank: int
    pk: int

    @property
    def order(self) -> tuple[float, int, int]:
        """By what rows are sorted: the newest first, of one moment the earlier kind, of one kind the higher id."""
        return (-self.at.timestamp(), self.rank, -self.pk)

    def written(self) -> str:
        """The place in an address."""
        return _BETWEEN.join([self.at.astimezone(UTC).isoformat(), str(self.rank), str(self.pk)])


def place_in(text: str) -> Place | None:
    """The place that an address names; None where it names none."""
    parts = text.split(_BETWEEN)
    if len(text) > LONGEST or len(parts) != 3:
        return None
    try:
        at = parse_datetime(parts[0].replace(" ", "+"))  # a plus that an address did not escape
    except ValueError:
        return None
    rank, pk = whole_number(parts[1], most_digits=2), whole_number(parts[2])
    if at is None or timezone.is_naive(at) or rank is None or pk is None or not 1900 < at.year < 2200:
        return None
    return Place(at, rank, pk)
