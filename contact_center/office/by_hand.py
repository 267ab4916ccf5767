"""Entering a contact by hand, from the queue and from a customer's file: one page, one save (`contacts/by_hand.py`)."""

import re
import uuid
from datetime import UTC, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from contact_center.contacts.by_hand import OLDEST, Course, Direction, Stated, enter_contact
from contact_center.contacts.wrap_up_forms import (
    OF_THE_TELEPHONE,
    REASONS,
    CodeSelect,
    TopicField,
    field_of,
    text_field,
)
from contact_center.desk.commands import complaint_form_url
from contact_center.models import Agent, Contact, Team, WrapUpCode
from contact_center.office.queue import agent_on
from contact_center.office.work import WORKS
from customers.models import Customer
from customers.sensitive.restricted import closed_to
from customers.validators import normalise_email, normalise_phone
from foundation.dates import ROME
from foundation.files.accepted import KINDS, MESSAGE
from foundation.files.uploads import no_room, too_large
from foundation.form_fields import ChooseAgain, DayField, FilesField, LineField, NormalisedField
from foundation.form_guard import name_what_is_missing
from foundation.office.commands import Command, Done, ListCommand
from foundation.requests import StaffRequest

Channel = Contact.Channel
MINE, MY_TEAM, A_TEAM = "mine", "my_team", "team"
# What the page calls each way: its channel, its direction, its words.
WAYS = {
    "post": (Channel.POST, Direction.INBOUND, _("a letter came")),
    "visit": (Channel.VISIT, Direction.INBOUND, _("somebody came to an office")),
    "email": (Channel.EMAIL, Direction.INBOUND, _("an e-mail came that was read elsewhere")),
    "call": (Channel.PHONE, Direction.OUTBOUND, _("we telephoned")),
    "post_sent": (Channel.POST, Direction.OUTBOUND, _("we wrote a letter")),
    "email_sent": (Channel.EMAIL, Direction.OUTBOUND, _("we wrote an e-mail elsewhere")),
}
_NUMBER = re.compile(r"(?:C-?)?0*([0-9]{1,12})", re.IGNORECASE)


class TimeInput(forms.TimeInput):
    """The browser's own control for an hour."""

    input_type = "time"


