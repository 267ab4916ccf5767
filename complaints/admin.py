"""The back office of complaints: the register as officers work on it. Opinions have pages of their own (`feedback/admin.py`)."""

import re
import uuid
from datetime import date, timedelta
from tempfile import TemporaryFile
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import formats, timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from complaints.approvals.commands import MAY_APPROVE, to_approve
from complaints.approvals.office import ApprovalPanel
from complaints.arbitrator import admin as arbitrator_admin  # noqa: F401  appeals to the Arbiter
from complaints.causes import admin as causes  # noqa: F401 - registers what is done about causes
from complaints.checklists import office as checklists  # noqa: F401 - registers the items of the checklist
from complaints.codes import office as codes  # noqa: F401 - registers the codes of the register
from complaints.details import in_words
from complaints.documents.office import documents_context, mail_response, part_response
from complaints.documents.queries import find_document
from complaints.feedback import admin as feedback_admin  # noqa: F401 - registers the pages of opinions
from complaints.forms import LONGEST_TEXT
from complaints.intermediaries.admin import EnquiryPanel
from complaints.letters import office as letters_office  # noqa: F401 - registers the texts of letters
from complaints.letters import pdf_of
from complaints.letters.drafts import Written, keep_draft
from complaints.letters.proof import proof_of
from complaints.letters.showing import answer_shown
from complaints.models import (
    Complaint,
    ComplaintAddition,
    ComplaintEvent,
    ComplaintLetter,
    Enquiry,
    LetterSending,
    Suspension,
    TriageDecision,
    answers_not_out,
    term_on,
)
from complaints.models.complaint import OLD_NUMBER_MARK, ComplaintQuerySet
from complaints.office import (
    COMPLAINT_COMMANDS,
    LIST_COMMANDS,
    Answer,
    how_it_goes_out,
)
from complaints.page.context import page_context
from complaints.page.facts import answer_of, classified, standing, story_of
from complaints.page.ladder import ladder_of
from complaints.past.office import CompletePast, TakeOverPast
from complaints.past.panel import PastPanel
from complaints.procedures import admin as procedures_admin  # noqa: F401  numbers of the law and stops
from complaints.procedures.panels import AppealPanel, RequestPanel
from complaints.proceedings.office import ProceedingPanel
from complaints.register import csv_lines, has_register, register_of, write_xlsx
from complaints.regulator import admin as regulator_admin  # noqa: F401  requests of IVASS
from complaints.returns import admin as returns  # noqa: F401 - registers the half-year return
from complaints.services import draft_letter
from complaints.tiles import DAYS
from complaints.urgency import days_words, urgency_of
from customers.access import record_download
from customers.admin import customers_named
from customers.models import User
from foundation.files.downloads import CSV, PDF, XLSX, download
from foundation.files.keeping import attachment_response
from foundation.files.spreadsheets import EXCEL, MACHINES
from foundation.masking import Kind, page_shows_whole
from foundation.numbers import whole_number
from foundation.office.base import OfficeAdmin, Panel, WorkFilter, badge, chosen_work
from foundation.office.drafts import taken
from foundation.refusals import Refused
from foundation.requests import StaffRequest
from foundation.text import cleaned_data_of
from notifications.models import DeliveryReport

STATE_TONES = {
    Complaint.State.RECEIVED: "warning",
    Complaint.State.UNDER_REVIEW: "info",
    Complaint.State.SUSPENDED: "warning",
    Complaint.State.ANSWERED: "success",
}
_NUMBER = re.compile(r"[0-9]{4}\s*/\s*[0-9]{1,9}")


class ComplaintPanel(Panel):
    """The customer's complaints."""

    model = Complaint
    fields = ("number_shown", "subject", "received_on", "due_on", "state_shown", "outcome")
    ordering = ("-received_on", "-pk")

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        return super().get_queryset(request).defer("text", "answer")

    @display(description=_("number"))
    def number_shown(self, complaint: Complaint) -> str:
        return complaint.number

    @badge(description=_("state"), tones=STATE_TONES)
    def state_shown(self, complaint: Complaint) -> tuple[str, str]:
        return complaint.state, complaint.get_state_display()


