"""The back office's button on a refund: recording it writes to the customer, so it stands here."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import RefundDue
from foundation.office.commands import Command
from foundation.requests import StaffRequest
from notifications.payments import refund_payment


class RefundForm(forms.Form):
    """When and how the money went back."""

    refunded_on = forms.DateField(
        label=gettext_lazy("Day on which it went back"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    way = forms.CharField(
        label=gettext_lazy("How"),
        max_length=300,
        help_text=gettext_lazy("The customer reads it: “to the card with which you paid”, “transfer with number …”."),
    )


class RefundDone(Command[RefundDue]):
    """The money went back: when, how; the customer is written to."""

    name = "rimborsato"
    label = gettext_lazy("Refund done")
    icon = "undo"
    tone = "primary"
    permission = "customers.change_refunddue"
    form_class = RefundForm
    question = gettext_lazy("Record it once the money has left. The customer is written to at once.")

    def offered(self, request: StaffRequest, row: RefundDue) -> bool:
        return row.refunded_on is None

    def form_arguments(self, request: StaffRequest, row: RefundDue) -> dict[str, Any]:
        return {"initial": {"refunded_on": timezone.localdate()}}

    def run(self, request: StaffRequest, row: RefundDue, data: dict[str, Any]) -> str:
        refund_payment(row, refunded_on=data["refunded_on"], way=data["way"], by=request.user)
        return _("The refund is recorded, and the customer is being informed.")
