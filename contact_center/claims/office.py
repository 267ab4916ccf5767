"""What staff do about claims in the back office: report one for a customer, ask for documents; and its conversation."""

import datetime
import uuid
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from contact_center.claims.documents import ask_document, record_received, withdraw_document
from contact_center.models import Contact
from customers.claim_reports.commands import begin_draft
from customers.claim_reports.office import POLICY, REPORT_COMMAND, REPORTS
from customers.claim_reports.queries import policies_to_report
from customers.models import AskedDocument, Claim, ClaimDraft, Customer, Policy, User
from foundation.form_fields import DateInput
from foundation.numbers import whole_number
from foundation.office.base import Panel
from foundation.office.commands import Command, Done
from foundation.requests import StaffRequest

FOLLOWS = "customers.change_claim"
SEES_CONTACTS = "contact_center.view_contact"  # an agency has none of ours: what it reports came to the agency
MOST_POLICIES = 100
USUAL_DAYS = 15  # given to the customer where nothing else is chosen


# --- Reporting one --------------------------------------------------------------------------------------------------
class PolicyField(forms.ModelChoiceField):
    """A policy by its product, plate, number and state."""

    def label_from_instance(self, obj: Policy) -> str:
        plate = f" · {obj.plate}" if obj.plate else ""
        return f"{obj.product}{plate} · {obj.number} · {obj.get_state_display()}"


class BeginForm(forms.Form):
    """Under which policy, and how the report came; of an agency's only the policy is asked, among those that it looks after."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    policy = PolicyField(Policy.objects.none(), label=_("Policy"), widget=forms.RadioSelect, empty_label=None)
    channel = forms.ChoiceField(label=_("How it was reported"), widget=forms.RadioSelect)

    def __init__(
        self,
        *args: Any,
        customer: Customer,
        by: User,
        contact: Contact | None = None,
        policy: int | None = None,
        **kwargs: Any,
    ) -> None:
        channels = ClaimDraft.Channel
        by_post, by_mail, by_phone = channels.POST, channels.EMAIL, channels.PHONE
        kwargs["initial"] = {"key": uuid.uuid4(), "channel": by_phone if contact else None, "policy": policy}
        super().__init__(*args, **kwargs)
        policies = policies_to_report(customer, timezone.localdate()).visible_to(by)[:MOST_POLICIES]
        field = self.fields["policy"]
        assert isinstance(field, PolicyField)
        field.queryset = Policy.objects.filter(pk__in=[each.pk for each in policies]).order_by("state", "-ends_on")
        if not by.has_perm(SEES_CONTACTS):
            del self.fields["channel"]
            return
        channel = self.fields["channel"]
        assert isinstance(channel, forms.ChoiceField)
        channel.choices = [(each.value, each.label) for each in (by_phone, by_post, by_mail)]


class ReportClaim(Command[Customer]):
    """From a customer's file: a claim that they report by telephone, in writing or at their agency, by the same guide as in the reserved area."""

    permission = REPORTS
    name, icon = REPORT_COMMAND, "car_crash"
    label = _("Report a claim")
    question = _("You are led through the questions of the policy's line. What is answered is kept step by step.")
    form_class = BeginForm

    def offered(self, request: StaffRequest, row: Customer) -> bool:
        return policies_to_report(row, timezone.localdate()).visible_to(request.user).exists()

    def why_not(self, request: StaffRequest, row: Customer) -> Any:
        return gettext(
            "There is no policy that a claim can be reported under here: none of the last two years that you look after."
        )

    def form_arguments(self, request: StaffRequest, row: Customer) -> dict[str, Any]:
        return {"customer": row, "by": request.user, "policy": whole_number(request.GET.get(POLICY, ""))}

    def run(self, request: StaffRequest, row: Customer, data: dict[str, Any]) -> Done:
        return _begun(request, row, data)


class ReportClaimOfContact(Command[Contact]):
    """From a call or letter in hand: the claim that it reports. The contact is about that claim then."""

    permission = REPORTS
    name, icon = "sinistro", "car_crash"
    label = _("Report a claim")
    question = ReportClaim.question
    form_class = BeginForm

    def offered(self, request: StaffRequest, row: Contact) -> bool:
        return row.customer_id is not None and row.claim_id is None and row.state != Contact.State.CLOSED

    def form_arguments(self, request: StaffRequest, row: Contact) -> dict[str, Any]:
        assert row.customer is not None, "it is offered where the person is known"
        return {"customer": row.customer, "by": request.user, "contact": row}

    def run(self, request: StaffRequest, row: Contact, data: dict[str, Any]) -> Done:
        assert row.customer is not None, "it is offered where the person is known"
        return _begun(request, row.customer, data, contact=row)


