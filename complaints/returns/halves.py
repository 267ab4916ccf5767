"""Rule: half years, their names, and the day by which the return about one is due."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from foundation.refusals import Refused

# 60 days after the end (letter of IVASS on the Infostat surveys, 2022): 30 June 2026 makes 29 August 2026.
DUE_DAYS = 60
_WRITTEN = re.compile(r"(20[0-9]{2})[Hh]([12])")


@dataclass(frozen=True, order=True, slots=True)
class Half:
    """A half of a year: `part` is 1 for January to June, 2 for July to December."""

    year: int
    part: int

    @property
    def name(self) -> str:
        """As commands, addresses and files write it: 2026H1."""
        return f"{self.year}H{self.part}"

    @property
    def starts_on(self) -> date:
        """Its first day."""
        return date(self.year, 1 if self.part == 1 else 7, 1)

    @property
    def ends_on(self) -> date:
        """Its last day."""
        return date(self.year, 6, 30) if self.part == 1 else date(self.year, 12, 31)

    @property
    def due_on(self) -> date:
        """The last day to send the return: 60 days after the end, the last day not counted."""
        return self.ends_on + timedelta(days=DUE_DAYS)

    @property
    def before(self) -> "Half":
        """The half before it."""
        return Half(self.year, 1) if self.part == 2 else Half(self.year - 1, 2)

    def __str__(self) -> str:
        return self.name


def half_named(text: str) -> Half:
    """The half that a name such as 2026H1 means; Refused for anything else."""
    if (written := _WRITTEN.fullmatch(text.strip())) is None:
        raise Refused(
            _("“%(text)s” is no half year. Write the year, H, and 1 or 2: 2026H1 is January to June 2026.")
            % {"text": text},
            code="no_half",
            field="half",
        )
    return Half(int(written[1]), int(written[2]))


def half_of(day: date) -> Half:
    """The half in which a day lies."""
    return Half(day.year, 1 if day.month <= 6 else 2)


def halves_until(first: date, today: date) -> Iterator[Half]:
    """Every half from the one of the first day to the one of today, the newest first."""
    half, last = half_of(today), half_of(first)
    while half >= last:
        yield half
        half = half.before
