"""`record_of_processing`: the record of art. 30 GDPR, made from the rules."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from vittoria_care.privacy.record import record_of_processing


class Command(BaseCommand):
    """Print the record as Markdown."""

    help = "Print the record of processing (art. 30 GDPR) as Markdown, made from the rules of the program. Exit code 0: done."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--language", choices=["it", "en"], default="en", help="of the record (default: en)")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(record_of_processing(options["language"]), ending="")
