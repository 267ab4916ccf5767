"""`import_daily_counts`: counters of whole days from another system, where its single calls are not to be had."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from contact_center.calls.day_counts.loading import import_daily_counts
from contact_center.models.entry import LONGEST_SOURCE
from foundation.files.command import ImportCommand
from foundation.files.reading import UnusableInput
from foundation.files.report import Progress, Report


class Command(ImportCommand):
    help = (
        "Load what another system counted by day and line: offered, answered, abandoned and so on. The figures use it where "
        "there are no calls of that day and line. The same file twice changes nothing. Exit code 0: all loaded; 1: some rows "
        "refused, the rest loaded; 2: the file or an argument cannot be used, nothing written. docs/formats/daily-counts.md "
        "has the columns and the mapping file."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--map", metavar="MAP.toml", help="the mapping of its columns, lines and days")
        parser.add_argument("--source", required=True, metavar="NAME", help="the system that counted")

    def load(self, options: dict[str, Any], report: Report, progress: Progress) -> None:
        source = options["source"].strip()
        if not source or len(source) > LONGEST_SOURCE or not source.isprintable():
            raise UnusableInput(_("--source must have 1 to 40 characters: “%(source)s”.") % {"source": source[:60]})
        import_daily_counts(
            options["file"],
            source=source,
            map_path=options["map"],
            now=timezone.now(),
            report=report,
            progress=progress,
        )