def _begun(request: StaffRequest, customer: Customer, data: dict[str, Any], contact: Contact | None = None) -> Done:
    channel = data.get("channel", ClaimDraft.Channel.AGENCY)
    draft = begin_draft(key=data["key"], customer=customer, policy=data["policy"], by=request.user, channel=channel)
    address = reverse("office_report_draft", args=[draft.key])
    return Done(goes_to=f"{address}?contatto={contact.pk}" if contact else address)


# --- Documents ------------------------------------------------------------------------------------------------------
class AskForm(forms.Form):
    """Which document, what for, until when."""

    name = forms.CharField(
        label=_("Document"), max_length=200, help_text=_("As the customer calls it, such as: estimate of the repairer")
    )
    why = forms.CharField(
        label=_("What it is needed for"), max_length=1_000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    due_on = forms.DateField(label=_("Needed by"), widget=DateInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"due_on": timezone.localdate() + datetime.timedelta(days=USUAL_DAYS)}
        super().__init__(*args, **kwargs)


class AskDocument(Command[Claim]):
    """Ask the customer for a document of an open claim."""

    permission = FOLLOWS
    name, icon = "documento", "note_add"
    label = pgettext_lazy("of the customer", "Ask for a document")
    question = _(
        "The customer is informed at once, sends it in the reserved area, and is reminded once when the day is past."
    )
    form_class = AskForm

    def offered(self, request: StaffRequest, row: Claim) -> bool:
        return row.state in Claim.OPEN_STATES

    def run(self, request: StaffRequest, row: Claim, data: dict[str, Any]) -> str:
        asked = ask_document(row, by=request.user, **data)
        return gettext("“%(name)s” was asked for.") % {"name": asked.name}


class WhichForm(forms.Form):
    """Which of the documents that are waited for."""

    asked = forms.ModelChoiceField(
        AskedDocument.objects.none(), label=_("Document"), widget=forms.RadioSelect, empty_label=None
    )

    def __init__(self, *args: Any, claim: Claim, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["asked"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = AskedDocument.objects.open().filter(claim=claim)


class OfWaited(Command[Claim]):
    """Something about a document that is waited for."""

    permission = FOLLOWS
    form_class = WhichForm

    def offered(self, request: StaffRequest, row: Claim) -> bool:
        return AskedDocument.objects.open().filter(claim=row).exists()

    def form_arguments(self, request: StaffRequest, row: Claim) -> dict[str, Any]:
        return {"claim": row}


class DocumentReceived(OfWaited):
    """It came by another way."""

    name, icon = "documento-ricevuto", "task"
    label = _("A document came by another way")
    question = _("By post or by hand: the customer no longer reads that it is missing.")

    def run(self, request: StaffRequest, row: Claim, data: dict[str, Any]) -> str:
        record_received(data["asked"], by=request.user)
        return gettext("“%(name)s” counts as received.") % {"name": data["asked"]}


class DocumentNotNeeded(OfWaited):
    """It is not needed any more."""

    name, icon = "documento-superfluo", "scan_delete"
    label = _("A document is no longer needed")
    question = _("The customer reads that it is no longer needed, and is not reminded of it.")

    def run(self, request: StaffRequest, row: Claim, data: dict[str, Any]) -> str:
        withdraw_document(data["asked"], by=request.user)
        return gettext("“%(name)s” is no longer waited for.") % {"name": data["asked"]}


# --- The page of a claim ------------------------------------------------------------------------------------------
class ConversationPanel(Panel):
    """The contacts about the claim, calls among them, newest first."""

    model = Contact
    fk_name = "claim"
    verbose_name_plural = _("conversation")
    fields = ("number_shown", "channel", "subject", "state", "started_at")
    ordering = ("-started_at", "-pk")

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        return super().get_queryset(request).defer("notes")

    @display(description=_("number"))
    def number_shown(self, contact: Contact) -> str:
        return contact.number
