"""`find_unusual_accesses`: what the night does, by hand."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_date

from customers.sensitive.unusual import find_unusual

UNUSABLE = 2  # exit code


class Command(BaseCommand):
    """Keep what the rules find of a day; a second run adds none."""

    help = (
        "Look for unusual accesses to customers' files on a day, and keep them for the data protection officer. Exit code 0:"
        " done; 2: the day cannot be used."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--on", metavar="DATE", help="the day, YYYY-MM-DD (default: yesterday)")

    def handle(self, *args: Any, **options: Any) -> None:
        day = timezone.localdate() - timedelta(days=1)
        if options["on"] is not None:
            try:
                asked = parse_date(options["on"])
            except ValueError:
                asked = None
            if asked is None:
                text = f"“{options['on']}” is not a date: write it as 2026-03-31."
                raise CommandError(text, returncode=UNUSABLE)
            day = asked
        added = find_unusual(day)
        self.stdout.write(f"{day}: {added} unusual accesses found that were not known.")
