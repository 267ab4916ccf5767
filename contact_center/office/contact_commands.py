"""What an agent can do to a contact, as buttons and small pages of the back office (foundation.office.commands).

Each is a door to one command of `contact_center.contacts`. `one_click` marks those that ask nothing, which the
contact's page sends at once; `form_on_page` those whose form it shows itself: the answer, the note, the person.
"""

from datetime import date
from typing import Any

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from contact_center.agents.states import agent_of
from contact_center.contacts import commands, follow_up, reopening, sending_back
from contact_center.contacts.candidates import candidates_for
from contact_center.contacts.fitting import left_for_others
from contact_center.contacts.priority import priority_words
from contact_center.contacts.setting_priority import set_priority
from contact_center.contacts.wrap_up_forms import (
    CorrectCodeForm,
    EscalateForm,
    SendBackForm,
    WrapUpAndGoForm,
    field_of,
    text_field,
)
from contact_center.desk.suggestions import topic_named_in
from contact_center.models import Contact, Message, Topic
from contact_center.office import call_backs
from contact_center.office.answering import Note, Reply
from contact_center.office.bulk import DoToMany
from contact_center.office.by_hand import EnterContact
from contact_center.office.call_backs import AgentField
from contact_center.office.choosing import Choosing, customers_to_choose
from contact_center.office.known_people import NameKnownPerson
from contact_center.office.links import LINK_COMMANDS
from contact_center.office.mass_events import EVENT_COMMANDS
from contact_center.office.outgoing import RecordCallAbout
from contact_center.office.queue import MOST, agent_on
from contact_center.office.views import SaveView
from contact_center.office.work import ASSIGNS, QUEUE, WORKS, State, Work, coded_sentence, last_messages
from customers.models import Customer, User
from foundation.dates import written_day
from foundation.form_fields import DayField
from foundation.office.commands import Command, Done, ListCommand
from foundation.requests import StaffRequest

WAYS = (
    (Contact.Channel.POST.value, _("by post")),
    (Contact.Channel.PHONE.value, _("by telephone")),
    (Contact.Channel.VISIT.value, _("in person")),
)
# Closed for good without a code
NOT_TO_CODE = (Contact.Outcome.WITHDRAWN, Contact.Outcome.JOINED, Contact.Outcome.NOT_KNOWN)


class TakeNext(ListCommand):
    """From the list: the contact that comes first in the order of work, at once."""

    permission = WORKS
    name, icon, tone, shortcut = "prossimo", "play_arrow", "primary", "n"
    label = _("Take the next")
    question = _(
        "You get the most urgent contact, or else what is due first, among those that wait for your team and suit your lines, skills and languages."
    )
    one_click = True

    def offered(self, request: StaffRequest, row: None) -> bool:
        return agent_on(request) is not None

    def run(self, request: StaffRequest, row: None, data: dict[str, Any]) -> Done:
        return take_next(request.user)


def take_next(user: User) -> Done:
    """Take the next contact for the person: on to its page, or to the queue where nothing waits, or nothing that suits them."""
    contact = commands.take_next(by=user)
    if contact is None:
        return Done(_why_none(user), reverse(QUEUE))
    sentence = gettext("%(number)s is yours.") % {"number": contact.number}
    return Done(sentence, reverse("admin:contact_center_contact_change", args=[contact.pk]))


def _why_none(user: User) -> str:
    """Why an agent was given nothing: nothing waits, or it asks for lines, skills or languages that are not theirs."""
    left = left_for_others(agent_of(user), most=MOST + 1)
    if not left:
        return gettext("Nothing is waiting for your team.")
    return ngettext(
        "%(count)s is waiting, but not for your lines, skills and languages.",
        "%(count)s are waiting, none of them for your lines, skills and languages.",
        left,
    ) % {"count": f"{MOST}+" if left > MOST else left}


