"""Triage in the back office: decisions on a contact or a feedback, the list of likely complaints, and their words."""

from typing import Any

from django.contrib import admin
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Concat, JSONObject
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from complaints import services
from complaints.models import ComplaintHint, Feedback, HintPhrase, TriageDecision
from complaints.models.triage import ComplaintHintQuerySet
from complaints.triage import commands
from complaints.triage.forms import FeedbackNoComplaintForm, NoComplaintForm, PhraseForm
from complaints.triage.hints import last_measured
from complaints.triage.phrases import write_phrase
from complaints.triage.recording import decision_on
from contact_center.models import Contact
from contact_center.office.contact_page import Remark
from customers.models import User
from foundation.dates import written_day
from foundation.masking import seen_text_of
from foundation.office.base import OfficeAdmin, WorkFilter, chosen_work
from foundation.office.commands import Command, Done, ListCommand
from foundation.requests import StaffRequest

MAY_ADD = "complaints.add_complaint"
MOST_DECISIONS = 5


# --- On a contact ---------------------------------------------------------------------------------------------------
class NoComplaint(Command[Contact]):
    """Decide that what the person wrote is no complaint. Registering it as one takes that back."""

    name = "non-reclamo"
    label = gettext_lazy("Not a complaint")
    icon = "rule"
    permission = MAY_ADD
    form_class = NoComplaintForm
    question = gettext_lazy(
        "The decision is recorded with your name. It can be taken back: registered as a complaint later, it counts from the "
        "day on which it was written."
    )

    def prepare(self, queryset: QuerySet[Contact]) -> QuerySet[Contact]:
        """With the marks and the decisions, which the page shows as well."""
        hints = ComplaintHint.objects.open().filter(contact=OuterRef("pk")).order_by("-score", "-pk")
        decisions = TriageDecision.objects.filter(contact=OuterRef("pk")).order_by("-at", "-pk")[:MOST_DECISIONS]
        shown = JSONObject(
            is_complaint="is_complaint",
            written_on="written_on",
            reason="reason",
            by=Concat(F("by__first_name"), Value(" "), F("by__last_name")),
        )
        return queryset.annotate(
            hint_words=Subquery(hints.values("words")[:1]), triage=ArraySubquery(decisions.values(json=shown))
        )

    def offered(self, request: StaffRequest, row: Contact) -> bool:
        """A form that is sent a second time is refused by the command, with the reason."""
        if getattr(row, "is_complaint", False):
            return False
        latest = next(iter(getattr(row, "triage", [])), None)
        return services.is_written(row) and (request.method == "POST" or latest is None or latest["is_complaint"])

    def form_arguments(self, request: StaffRequest, row: Contact) -> dict[str, Any]:
        return {"days": services.days_written(row)}

    def run(self, request: StaffRequest, row: Contact, data: dict[str, Any]) -> str:
        commands.decide_no_complaint(row, **data, by=request.user)
        return _("Recorded: it is no complaint.")


def remarks_on(contact: Contact, user: User) -> list[Remark]:
    """On a contact's page: the words that make a complaint likely, and what was decided, for whoever may decide it."""
    if not user.has_perm(MAY_ADD):
        return []
    remarks = []
    if words := getattr(contact, "hint_words", None):
        found = ", ".join(f"“{phrase}”" for phrase, weight in words if weight > 0)
        remarks.append(
            Remark(
                _("Perhaps a complaint: look whether it is one, and register it or decide that it is none."),
                _("Words that make it likely: %(words)s.") % {"words": found},
                "warn",
            )
        )
    for place, each in enumerate(getattr(contact, "triage", [])):
        day = parse_date(each["written_on"])
        words_of = {"by": each["by"].strip() or "–", "day": written_day(day, "del") if day else "–"}
        title = (
            _("Decided by %(by)s: what was written on %(day)s is a complaint.")
            if each["is_complaint"]
            else _("Decided by %(by)s: what was written on %(day)s is no complaint.")
        )
        hint = seen_text_of(contact, each["reason"])
        remarks.append(Remark(title % words_of, hint if not place else _("replaced; %(why)s") % {"why": hint}))
    return remarks


# --- On feedback ----------------------------------------------------------------------------------------------------
class FeedbackNoComplaint(Command[Feedback]):
    """Decide that an opinion is no complaint."""

    name = "non-reclamo"
    label = gettext_lazy("Not a complaint")
    icon = "rule"
    permission = "complaints.change_feedback"
    form_class = FeedbackNoComplaintForm
    question = gettext_lazy("The decision is recorded with your name; a later one replaces it.")

    def offered(self, request: StaffRequest, row: Feedback) -> bool:
        return bool(row.text) and row.complaint_id is None

    def asks(self, request: StaffRequest, row: Feedback) -> str:
        question = str(self.question)
        if (known := decision_on(feedback=row)) is not None:
            question += " " + _("Decided by %(by)s: %(reason)s") % {"by": known.by or "–", "reason": known.reason}
        return question

    def run(self, request: StaffRequest, row: Feedback, data: dict[str, Any]) -> str:
        commands.decide_feedback_no_complaint(row, reason=data["reason"], by=request.user)
        return _("Recorded: it is no complaint.")


