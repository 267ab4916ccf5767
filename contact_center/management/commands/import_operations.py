"""`import_operations`: how far the company's own system has come with what customers asked for."""

from typing import Any

from django.core.management.base import CommandParser

from contact_center.operations.imports import import_operations
from foundation.files.command import ImportCommand
from foundation.files.report import Progress, Report


class Command(ImportCommand):
    help = (
        "Apply what the company's system reports of operations: receipt number, state, day, answer. The same file twice "
        "changes nothing. Exit code 0: all applied; 1: some rows refused, the rest applied; 2: the file or an argument "
        "cannot be used, nothing written. docs/formats/operations.md has the columns."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--delimiter", default="", help="one character; found in the header when not given")
        parser.add_argument("--encoding", default="", help="such as windows-1252; UTF-8 when not given")

    def load(self, options: dict[str, Any], report: Report, progress: Progress) -> None:
        import_operations(options, report, progress)
