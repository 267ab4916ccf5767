"""Print the code that the colleagues of the demonstration are asked for at sign-in."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vittoria_care.demonstration.data.sign_ins import STAFF, code_of_now


class Command(BaseCommand):
    """Every colleague of the demonstration has the same secret, so one code serves for all."""

    help = "Print the code that the colleagues of the demonstration are asked for at sign-in, as of now."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", nargs="?", help="whose (default: anybody's: they all have the same)")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError(_("There is no demonstration in production."), returncode=2)
        known = {each.email for each in STAFF}
        if options["email"] and options["email"].lower() not in known:
            raise CommandError(
                _("No colleague of the demonstration signs in as %s: customers are asked for no code.")
                % options["email"],
                returncode=2,
            )
        code, seconds = code_of_now()
        self.stdout.write(code)
        self.stderr.write(
            ngettext("Valid for %d second more.", "Valid for %d seconds more.", seconds) % seconds, ending="\n"
        )
