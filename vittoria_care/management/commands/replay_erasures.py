"""`replay_erasures`: after a backup was restored, erase again what it brought back."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from customers.models import Customer
from vittoria_care.privacy import ledger
from vittoria_care.privacy.erasure import erase

RULE = "replay-erasures"  # in the proofs of what was removed


class Command(BaseCommand):
    """Read the ledger, and erase each person in it who is in the database with their data."""

    help = (
        "Erase again the people whose erasure is in the ledger and whose data a restored backup brought back. Exit code 0: "
        "done; 2: the ledger cannot be used (a line was changed, taken out or put in), and nothing was erased."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--ledger", metavar="FILE", type=Path, help="another ledger than that of ERASURE_LEDGER")
        parser.add_argument("--dry-run", action="store_true", help="only print who would be erased")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            entries = list(ledger.entries(options["ledger"]))
        except OSError as error:
            raise CommandError(f"The ledger cannot be read: {error}", returncode=2) from error
        except ledger.BrokenLedger as error:
            raise CommandError(
                f"The chain of the ledger is broken, {error}. Nothing was erased.", returncode=2
            ) from error
        newest = {entry.customer: entry for entry in entries}
        back = 0
        for customer in Customer.objects.filter(pk__in=newest).order_by("pk"):
            if any(entry.fits(customer) for entry in entries if entry.customer == customer.pk):
                back += 1
                self.stdout.write(f"customer {customer.pk}: {self._again(customer, dry_run=options['dry_run'])}")
        verb = "would be" if options["dry_run"] else "were"
        self.stdout.write(f"{len(newest)} people in the ledger, {back} {verb} erased again.")

    def _again(self, customer: Customer, *, dry_run: bool) -> str:
        if dry_run:
            return "is back"
        result = erase(customer, rule=RULE)
        return f"{sum(result.numbers.values())} rows, {result.files} files"
