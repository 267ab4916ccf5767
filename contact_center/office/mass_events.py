"""The back office of mass events: declare one, join contacts to it, answer them together, and see what came of it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypedDict, cast

from django import forms
from django.contrib import admin
from django.contrib.postgres.forms import SimpleArrayField
from django.core.exceptions import ValidationError
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextInputWidget

from contact_center.contacts.mass_answers import (
    joined_to_code,
    joined_to_write_to,
    previews,
    send_answer,
    withdraw_answer,
    write_answer,
)
from contact_center.contacts.mass_events import (
    MOST_AT_ONCE,
    declare_event,
    end_event,
    join_suggested,
    join_to_event,
    part_from_event,
    suggested_contacts,
)
from contact_center.contacts.wrap_up_forms import OF_THE_TELEPHONE, TopicField, field_of, text_field
from contact_center.due.business_time import PROVINCES
from contact_center.models import Contact, JoinedContact, MassAnswer, MassEvent, WrapUpCode
from contact_center.office.queue import agent_on
from contact_center.office.work import WORKS, Work
from customers.sensitive.restricted import closed_to
from foundation.office.base import OfficeAdmin, Panel, VersionedAdmin, VersionedForm, WorkFilter, badge
from foundation.office.closed import RESTRICTED
from foundation.office.commands import Command, Done
from foundation.requests import StaffRequest
from foundation.text import CleanedForm

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    ContactOfEvents = WithAnnotations[Contact, "AboutEvents"]

DECLARES, ANSWERS = "contact_center.change_massevent", "contact_center.add_massanswer"
STATE_TONES = {
    MassEvent.State.DRAFT: "info",
    MassEvent.State.ACTIVE: "warning",
    MassEvent.State.OVER: "success",
}
ANSWER_TONES = {
    MassAnswer.State.DRAFT: "info",
    MassAnswer.State.SENDING: "warning",
    MassAnswer.State.DONE: "success",
    MassAnswer.State.WITHDRAWN: "info",
}
RESULT_TONES = {
    JoinedContact.Result.OWED: "info",
    JoinedContact.Result.DONE: "success",
    JoinedContact.Result.LEFT_OUT: "danger",
}
MOST_SUGGESTED = 20  # shown of those that one press would join
MOST_COUNTED = 5_000  # of the suggested ones: a page must not cost more on a bad day
MOST_DAYS = 31  # of the table of days
MOST_EVENTS = 3  # offered beside a contact
DECLARATION = ("declared_by", "declared_at", "over_at")  # what an event has once it was declared
MOST_LEFT_OUT = 50  # shown with their reasons


def contact_link(contact: Contact) -> SafeString:
    """The number of a contact, leading to its page."""
    address = reverse("admin:contact_center_contact_change", args=[contact.pk])
    return format_html('<a href="{}">{}</a>', address, contact.number)


# --- The event ----------------------------------------------------------------------------------------------------
class MassEventForm(VersionedForm):
    """Provinces are two letters each; phrases are compared without regard to capitals."""

    provinces = SimpleArrayField(
        forms.CharField(max_length=2),
        label=_("Provinces"),
        required=False,
        max_length=len(PROVINCES),
        widget=UnfoldAdminTextInputWidget,
        help_text=_("Two letters each, with commas, such as CN, AT. Empty: everywhere"),
    )
    phrases = SimpleArrayField(
        forms.CharField(max_length=60),
        label=_("Words that suggest it"),
        required=False,
        max_length=20,
        widget=UnfoldAdminTextInputWidget,
        help_text=_("With commas, such as grandine, chicchi: looked for in the subject and in what was written"),
    )

    class Meta:
        model = MassEvent
        fields = (
            *("name", "name_en", "words", "words_en", "guidance", "begins_at", "ends_at"),
            *("topics", "lines", "provinces", "phrases"),
        )

    def clean_provinces(self) -> list[str]:
        found = list(dict.fromkeys(each.strip().upper() for each in self.cleaned_data["provinces"] if each.strip()))
        if unknown := [each for each in found if each not in PROVINCES]:
            raise ValidationError(
                _("%(provinces)s: there is no such province. Write two letters each, such as CN, AT."),
                params={"provinces": ", ".join(unknown)},
                code="unknown_province",
            )
        return found

    def clean_phrases(self) -> list[str]:
        found = list(dict.fromkeys(each.strip().lower() for each in self.cleaned_data["phrases"] if each.strip()))
        if short := [each for each in found if len(each) < 3]:
            raise ValidationError(
                _("“%(phrase)s” is too short to tell anything: write at least three letters."),
                params={"phrase": short[0]},
                code="short_phrase",
            )
        return found

    def clean(self) -> dict[str, Any]:
        super().clean()
        begins, ends = self.cleaned_data.get("begins_at"), self.cleaned_data.get("ends_at")
        if begins and ends and ends <= begins:
            self.add_error("ends_at", ValidationError(_("It must end after it begins."), code="ends_too_soon"))
        return self.cleaned_data


class OfEvent(Command[MassEvent]):
    """A command of those who declare events."""

    permission = DECLARES
    states: tuple[str, ...] = (MassEvent.State.ACTIVE,)

    def offered(self, request: StaffRequest, row: MassEvent) -> bool:
        return row.state in self.states


class DeclareEvent(OfEvent):
    name, icon, tone = "dichiara", "campaign", "primary"
    label = _("Declare")
    question = _(
        "From its beginning on, visitors, customers and agents read the words below. Look at them once more: they are public."
    )
    template = "office/mass_event_declare.html"
    states = (MassEvent.State.DRAFT,)

    def run(self, request: StaffRequest, row: MassEvent, data: dict[str, Any]) -> str:
        event = declare_event(row, by=request.user)
        return gettext("“%(event)s” is declared.") % {"event": event}


class EndEvent(OfEvent):
    name, icon = "concludi", "event_available"
    label = _("End the event")
    question = _(
        "Nobody reads of it any more, and no contact is joined to it. What was joined remains, and can still be answered."
    )

    def run(self, request: StaffRequest, row: MassEvent, data: dict[str, Any]) -> str:
        event = end_event(row)
        return gettext("“%(event)s” is over.") % {"event": event}


class JoinSuggested(Command[MassEvent]):
    """All that is suggested, with the number first: nothing is joined by looking."""

    permission = WORKS
    name, icon = "collega-suggeriti", "playlist_add_check"
    label = _("Join the suggested contacts")
    template = "office/mass_event_suggested.html"

    def offered(self, request: StaffRequest, row: MassEvent) -> bool:
        return row.state == MassEvent.State.ACTIVE

    def asks(self, request: StaffRequest, row: MassEvent) -> Any:
        found = self._found(request, row).order_by().values("pk")[: MOST_COUNTED + 1].count()
        if not found:
            return _("No open contact is suggested: by topic or words, since it began, where it holds.")
        return ngettext(
            "%(n)s open contact would be joined. Look at it below: a suggestion may be wrong.",
            "%(n)s open contacts would be joined, %(most)s at a time. Look at them below: a suggestion may be wrong.",
            found,
        ) % {"n": f"{MOST_COUNTED}+" if found > MOST_COUNTED else found, "most": MOST_AT_ONCE}

    def context(self, request: StaffRequest, row: MassEvent) -> dict[str, Any]:
        found = list(self._found(request, row).select_related("topic").defer("notes").order_by("pk")[:MOST_SUGGESTED])
        closed = closed_to(request.user, [each.customer_id for each in found])
        return {"suggested": [(each, RESTRICTED if each.customer_id in closed else each.subject) for each in found]}

    def _found(self, request: StaffRequest, row: MassEvent) -> QuerySet[Contact]:
        return suggested_contacts(row, Contact.objects.visible_to(request.user))

    def run(self, request: StaffRequest, row: MassEvent, data: dict[str, Any]) -> str:
        joined = join_suggested(row, by=request.user)
        return ngettext("%(n)s contact was joined.", "%(n)s contacts were joined.", joined) % {"n": joined}


class AnswerForm(CleanedForm, forms.Form):
    """The text in both languages, and the code that closes what is answered."""

    text = text_field(
        _("Answer"), rows=8, help_text=_("{name} and {number} are filled in for each person; nothing else is.")
    )
    text_en = text_field(
        _("Answer, in English"), rows=8, help_text=_("For conversations in English, with the same places.")
    )
    code = forms.ModelChoiceField(
        WrapUpCode.objects.none(),
        label=_("Wrap-up code"),
        help_text=_("Written contacts are closed with it, calls coded."),
    )
    topic = TopicField(help_text=_("For the contacts that have none yet."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = WrapUpCode.objects.valid_on(timezone.localdate()).filter(keeps_open=False, lines=None)
        field_of(self, "code", forms.ModelChoiceField).queryset = codes.exclude(outcome__in=OF_THE_TELEPHONE)
        field_of(self, "topic", TopicField).fill()

    def clean(self) -> dict[str, Any]:
        super().clean()
        code, topic = self.cleaned_data.get("code"), self.cleaned_data.get("topic")
        if code is not None and code.needs_topic and topic is None:
            self.add_error("topic", ValidationError(_("Choose a topic: this code needs one."), code="no_topic"))
        return self.cleaned_data


class WriteAnswer(Command[MassEvent]):
    """One text for all who wrote about it: looked at on its own page before anything leaves."""

    permission = ANSWERS
    name, icon = "risposta", "forward_to_inbox"
    label = _("Answer together")
    question = _("Nothing leaves yet: the next page shows it on real contacts.")
    form_class = AnswerForm

    def offered(self, request: StaffRequest, row: MassEvent) -> bool:
        return row.state != MassEvent.State.DRAFT

    def form_arguments(self, request: StaffRequest, row: MassEvent) -> dict[str, Any]:
        return {"initial": {"topic": row.topics.first()}}

    def run(self, request: StaffRequest, row: MassEvent, data: dict[str, Any]) -> Done:
        answer = write_answer(row, by=request.user, **data)
        return Done(
            gettext("The answer is ready to be looked at: nothing has left."),
            reverse("admin:contact_center_massanswer_change", args=[answer.pk]),
        )


class JoinedContactPanel(Panel):
    """The contacts of the event, the newest first, parted ones too."""

    model = JoinedContact
    fields = ("number_shown", "channel_shown", "state_shown", "result_shown", "joined_by", "joined_at", "parted_shown")
    verbose_name_plural = _("Contacts")

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        reach = Contact.objects.visible_to(request.user)
        rows = super().get_queryset(request).filter(contact__in=reach)
        return rows.select_related("contact", "joined_by", "parted_by")

    @display(description=_("number"))
    def number_shown(self, row: JoinedContact) -> SafeString:
        return contact_link(row.contact)

    @display(description=_("channel"))
    def channel_shown(self, row: JoinedContact) -> str:
        return row.contact.get_channel_display()

    @display(description=_("state"))
    def state_shown(self, row: JoinedContact) -> str:
        return row.contact.get_state_display()

    @badge(description=_("answer"), tones=RESULT_TONES)
    def result_shown(self, row: JoinedContact) -> tuple[str, str] | None:
        return (row.result, row.get_result_display()) if row.result else None

    @display(description=_("parted again"))
    def parted_shown(self, row: JoinedContact) -> str:
        return f"{row.parted_by}: {row.why_parted}" if row.parted_at else "–"


class MassAnswerPanel(Panel):
    """The answers given to its contacts together."""

    model = MassAnswer
    fields = ("state_shown", "code", "written_by", "begun_at", "ended_at")
    verbose_name_plural = _("Answers to many")

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        return super().get_queryset(request).select_related("code", "written_by")

    @badge(description=_("state"), tones=ANSWER_TONES)
    def state_shown(self, row: MassAnswer) -> tuple[str, str]:
        return row.state, row.get_state_display()


def figures_of(event: MassEvent) -> dict[str, Any]:
    """The contacts that are joined to it now: by day and channel, by state, and how many were resolved at first level.

    `in_base` and `first_level` are the columns from which the figures count, so what is said here is what they have in them.
    """
    joined = Contact.objects.filter(pk__in=event.joined.standing().values("contact")).order_by()
    by_state = dict(joined.values_list("state").annotate(Count("pk")))
    by_channel = dict(joined.values_list("channel").annotate(Count("pk")))
    totals = joined.aggregate(
        joined=Count("pk"),
        counting=Count("pk", filter=Q(in_base=True)),
        dealt_with=Count("pk", filter=Q(handled=True)),
        at_first_level=Count("pk", filter=Q(first_level=True)),
    )
    days: dict[Any, dict[str, int]] = {}
    shown = sorted(set(joined.values_list("day", flat=True).distinct()), reverse=True)[:MOST_DAYS]
    for day, channel, n in joined.filter(day__in=shown).values_list("day", "channel").annotate(Count("pk")):
        days.setdefault(day, {})[channel] = n
    channels = [each for each in Contact.Channel if by_channel.get(each)]
    return {
        "totals": totals,
        "states": [(each.label, by_state.get(each, 0)) for each in Contact.State],
        "channels": [each.label for each in channels],
        "days": [
            (day, [days[day].get(each, 0) for each in channels], sum(days[day].values()))
            for day in sorted(days, reverse=True)
        ],
    }


class EventWorkFilter(WorkFilter[QuerySet[MassEvent]]):
    """What is not over at first."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple:
        return (("open", _("Prepared and active")), ("all", _("All")))

    def narrowed(self, request: HttpRequest, queryset: QuerySet[MassEvent], chosen: str) -> QuerySet[MassEvent]:
        return queryset.exclude(state=MassEvent.State.OVER) if chosen == "open" else queryset


