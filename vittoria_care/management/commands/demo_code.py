"""`demo_code`: the code that the staff of the demonstration need at sign-in."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vittoria_care.demonstration.data.sign_ins import STAFF, code_of_now


class Command(BaseCommand):
    """All staff of the demonstration have the same secret, so one code serves for all."""

    help = "Print the code that the staff of the demonstration need at sign-in now."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", nargs="?", help="an address of staff (default: any, as all have the same code)")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError(_("There is no demonstration in production."), returncode=2)
        known = {each.email for each in STAFF}
        if options["email"] and options["email"].lower() not in known:
            raise CommandError(
                _("No member of staff of the demonstration signs in as %s: customers need no code.")
                % options["email"],
                returncode=2,
            )
        code, seconds = code_of_now()
        self.stdout.write(code)
        self.stderr.write(
            ngettext("Valid for %d second more.", "Valid for %d seconds more.", seconds) % seconds, ending="\n"
        )
