"""`deliver_notices`: the sweep that beat starts every minute, by hand and in this process."""

import sys
from collections.abc import Iterator, Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from notifications.delivery import DEAD_AFTER, deliver_notices, flag_stuck, owed_ids
from notifications.models import Notice

NOT_ALL, UNUSABLE = 1, 2  # exit codes
SHOWN_EACH = 200  # notices between two numbers on the terminal


class Command(BaseCommand):
    """Send the notices that are due, oldest first. Needs no broker and no worker, and may run beside them."""

    help = (
        "Send the notices that are due now, oldest first, and put in doubt those whose worker died. Exit code 0: all were "
        "sent (or withheld, with the reason stored); 1: some were refused, put off or are in doubt; 2: an argument cannot "
        "be used."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--limit", type=int, default=0, metavar="N", help="send at most N notices (default: all)")
        parser.add_argument("--dry-run", action="store_true", help="only print how many would be sent")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["limit"] < 0:
            raise CommandError("--limit must be 1 or more; without it all are sent.", returncode=UNUSABLE)
        now = timezone.now()
        owed = owed_ids(now, options["limit"] or None)
        if options["dry_run"]:
            stuck = Notice.objects.left_by_the_dead(now - DEAD_AFTER).count()
            self.stdout.write(f"Would send {len(owed)} notices, and put {stuck} in doubt.")
            return
        stuck = flag_stuck(now)
        results = deliver_notices(self._with_progress(owed) if sys.stderr.isatty() else owed)
        sent = [f"{count} {Notice.State(state).label}" for state, count in sorted(results.items())]
        self.stdout.write(f"{', '.join(sent) or 'no notice was due'}." if results or not owed else "Nothing was sent.")
        if stuck:
            self.stdout.write(f"{stuck} put in doubt: their worker died.")
        trouble = results.total() - results[Notice.State.SENT] - results[Notice.State.WITHHELD]
        left = Notice.objects.owed(now)
        if options["limit"]:
            left = left.filter(pk__in=owed)
        if trouble or stuck or left.exists():
            raise SystemExit(NOT_ALL)

    def _with_progress(self, owed: Sequence[int]) -> Iterator[int]:
        """The ids, with how far it has got on the terminal."""
        for number, notice_id in enumerate(owed):
            if number % SHOWN_EACH == 0:
                self.stderr.write(f"\r{number} of {len(owed)}", ending="")
            yield notice_id
        self.stderr.write(f"\r{len(owed)} of {len(owed)}")