class Take(Work):
    name, icon, tone, shortcut = "prendi", "back_hand", "primary", "p"
    label = _("Take")
    question = _("It becomes yours, and leaves the queue of the others.")
    one_click = True
    states = (State.OPEN,)

    def offered(self, request: StaffRequest, row: Contact) -> bool:
        agent = agent_on(request)
        return super().offered(request, row) and agent is not None and row.owner_id in (None, agent.pk)

    def run(self, request: StaffRequest, row: Contact, data: dict[str, Any]) -> str:
        commands.take(row, by=request.user)
        return gettext("%(number)s is yours.") % {"number": row.number}


class RecordReplyForm(forms.Form):
    """What was answered, and how."""

    way = forms.ChoiceField(label=_("How it was answered"), choices=WAYS, widget=forms.RadioSelect)
    text = text_field(
        _("What was answered"),
        rows=6,
        help_text=_("The customer finds it in the reserved area, as an answer of ours."),
    )


class RecordReply(Work):
    """An answer that we did not send from here: a letter that was posted, a call, a word at the counter."""

    name, icon = "risposta-data", "fact_check"
    label = _("Record an answer")
    question = _("For an answer that was given by post, by telephone or in person. Nothing is sent.")
    form_class = RecordReplyForm

    def offered(self, request: StaffRequest, row: Contact) -> bool:
        answers = row.owner_id is not None or row.state != State.OPEN or agent_on(request) is not None
        return super().offered(request, row) and answers

    def run(self, request: StaffRequest, row: Contact, data: dict[str, Any]) -> str:
        commands.record_reply(row, text=data["text"], way=data["way"], by=request.user)
        return gettext("The answer was recorded.")


class Wait(Work):
    name, icon = "attendi", "pause"
    label = _("Wait for the customer")
    question = _("The clock stands until the customer answers.")
    one_click = True
    states = (State.IN_PROGRESS,)

    def run(self, request: StaffRequest, row: Contact, data: dict[str, Any]) -> str:
        commands.wait(row, by=request.user)
        return gettext("Waiting for the customer: the clock stands.")


class Resume(Work):
    name, icon = "riprendi", "resume"
    label = _("Go on without waiting")
    question = _("The clock runs again; the time waited is not counted.")
    one_click = True
    states = (State.WAITING,)

    def run(self, request: StaffRequest, row: Contact, data: dict[str, Any]) -> str:
        commands.resume(row, by=request.user)
        return gettext("The clock runs again.")


class FollowUpForm(forms.Form):
    day = DayField(
        label=_("Day"), required=False, help_text=_("Leave it empty to take the reminder away. Today or later.")
    )

    def clean_day(self) -> date | None:
        """Not a day that is over."""
        day: date | None = self.cleaned_data["day"]
        if day is not None and day < timezone.localdate():
            raise forms.ValidationError(_("This day is over: choose today or a later one."))
        return day


class FollowUp(Work):
    """A reminder to whoever has it, or to the team."""

    name, icon = "promemoria", "event"
    label = _("Remind on a day")
    question = _(
        "From that day on it is in the tab “To take up again” of the queue, until it is closed or the day is changed."
    )
    form_class = FollowUpForm

    def form_arguments(self, request: StaffRequest, row: Contact) -> dict[str, Any]:
        return {"initial": {"day": row.follow_up_on}}

    def run(self, request: StaffRequest, row: Contact, data: dict[str, Any]) -> str:
        day = data["day"]
        follow_up.follow_up(row, on=day, by=request.user)
        if day is None:
            return gettext("%(number)s has no reminder any more.") % {"number": row.number}
        return gettext("%(number)s: to be taken up again on %(day)s.") % {
            "number": row.number,
            "day": written_day(day, "il"),
        }


class PriorityForm(forms.Form):
    """Which priority, and why; the choice without a level leaves it to the rules."""

    priority = forms.TypedChoiceField(
        label=_("Priority"),
        choices=[("", _("as the rules have it")), *Contact.Priority.choices],
        coerce=int,
        empty_value=None,
        required=False,
    )
    why = forms.CharField(
        label=_("Why"), max_length=200, required=False, help_text=_("The next colleague reads it in the queue.")
    )


