"""`import_feedback`: reviews of the App Store and Google Play, or the ratings that they count, from a file."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from complaints.feedback.imports.loading import import_feedback
from foundation.files.command import ImportCommand
from foundation.files.report import Progress, Report


class Command(ImportCommand):
    help = (
        "Load reviews or counted ratings of a store from a CSV; loading the same file twice changes nothing. Exit code 0: all "
        "loaded; 1: some rows refused, the rest loaded; 2: the file or an argument cannot be used, nothing written. "
        "docs/formats/feedback.md has the mapping file."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--map", metavar="MAP.toml", required=True, help="the store and the mapping of its columns"
        )

    def load(self, options: dict[str, Any], report: Report, progress: Progress) -> None:
        """Load the file by its mapping."""
        import_feedback(options["file"], map_path=options["map"], now=timezone.now(), report=report, progress=progress)
