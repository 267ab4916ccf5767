"""`send_promotions`: what beat starts every minute, by hand and in this process."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from notifications.models import Notice
from promotions.sending.commands import due_now, send_promotions
from promotions.sending.hours import leaves_at, next_opening

NOT_ALL, UNUSABLE = 1, 2  # exit codes
AN_HOUR = 3_600


class Command(BaseCommand):
    """Begin the promotions that are due and send what is being sent. Needs no broker, and may run beside the workers."""

    help = (
        "Begin the promotions whose moment has come, and send those that are being sent, on working days from nine to seven "
        "in the evening. Exit code 0: done; 1: some messages were refused, put off or are in doubt; 2: an argument cannot be "
        "used."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--seconds",
            type=int,
            default=AN_HOUR,
            metavar="N",
            help="end after N seconds at the latest (default: an hour)",
        )
        parser.add_argument("--dry-run", action="store_true", help="only print what there is to do")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["seconds"] < 1:
            raise CommandError("--seconds must be 1 or more.", returncode=UNUSABLE)
        now = timezone.now()
        if not leaves_at(now):
            opening = timezone.localtime(next_opening(now))
            self.stdout.write(f"Promotions do not leave now; they do again from {opening:%d/%m/%Y %H:%M}.")
        if options["dry_run"]:
            due = due_now(now)
            self.stdout.write(
                f"Promotions to begin: {due['to_begin']}; being sent: {due['sending']}; people who wait: {due['waiting']}."
            )
            return
        sent = send_promotions(seconds=options["seconds"])
        self.stdout.write(
            f"Promotions begun: {sent.begun}; written to: {sent.written}; left out: {sent.left_out.total()}; "
            f"sent: {sent.delivered[Notice.State.SENT]}."
        )
        trouble = sent.delivered.total() - sent.delivered[Notice.State.SENT] - sent.delivered[Notice.State.WITHHELD]
        if trouble:
            raise SystemExit(NOT_ALL)
