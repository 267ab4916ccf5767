"""The back office of complaints and feedback: the register as officers work on it, and opinions about the app."""

import re
import uuid
from datetime import timedelta
from tempfile import TemporaryFile
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.defaultfilters import linebreaksbr
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import formats, timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from complaints.details import in_words
from complaints.letters import pdf_of
from complaints.models import (
    AddedFile,
    Complaint,
    ComplaintAddition,
    ComplaintEvent,
    ComplaintLetter,
    Feedback,
    LetterSending,
    RegisterYear,
    Suspension,
    answers_not_out,
    term_on,
)
from complaints.models.complaint import ComplaintQuerySet
from complaints.models.feedback import FeedbackQuerySet
from complaints.office import (
    COMPLAINT_COMMANDS,
    LIST_COMMANDS,
    Answer,
    HandleFeedback,
    how_it_goes_out,
)
from complaints.register import csv_lines, register_of, write_xlsx
from complaints.services import check_classification, classify, draft_letter
from complaints.services.handling import CLASSIFICATION, HEARD, HEARD_STAYS
from complaints.stated import suggestions_for
from complaints.terms import goes_on_by
from complaints.tiles import DAYS
from complaints.urgency import days_words, urgency_of
from customers import rami
from customers.access import record_download
from customers.admin import customers_named
from foundation.dates import written_day
from foundation.files.downloads import CSV, PDF, XLSX, download
from foundation.files.keeping import attachment_response
from foundation.files.spreadsheets import EXCEL, MACHINES
from foundation.masking import Kind, page_shows_whole, seen_text_of
from foundation.numbers import whole_number
from foundation.office.base import (
    OfficeAdmin,
    Panel,
    VersionedAdmin,
    VersionedForm,
    WorkFilter,
    badge,
    chosen_work,
)
from foundation.refusals import Refused
from foundation.requests import StaffRequest
from foundation.text import cleaned_data_of

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
    fields = ("made_at", "way", "address", "gone_on", "post", "tracking", "problem", "by")
    ordering = ("-made_at", "-pk")
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


def _letter_link(complaint_id: int) -> str:
    address = reverse("admin:complaints_complaint_letter", args=[complaint_id])
    return format_html('<a href="{}" class="vc-link">{}</a>', address, _("Download the letter"))


def _has_letter(complaint: Complaint) -> bool:
    return ComplaintLetter.objects.filter(complaint=complaint).exists()


def _shows_list(request: StaffRequest) -> bool:
    """Whether the page that was asked for is the list, which needs fewer columns than the page of a row."""
    page = request.resolver_match
    return page is not None and str(page.url_name).endswith("_changelist")


class RegisterFilter(WorkFilter[ComplaintQuerySet]):
    """Open complaints at first, the nearest term before the others."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple:
        return (
            ("open", _("Open")),
            ("due", _("Due within 7 days")),
            ("not_out", _("Answers that have not gone out")),
            ("all", _("All")),
        )

    def narrowed(self, request: HttpRequest, queryset: ComplaintQuerySet, chosen: str) -> ComplaintQuerySet:
        if chosen == "due":
            today = timezone.localdate()
            return queryset.open().due_by(today + timedelta(days=DAYS), today=today)
        if chosen == "not_out":
            return answers_not_out(queryset)
        return queryset.open() if chosen == "open" else queryset


class _RamoField(forms.ChoiceField):
    """The lines of business by name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=[("", "–"), *((code, f"{code} – {label}") for code, label in rami.CHOICES)], **kwargs)


