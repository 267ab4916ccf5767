"""Alert rules in the back office: the list, a rule's page, and what is done to it. Everything is done by commands."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.decorators import display

from customers import rami
from customers.models.claim import ClaimKind
from foundation.masking import show_to
from foundation.office.base import OfficeAdmin, Panel, WorkFilter, badge
from foundation.office.closed import RESTRICTED
from foundation.office.commands import Command, Done, ListCommand
from foundation.requests import StaffRequest
from notifications.alerts import commands
from notifications.alerts.forms import RemarkForm, RuleForm, SimulationForm, initial_of
from notifications.alerts.simulating import Simulated
from notifications.channels import Channel
from notifications.kinds import KINDS
from notifications.models import AlertRule, AlertSimulation
from notifications.models.alert_rule import AlertRuleQuerySet

State = AlertRule.State
TONES = {State.SUBMITTED: "warning", State.ON: "success", State.OFF: "danger"}
MAY_WRITE, MAY_CHANGE, MAY_SWITCH = (f"notifications.{verb}_alertrule" for verb in ("add", "change", "switch"))


class WriteRule(ListCommand):
    """Begin a rule."""

    name = "scrivi"
    label = gettext_lazy("Write a rule")
    icon = "edit_square"
    tone = "primary"
    permission = MAY_WRITE
    form_class = RuleForm
    template = "office/alert_rule_write.html"
    question = gettext_lazy(
        "It is kept as a draft. Nobody is told anything before it was simulated, and switched on by somebody else."
    )

    def run(self, request: StaffRequest, row: None, data: dict[str, Any]) -> Done:
        form = RuleForm(request.POST)
        form.is_valid()  # it was: `data` is what it found
        rule = commands.write_rule(by=request.user, **form.facts())
        return Done(_("The draft is kept."), reverse("admin:notifications_alertrule_change", args=[rule.pk]))


class RewriteRule(Command[AlertRule]):
    """Change a draft, or a rule that is off."""

    name = "riscrivi"
    label = gettext_lazy("Edit the rule")
    icon = "edit"
    permission = MAY_CHANGE
    form_class = RuleForm
    template = "office/alert_rule_write.html"
    question = gettext_lazy("It is a draft again, and has to be simulated again.")

    def offered(self, request: StaffRequest, row: AlertRule) -> bool:
        return row.state in commands.WRITTEN

    def form_arguments(self, request: StaffRequest, row: AlertRule) -> dict[str, Any]:
        return {"initial": initial_of(row)}

    def run(self, request: StaffRequest, row: AlertRule, data: dict[str, Any]) -> str:
        form = RuleForm(request.POST)
        form.is_valid()  # it was: `data` is what it found
        commands.rewrite_rule(row, by=request.user, changes=form.facts())
        return _("The draft is kept.")


class SimulateRule(Command[AlertRule]):
    """Whom it would have informed."""

    name = "simula"
    label = gettext_lazy("Simulate")
    icon = "query_stats"
    permission = MAY_CHANGE
    form_class = SimulationForm
    question = gettext_lazy(
        "It counts whom the rule would have told over these days, as if it had been switched on just before the first. Nothing is "
        "written to anybody. The counts are kept."
    )

    def form_arguments(self, request: StaffRequest, row: AlertRule) -> dict[str, Any]:
        return {"initial": SimulationForm.usual(timezone.localdate())}

    def run(self, request: StaffRequest, row: AlertRule, data: dict[str, Any]) -> HttpResponse:
        _kept, simulated = commands.simulate_rule(row, first=data["first"], last=data["last"], by=request.user)
        site = admin.site
        shown = _sample_for(request, simulated)
        context = {
            **site.each_context(request),
            "title": _("What this rule would have told") if simulated.is_past else _("What this rule would tell"),
            "subtitle": str(row),
            "rule": row,
            "sentence": sentence_of(simulated),
            "simulated": simulated,
            "channels": in_words(simulated.by_channel),
            "sample": shown,
            "opts": AlertRule._meta,
        }
        request.current_app = site.name
        return TemplateResponse(request, "office/alert_simulated.html", context)


def _sample_for(request: StaffRequest, simulated: Simulated) -> list[dict[str, Any]]:
    """The sample as the reader may see it: a restricted file is named as such, and leads nowhere."""
    site: Any = admin.site
    closed = site.closed_to(request.user, [each.customer.pk for each in simulated.sample])
    rows = []
    for example in simulated.sample:
        is_closed = example.customer.pk in closed
        show_to(example.customer, request.user)
        rows.append(
            {
                "matter": RESTRICTED
                if is_closed
                else " · ".join(filter(None, (example.policy, example.number, example.plate))),
                "customer": "" if is_closed else str(example.customer),
                "url": "" if is_closed else reverse("admin:customers_customer_change", args=[example.customer.pk]),
                "day": example.day,
                "ways": ", ".join(str(Channel(each).label) for each in example.channels),
                "was_reached": example.was_reached,
            }
        )
    return rows


def sentence_of(simulated: Simulated) -> str:
    """How many people the rule would have informed, in a sentence."""
    number = number_format(simulated.people, force_grouping=True)
    if simulated.is_past:
        words = ngettext(
            "This rule would have told %(number)s person.",
            "This rule would have told %(number)s people.",
            simulated.people,
        )
    else:
        words = ngettext(
            "This rule would tell %(number)s person.", "This rule would tell %(number)s people.", simulated.people
        )
    return words % {"number": number}


def in_words(by_channel: Any) -> list[tuple[str, int]]:
    """The counts by channel, most first, with the channels' names."""
    return [
        (str(Channel(code).label), number) for code, number in sorted(by_channel.items(), key=lambda each: -each[1])
    ]


