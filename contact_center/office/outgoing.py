"""Writing down a call of ours, from a customer's file and from a contact: two clicks, where it was just made."""

import uuid
from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from contact_center.call_backs.making import record_no_answer
from contact_center.contacts.outgoing import LONGEST_TALK, Called, numbers_to_call, record_call
from contact_center.contacts.wrap_up_forms import CodeSelect, TopicField, field_of, text_field
from contact_center.models import Contact, WrapUpCode
from contact_center.office.queue import agent_on
from contact_center.office.work import WORKS
from customers.contact_points.queries import numbers_of
from customers.models import ContactPoint, Customer
from foundation.masking import Kind, seen
from foundation.office.commands import Command, Done
from foundation.office.links import change_address
from foundation.requests import StaffRequest

MINUTES = (0, 5, 15, 30, 60)  # how long ago the call was, to choose from


class CallForm(forms.Form):
    """Which number, when, whether somebody answered, what came of it."""

    submission_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    number = forms.ChoiceField(label=_("Number called"), widget=forms.RadioSelect)
    minutes_ago = forms.TypedChoiceField(label=_("When"), coerce=int, initial=0)
    reached = forms.TypedChoiceField(
        label=_("Did somebody answer?"),
        coerce=lambda value: value == "yes",
        choices=[("yes", _("Yes")), ("no", _("No"))],
        widget=forms.RadioSelect,
    )
    talk_seconds = forms.IntegerField(
        label=_("Length in seconds"),
        required=False,
        min_value=0,
        max_value=LONGEST_TALK,
        help_text=_("If the telephone shows it."),
    )
    topic = TopicField()
    code = forms.ModelChoiceField(
        label=_("Outcome"),
        queryset=WrapUpCode.objects.none(),
        required=False,
        widget=CodeSelect,
        empty_label=_("not settled yet"),
        blank=True,
        help_text=_("If it is settled already, it is closed at once."),
    )
    note = text_field(_("Note for colleagues"), required=False, rows=3)

    def __init__(self, *args: Any, numbers: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        number = field_of(self, "number", forms.ChoiceField)
        number.choices = numbers
        number.initial = numbers[0][0] if numbers else None
        ago = field_of(self, "minutes_ago", forms.TypedChoiceField)
        ago.choices = [
            (each, gettext("%(n)d minutes ago") % {"n": each} if each else gettext("just now")) for each in MINUTES
        ]
        field_of(self, "topic", TopicField).fill()
        codes = WrapUpCode.objects.valid_on(timezone.localdate()).filter(lines=None)
        field_of(self, "code", forms.ModelChoiceField).queryset = codes

    def clean(self) -> dict[str, Any]:
        """A code with the topic that it needs."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        code = cleaned.get("code")
        if code is not None and code.needs_topic and not cleaned.get("topic") and "topic" not in self.errors:
            self.add_error("topic", _("Choose a topic: this code needs one."))
        return cleaned


QUESTION = _(
    "For a call that you have just made: it is kept with the person's contacts, and counts in no figure of calls that come in."
)


def _recorded(
    request: StaffRequest, data: dict[str, Any], *, customer: Customer | None, about: Contact | None = None
) -> Done:
    """Write it down, and go on to its page."""
    at = timezone.now() - timedelta(minutes=data["minutes_ago"])
    entered = record_call(
        submission_key=data["submission_key"],
        called=Called(data["number"], at, reached=data["reached"], talk_seconds=data["talk_seconds"]),
        customer=customer,
        about=about,
        code=data["code"],
        topic=data["topic"],
        note=data["note"],
        by=request.user,
    )
    contact = entered.contact
    words = gettext("Entered as %(number)s.") if entered.is_new else gettext("It was entered already, as %(number)s.")
    if entered.is_new and about is not None and not data["reached"] and _is_promised(about):
        record_no_answer(about, by=request.user)
    return Done(words % {"number": contact.number}, change_address(about or contact))


def _is_promised(contact: Contact) -> bool:
    call_back = getattr(contact, "call_back", None)
    return call_back is not None and call_back.cancelled_at is None and contact.state != Contact.State.CLOSED


def _shown(request: StaffRequest, numbers: list[str]) -> list[tuple[str, str]]:
    return [(each, seen(request.user, Kind.TELEPHONE, each)) for each in numbers]


class RecordCallTo(Command[Customer]):
    """From a customer's file."""

    permission = WORKS
    name, icon = "ho-telefonato", "phone_forwarded"
    label = pgettext_lazy("a call of ours", "Record a call we made")
    question = QUESTION
    form_class = CallForm

    def offered(self, request: StaffRequest, row: Customer) -> bool:
        return agent_on(request) is not None and bool(numbers_of(row))

    def why_not(self, request: StaffRequest, row: Customer) -> Any:
        return _(
            "Whoever made the call answers as an agent, and the file has a telephone number: one of the two lacks."
        )

    def form_arguments(self, request: StaffRequest, row: Customer) -> dict[str, Any]:
        return {"numbers": _shown(request, numbers_of(row))}

    def run(self, request: StaffRequest, row: Customer, data: dict[str, Any]) -> Done:
        return _recorded(request, data, customer=row)


class RecordCallAbout(Command[Contact]):
    """From a contact, a call-back among them: the call goes on from it."""

    permission = WORKS
    name, icon = "ho-telefonato", "phone_forwarded"
    label = RecordCallTo.label
    question = QUESTION
    form_class = CallForm

    def prepare(self, queryset: QuerySet[Contact]) -> QuerySet[Contact]:
        """With whether the person has a number."""
        numbers = ContactPoint.objects.filter(kind="phone", customer=OuterRef("customer"))
        return queryset.annotate(has_number=Exists(numbers))

    def offered(self, request: StaffRequest, row: Contact) -> bool:
        if (row.customer_id is None and not row.stated_name) or agent_on(request) is None:
            return False
        own = row.channel == Contact.Channel.PHONE and row.address.startswith("+")
        return own or getattr(row, "has_number", False) or hasattr(row, "call_back")

    def why_not(self, request: StaffRequest, row: Contact) -> Any:
        return _("Name the person first; the contact or the file then needs a telephone number.")

    def form_arguments(self, request: StaffRequest, row: Contact) -> dict[str, Any]:
        return {"numbers": _shown(request, numbers_to_call(row.customer, row))}

    def run(self, request: StaffRequest, row: Contact, data: dict[str, Any]) -> Done:
        return _recorded(request, data, customer=row.customer, about=row)
