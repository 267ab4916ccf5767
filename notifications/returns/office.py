"""What came back, in the back office: the list, the page with the text, and what a person does about one message."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.decorators import display

from customers.admin import customers_named
from foundation import masking
from foundation.files.downloads import download
from foundation.masking import seen_text_of
from foundation.office.base import OfficeAdmin, WorkFilter, badge
from foundation.office.commands import Command, ListCommand
from foundation.requests import Reader, StaffRequest
from notifications.models import Notice, ReturnedMessage, ReturnedMessageQuerySet
from notifications.returns import commands
from notifications.returns.reading import text_in

WORKS = "notifications.change_returnedmessage"
DECIDES = "notifications.change_suppressedaddress"
LONGEST_SHOWN = 20_000  # characters of a text; the rest is in the message as it came
MOST = 500  # messages dealt with at once

Kind, State = ReturnedMessage.Kind, ReturnedMessage.State
KIND_TONES = {
    Kind.ANSWER: "info",
    Kind.BOUNCE: "danger",
    Kind.COMPLAINT: "danger",
    Kind.UNREADABLE: "warning",
    Kind.DELAYED: "warning",
    Kind.RECEIPT: "success",
}
STATE_TONES = {State.OPEN: "warning", State.HANDLED: "success"}


def may_read_whole(reader: Reader) -> bool:
    """Whether the reader may have a message as it came: nothing in it is masked."""
    return reader.has_perm(WORKS) and all(masking.may_see_whole(reader, kind) for kind in masking.Kind)


class RemarkForm(forms.Form):
    """What was done, for a later reader."""

    remark = forms.CharField(label=gettext_lazy("What was done, or why nothing"), max_length=500)


class CloseReturn(Command[ReturnedMessage]):
    """Somebody has looked, and nothing is left to be done."""

    name = "fatto"
    label = gettext_lazy("Dealt with")
    icon = "done_all"
    tone = "primary"
    permission = WORKS
    form_class = RemarkForm

    def offered(self, request: StaffRequest, row: ReturnedMessage) -> bool:
        return row.state == State.OPEN

    def run(self, request: StaffRequest, row: ReturnedMessage, data: dict[str, Any]) -> str:
        commands.close_return(row, by=request.user, remark=data["remark"])
        return _("The message counts as dealt with.")


class ReopenReturn(Command[ReturnedMessage]):
    """It was not dealt with after all, or a machine was wrong about it."""

    name = "riapri"
    label = gettext_lazy("Look at it again")
    icon = "undo"
    permission = WORKS
    form_class = RemarkForm
    question = gettext_lazy("It is on the list of what is to be looked at again.")

    def offered(self, request: StaffRequest, row: ReturnedMessage) -> bool:
        return row.state == State.HANDLED

    def run(self, request: StaffRequest, row: ReturnedMessage, data: dict[str, Any]) -> str:
        commands.reopen_return(row, by=request.user, remark=data["remark"])
        return _("The message is to be looked at again.")


class NoticeForm(forms.Form):
    """Which notice it is about."""

    notice = forms.CharField(
        label=gettext_lazy("Notice"),
        max_length=200,
        help_text=gettext_lazy("Its number, its unique key or its Message-ID, from the page of the notice"),
    )

    def clean_notice(self) -> Notice:
        found = commands.notice_named(self.cleaned_data["notice"])
        if found is None:
            raise forms.ValidationError(
                _("There is no e-mail of ours with this number, key or Message-ID: look at the page of the notice.")
            )
        return found


class MatchReturn(Command[ReturnedMessage]):
    """A person finds out what the program could not: which notice it is about."""

    name = "abbina"
    label = gettext_lazy("Match to a notice")
    icon = "link"
    permission = DECIDES
    form_class = NoticeForm
    question = gettext_lazy(
        "What did not arrive is reported to the notice, which then goes another way. The address is written to as before, "
        "until somebody decides otherwise."
    )

    def offered(self, request: StaffRequest, row: ReturnedMessage) -> bool:
        return row.notice_id is None

    def run(self, request: StaffRequest, row: ReturnedMessage, data: dict[str, Any]) -> str:
        commands.match_return(row, notice=data["notice"], by=request.user)
        return _("The message belongs to the notice now.")


class SuppressFromReturn(Command[ReturnedMessage]):
    """Nothing goes to the address any more."""

    name = "sopprimi"
    label = gettext_lazy("Write there no more")
    icon = "block"
    tone = "danger"
    permission = DECIDES
    form_class = RemarkForm

    def offered(self, request: StaffRequest, row: ReturnedMessage) -> bool:
        is_about_one = row.kind in (Kind.BOUNCE, Kind.COMPLAINT, Kind.ANSWER)
        return is_about_one and bool(row.address) and row.effect != ReturnedMessage.Effect.SUPPRESSED

    def asks(self, request: StaffRequest, row: ReturnedMessage) -> str:
        words = _("Nothing is sent to %(address)s any more, whoever it is about: notices go another way.")
        return words % {"address": row.address}

    def run(self, request: StaffRequest, row: ReturnedMessage, data: dict[str, Any]) -> str:
        commands.suppress_from_return(row, by=request.user, remark=data["remark"])
        return _("Nothing is sent to this address any more.")


class CloseManyForm(RemarkForm):
    """Which ones: of one kind, that came until a moment, with some words."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What they are"),
        choices=[(each.value, each.label) for each in Kind if each != Kind.ANSWER],
    )
    until = forms.DateTimeField(
        label=gettext_lazy("Received until"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    words = forms.CharField(
        label=gettext_lazy("The server's words contain"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Such as a part of its answer; empty for all"),
    )
    field_order = ("kind", "until", "words", "remark")


class CloseManyReturns(ListCommand):
    """After an hour in which a receiver refused us: all of these at once."""

    name = "fatti"
    label = gettext_lazy("Deal with many")
    icon = "done_all"
    permission = DECIDES
    form_class = CloseManyForm
    question = gettext_lazy(
        "For messages that all say the same, once the fault is put right. What people answered is dealt with one by one."
    )

    def offered(self, request: StaffRequest, row: None) -> bool:
        return ReturnedMessage.objects.open().problems().exists()

    def form_arguments(self, request: StaffRequest, row: None) -> dict[str, Any]:
        return {"initial": {"until": timezone.localtime() + timedelta(minutes=1)}}

    def run(self, request: StaffRequest, row: None, data: dict[str, Any]) -> str:
        done = commands.close_returns(**data, by=request.user, most=MOST)
        sentence = ngettext("%(number)d message was dealt with.", "%(number)d messages were dealt with.", done)
        return sentence % {"number": done}


class ReturnFilter(WorkFilter[ReturnedMessageQuerySet]):
    """What is to be looked at, at first."""

    title = gettext_lazy("messages shown")

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple:
        return (
            ("open", gettext_lazy("To be looked at")),
            ("answers", gettext_lazy("Answers of people")),
            ("problems", gettext_lazy("The others")),
            ("all", gettext_lazy("All")),
        )

    def narrowed(
        self, request: HttpRequest, queryset: ReturnedMessageQuerySet, chosen: str
    ) -> ReturnedMessageQuerySet:
        if chosen == "all":
            return queryset
        open_ones = queryset.open()
        if chosen == "answers":
            return open_ones.answers()
        return open_ones.problems() if chosen == "problems" else open_ones


@admin.register(ReturnedMessage)
class ReturnedMessageAdmin(OfficeAdmin[ReturnedMessage]):
    """What came back, newest first: what is to be looked at, and all the rest."""

    own_commands = [CloseReturn(), MatchReturn(), SuppressFromReturn(), ReopenReturn()]
    list_commands = [CloseManyReturns()]
    list_display = (
        "subject_shown",
        "kind_shown",
        "whom_shown",
        "why_shown",
        "state_shown",
        "received_at",
    )
    list_filter = (ReturnFilter, "kind")
    ordering = ("-received_at", "-pk")
    search_help_text = gettext_lazy("The whole address, or the customer in any way")
    empty_words = gettext_lazy("Nothing is to be looked at.")
    customer_path = "notice.customer_id"
    fieldsets = (
        (
            None,
            {
                "fields": [
                    ("state_shown", "kind_shown"),
                    ("subject_shown", "sender"),
                    "text_shown",
                    ("notice_shown", "matched_by"),
                    ("customer_shown", "recipient"),
                    ("verdict", "status"),
                    "words",
                    ("effect_shown", "remark"),
                    ("handled_at", "handled_by"),
                    ("received_at", "written_at"),
                    ("mailbox", "size"),
                    "raw_shown",
                ]
            },
        ),
    )

    def get_queryset(self, request: StaffRequest) -> QuerySet[ReturnedMessage]:
        rows = super().get_queryset(request)
        assert isinstance(rows, ReturnedMessageQuerySet)
        return rows.for_list()

    def find(self, queryset: QuerySet[ReturnedMessage], text: str) -> QuerySet[ReturnedMessage]:
        if "@" in text:
            address = text.lower()
            return queryset.filter(sender=address) | queryset.filter(recipient=address)
        return queryset.filter(notice__customer__in=customers_named(text))

    @display(description=gettext_lazy("subject"))
    def subject_shown(self, row: ReturnedMessage) -> str:
        return seen_text_of(row, row.subject or _("(without a subject)"))

    @badge(description=gettext_lazy("what it is"), tones=KIND_TONES)
    def kind_shown(self, row: ReturnedMessage) -> tuple[str, str]:
        return row.kind, row.get_kind_display()

    @display(description=gettext_lazy("customer or address"))
    def whom_shown(self, row: ReturnedMessage) -> str:
        """The customer, where the notice is known; else who wrote, or whom a report is about."""
        if row.notice is not None and row.notice.customer is not None:
            return str(row.notice.customer)
        wrote = row.sender if row.kind in (Kind.ANSWER, Kind.AUTOMATIC) else ""
        return wrote or row.address or row.sender or "–"

    @display(description=gettext_lazy("customer"))
    def customer_shown(self, row: ReturnedMessage) -> str:
        return str(row.notice.customer) if row.notice is not None and row.notice.customer is not None else "–"

    @display(description=gettext_lazy("why"))
    def why_shown(self, row: ReturnedMessage) -> str:
        return " ".join(each for each in (row.get_verdict_display() if row.verdict else "", row.status) if each) or "–"

    @display(description=gettext_lazy("what followed"))
    def effect_shown(self, row: ReturnedMessage) -> str:
        return row.get_effect_display()

    @badge(description=gettext_lazy("state"), tones=STATE_TONES)
    def state_shown(self, row: ReturnedMessage) -> tuple[str, str]:
        return row.state, row.get_state_display()

    @display(description=gettext_lazy("notice"))
    def notice_shown(self, row: ReturnedMessage) -> str:
        if row.notice is None:
            return "–"
        address = reverse("admin:notifications_notice_change", args=[row.notice.pk])
        return format_html('<a href="{}" class="vc-link">{}</a>', address, seen_text_of(row, str(row.notice)))

    @display(description=gettext_lazy("text"))
    def text_shown(self, row: ReturnedMessage) -> str:
        """What was written, without any of its marks, links and pictures."""
        text = text_in(bytes(row.raw))
        if not text:
            return _("There is no text that can be shown: save the message as it came.")
        if len(text) > LONGEST_SHOWN:
            text = text[:LONGEST_SHOWN] + " … " + _("(the rest is in the message as it came)")
        return seen_text_of(row, text)

    @display(description=gettext_lazy("as it came"))
    def raw_shown(self, row: ReturnedMessage) -> str:
        address = reverse("admin:notifications_returnedmessage_message", args=[row.pk])
        name = _("Save the message") if row.is_whole else _("Save the beginning: the rest is in the mailbox")
        return format_html('<a href="{}" class="vc-link">{}</a>', address, name)

    def get_fieldsets(self, request: StaffRequest, obj: ReturnedMessage | None = None) -> list[Any]:
        """The text is for those who work with messages, the message as it came for those who see everything in it."""
        hidden = set() if request.user.has_perm(WORKS) else {"text_shown"}
        if not may_read_whole(request.user):
            hidden.add("raw_shown")
        shown = super().get_fieldsets(request, obj)
        return [
            (name, {**options, "fields": [each for each in options["fields"] if each not in hidden]})
            for name, options in shown
        ]

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.message_view)
        return [
            path("<int:pk>/messaggio/", view, name="notifications_returnedmessage_message"),
            *super().get_urls(),
        ]

    def message_view(self, request: StaffRequest, pk: int) -> HttpResponseBase:
        """The message as it came, to be opened elsewhere: never shown inside our site."""
        if not may_read_whole(request.user):
            raise PermissionDenied
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        row = self.get_queryset(request).filter(pk=pk).first()
        if row is None:
            raise Http404
        if (owner := self.owner_of(row)) is not None:
            self.admin_site.require_open(request.user, owner)
        self.write_down(request, row)
        return download(bytes(row.raw), f"{pk}.eml", "message/rfc822")
