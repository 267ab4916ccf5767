"""`manage.py import_documents`: documents of customers, by a manifest beside their files."""

import re
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from customers.documents.commands import discard
from customers.documents.manifest import CHUNK_ROWS, NEEDED, ManifestLoader
from foundation.files.command import ImportCommand
from foundation.files.reading import ERROR_COLUMNS, UnusableInput, open_table
from foundation.files.report import Progress, Report
from foundation.files.upserts import load_table
from notifications.documents import receive_document


class Command(ImportCommand):
    """Upserts documents by source and key; a risk certificate's arrival is notified to the customer."""

    help = (
        "Load documents from a CSV beside their files, described in docs/formats/documents.md. Rows without an "
        "acceptable value are refused one by one; the rest is loaded. The same manifest again changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--folder", default="", help="where the files are; the manifest's own folder if not given")
        parser.add_argument("--source", default="company", help="the system the keys are of (default: company)")
        parser.add_argument(
            "--without-notices", action="store_true", help="write to nobody about certificates: the first load"
        )
        parser.add_argument("--delimiter", default="", help="one character; found in the header when not given")
        parser.add_argument("--encoding", default="", help="such as windows-1252; UTF-8 when not given")

    def load(self, options: dict[str, Any], report: Report, progress: Progress) -> None:
        """Read the manifest and keep its files; UnusableInput before anything is written when it cannot be used."""
        folder = _folder(options["folder"], options["file"])
        if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,39}", options["source"]):
            raise UnusableInput(_("The name of a source is up to 40 small letters, digits, dots, dashes."))
        with open_table(
            options["file"], encoding=options["encoding"], delimiter=options["delimiter"], required=NEEDED
        ) as table:
            columns = [name for name in table.header if not (table.is_error_file and name in ERROR_COLUMNS)]
            receive = partial(receive_document, inform=not options["without_notices"])
            loader = ManifestLoader(columns, folder=folder, source=options["source"], receive=receive)
            report.open_errors(columns, delimiter=table.delimiter)
            try:
                load_table(table, loader, report, progress, chunk_rows=CHUNK_ROWS)
            finally:
                if report.dry_run:
                    discard(loader.stored)


def _folder(stated: str, manifest: str) -> Path:
    """The folder of the files; UnusableInput where none is given for standard input, or it is no folder."""
    if not stated and manifest == "-":
        raise UnusableInput(_("Standard input is in no folder: say where the files are with --folder."))
    folder = Path(stated) if stated else Path(manifest).parent
    if not folder.is_dir():
        raise UnusableInput(_("“%(path)s” is no folder.") % {"path": folder})
    return folder
