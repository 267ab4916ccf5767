"""The back office of texts: by kind what counts and what waits, the page of a version, and what can be done to it."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import BadRequest, PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from unfold.decorators import display

from foundation.dates import ROME
from foundation.files.downloads import PDF, download
from foundation.numbers import whole_number
from foundation.office.base import OfficeAdmin, Panel, WorkFilter, badge
from foundation.office.commands import Command, Done, ListCommand
from foundation.requests import StaffRequest
from notifications.kinds import KINDS, NoticeKind, name_of
from notifications.models import NoticeText, NoticeTextEvent, NoticeTextQuerySet
from notifications.models.text import LANGUAGES as NAMED_LANGUAGES
from notifications.texts import commands
from notifications.texts.first_version import Source
from notifications.texts.forms import ApproveForm, TextForm, WhyForm, as_lines, in_field
from notifications.texts.mediums import LANGUAGES, Medium, medium_name, mediums_of
from notifications.texts.page import (
    in_force,
    moment_of,
    other_in_words,
    page_of,
    parts_beside,
    source_of,
    standing_of,
    words_beside,
)
from notifications.texts.previews import all_facts, chosen_facts, goes_by_post, invented_facts, letter_of, preview_of
from notifications.texts.reading import UnknownWord

State = NoticeText.State
MAY_READ, MAY_WRITE, MAY_CHANGE, MAY_APPROVE = (
    f"notifications.{verb}_noticetext" for verb in ("view", "add", "change", "approve")
)
KINDS_PER_PAGE = 20
LANGUAGE_NAMES = dict(NAMED_LANGUAGES)
TONES = {
    State.DRAFT: "info",
    State.SUBMITTED: "warning",
    State.APPROVED: "success",
    State.WITHDRAWN: "danger",
    "later": "info",
}


# --- What can be done ----------------------------------------------------------------------------------------------
class WriteText(ListCommand):
    """Begin the next version of a text, from what counts now. Which text, the address says."""

    name = "scrivi"
    label = gettext_lazy("Write a new version")
    icon = "edit_square"
    tone = "primary"
    permission = MAY_WRITE
    form_class = TextForm
    template = "office/text_write.html"
    question = gettext_lazy(
        "It begins as the text that counts now. It is kept as a draft; nobody gets it before somebody else has approved it."
    )

    def offered(self, request: StaffRequest, row: None) -> bool:
        """Not from the list, which is about no text: from the page of a kind."""
        return _asked_text(request) is not None

    def why_not(self, request: StaffRequest, row: None) -> Any:
        return _("Choose the text first, among the kinds of notice.")

    def form_arguments(self, request: StaffRequest, row: None) -> dict[str, Any]:
        kind, medium, language = _text_asked_for(request)
        source = in_force(kind, medium, language, timezone.now()).source
        initial = {"subject": source.subject, "body": source.body.strip()}
        return {"kind": kind, "medium": medium, "language": language, "initial": initial}

    def context(self, request: StaffRequest, row: None) -> dict[str, Any]:
        asked = _asked_text(request)
        return _beside(*asked) if asked else {}

    def run(self, request: StaffRequest, row: None, data: dict[str, Any]) -> Done:
        kind, medium, language = _text_asked_for(request)
        form = TextForm(request.POST, kind=kind, medium=medium, language=language)
        form.is_valid()  # it was: `data` is what it found
        text = commands.write_text(kind=kind.code, medium=medium, language=language, by=request.user, **form.facts())
        return Done(_("The draft is kept."), reverse("admin:notifications_noticetext_change", args=[text.pk]))


class _OnDraft(Command[NoticeText]):
    """A command of whoever writes texts."""

    permission = MAY_CHANGE
    becomes: str = ""

    def offered(self, request: StaffRequest, row: NoticeText) -> bool:
        return row.kind in KINDS and row.can_become(self.becomes)


class RewriteText(_OnDraft):
    """Change a draft."""

    name = "riscrivi"
    label = gettext_lazy("Edit the draft")
    icon = "edit"
    form_class = TextForm
    template = "office/text_write.html"

    def offered(self, request: StaffRequest, row: NoticeText) -> bool:
        return row.kind in KINDS and row.state == State.DRAFT

    def form_arguments(self, request: StaffRequest, row: NoticeText) -> dict[str, Any]:
        initial = {
            "subject": row.subject,
            "body": row.body.strip(),
            "change_note": row.change_note,
            "wanted_from": in_field(row.wanted_from),
            "valid_until": in_field(row.valid_until),
        }
        return {"kind": KINDS[row.kind], "medium": row.medium, "language": row.language, "initial": initial}

    def context(self, request: StaffRequest, row: NoticeText) -> dict[str, Any]:
        return _beside(KINDS[row.kind], row.medium, row.language) if row.kind in KINDS else {}

    def run(self, request: StaffRequest, row: NoticeText, data: dict[str, Any]) -> str:
        form = TextForm(request.POST, kind=KINDS[row.kind], medium=row.medium, language=row.language)
        form.is_valid()  # it was: `data` is what it found
        commands.rewrite_text(row, by=request.user, **form.facts())
        return _("The draft is kept.")


class SubmitText(_OnDraft):
    """Hand it to whoever approves."""

    name = "presenta"
    label = gettext_lazy("Submit for approval")
    icon = "send"
    tone = "primary"
    becomes = State.SUBMITTED
    question = pgettext_lazy("text", "From here on it remains as it is, until it is approved or sent back.")

    def run(self, request: StaffRequest, row: NoticeText, data: dict[str, Any]) -> str:
        commands.submit_text(row, by=request.user)
        return pgettext("text", "Submitted: somebody else approves it.")


class _OnOthers(Command[NoticeText]):
    """A command of whoever approves what somebody else wrote."""

    permission = MAY_APPROVE

    def offered(self, request: StaffRequest, row: NoticeText) -> bool:
        return row.kind in KINDS and row.state == State.SUBMITTED and not row.is_own(request.user)

    def why_not(self, request: StaffRequest, row: NoticeText) -> Any:
        if row.state == State.SUBMITTED and row.is_own(request.user):
            return _("Somebody else approves what you wrote.")
        return super().why_not(request, row)


class ApproveText(_OnOthers):
    """Let it count."""

    name = "approva"
    label = gettext_lazy("Approve")
    icon = "check_circle"
    tone = "primary"
    form_class = ApproveForm

    def asks(self, request: StaffRequest, row: NoticeText) -> str:
        if row.wanted_from and row.wanted_from > timezone.now():
            words = {"moment": moment_of(row.wanted_from)}
            return _("Notices that are made from %(moment)s on say this. It cannot be changed any more.") % words
        return _(
            "Notices that are made from now on say this, within a minute everywhere. It cannot be changed any more; what was "
            "made before remains as it is."
        )

    def form_arguments(self, request: StaffRequest, row: NoticeText) -> dict[str, Any]:
        return {"other": other_in_words(row, timezone.now()) or None}

    def run(self, request: StaffRequest, row: NoticeText, data: dict[str, Any]) -> str:
        approved = commands.approve_text(row, other_stays=data.get("other_stays", False), by=request.user)
        assert approved.valid_from is not None, "it is approved"
        return _("Approved: it counts from %(moment)s on.") % {"moment": moment_of(approved.valid_from)}


class SendTextBack(_OnOthers):
    """Give it back with what has to change."""

    name = "rinvia"
    label = gettext_lazy("Send back")
    icon = "undo"
    form_class = WhyForm
    question = gettext_lazy("It becomes a draft again. Its writer reads your words.")

    def run(self, request: StaffRequest, row: NoticeText, data: dict[str, Any]) -> str:
        commands.send_back(row, words=data["words"], by=request.user)
        return pgettext("text", "Sent back to its writer.")


class WithdrawText(Command[NoticeText]):
    """Let it count no more, or give a draft up."""

    name = "ritira"
    label = gettext_lazy("Withdraw the text")
    icon = "block"
    tone = "danger"
    permission = MAY_CHANGE
    form_class = WhyForm

    def allowed(self, request: StaffRequest, row: NoticeText) -> bool:
        """A draft by whoever writes; what was approved by whoever approves, its writer not excepted: it stops something."""
        return request.user.has_perm(MAY_APPROVE if row.state == State.APPROVED else MAY_CHANGE)

    def offered(self, request: StaffRequest, row: NoticeText) -> bool:
        is_over = row.valid_until is not None and row.valid_until <= timezone.now()
        return row.can_become(State.WITHDRAWN) and not (row.state == State.APPROVED and is_over)

    def asks(self, request: StaffRequest, row: NoticeText) -> str:
        if row.state != State.APPROVED or row.kind not in KINDS:
            return _("It is given up, and remains in the list. Somebody may write another.")
        now = timezone.now()
        others = NoticeText.objects.of(row.kind, row.medium, row.language).counting_at(now).exclude(pk=row.pk)
        before = others.first()
        if before is None:
            return _("At once the project's own text counts again, version 0.")
        return _("At once version %(number)d counts again.") % {"number": before.number}

    def run(self, request: StaffRequest, row: NoticeText, data: dict[str, Any]) -> str:
        commands.withdraw_text(row, words=data["words"], by=request.user)
        return _("The text is withdrawn.")


class SendTest(Command[NoticeText]):
    """Send it to oneself."""

    name = "prova"
    label = gettext_lazy("Send a test to myself")
    icon = "outgoing_mail"
    permission = MAY_CHANGE
    changes_nothing = True

    def offered(self, request: StaffRequest, row: NoticeText) -> bool:
        return row.kind in KINDS and bool(request.user.email)

    def asks(self, request: StaffRequest, row: NoticeText) -> str:
        words = {
            "address": request.user.email,
            "sent": commands.tests_of(request.user),
            "most": commands.TESTS_PER_DAY,
        }
        return (
            _(
                "It goes to %(address)s and nowhere else, with invented facts and TEST before its subject. Of %(most)d tests in 24 "
                "hours you have sent %(sent)d."
            )
            % words
        )

    def run(self, request: StaffRequest, row: NoticeText, data: dict[str, Any]) -> str:
        notice = commands.send_test(row, by=request.user)
        return _("The test is on its way to %(address)s.") % {"address": notice.address}


# --- Which text a page without a row is about ----------------------------------------------------------------------
def _asked_text(request: HttpRequest) -> tuple[NoticeKind, str, str] | None:
    """The text that the address names; None where there is no such text."""
    given = [request.GET.get(name, "") for name in ("kind", "medium", "language")]
    kind = KINDS.get(given[0])
    if kind is None or given[1] not in mediums_of(kind) or given[2] not in LANGUAGES:
        return None
    return kind, given[1], given[2]


def _text_asked_for(request: HttpRequest) -> tuple[NoticeKind, str, str]:
    asked = _asked_text(request)
    if asked is None:
        raise BadRequest(_("The address names no text: open it from the page of its kind."))
    return asked


def address_to_write(kind: str, medium: str, language: str) -> str:
    """The address at which the next version of a text is begun."""
    address = reverse("admin:notifications_noticetext_list_command", args=[WriteText.name])
    return f"{address}?kind={kind}&medium={medium}&language={language}"


def _beside(kind: NoticeKind, medium: str, language: str) -> dict[str, Any]:
    """What stands beside the editor."""
    preview = reverse("admin:notifications_noticetext_preview")
    return {
        "text_kind": kind,
        "text_words": words_beside(kind),
        "text_parts": parts_beside(kind, medium),
        "text_choices": invented_facts(kind),
        "text_is_short": medium == Medium.SHORT,
        "text_language": LANGUAGE_NAMES[language],
        "text_medium": medium_name(kind, medium),
        "preview_url": f"{preview}?kind={kind.code}&medium={medium}&language={language}",
    }


# --- The list of versions and the page of one ----------------------------------------------------------------------
class TextEventPanel(Panel):
    """Who moved it, and why."""

    model = NoticeTextEvent
    fields = ("at", "old", "new", "words", "by")
    ordering = ("-at", "-pk")
    tab = False
    show_change_link = False

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        return super().get_queryset(request).select_related("by")


class TextFilter(WorkFilter[NoticeTextQuerySet]):
    """What is being written or waits, at first."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple:
        return (
            ("open", _("Being written")),
            ("submitted", _("To approve")),
            ("approved", pgettext("text", "Approved")),
            ("all", _("All")),
        )

    def narrowed(self, request: HttpRequest, queryset: NoticeTextQuerySet, chosen: str) -> NoticeTextQuerySet:
        if chosen == "submitted":
            return queryset.filter(state=State.SUBMITTED)
        if chosen == "approved":
            return queryset.approved()
        return queryset.open() if chosen == "open" else queryset


