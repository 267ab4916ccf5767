"""Ringing people about a promotion, in the back office: the check's files, the list, what came of each call."""

from collections import Counter
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.decorators import display

from customers.models import AccessLog
from foundation.constraints import is_among
from foundation.files.downloads import CSV, download
from foundation.files.reading import UnusableInput
from foundation.form_fields import DateInput, LineField
from foundation.office.base import OfficeAdmin, Panel, badge
from foundation.office.commands import Command, Done
from foundation.refusals import Refused
from foundation.requests import StaffRequest
from foundation.telephones import shown_number
from foundation.text import CleanedForm
from promotions.models import CalledPerson, CallList, CallResult, OppositionAnswer, OppositionCheck, Promotion
from promotions.models.telephone import STILL_TO_RING
from promotions.reach import writes_for
from promotions.telephone.checking import export_opposition_check, file_of, import_opposition_check, may_ring
from promotions.telephone.ringing import WHY_NOT, allowed_now, hand_out, make_call_list, record_call
from promotions.telephone.rules import file_format, lasts_until

MAY_CHECK, MAY_ANSWER, MAY_LIST, MAY_RING = (
    "promotions.add_oppositioncheck",
    "promotions.answer_oppositioncheck",
    "promotions.add_calllist",
    "promotions.change_calledperson",
)
LARGEST = 20 * 1024 * 1024  # bytes of an answer: a million numbers
MOST_SHOWN = 200  # refused rows on the page; the command writes all of them into a file
RESULT_TONES = {
    CallResult.REACHED: "success",
    CallResult.NO_ANSWER: "warning",
    CallResult.CALL_AGAIN: "info",
    CallResult.NOT_INTERESTED: "danger",
}


# --- On the page of a promotion -------------------------------------------------------------------------------------
class ExportCheck(Command[Promotion]):
    """Write out the numbers that the register is to look up."""

    name = "numeri-da-controllare"
    label = gettext_lazy("Check the numbers with the register")
    icon = "phone_locked"
    permission = MAY_CHECK
    question = gettext_lazy(
        "The numbers of those in the audience who consent to calls are put into a file for the register of oppositions, without "
        "any name. Who is held out by lot is not rung either."
    )

    def offered(self, request: StaffRequest, row: Promotion) -> bool:
        return may_ring(row, by=request.user, now=timezone.now())

    def run(self, request: StaffRequest, row: Promotion, data: dict[str, Any]) -> Done:
        check = export_opposition_check(row, by=request.user)
        words = ngettext("%(n)d number is in the file.", "%(n)d numbers are in the file.", check.number_of_numbers)
        return Done(
            words % {"n": check.number_of_numbers}, reverse("admin:promotions_oppositioncheck_change", args=[check.pk])
        )


class MakeCallList(Command[Promotion]):
    """Whom the agency may ring."""

    name = "elenco-telefonate"
    label = gettext_lazy("Make the call list")
    icon = "phone_in_talk"
    permission = MAY_LIST
    question = gettext_lazy(
        "Only who consents to calls, whose number was looked up in the register within the last days, and whom nothing else "
        "excludes. Everything is asked again now, and when the list is downloaded."
    )

    def offered(self, request: StaffRequest, row: Promotion) -> bool:
        answered = OppositionAnswer.objects.filter(opposition_check__promotion=row)
        return may_ring(row, by=request.user, now=timezone.now()) and answered.exists()

    def run(self, request: StaffRequest, row: Promotion, data: dict[str, Any]) -> Done:
        made = make_call_list(row, by=request.user)
        number = made.call_list.number_of_people
        sentence = ngettext("%(n)d person is on the list.", "%(n)d people are on the list.", number) % {"n": number}
        if made.left_out:
            reasons = "; ".join(f"{WHY_NOT[why]}: {count}" for why, count in made.left_out.most_common())
            sentence += " " + _("Left out: %(reasons)s.") % {"reasons": reasons}
        return Done(sentence, reverse("admin:promotions_calllist_change", args=[made.call_list.pk]))


TELEPHONE_COMMANDS = (ExportCheck(), MakeCallList())