@admin.register(MassEvent)
class MassEventAdmin(VersionedAdmin[MassEvent]):
    """What makes many turn to us at once: prepared, declared, ended. Its words may be corrected until it is over."""

    form = MassEventForm
    list_display = ("shown_name", "state_shown", "begins_at", "ends_at", "joined_shown")
    list_filter = (EventWorkFilter,)
    ordering = ("-begins_at", "-pk")
    search_help_text = _("Title")
    addable = True
    editable = MassEventForm.Meta.fields
    fieldsets = (
        (
            None,
            {
                "fields": [
                    ("name", "name_en"),
                    ("words", "words_en"),
                    "guidance",
                    ("begins_at", "ends_at"),
                    ("provinces", "phrases"),
                    "topics",
                    "lines",
                    DECLARATION,
                ]
            },
        ),
    )
    autocomplete_fields = ("topics",)
    own_commands = (DeclareEvent(), WriteAnswer(), JoinSuggested(), EndEvent())
    inlines = (JoinedContactPanel, MassAnswerPanel)
    change_form_outer_before_template = "office/mass_event_head.html"

    def get_queryset(self, request: StaffRequest) -> QuerySet[MassEvent]:
        standing = Count("joined", filter=Q(joined__parted_at__isnull=True))
        return super().get_queryset(request).select_related("declared_by").annotate(joined_now=standing)

    def get_fieldsets(self, request: StaffRequest, obj: MassEvent | None = None) -> list[Any]:
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None:
            own: list[Any] = self.fieldsets[0][1]["fields"]
            del fieldsets[0][1]["fields"][own.index(DECLARATION)]
        return fieldsets

    def get_inlines(self, request: HttpRequest, obj: MassEvent | None) -> Sequence[type[Panel]]:
        return self.inlines if obj is not None else ()

    def has_change_permission(self, request: StaffRequest, obj: MassEvent | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.state != MassEvent.State.OVER)

    def save_model(self, request: StaffRequest, obj: MassEvent, form: forms.ModelForm, change: bool) -> None:
        if change:
            obj.version += 1
        obj.save()

    def find(self, queryset: QuerySet[MassEvent], text: str) -> QuerySet[MassEvent]:
        return queryset.filter(Q(name__icontains=text) | Q(name_en__icontains=text))

    def render_change_form(
        self, request: StaffRequest, context: dict[str, Any], *args: Any, obj: MassEvent | None = None, **kwargs: Any
    ) -> HttpResponse:
        if obj is not None:
            context |= {"event": obj, "figures": figures_of(obj)}
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    @badge(description=_("state"), tones=STATE_TONES)
    def state_shown(self, event: MassEvent) -> tuple[str, str]:
        return event.state, event.get_state_display()

    @display(description=_("contacts joined"))
    def joined_shown(self, event: MassEvent) -> int:
        return event.joined_now  # type: ignore[attr-defined]  # get_queryset counts it


