"""Work of the outbox that runs by itself. Each task takes no more than ids, and may run twice.

The services are imported inside the functions, because they wake these tasks.
"""

from celery import shared_task
from django.utils import timezone


@shared_task
def deliver(notice_ids: list[int]) -> None:
    """Send those of the notices that are owed now."""
    from notifications.delivery import deliver_notices

    deliver_notices(notice_ids)


@shared_task
def sweep_notices() -> None:
    """Hand out what is owed and nobody was told of, and show a person what a dead worker was holding."""
    from notifications.delivery import sweep

    sweep()


@shared_task
def send_deadline_alerts() -> None:
    """Queue what is owed about policies, instalments and claims and was not told yet."""
    from notifications.deadlines import plan_alerts

    plan_alerts()


@shared_task
def forget_strangers() -> int:
    """Forget enrolments that came to nothing and the mail to addresses that are nobody's; returns how many rows."""
    from notifications.services import forget_strangers

    return forget_strangers(timezone.now())