# --- A check --------------------------------------------------------------------------------------------------------
class _OfOwnAgency(Command[Any]):
    """A command of the people who write for the agency of the promotion."""

    @staticmethod
    def _is_of(request: StaffRequest, promotion: Promotion) -> bool:
        ground = writes_for(request.user)
        return ground.whole or promotion.agency_id in ground.agency_ids


class TakeNumbers(_OfOwnAgency):
    """The file for the operator of the register."""

    name = "scarica"
    label = gettext_lazy("Download the numbers")
    icon = "download"
    permission = MAY_CHECK
    question = gettext_lazy(
        "A CSV of the numbers alone, for the operator of the register. It is the same file each time."
    )

    def offered(self, request: StaffRequest, row: OppositionCheck) -> bool:
        return self._is_of(request, row.promotion)

    def run(self, request: StaffRequest, row: OppositionCheck, data: dict[str, Any]) -> Any:
        return download(file_of(row), _("numbers-%(check)s.csv") % {"check": row}, CSV)


class AnswerForm(CleanedForm, forms.Form):
    """The operator's file, and the day of the consultation."""

    answer = forms.FileField(label=gettext_lazy("Answer of the operator (CSV)"))
    checked_on = forms.DateField(
        label=gettext_lazy("Day of the consultation"),
        widget=DateInput,
        help_text=gettext_lazy("From this day the numbers may be rung for fifteen days."),
    )

    def clean_answer(self) -> UploadedFile:
        """Not larger than any real answer."""
        answer: UploadedFile = self.cleaned_data["answer"]
        if (answer.size or 0) > LARGEST:
            raise forms.ValidationError(
                _("The file is larger than %(most)d MB: is it the right one?") % {"most": LARGEST >> 20}, code="large"
            )
        return answer


class ReadAnswer(_OfOwnAgency):
    """What the register answered."""

    name = "esito"
    label = gettext_lazy("Read the answer")
    icon = "upload_file"
    tone = "primary"
    permission = MAY_ANSWER
    form_class = AnswerForm

    def offered(self, request: StaffRequest, row: OppositionCheck) -> bool:
        return self._is_of(request, row.promotion)

    def asks(self, request: StaffRequest, row: OppositionCheck) -> str:
        layout = file_format(timezone.localdate(), settings.OPPOSITION_FILES)
        return _(
            "The columns “%(number)s” and “%(result)s” (%(words)s), and “%(since)s” where the operator states since when a number "
            "is in the register. Rows that cannot be read are listed with the reason; the others are kept."
        ) % {
            "number": layout.number,
            "result": layout.result,
            "words": ", ".join(layout.words),
            "since": layout.since,
        }

    def run(self, request: StaffRequest, row: OppositionCheck, data: dict[str, Any]) -> Done | HttpResponse:
        try:
            read = import_opposition_check(
                row, source=data["answer"].file, checked_on=data["checked_on"], by=request.user
            )
        except UnusableInput as error:
            raise Refused(str(error), code="unusable", field="answer") from None
        if read.answer is None and not read.rejections:
            return Done(_("This answer was read already: nothing changes."))
        sentence = _(
            "Not in the register: %(free)d; in the register: %(opposed)d; without an answer: %(missing)d."
        ) % {
            "free": read.free,
            "opposed": read.opposed,
            "missing": read.missing,
        }
        if not read.rejections:
            return Done(sentence)
        context = {
            **admin.site.each_context(request),
            "title": self.label,
            "opts": OppositionCheck._meta,
            "sentence": sentence,
            "rejections": read.rejections[:MOST_SHOWN],
            "number": len(read.rejections),
            "most": MOST_SHOWN,
            "back_url": reverse("admin:promotions_oppositioncheck_change", args=[row.pk]),
        }
        return HttpResponse(render_to_string("office/opposition_answer.html", context, request))