class SubmitRule(Command[AlertRule]):
    """Hand it to a second person."""

    name = "presenta"
    label = gettext_lazy("Submit")
    icon = "send"
    tone = "primary"
    permission = MAY_CHANGE
    question = gettext_lazy("From here on it remains as it is, until somebody else switches it on or sends it back.")

    def offered(self, request: StaffRequest, row: AlertRule) -> bool:
        return row.can_become(State.SUBMITTED) and commands.is_simulated(row)

    def why_not(self, request: StaffRequest, row: AlertRule) -> Any:
        if row.can_become(State.SUBMITTED):
            return _("Simulate it first: nobody knows yet whom it tells.")
        return super().why_not(request, row)

    def run(self, request: StaffRequest, row: AlertRule, data: dict[str, Any]) -> str:
        commands.submit_rule(row, by=request.user)
        return _("Submitted: somebody else switches it on.")


class _BySecond(Command[AlertRule]):
    """A command of somebody who neither wrote nor submitted the rule."""

    permission = MAY_SWITCH

    def offered(self, request: StaffRequest, row: AlertRule) -> bool:
        return row.state == State.SUBMITTED and not commands.is_own(row, request.user)

    def why_not(self, request: StaffRequest, row: AlertRule) -> Any:
        if row.state == State.SUBMITTED:
            return _("Somebody else switches on what you wrote or submitted.")
        return super().why_not(request, row)


class SwitchOn(_BySecond):
    """Let the nightly plan follow it."""

    name = "accendi"
    label = gettext_lazy("Switch on")
    icon = "toggle_on"
    tone = "primary"

    def asks(self, request: StaffRequest, row: AlertRule) -> Any:
        last = AlertSimulation.objects.filter(rule=row, revision=row.revision).first()
        words = _("From the next night on people are told by it.")
        if row.is_legal:
            words += " " + _("It takes the place of the rule that the law owes now.")
        if last is not None:
            counted = _(
                "Simulated from %(first)s to %(last)s: people %(people)s, of which in the first night %(at_once)s."
            )
            words += " " + counted % {
                "first": last.first.strftime("%d/%m/%Y"),
                "last": last.last.strftime("%d/%m/%Y"),
                "people": number_format(last.people, force_grouping=True),
                "at_once": number_format(last.at_once, force_grouping=True),
            }
        return words

    def run(self, request: StaffRequest, row: AlertRule, data: dict[str, Any]) -> str:
        commands.switch_rule_on(row, by=request.user)
        return _("The rule is on.")


class SendBackRule(_BySecond):
    """Give it back with what has to change."""

    name = "rinvia"
    label = gettext_lazy("Send back")
    icon = "undo"
    form_class = RemarkForm
    question = gettext_lazy("It becomes a draft again. Its writer reads your words.")

    def run(self, request: StaffRequest, row: AlertRule, data: dict[str, Any]) -> str:
        commands.send_back_rule(row, remark=data["remark"], by=request.user)
        return _("Sent back to its writer.")


class SwitchOff(Command[AlertRule]):
    """Nobody more is informed by it."""

    name = "spegni"
    label = gettext_lazy("Switch off")
    icon = "toggle_off"
    tone = "danger"
    permission = MAY_SWITCH
    question = gettext_lazy("Nobody more is told by it; what it wrote and has not gone yet is withheld.")

    def offered(self, request: StaffRequest, row: AlertRule) -> bool:
        return row.state == State.ON and not row.is_legal

    def why_not(self, request: StaffRequest, row: AlertRule) -> Any:
        if row.is_legal:
            return _("The law owes this announcement (art. 170-bis CAP): write another that takes its place.")
        return super().why_not(request, row)

    def run(self, request: StaffRequest, row: AlertRule, data: dict[str, Any]) -> str:
        commands.switch_rule_off(row, by=request.user)
        return _("The rule is off.")


class SimulationPanel(Panel):
    """What was simulated, newest first."""

    model = AlertSimulation
    fields = (
        "at",
        "revision",
        "first",
        "last",
        "people",
        "matters",
        "reached_anyway",
        "at_once",
        "channels_shown",
        "by",
    )
    ordering = ("-at", "-pk")
    tab = False
    show_change_link = False

    def get_queryset(self, request: StaffRequest) -> QuerySet:
        return super().get_queryset(request).select_related("by")

    @display(description=gettext_lazy("by channel"))
    def channels_shown(self, simulation: AlertSimulation) -> str:
        counts = in_words(simulation.by_channel)
        return ", ".join(f"{name} {number_format(number, force_grouping=True)}" for name, number in counts) or "–"