class SuspensionPanel(Panel):
    """When the clock stood still."""

    model = Suspension
    fields = ("started_on", "ended_on", "reason", "by")
    ordering = ("started_on", "pk")
    show_change_link = False

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        return super().get_queryset(request).select_related("by")


class EventPanel(Panel):
    """What happened to the complaint, and who did it."""

    model = ComplaintEvent
    fields = ("at", "kind", "by_shown", "details_shown", "notice_shown")
    ordering = ("-at", "-pk")
    show_change_link = False

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        return (
            super()
            .get_queryset(request)
            .select_related("by", "notice")
            .defer("notice__body_text", "notice__body_html")
        )

    @display(description=_("by"))
    def by_shown(self, event: ComplaintEvent) -> str:
        if event.by:
            return str(event.by)
        if event.kind == ComplaintEvent.Kind.ADDED:
            return str(_("the complainant"))
        return str(_("public form") if event.kind == ComplaintEvent.Kind.REGISTERED else _("by itself"))

    @display(description=_("details"))
    def details_shown(self, event: ComplaintEvent) -> str:
        return in_words(event.details) or "–"

    @display(description=_("notice"))
    def notice_shown(self, event: ComplaintEvent) -> str:
        return f"{event.notice.subject} ({event.notice.get_state_display()})" if event.notice else "–"


class LetterPanel(Panel):
    """The answer letter as it was sent."""

    model = ComplaintLetter
    fields = ("made_at", "by", "paragraphs_shown", "sha256", "download_shown")
    show_change_link = False

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        return super().get_queryset(request).select_related("by").defer("pdf")  # only a download needs the bytes

    @display(description=_("paragraphs"))
    def paragraphs_shown(self, letter: ComplaintLetter) -> str:
        return ", ".join(letter.paragraphs) or "–"

    @display(description=_("letter"))
    def download_shown(self, letter: ComplaintLetter) -> str:
        return _letter_link(letter.complaint_id)


class SendingPanel(Panel):
    """How the letter went to the complainant, and what came back."""

    model = LetterSending
    fields = ("made_at", "way", "address", "gone_on", "proof_shown", "returned_on", "problem", "by")
    ordering = ("-made_at", "-pk")
    show_change_link = False

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        sendings = super().get_queryset(request).select_related("by", "notice__letter__batch")
        reports = DeliveryReport.objects.defer("original").order_by("happened_at", "pk")
        return sendings.prefetch_related(Prefetch("notice__reports", reports)).defer(
            "notice__body_text", "notice__body_html"
        )

    @display(description=_("proof"))
    def proof_shown(self, sending: LetterSending) -> str:
        return "; ".join(proof_of(sending)) or "–"


class TriagePanel(Panel):
    """Who decided that it is a complaint, or is none."""

    model = TriageDecision
    fields = ("at", "is_complaint", "written_on", "reason", "by")
    ordering = ("-at", "-pk")
    show_change_link = False

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        return super().get_queryset(request).select_related("by")


class AdditionPanel(Panel):
    """What the complainant sent later."""

    model = ComplaintAddition
    fields = ("received_at", "text", "files_shown")
    ordering = ("-received_at", "-pk")
    show_change_link = False

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        return super().get_queryset(request).prefetch_related("files")

    @display(description=_("files"))
    def files_shown(self, addition: ComplaintAddition) -> str:
        links = (
            (reverse("admin:complaints_complaint_file", args=[addition.complaint_id, file.key]), file.name)
            for file in addition.files.all()
        )
        return format_html_join(", ", '<a href="{}" class="vc-link">{}</a>', links) or "–"


