"""Batches of letters in the back office: made, printed, handed to the post or given up, and what came back."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.urls import path, reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.decorators import display

from foundation.files.downloads import CSV, PDF, download
from foundation.office.base import OfficeAdmin, Panel, badge
from foundation.office.commands import Command, Done, ListCommand
from foundation.requests import StaffRequest
from notifications.letters import commands
from notifications.letters.printing import document_of_batch, manifest_of_batch
from notifications.models import Letter, LetterBatch, Notice

DECIDES = "notifications.change_notice"
TONES = {"open": "warning", "sent": "success", "given_up": "info"}


class MakeBatch(ListCommand):
    """The letters that wait, for the printer."""

    name = "nuovo-lotto"
    label = gettext_lazy("Make a batch of letters")
    icon = "print"
    tone = "primary"
    permission = DECIDES
    question = gettext_lazy(
        "The letters that wait are put into one document for the printer, each with its address. Whoever has an e-mail address "
        "by now, or is not owed the notice any more, is left out."
    )

    def offered(self, request: StaffRequest, row: None) -> bool:
        return Notice.objects.by_hand().exists()

    def run(self, request: StaffRequest, row: None, data: dict[str, Any]) -> Done:
        made = commands.make_batch(by=request.user)
        left = "; ".join(f"{reason}: {number}" for reason, number in made.left.items())
        if made.batch is None:
            sentence = _("No letter can be printed.")
            goes_to = None
        else:
            number = made.batch.number_of_letters
            sentence = ngettext("%(number)d letter is in the batch.", "%(number)d letters are in the batch.", number)
            sentence %= {"number": number}
            goes_to = reverse("admin:notifications_letterbatch_change", args=[made.batch.pk])
        if left:
            sentence += " " + _("Left out: %(reasons)s.") % {"reasons": left}
        return Done(sentence, goes_to)


class HowForm(forms.Form):
    """How it went, as evidence."""

    how = forms.CharField(
        label=gettext_lazy("How it was sent"),
        max_length=500,
        help_text=gettext_lazy("To whom it was handed, on which day, and the number of the receipt"),
    )


class SendBatch(Command[LetterBatch]):
    """The envelopes are with the post."""

    name = "consegnato"
    label = gettext_lazy("Handed to the post")
    icon = "local_post_office"
    tone = "primary"
    permission = DECIDES
    form_class = HowForm
    question = gettext_lazy("All letters of the batch count as sent from now on.")

    def offered(self, request: StaffRequest, row: LetterBatch) -> bool:
        return row.is_open

    def run(self, request: StaffRequest, row: LetterBatch, data: dict[str, Any]) -> str:
        commands.send_batch(row, how=data["how"], by=request.user)
        return _("The letters of the batch count as sent.")


class GiveUpBatch(Command[LetterBatch]):
    """It was not printed, or not posted."""

    name = "annullato"
    label = gettext_lazy("Give the batch up")
    icon = "undo"
    tone = "danger"
    permission = DECIDES
    question = gettext_lazy(
        "Its letters are on the list again, for another batch. Only where nothing of it was posted."
    )

    def offered(self, request: StaffRequest, row: LetterBatch) -> bool:
        return row.is_open

    def run(self, request: StaffRequest, row: LetterBatch, data: dict[str, Any]) -> str:
        commands.give_up_batch(row, by=request.user)
        return _("The batch was given up; its letters wait again.")


class ReturnedForm(forms.Form):
    """The codes of the sheets, and why they came back."""

    codes = forms.CharField(
        label=gettext_lazy("Codes of the letters"),
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy(
            "Such as VC-1234, from the foot of each sheet: one on a line, or with blanks between them"
        ),
        max_length=20_000,
    )
    detail = forms.CharField(
        label=gettext_lazy("What it says"),
        max_length=500,
        help_text=gettext_lazy("What the post wrote on the envelopes, and the day"),
    )


class Returned(ListCommand):
    """The post brought letters back."""

    name = "tornate"
    label = gettext_lazy("Letters that came back")
    icon = "undo"
    permission = DECIDES
    form_class = ReturnedForm

    def run(self, request: StaffRequest, row: None, data: dict[str, Any]) -> str:
        number = commands.record_returned(data["codes"].split(), detail=data["detail"], by=request.user)
        words = ngettext("%(number)d letter came back.", "%(number)d letters came back.", number)
        return words % {"number": number}


class LetterPanel(Panel):
    """The letters of the batch."""

    model = Letter
    fields = ("number", "code_shown", "recipient", "notice", "arrival_shown")
    ordering = ("number",)
    show_change_link = False

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        return super().get_queryset(request).select_related("notice")

    @display(description=gettext_lazy("code"))
    def code_shown(self, letter: Letter) -> str:
        return letter.code

    @display(description=gettext_lazy("arrival"))
    def arrival_shown(self, letter: Letter) -> str:
        return letter.notice.get_arrival_display() if letter.notice.arrival else "–"


@admin.register(LetterBatch)
class LetterBatchAdmin(OfficeAdmin[LetterBatch]):
    """The batches, newest first."""

    own_commands = [SendBatch(), GiveUpBatch()]
    list_commands = [MakeBatch(), Returned()]
    inlines = (LetterPanel,)
    list_display = ("batch_shown", "state_shown", "number_of_letters", "made_at", "made_by", "sent_at")
    list_select_related = ("made_by",)
    search_help_text = gettext_lazy("The number of the batch")
    fieldsets = (
        (
            None,
            {
                "fields": [
                    ("state_shown", "number_of_letters"),
                    ("made_at", "made_by"),
                    "files_shown",
                    "sha256",
                    ("sent_at", "how"),
                    ("given_up_at", "ended_by"),
                ]
            },
        ),
    )

    def get_fieldsets(self, request: StaffRequest, obj: LetterBatch | None = None) -> list[Any]:
        """Where the files are is shown to those who may take them."""
        shown = super().get_fieldsets(request, obj)
        if request.user.has_perm(DECIDES):
            return shown
        hidden = {"files_shown"}
        return [
            (name, {**options, "fields": [each for each in options["fields"] if each not in hidden]})
            for name, options in shown
        ]

    def find(self, queryset: QuerySet[LetterBatch], text: str) -> QuerySet[LetterBatch]:
        return (
            queryset.filter(pk=int(text)) if text.isascii() and text.isdigit() and len(text) < 18 else queryset.none()
        )

    @display(description=gettext_lazy("batch"))
    def batch_shown(self, batch: LetterBatch) -> str:
        return str(batch)

    @badge(description=gettext_lazy("state"), tones=TONES)
    def state_shown(self, batch: LetterBatch) -> tuple[str, str]:
        if batch.is_open:
            return "open", _("to be posted")
        return ("sent", _("handed to the post")) if batch.sent_at else ("given_up", _("given up"))

    @display(description=gettext_lazy("for the printer"))
    def files_shown(self, batch: LetterBatch) -> str:
        """Where document and manifest are taken, while there is something to print."""
        if batch.given_up_at is not None:
            return "–"
        links = (
            (reverse("admin:notifications_letterbatch_document", args=[batch.pk]), _("Document (PDF)")),
            (reverse("admin:notifications_letterbatch_manifest", args=[batch.pk]), _("Manifest (CSV)")),
        )
        return format_html_join(" · ", '<a href="{}" class="vc-link">{}</a>', links)

    def get_urls(self) -> list[Any]:
        def named(route: str, view: Any, name: str) -> Any:
            return path(route, self.admin_site.admin_view(view), name=f"notifications_letterbatch_{name}")

        return [
            named("<int:pk>/documento/", self.document_view, "document"),
            named("<int:pk>/distinta/", self.manifest_view, "manifest"),
            *super().get_urls(),
        ]

    def document_view(self, request: StaffRequest, pk: int) -> HttpResponseBase:
        """All letters of the batch, to print."""
        batch = self._to_print(request, pk)
        if isinstance(batch, HttpResponseBase):
            return batch
        return download(document_of_batch(batch), _("letters-%(number)d.pdf") % {"number": pk}, PDF)

    def manifest_view(self, request: StaffRequest, pk: int) -> HttpResponseBase:
        """The list of the letters, for the printer."""
        batch = self._to_print(request, pk)
        if isinstance(batch, HttpResponseBase):
            return batch
        name = _("letters-%(number)d.csv") % {"number": pk}
        return download(manifest_of_batch(batch).encode(), name, CSV)

    def _to_print(self, request: StaffRequest, pk: int) -> LetterBatch | HttpResponseBase:
        if not request.user.has_perm(DECIDES):
            raise PermissionDenied
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        batch = self.get_queryset(request).filter(pk=pk, given_up_at__isnull=True).first()
        if batch is None:
            raise Http404
        return batch