class SetPriority(Work):
    """Before or after what the rules say: a colleague knows more than they do."""

    name, icon = "priorita", "priority_high"
    label = _("Change the priority")
    question = _("What is urgent comes first in the queue, whatever is due when. It holds until it is closed.")
    form_class = PriorityForm

    def asks(self, request: StaffRequest, row: Contact) -> Any:
        """With what makes it urgent now."""
        words = priority_words(row)
        now = gettext("Now: %(words)s.") % {"words": words} if words else ""
        return f"{self.question} {now}".strip()

    def form_arguments(self, request: StaffRequest, row: Contact) -> dict[str, Any]:
        return {"initial": {"priority": row.priority_by_hand}}

    def run(self, request: StaffRequest, row: Contact, data: dict[str, Any]) -> str:
        contact = set_priority(row, to=data["priority"], why=data["why"], by=request.user)
        words = {"number": contact.number, "priority": contact.get_priority_display()}
        if contact.priority_by_hand is None:
            return gettext("%(number)s has the priority of the rules: %(priority)s.") % words
        return gettext("%(number)s has the priority: %(priority)s.") % words


class Escalate(Work):
    name, icon, shortcut = "inoltra", "north_east", "i"
    label = _("Escalate")
    question = _("It goes to the queue of the team, with a term of its own.")
    form_class = EscalateForm

    def form_arguments(self, request: StaffRequest, row: Contact) -> dict[str, Any]:
        given = {"reason": row.escalation if row.escalation not in ("", "not_stated") else None}
        return {"initial": given, "without": row.team_id if row.level == 2 else None}

    def run(self, request: StaffRequest, row: Contact, data: dict[str, Any]) -> Done:
        commands.escalate(row, team=data["team"], reason=data["reason"], text=data["text"], by=request.user)
        return Done(gettext("Handed to %(team)s.") % {"team": data["team"]}, reverse(QUEUE))


class SendBack(Work):
    """For the second level: what it was handed by mistake."""

    name, icon = "rimanda", "undo"
    label = _("Send back")
    question = _("It goes back to the team it came from, and counts as sent back. The customer notices nothing.")
    form_class = SendBackForm

    def offered(self, request: StaffRequest, row: Contact) -> bool:
        return super().offered(request, row) and row.level == 2 and sending_back.handed_over(row) is not None

    def run(self, request: StaffRequest, row: Contact, data: dict[str, Any]) -> Done:
        contact = sending_back.send_back(row, reason=data["reason"], text=data["text"], by=request.user)
        to = contact.owner or contact.team or gettext("the first level")
        sentence = gettext("%(number)s went back to %(to)s.") % {"number": contact.number, "to": to}
        return Done(sentence, reverse(QUEUE))


class WrapUp(Work):
    """Keyboard alone: a digit chooses the code, Enter sends."""

    name, icon, tone, shortcut = "esito", "task_alt", "primary", "e"
    label = _("Wrap up")
    form_class = WrapUpAndGoForm
    template = "office/contact_wrap_up.html"
    states = tuple(State)

    def offered(self, request: StaffRequest, row: Contact) -> bool:
        return row.state != State.CLOSED or (row.wrap_up_id is None and row.outcome not in NOT_TO_CODE)

    def form_arguments(self, request: StaffRequest, row: Contact) -> dict[str, Any]:
        then = WrapUpAndGoForm.NEXT if agent_on(request) else WrapUpAndGoForm.QUEUE
        return {"contact": row, "initial": {"topic": row.topic_id or topic_guessed(row), "then": then}}

    def context(self, request: StaffRequest, row: Contact) -> dict[str, Any]:
        return {"last_messages": last_messages(row)}

    def run(self, request: StaffRequest, row: Contact, data: dict[str, Any]) -> Done:
        code, then = data["code"], data["then"]
        commands.wrap_up(row, code=code, topic=data["topic"], by=request.user)
        sentence = coded_sentence(row, code)
        if then == WrapUpAndGoForm.NEXT and agent_on(request):
            taken = take_next(request.user)
            return Done(f"{sentence} {taken.sentence}", taken.goes_to)
        return Done(sentence, reverse(QUEUE) if then in (WrapUpAndGoForm.NEXT, WrapUpAndGoForm.QUEUE) else None)


