"""The back office of personal data: requests for erasure, legal holds, periods, and what the retention did each night."""

from datetime import timedelta
from typing import Any

from django import forms
from django.apps import apps
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.decorators import display

from customers.admin import customers_named
from customers.models import Customer, ErasureRequest, LegalHold
from customers.models.privacy import ErasureRequestQuerySet, LegalHoldQuerySet
from customers.privacy.erasure import why_not_lengthened
from foundation.models import RetentionPeriod, RetentionProof, RetentionRun
from foundation.office.base import OfficeAdmin, Panel, WorkFilter, badge
from foundation.office.commands import Command, Done, ListCommand
from foundation.office.read_only import NOTHING
from foundation.office.tiles import Tile
from foundation.requests import StaffRequest
from notifications.erasure import ask_erasure, lengthen_erasure

from . import erasure, requests
from .explaining import explain, outcome_in_words, until_in_words
from .periods import change_period, days_in_force, period_called
from .record import how_long, kept_for
from .rules import RULES, periods

State = ErasureRequest.State
STATE_TONES = {
    State.ASKED: "warning",
    State.GRANTED: "info",
    State.CARRIED_OUT: "success",
    State.FINISHED: "success",
    State.REFUSED: "danger",
}
IN_FORCE, LIFTED = "in_force", "lifted"
HOLD_TONES = {IN_FORCE: "warning", LIFTED: "success"}
RUN_TONES = {"done": "success", "failed": "danger", "stopped": "warning"}
MOST = 999  # counted no further
LATE = timedelta(days=2)  # a night that did not run is made up for by the next; two are too many


def days_in_words(request: ErasureRequest) -> str:
    """How long there is to answer, or how late it is."""
    days = request.days_left(timezone.localdate())
    if days < 0:
        return ngettext("overdue by %(days)d day", "overdue by %(days)d days", -days) % {"days": -days}
    return ngettext("%(days)d day left", "%(days)d days left", days) % {"days": days}


# --- Requests for erasure -------------------------------------------------------------------------------------------
class DecisionForm(forms.Form):
    """Grant or refuse, and why."""

    decision = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        widget=forms.RadioSelect,
        choices=[
            ("granted", gettext_lazy("Erase what may go")),
            ("refused", gettext_lazy("Refuse")),
        ],
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "The person reads it. A refusal needs one; of what is granted the letter says the rest."
        ),
    )


class DecideErasure(Command[ErasureRequest]):
    """Answer a request, with what would go and stay before one's eyes."""

    name = "decidi"
    label = gettext_lazy("Decide")
    icon = "gavel"
    tone = "primary"
    permission = "customers.change_erasurerequest"
    form_class = DecisionForm
    template = "office/erasure_decision.html"
    question = gettext_lazy(
        "What is granted is carried out by itself, as soon as the letter about it has left, and cannot be undone."
    )

    def offered(self, request: StaffRequest, row: ErasureRequest) -> bool:
        return row.state == State.ASKED

    def context(self, request: StaffRequest, row: ErasureRequest) -> dict[str, Any]:
        explanation = explain(row.customer)
        stays = [(each, until_in_words(each.until)) for each in explanation.stays]
        return {"explanation": explanation, "stays": stays, "term": days_in_words(row)}

    def run(self, request: StaffRequest, row: ErasureRequest, data: dict[str, Any]) -> str:
        requests.decide_erasure(row, decision=data["decision"], reason=data["reason"], by=request.user)
        return _("It is decided, and the person is being informed.")


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=4_000, widget=forms.Textarea(attrs={"rows": 4}))


class LengthenErasure(Command[ErasureRequest]):
    """Take two further months to answer a request, and say why."""

    name = "proroga"
    label = gettext_lazy("Lengthen the term")
    icon = "more_time"
    permission = "customers.change_erasurerequest"
    form_class = ReasonForm
    question = gettext_lazy(
        "The answer is then owed three months after the request. The law allows it once, within the month, where the request is "
        "complex or there are many: the person is informed at once, and reads the reason."
    )

    def offered(self, request: StaffRequest, row: ErasureRequest) -> bool:
        return why_not_lengthened(row, timezone.localdate()) is None

    def why_not(self, request: StaffRequest, row: ErasureRequest) -> Any:
        return why_not_lengthened(row, timezone.localdate())

    def run(self, request: StaffRequest, row: ErasureRequest, data: dict[str, Any]) -> str:
        lengthened = lengthen_erasure(row, reason=data["reason"], by=request.user)
        day = date_format(lengthened.due_on, "SHORT_DATE_FORMAT")
        return _("The answer is owed by %(day)s, and the person is being informed.") % {"day": day}


