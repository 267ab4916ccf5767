"""Call-backs as buttons: agreeing on one (on a contact and on a customer's file), calling now, another hour, calling off, no answer."""

import uuid
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from contact_center.call_backs.agreeing import agree_call_back, call_off, change_call_back, promise_call_back
from contact_center.call_backs.making import begin_call_back, record_no_answer
from contact_center.call_backs.queries import line_hours, own_hours
from contact_center.call_backs.slots import QUARTER, SLOT, hours_on, next_try
from contact_center.contacts.wrap_up_forms import TopicField, codes_for, field_of, text_field
from contact_center.desk.commands import code_call
from contact_center.models import Agent, CallBack, Contact, WrapUpCode
from contact_center.office.queue import agent_on
from contact_center.office.work import ASSIGNS, WORKS, State, Work
from customers.contact_points.queries import numbers_of
from customers.models import Customer
from customers.validators import normalise_phone
from foundation.asked_if import ask_only_if
from foundation.dates import ROME, moment_in_full, written_day
from foundation.form_fields import DayField, NormalisedField
from foundation.office.commands import Command, Done
from foundation.requests import StaffRequest
from foundation.telephones import shown_number
from foundation.text import CleanedForm

ME, TEAM, COLLEAGUE, OTHER = "me", "team", "colleague", "other"


