"""The back office of the contact centre: the one queue, the calls, the written requests, lines, teams, agents, topics."""

from contextlib import nullcontext
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import SimpleListFilter
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
    JsonResponse,
)
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import StackedInline
from unfold.decorators import display
from unfold.widgets import UnfoldAdminTextareaWidget

from contact_center.contacts.mentions import agents_called
from contact_center.contacts.presence import others_present
from contact_center.contacts.rungs import last_warning
from contact_center.contacts.twins import has_twins
from contact_center.due.targets import Book, clock_of
from contact_center.due.words import due_shown, length_in_words
from contact_center.figures.line_targets import line_targets_changed, windows_of
from contact_center.models import (
    Agent,
    AnsweredBeforehand,
    Call,
    CallLeg,
    Contact,
    Language,
    PastContact,
    SatisfactionSurvey,
    Team,
    TollFreeLine,
    Topic,
    TopicQuestion,
    WebFormRequest,
)
from contact_center.models.call import CallQuerySet
from contact_center.models.contact import ORDER_OF_WORK
from contact_center.office import known_people as known_people_admin  # noqa: F401  people who are no customers
from contact_center.office import mass_events as mass_event_admin  # noqa: F401  events and answers to many
from contact_center.office import service as service_admin  # noqa: F401  calendars, targets and wrap-up codes
from contact_center.office.answering import (
    Note,
    Reply,
    answered_with,
    called_as,
    discard_draft,
    draft_kept,
    keep_draft,
)
from contact_center.office.contact_commands import COMMANDS, LIST_COMMANDS
from contact_center.office.contact_page import beside_it, changes_since, page_context
from contact_center.office.organisation import AgentForm, LineForm, LineTargetRows, with_skills
from contact_center.office.queue import FILTERS, describe_call_backs, describe_rows, head_of, work_of
from contact_center.office.views_shown import address_of, view_at, views_of
from contact_center.quality import admin as quality_admin  # noqa: F401  quality forms
from customers import roles
from customers.admin import customers_named
from customers.models import User
from customers.validators import normalise_phone
from foundation.joins import joined_as_written
from foundation.masking import Kind, seen_of
from foundation.numbers import whole_number
from foundation.office.base import OfficeAdmin, Panel, VersionedAdmin, WorkFilter, badge
from foundation.office.changes import Change
from foundation.office.drafts import taken
from foundation.refusals import Refused
from foundation.requests import Reader, StaffRequest
from foundation.sorting import Folded
from foundation.text import clean_text

# Fields that the events tell better than their old and new values do.
_NOT_SHOWN = ("version", "due_at", "closed_at", "state", "owner", "agent")
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
LEADS = (roles.AGENT, roles.SPECIALIST, roles.MANAGER)  # who may lead a team
MOST_FORMS = 200  # of one address that a search looks at


def contacts_named(queryset: QuerySet[Contact], text: str) -> QuerySet[Contact]:
    """The contacts that a search box means: by number, ours or an earlier system's, by the address or phone they came from, by
    the person.
    """
    asked = Q(customer__in=customers_named(text)) | Q(pk__in=[*with_form_from(text), *_with_old_number(text)])
    asked |= Q(pk__in=Contact.objects.with_number(text).values("pk"))
    asked |= Q(pk__in=Contact.objects.begins_with_number(text).order_by("-pk").values("pk")[:MOST_FORMS])
    # Said as the index of addresses says it, or it could not serve.
    for stated in dict.fromkeys(filter(None, (text.lower(), as_phone(text)))):
        asked |= Q(came_from=stated) & ~Q(address="")
    return queryset.alias(came_from=Lower("address")).filter(asked)


def with_form_from(text: str) -> list[int]:
    """The contacts whose form carried the e-mail address or the telephone number, the newest first."""
    forms = WebFormRequest.objects.order_by("-contact")
    named: QuerySet[WebFormRequest]
    if "@" in text:
        named = forms.alias(by=Lower("email")).filter(by=text.lower())
    elif (phone := as_phone(text)) is not None:
        named = forms.filter(phone=phone).exclude(phone="")
    else:
        return []
    return list(named.values_list("contact", flat=True)[:MOST_FORMS])


