"""The back office of texts of letters: what is in force for each, the page of a version, and what can be done to it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import admin
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import formats, timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from unfold.decorators import display

from complaints.letters import commands
from complaints.letters.checking import problems_of
from complaints.letters.codes import CODES, LANGUAGES, PARTICULAR, LetterCode, Place, words_beside
from complaints.letters.forms import LastDayForm, LetterTextForm, WhyTextForm
from complaints.letters.showing import text_shown
from complaints.letters.texts import counting_of, in_place_of
from complaints.models import LetterText, LetterTextEvent
from complaints.models.code import CodeList, label_of
from complaints.models.letter_text import LetterTextQuerySet
from foundation.numbers import whole_number
from foundation.office.base import OfficeAdmin, Panel, WorkFilter, badge
from foundation.office.commands import Command, Done, ListCommand
from foundation.requests import StaffRequest
from notifications.models.text import LANGUAGES as NAMED_LANGUAGES
from notifications.texts.comparing import compared

State = LetterText.State
MAY_WRITE, MAY_CHANGE, MAY_APPROVE = (f"complaints.{verb}_lettertext" for verb in ("add", "change", "approve"))
LANGUAGE_NAMES = dict(NAMED_LANGUAGES)
TONES = {
    State.DRAFT: "info",
    State.SUBMITTED: "warning",
    State.APPROVED: "success",
    State.WITHDRAWN: "danger",
    "later": "info",
}


def name_of(code: str) -> str:
    """What people call the text; the code itself for one of the past."""
    return str(CODES[code].name) if code in CODES else code


def day_of(day: date) -> str:
    """A day in figures."""
    return formats.date_format(day, "SHORT_DATE_FORMAT")


def about(text: LetterText) -> str:
    """The reasons that a version is for, as people read them; "" for whatever reason."""
    return ", ".join(label_of(CodeList.REASON, word) for word in text.reason_codes)


def in_force_of(code: str, language: str) -> list[LetterText]:
    """The versions of a text in force today, in the order in which they began."""
    return list(LetterText.objects.filter(code=code, language=language).in_force(timezone.localdate()))


def counting_among(rows: Sequence[LetterText]) -> list[LetterText]:
    """Of the versions of a text in force, those that letters take: that for all first, then those for some reasons."""
    counting = [each for each in rows if in_place_of(each, rows) == each]
    return sorted(counting, key=lambda each: (bool(each.reason_codes), each.number))


# --- What can be done ----------------------------------------------------------------------------------------------
class WriteLetterText(ListCommand):
    """Begin the next version of a text, from what counts now. Which text, the address says."""

    name = "scrivi"
    label = gettext_lazy("Write a new version")
    icon = "edit_square"
    tone = "primary"
    permission = MAY_WRITE
    form_class = LetterTextForm
    template = "office/letter_text_write.html"
    question = gettext_lazy(
        "It begins as the version that counts now. It is kept as a draft; no letter says it before somebody else has approved it."
    )

    def offered(self, request: StaffRequest, row: None) -> bool:
        return _asked(request) is not None

    def why_not(self, request: StaffRequest, row: None) -> Any:
        return _("Choose the text first, in the list of all texts.")

    def form_arguments(self, request: StaffRequest, row: None) -> dict[str, Any]:
        code, language = _asked_for(request)
        begun = _begun_from(request, code.code, language)
        names = ("body", "source", "reason_codes")
        initial = {name: getattr(begun, name) for name in names} if begun else {}
        return {"code": code, "language": language, "initial": initial}

    def context(self, request: StaffRequest, row: None) -> dict[str, Any]:
        asked = _asked(request)
        return _beside(*asked) if asked else {}

    def run(self, request: StaffRequest, row: None, data: dict[str, Any]) -> Done:
        code, language = _asked_for(request)
        text = commands.write_text(code=code.code, language=language, by=request.user, **data)
        return Done(_("The draft is kept."), reverse("admin:complaints_lettertext_change", args=[text.pk]))


class RewriteLetterText(Command[LetterText]):
    """Change a draft."""

    name = "riscrivi"
    label = gettext_lazy("Edit the draft")
    icon = "edit"
    permission = MAY_CHANGE
    form_class = LetterTextForm
    template = "office/letter_text_write.html"

    def offered(self, request: StaffRequest, row: LetterText) -> bool:
        return row.code in CODES and row.state == State.DRAFT

    def form_arguments(self, request: StaffRequest, row: LetterText) -> dict[str, Any]:
        names = ("body", "reason_codes", "change_note", "source", "is_verified", "wanted_from")
        initial = {name: getattr(row, name) for name in names}
        return {"code": CODES[row.code], "language": row.language, "initial": initial}

    def context(self, request: StaffRequest, row: LetterText) -> dict[str, Any]:
        return _beside(CODES[row.code], row.language) if row.code in CODES else {}

    def run(self, request: StaffRequest, row: LetterText, data: dict[str, Any]) -> str:
        commands.rewrite_text(row, by=request.user, **data)
        return _("The draft is kept.")


class SubmitLetterText(Command[LetterText]):
    """Hand it to the people who approve."""

    name = "presenta"
    label = gettext_lazy("Submit for approval")
    icon = "send"
    tone = "primary"
    permission = MAY_CHANGE
    question = pgettext_lazy("text", "From here on it remains as it is, until it is approved or sent back.")

    def offered(self, request: StaffRequest, row: LetterText) -> bool:
        return row.code in CODES and row.can_become(State.SUBMITTED)

    def run(self, request: StaffRequest, row: LetterText, data: dict[str, Any]) -> str:
        commands.submit_text(row, by=request.user)
        return pgettext("text", "Submitted: somebody else approves it.")


class _OnOthersText(Command[LetterText]):
    """A command of the people who approve what somebody else wrote."""

    permission = MAY_APPROVE

    def offered(self, request: StaffRequest, row: LetterText) -> bool:
        return row.code in CODES and row.state == State.SUBMITTED and not row.is_own(request.user)

    def why_not(self, request: StaffRequest, row: LetterText) -> Any:
        if row.state == State.SUBMITTED and row.is_own(request.user):
            return _("Somebody else approves what you wrote.")
        return super().why_not(request, row)


class ApproveLetterText(_OnOthersText):
    """Let it count."""

    name = "approva"
    label = gettext_lazy("Approve")
    icon = "check_circle"
    tone = "primary"

    def asks(self, request: StaffRequest, row: LetterText) -> str:
        first = max(row.wanted_from or timezone.localdate(), timezone.localdate())
        words = {"day": day_of(first)}
        return _("Letters from %(day)s on say this. Its words cannot be changed any more.") % words

    def run(self, request: StaffRequest, row: LetterText, data: dict[str, Any]) -> str:
        approved = commands.approve_text(row, by=request.user)
        assert approved.valid_from is not None, "it is approved"
        return _("Approved: it counts from %(day)s on.") % {"day": day_of(approved.valid_from)}


class SendLetterTextBack(_OnOthersText):
    """Give it back with what has to change."""

    name = "rinvia"
    label = gettext_lazy("Send back")
    icon = "undo"
    form_class = WhyTextForm
    question = gettext_lazy("It becomes a draft again. Its writer reads your words.")

    def run(self, request: StaffRequest, row: LetterText, data: dict[str, Any]) -> str:
        commands.send_back(row, words=data["words"], by=request.user)
        return pgettext("text", "Sent back to its writer.")


class EndLetterText(Command[LetterText]):
    """Set its last day."""

    name = "termina"
    label = gettext_lazy("Set the last day")
    icon = "event_busy"
    permission = MAY_APPROVE
    form_class = LastDayForm

    def offered(self, request: StaffRequest, row: LetterText) -> bool:
        return row.state == State.APPROVED and row.valid_to is None

    def form_arguments(self, request: StaffRequest, row: LetterText) -> dict[str, Any]:
        return {"initial": {"valid_to": timezone.localdate()}}

    def run(self, request: StaffRequest, row: LetterText, data: dict[str, Any]) -> str:
        text = commands.end_text(row, valid_to=data["valid_to"], words=data["words"], by=request.user)
        assert text.valid_to is not None, "it was set"
        return _("Its last day is %(day)s.") % {"day": day_of(text.valid_to)}


class WithdrawLetterText(Command[LetterText]):
    """Give a draft up, or stop what has not begun."""

    name = "ritira"
    label = gettext_lazy("Withdraw the text")
    icon = "block"
    tone = "danger"
    permission = MAY_CHANGE
    form_class = WhyTextForm
    question = gettext_lazy("It is given up, and remains in the list. Somebody may write another.")

    def allowed(self, request: StaffRequest, row: LetterText) -> bool:
        """A draft by the people who write; what was approved by those who approve."""
        return request.user.has_perm(MAY_APPROVE if row.state == State.APPROVED else MAY_CHANGE)

    def offered(self, request: StaffRequest, row: LetterText) -> bool:
        has_begun = row.valid_from is not None and row.valid_from <= timezone.localdate()
        return row.can_become(State.WITHDRAWN) and not has_begun

    def run(self, request: StaffRequest, row: LetterText, data: dict[str, Any]) -> str:
        commands.withdraw_text(row, words=data["words"], by=request.user)
        return _("The text is withdrawn.")


# --- Which text a page without a row is about ----------------------------------------------------------------------
def _asked(request: HttpRequest) -> tuple[LetterCode, str] | None:
    """The text that the address names; None where there is no such text."""
    code, language = CODES.get(request.GET.get("code", "")), request.GET.get("language", "")
    return (code, language) if code is not None and language in LANGUAGES else None


def _asked_for(request: HttpRequest) -> tuple[LetterCode, str]:
    asked = _asked(request)
    if asked is None:
        raise BadRequest(_("The address names no text: open it from the list of all texts."))
    return asked


def _begun_from(request: HttpRequest, code: str, language: str) -> LetterText | None:
    """The version from which the next one begins: the one in force that the address names, else that for all."""
    rows = in_force_of(code, language)
    asked = whole_number(request.GET.get("version", ""), most_digits=6)
    return next((each for each in rows if each.number == asked), None) or counting_of(rows, [])


def address_to_write(code: str, language: str, *, version: int | None = None) -> str:
    """The address at which the next version of a text is begun: from a version for some reasons, or from that for all."""
    asked = {"code": code, "language": language} | ({"version": str(version)} if version else {})
    return reverse("admin:complaints_lettertext_list_command", args=[WriteLetterText.name], query=asked)


def _beside(code: LetterCode, language: str) -> dict[str, Any]:
    """What stands beside the editor."""
    preview = reverse("admin:complaints_lettertext_preview")
    return {
        "text_code": code,
        "text_words": words_beside(code),
        "text_parts": [f"{part.name} ({part.source})" if part.source else str(part.name) for part in code.parts],
        "text_language": LANGUAGE_NAMES[language],
        "text_when": capfirst(f"{code.when}.") if code.takes_reasons else "",
        "text_rule": rule_of_reasons(code),
        "text_counting": [(each, about(each)) for each in counting_among(in_force_of(code.code, language))],
        "preview_url": f"{preview}?code={code.code}&language={language}",
    }


@dataclass(frozen=True)
class Cell:
    """One text in one language: what counts today, each with the reasons it is for; what will; what is being written."""

    language: str
    counting: list[tuple[LetterText, str]]
    later: list[tuple[LetterText, str]]
    open: LetterText | None
    write_url: str


# --- The list of versions and the page of one ----------------------------------------------------------------------
class LetterTextEventPanel(Panel):
    """Who moved it, and why."""

    model = LetterTextEvent
    fields = ("at", "old", "new", "ends_on", "words", "by")
    ordering = ("-at", "-pk")
    tab = False
    show_change_link = False

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        return super().get_queryset(request).select_related("by")


class LetterTextFilter(WorkFilter[LetterTextQuerySet]):
    """What is being written or waits, at first."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple:
        return (
            ("open", _("Being written")),
            ("submitted", _("To approve")),
            ("approved", pgettext("text", "Approved")),
            ("all", _("All")),
        )

    def narrowed(self, request: HttpRequest, queryset: LetterTextQuerySet, chosen: str) -> LetterTextQuerySet:
        if chosen == "submitted":
            return queryset.filter(state=State.SUBMITTED)
        if chosen == "approved":
            return queryset.approved()
        return queryset.open() if chosen == "open" else queryset


