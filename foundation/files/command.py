"""The base of every import command: its arguments, its exit codes, its summary."""

from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction

from .reading import UnusableInput
from .report import UNUSABLE, Progress, Report


class ImportCommand(BaseCommand):
    """Base of `import_…`. A subclass writes `load(options, report, progress)`.

    Exit code 0: all loaded. 1: some rows refused, the rest loaded. 2: the file or an argument cannot be used, and
    nothing was written.
    """

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="the file to read, or - for standard input")
        parser.add_argument("--errors", metavar="FILE", help="write the refused rows to this CSV, with the reasons")
        parser.add_argument("--dry-run", action="store_true", help="do everything, but store nothing")

    def load(self, options: dict[str, Any], report: Report, progress: Progress) -> None:
        """Read options["file"] and load it, counting every row in the report; UnusableInput stops the import."""
        raise NotImplementedError

    def handle(self, *args: Any, **options: Any) -> None:
        report = Report(errors_path=options["errors"] or "", input_path=options["file"], dry_run=options["dry_run"])
        try:
            with closing(report), Progress() as progress, _undone() if report.dry_run else nullcontext():
                self.load(options, report, progress)
        except UnusableInput as error:
            raise CommandError(str(error), returncode=UNUSABLE) from error
        for line in report.summary():
            self.stdout.write(line)
        if report.exit_code:
            raise SystemExit(report.exit_code)


@contextmanager
def _undone() -> Iterator[None]:
    """A transaction that is rolled back at its end."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # else their checks pile up in memory
        yield
        transaction.set_rollback(True)