def _written_in(request: HttpRequest) -> Written:
    """What stands in the form of an answer, whole or not."""
    data = cleaned_data_of(request.POST)
    return Written(*(data.get(name, "").replace("\r\n", "\n") for name in ("outcome", "answer", "reasons")))


def _letter_link(complaint_id: int) -> str:
    address = reverse("admin:complaints_complaint_letter", args=[complaint_id])
    return format_html('<a href="{}" class="vc-link">{}</a>', address, _("Download the letter"))


def _shows_list(request: StaffRequest) -> bool:
    """Whether the page that was asked for is the list, which needs fewer columns than the page of a row."""
    page = request.resolver_match
    return page is not None and str(page.url_name).endswith("_changelist")


class RegisterFilter(WorkFilter[ComplaintQuerySet]):
    """Open complaints at first, the nearest term before the others."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple:
        return (
            ("open", _("Open")),
            ("mine", _("Mine")),
            ("late", _("Late")),
            ("due", _("Due within 7 days")),
            ("waits", _("Waits for the intermediary")),
            *([("approve", _("To be approved by me"))] if request.user.has_perm(MAY_APPROVE) else []),
            ("not_out", _("Answers that have not gone out")),
            ("past_open", _("Open in the past register")),
            ("past", _("Past register")),
            ("all", _("All")),
        )

    def narrowed(self, request: HttpRequest, queryset: ComplaintQuerySet, chosen: str) -> ComplaintQuerySet:
        assert isinstance(request.user, User), "the back office asks for the sign-in"
        if chosen == "due":
            today = timezone.localdate()
            return queryset.open().due_by(today + timedelta(days=DAYS), today=today)
        if chosen == "waits":
            return queryset.open().filter(Exists(Enquiry.objects.open().filter(complaint=OuterRef("pk"))))
        if chosen == "late":
            today = timezone.localdate()
            return queryset.open().due_by(today - timedelta(days=1), today=today)
        if chosen == "mine":
            return queryset.open().filter(handler=request.user)
        if chosen == "approve":
            return queryset.open().filter(approvals__in=to_approve(request.user))
        if chosen == "not_out":
            return answers_not_out(queryset)
        if chosen == "past_open":
            return queryset.filter(state=Complaint.State.PAST_OPEN)
        if chosen == "past":
            return queryset.exclude(old_number="")
        if chosen == "all" and not request.GET.get("q", "").strip():
            return queryset.numbered()  # what is searched for is looked for in the past registers too
        return queryset.open() if chosen == "open" else queryset


class ReceivedFilter(admin.SimpleListFilter):
    """The complaints received in a period: a few are offered, and any two days may stand in the address, as 2026-01-01_2026-06-30."""

    title, parameter_name = _("received"), "received"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list:
        year = timezone.localdate().year
        offered = [(f"{each}-01-01_{each}-12-31", str(each)) for each in (year, year - 1)]
        asked = request.GET.get(self.parameter_name, "")
        if asked not in dict(offered) and (days := self._days(asked)):
            offered.append((asked, " – ".join(formats.date_format(day) for day in days)))
        return offered

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """None where the address has something else than two days in their order."""
        if not self.value():
            return queryset
        days = self._days(str(self.value()))
        return queryset.filter(received_on__range=days) if days else queryset.none()

    @staticmethod
    def _days(value: str) -> tuple[date, date] | None:
        first, _underscore, last = value.partition("_")
        try:
            days = date.fromisoformat(first), date.fromisoformat(last)
        except ValueError:
            return None
        return days if days[0] <= days[1] else None


@admin.register(Complaint)
class ComplaintAdmin(OfficeAdmin[Complaint]):
    """The register. A page shows what one works with; everything is done by commands, and nothing is deleted."""

    list_display = (
        "number_shown",
        "due_shown",
        "state_shown",
        "complainant_name",
        "subject",
        "handler",
        "received_shown",
    )
    list_select_related = ("handler",)
    list_filter = (RegisterFilter, ReceivedFilter)
    search_help_text = _("Number (2026/17, or the one of a past register), complainant, or the customer in any way")
    customer_path = "customer_id"
    inlines = (
        EventPanel,
        EnquiryPanel,
        AdditionPanel,
        TriagePanel,
        SuspensionPanel,
        ProceedingPanel,
        ApprovalPanel,
        LetterPanel,
        SendingPanel,
        RequestPanel,
        AppealPanel,
        PastPanel,
    )
    change_form_outer_before_template = "office/complaint_head.html"
    own_commands = [*COMPLAINT_COMMANDS, TakeOverPast(), CompletePast()]
    list_commands = [*LIST_COMMANDS]

    def get_fieldsets(self, request: StaffRequest, obj: Complaint | None = None) -> list[Any]:
        """None: the page shows what it has to say in its own way (`complaints/page/`)."""
        return []

    def get_queryset(self, request: StaffRequest) -> QuerySet[Complaint]:
        queryset = super().get_queryset(request)
        assert isinstance(queryset, ComplaintQuerySet), "the manager of complaints makes it"
        queryset = queryset.with_term(timezone.localdate())
        if _shows_list(request):
            return queryset.defer("text", "answer", "reasons")
        return queryset.select_related(
            *(
                "customer",
                "policy",
                "claim",
                "agency",
                "intermediary_row",
                "handler",
                "contact",
                "follows",
                "double_of",
            )
        )

    def render_change_form(
        self, request: StaffRequest, context: dict[str, Any], *args: Any, obj: Complaint | None = None, **kwargs: Any
    ) -> HttpResponse:
        if obj is not None:
            context["urgency"] = urgency_of(obj, timezone.localdate())
            context["ladder"] = ladder_of(obj, reader=request.user) if context["urgency"] else None
            context["not_out"] = (
                obj.state == Complaint.State.ANSWERED and answers_not_out(Complaint.objects.filter(pk=obj.pk)).exists()
            )
            context["goes_out"] = how_it_goes_out(obj)
            context |= page_context(obj, user=request.user, today=timezone.localdate())
            context["standing"] = standing(obj, state=self.state_shown(obj), user=request.user)
            context["story"] = story_of(obj, user=request.user)
            context |= documents_context(obj)
            context |= classified(obj, user=request.user)
            context["answer"] = answer_of(obj, user=request.user)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    # --- Files
    def get_urls(self) -> list[Any]:
        def named(address: str, view: Any, name: str) -> Any:
            return path(address, self.admin_site.admin_view(view), name=f"complaints_complaint_{name}")

        return [
            named("registro/", self.register_view, "register"),
            named("<int:pk>/anteprima/", self.preview_view, "preview"),
            named("<int:pk>/in-corso/", self.live_view, "live"),
            named("<int:pk>/bozza/", self.draft_view, "draft"),
            named("<int:pk>/lettera/", self.letter_view, "letter"),
            named("<int:pk>/file/<uuid:key>/", self.file_view, "file"),
            named("<int:pk>/file/<uuid:key>/messaggio/", self.mail_view, "mail"),
            named("<int:pk>/file/<uuid:key>/allegato/<int:place>/", self.mail_part_view, "mail_part"),
            *super().get_urls(),
        ]

    def _reached(self, request: StaffRequest, pk: int) -> Complaint:
        """The complaint; 403 without the permission, 404 out of the person's reach."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if (complaint := self.get_queryset(request).filter(pk=pk).first()) is None:
            raise Http404
        self.write_down(request, complaint)
        return complaint

    def letter_view(self, request: StaffRequest, pk: int) -> HttpResponseBase:
        """The letter as it was sent, to keep or to print."""
        complaint = self._reached(request, pk)
        if (letter := ComplaintLetter.objects.filter(complaint=complaint).first()) is None:
            raise Http404
        return download(bytes(letter.pdf), letter.file_name, PDF)

    def file_view(self, request: StaffRequest, pk: int, key: uuid.UUID) -> HttpResponseBase:
        """A document of the complaint, as a download."""
        complaint = self._reached(request, pk)
        if (file := find_document(complaint, key)) is None:
            raise Http404
        return attachment_response(file)

    def mail_view(self, request: StaffRequest, pk: int, key: uuid.UUID) -> HttpResponseBase:
        """A mail among the documents: headers, text and attachments."""
        return mail_response(request, self._reached(request, pk), key, self.admin_site)

    def mail_part_view(self, request: StaffRequest, pk: int, key: uuid.UUID, place: int) -> HttpResponseBase:
        """An attachment of such a mail, as a download."""
        return part_response(self._reached(request, pk), key, place)

    def preview_view(self, request: StaffRequest, pk: int) -> HttpResponseBase:
        """The letter as it would be, made of what is in the form; nothing is stored. Shows what is missing, if anything."""
        command, complaint = self._being_answered(request, pk)
        form = command.form_class(cleaned_data_of(request.POST), **command.form_arguments(request, complaint))
        if not form.is_valid():
            return self._no_preview(request, complaint, form)
        written = {name: form.cleaned_data[name] for name in ("outcome", "answer", "reasons")}
        try:
            letter = draft_letter(complaint, **written, by=request.user)
        except Refused as refusal:
            return self._no_preview(request, complaint, form, refusal=refusal)
        name = f"anteprima-{complaint.year_id}-{complaint.sequence}.pdf"
        return download(pdf_of(letter), name, PDF, is_shown=True)

    def _being_answered(self, request: StaffRequest, pk: int) -> tuple[Answer, Complaint]:
        """The command and the complaint that somebody writes an answer to; 403 and 404 as for the command itself."""
        command = next(each for each in self.commands if isinstance(each, Answer))
        complaint = self._reached(request, pk)
        if request.method != "POST" or not command.allowed(request, complaint):
            raise PermissionDenied
        if not command.offered(request, complaint):
            raise Http404
        return command, complaint

    def live_view(self, request: StaffRequest, pk: int) -> HttpResponseBase:
        """The letter beside its text while it is written, as a part of a page, with its figures. Nothing is kept or refused."""
        _command, complaint = self._being_answered(request, pk)
        written = _written_in(request)
        shown = answer_shown(
            complaint,
            outcome=written.outcome,
            answer=written.answer,
            reasons=written.reasons,
            signed_by=request.user.get_full_name(),
        )
        return TemplateResponse(
            request, "office/complaint_letter_live.html", {"shown": shown, "longest": LONGEST_TEXT}
        )

    def draft_view(self, request: StaffRequest, pk: int) -> HttpResponseBase:
        """Keep the answer as far as it has been written: for a script as JSON, else back to the page."""
        command, complaint = self._being_answered(request, pk)
        written, seen = _written_in(request), whole_number(request.POST.get("draft_version", ""), most_digits=9) or 0
        by_script = request.headers.get("X-Requested-With") == "fetch"
        try:
            if max(len(written.answer), len(written.reasons)) > LONGEST_TEXT:
                raise Refused(
                    _("The draft is not kept: there is room for %(most)d characters.") % {"most": LONGEST_TEXT},
                    code="too_long",
                )
            draft = keep_draft(complaint, written, seen_version=seen, by=request.user)
        except Refused as refusal:
            if by_script:
                return JsonResponse({"problem": str(refusal)}, status=409)
            form = command.form_class(cleaned_data_of(request.POST), **command.form_arguments(request, complaint))
            return self._page(request, command, complaint, form, refusal=refusal)
        if by_script:
            kept_at = formats.date_format(timezone.localtime(draft.kept_at), "H:i")
            return JsonResponse({"version": draft.version, "kept_at": kept_at})
        messages.success(request, _("The draft is kept."))
        return taken(request, HttpResponseRedirect(self.command_url(Answer.name, complaint)))

    def _no_preview(
        self, request: StaffRequest, complaint: Complaint, form: forms.Form, *, refusal: Refused | None = None
    ) -> HttpResponse:
        """A page of its own for the preview's tab: the form, with what was typed, is still in the other one."""
        context = {
            **self.admin_site.each_context(request),
            "title": _("The letter cannot be shown yet"),
            "subtitle": complaint.number,
            "opts": self.opts,
            "form": form,
            "refusal": refusal,
        }
        return TemplateResponse(request, "office/complaint_preview_refused.html", context, status=409)

    def register_view(self, request: StaffRequest) -> HttpResponseBase:
        """The register of a year (`year`, `format` csv, csv-excel or xlsx) as a file."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        asked, kind = request.GET.get("year", ""), request.GET.get("format", "csv")
        year = whole_number(asked, most_digits=4)
        if kind not in ("csv", "csv-excel", "xlsx") or year is None or not has_register(year):
            raise Http404
        record_download(request.user, what=f"register {asked} ({kind})")
        rows = register_of(year, queryset=Complaint.objects.visible_to(request.user), reader=request.user)
        name = f"reclami-{asked}.{kind.partition('-')[0]}"
        if kind != "xlsx":
            lines = csv_lines(rows, dialect=EXCEL if kind == "csv-excel" else MACHINES)
            return download(lines, name, CSV)
        file = TemporaryFile()  # noqa: SIM115 - the response closes it
        write_xlsx(rows, file)
        file.seek(0)
        return download(file, name, XLSX)

    def get_ordering(self, request: StaffRequest) -> tuple[Any, ...]:
        """By the term that is shown; only open ones are, which are few."""
        chosen = chosen_work(request)
        if chosen in ("past", "past_open"):
            return ("-received_on", "-pk")
        if chosen == "all" and request.GET.get("q", "").strip():
            return (F("year").desc(nulls_last=True), F("sequence").desc(nulls_last=True), "-received_on", "-pk")
        if chosen == "all":
            return ("-year", "-sequence")
        return ("answered_at", "pk") if chosen == "not_out" else (term_on(timezone.localdate()).asc(), "pk")

    def find(self, queryset: QuerySet[Complaint], text: str) -> QuerySet[Complaint]:
        """The register grows by some thousands a year, so the complainant's name is looked for in all of it.

        By a part of it only for those who see names whole.
        """
        # An old number may be of any shape, ours among them, and may have been given twice.
        marked = text if text.startswith(OLD_NUMBER_MARK) else f"{OLD_NUMBER_MARK} {text}"
        past = Complaint.objects.with_number(marked).order_by().values("pk")
        if text == marked:
            return queryset.filter(pk__in=past)
        if _NUMBER.fullmatch(text):
            ours = Complaint.objects.with_number(text).values("pk")
            return queryset.filter(Q(pk__in=ours) | Q(pk__in=past))
        named = "complainant_name__icontains" if page_shows_whole(Kind.NAME) else "complainant_name__iexact"
        return queryset.filter(Q(**{named: text}) | Q(customer__in=customers_named(text)) | Q(pk__in=past))

    @display(description=_("number"))
    def number_shown(self, complaint: Complaint) -> str:
        return complaint.number

    @badge(description=_("answer due on"), tones={"late": "danger", "near": "warning", "due": "info"})
    def due_shown(self, complaint: Complaint) -> tuple[str, str] | None:
        if not complaint.is_open:
            return None
        left = (complaint.term_on - timezone.localdate()).days
        tone = "late" if left < 0 else "near" if left <= DAYS else "due"
        return tone, f"{formats.date_format(complaint.term_on, 'SHORT_DATE_FORMAT')} · {days_words(left)}"

    @display(description=_("received on"))
    def received_shown(self, complaint: Complaint) -> str:
        return formats.date_format(complaint.received_on, "SHORT_DATE_FORMAT")

    @badge(description=_("state"), tones=STATE_TONES)
    def state_shown(self, complaint: Complaint) -> tuple[str, str]:
        return complaint.state, complaint.get_state_display()
