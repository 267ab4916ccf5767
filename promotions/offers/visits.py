"""Whether a person or a machine followed a link (rule), and counting it (command)."""

import re
from datetime import datetime, timedelta

from django.db import transaction

from promotions.models import Recipient, Visit

SOONEST = timedelta(seconds=30)  # after it was sent: scanners of mail follow every link at once
MOST_KEPT = 20  # of one message: whoever follows it more often tells us nothing more
MACHINES = re.compile(r"bot|crawl|spider|scan|preview|proxy|fetch|curl|wget|python|java/|go-http|headless", re.I)


def looks_like_machine(*, sent_at: datetime, at: datetime, program: str) -> bool:
    """Rule: whether the visit is a machine's. `program` is what the visitor calls itself."""
    return at - sent_at < SOONEST or not program or MACHINES.search(program) is not None


@transaction.atomic
def count_visit(recipient: Recipient, *, at: datetime, program: str) -> None:
    """Count that the link was followed. Nothing else changes: a scanner that follows it does no harm."""
    if (
        recipient.written_at is None
        or Visit.objects.filter(recipient=recipient).order_by()[:MOST_KEPT].count() >= MOST_KEPT
    ):
        return
    by_machine = looks_like_machine(sent_at=recipient.written_at, at=at, program=program)
    Visit.objects.create(recipient=recipient, by_machine=by_machine, at=at)