@admin.register(NoticeText)
class NoticeTextAdmin(OfficeAdmin[NoticeText]):
    """Texts of notices: their versions, and by kind what counts. Everything is done by commands."""

    own_commands = [SubmitText(), RewriteText(), ApproveText(), SendTextBack(), SendTest(), WithdrawText()]
    list_commands = [WriteText()]
    list_display = ("text_shown", "medium", "language", "state_shown", "wanted_from", "valid_until", "last_written_by")
    list_filter = (TextFilter,)
    search_help_text = _("The kind of notice, or the beginning of its name")
    empty_words = gettext_lazy("Nobody is writing a text. Choose a kind of notice to begin one.")
    inlines = (TextEventPanel,)
    list_before_template = "office/text_list_head.html"
    change_form_outer_before_template = "office/text_head.html"
    fieldsets = (
        (
            gettext_lazy("Which text, and when"),
            {
                "fields": [
                    ("kind_shown", "state_shown"),
                    ("medium", "language"),
                    "change_note",
                    ("written_by", "last_written_by"),
                    ("approved_by", "approved_at"),
                    ("wanted_from", "valid_from"),
                    ("valid_until", "created_at"),
                ]
            },
        ),
    )

    def get_queryset(self, request: StaffRequest) -> QuerySet[NoticeText]:
        texts = super().get_queryset(request).select_related("written_by", "last_written_by", "approved_by")
        now = timezone.now()
        same = NoticeText.objects.approved().filter(
            Q(valid_until__isnull=True) | Q(valid_until__gt=now),
            kind=OuterRef("kind"),
            medium=OuterRef("medium"),
            language=OuterRef("language"),
            valid_from__gt=OuterRef("valid_from"),
            valid_from__lte=now,
        )
        return texts.annotate(counts=~Exists(same))

    def find(self, queryset: QuerySet[NoticeText], text: str) -> QuerySet[NoticeText]:
        wanted = text.lower()
        codes = [code for code, kind in KINDS.items() if wanted in code or str(kind.name).lower().startswith(wanted)]
        return queryset.filter(kind__in=codes)

    def get_urls(self) -> list[Any]:
        guarded = self.admin_site.admin_view
        return [
            path("tipi/", guarded(self.kinds_view), name="notifications_noticetext_kinds"),
            path("tipi/<slug:code>/", guarded(self.kind_view), name="notifications_noticetext_kind"),
            path("anteprima/", guarded(self.preview_view), name="notifications_noticetext_preview"),
            path("<int:pk>/lettera/", guarded(self.letter_view), name="notifications_noticetext_letter"),
            *super().get_urls(),
        ]

    def render_change_form(
        self, request: StaffRequest, context: dict[str, Any], *args: Any, obj: NoticeText | None = None, **kwargs: Any
    ) -> HttpResponse:
        if obj is not None:
            asked = request.GET.get("facts", "")
            page = page_of(obj, request.user, asked=asked, closed=self.admin_site.closed_to, now=timezone.now())
            if page is not None:
                self._record(request, page.chosen)
            context["text_page"] = page
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def changelist_view(self, request: StaffRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        kinds = {"kinds_url": reverse("admin:notifications_noticetext_kinds")}
        return super().changelist_view(request, kinds | (extra_context or {}))

    def _record(self, request: StaffRequest, facts: Any) -> None:
        """Write down that somebody's notice, or what is owed to them, was looked at."""
        if facts.opened is not None:
            customer_id, what = facts.opened
            self.admin_site.record_opened(request.user, customer_id, what=what)

    # --- By kind
    def kinds_view(self, request: StaffRequest) -> HttpResponseBase:
        """All kinds of notice, with the version that counts and what is being written, for each text."""
        self._require(request)
        now, wanted = timezone.now(), request.GET.get("q", "").strip().lower()[:60]
        found = [
            kind
            for kind in sorted(KINDS.values(), key=lambda each: str(each.name).lower())
            if mediums_of(kind) and (not wanted or wanted in str(kind.name).lower() or wanted in kind.code)
        ]
        page = Paginator(found, KINDS_PER_PAGE).get_page(whole_number(request.GET.get("p", ""), most_digits=4) or 1)
        codes = [kind.code for kind in page.object_list]
        counting: dict[tuple[str, str, str], NoticeText] = {}
        for text in NoticeText.objects.filter(kind__in=codes).counting_at(now).for_list():
            counting.setdefault((text.kind, text.medium, text.language), text)
        written = {
            (text.kind, text.medium, text.language): text
            for text in NoticeText.objects.filter(kind__in=codes).open().for_list()
        }
        rows = [
            {"kind": kind, "medium": medium_name(kind, medium), "cells": _cells(kind, medium, counting, written)}
            for kind in page.object_list
            for medium in mediums_of(kind)
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": _("Texts of notices, by kind"),
            "opts": self.opts,
            "rows": rows,
            "page": page,
            "q": request.GET.get("q", ""),
            "list_url": reverse("admin:notifications_noticetext_changelist"),
        }
        return TemplateResponse(request, "office/text_kinds.html", context)

    def kind_view(self, request: StaffRequest, code: str) -> HttpResponseBase:
        """The texts of a kind that count now, as people get them, and their versions."""
        self._require(request)
        if (kind := KINDS.get(code)) is None or not mediums_of(kind):
            raise Http404
        now = timezone.now()
        choices = all_facts(kind, request.user, now, closed=self.admin_site.closed_to)
        chosen = chosen_facts(request.GET.get("facts", ""), choices)
        self._record(request, chosen)
        texts = []
        for medium in mediums_of(kind):
            for language in LANGUAGES:
                counting = in_force(kind, medium, language, now)
                texts.append(
                    {
                        "medium": medium_name(kind, medium),
                        "language": LANGUAGE_NAMES[language],
                        "counting": counting,
                        "preview": preview_of(kind, counting.source, medium=medium, language=language, facts=chosen),
                        "write_url": self._address_to_write(request, kind.code, medium, language),
                        "open": NoticeText.objects.of(code, medium, language).open().for_list().first(),
                        "parts": parts_beside(kind, medium),
                    }
                )
        context = {
            **self.admin_site.each_context(request),
            "title": str(kind.name),
            "opts": self.opts,
            "kind": kind,
            "texts": texts,
            "choices": choices,
            "chosen": chosen,
            "has_real": any(each.seen is not None for each in choices),
            "words": words_beside(kind),
            "kinds_url": reverse("admin:notifications_noticetext_kinds"),
            "versions_url": f"{reverse('admin:notifications_noticetext_changelist')}?q={code}",
        }
        return TemplateResponse(request, "office/text_kind.html", context)

    def _address_to_write(self, request: StaffRequest, code: str, medium: str, language: str) -> str:
        return address_to_write(code, medium, language) if request.user.has_perm(MAY_WRITE) else ""

    # --- Looking at what is being written
    def preview_view(self, request: StaffRequest) -> HttpResponseBase:
        """What was typed, as people would get it. Nothing is kept."""
        if not request.user.has_perm(MAY_WRITE):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        kind, medium, language = _text_asked_for(request)
        body = as_lines(request.POST.get("body", ""))[:20_000]
        subject = " ".join(request.POST.get("subject", "").split())[:500] if medium == Medium.MESSAGE else ""
        form = TextForm(
            {"subject": request.POST.get("subject", ""), "body": body, "change_note": "–"},
            kind=kind,
            medium=medium,
            language=language,
        )
        form.is_valid()
        chosen = chosen_facts(request.POST.get("facts", ""), invented_facts(kind))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Preview"),
            "opts": self.opts,
            "preview": preview_of(kind, Source(subject, body), medium=medium, language=language, facts=chosen),
            "chosen": chosen,
            "problems": [error for errors in form.errors.values() for error in errors],
        }
        return TemplateResponse(request, "office/text_preview_page.html", context)

    def letter_view(self, request: StaffRequest, pk: int) -> HttpResponseBase:
        """The text as a letter, in PDF."""
        self._require(request)
        text = NoticeText.objects.filter(pk=pk).first()
        kind = KINDS.get(text.kind) if text else None
        if text is None or kind is None or not goes_by_post(kind, text.medium):
            raise Http404
        choices = all_facts(kind, request.user, timezone.now(), closed=self.admin_site.closed_to)
        chosen = chosen_facts(request.GET.get("facts", ""), choices)
        self._record(request, chosen)
        try:
            document = letter_of(
                kind,
                source_of(text),
                language=text.language,
                facts=chosen,
                on=timezone.localdate(timezone.now(), ROME),
            )
        except UnknownWord as error:
            return HttpResponse(str(error), status=409, content_type="text/plain; charset=utf-8")
        return download(document, f"{text.kind}-{text.number}.pdf", PDF)

    def _require(self, request: StaffRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied

    # --- Columns
    @display(description=_("text"))
    def text_shown(self, text: NoticeText) -> str:
        words = {"kind": name_of(text.kind), "number": text.number}
        return _("%(kind)s, version %(number)d") % words

    @display(description=_("kind"))
    def kind_shown(self, text: NoticeText) -> str:
        return name_of(text.kind)

    @badge(description=_("state"), tones=TONES)
    def state_shown(self, text: NoticeText) -> tuple[str, str]:
        return standing_of(text, timezone.now())


def _cells(kind: NoticeKind, medium: str, counting: dict, written: dict) -> list[dict[str, Any]]:
    """For each language what counts, and what is being written."""
    return [
        {
            "language": language,
            "counting": counting.get((kind.code, medium, language)),
            "open": written.get((kind.code, medium, language)),
        }
        for language in LANGUAGES
    ]