@admin.register(OppositionCheck)
class OppositionCheckAdmin(OfficeAdmin[OppositionCheck]):
    """What was sent to the register, and what it answered."""

    own_commands = (ReadAnswer(), TakeNumbers())
    locks_row = False  # its rows are added only, and its commands lock the promotion
    list_display = ("check_shown", "promotion", "number_of_numbers", "answers_shown", "made_at", "made_by")
    fieldsets = (
        (
            None,
            {
                "fields": [
                    ("promotion_shown", "number_of_numbers"),
                    ("made_at", "made_by"),
                    "sha256",
                    "answers_shown",
                    "files_shown",
                ]
            },
        ),
    )
    search_help_text = gettext_lazy("The number of the check")

    def get_queryset(self, request: StaffRequest) -> QuerySet[OppositionCheck]:
        queryset = super().get_queryset(request).select_related("promotion__agency", "made_by")
        return queryset.prefetch_related("answers")

    def find(self, queryset: QuerySet[OppositionCheck], text: str) -> QuerySet[OppositionCheck]:
        return _by_number(queryset, text)

    @display(description=gettext_lazy("check"))
    def check_shown(self, check: OppositionCheck) -> str:
        return str(check)

    @display(description=gettext_lazy("promotion"))
    def promotion_shown(self, check: OppositionCheck) -> str:
        return _link("promotions_promotion", check.promotion)

    @display(description=gettext_lazy("form of the files"))
    def files_shown(self, check: OppositionCheck) -> str:
        """Whether anybody has compared the files with the operator's own description."""
        verified_on = file_format(timezone.localdate(), settings.OPPOSITION_FILES).verified_on
        if verified_on is None:
            return _(
                "Not verified: nobody has compared it with the description that the operator of the register gives to whoever is "
                "registered there. Do so before the first exchange, and enter columns and day in OPPOSITION_FILES."
            )
        return _("Compared with the operator’s description on %(day)s.") % {"day": f"{verified_on:%d/%m/%Y}"}

    @display(description=gettext_lazy("answers"))
    def answers_shown(self, check: OppositionCheck) -> str:
        """Each with its day, what it says, and until when it holds."""
        lines = [
            (
                _(
                    "of %(day)s: not in the register %(free)d, in the register %(opposed)d, refused rows %(refused)d; holds until %(last)s"
                )
                % {
                    "day": f"{each.checked_on:%d/%m/%Y}",
                    "free": each.free,
                    "opposed": each.opposed,
                    "refused": each.refused,
                    "last": f"{lasts_until(each.checked_on):%d/%m/%Y}",
                },
            )
            for each in check.answers.all()
        ]
        return format_html_join(" · ", "{}", lines) if lines else _("none yet")


# --- A list ---------------------------------------------------------------------------------------------------------
class TakeList(_OfOwnAgency):
    """The list as it may be used today."""

    name = "scarica"
    label = gettext_lazy("Download the list")
    icon = "download"
    tone = "primary"
    permission = MAY_LIST
    question = gettext_lazy(
        "Who is still to be rung, with name and number. Whoever withdrew meanwhile, or must be left alone now, is left out. Each "
        "download is written down with your name."
    )

    def offered(self, request: StaffRequest, row: CallList) -> bool:
        now = timezone.now()
        is_fresh = row.valid_until >= timezone.localdate(now)
        return is_fresh and may_ring(row.promotion, by=request.user, now=now)

    def why_not(self, request: StaffRequest, row: CallList) -> Any:
        return _("The list holds no more, or the promotion is paused, stopped or over.")

    def run(self, request: StaffRequest, row: CallList, data: dict[str, Any]) -> Any:
        handed = hand_out(row, by=request.user)
        return download(handed.content, _("calls-%(list)s.csv") % {"list": row}, CSV)


class CalledPersonPanel(Panel):
    """The people on the list."""

    model = CalledPerson
    fields = ("customer_shown", "phone_shown", "result_shown", "again_on", "tries", "note")
    ordering = ("pk",)
    tab = False

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        return super().get_queryset(request).select_related("customer")

    @display(description=gettext_lazy("customer"))
    def customer_shown(self, person: CalledPerson) -> str:
        return str(person.customer)

    @display(description=gettext_lazy("phone"))
    def phone_shown(self, person: CalledPerson) -> str:
        return shown_number(person.phone)

    @badge(description=gettext_lazy("result"), tones=RESULT_TONES)
    def result_shown(self, person: CalledPerson) -> tuple[str, str] | None:
        return (person.result, person.get_result_display()) if person.result else None


