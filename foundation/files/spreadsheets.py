"""How a CSV is written: for machines, or for who opens it with a double click in an Italian spreadsheet."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from foundation.files.reading import with_formula_guard


@dataclass(frozen=True)
class Dialect:
    """Mark at the beginning, separator of columns, decimal sign, and how days and moments are written."""

    mark: str
    delimiter: str
    decimal: str
    day: str
    moment: str

    def text_of(self, value: Any) -> str:
        """A cell; nothing for no value. Text that a spreadsheet would run is disarmed."""
        if value is None:
            return ""
        if isinstance(value, datetime):
            return (timezone.localtime(value) if timezone.is_aware(value) else value).strftime(self.moment)
        if isinstance(value, date):
            return value.strftime(self.day)
        if isinstance(value, Decimal | float):
            return str(value).replace(".", self.decimal)
        return with_formula_guard(value) if isinstance(value, str) else str(value)


MACHINES = Dialect("", ",", ".", "%Y-%m-%d", "%Y-%m-%dT%H:%M:%S%z")
EXCEL = Dialect("\ufeff", ";", ",", "%d/%m/%Y", "%d/%m/%Y %H:%M:%S")


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_lines(columns: Iterable[str], rows: Iterable[Iterable[Any]], *, dialect: Dialect = MACHINES) -> Iterator[str]:
    """A table as CSV, line by line: the mark with the first, then the names of the columns, then the rows."""
    writer = csv.writer(_Echo(), delimiter=dialect.delimiter)
    yield dialect.mark + writer.writerow(list(columns))
    for row in rows:
        yield writer.writerow([dialect.text_of(value) for value in row])
