"""What waits about payments, for the first page of the back office."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from customers.models import PaymentIncident, RefundDue
from foundation.office.tiles import Tile

MOST = 999  # counted no further


def tiles(user: Any) -> list[Tile]:
    """Refunds to be made and incidents to be looked at, for the people who settle them."""
    found = []
    if user.has_perm("customers.change_refunddue"):
        count = RefundDue.objects.visible_to(user).open().order_by()[: MOST + 1].count()
        found.append(
            Tile(
                title=_("Refunds due"),
                value=_up_to_most(count),
                hint=_("paid twice, or not owed any more") if count else _("Nothing is to be given back"),
                url=reverse("admin:customers_refunddue_changelist"),
                tone="warn" if count else "good",
            )
        )
    if user.has_perm("customers.change_paymentincident"):
        count = PaymentIncident.objects.open().order_by()[: MOST + 1].count()
        found.append(
            Tile(
                title=_("Payment incidents"),
                value=_up_to_most(count),
                hint=_("what the provider says differs from what we know") if count else _("Nothing differs"),
                url=reverse("admin:customers_paymentincident_changelist"),
                tone="bad" if count else "good",
            )
        )
    return found


def _up_to_most(count: int) -> str:
    return f"{MOST}+" if count > MOST else str(count)
