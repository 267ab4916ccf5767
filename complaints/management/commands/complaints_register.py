"""`complaints_register`: the whole register of a year as CSV or XLSX."""

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from complaints.register import csv_lines, has_register, register_of, write_xlsx, years_of_register
from foundation.files.spreadsheets import EXCEL, MACHINES, Dialect

UNUSABLE = 2  # exit code


class Command(BaseCommand):
    help = (
        "Write the register of complaints of a year, one row for each number: ISO dates, empty where there is no value. "
        "Exit code 0: done; 2: an argument cannot be used. docs/formats/complaints-register.md describes the columns."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--year", required=True, type=int, metavar="Y", help="year of registration, such as 2026")
        parser.add_argument("--format", default="csv", choices=["csv", "xlsx"], help="default: csv")
        parser.add_argument(
            "--for-excel",
            action="store_true",
            help="CSV as an Italian spreadsheet opens it: byte-order mark, semicolons, decimal commas, 31/12/2026",
        )
        parser.add_argument(
            "--output", metavar="FILE", help="where to write (default: standard output); replaced only when complete"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        year = options["year"]
        if not has_register(year):
            known = ", ".join(map(str, sorted(years_of_register()))) or "none"
            raise CommandError(
                f"No complaint was registered in {year}. Years of the register: {known}.", returncode=UNUSABLE
            )
        if options["for_excel"] and options["format"] != "csv":
            raise CommandError("--for-excel works with --format csv only.", returncode=UNUSABLE)
        dialect = EXCEL if options["for_excel"] else MACHINES
        count = _Count(register_of(year))
        if options["output"]:
            self._write(Path(options["output"]), options["format"], count, dialect)
            self.stdout.write(f"{count.seen} complaints of {year} written to {options['output']}.")
        elif options["format"] == "csv":
            for line in csv_lines(count, dialect=dialect):
                self.stdout.write(line, ending="")
        else:
            raise CommandError("--format xlsx needs a file: name it with --output FILE.", returncode=UNUSABLE)

    def _write(self, path: Path, kind: str, rows: Iterable[list[Any]], dialect: Dialect) -> None:
        """Write beside the file, then put it in its place: a run that stops half-way leaves the earlier file alone."""
        try:
            with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
                try:
                    if kind == "xlsx":
                        write_xlsx(rows, file)
                    else:
                        file.writelines(line.encode() for line in csv_lines(rows, dialect=dialect))
                    file.flush()
                    os.replace(file.name, path)
                except BaseException:
                    os.unlink(file.name)
                    raise
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.", returncode=UNUSABLE) from error


class _Count:
    """Rows, counted as they pass; on a terminal the count is shown."""

    def __init__(self, rows: Iterable[list[Any]]):
        self.rows, self.seen = rows, 0

    def __iter__(self) -> Iterator[list[Any]]:
        for row in self.rows:
            self.seen += 1
            if self.seen % 500 == 0 and sys.stderr.isatty():
                sys.stderr.write(f"\r{self.seen}")
            yield row