class AskErasure(Command[Customer]):
    """Record the request of somebody who asked by letter or at the desk."""

    name = "cancellazione"
    label = gettext_lazy("Record a request for erasure")
    icon = "person_remove"
    permission = "customers.add_erasurerequest"
    question = gettext_lazy(
        "For a person who asked by letter, by telephone or in person, and showed who they are. The month begins today; they "
        "get a confirmation."
    )

    def offered(self, request: StaffRequest, row: Customer) -> bool:
        return not row.erasure_requests.filter(state__in=[State.ASKED, State.GRANTED]).exists()

    def run(self, request: StaffRequest, row: Customer, data: dict[str, Any]) -> Done:
        asked = ask_erasure(row, by=request.user)
        page = reverse("admin:customers_erasurerequest_change", args=[asked.pk])
        return Done(_("The request is recorded."), goes_to=page)


class ErasureFilter(WorkFilter[ErasureRequestQuerySet]):
    """What is to be answered, at first."""

    title = gettext_lazy("requests shown")

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple:
        return (("open", _("To be answered")), ("waiting", _("Granted, something waits")), ("all", _("All")))

    def narrowed(self, request: HttpRequest, queryset: ErasureRequestQuerySet, chosen: str) -> ErasureRequestQuerySet:
        if chosen == "open":
            return queryset.undecided()
        return queryset.to_carry_out() if chosen == "waiting" else queryset


class ErasureRequestAdmin(OfficeAdmin[ErasureRequest]):
    """Who asked for erasure, until when we owe the answer, what was decided, what went and what stays."""

    list_display = ("__str__", "customer", "state_shown", "term_shown", "decided_at")
    list_select_related = ("customer",)
    list_filter = (ErasureFilter,)
    ordering = ("due_on", "-pk")
    search_help_text = gettext_lazy("The customer in any way")
    customer_path = "customer_id"
    own_commands = [DecideErasure(), LengthenErasure()]
    fieldsets = (
        (
            None,
            {
                "fields": [
                    ("customer", "state_shown"),
                    ("asked_at", "asked_by"),
                    ("term_shown", "due_on"),
                    ("first_due_on", "lengthened_at", "lengthened_by"),
                    "lengthened_because",
                    ("decided_at", "decided_by"),
                    "reason",
                    ("carried_out_at", "ended_at"),
                    "outcome_shown",
                ]
            },
        ),
    )

    def get_queryset(self, request: StaffRequest) -> QuerySet[ErasureRequest]:
        return super().get_queryset(request).select_related("customer", "asked_by", "decided_by", "lengthened_by")

    def find(self, queryset: QuerySet[ErasureRequest], text: str) -> QuerySet[ErasureRequest]:
        return queryset.filter(customer__in=customers_named(text))

    @badge(description=gettext_lazy("state"), tones=STATE_TONES)
    def state_shown(self, row: ErasureRequest) -> tuple[str, str]:
        return row.state, row.get_state_display()

    @badge(description=gettext_lazy("to be answered"), tones={"late": "danger", "open": "info"})
    def term_shown(self, row: ErasureRequest) -> tuple[str, str] | None:
        if row.state != State.ASKED:
            return None
        return "late" if row.is_overdue(timezone.localdate()) else "open", days_in_words(row)

    @display(description=gettext_lazy("what went and what stays"))
    def outcome_shown(self, row: ErasureRequest) -> str:
        lines = outcome_in_words(row)
        if not lines:
            return NOTHING
        return format_html(
            "<ul class='vc-told'>{}</ul>", format_html_join("", "<li>{}</li>", ((line,) for line in lines))
        )


class ErasurePanel(Panel):
    """The customer's requests for erasure."""

    model = ErasureRequest
    fk_name = "customer"
    fields = ("__str__", "state", "due_on", "decided_at")


