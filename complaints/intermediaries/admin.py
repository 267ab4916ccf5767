"""Intermediaries in the back office: what each was asked, their table, and the rules by type.

A member of an agency opens what the agency was asked and nothing else of the register: the words of the complaint, what is
asked, and the agency's own position.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.template.defaultfilters import linebreaksbr
from django.urls import path, reverse
from django.utils import formats, timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget

from complaints.codes.forms import CodeChoice
from complaints.intermediaries.forms import IntermediaryForm, RuleForm
from complaints.intermediaries.office import ENQUIRY_COMMANDS
from complaints.intermediaries.rules import article_of
from complaints.models import Complaint, Enquiry, EnquiryFile, Intermediary, IntermediaryRule
from complaints.models.code import CodeField
from complaints.models.intermediary import CopiedLetter, EnquiryQuerySet
from foundation.files.keeping import attachment_response
from foundation.masking import Kind, names_hidden, seen_of, seen_text, seen_text_of
from foundation.office.base import OfficeAdmin, Panel, VersionedAdmin, WorkFilter, badge
from foundation.office.changes import Change
from foundation.requests import Reader, StaffRequest
from foundation.sorting import Folded

State = Enquiry.State
ENQUIRY_TONES = {State.OPEN: "warning", State.ANSWERED: "success", "late": "danger"}
OF_THE_COMPANY = {
    "by",
    "way",
    "address",
    "article",
    "reminders_shown",
    "closed_why",
    "through",
    "answered_by",
    "intermediary",
}


def state_of(enquiry: Enquiry, today: Any) -> tuple[str, str]:
    """The state as a badge: one that is overdue says so."""
    if enquiry.is_open and enquiry.answer_due_on and enquiry.answer_due_on < today:
        return "late", str(_("overdue"))
    return enquiry.state, enquiry.get_state_display()


def file_links(enquiry: Enquiry) -> SafeString | str:
    """The documents of an enquiry, each as a link to its download."""
    links = (
        (reverse("admin:complaints_enquiry_file", args=[enquiry.pk, file.key]), file.name)
        for file in enquiry.files.all()
    )
    return format_html_join(", ", '<a href="{}" class="vc-link">{}</a>', links) or "–"


class EnquiryPanel(Panel):
    """What the intermediary was asked about the complaint, its position and its documents."""

    model = Enquiry
    fields = (
        "kind",
        "intermediary",
        "sent_on",
        "sent_shown",
        "answer_due_on",
        "state_shown",
        "answered_on",
        "position_shown",
        "files_shown",
    )
    ordering = ("-sent_on", "-pk")

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        self.reader = request.user  # a panel is made for one page
        rows = super().get_queryset(request).select_related("complaint__customer", "intermediary__agency", "notice")
        return rows.prefetch_related("files").defer("notice__body_text", "notice__body_html")

    @display(description=_("sent"))
    def sent_shown(self, enquiry: Enquiry) -> str:
        return f"{enquiry.get_way_display()} ({enquiry.notice.get_state_display()})" if enquiry.notice else "–"

    @badge(description=_("state"), tones=ENQUIRY_TONES)
    def state_shown(self, enquiry: Enquiry) -> tuple[str, str]:
        return state_of(enquiry, timezone.localdate())

    @display(description=_("position"))
    def position_shown(self, enquiry: Enquiry) -> SafeString | str:
        text = enquiry.position or enquiry.closed_why
        return linebreaksbr(seen_text(self.reader, text, names=names_hidden(self.reader, enquiry))) or "–"

    @display(description=_("documents"))
    def files_shown(self, enquiry: Enquiry) -> SafeString | str:
        return file_links(enquiry)


class EnquiryFilter(WorkFilter[EnquiryQuerySet]):
    """Those that wait at first, the nearest day before the others."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple:
        return (("open", _("To be answered")), ("late", _("Overdue")), ("all", _("All")))

    def narrowed(self, request: HttpRequest, queryset: EnquiryQuerySet, chosen: str) -> EnquiryQuerySet:
        if chosen == "late":
            return queryset.late(timezone.localdate())
        return queryset.open() if chosen == "open" else queryset


