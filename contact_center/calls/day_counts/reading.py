"""Rule: from a row of a file of counters, by the mapping, to the counts of a day and line; impossible ones are refused."""

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from contact_center.calls.imports import cells
from contact_center.models.day_count import DAY_COUNTS
from foundation.dates import ROME
from foundation.files.mapping import code_in
from foundation.files.moments import day as day_of
from foundation.files.reading import Row
from foundation.files.report import RowRefused
from foundation.numbers import whole_number

from .mapping import DayCountsMap

EARLIEST = date(1990, 1, 1)
MOST = 1_000_000  # calls of a line in a day: more is a slip
# Which count is among which other.
WITHIN = (
    ("answered", "offered"),
    ("abandoned", "offered"),
    ("exited", "offered"),
    ("short_abandoned", "abandoned"),
    ("abandoned_in_time", "abandoned"),
    ("answered_in_time", "answered"),
)


@dataclass(frozen=True, slots=True)
class CountedDay:
    """The counts of a day and line (its code); None for what the file does not say."""

    day: date
    line: str
    counts: dict[str, int | None]

    @property
    def key(self) -> str:
        """What it is known by."""
        return f"{self.day} {self.line}"


def read_row(row: Row, mapping: DayCountsMap, *, today: date) -> CountedDay:
    """The counts of a row; RowRefused, with the column, the reason and what to do, where they cannot be."""
    texts = {
        name: "" if text.casefold() in mapping.blank else text
        for name in mapping.columns
        for text in (row.cells.get(name, ""),)
    }
    day = _day(texts[mapping.day], mapping, today)
    line = code_in(mapping.line, texts)
    if not line:
        raise RowRefused(
            mapping.line.column, _("is blank"), _("Write the line, or say in the mapping what a blank means.")
        )
    counts: dict[str, int | None] = dict.fromkeys(DAY_COUNTS)
    for name, column in mapping.counts.items():
        counts[name] = _count(column, texts[column], mapping, required=name in ("offered", "answered"))
    counts["wait_seconds"] = _wait(mapping, texts, counts["answered"] or 0)
    _check(counts, mapping)
    return CountedDay(day, line, counts)


def _day(text: str, mapping: DayCountsMap, today: date) -> date:
    if not text:
        raise RowRefused(mapping.day, _("is blank"), _("Write the day."))
    try:
        day = day_of(text, mapping.formats, ROME)
    except ValidationError as error:
        raise RowRefused(
            mapping.day, str(error.messages[0]), _("Write it as the mapping says: [day] formats.")
        ) from None
    if day >= today:
        raise RowRefused(
            mapping.day,
            _("this day is not over yet"),
            _("Import it when it is over; or check the date format: day and month may be swapped."),
        )
    if day < EARLIEST:
        raise RowRefused(mapping.day, _("lies before 1990"), _("Check the date and its format."))
    return day


def _count(column: str, text: str, mapping: DayCountsMap, *, required: bool) -> int | None:
    if not text:
        if required:
            raise RowRefused(column, _("is blank"), _("Write the number: 0 where there was no call."))
        return None
    if text.startswith("-"):
        raise RowRefused(column, _("the number is negative"), _("Check the column: a count is zero or more."))
    plain = text.replace(".", "") if mapping.decimal == "," else text
    number = whole_number(plain)
    if number is None:
        raise RowRefused(column, _("is no whole number"), _("Write digits alone, such as 214."))
    if number > MOST:
        raise RowRefused(column, _("is more than a line can have in a day"), _("Check the column and the number."))
    return number


def _wait(mapping: DayCountsMap, texts: dict[str, str], answered: int) -> int | None:
    """The seconds of wait of the answered calls together."""
    rule = mapping.wait
    if not rule.column or not texts[rule.column]:
        return None
    try:
        seconds = cells.seconds(texts[rule.column], rule.unit, mapping.decimal)
    except ValidationError as error:
        raise RowRefused(
            rule.column, str(error.messages[0]), _("Check the unit: [wait] unit in the mapping.")
        ) from None
    if seconds < 0:
        raise RowRefused(rule.column, _("a duration is negative"), _("Check the columns and units of the durations."))
    return seconds * answered if rule.is_mean else seconds


def _check(counts: dict[str, int | None], mapping: DayCountsMap) -> None:
    """Refuse counts that cannot be together."""
    for smaller, larger in WITHIN:
        part, whole = counts[smaller], counts[larger]
        if part is not None and whole is not None and part > whole:
            raise RowRefused(
                mapping.counts[smaller],
                _("%(part)d is more than %(whole)d in the column “%(column)s”, which it is a part of")
                % {"part": part, "whole": whole, "column": mapping.counts[larger]},
                _("Check which column is which, and the numbers of this row."),
                code="impossible",
            )
    parts = sum(counts[name] or 0 for name in ("answered", "abandoned", "exited"))
    if parts > (counts["offered"] or 0):
        raise RowRefused(
            mapping.counts["offered"],
            _("answered, abandoned and left otherwise are %(parts)d together, more than the %(offered)d offered")
            % {"parts": parts, "offered": counts["offered"] or 0},
            _("Check which column is which, and the numbers of this row."),
            code="impossible",
        )
