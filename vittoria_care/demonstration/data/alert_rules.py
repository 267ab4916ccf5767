"""Rules of alerts in the demonstration: some switched on by two people after a simulation, one that waits, a draft; and a visit."""

import datetime

from django.utils import timezone

from customers import roles
from customers.models import Claim, Customer
from notifications.alerts.commands import simulate_rule, submit_rule, switch_rule_on, write_rule
from notifications.alerts.simulating import month_before
from notifications.models import AlertEvent, AlertRule
from notifications.settling import set_claim_visit

from .organisation import Organisation
from .profiles import Plan

SWITCHED_ON = (
    AlertEvent.CLAIM_OFFERED,
    AlertEvent.CLAIM_VISIT,
    AlertEvent.CLAIM_REFUSED,
    AlertEvent.RENEWAL_OFFERED,
    AlertEvent.PAYMENT_FAILED,
)
# Beside those that come with the program: a reminder for the houses, thought of by the manager.
HOUSES = {
    "name": "Casa: promemoria a 15 giorni",
    "name_en": "Home: reminder at 15 days",
    "event": AlertEvent.POLICY_EXPIRING,
    "kind": "policy-expiry-reminder",
    "number": 3,
    "lines": ["8", "9"],
    "from_days": -15,
    "until_days": 0,
}


def make_alert_rules(plan: Plan, organisation: Organisation, customer: Customer) -> None:
    """Switch some rules on, submit one, write one more; and let an assessor visit the customer."""
    manager, administrator = organisation.staff[roles.MANAGER], organisation.staff[roles.ADMINISTRATOR]
    today = max(plan.today, timezone.localdate())  # a story of earlier days is told today all the same
    first, last = month_before(today)
    for event in SWITCHED_ON:
        rule = AlertRule.objects.filter(event=event, number=1, state=AlertRule.State.DRAFT).first()
        if rule is not None:
            simulate_rule(rule, first=first, last=last, by=manager)
            switch_rule_on(submit_rule(rule, by=manager), by=administrator)
    reminder = AlertRule.objects.filter(kind="policy-expiry-reminder", number=2, state=AlertRule.State.DRAFT).first()
    if reminder is not None:
        simulate_rule(reminder, first=first, last=last, by=manager)
        simulate_rule(reminder, first=today, last=today + datetime.timedelta(days=29), by=manager)
        submit_rule(reminder, by=manager)
    if not AlertRule.objects.filter(name=HOUSES["name"]).exists():
        write_rule(by=manager, **HOUSES)
    claim = Claim.objects.filter(customer=customer, state=Claim.State.TAKEN_IN_CHARGE).order_by("-pk").first()
    if claim is not None and claim.visit_on is None:
        visit_on, by = today + datetime.timedelta(days=4), organisation.staff[roles.SPECIALIST]
        set_claim_visit(claim, visit_on=visit_on, visit_place=claim.repairer or "presso il Suo domicilio", by=by)
