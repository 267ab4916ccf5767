"""The back office of requests of IVASS: the list by term, and the page of a request."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from complaints.models import RegulatorRequest
from complaints.models.regulator import RegulatorRequestQuerySet
from complaints.procedures.letters import ProcedureText
from complaints.procedures.page import DUE_TONES, ProcedureAdmin, due_badge, numbered, preview_link, text_shown
from complaints.procedures.panels import REQUEST_TONES, DocumentPanel, ProcedureLetterPanel, StepPanel
from complaints.regulator.commands import draft_answer
from complaints.regulator.office import LIST_COMMANDS, MAY_CHANGE, REQUEST_COMMANDS
from complaints.tiles import DAYS
from customers.admin import customers_named
from foundation.office.base import WorkFilter, badge, chosen_work
from foundation.requests import StaffRequest


class RequestFilter(WorkFilter[RegulatorRequestQuerySet]):
    """What is owed at first, the nearest term before the others."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple:
        return (
            ("open", _("To be answered")),
            ("late", _("Past the term")),
            ("due", _("Due within 7 days")),
            ("mine", _("Mine")),
            ("not_out", _("Answers that have not gone out")),
            ("all", _("All")),
        )

    def narrowed(
        self, request: HttpRequest, queryset: RegulatorRequestQuerySet, chosen: str
    ) -> RegulatorRequestQuerySet:
        today = timezone.localdate()
        if chosen == "late":
            return queryset.due_by(today - timedelta(days=1))
        if chosen == "due":
            return queryset.due_by(today + timedelta(days=DAYS))
        if chosen == "mine":
            return queryset.owed().filter(handler=request.user.pk)
        if chosen == "not_out":
            return queryset.not_out()
        return queryset.owed() if chosen == "open" else queryset


@admin.register(RegulatorRequest)
class RegulatorRequestAdmin(ProcedureAdmin[RegulatorRequest]):
    """Requests of IVASS about complaints: what is asked, by when, and what was answered."""

    list_display = ("protocol", "due_shown", "state_shown", "complaint", "handler", "received_on", "sent_on")
    list_filter = (RequestFilter,)
    search_help_text = _("Number given by IVASS, number of the complaint (2026/17), or the customer in any way")
    own_commands = [*REQUEST_COMMANDS]
    list_commands = [*LIST_COMMANDS]
    changes = MAY_CHANGE
    inlines = (StepPanel, DocumentPanel, ProcedureLetterPanel)
    fieldsets = (
        (
            None,
            {
                "fields": [
                    ("protocol", "state"),
                    ("due_shown", "handler"),
                    ("complaint", "channel"),
                    ("received_on", "is_halved"),
                    "asked_shown",
                ]
            },
        ),
        (
            _("Answer"),
            {"fields": ["draft_shown", "preview_shown", "answer_shown", ("answered_at", "sent_on")]},
        ),
        (_("Outcome at IVASS"), {"fields": [("outcome", "closed_on"), "outcome_text_shown", "registered_at"]}),
    )

    def get_queryset(self, request: StaffRequest) -> QuerySet[RegulatorRequest]:
        queryset = super().get_queryset(request)
        page = request.resolver_match
        if page is not None and str(page.url_name).endswith("_changelist"):
            return queryset.defer("asked", "draft", "answer", "outcome_text")
        return queryset

    def get_ordering(self, request: StaffRequest) -> tuple[Any, ...]:
        return ("-received_on", "-pk") if chosen_work(request) == "all" else ("due_on", "pk")

    def find(self, queryset: QuerySet[RegulatorRequest], text: str) -> QuerySet[RegulatorRequest]:
        """By IVASS's number, the complaint's, or the customer."""
        return queryset.filter(
            Q(protocol__iexact=text) | numbered(text) | Q(complaint__customer__in=customers_named(text))
        )

    def draft_of(self, row: RegulatorRequest, request: StaffRequest) -> ProcedureText:
        return draft_answer(row, answer=row.draft, by=request.user)

    @badge(description=_("answer due on"), tones=DUE_TONES)
    def due_shown(self, row: RegulatorRequest) -> tuple[str, str] | None:
        return due_badge(row.due_on if row.is_owed else None)

    @badge(description=_("state"), tones=REQUEST_TONES)
    def state_shown(self, row: RegulatorRequest) -> tuple[str, str]:
        return row.state, row.get_state_display()

    @display(description=_("what is asked"))
    def asked_shown(self, row: RegulatorRequest) -> SafeString | str:
        return text_shown(row, row.asked)

    @display(description=_("draft of the answer"))
    def draft_shown(self, row: RegulatorRequest) -> SafeString | str:
        return text_shown(row, row.draft)

    @display(description=_("the draft as a letter"))
    def preview_shown(self, row: RegulatorRequest) -> str | None:
        return preview_link("regulatorrequest", row.pk) if row.draft else None

    @display(description=_("answer"))
    def answer_shown(self, row: RegulatorRequest) -> SafeString | str:
        return text_shown(row, row.answer)

    @display(description=_("what IVASS wrote"))
    def outcome_text_shown(self, row: RegulatorRequest) -> SafeString | str:
        return text_shown(row, row.outcome_text)
