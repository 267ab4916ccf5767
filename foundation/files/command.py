"""What every import command has in common: its arguments, its exit codes, its last words."""

from contextlib import ExitStack
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from .reading import UnusableInput
from .report import UNUSABLE, ErrorFile, Progress, Report


class ImportCommand(BaseCommand):
    """Base of `import_…`. A subclass writes `load(options, report, progress)`.

    Exit code 0: all loaded. 1: some rows refused, the rest loaded. 2: the file or an argument cannot be used, and
    nothing was written.
    """

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="the file to read, or - for standard input")
        parser.add_argument("--errors", metavar="FILE", help="write the refused rows to this CSV, with the reasons")
        parser.add_argument("--dry-run", action="store_true", help="do everything but keep nothing")

    def load(self, options: dict[str, Any], report: Report, progress: Progress) -> None:
        """Read options["file"] and load it, counting every row in the report; UnusableInput stops the import."""
        raise NotImplementedError

    def open_errors(
        self, options: dict[str, Any], report: Report, columns: list[str], *, delimiter: str = ",", keyed: bool = False
    ) -> None:
        """Create the error file, if one was asked for; to be called once the input is known to be usable."""
        if options.get("errors"):
            report.errors = ErrorFile(
                options["errors"], columns, input_path=options["file"], delimiter=delimiter, keyed=keyed
            )
            self._closing.callback(report.errors.close)

    def handle(self, *args: Any, **options: Any) -> None:
        report = Report(dry_run=options["dry_run"])
        with ExitStack() as self._closing:
            try:
                with Progress() as progress:
                    self.load(options, report, progress)
            except UnusableInput as error:
                raise CommandError(str(error), returncode=UNUSABLE) from error
        for line in report.summary():
            self.stdout.write(line)
        if report.exit_code:
            raise SystemExit(report.exit_code)