class ClassificationForm(VersionedForm):
    """What the complaint is about. Customer, policy, claim and agency are found by search."""

    instance: Complaint

    class Meta:
        model = Complaint
        fields = "__all__"  # narrowed by the admin to what is editable

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("follows") and cleaned["follows"].pk == self.instance.pk:
            self.add_error("follows", ValidationError(_("A complaint does not follow itself."), code="itself"))
        if cleaned.get("treatable") is False and not cleaned.get("not_treatable_reason"):
            self.add_error(
                "not_treatable_reason", ValidationError(_("Say why it cannot be treated."), code="no_reason")
            )
        heard = HEARD & set(self.changed_data)
        if heard and self.instance.state == Complaint.State.SUSPENDED:
            self.add_error(min(heard), ValidationError(str(HEARD_STAYS), code="wrong_state"))
        if not self.errors:
            self._refuse_what_the_command_refuses(cleaned)
        return cleaned

    def _refuse_what_the_command_refuses(self, cleaned: dict[str, Any]) -> None:
        """Ask the command's own checks before the page promises that it is saved."""
        changes = {name: cleaned[name] for name in self.changed_data if name in CLASSIFICATION}
        try:
            check_classification(self.instance, changes=changes)
        except Refused as refusal:
            field = "follows" if refusal.code == "circle" else None
            self.add_error(field, ValidationError(str(refusal), code=refusal.code))