@admin.register(CallList)
class CallListAdmin(OfficeAdmin[CallList]):
    """Lists of whom an agency may ring, newest first."""

    own_commands = (TakeList(),)
    locks_row = False  # as above
    inlines = (CalledPersonPanel,)
    list_display = (
        "list_shown",
        "promotion",
        "number_of_people",
        "to_ring_shown",
        "valid_until",
        "made_at",
        "made_by",
    )
    search_help_text = gettext_lazy("The number of the list")
    fieldsets = (
        (
            None,
            {
                "fields": [
                    ("promotion_shown", "valid_until"),
                    ("number_of_people", "results_shown"),
                    ("made_at", "made_by"),
                    "downloads_shown",
                ]
            },
        ),
    )

    def get_queryset(self, request: StaffRequest) -> QuerySet[CallList]:
        queryset = super().get_queryset(request).select_related("promotion__agency", "made_by")
        return queryset.annotate(_over=Count("people", filter=~_to_ring()))

    def find(self, queryset: QuerySet[CallList], text: str) -> QuerySet[CallList]:
        return _by_number(queryset, text)

    @display(description=gettext_lazy("list"))
    def list_shown(self, call_list: CallList) -> str:
        return str(call_list)

    @display(description=gettext_lazy("to ring"))
    def to_ring_shown(self, call_list: Any) -> int:
        return call_list.number_of_people - call_list._over

    @display(description=gettext_lazy("promotion"))
    def promotion_shown(self, call_list: CallList) -> str:
        return _link("promotions_promotion", call_list.promotion)

    @display(description=gettext_lazy("calls so far"))
    def results_shown(self, call_list: CallList) -> str:
        rows = CalledPerson.objects.filter(call_list=call_list).order_by().values_list("result")
        counts = Counter(dict(rows.annotate(number=Count("pk"))))
        said = [f"{result.label}: {counts[result]}" for result in CallResult if counts[result]]
        return " · ".join([*said, _("not rung yet: %(n)d") % {"n": counts[""]}])

    @display(description=gettext_lazy("downloads"))
    def downloads_shown(self, call_list: CallList) -> str:
        """Who took the file, and when: as the log of accesses has it."""
        taken = AccessLog.objects.filter(customer=None, what=call_list.log_name, at__gte=call_list.made_at)
        rows = taken.select_related("user").order_by("-at", "-pk")[:20]
        said = [(each.user, f"{timezone.localtime(each.at):%d/%m/%Y %H:%M}") for each in rows]
        return format_html_join(" · ", "{} ({})", said) if said else "–"


