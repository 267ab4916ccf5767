"""What a person can do to a claim from its page: the later steps, of which its reporter is told at once."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Claim
from customers.validators import normalise_phone
from foundation.form_fields import AmountField, DateInput, LineField, TextField
from foundation.office.commands import Command
from foundation.requests import StaffRequest
from foundation.text import CleanedForm
from notifications import settling

MAY_FOLLOW, MAY_SETTLE = "customers.change_claim", "customers.settle_claim"


class PeopleForm(CleanedForm, forms.Form):
    """Who follows the claim from now on."""

    adjuster = LineField(label=gettext_lazy("Adjuster"), max_length=150)
    adjuster_phone = LineField(
        label=gettext_lazy("Adjuster's phone"), max_length=40, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    assessor = LineField(
        label=gettext_lazy("Assessor"), max_length=150, required=False, help_text=gettext_lazy("If one was appointed")
    )
    repairer = LineField(label=gettext_lazy("Affiliated repairer"), max_length=200, required=False)

    def clean_adjuster_phone(self) -> str:
        return normalise_phone(self.cleaned_data["adjuster_phone"])


class VisitForm(CleanedForm, forms.Form):
    """When and where the assessor comes."""

    visit_on = forms.DateField(label=gettext_lazy("Day of the visit"), widget=DateInput)
    visit_place = LineField(
        label=gettext_lazy("Place"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Empty: the customer reads that the assessor agrees it with them"),
    )
    assessor = LineField(label=gettext_lazy("Assessor"), max_length=150, required=False)


class OfferForm(CleanedForm, forms.Form):
    """What was offered."""

    offered_on = forms.DateField(label=gettext_lazy("Day of the offer"), widget=DateInput)
    amount = AmountField(label=gettext_lazy("Amount (euro)"))


class PaidForm(CleanedForm, forms.Form):
    """What was paid."""

    paid_on = forms.DateField(label=gettext_lazy("Day of the payment"), widget=DateInput)
    amount = AmountField(label=gettext_lazy("Amount (euro)"))


class RefusalForm(CleanedForm, forms.Form):
    """Why it is refused."""

    refused_on = forms.DateField(label=gettext_lazy("Day of the decision"), widget=DateInput)
    reason = TextField(
        label=gettext_lazy("Reason"),
        most=4_000,
        rows=6,
        help_text=gettext_lazy("The customer reads it as you write it; how to complain is added by itself."),
    )


class _Step(Command[Claim]):
    """A step of a claim that is not over."""

    permission = MAY_FOLLOW
    states: tuple[str, ...] = Claim.OPEN_STATES

    def offered(self, request: StaffRequest, row: Claim) -> bool:
        return row.state in self.states


class ChangePeople(_Step):
    """Somebody else follows it."""

    name = "chi-segue"
    label = gettext_lazy("Change who follows it")
    icon = "manage_accounts"
    form_class = PeopleForm
    states = settling.FOLLOWED
    question = gettext_lazy("The customer is informed at once who follows the claim from now on.")

    def form_arguments(self, request: StaffRequest, row: Claim) -> dict[str, Any]:
        names = ("adjuster", "adjuster_phone", "assessor", "repairer")
        return {"initial": {name: getattr(row, name) for name in names}}

    def run(self, request: StaffRequest, row: Claim, data: dict[str, Any]) -> str:
        settling.change_claim_people(row, by=request.user, **data)
        return _("The people who follow the claim are recorded.")


class SetVisit(_Step):
    """The assessor comes."""

    name = "sopralluogo"
    label = gettext_lazy("Set the visit")
    icon = "event"
    form_class = VisitForm
    question = gettext_lazy("The customer is informed at once on which day the assessor comes, and where.")

    def form_arguments(self, request: StaffRequest, row: Claim) -> dict[str, Any]:
        return {"initial": {name: getattr(row, name) for name in ("visit_on", "visit_place", "assessor")}}

    def run(self, request: StaffRequest, row: Claim, data: dict[str, Any]) -> str:
        settling.set_claim_visit(row, by=request.user, **data)
        return _("The visit is recorded, and the customer is being informed.")


class RecordOffer(_Step):
    """An offer was made."""

    name = "offerta"
    label = gettext_lazy("Record the offer")
    icon = "request_quote"
    permission = MAY_SETTLE
    form_class = OfferForm
    states = (Claim.State.REPORTED, Claim.State.TAKEN_IN_CHARGE, Claim.State.OFFERED)
    question = gettext_lazy("The customer is informed at once: amount, days to answer, and the steps not told before.")

    def form_arguments(self, request: StaffRequest, row: Claim) -> dict[str, Any]:
        return {"initial": {"offered_on": timezone.localdate()}}

    def run(self, request: StaffRequest, row: Claim, data: dict[str, Any]) -> str:
        settling.record_claim_offer(row, by=request.user, **data)
        return _("The offer is recorded, and the customer is being informed.")


class RecordPayment(_Step):
    """It was paid."""

    name = "liquidazione"
    label = gettext_lazy("Record the payment")
    icon = "payments"
    permission = MAY_SETTLE
    form_class = PaidForm
    question = gettext_lazy("The claim is closed as paid, and the customer is informed at once.")

    def form_arguments(self, request: StaffRequest, row: Claim) -> dict[str, Any]:
        return {"initial": {"paid_on": timezone.localdate(), "amount": row.offered_amount}}

    def run(self, request: StaffRequest, row: Claim, data: dict[str, Any]) -> str:
        settling.record_claim_payment(row, by=request.user, **data)
        return _("The payment is recorded, and the customer is being informed.")


class RefuseClaim(_Step):
    """It is refused."""

    name = "reiezione"
    label = gettext_lazy("Refuse the claim")
    icon = "block"
    tone = "danger"
    permission = MAY_SETTLE
    form_class = RefusalForm
    question = gettext_lazy(
        "The claim is closed, and the customer is informed at once of the reason and of how to complain."
    )

    def form_arguments(self, request: StaffRequest, row: Claim) -> dict[str, Any]:
        return {"initial": {"refused_on": timezone.localdate()}}

    def run(self, request: StaffRequest, row: Claim, data: dict[str, Any]) -> str:
        settling.refuse_claim(row, by=request.user, **data)
        return _("The refusal is recorded, and the customer is being informed.")