class QuarterInput(forms.TimeInput):
    """The browser's own control for an hour, by quarters."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M", attrs={"step": str(int(QUARTER.total_seconds()))})


class AgentField(forms.ModelChoiceField):
    """The agents who sign in, by name, with their team."""

    def __init__(self, **options: Any) -> None:
        agents = Agent.objects.filter(is_active=True, user__isnull=False).select_related("team")
        super().__init__(queryset=agents, **options)

    def label_from_instance(self, obj: Agent) -> str:
        """The words of the choice."""
        return f"{obj.name} – {obj.team or '…'}"


# --- Forms ----------------------------------------------------------------------------------------------------------
class HourForm(CleanedForm, forms.Form):
    """A day and an hour, in Italian time."""

    day = DayField(label=_("On which day"))
    at = forms.TimeField(label=_("At what time"), widget=QuarterInput)

    def __init__(self, *args: Any, line_id: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = timezone.now()
        if (calendar := line_hours(now, line_id)) is not None and (
            hours := hours_on(timezone.localdate(now), calendar)
        ):
            self.fields["at"].help_text = gettext(
                "A quarter of an hour at which the service is open: today %(hours)s."
            ) % {"hours": hours}

    def clean(self) -> dict[str, Any]:
        """Day and hour as one moment. An hour that the clocks leave out is refused; of one that comes twice it is the first."""
        super().clean()
        day, at = self.cleaned_data.get("day"), self.cleaned_data.get("at")
        if day is not None and at is not None:
            moment = datetime.combine(day, at, ROME)
            if moment.astimezone(UTC).astimezone(ROME).replace(tzinfo=None) != moment.replace(tzinfo=None):
                self.add_error("at", _("This hour does not exist: the clocks go forward over it."))
            self.cleaned_data["starts_at"] = moment
        return self.cleaned_data


class AgreeForm(HourForm):
    """When, to which number, who calls, and what colleagues should know; for a call without a code, the code too."""

    number = forms.ChoiceField(label=_("Which number"), widget=forms.RadioSelect)
    other_number = NormalisedField(
        normalise_phone, label=_("Another number"), required=False, max_length=30, widget=forms.TelInput
    )
    to = forms.ChoiceField(
        label=_("Who calls"),
        choices=[(ME, _("I do")), (TEAM, _("somebody of my team"))],
        widget=forms.RadioSelect,
        initial=ME,
    )
    code = forms.ModelChoiceField(
        label=_("Outcome"), queryset=WrapUpCode.objects.none(), empty_label=None, widget=forms.RadioSelect
    )
    topic = TopicField()
    note = text_field(_("Note"), required=False, rows=3, help_text=_("For colleagues; the customer never sees it."))
    submission_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    field_order = ("day", "at", "number", "other_number", "to", "code", "topic", "note", "submission_key")

    def __init__(
        self, *args: Any, numbers: list[str], contact: Contact | None = None, codes: bool = False, **kwargs: Any
    ) -> None:
        """`numbers` are in E.164; `codes`: the contact is a call that has no code yet."""
        super().__init__(*args, line_id=contact.line_id if contact is not None else None, **kwargs)
        number = field_of(self, "number", forms.ChoiceField)
        number.choices = [*((each, shown_number(each)) for each in numbers), (OTHER, _("another number"))]
        number.initial = numbers[0] if numbers else OTHER
        if numbers:
            ask_only_if(
                self.fields["other_number"],
                "number",
                OTHER,
                words=gettext("only if you chose it above"),
                required=True,
            )
        else:
            number.widget = forms.HiddenInput()
            self.fields["other_number"].help_text = _("No number is known: ask the person for one.")
        if codes and contact is not None:
            keeping = codes_for(contact).filter(keeps_open=True)
            field_of(self, "code", forms.ModelChoiceField).queryset = keeping
            self.fields["topic"].needed_sometimes = True  # type: ignore[attr-defined]  # read by field.html
            self.fields["code"].initial = keeping.values_list("pk", flat=True).first()
        else:
            del self.fields["code"]
            if contact is not None:
                del self.fields["topic"]
        if "topic" in self.fields:
            field_of(self, "topic", TopicField).fill(contact)
            self.fields["topic"].initial = contact.topic_id if contact is not None else None

    def clean(self) -> dict[str, Any]:
        """The number that was chosen or written, and the topic where the code needs one."""
        cleaned = super().clean()
        cleaned["phone"] = cleaned.get("number", "")
        if cleaned["phone"] == OTHER and "other_number" not in self.errors:
            cleaned["phone"] = cleaned.get("other_number", "")
            if not cleaned["phone"]:
                self.add_error(
                    "other_number", _("Write the number to call: ask the person for it where it is withheld.")
                )
        code = cleaned.get("code")
        if code is not None and code.needs_topic and not cleaned.get("topic") and "topic" not in self.errors:
            self.add_error("topic", _("Choose a topic: this code needs one."))
        return cleaned


class ChangeForm(HourForm):
    """Another hour, or somebody else who calls."""

    to = forms.ChoiceField(
        label=_("Who calls"),
        choices=[(ME, _("I do")), (TEAM, _("the team")), (COLLEAGUE, _("a colleague"))],
        widget=forms.RadioSelect,
    )
    agent = AgentField(label=_("Which colleague"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = gettext("only if you chose it above")
        ask_only_if(self.fields["agent"], "to", COLLEAGUE, words=words, required=True)

    def clean(self) -> dict[str, Any]:
        """A colleague is named where a colleague calls."""
        cleaned = super().clean()
        if cleaned.get("to") == COLLEAGUE and not cleaned.get("agent") and "agent" not in self.errors:
            self.add_error("agent", _("Choose the colleague who calls."))
        return cleaned


# --- Agreeing -------------------------------------------------------------------------------------------------------
LABEL, ICON = _("Agree on a call-back"), "phone_callback"
QUESTION = _("It is due at that hour, and is announced then to whoever is to call. A customer gets a confirmation.")


def _first_hour(customer: Customer | None, line_id: int | None = None) -> dict[str, Any]:
    """What the form proposes: the first quarter of an hour that is half an hour away, and at which the customer is not called already."""
    now = timezone.now()
    calendar = line_hours(now, line_id)
    taken = own_hours(customer, now) if customer is not None else set()
    first = next_try(now, SLOT, calendar)
    for _each in taken:
        if first not in taken:
            break
        first = next_try(first, QUARTER, calendar)
    local = timezone.localtime(first)
    return {"day": local.date(), "at": local.time()}


def _agreed_sentence(call_back: CallBack) -> str:
    words = {"number": call_back.contact.number, "when": moment_in_full(call_back.starts_at)}
    return gettext("%(number)s: to be called back %(when)s.") % words


def call_back_of(contact: Contact) -> CallBack | None:
    """The call-back of the contact that is not called off."""
    call_back = getattr(contact, "call_back", None)
    return call_back if call_back is not None and call_back.cancelled_at is None else None


class AgreeCallBack(Work):
    """On a contact: its person is called back. From the desk the call gets its code at the same time."""

    name, icon, label, question = "richiamata", ICON, LABEL, QUESTION
    form_class = AgreeForm

    def offered(self, request: StaffRequest, row: Contact) -> bool:
        agent = agent_on(request)
        is_free = agent is not None and row.owner_id in (None, agent.pk)
        return super().offered(request, row) and is_free and call_back_of(row) is None

    def why_not(self, request: StaffRequest, row: Contact) -> Any:
        if row.state != State.CLOSED and call_back_of(row) is not None:
            return gettext("%(number)s has a call-back already: change its hour instead.") % {"number": row.number}
        return super().why_not(request, row)

    def form_arguments(self, request: StaffRequest, row: Contact) -> dict[str, Any]:
        stated = [row.address] if row.address.startswith("+") else []
        form = getattr(row, "web_form", None)
        stated += [form.phone] if form is not None and form.phone else []
        known = numbers_of(row.customer) if row.customer is not None else []
        return {
            "initial": _first_hour(row.customer, row.line_id),
            "numbers": list(dict.fromkeys([*stated, *known])),
            "contact": row,
            "codes": _is_to_code(row),
        }

    def run(self, request: StaffRequest, row: Contact, data: dict[str, Any]) -> str:
        if (code := data.get("code")) is not None:
            code_call(row, code=code, topic=data.get("topic"), by=request.user)
        call_back = agree_call_back(
            row,
            starts_at=data["starts_at"],
            phone=data["phone"],
            to_team=data["to"] == TEAM,
            note=data["note"],
            by=request.user,
        )
        return _agreed_sentence(call_back)


def _is_to_code(contact: Contact) -> bool:
    is_call = contact.channel == Contact.Channel.PHONE and contact.direction == Contact.Direction.INBOUND
    return is_call and contact.state == State.IN_PROGRESS and contact.wrap_up_id is None


class AgreeCallBackWith(Command[Customer]):
    """On a customer's file: a contact that we begin."""

    permission = WORKS
    name, icon, label, question = "richiamata", ICON, LABEL, QUESTION
    form_class = AgreeForm

    def offered(self, request: StaffRequest, row: Customer) -> bool:
        return agent_on(request) is not None

    def form_arguments(self, request: StaffRequest, row: Customer) -> dict[str, Any]:
        return {"initial": _first_hour(row), "numbers": numbers_of(row)}

    def run(self, request: StaffRequest, row: Customer, data: dict[str, Any]) -> str:
        call_back = promise_call_back(
            customer=row,
            starts_at=data["starts_at"],
            phone=data["phone"],
            submission_key=data["submission_key"],
            to_team=data["to"] == TEAM,
            topic=data["topic"],
            note=data["note"],
            by=request.user,
        )
        return _agreed_sentence(call_back)