@admin.register(Complaint)
class ComplaintAdmin(VersionedAdmin[Complaint]):
    """The register. The form classifies; registering, suspending and answering are commands, and nothing is deleted."""

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
    list_filter = (RegisterFilter,)
    search_help_text = _("Number (2026/17), complainant, or the customer in any way")
    customer_path = "customer_id"
    editable = CLASSIFICATION
    form = ClassificationForm
    autocomplete_fields = ("customer", "policy", "claim", "follows", "agency")
    inlines = (EventPanel, AdditionPanel, SuspensionPanel, LetterPanel, SendingPanel)
    change_form_outer_before_template = "office/complaint_head.html"
    own_commands = [*COMPLAINT_COMMANDS]
    list_commands = [*LIST_COMMANDS]
    fieldsets = (
        (
            None,
            {
                "fields": [
                    ("number_shown", "state"),
                    ("term_shown", "handler"),
                    ("complainant_name", "goes_out_shown"),
                    ("phone", "tax_code"),
                    ("reference", "stated_shown"),
                    "subject",
                    "words_shown",
                    ("received_on", "received_by_intermediary_on"),
                    ("suspended_days", "contact"),
                ]
            },
        ),
        (
            _("Classification"),
            {
                "fields": [
                    ("customer", "policy"),
                    ("claim", "follows"),
                    ("complainant_kind", "proposer_kind"),
                    ("language", "province"),
                    ("ramo", "area"),
                    "reason",
                    "about_conduct",
                    "agency",
                    ("intermediary_stated", "intermediary_address"),
                    "hearing_shown",
                    ("treatable", "not_treatable_reason"),
                    "economic_value",
                ]
            },
        ),
        (
            _("Answer"),
            {"fields": [("outcome", "answered_at"), "answer_shown", "reasons", ("letter_shown", "registered_at")]},
        ),
    )

    def get_queryset(self, request: StaffRequest) -> QuerySet[Complaint]:
        queryset = super().get_queryset(request)
        assert isinstance(queryset, ComplaintQuerySet), "the manager of complaints makes it"
        queryset = queryset.with_term(timezone.localdate())
        if _shows_list(request):
            return queryset.defer("text", "answer", "reasons")
        return queryset.select_related("customer", "policy", "claim", "agency", "handler", "contact", "follows")

    def render_change_form(
        self, request: StaffRequest, context: dict[str, Any], *args: Any, obj: Complaint | None = None, **kwargs: Any
    ) -> HttpResponse:
        if obj is not None:
            context["urgency"] = urgency_of(obj, timezone.localdate())
            context["not_out"] = (
                obj.state == Complaint.State.ANSWERED and answers_not_out(Complaint.objects.filter(pk=obj.pk)).exists()
            )
            context["goes_out"] = how_it_goes_out(obj)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: StaffRequest, **kwargs: Any) -> Any:
        if db_field.name == "ramo":
            return _RamoField(required=False, label=capfirst(db_field.verbose_name), widget=UnfoldAdminSelectWidget)
        if db_field.name == "economic_value":
            # Euro as people write them, 1234,50, in a field of text: one for numbers shows what has a comma as empty.
            kwargs |= {"localize": True, "widget": UnfoldAdminTextInputWidget(attrs={"inputmode": "decimal"})}
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_model(self, request: StaffRequest, obj: Complaint, form: forms.ModelForm, change: bool) -> None:
        """The form classifies; the command writes it, with its line in the history."""
        names = [name for name in form.changed_data if name != "seen_version"]
        classify(obj, by=request.user, changes={name: form.cleaned_data[name] for name in names})

    # --- Files
    def get_urls(self) -> list[Any]:
        def named(address: str, view: Any, name: str) -> Any:
            return path(address, self.admin_site.admin_view(view), name=f"complaints_complaint_{name}")

        return [
            named("registro/", self.register_view, "register"),
            named("<int:pk>/anteprima/", self.preview_view, "preview"),
            named("<int:pk>/lettera/", self.letter_view, "letter"),
            named("<int:pk>/file/<uuid:key>/", self.file_view, "file"),
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
        """A file that the complainant sent, as a download."""
        complaint = self._reached(request, pk)
        if (file := AddedFile.objects.filter(key=key, addition__complaint=complaint).first()) is None:
            raise Http404
        return attachment_response(file)

    def preview_view(self, request: StaffRequest, pk: int) -> HttpResponseBase:
        """The letter as it would be, made of what is in the form; nothing is stored. Shows what is missing, if anything."""
        command = next(each for each in self.commands if isinstance(each, Answer))
        complaint = self._reached(request, pk)
        if request.method != "POST" or not command.allowed(request, complaint):
            raise PermissionDenied
        if not command.offered(request, complaint):
            raise Http404
        form = command.form_class(cleaned_data_of(request.POST))
        if not form.is_valid():
            return self._no_preview(request, complaint, form)
        try:
            letter = draft_letter(complaint, **form.cleaned_data, by=request.user)
        except Refused as refusal:
            return self._no_preview(request, complaint, form, refusal=refusal)
        name = f"anteprima-{complaint.year_id}-{complaint.sequence}.pdf"
        return download(pdf_of(letter), name, PDF, is_shown=True)

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
        if (
            kind not in ("csv", "csv-excel", "xlsx")
            or year is None
            or not RegisterYear.objects.filter(pk=year).exists()
        ):
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
        if chosen == "all":
            return ("-year", "-sequence")
        return ("answered_at", "pk") if chosen == "not_out" else (term_on(timezone.localdate()).asc(), "pk")

    def find(self, queryset: QuerySet[Complaint], text: str) -> QuerySet[Complaint]:
        """The register grows by some thousands a year, so the complainant's name is looked for in all of it.

        By a part of it only for those who see names whole.
        """
        if number := _NUMBER.fullmatch(text):
            return queryset.filter(year=int(number[1]), sequence=int(number[2]))
        named = "complainant_name__icontains" if page_shows_whole(Kind.NAME) else "complainant_name__iexact"
        return queryset.filter(Q(**{named: text}) | Q(customer__in=customers_named(text)))

    @display(description=_("text"))
    def words_shown(self, complaint: Complaint) -> SafeString | str:
        return linebreaksbr(seen_text_of(complaint, complaint.text)) or "–"

    @display(description=_("answer"))
    def answer_shown(self, complaint: Complaint) -> SafeString | str:
        return linebreaksbr(seen_text_of(complaint, complaint.answer)) or "–"

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

    @display(description=_("found by what was stated"))
    def stated_shown(self, complaint: Complaint) -> str | None:
        """What the command that takes it over would link; nothing for what is linked or unknown."""
        return "; ".join(each.words for each in suggestions_for(complaint)) or None

    @display(description=_("hearing the intermediary"))
    def hearing_shown(self, complaint: Complaint) -> str | None:
        """Where the commands about the intermediary are, while they are not among the buttons."""
        if not complaint.is_open or complaint.state == Complaint.State.SUSPENDED:
            return None
        if not complaint.about_conduct:
            return str(
                _("“Ask the intermediary” and “Pass to the intermediary” appear once it is about their conduct.")
            )
        if not complaint.is_heard:
            return str(
                _(
                    "“Ask the intermediary” and “Pass to the intermediary” appear once you say which agency or other one."
                )
            )
        if complaint.state == Complaint.State.RECEIVED:
            return str(_("“Ask the intermediary” appears once the complaint is assigned."))
        return None

    @display(description=_("answer due on"))
    def term_shown(self, complaint: Complaint) -> str:
        """The term; while the clock stands still, the day it would be now and the latest it can become."""
        now = written_day(complaint.term_on)
        if complaint.is_open:
            now = f"{now} ({days_words((complaint.term_on - timezone.localdate()).days)})"
        if complaint.state != Complaint.State.SUSPENDED:
            return now
        suspension = complaint.suspensions.get(ended_on__isnull=True)
        until = goes_on_by(suspension.started_on, complaint.suspended_days)
        return _(
            "%(now)s if the term resumed today. It has been suspended since %(since)s, resumes by itself on %(until)s, and the answer is due by %(latest)s at the latest."
        ) % {
            "now": now,
            "since": written_day(suspension.started_on, "dal"),
            "until": written_day(until, "il"),
            "latest": written_day(
                complaint.due_on + (until - suspension.started_on)
                if suspension.started_on <= complaint.due_on
                else complaint.due_on,
                "il",
            ),
        }

    @display(description=_("letter"))
    def letter_shown(self, complaint: Complaint) -> str | None:
        return _letter_link(complaint.pk) if _has_letter(complaint) else None

    @display(description=_("the answer goes out"))
    def goes_out_shown(self, complaint: Complaint) -> str:
        return how_it_goes_out(complaint)

    @badge(description=_("state"), tones=STATE_TONES)
    def state_shown(self, complaint: Complaint) -> tuple[str, str]:
        return complaint.state, complaint.get_state_display()


class FeedbackFilter(WorkFilter[FeedbackQuerySet]):
    """What nobody has dealt with at first, the oldest before the others."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple:
        return (("open", _("To be handled")), ("all", _("All")))

    def narrowed(self, request: HttpRequest, queryset: FeedbackQuerySet, chosen: str) -> FeedbackQuerySet:
        return queryset.unhandled() if chosen == "open" else queryset


@admin.register(Feedback)
class FeedbackAdmin(OfficeAdmin[Feedback]):
    """Stars and words about the app and the reserved area."""

    list_display = ("rating_shown", "text_shown", "theme", "source", "app_version", "customer", "received_at")
    list_select_related = ("customer",)
    list_filter = (FeedbackFilter,)
    search_help_text = _("The customer in any way")
    customer_path = "customer_id"
    editable = ("theme",)
    own_commands = [HandleFeedback()]
    fieldsets = (
        (
            None,
            {
                "fields": [
                    ("rating", "theme"),
                    "words_shown",
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

    def get_queryset(self, request: StaffRequest) -> QuerySet[Feedback]:
        queryset = super().get_queryset(request)
        if _shows_list(request):
            return queryset
        return queryset.select_related("customer", "handled_by", "contact", "complaint")

    def get_ordering(self, request: StaffRequest) -> tuple[str, ...]:
        return ("-received_at", "-pk")

    def find(self, queryset: QuerySet[Feedback], text: str) -> QuerySet[Feedback]:
        return queryset.filter(customer__in=customers_named(text))

    @badge(description=_("rating"), tones=RATING_TONES)
    def rating_shown(self, feedback: Feedback) -> tuple[int, str]:
        return feedback.rating, f"{feedback.rating}/5"

    @display(description=_("text"))
    def text_shown(self, feedback: Feedback) -> str:
        return seen_text_of(feedback, feedback.text[:120]) or "–"

    @display(description=_("text"))
    def words_shown(self, feedback: Feedback) -> SafeString | str:
        return linebreaksbr(seen_text_of(feedback, feedback.text)) or "–"
