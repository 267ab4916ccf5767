"""Work on complaints that runs by itself. Each task asks what is owed today, and may run twice."""

from celery import shared_task
from django.utils import timezone


@shared_task
def follow_letters() -> int:
    """Enter which answer letters have gone, and report those that did not arrive; returns how many."""
    from complaints.services import follow_letters as follow

    return follow()


@shared_task
def keep_terms() -> tuple[int, int]:
    """Let clocks go on that stood still for 15 days, then warn of the terms that come near; returns how many of each."""
    from complaints.services import resume_lapsed, tell_rungs

    today = timezone.localdate()
    return resume_lapsed(today), tell_rungs(today)