# --- Making ---------------------------------------------------------------------------------------------------------
class OfCallBack(Work):
    """A command about the call-back of a contact."""

    def offered(self, request: StaffRequest, row: Contact) -> bool:
        agent = agent_on(request)
        is_near = agent is not None and (row.owner_id in (None, agent.pk) or request.user.has_perm(ASSIGNS))
        return super().offered(request, row) and is_near and call_back_of(row) is not None

    def why_not(self, request: StaffRequest, row: Contact) -> Any:
        if call_back_of(row) is None:
            return gettext("%(number)s has no call-back to make.") % {"number": row.number}
        return super().why_not(request, row)


class CallNow(OfCallBack):
    """The banner leads here: the first who presses has it."""

    name, icon, tone = "chiama-ora", "call", "primary"
    label = _("Call back now")
    one_click = True

    def offered(self, request: StaffRequest, row: Contact) -> bool:
        agent, call_back = agent_on(request), call_back_of(row)
        is_free = agent is not None and row.owner_id in (None, agent.pk)
        return super().offered(request, row) and is_free and call_back is not None and call_back.begun_at is None

    def why_not(self, request: StaffRequest, row: Contact) -> Any:
        if row.owner is not None and call_back_of(row) is not None and row.state != State.CLOSED:
            return gettext("%(name)s has taken it already.") % {"name": row.owner}
        return super().why_not(request, row)

    def asks(self, request: StaffRequest, row: Contact) -> Any:
        call_back = call_back_of(row)
        number = shown_number(call_back.phone) if call_back is not None else ""
        return gettext("It becomes yours, and is announced to nobody else: then call %(number)s.") % {"number": number}

    def run(self, request: StaffRequest, row: Contact, data: dict[str, Any]) -> Done:
        call_back = begin_call_back(row, by=request.user)
        sentence = gettext("%(contact)s is yours: call %(number)s.")
        words = {"contact": row.number, "number": shown_number(call_back.phone)}
        return Done(sentence % words, reverse("admin:contact_center_contact_change", args=[row.pk]))