# --- Likely complaints ----------------------------------------------------------------------------------------------
def measured_words() -> str:
    """How well the words find complaints, in a sentence, with its base; or that nobody has measured it."""
    measured = last_measured()
    if measured is None:
        return _("Not measured yet: the command measure_complaint_hints does it.")
    words = {
        "first": written_day(measured.split, "dal"),
        "last": written_day(measured.last, "al"),
        "found": measured.found,
        "marked": measured.marked,
        "complaints": measured.complaints,
        "messages": number_format(measured.messages, force_grouping=True),
        "threshold": measured.threshold,
    }
    return (
        _(
            "Measured on messages written from %(first)s to %(last)s (%(messages)s): of %(marked)d marked, %(found)d were "
            "complaints; of %(complaints)d complaints, %(found)d were marked. A message is marked from weight %(threshold)d on."
        )
        % words
    )


class HintFilter(WorkFilter[ComplaintHintQuerySet]):
    """What nobody has decided on at first, the oldest before the others."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple:
        return (("open", _("To be decided")), ("all", _("All that were marked")))

    def narrowed(self, request: HttpRequest, queryset: ComplaintHintQuerySet, chosen: str) -> ComplaintHintQuerySet:
        return queryset.open() if chosen == "open" else queryset.filter(is_likely=True)


@admin.register(ComplaintHint)
class ComplaintHintAdmin(OfficeAdmin[ComplaintHint]):
    """Messages that may be complaints, with the words that made it think so. They are decided on the contact's page."""

    list_display = ("contact_shown", "written_at", "subject_shown", "words_shown", "score", "decided_at")
    list_display_links = None
    list_select_related = ("contact__customer", "contact__web_form")
    list_filter = (HintFilter,)
    list_before_template = "office/hint_list_head.html"
    customer_path = "contact.customer_id"
    fieldsets = (
        (None, {"fields": [("contact", "written_at"), ("score", "decided_at"), "words_shown", "text_shown"]}),
    )

    def changelist_view(self, request: StaffRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"measured": measured_words(), **(extra_context or {})})

    def get_queryset(self, request: StaffRequest) -> QuerySet[ComplaintHint]:
        return super().get_queryset(request).select_related("contact__customer", "contact__web_form", "message")

    def get_ordering(self, request: StaffRequest) -> tuple[str, ...]:
        return ("written_at", "pk") if chosen_work(request) == "open" else ("-written_at", "-pk")

    @display(description=gettext_lazy("contact"))
    def contact_shown(self, hint: ComplaintHint) -> SafeString:
        address = reverse("admin:contact_center_contact_change", args=[hint.contact_id])
        return format_html('<a href="{}" class="vc-link">{}</a>', address, hint.contact.number)

    @display(description=gettext_lazy("subject"))
    def subject_shown(self, hint: ComplaintHint) -> str:
        return seen_text_of(hint, hint.contact.subject) or "–"

    @display(description=gettext_lazy("words found"))
    def words_shown(self, hint: ComplaintHint) -> str:
        return hint.words_shown or "–"

    @display(description=gettext_lazy("text"))
    def text_shown(self, hint: ComplaintHint) -> str:
        return seen_text_of(hint, hint.message.text) or "–"


# --- The words ------------------------------------------------------------------------------------------------------
class AddPhrase(ListCommand):
    """Add words."""

    name = "aggiungi"
    label = gettext_lazy("Add words")
    icon = "add"
    tone = "primary"
    permission = "complaints.add_hintphrase"
    form_class = PhraseForm
    question = gettext_lazy("They count for messages that come from now on.")

    def run(self, request: StaffRequest, row: None, data: dict[str, Any]) -> Done:
        write_phrase(**data, by=request.user)
        return Done(_("Added."))


class ChangePhrase(Command[HintPhrase]):
    """Change words or their weight, or take them out of use."""

    name = "cambia"
    label = gettext_lazy("Change the words")
    icon = "edit"
    permission = "complaints.change_hintphrase"
    form_class = PhraseForm
    question = gettext_lazy("It counts for messages that come from now on; what was marked remains.")

    def form_arguments(self, request: StaffRequest, row: HintPhrase) -> dict[str, Any]:
        return {"initial": {name: getattr(row, name) for name in ("phrase", "language", "weight", "is_active")}}

    def run(self, request: StaffRequest, row: HintPhrase, data: dict[str, Any]) -> str:
        write_phrase(**data, of=row, by=request.user)
        return _("Changed.")


@admin.register(HintPhrase)
class HintPhraseAdmin(OfficeAdmin[HintPhrase]):
    """The words that speak for a complaint, with their weight."""

    list_display = ("phrase", "language", "weight", "is_active")
    list_filter = ("language", "is_active")
    search_help_text = gettext_lazy("Part of the words")
    own_commands = [ChangePhrase()]
    list_commands = [AddPhrase()]
    fieldsets = ((None, {"fields": [("phrase", "language"), ("weight", "is_active")]}),)

    def find(self, queryset: QuerySet[HintPhrase], text: str) -> QuerySet[HintPhrase]:
        return queryset.filter(phrase__icontains=text)
