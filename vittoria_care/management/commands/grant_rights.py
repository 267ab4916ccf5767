"""`grant_rights`: what each database account may do."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from vittoria_care import grants


class Command(BaseCommand):
    """Make the rights of the database accounts equal to what the tables ask for."""

    help = (
        "Grant the accounts of DATABASE_URL and DATABASE_RETENTION_URL what they need, and take from them what they do "
        "not; `migrate` does it too. Runs as the account of DATABASE_OWNER_URL. A second run changes nothing. Exit code "
        "0: done; 2: an account is missing, or this one may not grant."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="show the statements, and run none")

    def handle(self, *args: Any, **options: Any) -> None:
        accounts = settings.DATABASE_ACCOUNTS
        if options["dry_run"]:
            with connection.cursor() as cursor:
                wanted = {name: accounts.get(name, "") for name in ("working", "retention")}
                for statement in grants.statements(cursor, **wanted):
                    self.stdout.write(f"{' '.join(statement.split())};")
            return
        grants.grant_rights()
        if len(set(accounts.values())) < 2:
            self.stdout.write("There is one account, which owns the tables: set DATABASE_OWNER_URL to use another.")
        else:
            self.stdout.write(", ".join(f"{name}: {account}" for name, account in accounts.items()))