def topic_guessed(contact: Contact) -> int | None:
    """The topic that the subject, or else the first message, names; None where it names none or several."""
    topics = list(Topic.objects.valid_on(timezone.localdate()).values_list("pk", "name"))
    first = contact.messages.filter(direction=Message.Direction.INBOUND).order_by("written_at", "pk")
    return topic_named_in(contact.subject, topics) or topic_named_in(
        first.values_list("text", flat=True).first() or "", topics
    )


class CorrectCode(Work):
    """A wrong code is put right without reopening: nobody came back."""

    name, icon = "correggi-esito", "edit_note"
    label = _("Correct the code")
    question = _(
        "The outcome and the figures follow; the history keeps what it was before. The customer notices nothing."
    )
    form_class = CorrectCodeForm
    template = "office/contact_wrap_up.html"
    states = (State.CLOSED,)

    def offered(self, request: StaffRequest, row: Contact) -> bool:
        may = super().offered(request, row) and commands.may_correct_code(row, request.user, agent_on(request))
        return may and commands.frozen_for(row, request.user) is None

    def why_not(self, request: StaffRequest, row: Contact) -> Any:
        frozen = commands.frozen_for(row, request.user)
        return commands.why_frozen(row, frozen) if frozen else super().why_not(request, row)

    def form_arguments(self, request: StaffRequest, row: Contact) -> dict[str, Any]:
        return {"contact": row, "initial": {"topic": row.topic_id, "code": row.wrap_up_id}}

    def context(self, request: StaffRequest, row: Contact) -> dict[str, Any]:
        return {"last_messages": last_messages(row)}

    def run(self, request: StaffRequest, row: Contact, data: dict[str, Any]) -> str:
        before, code = row.wrap_up, data["code"]
        commands.correct_code(row, code=code, topic=data["topic"], why=data["why"], by=request.user)
        words = {"number": row.number, "before": before, "code": code}
        return gettext("%(number)s: “%(code)s” in place of “%(before)s”.") % words


class CloseAsThanks(Work):
    """The customer wrote again, and needs nothing more."""

    name, icon = "grazie", "sentiment_satisfied"
    label = _("Only thanks: close again")
    question = _("It is closed as it was coded and counted before the customer wrote again.")
    one_click = True

    def offered(self, request: StaffRequest, row: Contact) -> bool:
        return super().offered(request, row) and reopening.reopening_of(row) is not None

    def run(self, request: StaffRequest, row: Contact, data: dict[str, Any]) -> str:
        reopening.close_as_thanks(row, by=request.user)
        return gettext("%(number)s is closed as it was before.") % {"number": row.number}


class Release(Work):
    name, icon = "rimetti", "undo"
    label = _("Put back")
    question = _("It goes back to the queue, for whoever takes it next.")
    one_click = True

    def offered(self, request: StaffRequest, row: Contact) -> bool:
        agent = agent_on(request)
        may = (agent is not None and row.owner_id == agent.pk) or request.user.has_perm(ASSIGNS)
        return super().offered(request, row) and row.owner_id is not None and may

    def run(self, request: StaffRequest, row: Contact, data: dict[str, Any]) -> str:
        commands.release(row, by=request.user)
        return gettext("%(number)s is in the queue again.") % {"number": row.number}


class AssignForm(forms.Form):
    agent = AgentField(label=_("To whom"))


