"""`grant_rights`: the rights of each database account."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from vittoria_care import grants


class Command(BaseCommand):
    """Give the database accounts the rights that they need, and no others."""

    help = (
        "Grant the accounts of DATABASE_URL and DATABASE_RETENTION_URL the rights they need, and revoke all others; "
        "`migrate` does it too. Runs as the account of DATABASE_OWNER_URL. A second run changes nothing. Exit code "
        "0: done; 2: an account is missing, or this one may not grant."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="print the statements, and run none")

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