# --- Legal holds ----------------------------------------------------------------------------------------------------
class SetHold(Command[Any]):
    """Keep a customer's file, or one claim or complaint, until somebody lifts it."""

    name = "blocco"
    label = gettext_lazy("Set a legal hold")
    icon = "lock"
    permission = "customers.add_legalhold"
    form_class = ReasonForm
    question = gettext_lazy(
        "Neither an erasure nor the nightly retention touches what is held. Write which dispute or authority needs it."
    )

    def offered(self, request: StaffRequest, row: Any) -> bool:
        customer = _customer_of(row)
        if customer is None:
            return False
        return not LegalHold.objects.in_force().filter(customer=customer, matter=_matter_of(row)).exists()

    def run(self, request: StaffRequest, row: Any, data: dict[str, Any]) -> str:
        customer = _customer_of(row)
        assert customer is not None, "it is offered for rows of a customer alone"
        requests.set_hold(customer, matter=_matter_of(row), reason=data["reason"], by=request.user)
        return _("The legal hold is in force.")


def _customer_of(row: Any) -> Customer | None:
    return row if isinstance(row, Customer) else row.customer


def _matter_of(row: Model) -> str:
    return "" if isinstance(row, Customer) else f"{row._meta.label}:{row.pk}"


class LiftHold(Command[LegalHold]):
    """End a hold: what waited for it goes by itself."""

    name = "sblocca"
    label = gettext_lazy("Lift the legal hold")
    icon = "lock_open"
    tone = "danger"
    permission = "customers.change_legalhold"
    form_class = ReasonForm
    question = gettext_lazy(
        "What an erasure left because of it goes within minutes, what the retention left in the next night. It cannot be undone."
    )

    def offered(self, request: StaffRequest, row: LegalHold) -> bool:
        return row.is_in_force

    def run(self, request: StaffRequest, row: LegalHold, data: dict[str, Any]) -> str:
        requests.lift_hold(row, reason=data["reason"], by=request.user)
        return _("The legal hold is lifted.")


class HoldFilter(WorkFilter[LegalHoldQuerySet]):
    """Those in force, at first."""

    title = gettext_lazy("holds shown")

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple:
        return (("open", _("In force")), ("all", _("All")))

    def narrowed(self, request: HttpRequest, queryset: LegalHoldQuerySet, chosen: str) -> LegalHoldQuerySet:
        return queryset.in_force() if chosen == "open" else queryset


class LegalHoldAdmin(OfficeAdmin[LegalHold]):
    """What is kept for a dispute: over which file or matter, since when, why."""

    list_display = ("__str__", "customer", "over_shown", "state_shown", "set_by")
    list_select_related = ("customer", "set_by")
    list_filter = (HoldFilter,)
    search_help_text = gettext_lazy("The customer in any way")
    customer_path = "customer_id"
    own_commands = [LiftHold()]
    fieldsets = (
        (
            None,
            {
                "fields": [
                    ("customer", "over_shown"),
                    "state_shown",
                    "reason",
                    ("set_at", "set_by"),
                    ("lifted_at", "lifted_by"),
                    "lifted_because",
                ]
            },
        ),
    )

    def get_queryset(self, request: StaffRequest) -> QuerySet[LegalHold]:
        return super().get_queryset(request).select_related("customer", "set_by", "lifted_by")

    def find(self, queryset: QuerySet[LegalHold], text: str) -> QuerySet[LegalHold]:
        return queryset.filter(customer__in=customers_named(text))

    @display(description=gettext_lazy("what it is over"))
    def over_shown(self, row: LegalHold) -> str:
        if not row.matter:
            return _("the whole file")
        model, number = row.matter.split(":")
        words = {
            "customers.Claim": _("claim with id %(number)s"),
            "complaints.Complaint": _("complaint with id %(number)s"),
        }
        return words.get(model, f"{model} %(number)s") % {"number": number}

    @badge(description=gettext_lazy("state"), tones=HOLD_TONES)
    def state_shown(self, row: LegalHold) -> tuple[str, str]:
        return (IN_FORCE, _("hold in force")) if row.is_in_force else (LIFTED, _("hold lifted"))


class HoldPanel(Panel):
    """The legal holds over the customer's file and matters."""

    model = LegalHold
    fk_name = "customer"
    fields = ("__str__", "matter", "set_at", "lifted_at")


