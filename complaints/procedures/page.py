"""The pages of requests and appeals have files, a letter and a preview beside them: one base for both."""

import uuid
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponseBase
from django.template.defaultfilters import linebreaksbr
from django.urls import path, reverse
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from complaints.models import Complaint
from complaints.procedures.letters import ProcedureText, pdf_of
from complaints.procedures.sending import letter_of
from complaints.procedures.steps import ProcedureT
from complaints.tiles import DAYS
from complaints.urgency import days_words
from foundation.files.downloads import PDF, download
from foundation.files.keeping import attachment_response
from foundation.masking import seen_text_of
from foundation.office.base import OfficeAdmin
from foundation.requests import StaffRequest


class ProcedureAdmin(OfficeAdmin[ProcedureT]):
    """A list and a page of requests or appeals: nothing is typed into the page, everything is a command."""

    customer_path = "complaint.customer_id"
    changes: ClassVar[str]  # the permission that works on them

    def get_queryset(self, request: StaffRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("complaint__customer", "handler")

    def get_fieldsets(self, request: StaffRequest, obj: Any = None) -> list[Any]:
        """The letter of a draft is looked at by the people who write it."""
        shown = super().get_fieldsets(request, obj)
        if request.user.has_perm(self.changes):
            return shown
        return [
            (name, {**options, "fields": [each for each in options["fields"] if each != "preview_shown"]})
            for name, options in shown
        ]

    def get_urls(self) -> list[Any]:
        stem = f"{self.opts.app_label}_{self.opts.model_name}"

        def named(address: str, view: Any, name: str) -> Any:
            return path(address, self.admin_site.admin_view(view), name=f"{stem}_{name}")

        return [
            named("<int:pk>/file/<uuid:key>/", self.file_view, "file"),
            named("<int:pk>/lettera/", self.letter_view, "letter"),
            named("<int:pk>/anteprima/", self.preview_view, "preview"),
            *super().get_urls(),
        ]

    def _reached(self, request: StaffRequest, pk: int) -> ProcedureT:
        """The row; 403 without the permission, 404 out of the person's reach."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if (row := self.get_queryset(request).filter(pk=pk).first()) is None:
            raise Http404
        self.write_down(request, row)
        return row

    def file_view(self, request: StaffRequest, pk: int, key: uuid.UUID) -> HttpResponseBase:
        """A document, as a download."""
        row = self._reached(request, pk)
        if (file := row.files.filter(key=key).first()) is None:
            raise Http404
        return attachment_response(file)

    def letter_view(self, request: StaffRequest, pk: int) -> HttpResponseBase:
        """Our letter as it is kept, to print or to put on the portal."""
        row = self._reached(request, pk)
        if (letter := letter_of(row)) is None:
            raise Http404
        return download(bytes(letter.pdf), letter.file_name, PDF)

    def preview_view(self, request: StaffRequest, pk: int) -> HttpResponseBase:
        """The letter as the draft would make it today; nothing is stored. 404 without a draft."""
        row = self._reached(request, pk)
        if not request.user.has_perm(self.changes):
            raise PermissionDenied
        if not row.draft:
            raise Http404
        return download(pdf_of(self.draft_of(row, request)), f"anteprima-{row.pk}.pdf", PDF, is_shown=True)

    def draft_of(self, row: ProcedureT, request: StaffRequest) -> ProcedureText:
        """The letter that the draft makes."""
        raise NotImplementedError


def due_badge(due_on: Any) -> tuple[str, str] | None:
    """How a term of ours stands, for a column: its tone, and its day with the days that are left; None for none."""
    if due_on is None:
        return None
    left = (due_on - timezone.localdate()).days
    tone = "late" if left < 0 else "near" if left <= DAYS else "due"
    return tone, f"{formats.date_format(due_on, 'SHORT_DATE_FORMAT')} · {days_words(left)}"


DUE_TONES = {"late": "danger", "near": "warning", "due": "info"}


def text_shown(row: Any, text: str) -> SafeString | str:
    """A text with its line breaks, as the reader of the row sees it; a dash for none."""
    return linebreaksbr(seen_text_of(row, text)) or "–"


def preview_link(model: str, pk: int) -> str:
    """The link to the draft as a letter, in a tab of its own."""
    address = reverse(f"admin:complaints_{model}_preview", args=[pk])
    return format_html('<a href="{}" class="vc-link" target="_blank">{}</a>', address, _("Look at the letter"))


def numbered(text: str) -> Q:
    """The condition on requests or appeals that the text is the number of their complaint, such as 2026/17."""
    return Q(complaint__in=Complaint.objects.with_number(text).order_by())