class Assign(Work):
    name, icon = "assegna", "person_add"
    label = _("Assign")
    question = _("They find it among their own.")
    permission = ASSIGNS
    form_class = AssignForm

    def run(self, request: StaffRequest, row: Contact, data: dict[str, Any]) -> str:
        commands.assign(row, to=data["agent"], by=request.user)
        return gettext("%(number)s was given to %(name)s.") % {"number": row.number, "name": data["agent"].name}


class ReopenForm(forms.Form):
    CAME_BACK, OURS = "came_back", "ours"
    BECAUSE = (
        (CAME_BACK, _("the customer came back: it counts as not resolved")),
        (OURS, _("we closed it too early or by mistake: the customer did not come back")),
    )

    because = forms.ChoiceField(
        label=_("Who takes it up again"),
        choices=BECAUSE,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say whether the customer came back: the figures depend on it.")},
    )
    why = forms.CharField(label=_("Why"), max_length=200, required=False)


class Reopen(Work):
    name, icon = "riapri", "lock_open"
    label = _("Reopen")
    question = _(
        "Its term begins again. To correct a wrong code, use “Correct the code” instead: the contact remains closed."
    )
    form_class = ReopenForm
    states = (State.CLOSED,)

    def offered(self, request: StaffRequest, row: Contact) -> bool:
        return super().offered(request, row) and row.outcome != Contact.Outcome.JOINED  # that is parted instead

    def run(self, request: StaffRequest, row: Contact, data: dict[str, Any]) -> str:
        came_back = data["because"] == ReopenForm.CAME_BACK
        reopening.reopen(row, by=request.user, why=data["why"], came_back=came_back)
        return gettext("%(number)s was reopened.") % {"number": row.number}


class PersonForm(forms.Form):
    customer = forms.ModelChoiceField(
        label=_("Customer"),
        queryset=Customer.objects.none(),
        widget=forms.HiddenInput,
        error_messages={
            "required": _("Choose one of the persons below, or search."),
            "invalid_choice": _("This customer is not found any more: search again."),
        },
    )

    def __init__(self, *args: Any, queryset: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field_of(self, "customer", forms.ModelChoiceField).queryset = queryset


CHOOSING = Choosing(
    press=_("This is the person"),
    suggested=_("Suggested by what the contact carries"),
    none=_("Nothing in it leads to a customer: ask for the tax code or the policy number, or search by name."),
)


class Person(Work):
    """The person who wrote or called: suggested by what the contact carries, or searched for; confirmed by one click."""

    name, icon = "persona", "person_search"
    label = _("Who is the person")
    question = _("Saying who it is proves nothing by itself: ask before you tell anything about a policy.")
    form_class = PersonForm
    form_on_page = True
    template = "office/choose_customer.html"
    states = tuple(State)

    def form_arguments(self, request: StaffRequest, row: Contact) -> dict[str, Any]:
        return {"queryset": Customer.objects.visible_to(request.user)}

    def context(self, request: StaffRequest, row: Contact) -> dict[str, Any]:
        return customers_to_choose(request, candidates_for(row, request.user), CHOOSING)

    def run(self, request: StaffRequest, row: Contact, data: dict[str, Any]) -> str:
        commands.link_customer(row, customer=data["customer"], by=request.user)
        return gettext("The person is %(name)s.") % {"name": data["customer"]}


COMMANDS: tuple[Command[Contact], ...] = (
    Take(),
    *call_backs.COMMANDS,
    RecordCallAbout(),
    CloseAsThanks(),
    Reply(),
    WrapUp(),
    Resume(),
    Wait(),
    FollowUp(),
    call_backs.AgreeCallBack(),
    SetPriority(),
    Escalate(),
    SendBack(),
    Note(),
    RecordReply(),
    Person(),
    NameKnownPerson(),
    Assign(),
    Release(),
    *LINK_COMMANDS,
    *EVENT_COMMANDS,
    CorrectCode(),
    Reopen(),
)
LIST_COMMANDS = (TakeNext(), EnterContact(), DoToMany(), SaveView())
