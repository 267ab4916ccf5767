"""Panels of the back office: requests and appeals on a complaint's page, and documents, letter and history on their own pages."""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from complaints.details import in_words
from complaints.models import ArbitratorAppeal, ComplaintEvent, ProcedureFile, ProcedureLetter, RegulatorRequest
from foundation.office.base import Panel, badge
from foundation.requests import StaffRequest

REQUEST_TONES = {
    RegulatorRequest.State.RECEIVED: "warning",
    RegulatorRequest.State.IN_PROGRESS: "info",
    RegulatorRequest.State.ANSWERED: "success",
}
APPEAL_TONES = {
    ArbitratorAppeal.State.RECEIVED: "warning",
    ArbitratorAppeal.State.INCOMPLETE: "warning",
    ArbitratorAppeal.State.PREPARING: "info",
    ArbitratorAppeal.State.WAITING: "info",
    ArbitratorAppeal.State.DECIDED: "success",
}


# --- On a complaint's page ------------------------------------------------------------------------------------------
class RequestPanel(Panel):
    """Requests of IVASS about the complaint."""

    model = RegulatorRequest
    fields = ("protocol", "received_on", "due_on", "state_shown", "sent_on", "outcome")
    ordering = ("-received_on", "-pk")

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        return super().get_queryset(request).defer("asked", "draft", "answer", "outcome_text")

    @badge(description=_("state"), tones=REQUEST_TONES)
    def state_shown(self, row: RegulatorRequest) -> tuple[str, str]:
        return row.state, row.get_state_display()


class AppealPanel(Panel):
    """Appeals to the Arbiter that follow the complaint."""

    model = ArbitratorAppeal
    fields = ("number", "filed_on", "counter_due_on", "state_shown", "decision", "decided_on", "compliance")
    ordering = ("-filed_on", "-pk")

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        return super().get_queryset(request).defer("asked", "draft", "counter_arguments")

    @badge(description=_("state"), tones=APPEAL_TONES)
    def state_shown(self, row: ArbitratorAppeal) -> tuple[str, str]:
        return row.state, row.get_state_display()


# --- On the page of a request or an appeal --------------------------------------------------------------------------
class DocumentPanel(Panel):
    """The documents as they came in and went out."""

    model = ProcedureFile
    fields = ("added_at", "direction", "download_shown", "size", "sha256", "by")
    ordering = ("-added_at", "-pk")
    show_change_link = False

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        return super().get_queryset(request).select_related("by")

    @display(description=_("document"))
    def download_shown(self, file: ProcedureFile) -> str:
        stem, owner = (
            ("regulatorrequest", file.request_id) if file.request_id else ("arbitratorappeal", file.appeal_id)
        )
        address = reverse(f"admin:complaints_{stem}_file", args=[owner, file.key])
        return format_html('<a href="{}" class="vc-link">{}</a>', address, file.name)


class ProcedureLetterPanel(Panel):
    """Our letter, how it was sent last, and what proves it."""

    model = ProcedureLetter
    fields = ("made_at", "by", "way", "address", "post", "tracking", "proof_shown", "problem", "download_shown")
    show_change_link = False

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        return super().get_queryset(request).select_related("by", "notice").defer("pdf", "notice__body_html")

    @display(description=_("proof"))
    def proof_shown(self, letter: ProcedureLetter) -> str:
        notice = letter.notice
        if notice is None:
            return "–"
        arrival = notice.get_arrival_display() if notice.arrival else ""
        return ", ".join(part for part in (notice.get_state_display(), arrival, notice.receipt) if part)

    @display(description=_("letter"))
    def download_shown(self, letter: ProcedureLetter) -> str:
        stem, owner = (
            ("regulatorrequest", letter.request_id) if letter.request_id else ("arbitratorappeal", letter.appeal_id)
        )
        address = reverse(f"admin:complaints_{stem}_letter", args=[owner])
        return format_html(
            '<a href="{}" class="vc-link">{}</a> <span class="small">SHA-256 {}</span>',
            address,
            _("Download the letter"),
            letter.sha256[:12],
        )


class StepPanel(Panel):
    """What happened to it, and who did it: the lines of the complaint's history that are about it."""

    model = ComplaintEvent
    fields = ("at", "step_shown", "by_shown", "details_shown", "notice_shown")
    ordering = ("-at", "-pk")
    show_change_link = False

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        rows = super().get_queryset(request).select_related("by", "notice")
        return rows.defer("notice__body_text", "notice__body_html")

    @display(description=_("step"))
    def step_shown(self, event: ComplaintEvent) -> str:
        return in_words({"step": event.details.get("step", "")}).partition(": ")[2]

    @display(description=_("by"))
    def by_shown(self, event: ComplaintEvent) -> str:
        return str(event.by or _("by itself"))

    @display(description=_("details"))
    def details_shown(self, event: ComplaintEvent) -> str:
        shown = {name: value for name, value in event.details.items() if name not in ("step", "procedure")}
        return in_words(shown) or "–"

    @display(description=_("notice"))
    def notice_shown(self, event: ComplaintEvent) -> str:
        return f"{event.notice.subject} ({event.notice.get_state_display()})" if event.notice else "–"
