"""Work of the outbox that runs by itself. Each task takes no more than ids, and may run twice."""

from celery import shared_task
from django.utils import timezone

from notifications import payments, services
from notifications.deadlines import plan_alerts
from notifications.delivery import deliver_notices, sweep


@shared_task
def deliver(notice_ids: list[int]) -> None:
    """Send those of the notices that are owed now."""
    deliver_notices(notice_ids)


@shared_task
def sweep_notices() -> None:
    """Hand out what is owed and has no worker yet, and show a person what a dead worker was holding."""
    sweep()


@shared_task
def send_deadline_alerts() -> None:
    """Queue what is owed about policies, instalments and claims and has no notice yet."""
    plan_alerts()


@shared_task
def forget_strangers() -> int:
    """Forget enrolments that came to nothing and the mail to addresses that are nobody's; returns how many rows."""
    return services.forget_strangers(timezone.now())


@shared_task
def poll_payments() -> int:
    """Ask the provider about payments begun some minutes ago and not confirmed; returns how many."""
    return payments.poll_payments(timezone.now())


@shared_task
def reconcile_payments() -> None:
    """Compare the last days' payments with the provider's."""
    payments.reconcile_payments(timezone.now())