@admin.register(Enquiry)
class EnquiryAdmin(OfficeAdmin[Enquiry]):
    """What intermediaries were asked: an agency's own for its members, who give the position here; all for officers."""

    list_display = (
        "number_shown",
        "state_shown",
        "answer_due_on",
        "complainant_shown",
        "intermediary_shown",
        "sent_on",
    )
    list_filter = (EnquiryFilter,)
    search_help_text = _("Number of the complaint (2026/17)")
    customer_path = "complaint.customer_id"
    empty_words = _("Nobody waits for a position.")
    own_commands = ENQUIRY_COMMANDS
    locks_row = False  # its commands lock the complaint first
    fieldsets = (
        (
            None,
            {
                "fields": [
                    ("number_shown", "state_shown"),
                    ("kind", "intermediary"),
                    ("sent_on", "answer_due_on"),
                    ("way", "address"),
                    ("by", "article"),
                    "reminders_shown",
                ]
            },
        ),
        (
            _("The complaint"),
            {"fields": [("complainant_shown", "received_shown"), "subject_shown", "words_shown"]},
        ),
        (_("What is asked"), {"fields": ["asked_shown"]}),
        (
            _("The position"),
            {
                "fields": [
                    "draft_shown",
                    "position_shown",
                    "files_shown",
                    ("answered_on", "answered_by"),
                    ("through", "closed_why"),
                ]
            },
        ),
    )

    def get_fieldsets(self, request: StaffRequest, obj: Enquiry | None = None) -> list[Any]:
        """The page of an agency's member leaves out what is the company's own."""
        if request.user.has_perm("complaints.view_complaint"):
            return super().get_fieldsets(request, obj)
        fieldsets = []
        for name, options in self.fieldsets:
            rows = [each if isinstance(each, tuple) else (each,) for each in options["fields"]]
            kept = [tuple(field for field in row if field not in OF_THE_COMPANY) for row in rows]
            fieldsets.append((name, {"fields": [row if len(row) > 1 else row[0] for row in kept if row]}))
        return fieldsets

    def get_queryset(self, request: StaffRequest) -> QuerySet[Enquiry]:
        rows = super().get_queryset(request).prefetch_related("files")
        return rows.select_related("complaint__customer", "intermediary__agency", "by", "answered_by")

    def get_ordering(self, request: StaffRequest) -> tuple[str, ...]:
        return ("answer_due_on", "pk") if request.GET.get("work", "open") != "all" else ("-sent_on", "-pk")

    def find(self, queryset: QuerySet[Enquiry], text: str) -> QuerySet[Enquiry]:
        return queryset.filter(complaint__in=Complaint.objects.with_number(text).order_by())

    def changed_since(self, row: Enquiry, since: datetime, *, reader: Reader) -> Sequence[Change]:
        """That the position was given or the enquiry closed: an enquiry keeps no history, and its end is all that matters."""
        ended_at = row.answered_at or row.closed_at
        if ended_at is None or ended_at <= since:
            return []
        by_hand = row.closed_at is not None or row.through == Enquiry.Through.HAND
        by = str(_("the complaints office")) if by_hand else row.intermediary.known_as
        if reader.has_perm("complaints.view_complaint"):
            by = str(row.answered_by or row.closed_by or by)
        return [Change(ended_at, by, str(_("state")), str(State.OPEN.label), row.get_state_display())]

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.file_view)
        return [path("<int:pk>/file/<uuid:key>/", view, name="complaints_enquiry_file"), *super().get_urls()]

    def file_view(self, request: StaffRequest, pk: int, key: uuid.UUID) -> HttpResponseBase:
        """A document of an intermediary, as a download; 404 out of the person's reach."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        enquiry = self.get_queryset(request).filter(pk=pk).first()
        file = EnquiryFile.objects.filter(key=key, enquiry=enquiry).first() if enquiry else None
        if enquiry is None or file is None:
            raise Http404
        self.write_down(request, enquiry)
        return attachment_response(file)

    @display(description=_("complaint"))
    def number_shown(self, enquiry: Enquiry) -> str:
        return enquiry.complaint.number

    @badge(description=_("state"), tones=ENQUIRY_TONES)
    def state_shown(self, enquiry: Enquiry) -> tuple[str, str]:
        return state_of(enquiry, timezone.localdate())

    @display(description=_("complainant"))
    def complainant_shown(self, enquiry: Enquiry) -> str:
        return seen_of(enquiry, Kind.NAME, enquiry.complaint.complainant_name)

    @display(description=_("intermediary"))
    def intermediary_shown(self, enquiry: Enquiry) -> str:
        return enquiry.intermediary.known_as

    @display(description=_("received on"))
    def received_shown(self, enquiry: Enquiry) -> str:
        return formats.date_format(enquiry.complaint.first_received_on, "SHORT_DATE_FORMAT")

    @display(description=_("subject"))
    def subject_shown(self, enquiry: Enquiry) -> str:
        return seen_text_of(enquiry, enquiry.complaint.subject)

    @display(description=_("text"))
    def words_shown(self, enquiry: Enquiry) -> SafeString | str:
        return linebreaksbr(seen_text_of(enquiry, enquiry.complaint.text)) or "–"

    @display(description=_("what is asked"))
    def asked_shown(self, enquiry: Enquiry) -> SafeString | str:
        return linebreaksbr(seen_text_of(enquiry, enquiry.asked)) or "–"

    @display(description=_("draft of the position"))
    def draft_shown(self, enquiry: Enquiry) -> SafeString | str:
        return linebreaksbr(seen_text_of(enquiry, enquiry.draft)) or "–"

    @display(description=_("position"))
    def position_shown(self, enquiry: Enquiry) -> SafeString | str:
        return linebreaksbr(seen_text_of(enquiry, enquiry.position)) or "–"

    @display(description=_("documents"))
    def files_shown(self, enquiry: Enquiry) -> SafeString | str:
        return file_links(enquiry)

    @display(description=_("reminders"))
    def reminders_shown(self, enquiry: Enquiry) -> str:
        moments = (enquiry.reminded_at, enquiry.chased_at)
        return (
            ", ".join(
                formats.date_format(timezone.localtime(each), "SHORT_DATETIME_FORMAT") for each in moments if each
            )
            or "–"
        )


class _WithTypes:
    """Part of an admin whose rows have a type of intermediary: it is chosen among the codes."""

    def formfield_for_dbfield(self, db_field: Any, request: StaffRequest, **kwargs: Any) -> Any:
        if isinstance(db_field, CodeField):
            return CodeChoice(
                db_field.code_list,
                empty=db_field.blank,
                label=capfirst(db_field.verbose_name),
                help_text=db_field.help_text,
                widget=UnfoldAdminSelectWidget,
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]  # a part of an admin

    def save_model(self, request: StaffRequest, obj: Any, form: forms.ModelForm, change: bool) -> None:
        """A new row is saved whole; of one that is changed, what was changed."""
        if change:
            super().save_model(request, obj, form, change)  # type: ignore[misc]  # as above
        else:
            obj.save()


@admin.register(Intermediary)
class IntermediaryAdmin(_WithTypes, VersionedAdmin[Intermediary]):
    """Brokers, banks and others, with their addresses; the rows of our agencies show the agency's."""

    list_display = ("shown_name", "kind_shown", "rui_shown", "reached_shown", "is_active")
    list_select_related = ("agency",)
    search_help_text = _("Name, RUI number, or code of an agency")
    search_fields = ("name",)
    addable = True
    form = IntermediaryForm
    editable = ("name", "kind", "rui_number", "pec", "email", "address", "is_active", "note")
    fieldsets = (
        (
            None,
            {
                "fields": [
                    ("name", "kind"),
                    ("rui_number", "is_active"),
                    ("pec", "email"),
                    "address",
                    "note",
                    ("agency", "reached_shown"),
                ]
            },
        ),
    )

    def get_queryset(self, request: StaffRequest) -> QuerySet[Intermediary]:
        return super().get_queryset(request).select_related("agency")

    def get_ordering(self, request: StaffRequest) -> tuple[Any, ...]:
        return (Folded("name"), "pk")

    def get_fieldsets(self, request: StaffRequest, obj: Intermediary | None = None) -> list[Any]:
        """The row of an agency has nothing of its own but whether it is used, and a note."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None:
            fieldsets[0][1]["fields"] = [
                each for each in fieldsets[0][1]["fields"] if each != ("agency", "reached_shown")
            ]
        return fieldsets

    def get_readonly_fields(self, request: StaffRequest, obj: Intermediary | None = None) -> list[Any]:
        shown = super().get_readonly_fields(request, obj)
        if obj is not None and obj.agency_id:
            shown += [each for each in self.editable if each not in ("is_active", "note")]
        return shown

    def find(self, queryset: QuerySet[Intermediary], text: str) -> QuerySet[Intermediary]:
        return queryset.filter(
            Q(name__icontains=text)
            | Q(rui_number__iexact=text)
            | Q(agency__name__icontains=text)
            | Q(agency__code__iexact=text)
        )

    @display(description=_("name"))
    def shown_name(self, row: Intermediary) -> str:
        return str(row)

    @display(description=_("type of intermediary"))
    def kind_shown(self, row: Intermediary) -> str:
        return row.get_kind_display()  # type: ignore[attr-defined]  # CodeField gives it

    @display(description=_("RUI number"))
    def rui_shown(self, row: Intermediary) -> str:
        return row.rui or "–"

    @display(description=_("is written to at"))
    def reached_shown(self, row: Intermediary) -> str:
        reached = row.reached
        return reached.pec or reached.email or reached.postal or "–"


@admin.register(IntermediaryRule)
class IntermediaryRuleAdmin(_WithTypes, VersionedAdmin[IntermediaryRule]):
    """What the law asks for each type of intermediary, from when until when."""

    list_display = (
        "kind_shown",
        "article_shown",
        "valid_from",
        "valid_to",
        "may_suspend",
        "answer_days",
        "copies_shown",
    )
    addable = True
    form = RuleForm
    editable = (
        "kind",
        "valid_from",
        "valid_to",
        "may_suspend",
        "answer_days",
        "remind_days",
        "pass_on_days",
        "informs_complainant",
        "copies",
        "article",
        "is_verified",
    )
    fieldsets = (
        (
            None,
            {
                "fields": [
                    ("kind", "article"),
                    ("valid_from", "valid_to"),
                    ("may_suspend", "informs_complainant"),
                    ("answer_days", "remind_days"),
                    ("pass_on_days", "is_verified"),
                    "copies",
                ]
            },
        ),
    )

    def get_ordering(self, request: StaffRequest) -> tuple[str, ...]:
        return ("kind", "valid_from", "pk")

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        return ()  # a handful of rows

    def formfield_for_dbfield(self, db_field: Any, request: StaffRequest, **kwargs: Any) -> forms.Field | None:
        if db_field.name == "copies":
            return RuleForm.base_fields["copies"]  # the boxes of the form, not a text with commas
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @display(description=_("type of intermediary"))
    def kind_shown(self, rule: IntermediaryRule) -> str:
        return str(rule.get_kind_display() or _("type not known"))  # type: ignore[attr-defined]  # CodeField gives it

    @display(description=_("article"))
    def article_shown(self, rule: IntermediaryRule) -> str:
        return article_of(rule)

    @display(description=_("in copy of"))
    def copies_shown(self, rule: IntermediaryRule) -> str:
        return ", ".join(str(CopiedLetter(each).label) for each in rule.copies) or "–"