@admin.register(LetterText)
class LetterTextAdmin(OfficeAdmin[LetterText]):
    """Texts of letters: their versions, and what is in force. Everything is done by commands."""

    own_commands = [
        SubmitLetterText(),
        RewriteLetterText(),
        ApproveLetterText(),
        SendLetterTextBack(),
        EndLetterText(),
        WithdrawLetterText(),
    ]
    list_commands = [WriteLetterText()]
    list_display = (
        "text_shown",
        "language",
        "about_shown",
        "state_shown",
        "valid_from",
        "valid_to",
        "last_written_by",
    )
    list_filter = (LetterTextFilter,)
    search_help_text = _("The text, or the beginning of its name")
    empty_words = gettext_lazy("Nobody is writing a text. Choose one in the list of all texts.")
    inlines = (LetterTextEventPanel,)
    list_before_template = "office/letter_text_list_head.html"
    change_form_outer_before_template = "office/letter_text_head.html"
    fieldsets = (
        (
            gettext_lazy("Which text, and when"),
            {
                "fields": [
                    ("code_shown", "state_shown"),
                    ("language", "number"),
                    "about_shown",
                    "change_note",
                    ("source", "is_verified"),
                    ("written_by", "last_written_by"),
                    ("approved_by", "approved_at"),
                    ("wanted_from", "valid_from"),
                    ("valid_to", "created_at"),
                ]
            },
        ),
    )

    def get_queryset(self, request: StaffRequest) -> QuerySet[LetterText]:
        return super().get_queryset(request).select_related("written_by", "last_written_by", "approved_by")

    def find(self, queryset: QuerySet[LetterText], text: str) -> QuerySet[LetterText]:
        wanted = text.lower()
        codes = [code for code, each in CODES.items() if wanted in code or str(each.name).lower().startswith(wanted)]
        return queryset.filter(code__in=codes)

    def get_urls(self) -> list[Any]:
        guarded = self.admin_site.admin_view
        return [
            path("testi/", guarded(self.codes_view), name="complaints_lettertext_codes"),
            path("anteprima/", guarded(self.preview_view), name="complaints_lettertext_preview"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: StaffRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        codes = {"codes_url": reverse("admin:complaints_lettertext_codes")}
        return super().changelist_view(request, codes | (extra_context or {}))

    def render_change_form(
        self, request: StaffRequest, context: dict[str, Any], *args: Any, obj: LetterText | None = None, **kwargs: Any
    ) -> HttpResponse:
        if obj is not None:
            context |= self._page_of(obj)
            context["text_write_url"] = self._write_url(request, obj, counting=context["text_counting"])
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def _page_of(self, text: LetterText) -> dict[str, Any]:
        today, code = timezone.localdate(), CODES.get(text.code)
        counting = in_place_of(text, in_force_of(text.code, text.language))
        words, tone = what_next(text, counting, today)
        on = max(text.wanted_from or today, today)
        is_open = code is not None and text.state in (State.DRAFT, State.SUBMITTED)
        return {
            "text_next": words,
            "text_tone": tone,
            "text_when": when_words(text, code) if code else [],
            "text_counting": counting,
            "text_pieces": compared(counting.body if counting else "", text.body),
            "text_problems": problems_of(code, text.body, language=text.language, on=on) if is_open and code else [],
            "shown": text_shown(text, code) if code else None,
        }

    def _write_url(self, request: StaffRequest, text: LetterText, *, counting: LetterText | None) -> str:
        """Where the next version is begun from this one; "" for one that does not count, or while another is written."""
        if text != counting or text.code not in CODES or not request.user.has_perm(MAY_WRITE):
            return ""
        if LetterText.objects.of(text.code, text.language).open().exists():
            return ""
        return address_to_write(text.code, text.language, version=text.number)

    # --- All of them
    def codes_view(self, request: StaffRequest) -> HttpResponseBase:
        """Every text in both languages: the version that counts today and since when, what will count, what is being written."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        today, may_write = timezone.localdate(), request.user.has_perm(MAY_WRITE)
        in_force: dict[tuple[str, str], list[LetterText]] = defaultdict(list)
        for text in LetterText.objects.in_force(today):
            in_force[text.code, text.language].append(text)
        others = LetterText.objects.filter(state__in=[State.DRAFT, State.SUBMITTED]) | LetterText.objects.filter(
            state=State.APPROVED, valid_from__gt=today
        )
        waiting: dict[tuple[str, str], list[LetterText]] = defaultdict(list)
        for text in others.order_by("valid_from", "number"):
            waiting[text.code, text.language].append(text)

        def cell(code: str, language: str) -> Cell:
            those = waiting[code, language]
            being_written = next((each for each in those if each.state != State.APPROVED), None)
            return Cell(
                language=str(LANGUAGE_NAMES[language]),
                counting=[(each, about(each)) for each in counting_among(in_force[code, language])],
                later=[(each, about(each)) for each in those if each.state == State.APPROVED],
                open=being_written,
                write_url=address_to_write(code, language) if may_write and being_written is None else "",
            )

        places = [
            (
                place.label,
                [
                    (each, [cell(each.code, language) for language in LANGUAGES])
                    for each in CODES.values()
                    if each.place == place
                ],
            )
            for place in (Place.LAW, Place.FRAME)
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": _("Texts of letters"),
            "opts": self.opts,
            "places": places,
            "today": today,
            "list_url": reverse("admin:complaints_lettertext_changelist"),
        }
        return TemplateResponse(request, "office/letter_text_codes.html", context)

    # --- Looking at what is being written
    def preview_view(self, request: StaffRequest) -> HttpResponseBase:
        """What was typed, in a letter of an invented complaint. Nothing is kept."""
        if not request.user.has_perm(MAY_WRITE):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        code, language = _asked_for(request)
        body, reasons = request.POST.get("body", ""), request.POST.getlist("reason_codes")
        form = LetterTextForm(
            {"body": body, "reason_codes": reasons, "change_note": "–"},
            code=code,
            language=language,
            initial={"reason_codes": reasons},
        )
        form.is_valid()
        problems = [error for errors in form.errors.values() for error in errors]
        text = LetterText(
            code=code.code,
            language=language,
            body=form.cleaned_data.get("body") or body.strip(),
            reason_codes=form.cleaned_data.get("reason_codes") or [],
        )
        context = {
            **self.admin_site.each_context(request),
            "title": _("Preview"),
            "opts": self.opts,
            "problems": problems,
            "shown": None if problems else text_shown(text, code),
        }
        return TemplateResponse(request, "office/letter_text_preview.html", context)

    # --- Columns
    @display(description=_("text"))
    def text_shown(self, text: LetterText) -> str:
        return _("%(name)s, version %(number)d") % {"name": name_of(text.code), "number": text.number}

    @display(description=_("for complaints about"))
    def about_shown(self, text: LetterText) -> str:
        return about(text) or (_("whatever reason") if text.code in CODES and CODES[text.code].takes_reasons else "–")

    @display(description=_("text"))
    def code_shown(self, text: LetterText) -> str:
        return f"{name_of(text.code)} ({text.code})"

    @badge(description=_("state"), tones=TONES)
    def state_shown(self, text: LetterText) -> tuple[str, str]:
        return standing_of(text, timezone.localdate())


def standing_of(text: LetterText, today: date) -> tuple[str, str]:
    """The state for a list, with what the calendar makes of an approved one; the first word is for its colour."""
    if text.state != State.APPROVED or text.valid_from is None:
        return text.state, text.get_state_display()
    if text.valid_from > today:
        return "later", _("from %(moment)s") % {"moment": day_of(text.valid_from)}
    if text.valid_to is not None and text.valid_to < today:
        return "over", _("its time is over")
    return State.APPROVED, pgettext("text", "approved")


def rule_of_reasons(code: LetterCode) -> str:
    """Which version of a paragraph a letter takes by the reasons of its complaint, in sentences."""
    if code.code == PARTICULAR:
        return _(
            "Each version names its reasons. A letter has one for each reason of its complaint that a version names; of two "
            "versions for one reason the last to begin counts."
        )
    return _(
        "A version for some reasons is for complaints about any of them; of two that fit, that of the complaint’s first reason "
        "counts. The version without reasons is for all others, and remains."
    )


def when_words(text: LetterText, code: LetterCode) -> list[str]:
    """In which letters a paragraph stands, in sentences; [] for a piece of the frame, which is in all of them."""
    if not code.takes_reasons:
        return []
    return [capfirst(f"{code.when}."), *([] if code.code == PARTICULAR else [which_version(text)])]


def which_version(text: LetterText) -> str:
    """For which complaints this version stands there, in a sentence."""
    if reasons := about(text):
        return _(
            "This version is for complaints about: %(reasons)s. For all others it is the one without reasons."
        ) % {"reasons": reasons}
    return _("This version is for every complaint but those about a reason that another version names.")


def what_next(text: LetterText, counting: LetterText | None, today: date) -> tuple[str, str]:
    """What happens next with a text, in a sentence, and how it is meant."""
    match text.state:
        case State.DRAFT:
            last = text.events.select_related("by").first()
            if last is not None and last.words:
                words = {"name": last.by, "words": last.words}
                return pgettext("text", "Sent back by %(name)s: %(words)s") % words, "near"
            return _("A draft: no letter says it. Look at the preview, then submit it."), "calm"
        case State.SUBMITTED:
            return pgettext(
                "text", "It waits for somebody who did not write it to approve it, or to send it back."
            ), "near"
        case State.WITHDRAWN:
            return _("Withdrawn: it does not count."), "late"
    assert text.valid_from is not None, "it is approved"
    if text.valid_from > today:
        return _("Approved. Letters say it from %(day)s on.") % {"day": day_of(text.valid_from)}, "calm"
    if text.valid_to is not None and text.valid_to < today:
        return _("Its time is over: its last day was %(day)s.") % {"day": day_of(text.valid_to)}, "calm"
    if counting is not None and counting.pk != text.pk:
        return _("Replaced: version %(number)d counts now.") % {"number": counting.number}, "calm"
    if text.valid_to is not None:
        return _("It counts now; its last day is %(day)s.") % {"day": day_of(text.valid_to)}, "good"
    return _("It counts now: letters are made of it."), "good"