def _with_old_number(text: str) -> list[int]:
    """The contacts that had the number in an earlier system."""
    past = PastContact.objects.filter(key=text).order_by("-contact")
    return list(past.values_list("contact", flat=True)[:MOST_FORMS])


def as_phone(text: str) -> str | None:
    """The text as a telephone number in E.164, or None."""
    try:
        return normalise_phone(text)
    except ValidationError:
        return None


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

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        return super().get_queryset(request).select_related("topic").defer("notes")

    @display(description=_("number"))
    def number_shown(self, contact: Contact) -> str:
        return contact.number

    @badge(description=_("state"), tones=STATE_TONES)
    def state_shown(self, contact: Contact) -> tuple[str, str]:
        return contact.state, contact.get_state_display()


@admin.register(Contact)
class ContactAdmin(VersionedAdmin[Contact]):
    """The one queue, and the page on which a contact is worked. The form says who and what about; states change by commands.

    The list is drawn by office/queue.py, the page by office/contact_page.py, and its buttons by office/contact_commands.py.
    """

    list_display = ("number",)  # the table is drawn whole by change_list.html
    list_select_related = ("line", "customer", "person", "topic", "owner", "team", "web_form", "entry")
    list_filter = FILTERS
    list_fullwidth = True
    list_before_template = "office/queue_head.html"
    search_help_text = _("Number, e-mail or phone it came from, or the customer in any way")
    customer_path = "customer_id"
    editable = ("customer", "topic", "subject", "notes")
    autocomplete_fields = ("customer", "topic")
    fieldsets = ((None, {"fields": ["customer", "topic", "subject", "notes"]}),)
    change_form_outer_before_template = None  # the page draws its own buttons
    own_commands = COMMANDS
    list_commands = LIST_COMMANDS

    # --- The list
    def get_queryset(self, request: StaffRequest) -> QuerySet:
        queryset = super().get_queryset(request)
        match = request.resolver_match
        if match is not None and (match.url_name or "").endswith("_changelist"):
            return queryset.defer("notes", "web_form__answers").annotate(last_warning=last_warning())
        for command in self.commands:
            queryset = command.prepare(queryset)
        if match is not None and (match.url_name or "").endswith("_change"):
            queryset = queryset.annotate(**answered_with(request))
        return queryset.annotate(has_twins=has_twins(), **beside_it()).select_related(
            "line",
            "customer__agency",
            "person",
            "topic",
            "agent",
            "owner",
            "team",
            "wrap_up",
            "web_form",
            "entry__entered_by",
            "past",
            "call",
            "call_back",
            "outgoing__agent",
            "operation",
        )

    def get_ordering(self, request: StaffRequest) -> tuple[str, ...]:
        work = work_of(request)
        if work == "follow_up":
            return ("follow_up_on", "due_at", "pk")
        if work == "call_backs":
            return ("due_at", "pk")
        return ("-started_at", "-pk") if work in ("all", "uncoded") else ORDER_OF_WORK

    def get_changelist_instance(self, request: StaffRequest) -> Any:
        searches = bool(request.GET.get("q"))
        with nullcontext() if searches else joined_as_written():
            changelist = super().get_changelist_instance(request)
            len(changelist.result_list)  # asked here
        describe_rows(changelist.result_list)
        if work_of(request) == "call_backs":
            describe_call_backs(changelist.result_list)
        return changelist

    def changelist_view(self, request: StaffRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The queue, with what stands above it; the short address of a view leads to its whole one."""
        if (view := view_at(request)) is not None and view.parameters:
            return HttpResponseRedirect(address_of(view))
        answer = super().changelist_view(request, extra_context)
        if isinstance(answer, TemplateResponse) and answer.context_data and "cl" in answer.context_data:
            changelist = answer.context_data["cl"]
            answer.context_data |= head_of(changelist, request) | views_of(changelist, request)
            many = next(each for each in self.list_commands if each.name == "insieme")
            answer.context_data["can_do_to_many"] = many.allowed(request, None)
        return answer

    def find(self, queryset: QuerySet, text: str) -> QuerySet:
        return contacts_named(queryset, text)

    # --- The page
    def get_fieldsets(self, request: StaffRequest, obj: Contact | None = None) -> list[Any]:
        """The form only where it is asked for: to work a contact one reads and answers, and seldom corrects."""
        if obj is not None and request.method == "GET" and "correggi" not in request.GET:
            return []
        return super().get_fieldsets(request, obj)

    def get_urls(self) -> list[Any]:
        stem, wrap = "contact_center_contact", self.admin_site.admin_view
        return [
            path("<path:object_id>/scadenza/", wrap(self.due_view), name=f"{stem}_due"),
            path("<path:object_id>/presenza/", wrap(self.presence_view), name=f"{stem}_presence"),
            path("<path:object_id>/bozza/", wrap(self.draft_view), name=f"{stem}_draft"),
            path("<path:object_id>/colleghi/", wrap(self.colleagues_view), name=f"{stem}_colleagues"),
            *super().get_urls(),
        ]

    def render_change_form(
        self, request: StaffRequest, context: dict[str, Any], *args: Any, obj: Contact | None = None, **kwargs: Any
    ) -> HttpResponse:
        if obj is not None:
            works = self.has_change_permission(request, obj)
            at_once = self.at_once(request, obj)
            context |= page_context(request, obj, works=works, answers=Reply.name in at_once)
            context |= {"at_once": at_once, "seen_at": timezone.now().isoformat()}
            context["corrects"] = "correggi" in request.GET or request.method == "POST"
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def at_once(self, request: StaffRequest, contact: Contact) -> dict[str, str]:
        """The addresses of the commands whose forms are on the page itself, by their names."""
        return {
            each.name: self.command_url(each.name, contact)
            for each in self.commands
            if each.form_on_page and each.allowed(request, contact) and each.offered(request, contact)
        }

    def changed_since(self, row: Contact, since: datetime, *, reader: Reader) -> list[Change]:
        """What was written, what happened and which fields changed, the newest first."""
        unshown = {str(field.verbose_name) for field in row._meta.fields if field.name in _NOT_SHOWN}
        fields = [each for each in super().changed_since(row, since, reader=reader) if each.field not in unshown]
        return sorted([*changes_since(row, since), *fields], key=lambda change: change.at, reverse=True)

    def _shown(self, request: StaffRequest, object_id: str) -> Contact:
        """The contact within reach, as it is: nothing of it will be changed, so nothing is locked."""
        try:
            contact = self.get_queryset(request).filter(pk=unquote(object_id)).first()
        except ValueError:
            contact = None
        if contact is None:
            raise Http404
        if not self.has_view_permission(request, contact):
            raise PermissionDenied
        return contact

    def due_view(self, request: StaffRequest, object_id: str) -> HttpResponse:
        """How the due time comes about, step by step."""
        contact, now = self._shown(request, object_id), timezone.now()
        clock = clock_of(contact, contact.events.order_by("at", "pk"), Book())
        context = {
            **self.admin_site.each_context(request),
            "title": _("How the due time comes about"),
            "subtitle": str(contact),
            "object": contact,
            "opts": self.opts,
            "clock": clock,
            "due": due_shown(contact, now, clock.target.calendar if clock.target else None),
            "promised": length_in_words(clock.target.minutes * 60) if clock.target else "",
            "steps": [{"step": step, "total": length_in_words(step.total)} for step in clock.steps(now)],
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "office/contact_due.html", context)

    def presence_view(self, request: StaffRequest, object_id: str) -> HttpResponse:
        """The others who have the page open; asked by static/js/contact.js every few seconds."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        contact = self._shown(request, object_id)
        if not self.has_change_permission(request, contact):
            raise PermissionDenied
        others = others_present(contact, request.user, leaves="leaves" in request.POST)
        seen = whole_number(request.POST.get("seen_version", ""))
        changed = seen is not None and seen < contact.version
        return TemplateResponse(request, "office/presence.html", {"others_here": others, "changed": changed})

    def draft_view(self, request: StaffRequest, object_id: str) -> HttpResponse:
        """Keep what is being written, or forget it: for a script as JSON, else back to the page."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        contact = self._shown(request, object_id)
        if not self.has_change_permission(request, contact):
            raise PermissionDenied
        by_script = request.headers.get("X-Requested-With") == "fetch"
        page = HttpResponseRedirect(reverse("admin:contact_center_contact_change", args=[contact.pk]))
        if "discard" in request.POST:
            discard_draft(request, contact)
            messages.success(request, _("The draft is gone."))
            return taken(request, page)
        try:
            draft = keep_draft(request, contact)
        except Refused as refusal:
            if by_script:
                return JsonResponse({"problem": str(refusal)}, status=HTTPStatus.CONFLICT)
            return self._draft_refused(request, contact, refusal)
        if by_script:
            return draft_kept(draft)
        messages.success(request, _("The draft is kept."))
        return taken(request, page)

    def _draft_refused(self, request: StaffRequest, contact: Contact, refusal: Refused) -> HttpResponse:
        """The page of the answer or of the note, with what was written and why it was not kept."""
        is_note = request.POST.get("part") == "note"
        command = next(each for each in self.own_commands if each.name == (Note.name if is_note else Reply.name))
        return self._page(request, command, contact, self._form(request, command, contact), refusal=refusal)

    def colleagues_view(self, request: StaffRequest, object_id: str) -> HttpResponse:
        """The colleagues whose name or code begins with `q`, for completing a mention (static/js/reply.js)."""
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        contact = self._shown(request, object_id)
        if not self.has_change_permission(request, contact):
            raise PermissionDenied
        return called_as(agents_called(clean_text(request.GET.get("q", ""))[:60]))


class FormWorkFilter(WorkFilter[QuerySet[WebFormRequest]]):
    """Written requests of open contacts at first."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple:
        return (("open", _("Open")), ("all", _("All")))

    def narrowed(
        self, request: HttpRequest, queryset: QuerySet[WebFormRequest], chosen: str
    ) -> QuerySet[WebFormRequest]:
        return queryset.filter(contact__in=Contact.objects.open().values("pk")) if chosen == "open" else queryset


@admin.register(WebFormRequest)
class WebFormRequestAdmin(OfficeAdmin[WebFormRequest]):
    """What came by the site's forms; the work on each is on its contact. The tracking secret is never shown."""

    list_display = ("contact", "form", "name", "email", "subject_shown", "state_shown", "started_shown", "strange")
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

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        return super().get_queryset(request).select_related("contact")

    def find(self, queryset: QuerySet, text: str) -> QuerySet:
        return queryset.filter(contact__in=contacts_named(Contact.objects.all(), text).order_by().values("pk"))

    @display(description=_("answers to the guided questions"))
    def answers_shown(self, written: WebFormRequest) -> SafeString | str:
        return answers_shown(written)

    @display(description=_("subject"))
    def subject_shown(self, written: WebFormRequest) -> str:
        return written.contact.subject

    @badge(description=_("state"), tones=STATE_TONES)
    def state_shown(self, written: WebFormRequest) -> tuple[str, str]:
        return written.contact.state, written.contact.get_state_display()

    @display(description=_("to be looked at"))
    def strange(self, written: WebFormRequest) -> str:
        return written.get_suspicion_display() if written.suspicion else "–"

    @display(description=_("started at"))
    def started_shown(self, written: WebFormRequest) -> datetime:
        return written.contact.started_at


class EnoughFilter(SimpleListFilter):
    """Those for whom the answer was enough, or those who wrote all the same."""

    title = _("it was enough")
    parameter_name = "helped"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list:
        return [("yes", _("Yes")), ("no", _("No"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        value = self.value()
        return queryset.filter(helped=value == "yes") if value in ("yes", "no") else queryset


class AreaAnsweredFilter(SimpleListFilter):
    """The answers about topics of one area."""

    title = _("subject area")
    parameter_name = "area"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return Topic.Area.choices

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() not in Topic.Area.values:
            return queryset
        return queryset.filter(topic__in=Topic.objects.filter(area=self.value()).order_by().values("pk"))


@admin.register(AnsweredBeforehand)
class AnsweredBeforehandAdmin(OfficeAdmin[AnsweredBeforehand]):
    """What the reserved area answered before a request was written, newest first: by topic and line of business."""

    list_display = ("day", "topic", "area_shown", "ramo", "helped")
    list_select_related = ("topic",)
    list_filter = (EnoughFilter, AreaAnsweredFilter)
    ordering = ("-day", "-pk")
    search_help_text = _("Reason or code of the topic")
    fieldsets = ((None, {"fields": ["day", "topic", "ramo", "helped"]}),)

    def find(self, queryset: QuerySet, text: str) -> QuerySet:
        named = Topic.objects.filter(Q(name__icontains=text) | Q(name_en__icontains=text) | Q(code__icontains=text))
        return queryset.filter(topic__in=named.order_by().values("pk"))

    @display(description=_("subject area"))
    def area_shown(self, answered: AnsweredBeforehand) -> str:
        return answered.topic.get_area_display()


class AnsweredFilter(WorkFilter[QuerySet[SatisfactionSurvey]]):
    """The answers at first; or those of customers for whom it was not resolved, or everybody who was asked."""

    title = _("answers")
    default = "answered"

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple:
        return (("answered", _("Answered by customers")), ("unresolved", _("Not resolved")), ("all", _("All asked")))

    def narrowed(
        self, request: HttpRequest, queryset: QuerySet[SatisfactionSurvey], chosen: str
    ) -> QuerySet[SatisfactionSurvey]:
        if chosen == "unresolved":
            return queryset.filter(resolved=False)
        return queryset.filter(answered_at__isnull=False) if chosen == "answered" else queryset


class RatingFilter(SimpleListFilter):
    """The marks there are, without looking through the answers for them."""

    title = _("rating")
    parameter_name = "rating"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list:
        return [(str(mark), str(mark)) for mark in range(1, 6)]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(rating=self.value()) if self.value() in dict(self.lookup_choices) else queryset


@admin.register(SatisfactionSurvey)
class SatisfactionSurveyAdmin(OfficeAdmin[SatisfactionSurvey]):
    """What customers answered when asked whether it was resolved, newest first."""

    list_display = ("contact", "asked_at", "answered_at", "resolved", "rating", "comment")
    list_select_related = ("contact",)
    list_filter = (AnsweredFilter, RatingFilter)
    ordering = ("-asked_at", "-pk")
    search_help_text = _("Number of the contact, e-mail or phone it came from, or the customer in any way")
    customer_path = "contact.customer_id"
    fieldsets = ((None, {"fields": ["contact", ("asked_at", "answered_at"), ("resolved", "rating"), "comment"]}),)

    def get_queryset(self, request: StaffRequest) -> QuerySet:
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

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        return super().get_queryset(request).select_related("line", "agent")


class CallFilter(WorkFilter[CallQuerySet]):
    """All calls, or those that nobody answered."""

    title = _("calls shown")
    default = "all"

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple:
        return (("all", _("All")), ("abandoned", _("Abandoned")), ("open", _("In progress")))

    def narrowed(self, request: HttpRequest, queryset: CallQuerySet, chosen: str) -> CallQuerySet:
        if chosen == "abandoned":
            return queryset.filter(disposition=Call.Disposition.ABANDONED)
        return queryset.filter(disposition=Call.Disposition.OPEN) if chosen == "open" else queryset


@admin.register(Call)
class CallAdmin(OfficeAdmin[Call]):
    """The calls, newest first."""

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

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        return super().get_queryset(request).select_related("line", "agent", "contact__customer")

    def find(self, queryset: QuerySet, text: str) -> QuerySet:
        asked = Q(contact__in=Contact.objects.filter(customer__in=customers_named(text)).order_by().values("pk"))
        if (phone := as_phone(text)) is not None:
            asked = Q(caller=phone)
        return queryset.filter(asked)

    @display(description=_("caller"))
    def caller_shown(self, call: Call) -> str:
        return seen_of(call, Kind.TELEPHONE, call.caller) or str(_("number withheld"))

    @display(description=_("customer"))
    def customer_shown(self, call: Call) -> str:
        return str(call.contact.customer or "–") if call.contact else "–"

    @badge(description=_("how it ended"), tones=CALL_TONES)
    def disposition_shown(self, call: Call) -> tuple[str, str]:
        return call.disposition, call.get_disposition_display()


# --- The organisation: small tables, read whole -------------------------------------------------------------------
@admin.register(TollFreeLine)
class TollFreeLineAdmin(OfficeAdmin[TollFreeLine]):
    """The toll-free numbers: when each is answered, by which teams, and what is asked of the people who answer."""

    form = LineForm
    list_display = ("shown_name", "spoken_number", "shown_serves", "calendar", "position", "is_active")
    list_select_related = ("calendar",)
    inlines = (LineTargetRows,)
    ordering = ("position", "code")
    search_help_text = _("Name or number")
    addable = True
    editable = (
        *("code", "name", "name_en", "number", "serves", "serves_en"),
        *("calendar", "closed_message", "closed_message_en", "teams", "needs_skill", "language"),
        *("position", "blocks_uncoded", "is_active"),
        *("calls_back_abandoned", "abandoned_after_seconds", "abandoned_within_minutes"),
        *("asks_identity", "right_answers", "known_number_suffices"),
    )
    fieldsets = (
        (
            None,
            {
                "fields": [
                    ("code", "is_active"),
                    ("name", "name_en"),
                    "number",
                    "serves",
                    "serves_en",
                    ("calendar", "language"),
                    "closed_message",
                    "closed_message_en",
                    "teams",
                    "needs_skill",
                    "position",
                    "blocks_uncoded",
                    ("asks_identity", "right_answers"),
                    "known_number_suffices",
                ]
            },
        ),
        (
            _("Callers who gave up waiting"),
            {
                "fields": [
                    "calls_back_abandoned",
                    ("abandoned_after_seconds", "abandoned_within_minutes"),
                ]
            },
        ),
    )

    def formfield_for_foreignkey(self, db_field: Any, request: StaffRequest, **kwargs: Any) -> Any:
        return super().formfield_for_foreignkey(db_field, request, **with_skills(self, db_field, request, kwargs))

    def find(self, queryset: QuerySet, text: str) -> QuerySet:
        digits = "".join(text.split())
        return queryset.filter(Q(name__icontains=text) | Q(number__contains=digits))

    def save_related(self, request: StaffRequest, form: Any, formsets: Any, change: bool) -> None:
        before = windows_of(form.instance)
        super().save_related(request, form, formsets, change)
        if (after := windows_of(form.instance)) != before:
            line_targets_changed(form.instance, before ^ after)

    @display(description=_("number"))
    def spoken_number(self, line: TollFreeLine) -> str:
        return line.spoken_number


@admin.register(Team)
class TeamAdmin(OfficeAdmin[Team]):
    """First level, and the second levels with their own authority."""

    list_display = ("shown_name", "code", "level", "lead", "is_active")
    list_select_related = ("lead",)
    ordering = ("level", Folded("name"))
    search_help_text = _("Name or code")
    addable = True
    editable = ("code", "name", "name_en", "level", "lead", "is_active")
    fieldsets = ((None, {"fields": [("code", "is_active"), ("name", "name_en"), "level", "lead"]}),)

    def formfield_for_foreignkey(self, db_field: Any, request: StaffRequest, **kwargs: Any) -> Any:
        """A team is led by a person who works contacts, or manages: nobody else could do what its leader does."""
        if db_field.name == "lead":
            leads = User.objects.filter(is_staff=True, is_active=True, groups__name__in=LEADS) | User.objects.filter(
                led_teams__isnull=False
            )
            kwargs["queryset"] = leads.distinct().order_by("email")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def find(self, queryset: QuerySet, text: str) -> QuerySet:
        return queryset.filter(Q(name__icontains=text) | Q(name_en__icontains=text) | Q(code__icontains=text))


@admin.register(Agent)
class AgentAdmin(OfficeAdmin[Agent]):
    """The people who answer: their team and extension, the lines they serve, what they know, speak and carry."""

    form = AgentForm
    list_display = ("name", "code", "team", "extension", "languages_shown", "capacity", "user", "is_active")
    list_select_related = ("team", "user")
    ordering = (Folded("name"), "code")
    search_help_text = _("Name, code or extension")
    addable = True
    editable = (
        *("code", "name", "user", "team", "extension", "is_active"),
        *("served_lines", "held_skills", "languages", "capacity"),
    )
    fieldsets = (
        (None, {"fields": [("code", "is_active"), "name", ("team", "extension"), "user"]}),
        (_("What they are given"), {"fields": ["served_lines", "held_skills", "languages", "capacity"]}),
    )

    def formfield_for_foreignkey(self, db_field: Any, request: StaffRequest, **kwargs: Any) -> Any:
        """An agent's user is chosen among the staff: a person who manages the agents may not open the list of all people."""
        if db_field.name == "user":
            kwargs["queryset"] = User.objects.filter(
                Q(is_staff=True, is_active=True) | Q(agent__isnull=False)
            ).order_by("email")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def find(self, queryset: QuerySet, text: str) -> QuerySet:
        return queryset.filter(Q(name__icontains=text) | Q(code__icontains=text) | Q(extension=text))

    @display(description=_("languages"))
    def languages_shown(self, agent: Agent) -> str:
        return ", ".join(str(Language(code).label) for code in agent.languages) or "–"

    @display(description=_("lines"))
    def served_lines(self, agent: Agent) -> str:
        """To a person who may look and not change."""
        return ", ".join(str(line) for line in agent.lines.all()) or gettext("all")

    @display(description=_("skills"))
    def held_skills(self, agent: Agent) -> str:
        """To a person who may look and not change."""
        return ", ".join(str(skill) for skill in agent.skills.all()) or "–"


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
class TopicAdmin(OfficeAdmin[Topic]):
    """Why people contact us, and what the guided request asks about it. A topic is not deleted but ends on a day."""

    list_display = ("shown_name", "area", "code", "is_public", "valid_from", "valid_to")
    list_filter = ("area", "is_public")
    ordering = ("area", Folded("name"))
    search_help_text = _("Reason or code")
    addable = True
    editable = ("code", "area", "name", "name_en", "is_public", "needs_skill", "valid_from", "valid_to")
    inlines = (QuestionInline,)
    fieldsets = (
        (
            None,
            {
                "fields": [
                    ("code", "area"),
                    ("name", "name_en"),
                    ("is_public", "needs_skill"),
                    ("valid_from", "valid_to"),
                ]
            },
        ),
    )

    def formfield_for_foreignkey(self, db_field: Any, request: StaffRequest, **kwargs: Any) -> Any:
        return super().formfield_for_foreignkey(db_field, request, **with_skills(self, db_field, request, kwargs))

    def find(self, queryset: QuerySet, text: str) -> QuerySet:
        return queryset.filter(Q(name__icontains=text) | Q(name_en__icontains=text) | Q(code__icontains=text))
