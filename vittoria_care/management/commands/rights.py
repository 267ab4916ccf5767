"""Write out the table of doors, as docs/rights.md keeps it."""

from typing import Any

from django.core.management.base import BaseCommand

from vittoria_care.backoffice.rights_page import page


class Command(BaseCommand):
    """For auditors, and for the test that compares the page with the table."""

    help = "Print docs/rights.md: who may open which door of the project, and onto which rows."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(page(), ending="")
