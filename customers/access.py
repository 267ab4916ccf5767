"""Commands: write down that somebody opened a customer's file, or took a file of many customers away."""

from datetime import timedelta

from django.utils import timezone

from customers.models import AccessLog, User

SAME_LOOK = timedelta(minutes=10)  # going back and forth inside a file is one look


def record_access(user: User, customer_id: int, *, what: str) -> AccessLog | None:
    """Add a row to the access log, or None where the same user opened the same file in the last ten minutes."""
    recent = AccessLog.objects.filter(user=user, customer=customer_id, at__gt=timezone.now() - SAME_LOOK)
    if recent.exists():
        return None
    return AccessLog.objects.create(user=user, customer_id=customer_id, what=what)


def record_download(user: User, *, what: str) -> AccessLog:
    """Add a row for a file with many customers in it; each download has its own."""
    return AccessLog.objects.create(user=user, what=what)
