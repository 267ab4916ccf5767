"""The back office of appeals to the Arbiter: the list by our next term, and the page of an appeal with its admissibility."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from complaints.arbitrator.commands import draft_counter_arguments
from complaints.arbitrator.office import APPEAL_COMMANDS, LIST_COMMANDS, MAY_CHANGE
from complaints.arbitrator.queries import hints_for
from complaints.arbitrator.rules import Verdict
from complaints.models import ArbitratorAppeal
from complaints.models.arbitrator import ArbitratorAppealQuerySet
from complaints.procedures.letters import ProcedureText
from complaints.procedures.page import DUE_TONES, ProcedureAdmin, due_badge, numbered, preview_link, text_shown
from complaints.procedures.panels import APPEAL_TONES, DocumentPanel, ProcedureLetterPanel, StepPanel
from complaints.tiles import DAYS
from customers.admin import customers_named
from foundation.dates import written_day
from foundation.office.base import WorkFilter, badge, chosen_work
from foundation.refusals import Refused
from foundation.requests import StaffRequest

VERDICTS = {Verdict.MET: _("Met"), Verdict.NOT_MET: _("Not met"), Verdict.UNKNOWN: _("Not known")}


class AppealFilter(WorkFilter[ArbitratorAppealQuerySet]):
    """What is open at first, the nearest term of ours before the others."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple:
        return (
            ("open", _("Open")),
            ("late", _("Past our term")),
            ("due", _("Due within 7 days")),
            ("mine", _("Mine")),
            ("published", _("On our site now")),
            ("all", _("All")),
        )

    def narrowed(
        self, request: HttpRequest, queryset: ArbitratorAppealQuerySet, chosen: str
    ) -> ArbitratorAppealQuerySet:
        today = timezone.localdate()
        if chosen == "late":
            return queryset.due_by(today - timedelta(days=1))
        if chosen == "due":
            return queryset.due_by(today + timedelta(days=DAYS))
        if chosen == "mine":
            return queryset.open().filter(handler=request.user.pk)
        if chosen == "published":
            return queryset.published_on(today)
        return queryset.open() if chosen == "open" else queryset


@admin.register(ArbitratorAppeal)
class ArbitratorAppealAdmin(ProcedureAdmin[ArbitratorAppeal]):
    """Appeals to the Arbiter after a complaint, up to what became of the decision."""

    list_display = ("number", "due_shown", "state_shown", "complaint", "kind", "handler", "filed_on", "decision")
    list_filter = (AppealFilter,)
    search_help_text = _("Number of the appeal, number of the complaint (2026/17), or the customer in any way")
    own_commands = [*APPEAL_COMMANDS]
    list_commands = [*LIST_COMMANDS]
    changes = MAY_CHANGE
    inlines = (StepPanel, DocumentPanel, ProcedureLetterPanel)
    fieldsets = (
        (
            None,
            {
                "fields": [
                    ("number", "state"),
                    ("due_shown", "handler"),
                    ("complaint", "kind"),
                    ("value", "facts_on"),
                    "asked_shown",
                    "hints_shown",
                ]
            },
        ),
        (
            _("Terms"),
            {
                "fields": [
                    ("filed_on", "notified_on"),
                    ("completion_asked_on", "completion_due_on"),
                    ("complete_on", "counter_due_on"),
                    ("decision_due_on", "extended_on"),
                    "terms_shown",
                ]
            },
        ),
        (
            _("Counter-arguments"),
            {"fields": ["draft_shown", "preview_shown", "arguments_shown", "sent_on"]},
        ),
        (
            _("Decision"),
            {
                "fields": [
                    ("decision", "decided_on"),
                    ("amount", "comply_by"),
                    ("compliance", "complied_on"),
                    ("published_on", "published_by_us_until"),
                    ("published_by_arbiter_until", "registered_at"),
                ]
            },
        ),
    )

    def get_queryset(self, request: StaffRequest) -> QuerySet[ArbitratorAppeal]:
        queryset = super().get_queryset(request)
        page = request.resolver_match
        if page is not None and str(page.url_name).endswith("_changelist"):
            return queryset.defer("asked", "draft", "counter_arguments")
        return queryset

    def get_ordering(self, request: StaffRequest) -> tuple[Any, ...]:
        if chosen_work(request) in ("all", "published"):
            return ("-filed_on", "-pk")
        return (F("due_on").asc(nulls_last=True), "pk")

    def find(self, queryset: QuerySet[ArbitratorAppeal], text: str) -> QuerySet[ArbitratorAppeal]:
        """By the Arbiter's number, the complaint's, or the customer."""
        return queryset.filter(
            Q(number__iexact=text) | numbered(text) | Q(complaint__customer__in=customers_named(text))
        )

    def draft_of(self, row: ArbitratorAppeal, request: StaffRequest) -> ProcedureText:
        return draft_counter_arguments(row, text=row.draft, by=request.user)

    @badge(description=_("our next term"), tones=DUE_TONES)
    def due_shown(self, row: ArbitratorAppeal) -> tuple[str, str] | None:
        return due_badge(row.due_on)

    @badge(description=_("state"), tones=APPEAL_TONES)
    def state_shown(self, row: ArbitratorAppeal) -> tuple[str, str]:
        return row.state, row.get_state_display()

    @display(description=_("what is asked"))
    def asked_shown(self, row: ArbitratorAppeal) -> SafeString | str:
        return text_shown(row, row.asked)

    @display(description=_("admissibility"))
    def hints_shown(self, row: ArbitratorAppeal) -> SafeString | str:
        """Each condition with its words; the Arbiter alone decides."""
        try:
            hints = hints_for(row)
        except Refused as refusal:
            return str(refusal)
        lines = format_html_join(
            "", "<li><strong>{}</strong>: {}</li>", ((VERDICTS[each.verdict], each.words) for each in hints)
        )
        remark = _(
            "Hints only: the Arbiter decides. The numbers behind them are not verified where their list says so."
        )
        return format_html("<ul>{}</ul><p>{}</p>", lines, remark)

    @display(description=_("how they are counted"))
    def terms_shown(self, row: ArbitratorAppeal) -> str:
        """What runs now, in words."""
        if row.state == row.State.PREPARING and row.complete_on and row.counter_due_on:
            words = _(
                "The file was complete on %(start)s; that day and the days of the stops do not count. Our counter-arguments are due by "
                "%(end)s."
            )
            days = {"start": written_day(row.complete_on, "il"), "end": written_day(row.counter_due_on, "il")}
            return str(words % days)
        if row.state == row.State.INCOMPLETE and row.completion_due_on:
            words = _("The applicant has until %(end)s to complete the file. Our term does not run yet.")
            return str(words % {"end": written_day(row.completion_due_on, "il")})
        if row.state == row.State.RECEIVED:
            return str(_("Our term runs once the file is complete."))
        return "–"

    @display(description=_("draft of the counter-arguments"))
    def draft_shown(self, row: ArbitratorAppeal) -> SafeString | str:
        return text_shown(row, row.draft)

    @display(description=_("the draft as a letter"))
    def preview_shown(self, row: ArbitratorAppeal) -> str | None:
        return preview_link("arbitratorappeal", row.pk) if row.draft else None

    @display(description=_("counter-arguments"))
    def arguments_shown(self, row: ArbitratorAppeal) -> SafeString | str:
        return text_shown(row, row.counter_arguments)