# --- The answer to many -------------------------------------------------------------------------------------------
class OfAnswer(Command[MassAnswer]):
    """A command of those who answer together."""

    permission = ANSWERS

    def offered(self, request: StaffRequest, row: MassAnswer) -> bool:
        return row.state == MassAnswer.State.DRAFT


class SendAnswer(OfAnswer):
    name, icon, tone = "invia", "send", "primary"
    label = _("Send to all")

    def offered(self, request: StaffRequest, row: MassAnswer) -> bool:
        return super().offered(request, row) and agent_on(request) is not None

    def why_not(self, request: StaffRequest, row: MassAnswer) -> Any:
        if row.state == MassAnswer.State.DRAFT:
            return _("Only an agent can do this: ask for an agent's record of your own.")
        return super().why_not(request, row)

    def asks(self, request: StaffRequest, row: MassAnswer) -> Any:
        written = joined_to_write_to(row.event).order_by().count()
        calls = joined_to_code(row.event).order_by().count()
        return " ".join(
            (
                ngettext("%(n)s person is written to.", "%(n)s people are written to.", written) % {"n": written},
                ngettext("%(n)s call is coded.", "%(n)s calls are coded.", calls) % {"n": calls},
                gettext("What was sent cannot be taken back."),
            )
        )

    def run(self, request: StaffRequest, row: MassAnswer, data: dict[str, Any]) -> str:
        owed = send_answer(row, by=request.user)
        return ngettext("It is on its way to %(n)s contact.", "It is on its way to %(n)s contacts.", owed) % {
            "n": owed
        }


