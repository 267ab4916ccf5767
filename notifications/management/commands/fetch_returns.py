"""`fetch_returns`: one round over the mailboxes of what comes back, by hand."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from notifications.returns.rounds import fetch_returns


class Command(BaseCommand):
    """Read what came since the last round; a second run changes nothing."""

    help = (
        "Read bounces, complaints and answers from RETURNS_IMAP_URL and the receipts of certified e-mail from PEC_IMAP_URL, "
        "and put each to its notice. Exit code 0: all were read; 1: one was unreadable, or a mailbox could not be reached; "
        "2: no mailbox is set up."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        rounds = fetch_returns()
        if not rounds:
            raise CommandError("No mailbox is set up: set RETURNS_IMAP_URL or PEC_IMAP_URL.", returncode=2)
        for found in rounds:
            kinds = " ".join(f"{kind}={number}" for kind, number in sorted(found.new.items()))
            counts = f"receipts={found.receipts} unproved={found.unproved} known={found.known} removed={found.removed} waiting={found.waiting}"
            self.stdout.write(f"{found.mailbox}: {kinds + ' ' if kinds else ''}{counts} away={found.away}")
        if any(found.away or found.unreadable for found in rounds):
            raise SystemExit(1)
