"""`create_api_key`: a key for a platform, at the terminal of the machine."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from foundation.api.keys import create_key
from foundation.models import Scope
from foundation.refusals import Refused


class Command(BaseCommand):
    """Make a key and print its secret, once, alone on standard output."""

    help = (
        "Make a key of the API and print it, once: it is not stored. Exit code 0: made; 2: refused, with the reason."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--name", required=True, help="a name for people, such as “Switchboard, Milan”")
        parser.add_argument(
            "--source", required=True, help="the platform that uses it; its calls are stored under this name"
        )
        parser.add_argument(
            "--scopes", required=True, metavar="SCOPE[,SCOPE]", help=f"what it may do: {', '.join(Scope.values)}"
        )
        parser.add_argument("--dry-run", action="store_true", help="only check whether it can be made")

    def handle(self, *args: Any, **options: Any) -> None:
        scopes = [word.strip() for word in options["scopes"].split(",") if word.strip()]
        try:
            with transaction.atomic():
                key, secret = create_key(name=options["name"], source=options["source"], scopes=scopes, by=None)
                transaction.set_rollback(options["dry_run"])
        except Refused as refusal:
            raise CommandError(str(refusal), returncode=2) from refusal
        if options["dry_run"]:
            self.stderr.write(f"It can be made: {key.name}, {', '.join(key.scopes)}. Nothing was stored.")
            return
        self.stderr.write(f"{key.name} may: {', '.join(key.scopes)}. Copy the key now: it is not shown again.")
        self.stdout.write(secret)
