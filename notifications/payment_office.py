"""The back office's buttons on an incident and on a refund: both write to the customer, so they stand here."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import PaymentIncident, RefundDue
from customers.models.payment import IncidentDecision
from customers.payments.commands import decisions_about
from customers.payments.rules import stated_in_euro
from foundation.form_fields import DayField
from foundation.office.commands import Command
from foundation.office.read_only import euro
from foundation.requests import StaffRequest
from notifications.payments import close_incident, refund_payment


class CloseIncidentForm(forms.Form):
    """What becomes of the money, and what was found. Only what fits the payment now can be chosen."""

    decision = forms.ChoiceField(label=gettext_lazy("What becomes of the money"), widget=forms.RadioSelect)
    amount = forms.DecimalField(
        label=gettext_lazy("How much came, in euro"),
        required=False,
        min_value=Decimal("0.01"),
        max_digits=12,
        decimal_places=2,
        localize=True,
        help_text=gettext_lazy("Only where the money goes back: the provider did not say it in euro."),
    )
    reason = forms.CharField(
        label=gettext_lazy("What you found, and what was done"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, incident: PaymentIncident, **kwargs: Any):
        super().__init__(*args, **kwargs)
        event, known = incident.event, decisions_about(incident)
        came = stated_in_euro(event.amount, event.currency) if event is not None else None
        choices = []
        for decision in known:
            label = str(decision.label)
            if decision == IncidentDecision.REFUND and came is not None:
                label = _("%(decision)s: %(amount)s") % {"decision": label, "amount": euro(came)}
            choices.append((decision.value, capfirst(label)))
        self.fields["decision"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField
        if came is not None or IncidentDecision.REFUND not in known:
            del self.fields["amount"]


class CloseIncident(Command[PaymentIncident]):
    """Close an incident: what becomes of the money, and what was found; the customer is written to."""

    name = "chiudi"
    label = gettext_lazy("Close incident")
    icon = "task_alt"
    tone = "primary"
    permission = "customers.change_paymentincident"
    form_class = CloseIncidentForm
    question = gettext_lazy("It leaves the list, and the customer is written to where their money is concerned.")

    def offered(self, request: StaffRequest, row: PaymentIncident) -> bool:
        return row.closed_at is None

    def form_arguments(self, request: StaffRequest, row: PaymentIncident) -> dict[str, Any]:
        return {"incident": row}

    def run(self, request: StaffRequest, row: PaymentIncident, data: dict[str, Any]) -> str:
        closed = close_incident(
            row, decision=data["decision"], reason=data["reason"], amount=data.get("amount"), by=request.user
        )
        if closed.refund is not None:
            return _("The incident is closed: the sum is among the refunds due, and the customer is being informed.")
        if closed.is_settled or closed.is_ended:
            return _("The incident is closed, and the customer is being informed.")
        return _("The incident is closed.")


class RefundForm(forms.Form):
    """When and how the money went back."""

    refunded_on = DayField(label=gettext_lazy("Day on which it went back"))
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