class WithdrawAnswer(OfAnswer):
    name, icon = "ritira", "undo"
    label = _("Withdraw the answer")
    question = _("It is not sent to anybody. Another one can be written.")

    def run(self, request: StaffRequest, row: MassAnswer, data: dict[str, Any]) -> str:
        withdraw_answer(row)
        return gettext("The answer was withdrawn.")


def progress_of(answer: MassAnswer) -> dict[str, Any]:
    """How many of the contacts were answered, left out and are still to be answered; those left out with their reasons."""
    results = dict(answer.contacts.order_by().values_list("result").annotate(Count("pk")))
    left_out = answer.contacts.filter(result=JoinedContact.Result.LEFT_OUT).select_related("contact").order_by("pk")
    return {
        "counts": [
            (each.label, results.get(each, 0)) for each in JoinedContact.Result if each != JoinedContact.Result.NONE
        ],
        "left_out": list(left_out[:MOST_LEFT_OUT]),
        "is_under_way": answer.state == MassAnswer.State.SENDING,
    }


@admin.register(MassAnswer)
class MassAnswerAdmin(OfficeAdmin[MassAnswer]):
    """One answer to many: how it reads on real contacts, and what came of it for each."""

    list_display = ("event", "state_shown", "code", "written_by", "begun_at", "ended_at")
    list_select_related = ("event", "code", "written_by")
    search_fields = ()
    fieldsets = (
        (
            None,
            {
                "fields": [
                    ("event", "state_shown"),
                    ("text", "text_en"),
                    ("code", "topic"),
                    ("written_by", "written_at"),
                    ("sent_by", "begun_at", "ended_at"),
                ]
            },
        ),
    )
    own_commands = (SendAnswer(), WithdrawAnswer())
    change_form_outer_before_template = "office/mass_answer_head.html"

    def get_queryset(self, request: StaffRequest) -> QuerySet[MassAnswer]:
        return super().get_queryset(request).select_related("event", "code", "topic", "written_by", "sent_by")

    def render_change_form(
        self, request: StaffRequest, context: dict[str, Any], *args: Any, obj: MassAnswer | None = None, **kwargs: Any
    ) -> HttpResponse:
        if obj is not None:
            is_draft = obj.state == MassAnswer.State.DRAFT
            shown = previews(obj, reader=request.user) if is_draft and request.user.has_perm(ANSWERS) else []
            context |= {"answer": obj, "is_draft": is_draft, "previews": shown, "progress": progress_of(obj)}
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    @badge(description=_("state"), tones=ANSWER_TONES)
    def state_shown(self, answer: MassAnswer) -> tuple[str, str]:
        return answer.state, answer.get_state_display()


