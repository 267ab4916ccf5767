"""The periodic tasks about customers' files."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from customers.joining.nightly import find_duplicates
from customers.sensitive.unusual import find_unusual


@shared_task
def find_unusual_accesses() -> None:
    """Look at yesterday, and at the days before it that a stopped system left out: a second look adds nothing."""
    today = timezone.localdate()
    for days in range(3, 0, -1):
        find_unusual(today - timedelta(days=days))


@shared_task
def find_likely_duplicates() -> None:
    """Look for files of one person: a second look of the same night finds the same."""
    find_duplicates(timezone.localdate())