class NoAnswer(OfCallBack):
    """After a call-back in vain: another try is set, or it is closed after the last."""

    name, icon = "senza-risposta", "phone_missed"
    label = _("No answer")
    question = _(
        "It is written down that we called in vain. The hour of the next try is set; after the last the contact is closed."
    )
    one_click = True

    def offered(self, request: StaffRequest, row: Contact) -> bool:
        agent = agent_on(request)
        return super().offered(request, row) and agent is not None and row.owner_id in (None, agent.pk)

    def run(self, request: StaffRequest, row: Contact, data: dict[str, Any]) -> str:
        call_back = record_no_answer(row, by=request.user)
        tries = call_back.tries
        sentence = ngettext(
            "Called %(tries)d time without an answer.", "Called %(tries)d times without an answer.", tries
        ) % {"tries": tries}
        if call_back.starts_at > timezone.now():
            next_one = gettext("The next try: %(when)s.") % {"when": moment_in_full(call_back.starts_at)}
            return f"{sentence} {next_one}"
        row.refresh_from_db()
        if row.state == State.CLOSED:
            end = gettext("The contact is closed as not reached.")
        else:
            end = gettext("That was the last try: wrap it up.")
        return f"{sentence} {end}"


class ChangeCallBack(OfCallBack):
    """Another hour, or another person."""

    name, icon = "sposta-richiamata", "edit_calendar"
    label = _("Change the call-back")
    question = _("At another hour its tries begin again, and the customer gets a confirmation.")
    form_class = ChangeForm

    def form_arguments(self, request: StaffRequest, row: Contact) -> dict[str, Any]:
        call_back, agent = call_back_of(row), agent_on(request)
        if call_back is None:
            return {"line_id": row.line_id}
        local = timezone.localtime(call_back.starts_at)
        is_mine = agent is not None and row.owner_id == agent.pk
        to = TEAM if row.owner_id is None else ME if is_mine else COLLEAGUE
        initial = {"day": local.date(), "at": local.time(), "to": to, "agent": row.owner_id}
        return {"initial": initial, "line_id": row.line_id}

    def run(self, request: StaffRequest, row: Contact, data: dict[str, Any]) -> str:
        to = {ME: agent_on(request), TEAM: None}.get(data["to"], data["agent"])
        current = call_back_of(row)
        starts_at = data["starts_at"]
        if current is not None and starts_at == current.starts_at.replace(second=0, microsecond=0):
            starts_at = current.starts_at  # the page shows no seconds
        call_back = change_call_back(row, starts_at=starts_at, to=to, by=request.user)
        words = {"who": to or row.team or gettext("the team"), "when": moment_in_full(call_back.starts_at)}
        return gettext("%(who)s calls %(when)s.") % words


class CallOff(OfCallBack):
    """The person needs no call any more."""

    name, icon, tone = "annulla-richiamata", "phone_disabled", "danger"
    label = _("Call off the call-back")
    question = _("Nobody calls, and the customer is written to. A contact that is about nothing else is closed.")

    def run(self, request: StaffRequest, row: Contact, data: dict[str, Any]) -> str:
        call_back = call_off(row, by=request.user)
        words = {"number": row.number, "day": written_day(call_back.starts_at, "del")}
        return gettext("%(number)s: the call-back of %(day)s is called off.") % words


COMMANDS: tuple[Command[Contact], ...] = (CallNow(), NoAnswer(), ChangeCallBack(), CallOff())