# --- On a contact -------------------------------------------------------------------------------------------------
class AboutEvents(TypedDict):
    """What a contact has besides, whose query was prepared by JoinEvent."""

    is_of_event: bool
    event_is_active: bool


class JoinEventForm(forms.Form):
    """Which of the active events."""

    event = forms.ModelChoiceField(MassEvent.objects.none(), label=_("Mass event"), empty_label=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        active = MassEvent.objects.filter(state=MassEvent.State.ACTIVE).order_by("-begins_at", "-pk")
        field_of(self, "event", forms.ModelChoiceField).queryset = active


class JoinEvent(Work):
    """This contact is about it: one press from the banner, or this page."""

    name, icon = "evento", "hub"
    label = _("Join to a mass event")
    question = _("It is answered and counted with the others of the event; it can be parted from it again.")
    form_class = JoinEventForm
    states = tuple(Contact.State.values)

    def prepare(self, queryset: QuerySet) -> QuerySet:
        standing = JoinedContact.objects.standing().filter(contact=OuterRef("pk"))
        active = MassEvent.objects.filter(state=MassEvent.State.ACTIVE)
        return queryset.annotate(is_of_event=Exists(standing), event_is_active=Exists(active))

    def offered(self, request: StaffRequest, row: Contact) -> bool:
        asked = cast("ContactOfEvents", row)
        return asked.event_is_active and not asked.is_of_event

    def why_not(self, request: StaffRequest, row: Contact) -> Any:
        return _("No mass event is active, or the contact is about one already.")

    def run(self, request: StaffRequest, row: Contact, data: dict[str, Any]) -> str:
        joined = join_to_event(row, event=data["event"], by=request.user)
        return gettext("%(number)s is about “%(event)s”.") % {"number": row.number, "event": joined.event}


class PartEventForm(CleanedForm, forms.Form):
    why = forms.CharField(label=_("Why"), max_length=250, help_text=_("The history keeps it."))


class PartEvent(Work):
    name, icon = "evento-separa", "call_split"
    label = _("Part from the mass event")
    question = _("It is answered by itself again.")
    form_class = PartEventForm
    states = tuple(Contact.State.values)

    def offered(self, request: StaffRequest, row: Contact) -> bool:
        return cast("ContactOfEvents", row).is_of_event

    def why_not(self, request: StaffRequest, row: Contact) -> Any:
        return _("The contact is about no mass event.")

    def run(self, request: StaffRequest, row: Contact, data: dict[str, Any]) -> str:
        joined = part_from_event(row, by=request.user, why=data["why"])
        return gettext("%(number)s is not about “%(event)s” any more.") % {"number": row.number, "event": joined.event}


def events_for(contact: Contact, *, works: bool) -> dict[str, Any]:
    """For the page of a contact: the event that it is about, or the active ones, each with whether it is likely; the likely first.

    Where no event is active, and the contact is about none, nothing is asked.
    """
    asked = cast("ContactOfEvents", contact)
    if asked.is_of_event:
        return {"joined_event": JoinedContact.objects.standing().select_related("event").get(contact=contact).event}
    if not works or not asked.event_is_active:
        return {}
    active = MassEvent.objects.in_force(timezone.now()).order_by("-begins_at", "-pk")[:MOST_EVENTS]
    here = Contact.objects.filter(pk=contact.pk)
    likely = [(suggested_contacts(event, here).exists(), event) for event in active]
    return {"event_choices": sorted(likely, key=lambda each: not each[0])}


EVENT_COMMANDS = (JoinEvent(), PartEvent())
