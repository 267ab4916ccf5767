"""The back office of the contact centre: the one queue, the calls, the written requests, lines, teams, agents, topics."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from unfold.admin import StackedInline
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from contact_center.attachments import attachment_url
from contact_center.models import (
    Agent,
    Call,
    CallLeg,
    Contact,
    ContactEvent,
    Message,
    MessageAttachment,
    SatisfactionSurvey,
    Team,
    TollFreeLine,
    Topic,
    TopicQuestion,
    WebFormRequest,
)
from customers.admin import customers_named
from customers.office import CUSTOMER_FILE, OfficeAdmin, Panel, VersionedAdmin, WorkFilter, chosen_work
from customers.validators import normalise_phone

STATE_TONES = {
    Contact.State.OPEN: "warning",
    Contact.State.IN_PROGRESS: "info",
    Contact.State.WAITING: "info",
    Contact.State.CLOSED: "success",
}
CALL_TONES = {
    Call.Disposition.OPEN: "info",
    Call.Disposition.ANSWERED: "success",
    Call.Disposition.ABANDONED: "danger",
    Call.Disposition.TIMED_OUT: "danger",
    Call.Disposition.NO_AGENTS: "danger",
    Call.Disposition.TURNED_AWAY: "danger",
    Call.Disposition.KEY_EXIT: "warning",
}
_NUMBER = re.compile(r"(?:c-?)?0*([1-9][0-9]{0,17})", re.IGNORECASE)  # a contact's number as people write it


def contacts_named(queryset: QuerySet[Contact], text: str) -> QuerySet[Contact]:
    """The contacts that a search box means: by number, by the address or phone they came from, by the person."""
    asked = Q(person_key=f"from:{text.lower()}") | Q(customer__in=customers_named(text))
    if number := _NUMBER.fullmatch(text):
        asked |= Q(pk=int(number[1]))
    if (phone := as_phone(text)) is not None:
        asked |= Q(person_key=f"from:{phone}")
    return queryset.filter(asked)


def as_phone(text: str) -> str | None:
    """The text as a telephone number in E.164, or None."""
    try:
        return normalise_phone(text)
    except ValidationError:
        return None


def file_links(attachments: Iterable[MessageAttachment]) -> SafeString:
    """The files of a message, each a download."""
    links = ((attachment_url(each), each.name, filesizeformat(each.size)) for each in attachments)
    return format_html_join(mark_safe("<br>"), '<a href="{}"><bdi>{}</bdi></a> ({})', links)


def answers_shown(written: WebFormRequest) -> SafeString | str:
    """What the guided questions were answered, in the words they were asked in."""
    pairs = ((each["label"], each["text"]) for each in written.answers)
    return format_html_join(mark_safe("<br>"), "{}: <strong>{}</strong>", pairs) or "–"


# --- Contacts -----------------------------------------------------------------------------------------------------
class ContactPanel(Panel):
    """The customer's contacts, newest first."""

    model = Contact
    fields = ("number_shown", "channel", "topic", "subject", "state_shown", "started_at")
    ordering = ("-started_at", "-pk")
    position = 40

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("topic").defer("notes")

    @display(description=_("number"))
    def number_shown(self, contact: Contact) -> str:
        return contact.number

    @display(description=_("state"), label=STATE_TONES)
    def state_shown(self, contact: Contact) -> tuple[str, str]:
        return contact.state, contact.get_state_display()


CUSTOMER_FILE.append(ContactPanel)


class MessagePanel(Panel):
    """The written thread, with its files."""

    model = Message
    fields = ("written_at", "direction", "author", "text", "files_shown")
    ordering = ("-written_at", "-pk")
    show_change_link = False

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("author").prefetch_related("attachments")

    @display(description=_("files"))
    def files_shown(self, message: Message) -> SafeString | str:
        return file_links(message.attachments.all()) or "–"


class EventPanel(Panel):
    """What happened to the contact, and by whose hand."""

    model = ContactEvent
    fields = ("at", "kind", "by", "details")
    ordering = ("-at", "-pk")
    show_change_link = False

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("by")


class CallPanel(Panel):
    """The telephone's facts of the contact."""

    model = Call
    fields = ("queued_at", "line", "caller", "agent", "wait_seconds", "talk_seconds", "disposition")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("line", "agent")


