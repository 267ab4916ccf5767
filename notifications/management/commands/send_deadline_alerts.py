"""`send_deadline_alerts`: the nightly alerts, by hand."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation
from django.utils.dateparse import parse_date

from notifications.deadlines import plan_by_rule

UNUSABLE = 2  # exit code


class Command(BaseCommand):
    """Queue the alerts that are due and not queued yet; a second run adds none."""

    help = (
        "Queue the alerts to customers that the rules which are on find due and not queued yet. They are sent at eight in the morning of that day, or at once when that is past. Exit code 0: "
        "done; 2: the day cannot be used."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--on", metavar="DATE", help="as of this day, YYYY-MM-DD (default: today)")
        parser.add_argument("--now", action="store_true", help="send them at once, whatever the hour")
        parser.add_argument("--dry-run", action="store_true", help="only count")

    def handle(self, *args: Any, **options: Any) -> None:
        on = None
        if options["on"] is not None:
            try:
                on = parse_date(options["on"])
            except ValueError:
                on = None
            if on is None:
                text = f"“{options['on']}” is not a date: write it as 2026-03-31."
                raise CommandError(text, returncode=UNUSABLE)
        begun = time.monotonic()
        done = plan_by_rule(on, at_once=options["now"], dry_run=options["dry_run"])
        if not options["verbosity"]:
            return
        with translation.override("en"):  # as everything that this command prints
            for planned in done:
                rule = planned.rule
                self.stdout.write(f"{planned.notices:>8} {rule.kind_name} (rule {rule.pk}: {rule})")
        verb = "would be queued" if options["dry_run"] else "queued"
        total = sum(planned.notices for planned in done)
        self.stdout.write(f"{total:>8} notices {verb}, in {time.monotonic() - begun:.1f} s.")
