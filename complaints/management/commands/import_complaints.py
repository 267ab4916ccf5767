"""`import_complaints`: a register of the past from a CSV of any shape."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from complaints.models.past import LONGEST_SOURCE
from complaints.past.running import import_complaints
from foundation.files.command import ImportCommand
from foundation.files.reading import UnusableInput
from foundation.files.report import Progress, Report


class Command(ImportCommand):
    help = (
        "Load a register of the past from a file, under its own numbers: no number of ours is taken and nobody is written to. "
        "The same file twice changes nothing. Exit code 0: all loaded; 1: some rows refused, the rest loaded; 2: the file "
        "or an argument cannot be used, nothing written. docs/formats/complaints-import.md has the mapping file."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--map", required=True, metavar="MAP.toml", help="the mapping of its columns, words and days"
        )
        parser.add_argument(
            "--source",
            required=True,
            metavar="NAME",
            help="the register that it comes from; an entry is identified by it, its old number and its day of receipt",
        )

    def load(self, options: dict[str, Any], report: Report, progress: Progress) -> None:
        source = options["source"].strip()
        if not source or len(source) > LONGEST_SOURCE or not source.isprintable():
            raise UnusableInput(_("--source must have 1 to 40 characters: “%(source)s”.") % {"source": source[:60]})
        import_complaints(
            options["file"],
            source=source,
            map_path=options["map"],
            today=timezone.localdate(),
            report=report,
            progress=progress,
        )