class RuleFilter(WorkFilter[AlertRuleQuerySet]):
    """All but those that are off, at first."""

    title = gettext_lazy("rules shown")

    def lookups(self, request: HttpRequest, model_admin: Any) -> tuple:
        return (
            ("open", _("Not off")),
            ("on", _("On")),
            ("submitted", _("Waiting for a second person")),
            ("all", _("All")),
        )

    def narrowed(self, request: HttpRequest, queryset: AlertRuleQuerySet, chosen: str) -> AlertRuleQuerySet:
        if chosen in (State.ON, State.SUBMITTED):
            return queryset.filter(state=chosen)
        return queryset.in_use() if chosen == "open" else queryset


@admin.register(AlertRule)
class AlertRuleAdmin(OfficeAdmin[AlertRule]):
    """The rules of the alerts: by event, the announcement before its reminders."""

    own_commands = (SwitchOn(), SendBackRule(), SubmitRule(), SimulateRule(), RewriteRule(), SwitchOff())
    list_commands = (WriteRule(),)
    list_display = ("shown_name", "event", "number", "days_shown", "lines_shown", "state_shown")
    list_filter = (RuleFilter,)
    ordering = ("event", "number", "pk")
    search_help_text = gettext_lazy("The beginning of the name")
    inlines = (SimulationPanel,)
    change_form_outer_before_template = "office/alert_rule_head.html"
    fieldsets = (
        (
            None,
            {
                "fields": [
                    ("shown_name", "state_shown"),
                    ("event", "kind_shown"),
                    ("number", "days_shown"),
                    ("lines_shown", "claim_kinds_shown"),
                    ("ways_shown", "patience_shown"),
                    ("waits_days", "is_legal"),
                    ("valid_from", "valid_until"),
                    ("revision", "replaced_by"),
                    ("created_by", "written_by"),
                    ("submitted_by", "switched_on_by"),
                    ("created_at", "switched_on_at"),
                ]
            },
        ),
    )

    def get_queryset(self, request: StaffRequest) -> QuerySet[AlertRule]:
        people = ("created_by", "written_by", "submitted_by", "switched_on_by", "replaced_by")
        return super().get_queryset(request).select_related(*people)

    def find(self, queryset: QuerySet[AlertRule], text: str) -> QuerySet[AlertRule]:
        return queryset.filter(Q(name__istartswith=text) | Q(name_en__istartswith=text))

    def render_change_form(
        self, request: StaffRequest, context: dict[str, Any], *args: Any, obj: AlertRule | None = None, **kwargs: Any
    ) -> HttpResponse:
        if obj is not None:
            context["next_words"], context["next_tone"] = what_next(obj)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    @display(description=gettext_lazy("text"))
    def kind_shown(self, rule: AlertRule) -> str:
        return rule.kind_name

    @display(description=gettext_lazy("days"))
    def days_shown(self, rule: AlertRule) -> str:
        return rule.days_in_words

    @display(description=gettext_lazy("lines of business"))
    def lines_shown(self, rule: AlertRule) -> str:
        names = dict(rami.CHOICES)
        return ", ".join(f"{code} – {names[code]}" for code in rule.lines) or str(_("all"))

    @display(description=gettext_lazy("kinds of claim"))
    def claim_kinds_shown(self, rule: AlertRule) -> str:
        return ", ".join(str(ClaimKind(each).label) for each in rule.claim_kinds) or str(_("all"))

    @display(description=gettext_lazy("ways, in this order"))
    def ways_shown(self, rule: AlertRule) -> SafeString:
        kind = KINDS[rule.kind]
        ways = rule.ladder or [*kind.channels, *kind.rungs]
        return format_html_join(mark_safe(" → "), "{}", ((Channel(each).label,) for each in ways))

    @display(description=gettext_lazy("patience"))
    def patience_shown(self, rule: AlertRule) -> str:
        days = rule.patience_days or KINDS[rule.kind].patience.days
        return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}

    @badge(description=gettext_lazy("state"), tones=TONES)
    def state_shown(self, rule: AlertRule) -> tuple[str, str]:
        return rule.state, capfirst(rule.get_state_display())


def what_next(rule: AlertRule) -> tuple[str, str]:
    """What happens next, in a sentence, and how it is meant."""
    if rule.state == State.DRAFT and rule.remark:
        return _("Sent back: %(words)s") % {"words": rule.remark}, "near"
    if rule.state == State.DRAFT and not commands.is_simulated(rule):
        return _("A draft: nobody is told anything. Simulate it, then submit it."), "calm"
    if rule.state == State.DRAFT:
        return _("A draft that was simulated: submit it, so that somebody else can switch it on."), "calm"
    if rule.state == State.SUBMITTED:
        return _("It waits for somebody who neither wrote nor submitted it."), "near"
    if rule.state == State.OFF:
        return _("Off: nobody is told by it."), "calm"
    if rule.is_legal:
        return _("On, because the law owes it (art. 170-bis CAP). It can only be replaced."), "calm"
    return _("On: each night whoever is in its days and was not reached is told."), "calm"
