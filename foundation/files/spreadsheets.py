"""How a table is written: as CSV for machines, as CSV that an Italian spreadsheet opens by double click, as XLSX."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from foundation.files.reading import with_formula_guard
from foundation.text import clean_line


def disarmed(text: str) -> str:
    """A text as a cell of one line, which no spreadsheet takes for a formula."""
    return with_formula_guard(clean_line(text))


# --- CSV --------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Dialect:
    """Mark at the beginning, separator of columns, decimal sign, and how days and moments are written."""

    mark: str  # without one, a spreadsheet takes UTF-8 for another encoding
    delimiter: str
    decimal: str
    day: str
    moment: str

    def cell_text(self, value: Any) -> str:
        """A value as a cell; nothing for no value. Text that a spreadsheet would run is disarmed."""
        if value is None:
            return ""
        if isinstance(value, datetime):
            return (timezone.localtime(value) if timezone.is_aware(value) else value).strftime(self.moment)
        if isinstance(value, date):
            return value.strftime(self.day)
        if isinstance(value, Decimal | float):
            return str(value).replace(".", self.decimal)
        return disarmed(value) if isinstance(value, str) else str(value)


MACHINES = Dialect("", ",", ".", "%Y-%m-%d", "%Y-%m-%dT%H:%M:%S%z")
EXCEL = Dialect("\ufeff", ";", ",", "%d/%m/%Y", "%d/%m/%Y %H:%M:%S")


class _HandsBack:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_lines(columns: Iterable[str], rows: Iterable[Iterable[Any]], *, dialect: Dialect = MACHINES) -> Iterator[str]:
    """A table as CSV, line by line: the mark with the first, then the names of the columns, then the rows."""
    writer = csv.writer(_HandsBack(), delimiter=dialect.delimiter)
    yield dialect.mark + writer.writerow(list(columns))
    for row in rows:
        yield writer.writerow([dialect.cell_text(value) for value in row])


# --- XLSX -------------------------------------------------------------------------------------------------------------
def cell_value(value: Any) -> Any:
    """A value as a cell of a workbook: numbers and days are themselves, text is disarmed."""
    return disarmed(value) if isinstance(value, str) else value


def bold_cell(sheet: Any, text: str) -> WriteOnlyCell:
    """A cell in bold of a sheet that is written row by row."""
    cell = WriteOnlyCell(sheet, cell_value(text))
    cell.font = Font(bold=True)
    return cell


def new_workbook(title: str, columns: Iterable[str], rows: Iterable[Iterable[Any]]) -> Workbook:
    """A workbook whose first sheet is the table, written row by row under a bold heading that remains in sight."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    sheet.append([bold_cell(sheet, column) for column in columns])
    for row in rows:
        sheet.append([cell_value(value) for value in row])
    return book


def write_xlsx(title: str, columns: Iterable[str], rows: Iterable[Iterable[Any]], file: IO[bytes]) -> None:
    """The table as a spreadsheet of one sheet."""
    new_workbook(title, columns, rows).save(file)
