"""Work on complaints that runs by itself. A task asks what is owed today, and may run twice."""

from celery import shared_task
from django.utils import timezone

from complaints import services


@shared_task
def follow_letters() -> int:
    """Enter which answer letters have gone, and report those that did not arrive; returns how many."""
    return services.follow_letters()


@shared_task
def keep_terms() -> tuple[int, int]:
    """Let clocks go on that stood still for 15 days, then warn of terms that come near; returns how many of both."""
    today = timezone.localdate()
    return services.resume_lapsed(today), services.warn_of_terms(today)
