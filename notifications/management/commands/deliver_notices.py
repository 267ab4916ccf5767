"""`deliver_notices`: what beat's sweep does every minute, by hand and in this process."""

import sys
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from notifications.delivery import DEAD_AFTER, deliver_notices, flag_stuck, owed_ids
from notifications.models import Notice
from notifications.services.waking import in_chunks

NOT_ALL, UNUSABLE = 1, 2  # exit codes


class Command(BaseCommand):
    """Send what is owed, oldest first; needs no broker and no worker, and does no harm beside them."""

    help = (
        "Send the notices that are owed now, oldest first, and put in doubt those whose worker died. Exit code 0: all of "
        "them left (or were withheld, with the reason kept); 1: some were refused, put off or are in doubt; 2: an "
        "argument cannot be used."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--limit", type=int, default=0, metavar="N", help="at most so many (default: all)")
        parser.add_argument("--dry-run", action="store_true", help="only say how many would be sent")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["limit"] < 0:
            raise CommandError("--limit takes a number from 1 up; without it all are sent.", returncode=UNUSABLE)
        now = timezone.now()
        owed = owed_ids(now, options["limit"] or None)
        if options["dry_run"]:
            stuck = Notice.objects.left_by_the_dead(now - DEAD_AFTER).count()
            self.stdout.write(f"Would send {len(owed)} notices, and put {stuck} in doubt.")
            return
        stuck = flag_stuck(now)
        fates: Counter[str] = Counter()
        for chunk in in_chunks(owed):
            before = fates.total()
            fates += deliver_notices(chunk)
            if sys.stderr.isatty():
                self.stderr.write(f"\r{fates.total()} of {len(owed)}", ending="")
            if fates.total() == before:
                break  # the mail server is away, or others are at it
        if sys.stderr.isatty():
            self.stderr.write("")
        said = [f"{count} {Notice.State(state).label}" for state, count in sorted(fates.items())]
        self.stdout.write(f"{', '.join(said) or 'nothing was owed'}." if fates or not owed else "Nothing was sent.")
        if stuck:
            self.stdout.write(f"{stuck} put in doubt: their worker died.")
        trouble = fates.total() - fates[Notice.State.SENT] - fates[Notice.State.WITHHELD]
        left = Notice.objects.owed(timezone.now()).filter(pk__in=owed[-1:]).exists()
        if trouble or stuck or left:
            raise SystemExit(NOT_ALL)
