"""`rights`: the table of doors, as docs/rights.md has it."""

from typing import Any

from django.core.management.base import BaseCommand

from vittoria_care.backoffice.rights_page import page


class Command(BaseCommand):
    """For auditors, and for the test that compares the page with the table."""

    help = "Print docs/rights.md: the people who may open each door of the project, and the rows behind it."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(page(), ending="")
