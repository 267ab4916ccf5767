"""`reconcile_payments`: the nightly comparison with the provider of payments, by hand."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from customers.models import PaymentIncident
from notifications.payments import reconcile_payments


class Command(BaseCommand):
    """Compare, book what was not known, list what differs; a second run adds nothing."""

    help = (
        "Ask the provider about open attempts to pay and about what was paid in the last two days; book what is not known "
        "here, and put what differs among the payment incidents. Exit code 0: nothing is left to look at; 1: an incident "
        "is open, or the provider could not be reached."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        found = reconcile_payments(timezone.now())
        waiting = list(PaymentIncident.objects.open().select_related("payment").order_by("pk")[:100])
        self.stdout.write(
            f"asked={found.asked} abandoned={found.abandoned} booked={found.booked} missing={found.missing} "
            f"open_incidents={len(waiting)}"
        )
        for each in waiting:
            self.stdout.write(
                f"  {each.pk} {each.kind} {each.payment or ''} expected={each.expected} stated={each.stated}"
            )
        if found.away:
            self.stdout.write(f"The provider {found.away} could not be reached: the next run asks again.")
        if waiting or found.away:
            raise SystemExit(1)