class WebFormPanel(Panel):
    """What the written request carried."""

    model = WebFormRequest
    fields = ("form", "name", "email", "phone", "tax_code", "policy_number", "answers_shown", "suspicion")

    @display(description=_("answers to the guided questions"))
    def answers_shown(self, written: WebFormRequest) -> SafeString | str:
        return answers_shown(written)


class QueueFilter(WorkFilter):
    """What is open at first, by what is due; or what is late, mine, or everything."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple:
        return (("open", _("Open")), ("overdue", _("Overdue")), ("mine", _("Mine")), ("all", _("All")))

    def narrowed(self, request: HttpRequest, queryset: QuerySet, chosen: str) -> QuerySet:
        if chosen == "overdue":
            return queryset.overdue(timezone.now())
        if chosen == "mine":
            return queryset.open().filter(owner__user=request.user)
        return queryset.open() if chosen == "open" else queryset


@admin.register(Contact)
class ContactAdmin(VersionedAdmin):
    """The one queue. The form says who the person is and what it is about; states change by commands."""

    list_display = (
        "number_shown",
        "due_shown",
        "state_shown",
        "channel",
        "subject_shown",
        "customer",
        "owner",
        "team",
        "started_at",
    )
    list_select_related = ("line", "customer", "topic", "owner", "team")
    list_filter = (QueueFilter, "team")
    search_help_text = _("Number, e-mail or phone it came from, or the customer in any way")
    customer_path = "customer_id"
    editable = ("customer", "topic", "subject", "notes")
    autocomplete_fields = ("customer", "topic")
    inlines = (MessagePanel, EventPanel, CallPanel, WebFormPanel)
    fieldsets = (
        (
            None,
            {
                "fields": [
                    ("number_shown", "state_shown"),
                    "due_at",
                    ("channel", "kind"),
                    ("line", "address"),
                    "customer",
                    ("topic", "subject"),
                    "notes",
                ]
            },
        ),
        (
            _("Who took it, and what came of it"),
            {
                "fields": [
                    ("agent", "owner"),
                    "team",
                    ("level", "escalation"),
                    "escalated_at",
                    ("outcome", "confirmed"),
                    "satisfaction",
                    ("started_at", "closed_at"),
                    "reopened_count",
                    ("continues", "repeated_on"),
                ]
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        queryset = super().get_queryset(request)
        if request.resolver_match.url_name.endswith("_changelist"):
            return queryset.defer("notes")
        return queryset.select_related("line", "customer", "topic", "agent", "owner", "team", "continues")

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        return ("-started_at", "-pk") if chosen_work(request) == "all" else ("due_at", "pk")

    def find(self, queryset: QuerySet, text: str) -> QuerySet:
        return contacts_named(queryset, text)

    @display(description=_("number"))
    def number_shown(self, contact: Contact) -> str:
        return contact.number

    @display(description=_("subject"))
    def subject_shown(self, contact: Contact) -> str:
        return contact.subject or str(contact.topic or contact.line or "–")

    @display(description=_("due"), label={"late": "danger", "due": "info"})
    def due_shown(self, contact: Contact) -> tuple[str, str] | None:
        if contact.due_at is None or contact.state == Contact.State.CLOSED:
            return None
        shown = timezone.localtime(contact.due_at).strftime("%d/%m %H:%M")
        return ("late" if contact.due_at < timezone.now() else "due"), shown

    @display(description=_("state"), label=STATE_TONES)
    def state_shown(self, contact: Contact) -> tuple[str, str]:
        return contact.state, contact.get_state_display()


class FormWorkFilter(WorkFilter):
    """Written requests of open contacts at first."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple:
        return (("open", _("Open")), ("all", _("All")))

    def narrowed(self, request: HttpRequest, queryset: QuerySet, chosen: str) -> QuerySet:
        return queryset.filter(contact__in=Contact.objects.open().values("pk")) if chosen == "open" else queryset


