"""The back office of complaints and feedback: the register as officers work on it, and what people say of the app."""

import re
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import formats, timezone
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from complaints.metrics import DAYS
from complaints.models import Complaint, ComplaintEvent, Feedback, Suspension
from customers.admin import customers_named
from customers.office import CUSTOMER_FILE, OfficeAdmin, Panel, VersionedAdmin, WorkFilter, chosen_work

STATE_TONES = {
    Complaint.State.RECEIVED: "warning",
    Complaint.State.UNDER_REVIEW: "info",
    Complaint.State.SUSPENDED: "warning",
    Complaint.State.ANSWERED: "success",
}
RATING_TONES = {1: "danger", 2: "danger", 3: "warning", 4: "success", 5: "success"}
_NUMBER = re.compile(r"([0-9]{4})\s*/\s*([0-9]{1,9})")


class ComplaintPanel(Panel):
    """The customer's complaints."""

    model = Complaint
    fields = ("number_shown", "subject", "received_on", "due_on", "state_shown", "outcome")
    ordering = ("-received_on", "-pk")
    position = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).defer("text", "answer")

    @display(description=_("number"))
    def number_shown(self, complaint: Complaint) -> str:
        return complaint.number

    @display(description=_("state"), label=STATE_TONES)
    def state_shown(self, complaint: Complaint) -> tuple[str, str]:
        return complaint.state, complaint.get_state_display()


CUSTOMER_FILE.append(ComplaintPanel)


class SuspensionPanel(Panel):
    """When the clock stood still."""

    model = Suspension
    fields = ("started_on", "ended_on", "reason", "by")
    ordering = ("started_on", "pk")
    show_change_link = False

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("by")


class EventPanel(Panel):
    """What happened to the complaint, and by whose hand."""

    model = ComplaintEvent
    fields = ("at", "kind", "by", "notice", "details")
    ordering = ("-at", "-pk")
    show_change_link = False

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("by", "notice")


class RegisterFilter(WorkFilter):
    """Open complaints at first, the nearest term before the others."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple:
        return (("open", _("Open")), ("due", _("Due within 7 days")), ("all", _("All")))

    def narrowed(self, request: HttpRequest, queryset: QuerySet, chosen: str) -> QuerySet:
        if chosen == "due":
            return queryset.open().due_by(timezone.localdate() + timedelta(days=DAYS))
        return queryset.open() if chosen == "open" else queryset


@admin.register(Complaint)
class ComplaintAdmin(VersionedAdmin):
    """The register. The form classifies; registering, suspending and answering are commands, and nothing is deleted."""

    list_display = (
        "number_shown",
        "due_shown",
        "state_shown",
        "complainant_name",
        "subject",
        "handler",
        "received_on",
    )
    list_select_related = ("handler",)
    list_filter = (RegisterFilter,)
    search_help_text = _("Number (2026/17), complainant, or the customer in any way")
    customer_path = "customer_id"
    editable = ("complainant_kind", "proposer_kind", "province", "ramo", "area", "reason", "about_conduct")
    inlines = (SuspensionPanel, EventPanel)
    fieldsets = (
        (
            None,
            {
                "fields": [
                    ("number_shown", "state_shown"),
                    "due_on",
                    ("customer", "policy"),
                    "claim",
                    ("complainant_name", "address"),
                    "subject",
                    "text",
                    ("received_on", "received_by_intermediary_on"),
                    "suspended_days",
                    ("contact", "follows"),
                    "handler",
                ]
            },
        ),
        (
            _("Classification"),
            {
                "fields": [
                    ("complainant_kind", "proposer_kind"),
                    "province",
                    ("ramo", "area"),
                    "reason",
                    ("agency", "about_conduct"),
                    ("treatable", "not_treatable_reason"),
                    "economic_value",
                ]
            },
        ),
        (_("Answer"), {"fields": [("outcome", "answered_at"), "answer", "registered_at"]}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        queryset = super().get_queryset(request)
        if request.resolver_match.url_name.endswith("_changelist"):
            return queryset.defer("text", "answer")
        return queryset.select_related("customer", "policy", "claim", "agency", "handler", "contact", "follows")

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        return ("-year", "-sequence") if chosen_work(request) == "all" else ("due_on", "pk")

    def find(self, queryset: QuerySet, text: str) -> QuerySet:
        """The register grows by some thousands a year, so the complainant's name is looked for in all of it."""
        if number := _NUMBER.fullmatch(text):
            return queryset.filter(year=int(number[1]), sequence=int(number[2]))
        return queryset.filter(Q(complainant_name__icontains=text) | Q(customer__in=customers_named(text)))

    @display(description=_("number"))
    def number_shown(self, complaint: Complaint) -> str:
        return complaint.number

    @display(description=_("answer due on"), label={"late": "danger", "near": "warning", "due": "info"})
    def due_shown(self, complaint: Complaint) -> tuple[str, str] | None:
        if complaint.state not in Complaint.OPEN_STATES:
            return None
        left = (complaint.due_on - timezone.localdate()).days
        tone = "late" if left < 0 else "near" if left <= DAYS else "due"
        return tone, formats.date_format(complaint.due_on, "SHORT_DATE_FORMAT")

    @display(description=_("state"), label=STATE_TONES)
    def state_shown(self, complaint: Complaint) -> tuple[str, str]:
        return complaint.state, complaint.get_state_display()


class FeedbackFilter(WorkFilter):
    """What nobody has dealt with at first, the oldest before the others."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple:
        return (("open", _("To be handled")), ("all", _("All")))

    def narrowed(self, request: HttpRequest, queryset: QuerySet, chosen: str) -> QuerySet:
        return queryset.unhandled() if chosen == "open" else queryset


@admin.register(Feedback)
class FeedbackAdmin(OfficeAdmin):
    """Stars and words about the app and the reserved area."""

    list_display = ("rating_shown", "text_shown", "theme", "source", "app_version", "customer", "received_at")
    list_select_related = ("customer",)
    list_filter = (FeedbackFilter,)
    search_help_text = _("The customer in any way")
    customer_path = "customer_id"
    editable = ("theme",)
    fieldsets = (
        (
            None,
            {
                "fields": [
                    ("rating", "theme"),
                    "text",
                    ("source", "platform"),
                    "app_version",
                    "customer",
                    ("received_at", "handled_at"),
                    "handled_by",
                    ("contact", "complaint"),
                ]
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        queryset = super().get_queryset(request)
        if request.resolver_match.url_name.endswith("_changelist"):
            return queryset
        return queryset.select_related("customer", "handled_by", "contact", "complaint")

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        return ("-received_at", "-pk") if chosen_work(request) == "all" else ("received_at", "pk")

    def find(self, queryset: QuerySet, text: str) -> QuerySet:
        return queryset.filter(customer__in=customers_named(text))

    @display(description=_("rating"), label=RATING_TONES)
    def rating_shown(self, feedback: Feedback) -> tuple[int, str]:
        return feedback.rating, f"{feedback.rating}/5"

    @display(description=_("text"))
    def text_shown(self, feedback: Feedback) -> str:
        return feedback.text[:120] or "–"
