"""Commands: write a rule, simulate it, submit it, send it back, switch it on and off. Each locks the rule."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import User
from foundation.refusals import Refused
from notifications.alerts.limits import faults_of
from notifications.alerts.simulating import Simulated, simulate
from notifications.models import AlertRule, AlertSimulation

State = AlertRule.State
WRITTEN = (State.DRAFT, State.OFF)  # the states in which a rule may be written


@transaction.atomic
def write_rule(*, by: User, **facts: Any) -> AlertRule:
    """Keep a new rule as a draft. Refused where the law or its event forbids what it says."""
    rule = AlertRule(created_by=by, written_by=by, **facts)
    _check(rule)
    rule.save()
    return rule


@transaction.atomic
def rewrite_rule(rule: AlertRule, *, by: User, changes: Mapping[str, Any]) -> AlertRule:
    """Write a draft again, or a rule that is off, which becomes a draft. Its simulations are of an earlier revision then.

    Refused while it waits or is on: what was simulated and read must be what is switched on.
    """
    rule = _locked(rule)
    if rule.state not in WRITTEN:
        raise Refused(_("Only a draft, or a rule that is off, can be changed."), code="wrong_state")
    for name, value in changes.items():
        setattr(rule, name, value)
    _check(rule)
    rule.written_by, rule.state = by, State.DRAFT
    rule.submitted_by = None
    rule.revision += 1
    return _save(rule)


def _check(rule: AlertRule) -> None:
    """Refuse what the database would: in words, and at the field that is to be put right."""
    for fault in faults_of(rule):
        raise Refused(fault.words, code="alert_rule", field=fault.field)


@transaction.atomic
def simulate_rule(rule: AlertRule, *, first: date, last: date, by: User) -> tuple[AlertSimulation, Simulated]:
    """Count whom the rule would have informed from the first day to the last, and keep the counts. Nothing is written to anybody.

    Refused for days that begin in the past and end ahead of us: the two are read differently.
    """
    rule = _locked(rule)
    simulated = simulate(rule, first=first, last=last, today=timezone.localdate())
    kept = AlertSimulation.objects.create(
        rule=rule,
        revision=rule.revision,
        first=first,
        last=last,
        people=simulated.people,
        matters=simulated.matters,
        reached_anyway=simulated.reached_anyway,
        at_once=simulated.at_once,
        by_channel=simulated.by_channel,
        by=by,
    )
    return kept, simulated


def is_simulated(rule: AlertRule) -> bool:
    """Whether the rule as it is written now was simulated."""
    return AlertSimulation.objects.filter(rule=rule, revision=rule.revision).exists()


@transaction.atomic
def submit_rule(rule: AlertRule, *, by: User) -> AlertRule:
    """Hand it to whoever switches it on. Refused before it was simulated as it is now."""
    rule = _locked(rule)
    _refuse_unless(rule, State.SUBMITTED)
    if not is_simulated(rule):
        raise Refused(_("Simulate it first: nobody knows yet whom it tells."), code="not_simulated")
    rule.state, rule.submitted_by, rule.remark = State.SUBMITTED, by, ""
    return _save(rule)


@transaction.atomic
def send_back_rule(rule: AlertRule, *, remark: str, by: User) -> AlertRule:
    """Give it back as a draft, with what has to change. Refused to whoever wrote or submitted it."""
    rule = _locked(rule)
    _refuse_own(rule, by)
    if rule.state != State.SUBMITTED:
        _refuse_state(rule)
    rule.state, rule.remark = State.DRAFT, remark
    return _save(rule)


@transaction.atomic
def switch_rule_on(rule: AlertRule, *, by: User) -> AlertRule:
    """Let the nightly plan follow it. Refused to whoever wrote or submitted it, and for what was not simulated as it is.

    One that the law owes takes the place of the one that was on, in the same moment.
    """
    rule = _locked(rule)
    _refuse_own(rule, by)
    _refuse_unless(rule, State.ON)
    if not is_simulated(rule):
        raise Refused(_("It was not simulated as it is now: simulate it first."), code="not_simulated")
    if rule.is_legal:
        for before in AlertRule.objects.select_for_update().filter(event=rule.event, is_legal=True, state=State.ON):
            before.state, before.replaced_by = State.OFF, rule
            _save(before)
    rule.state, rule.switched_on_by, rule.switched_on_at = State.ON, by, timezone.now()
    rule.replaced_by = None
    return _save(rule)


@transaction.atomic
def switch_rule_off(rule: AlertRule, *, by: User) -> AlertRule:
    """Let the nightly plan follow it no more; what it wrote and has not gone is withheld when its turn comes.

    Refused for the rule that the law owes: it is replaced by another, never missing.
    """
    rule = _locked(rule)
    if rule.is_legal:
        raise Refused(
            _("The law owes this announcement (art. 170-bis CAP): write another that takes its place."), code="legal"
        )
    _refuse_unless(rule, State.OFF)
    rule.state, rule.submitted_by, rule.remark = State.OFF, None, ""
    rule.switched_on_by = rule.switched_on_at = None
    return _save(rule)


def is_own(rule: AlertRule, user: User) -> bool:
    """Rule: whether the user wrote what the rule says, or submitted it."""
    return user.pk in (rule.written_by_id, rule.submitted_by_id)


def _refuse_own(rule: AlertRule, by: User) -> None:
    if is_own(rule, by):
        raise Refused(_("Somebody else switches on what you wrote or submitted."), code="own_rule")


def _refuse_unless(rule: AlertRule, to: str) -> None:
    if not rule.can_become(to):
        _refuse_state(rule)


def _refuse_state(rule: AlertRule) -> None:
    words = _("The rule is in the state “%(state)s”: this cannot be done now.")
    raise Refused(words % {"state": rule.get_state_display()}, code="wrong_state")


def _locked(rule: AlertRule) -> AlertRule:
    return AlertRule.objects.select_for_update(of=("self",)).get(pk=rule.pk)


def _save(rule: AlertRule) -> AlertRule:
    rule.version += 1
    rule.save()
    return rule
