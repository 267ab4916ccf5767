"""What an agent can do to a contact, as buttons and small pages of the back office (customers.office_commands).

Each is a door to one command of `contact_center.services`. `one_click` marks those that ask nothing: the contact's
page sends them at once.
"""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contact_center import services
from contact_center.candidates import candidates_for
from contact_center.models import Agent, Contact, Team, Topic, WrapUpCode
from contact_center.queue_list import agent_on
from contact_center.services.desk import complaint_form_url
from customers.models import Customer
from customers.office_commands import Command
from customers.search import search_customers
from customers.sorting import Folded

LONGEST_TEXT = 10_000
WORKS, ASSIGNS = "contact_center.change_contact", "contact_center.assign_contact"
State = Contact.State
QUEUE = "admin:contact_center_contact_changelist"


def text_field(label: Any, *, required: bool = True, rows: int = 8) -> forms.CharField:
    """A text as people write it: any language and direction, up to 10,000 characters."""
    area = forms.Textarea(attrs={"rows": rows, "dir": "auto", "data-keep": ""})
    return forms.CharField(label=label, required=required, max_length=LONGEST_TEXT, widget=area)


class Work(Command):
    """A command of those who work contacts."""

    permission = WORKS
    states: tuple[str, ...] = Contact.OPEN_STATES  # in which it can be done

    def offered(self, request: HttpRequest, row: Contact) -> bool:
        return row.state in self.states


class TakeNext(Work):
    """From the list: the contact that is due first, at once."""

    name, icon, tone, shortcut = "prossimo", "play_arrow", "primary", "n"
    label = _("Take the next")
    question = _("You get the contact that is due first among those that wait for your team.")

    def offered(self, request: HttpRequest, row: None) -> bool:
        return agent_on(request) is not None

    def run(self, request: HttpRequest, row: None, data: dict[str, Any]) -> str:
        return take_next(request)

    def after(self, request: HttpRequest, row: None) -> str | None:
        return page_of_next(request)


def take_next(request: HttpRequest) -> str:
    """Take the next contact for the person, remember it on the request, and say so."""
    request._next_contact = services.take_next(by=request.user)
    if request._next_contact is None:
        return gettext("Nothing is waiting for your team.")
    return gettext("%(number)s is yours.") % {"number": request._next_contact.number}


def page_of_next(request: HttpRequest) -> str:
    """The page of the contact just taken, or the queue."""
    taken = getattr(request, "_next_contact", None)
    return reverse("admin:contact_center_contact_change", args=[taken.pk]) if taken else reverse(QUEUE)


class Take(Work):
    name, icon, tone, shortcut = "prendi", "back_hand", "primary", "p"
    label = _("Take")
    question = _("It becomes yours, and leaves the queue of the others.")
    one_click = True
    states = (State.OPEN,)

    def offered(self, request: HttpRequest, row: Contact) -> bool:
        agent = agent_on(request)
        return super().offered(request, row) and agent is not None and row.owner_id in (None, agent.pk)

    def run(self, request: HttpRequest, row: Contact, data: dict[str, Any]) -> str:
        services.take(row, by=request.user)
        return gettext("%(number)s is yours.") % {"number": row.number}


class ReplyForm(forms.Form):
    """The answer, and what comes then."""

    GO_ON, WAIT, WRAP_UP = "", State.WAITING.value, "wrap_up"
    THEN = ((GO_ON, _("go on with it")), (WAIT, _("wait for the customer's answer")), (WRAP_UP, _("wrap it up")))

    text = text_field(_("Answer to the customer"))
    then = forms.ChoiceField(label=_("Then"), choices=THEN, required=False, widget=forms.RadioSelect)


class Reply(Work):
    name, icon, shortcut = "rispondi", "reply", "r"
    label = _("Reply")
    question = _("The answer leaves by e-mail, and is in the reserved area of who has one.")
    form_class = ReplyForm

    def offered(self, request: HttpRequest, row: Contact) -> bool:
        answers = row.owner_id is not None or row.state != State.OPEN or agent_on(request) is not None
        return super().offered(request, row) and answers and services.can_be_answered(row)

    def run(self, request: HttpRequest, row: Contact, data: dict[str, Any]) -> str:
        request._wraps_up = data["then"] == ReplyForm.WRAP_UP
        then = data["then"] if data["then"] == ReplyForm.WAIT else ReplyForm.GO_ON
        services.reply(row, text=data["text"], by=request.user, then=then)
        return gettext("The answer was sent.")

    def after(self, request: HttpRequest, row: Contact) -> str | None:
        if getattr(request, "_wraps_up", False):
            return reverse("admin:contact_center_contact_command", args=[row.pk, WrapUp.name])
        return None


class NoteForm(forms.Form):
    text = text_field(_("Note for colleagues"), rows=5)