# --- Periods and runs -----------------------------------------------------------------------------------------------
class PeriodForm(forms.Form):
    """Which period, how many days, why."""

    period = forms.ChoiceField(label=gettext_lazy("Period"))
    days = forms.IntegerField(label=gettext_lazy("Days"), min_value=1, max_value=36_500)
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=4_000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        days = days_in_force()
        choices = [(each.key, _period_in_words(each.name, days[each.key], each.least)) for each in periods()]
        self.fields["period"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField


def _period_in_words(name: Any, days: int, least: int) -> str:
    known = {"name": name, "days": how_long(days), "least": least}
    if least:
        return _("%(name)s: %(days)s now, at least %(least)d days by law") % known
    return _("%(name)s: %(days)s now") % known


class ChangePeriod(ListCommand):
    """Keep something longer, or as long as the rules say again."""

    name = "periodo"
    label = gettext_lazy("Change a period")
    icon = "edit_calendar"
    tone = "primary"
    permission = "foundation.add_retentionperiod"
    form_class = PeriodForm
    template = "office/retention_periods.html"
    question = gettext_lazy("It holds from the next night on, and the privacy page shows it at once.")

    def context(self, request: StaffRequest, row: None) -> dict[str, Any]:
        return {"kept": kept_for()}

    def run(self, request: StaffRequest, row: None, data: dict[str, Any]) -> str:
        period = period_called(data["period"])
        assert period is not None, "the form offers those that there are"
        change_period(period, days=data["days"], reason=data["reason"], by=request.user)
        return _("The period was changed.")


class ShowPeriods(ListCommand):
    """Every period as it is in force, for whoever may not change one."""

    name = "periodi"
    label = gettext_lazy("Periods in force")
    icon = "event_note"
    permission = "foundation.view_retentionperiod"
    template = "office/retention_periods.html"
    changes_nothing = True

    def context(self, request: StaffRequest, row: None) -> dict[str, Any]:
        return {"kept": kept_for(), "only_shown": True}

    def run(self, request: StaffRequest, row: None, data: dict[str, Any]) -> str:
        return ""


class RetentionPeriodAdmin(OfficeAdmin[RetentionPeriod]):
    """Who changed which period, and why."""

    list_display = ("name_shown", "days", "reason", "by", "at")
    list_select_related = ("by",)
    search_help_text = gettext_lazy("The word of the period")
    list_commands = [ChangePeriod(), ShowPeriods()]
    empty_words = gettext_lazy("Nobody has changed a period: those of the program hold, under “Periods in force”.")
    fieldsets = ((None, {"fields": ["name_shown", "days", "reason", ("by", "at")]}),)

    def find(self, queryset: QuerySet[RetentionPeriod], text: str) -> QuerySet[RetentionPeriod]:
        return queryset.filter(key=text.lower())

    @display(description=gettext_lazy("period"))
    def name_shown(self, row: RetentionPeriod) -> str:
        period = period_called(row.key)
        return str(period.name) if period else row.key


class RetentionRunAdmin(OfficeAdmin[RetentionRun]):
    """What the retention did each night: rows and files that went by rule, and what a hold kept."""

    list_display = ("began_at", "state_shown", "gone_shown", "held_shown", "ended_at")
    search_fields: tuple[str, ...] = ()
    fieldsets = ((None, {"fields": [("began_at", "ended_at"), "state_shown", "problem", "numbers_shown"]}),)

    @badge(description=gettext_lazy("state"), tones=RUN_TONES)
    def state_shown(self, row: RetentionRun) -> tuple[str, str]:
        if row.problem:
            return "failed", _("ended with a fault")
        return ("done", _("ended well")) if row.ended_at else ("stopped", _("under way, or interrupted"))

    @display(description=gettext_lazy("rows that went"))
    def gone_shown(self, row: RetentionRun) -> str:
        return str(sum(each.get("gone", 0) for each in row.numbers.values()))

    @display(description=gettext_lazy("rows that a hold kept"))
    def held_shown(self, row: RetentionRun) -> str:
        return str(sum(each.get("held", 0) for each in row.numbers.values()))

    @display(description=gettext_lazy("by rule"))
    def numbers_shown(self, row: RetentionRun) -> str:
        lines = [_numbers_in_words(name, numbers) for name, numbers in row.numbers.items()]
        return format_html_join("", "<div>{}</div>", ((line,) for line in lines)) if lines else NOTHING


def _numbers_in_words(name: str, numbers: dict[str, Any]) -> str:
    headings = {rule.name: str(rule.heading) for rule in RULES}
    known = {
        "what": headings.get(name, _("Granted erasures that went on")),
        "model": name,
        "gone": numbers.get("gone", 0),
        "files": numbers.get("files", 0),
        "held": numbers.get("held", 0),
        "keys": ", ".join(map(str, numbers.get("held_keys", []))),
    }
    if numbers.get("held"):
        return _("%(what)s (%(model)s): gone %(gone)d, files %(files)d; kept by a hold %(held)d (%(keys)s)") % known
    return _("%(what)s (%(model)s): gone %(gone)d, files %(files)d") % known


class RetentionProofAdmin(OfficeAdmin[RetentionProof]):
    """Each removal: by which rule, from which table, how many rows. Nobody can change or delete one."""

    list_display = ("at", "rule_shown", "table_shown", "rows")
    search_help_text = gettext_lazy("The rule or the table, whole, by its code")
    fieldsets = ((None, {"fields": ["at", ("rule_shown", "rule"), ("table_shown", "table"), "rows"]}),)

    def find(self, queryset: QuerySet[RetentionProof], text: str) -> QuerySet[RetentionProof]:
        return queryset.filter(rule=text) | queryset.filter(table=text)

    @display(description=gettext_lazy("why"))
    def rule_shown(self, row: RetentionProof) -> str:
        if row.rule == erasure.RULE:
            return _("erasure that was asked for")
        return next((str(rule.heading) for rule in RULES if rule.name == row.rule), row.rule)

    @display(description=gettext_lazy("what went"))
    def table_shown(self, row: RetentionProof) -> str:
        return _rows_in_words(row.table)


def _rows_in_words(table: str) -> str:
    """What the rows of a table are called; of one that the program does not know any more, its code."""
    model = next((each for each in apps.get_models() if each._meta.db_table == table), None)
    if model is None:
        return table
    of = getattr(model, "pgh_tracked_model", None)
    name = capfirst(str((of or model)._meta.verbose_name_plural))
    return _("%(name)s: earlier versions") % {"name": name} if of else name


# --- The first page -------------------------------------------------------------------------------------------------
def tiles(user: Any) -> list[Tile]:
    """What waits about personal data, for the people who decide about it."""
    if not user.has_perm("customers.change_erasurerequest"):
        return []
    return [_requests_tile(), _holds_tile(), _run_tile()]


def _requests_tile() -> Tile:
    undecided = ErasureRequest.objects.undecided()
    count = undecided.order_by()[: MOST + 1].count()
    late = undecided.filter(due_on__lt=timezone.localdate()).order_by()[: MOST + 1].count()
    hint = ngettext("%(count)d is overdue", "%(count)d are overdue", late) % {"count": late}
    return Tile(
        title=_("Erasures to decide"),
        value=f"{MOST}+" if count > MOST else str(count),
        hint=hint if late else _("to be answered within their term") if count else _("Nobody waits for an answer"),
        url=reverse("admin:customers_erasurerequest_changelist"),
        tone="bad" if late else "warn" if count else "good",
    )


def _holds_tile() -> Tile:
    count = LegalHold.objects.in_force().order_by()[: MOST + 1].count()
    return Tile(
        title=_("Legal holds in force"),
        value=f"{MOST}+" if count > MOST else str(count),
        hint=_("kept from erasure and retention"),
        url=reverse("admin:customers_legalhold_changelist"),
    )


def _run_tile() -> Tile:
    last = RetentionRun.objects.first()
    url = reverse("admin:foundation_retentionrun_changelist")
    if last is None:
        return Tile(title=_("Last retention"), value=NOTHING, hint=_("It has not run yet"), url=url, tone="warn")
    gone = sum(each.get("gone", 0) for each in last.numbers.values())
    well = last.ended_at is not None and timezone.now() - last.began_at < LATE
    return Tile(
        title=_("Last retention"),
        value=str(gone),
        hint=_("rows that went, %(day)s") % {"day": timezone.localdate(last.began_at).strftime("%d/%m/%Y")},
        url=url,
        tone="" if well else "bad",
    )