@admin.register(WebFormRequest)
class WebFormRequestAdmin(OfficeAdmin):
    """What came by the site's forms; the work on each is on its contact. The tracking secret is never shown."""

    list_display = ("contact", "form", "name", "email", "subject_shown", "state_shown", "started_shown", "suspicion")
    list_select_related = ("contact",)
    list_filter = (FormWorkFilter, "suspicion")
    search_help_text = _("Number of the contact, e-mail or phone it came from, or the customer in any way")
    customer_path = "contact.customer_id"
    fieldsets = (
        (
            None,
            {
                "fields": [
                    ("contact", "form"),
                    "language",
                    ("name", "email"),
                    "phone",
                    ("tax_code", "policy_number"),
                    "answers_shown",
                    ("privacy_version", "suspicion"),
                ]
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("contact")

    def find(self, queryset: QuerySet, text: str) -> QuerySet:
        return queryset.filter(contact__in=contacts_named(Contact.objects.all(), text).order_by().values("pk"))

    @display(description=_("answers to the guided questions"))
    def answers_shown(self, written: WebFormRequest) -> SafeString | str:
        return answers_shown(written)

    @display(description=_("subject"))
    def subject_shown(self, written: WebFormRequest) -> str:
        return written.contact.subject

    @display(description=_("state"), label=STATE_TONES)
    def state_shown(self, written: WebFormRequest) -> tuple[str, str]:
        return written.contact.state, written.contact.get_state_display()

    @display(description=_("started at"))
    def started_shown(self, written: WebFormRequest) -> Any:
        return written.contact.started_at


class AnsweredFilter(WorkFilter):
    """The answers at first; or those who said it was not resolved, or everybody who was asked."""

    title = _("answers")
    default = "answered"

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple:
        return (("answered", _("Answered by customers")), ("unresolved", _("Not resolved")), ("all", _("All asked")))

    def narrowed(self, request: HttpRequest, queryset: QuerySet, chosen: str) -> QuerySet:
        if chosen == "unresolved":
            return queryset.filter(resolved=False)
        return queryset.filter(answered_at__isnull=False) if chosen == "answered" else queryset


@admin.register(SatisfactionSurvey)
class SatisfactionSurveyAdmin(OfficeAdmin):
    """What customers said when asked whether it was resolved, newest first."""

    list_display = ("contact", "asked_at", "answered_at", "resolved", "rating", "comment")
    list_select_related = ("contact",)
    list_filter = (AnsweredFilter, "rating")
    ordering = ("-asked_at", "-pk")
    search_help_text = _("Number of the contact, e-mail or phone it came from, or the customer in any way")
    customer_path = "contact.customer_id"
    fieldsets = ((None, {"fields": ["contact", ("asked_at", "answered_at"), ("resolved", "rating"), "comment"]}),)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("contact")

    def find(self, queryset: QuerySet, text: str) -> QuerySet:
        return queryset.filter(contact__in=contacts_named(Contact.objects.all(), text).order_by().values("pk"))


# --- Calls --------------------------------------------------------------------------------------------------------
class LegPanel(Panel):
    """The queues that the call passed through."""

    model = CallLeg
    fields = ("position", "line", "queue", "agent", "entered_at", "wait_seconds", "talk_seconds", "disposition")
    ordering = ("position",)
    show_change_link = False

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("line", "agent")


class CallFilter(WorkFilter):
    """All calls, or those that nobody answered."""

    title = _("calls shown")
    default = "all"

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple:
        return (("all", _("All")), ("abandoned", _("Abandoned")), ("open", _("In progress")))

    def narrowed(self, request: HttpRequest, queryset: QuerySet, chosen: str) -> QuerySet:
        if chosen == "abandoned":
            return queryset.filter(disposition=Call.Disposition.ABANDONED)
        return queryset.filter(disposition=Call.Disposition.OPEN) if chosen == "open" else queryset


@admin.register(Call)
class CallAdmin(OfficeAdmin):
    """What the telephones said, newest first."""

    list_display = (
        "queued_at",
        "line",
        "caller_shown",
        "customer_shown",
        "agent",
        "wait_seconds",
        "talk_seconds",
        "disposition_shown",
    )
    list_select_related = ("line", "agent", "contact__customer")
    list_filter = (CallFilter, "line")
    ordering = ("-queued_at", "-pk")
    search_help_text = _("The caller's number, or the customer in any way")
    customer_path = "contact.customer_id"
    inlines = (LegPanel,)
    fieldsets = (
        (
            None,
            {
                "fields": [
                    ("line", "disposition_shown"),
                    "transferred",
                    ("caller", "caller_stated"),
                    ("contact", "agent"),
                    ("queued_at", "answered_at"),
                    "ended_at",
                    ("wait_seconds", "talk_seconds"),
                    ("hold_seconds", "wrap_seconds"),
                    "ring_no_answer",
                    ("source", "external_id"),
                ]
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("line", "agent", "contact__customer")

    def find(self, queryset: QuerySet, text: str) -> QuerySet:
        asked = Q(contact__in=Contact.objects.filter(customer__in=customers_named(text)).order_by().values("pk"))
        if (phone := as_phone(text)) is not None:
            asked = Q(caller=phone)
        return queryset.filter(asked)

    @display(description=_("caller"))
    def caller_shown(self, call: Call) -> str:
        return call.caller or call.caller_stated or str(_("withheld"))

    @display(description=_("customer"))
    def customer_shown(self, call: Call) -> str:
        return str(call.contact.customer or "–") if call.contact else "–"

    @display(description=_("how it ended"), label=CALL_TONES)
    def disposition_shown(self, call: Call) -> tuple[str, str]:
        return call.disposition, call.get_disposition_display()


# --- The organisation: small tables, read whole -------------------------------------------------------------------
@admin.register(TollFreeLine)
class TollFreeLineAdmin(OfficeAdmin):
    """The toll-free numbers."""

    list_display = ("name", "spoken_number", "serves", "position", "is_active")
    ordering = ("position", "code")
    search_help_text = _("Name or number")
    addable = True
    editable = ("code", "name", "number", "serves", "position", "is_active")
    fieldsets = ((None, {"fields": [("code", "is_active"), ("name", "number"), "serves", "position"]}),)

    def find(self, queryset: QuerySet, text: str) -> QuerySet:
        digits = "".join(text.split())
        return queryset.filter(Q(name__icontains=text) | Q(number__contains=digits))

    @display(description=_("number"))
    def spoken_number(self, line: TollFreeLine) -> str:
        return line.spoken_number


@admin.register(Team)
class TeamAdmin(OfficeAdmin):
    """First level, and the second levels with their own authority."""

    list_display = ("name", "code", "level", "is_active")
    ordering = ("level", "name")
    search_help_text = _("Name or code")
    addable = True
    editable = ("code", "name", "level", "is_active")
    fieldsets = ((None, {"fields": [("code", "is_active"), "name", "level"]}),)

    def find(self, queryset: QuerySet, text: str) -> QuerySet:
        return queryset.filter(Q(name__icontains=text) | Q(code__icontains=text))


@admin.register(Agent)
class AgentAdmin(OfficeAdmin):
    """Who answers: their team, lines and extension."""

    list_display = ("name", "code", "team", "extension", "country", "user", "is_active")
    list_select_related = ("team", "user")
    ordering = ("name", "code")
    search_help_text = _("Name, code or extension")
    addable = True
    editable = ("code", "name", "user", "team", "extension", "lines", "country", "is_active")
    raw_id_fields = ("user",)
    filter_horizontal = ("lines",)
    fieldsets = (
        (None, {"fields": [("code", "is_active"), "name", ("team", "extension"), "lines", ("user", "country")]}),
    )

    def find(self, queryset: QuerySet, text: str) -> QuerySet:
        return queryset.filter(Q(name__icontains=text) | Q(code__icontains=text) | Q(extension=text))


class QuestionForm(forms.ModelForm):
    """A question, with room for four choices in sight."""

    class Meta:
        widgets = {"choices": UnfoldAdminTextareaWidget(attrs={"rows": 4})}


class QuestionInline(StackedInline):
    """What the guided request asks about the topic. A question is not deleted but ends on a day."""

    model = TopicQuestion
    form = QuestionForm
    tab = True
    extra = 0
    can_delete = False
    ordering = ("position", "pk")
    fields = (
        ("code", "kind"),
        ("label", "label_en"),
        ("help", "help_en"),
        "choices",
        ("required", "position"),
        ("valid_from", "valid_to"),
    )


@admin.register(Topic)
class TopicAdmin(OfficeAdmin):
    """Why people contact us, and what the guided request asks about it. A topic is not deleted but ends on a day."""

    list_display = ("name", "area", "code", "is_public", "valid_from", "valid_to")
    list_filter = ("area", "is_public")
    ordering = ("area", "name")
    search_help_text = _("Reason or code")
    addable = True
    editable = ("code", "area", "name", "name_en", "is_public", "valid_from", "valid_to")
    inlines = (QuestionInline,)
    fieldsets = ((None, {"fields": [("code", "area"), ("name", "name_en"), "is_public", ("valid_from", "valid_to")]}),)

    def find(self, queryset: QuerySet, text: str) -> QuerySet:
        return queryset.filter(Q(name__icontains=text) | Q(code__icontains=text))