class Note(Work):
    name, icon = "nota", "sticky_note_2"
    label = _("Add a note")
    question = _("A note is for colleagues: the customer never sees it.")
    form_class = NoteForm
    states = tuple(State)

    def run(self, request: HttpRequest, row: Contact, data: dict[str, Any]) -> str:
        services.add_note(row, text=data["text"], by=request.user)
        return gettext("The note was added.")


class Wait(Work):
    name, icon = "attendi", "pause"
    label = _("Wait for the customer")
    question = _("The clock stands until the customer answers.")
    one_click = True
    states = (State.IN_PROGRESS,)

    def run(self, request: HttpRequest, row: Contact, data: dict[str, Any]) -> str:
        services.wait(row, by=request.user)
        return gettext("Waiting for the customer: the clock stands.")


class Resume(Work):
    name, icon = "riprendi", "resume"
    label = _("Go on without waiting")
    question = _("The clock runs again; the time waited is not counted.")
    one_click = True
    states = (State.WAITING,)

    def run(self, request: HttpRequest, row: Contact, data: dict[str, Any]) -> str:
        services.resume(row, by=request.user)
        return gettext("The clock runs again.")


class EscalateForm(forms.Form):
    """To whom, why not at first level, and what they should know."""

    team = forms.ModelChoiceField(
        label=_("Second-level team"),
        queryset=Team.objects.filter(level=2, is_active=True),
        empty_label=None,
        widget=forms.RadioSelect,
    )
    reason = forms.ChoiceField(
        label=_("Why the first level cannot resolve it"),
        choices=[(value, label) for value, label in Contact.Escalation.choices if value not in ("", "not_stated")],
        widget=forms.RadioSelect,
    )
    text = text_field(_("What the second level should know"), required=False, rows=5)

    def __init__(self, *args: Any, without: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if without:
            self.fields["team"].queryset = self.fields["team"].queryset.exclude(pk=without)


class Escalate(Work):
    name, icon, shortcut = "inoltra", "north_east", "i"
    label = _("Escalate")
    question = _("It goes to the queue of the team, with a term of its own. The reason is counted in the figures.")
    form_class = EscalateForm

    def form_arguments(self, request: HttpRequest, row: Contact) -> dict[str, Any]:
        given = {"reason": row.escalation if row.escalation not in ("", "not_stated") else None}
        return {"initial": given, "without": row.team_id if row.level == 2 else None}

    def run(self, request: HttpRequest, row: Contact, data: dict[str, Any]) -> str:
        services.escalate(row, team=data["team"], reason=data["reason"], text=data["text"], by=request.user)
        return gettext("Handed to %(team)s.") % {"team": data["team"]}

    def after(self, request: HttpRequest, row: Contact) -> str | None:
        return reverse(QUEUE)


class CodeSelect(forms.RadioSelect):
    """The codes with the key that chooses each, for static/js/contact.js."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if (code := getattr(value, "instance", None)) is not None:
            option["code"] = code
            option["attrs"] |= {"data-key": code.key, "data-needs-topic": "yes" if code.needs_topic else ""}
        return option


class TopicIterator(forms.models.ModelChoiceIterator):
    """Topics under the name of their area."""

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        yield "", self.field.empty_label
        groups: dict[str, list] = {}
        for topic in self.queryset:
            groups.setdefault(topic.get_area_display(), []).append(self.choice(topic))
        yield from groups.items()


class TopicField(forms.ModelChoiceField):
    iterator = TopicIterator


class WrapUpForm(forms.Form):
    """What came of it, about what, and where to go then."""

    NEXT, QUEUE, STAY = "next", "queue", "stay"
    THEN = ((NEXT, _("take the next contact")), (QUEUE, _("back to the queue")), (STAY, _("stay on this contact")))

    code = forms.ModelChoiceField(
        label=_("What came of it"),
        queryset=WrapUpCode.objects.none(),
        widget=CodeSelect,
        empty_label=None,
        error_messages={"required": _("Choose what came of it: every contact needs a code.")},
    )
    topic = TopicField(label=_("Topic"), queryset=Topic.objects.none(), required=False, empty_label=_("choose"))
    then = forms.ChoiceField(label=_("Then"), choices=THEN, required=False, widget=forms.RadioSelect)

    def __init__(self, *args: Any, contact: Contact, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        of_line = Q(lines=None) | Q(lines=contact.line_id) if contact.line_id else Q(lines=None)
        self.fields["code"].queryset = WrapUpCode.objects.valid_on(today).filter(of_line).distinct()
        topics = Topic.objects.valid_on(today)
        if contact.topic_id:  # it stays a choice for this contact though it may have ended
            topics = Topic.objects.filter(Q(pk__in=topics.values("pk")) | Q(pk=contact.topic_id))
        self.fields["topic"].queryset = topics.order_by("area", Folded("name"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        code = cleaned.get("code")
        if code and code.needs_topic and not cleaned.get("topic") and "topic" not in self.errors:
            self.add_error("topic", _("Choose a topic: this code needs one."))
        return cleaned


class WrapUp(Work):
    """Keyboard alone: a digit chooses the code, Enter sends."""

    name, icon, tone, shortcut = "esito", "task_alt", "primary", "e"
    label = _("Wrap up")
    form_class = WrapUpForm
    template = "office/contact_wrap_up.html"
    states = tuple(State)

    def offered(self, request: HttpRequest, row: Contact) -> bool:
        return row.state != State.CLOSED or row.wrap_up_id is None

    def form_arguments(self, request: HttpRequest, row: Contact) -> dict[str, Any]:
        then = WrapUpForm.NEXT if agent_on(request) else WrapUpForm.QUEUE
        return {"contact": row, "initial": {"topic": row.topic_id, "then": then}}

    def run(self, request: HttpRequest, row: Contact, data: dict[str, Any]) -> str:
        request._then = data["then"]
        code = data["code"]
        services.wrap_up(row, code=code, topic=data["topic"], by=request.user)
        said = gettext("%(number)s: %(code)s.") % {"number": row.number, "code": code}
        if code.hints_complaint:
            said += " " + gettext("The form for complaints: %(address)s") % {"address": complaint_form_url()}
        if data["then"] == WrapUpForm.NEXT and agent_on(request):
            said += " " + take_next(request)
        return said

    def after(self, request: HttpRequest, row: Contact) -> str | None:
        if request._then == WrapUpForm.NEXT:
            return page_of_next(request)
        return reverse(QUEUE) if request._then == WrapUpForm.QUEUE else None


class Release(Work):
    name, icon = "rimetti", "undo"
    label = _("Put back")
    question = _("It goes back to the queue, for whoever takes it next.")
    one_click = True

    def offered(self, request: HttpRequest, row: Contact) -> bool:
        agent = agent_on(request)
        may = (agent is not None and row.owner_id == agent.pk) or request.user.has_perm(ASSIGNS)
        return super().offered(request, row) and row.owner_id is not None and may

    def run(self, request: HttpRequest, row: Contact, data: dict[str, Any]) -> str:
        services.release(row, by=request.user)
        return gettext("%(number)s is in the queue again.") % {"number": row.number}


class AssignForm(forms.Form):
    agent = forms.ModelChoiceField(
        label=_("To whom"), queryset=Agent.objects.filter(is_active=True, user__isnull=False).select_related("team")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agent"].label_from_instance = lambda agent: f"{agent.name} – {agent.team or '…'}"


class Assign(Work):
    name, icon = "assegna", "person_add"
    label = _("Assign")
    question = _("They find it among their own.")
    permission = ASSIGNS
    form_class = AssignForm

    def run(self, request: HttpRequest, row: Contact, data: dict[str, Any]) -> str:
        services.assign(row, to=data["agent"], by=request.user)
        return gettext("%(number)s was given to %(name)s.") % {"number": row.number, "name": data["agent"].name}


class ReopenForm(forms.Form):
    why = forms.CharField(label=_("Why"), max_length=200, required=False)


class Reopen(Work):
    name, icon = "riapri", "lock_open"
    label = _("Reopen")
    question = _("It counts as not resolved, and its term begins anew.")
    form_class = ReopenForm
    states = (State.CLOSED,)

    def run(self, request: HttpRequest, row: Contact, data: dict[str, Any]) -> str:
        services.reopen(row, by=request.user, why=data["why"])
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
        self.fields["customer"].queryset = queryset


class Person(Work):
    """Who wrote or called: suggested by what the contact carries, or searched for; confirmed by one click."""

    name, icon = "persona", "person_search"
    label = _("Who is the person")
    question = _("Saying who it is proves nothing by itself: ask before you tell anything about a policy.")
    form_class = PersonForm
    template = "office/contact_person.html"
    states = tuple(State)

    def form_arguments(self, request: HttpRequest, row: Contact) -> dict[str, Any]:
        return {"queryset": Customer.objects.visible_to(request.user)}

    def context(self, request: HttpRequest, row: Contact) -> dict[str, Any]:
        searched = " ".join(request.GET.get("q", "").replace("\0", " ")[:200].split())
        everybody = Customer.objects.visible_to(request.user).select_related("agency")
        return {
            "searched": searched,
            "found": search_customers(everybody, searched, limit=10) if searched else [],
            "candidates": candidates_for(row, request.user),
        }

    def run(self, request: HttpRequest, row: Contact, data: dict[str, Any]) -> str:
        services.link_customer(row, customer=data["customer"], by=request.user)
        return gettext("The person is %(name)s.") % {"name": data["customer"]}


COMMANDS = (Take(), Reply(), WrapUp(), Resume(), Wait(), Escalate(), Note(), Person(), Assign(), Release(), Reopen())
LIST_COMMANDS = (TakeNext(),)