class EnterForm(ChooseAgain):
    """How it came and when, who it was, what about, where it goes, and what came of it if it is settled."""

    how = forms.ChoiceField(
        label=_("What happened"),
        choices=[(name, words) for name, (_channel, _direction, words) in WAYS.items()],
        widget=forms.RadioSelect,
        help_text=_("What we began ourselves is kept, and counts in no figure."),
    )
    received_on = DayField(
        label=_("On which day"), help_text=_("When it reached us, not when it is entered: its clock runs from then.")
    )
    received_at = forms.TimeField(
        label=_("At what time"),
        required=False,
        widget=TimeInput(format="%H:%M"),
        help_text=_("Left empty, the day counts from its beginning."),
    )
    customer = LineField(
        label=_("Customer"),
        max_length=30,
        required=False,
        help_text=_("Customer code or tax code, if they are a customer."),
    )
    name = LineField(
        label=_("Name as stated"), max_length=200, required=False, help_text=_("Where it is no customer that we know.")
    )
    email = NormalisedField(
        normalise_email,
        label=_("E-mail address as stated"),
        max_length=254,
        required=False,
        help_text=_("The one it came from, or that stands in the letter."),
    )
    phone = NormalisedField(
        normalise_phone,
        label=_("Telephone number"),
        max_length=30,
        required=False,
        help_text=_("The one that was called, or that they stated."),
    )
    postal_address = LineField(label=_("Postal address as stated"), max_length=300, required=False)
    place = LineField(
        label=_("Office of the visit"), max_length=200, required=False, help_text=_("Such as: agency of Pavia.")
    )
    continues = LineField(
        label=_("Goes on from"),
        max_length=20,
        required=False,
        help_text=_("The number of an earlier contact, such as C-00071489."),
    )
    topic = TopicField()
    subject = LineField(
        label=_("Subject"), max_length=250, required=False, help_text=_("Left empty, the topic stands for it.")
    )
    text = text_field(
        _("What was written or said"),
        help_text=_(
            "Of a letter or an e-mail the customer finds it in the reserved area; of a visit or a call of ours it remains a note "
            "for colleagues."
        ),
    )
    originals = FilesField(required=False, label=_("Files"), help_text="")
    goes_to = forms.ChoiceField(label=_("Who goes on with it"), widget=forms.RadioSelect)
    team = forms.ModelChoiceField(
        Team.objects.filter(is_active=True), required=False, label=_("Team"), empty_label=_("Choose a team")
    )
    reason = forms.ChoiceField(
        label=_("Why the first level cannot resolve it"),
        choices=[("", _("Choose the reason")), *REASONS],
        required=False,
        help_text=_("For a team of the second level."),
    )
    code = forms.ModelChoiceField(
        label=_("Outcome"),
        queryset=WrapUpCode.objects.none(),
        required=False,
        widget=CodeSelect,
        empty_label=_("not settled yet"),
        blank=True,
        help_text=_("If it is settled already, it is closed at once."),
    )
    acknowledge = forms.BooleanField(
        label=_("Send the customer an acknowledgement with the number"),
        required=False,
        help_text=_("Only to an address, or the reserved area, of a known customer."),
    )

    def __init__(
        self,
        *args: Any,
        agent: Agent | None,
        request: StaffRequest,
        customer: Customer | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.request, self.known, self.agent = request, customer, agent
        self.fields["submission_key"] = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
        if customer is not None:
            for name in ("customer", "name", "postal_address"):
                del self.fields[name]
        self.fields["received_on"].initial = timezone.localdate()
        self.fields["originals"].help_text = gettext(
            "Up to %(most)d files (%(kinds)s), %(size)s each, %(together)s in all."
        ) % {
            "most": MESSAGE.files,
            "kinds": KINDS,
            "size": MESSAGE.each_in_words,
            "together": MESSAGE.together_in_words,
        }
        field_of(self, "topic", TopicField).fill()
        codes = WrapUpCode.objects.valid_on(timezone.localdate()).filter(lines=None)
        field_of(self, "code", forms.ModelChoiceField).queryset = codes
        goes_to = field_of(self, "goes_to", forms.ChoiceField)
        goes_to.choices = self._courses()
        goes_to.initial = goes_to.choices[0][0]
        for name in ("name", "team", "reason"):
            if name in self.fields:
                self.fields[name].needed_sometimes = True  # type: ignore[attr-defined]  # read by the template of a field
        name_what_is_missing(self.fields)

    def _courses(self) -> list[tuple[str, Any]]:
        mine = [(MINE, _("I do"))] if self.agent is not None else []
        team = self.agent.team if self.agent is not None else None
        ours = [(MY_TEAM, gettext("my team, %(team)s") % {"team": team})] if team is not None else []
        return [*mine, *ours, (A_TEAM, _("another team"))]

    def clean_customer(self) -> Customer | None:
        if not (text := self.cleaned_data["customer"]):
            return None
        everybody = Customer.objects.visible_to(self.request.user)
        found: Customer | None = everybody.filter(code=text).first() or everybody.filter(tax_code=text.upper()).first()
        if found is None:
            raise ValidationError(_("There is none with “%(value)s”."), code="unknown", params={"value": text})
        if closed_to(self.request.user, [found.pk]):
            raise ValidationError(
                _("This file asks a reason before it is opened: open it, and enter the contact from there."),
                code="closed",
            )
        return found

    def clean_continues(self) -> Contact | None:
        if not (text := self.cleaned_data["continues"]):
            return None
        number = _NUMBER.fullmatch(text.strip())
        visible = Contact.objects.visible_to(self.request.user)
        found: Contact | None = visible.filter(pk=int(number[1])).first() if number else None
        if found is None:
            raise ValidationError(_("There is none with “%(value)s”."), code="unknown", params={"value": text})
        return found

    def clean(self) -> dict[str, Any]:
        """What belongs together: the moment, the person, the team with its reason, the code with its topic."""
        super().clean()
        cleaned = self.cleaned_data
        self._clean_moment(cleaned)
        self._clean_course(cleaned)
        stated = cleaned.get("customer") or cleaned.get("name")
        if self.known is None and not stated and not {"customer", "name"} & self.errors.keys():
            self.add_error("name", _("Say who it was: a customer, or a name as stated."))
        if cleaned.get("how") == "call" and not cleaned.get("phone") and "phone" not in self.errors:
            self.add_error("phone", _("Give the number that was called."))
        code = cleaned.get("code")
        if code is not None and code.needs_topic and not cleaned.get("topic") and "topic" not in self.errors:
            self.add_error("topic", _("Choose a topic: this code needs one."))
        if code is not None and code.outcome in OF_THE_TELEPHONE and cleaned.get("how") != "call":
            self.add_error("code", _("This code is of the telephone alone."))
        for name in (*too_large(self.request), *no_room(self.request)):
            self.add_error("originals", gettext("“%(name)s” is too large to be sent.") % {"name": name})
        return cleaned

    def _clean_moment(self, cleaned: dict[str, Any]) -> None:
        day = cleaned.get("received_on")
        if day is None or "received_at" in self.errors:
            return
        moment = datetime.combine(day, cleaned.get("received_at") or time.min, ROME)
        now = timezone.now()
        if moment.astimezone(UTC).astimezone(ROME).replace(tzinfo=None) != moment.replace(tzinfo=None):
            self.add_error("received_at", _("This hour did not exist: the clocks went forward over it."))
        elif moment > now:
            self.add_error("received_on", _("That moment is still to come."))
        elif moment < now - OLDEST:
            self.add_error(
                "received_on",
                gettext(
                    "That was more than %(days)d days ago: what is older comes in with the history of an earlier system."
                )
                % {"days": OLDEST.days},
            )
        cleaned["moment"] = moment

    def _clean_course(self, cleaned: dict[str, Any]) -> None:
        chosen = cleaned.get("goes_to")
        team: Team | None = None
        if chosen == MY_TEAM and self.agent is not None:
            team = self.agent.team
        elif chosen == A_TEAM:
            team = cleaned.get("team")
            if team is None and "team" not in self.errors:
                self.add_error("team", _("Choose a team."))
        if team is not None and team.level == 2 and not cleaned.get("reason"):
            self.add_error("reason", _("Say why the first level could not resolve it."))
        cleaned["goes_to_team"] = team


def _entered(request: StaffRequest, data: dict[str, Any], customer: Customer | None, key: uuid.UUID) -> Done:
    """Enter it, and go on to its page."""
    channel, direction, _words = WAYS[data["how"]]
    entered = enter_contact(
        submission_key=key,
        channel=channel,
        direction=direction,
        received_at=data["moment"],
        customer=customer,
        stated=Stated(
            name=data.get("name", ""),
            email=data["email"],
            phone=data["phone"],
            postal_address=data.get("postal_address", ""),
            place=data["place"],
        ),
        subject=data["subject"],
        text=data["text"],
        topic=data["topic"],
        files=data["originals"],
        continues=data["continues"],
        course=Course(team=data["goes_to_team"], reason=data["reason"], code=data["code"]),
        acknowledge=data["acknowledge"],
        by=request.user,
    )
    contact = entered.contact
    words = gettext("Entered as %(number)s.") if entered.is_new else gettext("It was entered already, as %(number)s.")
    sentence = words % {"number": contact.number}
    if data["code"] is not None and data["code"].hints_complaint:
        sentence += " " + gettext("The form for complaints: %(address)s") % {"address": complaint_form_url()}
    return Done(sentence, reverse("admin:contact_center_contact_change", args=[contact.pk]))


QUESTION = _(
    "For a letter, a visit, an e-mail that was read elsewhere, a call that we made. It is worked like any other contact from "
    "then on."
)


class EnterContact(ListCommand):
    """From the queue."""

    permission = WORKS
    name, icon, shortcut = "registra", "post_add", "g"
    label = pgettext_lazy("by hand", "Enter a contact")
    question = QUESTION
    form_class = EnterForm

    def form_arguments(self, request: StaffRequest, row: None) -> dict[str, Any]:
        return {"agent": agent_on(request), "request": request}

    def run(self, request: StaffRequest, row: None, data: dict[str, Any]) -> Done:
        key = uuid.UUID(request.POST["page_token"])  # one page, one contact
        return _entered(request, data, data["customer"], key)


class EnterContactOf(Command[Customer]):
    """From a customer's file: the person is known."""

    permission = WORKS
    name, icon = "registra-contatto", "post_add"
    label = pgettext_lazy("by hand", "Enter a contact")
    question = QUESTION
    form_class = EnterForm

    def form_arguments(self, request: StaffRequest, row: Customer) -> dict[str, Any]:
        return {"agent": agent_on(request), "request": request, "customer": row}

    def run(self, request: StaffRequest, row: Customer, data: dict[str, Any]) -> Done:
        return _entered(request, data, row, data["submission_key"])
