"""`export_person`: everything that is about a customer, as an archive: PDF, JSON and the person's own files."""

import os
import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import Customer
from foundation.numbers import whole_number
from vittoria_care.privacy.exporting import Contents, person_of, write_archive
from vittoria_care.privacy.rules import RULES

LOST: Final = 1
UNUSABLE: Final = 2


class Command(BaseCommand):
    """Write the archive of one customer into a folder, and print where it is and what is in it."""

    help = (
        "Write everything that is about a customer into a ZIP: a PDF to read, JSON (docs/formats/personal-data.md), the "
        "person's own files. Exit code 0: done; 1: done, but files are lost; 2: no such customer, or the folder cannot "
        "be used."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("id", metavar="ID", help="the customer's code, or the number of their row")
        parser.add_argument("--to", metavar="FOLDER", default=".", help="where to write it; this folder if not given")
        parser.add_argument(
            "--language", choices=[code for code, _name in settings.LANGUAGES], help="the customer's if not given"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        customer = _customer(options["id"])
        now = timezone.now()
        name = f"{customer.code}-{timezone.localtime(now):%Y-%m-%d-%H%M%S}.zip"
        path = Path(options["to"]) / name
        try:
            contents = self._write(customer, path, language=options["language"] or customer.language)
        except OSError as error:
            raise CommandError(
                _("The archive cannot be written to “%(path)s”: %(problem)s.")
                % {"path": path, "problem": error.strerror or error},
                returncode=UNUSABLE,
            ) from error
        self._print(path, contents)
        if contents.lost:
            raise SystemExit(LOST)

    def _write(self, customer: Customer, path: Path, *, language: str) -> Contents:
        """Write it beside its place and put it there whole: nobody finds half an archive. Only its owner may read it."""
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", suffix=".part") as part:
            contents = write_archive(
                customer, person_of(customer), RULES, part, language=language, made_at=timezone.now()
            )
            part.flush()
            os.fsync(part.fileno())
            os.link(part.name, path)
        return contents

    def _print(self, path: Path, contents: Contents) -> None:
        for heading, number in contents.rows.items():
            self.stdout.write(f"{number:>8}  {heading}")
        for lost in contents.lost:
            self.stderr.write(_("Lost: %(path)s") % {"path": lost})
        rows = ngettext("%(count)d piece of information", "%(count)d pieces of information", contents.all_rows)
        files = ngettext("%(count)d file", "%(count)d files", contents.files)
        self.stdout.write(
            _("%(path)s: %(rows)s, %(files)s.")
            % {"path": path, "rows": rows % {"count": contents.all_rows}, "files": files % {"count": contents.files}}
        )


def _customer(text: str) -> Customer:
    """The customer of a code or the number of a row; CommandError (2) where there is none."""
    customer = Customer.objects.filter(code=text.strip().upper()).first()
    number = whole_number(text.strip())
    if customer is None and number is not None:
        customer = Customer.objects.filter(pk=number).first()
    if customer is None:
        raise CommandError(_("There is no customer “%(id)s”.") % {"id": text}, returncode=UNUSABLE)
    return customer
