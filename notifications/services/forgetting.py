"""Command: forget who asked to enrol and did not, codes sent long ago, and what was written to addresses that are nobody's here.

The privacy notice (templates/legal/privacy.*.html) promises it, with these days.
"""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from customers.models import Enrolment, ProofCode
from foundation.retention import erasing
from notifications.models import Notice

KEPT = timedelta(days=30)
RULE = "forget-strangers"  # in the proofs of what was removed


def forget_strangers(now: datetime, *, chunk: int = 10_000) -> int:
    """Delete what is older than KEPT, whatever became of it, a chunk in a transaction of its own; returns how many rows.

    An enrolment whose link was used remains: it shows how somebody came into the reserved area.
    """
    before = now - KEPT
    unfinished = Enrolment.objects.filter(used_at__isnull=True, created_at__lt=before)
    to_strangers = Notice.objects.to_strangers().filter(created_at__lt=before)
    codes = ProofCode.objects.filter(created_at__lt=before)
    return _delete(unfinished, chunk) + _delete(to_strangers, chunk) + _delete(codes, chunk)


def _delete(rows: QuerySet, chunk: int) -> int:
    """Delete the rows, and what hangs on them; returns how many of the rows themselves."""
    deleted = 0
    while True:
        keys = list(rows.order_by().values_list("pk", flat=True)[:chunk])
        if keys:
            with erasing() as erase:
                erase.delete(rows.model.objects.filter(pk__in=keys), rule=RULE, details={"kept_days": KEPT.days})
        deleted += len(keys)
        if len(keys) < chunk:
            return deleted
