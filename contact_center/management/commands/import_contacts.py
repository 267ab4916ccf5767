"""`import_contacts`: the tickets of an earlier help desk, with their events, from a CSV of any shape."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from contact_center.models.entry import LONGEST_SOURCE
from contact_center.past.loading import CLOSE, QUEUE
from contact_center.past.running import import_contacts
from foundation.files.command import ImportCommand
from foundation.files.reading import UnusableInput
from foundation.files.report import Progress, Report


class Command(ImportCommand):
    help = (
        "Load the tickets of an earlier help desk, one row an event or one row a ticket: nobody is written to. The same file "
        "twice changes nothing. Exit code 0: all loaded; 1: some rows refused, the rest loaded; 2: the file or an argument "
        "cannot be used, nothing written. docs/formats/contacts-import.md has the mapping file."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--map", required=True, metavar="MAP.toml", help="the mapping of its columns, words and moments"
        )
        parser.add_argument(
            "--source",
            required=True,
            metavar="NAME",
            help="the help desk that it comes from; a ticket is identified by it and its number",
        )
        parser.add_argument(
            "--open",
            choices=(CLOSE, QUEUE),
            default=CLOSE,
            help="what becomes of tickets that were open there: closed as they stood (close), or into the queue (queue)",
        )

    def load(self, options: dict[str, Any], report: Report, progress: Progress) -> None:
        source = options["source"].strip()
        if not source or len(source) > LONGEST_SOURCE or not source.isprintable():
            raise UnusableInput(_("--source must have 1 to 40 characters: “%(source)s”.") % {"source": source[:60]})
        import_contacts(
            options["file"],
            source=source,
            map_path=options["map"],
            open_tickets=options["open"],
            now=timezone.now(),
            report=report,
            progress=progress,
        )
