"""Measure how well words find complaints: the threshold is chosen on earlier weeks, and counted on later ones."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from complaints.triage.hints import measure_hints
from complaints.triage.rules import LEAST_COMPLAINTS, Counts


class Command(BaseCommand):
    """measure_complaint_hints [--earlier WEEKS] [--later WEEKS]"""

    help = (
        "Chooses on the earlier weeks from which weight on a message is marked as a likely complaint, prints precision and "
        "recall on the later weeks with their base, and keeps the result: the back office shows it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--earlier", type=int, default=26, help="weeks by which the threshold is chosen")
        parser.add_argument("--later", type=int, default=8, help="weeks on which it is counted")

    def handle(self, *args: Any, earlier: int, later: int, **options: Any) -> None:
        if not 1 <= earlier <= 520 or not 1 <= later <= 520:
            raise CommandError("Weeks are whole numbers from 1 to 520.")
        last = timezone.localdate() - timedelta(days=1)
        split = last - timedelta(weeks=later, days=-1)
        first = split - timedelta(weeks=earlier)
        kept, learnt, found = measure_hints(first=first, split=split, last=last)
        self.stdout.write(f"Earlier weeks, {first} to {split - timedelta(days=1)}: {_base(learnt)}.")
        if learnt.complaints < LEAST_COMPLAINTS:
            self.stdout.write(f"Fewer than {LEAST_COMPLAINTS} complaints: the threshold remains as it was.")
        self.stdout.write(f"Marked from weight {kept.threshold} on.")
        self.stdout.write(f"Later weeks, {split} to {last}: {_base(found)}.")
        self.stdout.write(f"Precision: {_share(found.precision, found.found, found.marked)}.")
        self.stdout.write(f"Recall: {_share(found.recall, found.found, found.complaints)}.")


def _base(counts: Counts) -> str:
    return f"{counts.messages} messages, {counts.complaints} of them complaints, {counts.marked} marked"


def _share(share: float | None, part: int, whole: int) -> str:
    return "not known (nothing to count)" if share is None else f"{share:.1%} ({part} of {whole})"