# --- A person on it -------------------------------------------------------------------------------------------------
class CallForm(CleanedForm, forms.Form):
    """What came of a call."""

    result = forms.ChoiceField(
        label=gettext_lazy("Result of the call"), choices=CallResult.choices, widget=forms.RadioSelect
    )
    again_on = forms.DateField(
        label=gettext_lazy("To be rung again on"),
        required=False,
        widget=DateInput,
        help_text=gettext_lazy("For who asks to be rung again"),
    )
    note = LineField(label=gettext_lazy("Note"), max_length=500, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if (
            cleaned.get("result") == CallResult.CALL_AGAIN
            and "again_on" not in self.errors
            and not cleaned.get("again_on")
        ):
            self.add_error("again_on", forms.ValidationError(_("Give the day."), code="required"))
        return cleaned


class RecordCall(Command[CalledPerson]):
    """Enter what came of ringing the person."""

    name = "telefonata"
    label = gettext_lazy("Enter the call")
    icon = "phone_in_talk"
    tone = "primary"
    permission = MAY_RING
    form_class = CallForm
    question = gettext_lazy(
        "Whoever is not interested withdraws the consent to calls with it, at once: nobody rings them about promotions any more."
    )

    def offered(self, request: StaffRequest, row: CalledPerson) -> bool:
        return not row.is_over

    def run(self, request: StaffRequest, row: CalledPerson, data: dict[str, Any]) -> Done:
        record_call(row, result=data["result"], again_on=data["again_on"], note=data["note"], by=request.user)
        return Done(_("The call is entered."), reverse("admin:promotions_calllist_change", args=[row.call_list_id]))


@admin.register(CalledPerson)
class CalledPersonAdmin(OfficeAdmin[CalledPerson]):
    """People to ring: their number, what allows it, what came of it."""

    own_commands = (RecordCall(),)
    customer_path = "customer_id"
    list_display = ("customer_shown", "promotion", "phone_shown", "result_shown", "again_on", "call_list")
    search_help_text = gettext_lazy("The number of the list")
    fieldsets = (
        (
            None,
            {
                "fields": [
                    ("customer_shown", "phone_shown"),
                    ("promotion_shown", "call_list"),
                    ("consent_shown", "checked_shown"),
                    "may_be_rung_shown",
                    ("result_shown", "again_on"),
                    ("result_by", "result_at", "tries"),
                    "note",
                ]
            },
        ),
    )

    def get_queryset(self, request: StaffRequest) -> QuerySet[CalledPerson]:
        queryset = super().get_queryset(request)
        return queryset.select_related(
            "customer", "promotion__agency", "call_list", "consent", "checked__answer", "result_by"
        )

    def find(self, queryset: QuerySet[CalledPerson], text: str) -> QuerySet[CalledPerson]:
        return queryset.filter(call_list=int(text)) if _is_number(text) else queryset.none()

    @display(description=gettext_lazy("customer"))
    def customer_shown(self, person: CalledPerson) -> str:
        return str(person.customer)

    @display(description=gettext_lazy("phone"))
    def phone_shown(self, person: CalledPerson) -> str:
        return shown_number(person.phone)

    @display(description=gettext_lazy("promotion"))
    def promotion_shown(self, person: CalledPerson) -> str:
        """Without a link: whoever reads the person's file need not read promotions."""
        return str(person.promotion)

    @display(description=gettext_lazy("allowed by"))
    def consent_shown(self, person: CalledPerson) -> str:
        return f"{person.consent} ({timezone.localtime(person.consent.recorded_at):%d/%m/%Y})"

    @display(description=gettext_lazy("register of oppositions"))
    def checked_shown(self, person: CalledPerson) -> str:
        answer = person.checked.answer
        assert answer is not None, "only answered numbers are listed"
        words = {"day": f"{answer.checked_on:%d/%m/%Y}"}
        if person.checked.is_opposed:
            return _("in it, with a later consent; looked up on %(day)s") % words
        return _("not in it; looked up on %(day)s") % words

    @display(description=gettext_lazy("now"))
    def may_be_rung_shown(self, person: CalledPerson) -> str:
        """Asked again whenever the page opens: the list may be days old."""
        if person.is_over:
            return _("Not to be rung any more.")
        if person.call_list.valid_until < timezone.localdate():
            return _("Not to be rung: the check of the number holds no more.")
        if person.promotion.state not in (Promotion.State.SENDING, Promotion.State.FINISHED):
            return _("Not to be rung: the promotion is paused or stopped.")
        if person.pk in allowed_now(person.promotion, [person]):
            return _("May be rung.")
        return _("Not to be rung: a consent, a complaint, a claim or the number changed since the list was made.")

    @badge(description=gettext_lazy("result"), tones=RESULT_TONES)
    def result_shown(self, person: CalledPerson) -> tuple[str, str] | None:
        return (person.result, person.get_result_display()) if person.result else None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 18


def _by_number(queryset: QuerySet, text: str) -> QuerySet:
    return queryset.filter(pk=int(text)) if _is_number(text) else queryset.none()


def _link(page: str, row: Any) -> str:
    return format_html_join(
        "", '<a href="{}" class="vc-link">{}</a>', [(reverse(f"admin:{page}_change", args=[row.pk]), row)]
    )


def _to_ring() -> Any:
    """The condition of `to_ring` on the people of a list."""
    return Q(people__result="") | is_among("people__result", STILL_TO_RING)
