"""`import_calls`: calls from a CSV of any shape or from Asterisk's queue log."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from contact_center.calls.imports.running import import_csv, import_queue_log
from foundation.files.command import ImportCommand
from foundation.files.reading import UnusableInput
from foundation.files.report import Progress, Report


class Command(ImportCommand):
    help = (
        "Load calls from a file; loading the same file twice changes nothing. Exit code 0: all loaded; 1: some rows refused, "
        "the rest loaded; 2: the file or an argument cannot be used, nothing written. docs/formats/calls.md has the "
        "columns and the mapping file."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--format", required=True, choices=["csv", "asterisk-queue-log"], help="the format of FILE"
        )
        parser.add_argument("--map", metavar="MAP.toml", help="the mapping of its columns, values and clock")
        parser.add_argument(
            "--source",
            required=True,
            metavar="NAME",
            help="the platform that it comes from; a call is identified by it and its key",
        )

    def load(self, options: dict[str, Any], report: Report, progress: Progress) -> None:
        source = options["source"].strip()
        if not source or len(source) > 40 or not source.isprintable():
            raise UnusableInput(_("--source must have 1 to 40 characters: “%(source)s”.") % {"source": source[:60]})
        load = import_csv if options["format"] == "csv" else import_queue_log
        load(
            options["file"],
            source=source,
            map_path=options["map"],
            now=timezone.now(),
            report=report,
            progress=progress,
        )
