"""Work of the outbox that runs by itself. Each task takes no more than ids, and may run twice."""

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from notifications import payments, people
from notifications.climbing import climb
from notifications.deadlines import plan_alerts
from notifications.delivery import deliver_notices, sweep
from notifications.returns import rounds
from notifications.sendings.counting import count_days


@shared_task
def deliver(notice_ids: list[int], patient: bool = False) -> None:
    """Send those of the notices that are owed now; `patient` waits for channels that are slow, others are handed on."""
    deliver_notices(notice_ids, patient=patient)


@shared_task
def sweep_notices() -> None:
    """Hand out what is owed and has no worker yet, and show a person what a dead worker was holding."""
    sweep()


@shared_task
def send_deadline_alerts() -> None:
    """Queue what is owed about policies, instalments and claims and has no notice yet."""
    plan_alerts()


@shared_task
def climb_ladders() -> int:
    """Send another way what did not arrive; returns how many."""
    return climb(timezone.now())


@shared_task
def fetch_returns() -> None:
    """Read bounces, complaints, answers and receipts that came to our mailboxes since the last round."""
    rounds.fetch_returns()


@shared_task
def count_sendings(days: int) -> int:
    """Count again what became of the notices of the last days; returns how many rows were written."""
    return count_days(timezone.now(), days=days)


@shared_task
def remind_of_ends() -> int:
    """Write to those who act for another and whose last day comes near; returns how many they are."""
    with transaction.atomic():
        return people.remind_of_ends(timezone.localdate())


@shared_task
def poll_payments() -> int:
    """Ask the provider about payments begun some minutes ago and not confirmed; returns how many."""
    return payments.poll_payments(timezone.now())


@shared_task
def reconcile_payments() -> None:
    """Compare the last days' payments with the provider's."""
    payments.reconcile_payments(timezone.now())
