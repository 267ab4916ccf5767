"""Rules: what a rule of alerts may say. Values in, faults out; the database holds the same as constraints."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from customers.policy_terms import EXPIRY_NOTICE_DAYS
from customers.rami import MOTOR_LIABILITY
from notifications.alerts.events import BY_CODE
from notifications.models import AlertEvent, AlertRule
from notifications.models.alert_rule import MOST_DAYS


@dataclass(frozen=True)
class Fault:
    """What is wrong with a field, and how to put it right."""

    field: str
    words: Any


def announces_motor_expiry(*, event: str, number: int, lines: Collection[str]) -> bool:
    """Whether it is what art. 170-bis CAP owes: the first announcement of the expiry of motor liability policies."""
    return event == AlertEvent.POLICY_EXPIRING and number == 1 and (not lines or MOTOR_LIABILITY in lines)


def faults_of(rule: AlertRule) -> list[Fault]:
    """What the law, the event or plain sense forbids, in the order of the form; nothing where the rule may be kept."""
    event, found = BY_CODE[rule.event], []
    if rule.kind not in {kind.code for kind in event.kinds}:
        names = ", ".join(str(kind.name) for kind in event.kinds)
        found.append(
            Fault("kind", _("This event does not have this text: choose among %(names)s.") % {"names": names})
        )
    if rule.number > 1 and not event.repeats:
        found.append(Fault("number", _("There are no reminders of this event: it is announced once. Write 1.")))
    if rule.claim_kinds and not event.is_of_claims:
        found.append(Fault("claim_kinds", _("This event is not about claims: choose no kind of claim.")))
    if rule.from_days > rule.until_days:
        found.append(Fault("until_days", _("The last day comes before the first: exchange them.")))
    if rule.from_days < -MOST_DAYS or rule.until_days > MOST_DAYS:
        found.append(Fault("from_days", _("At most %(days)d days before or after.") % {"days": MOST_DAYS}))
    if rule.waits_days and not event.waits_days:
        found.append(Fault("waits_days", _("Nothing is waited for at this event: write 0.")))
    if rule.valid_from and rule.valid_until and rule.valid_from > rule.valid_until:
        found.append(Fault("valid_until", _("The last day comes before the first: exchange them.")))
    if announces_motor_expiry(event=rule.event, number=rule.number, lines=rule.lines):
        found += _faults_of_the_law(rule)
    elif rule.is_legal:
        found.append(
            Fault("is_legal", _("Only the first announcement of the expiry of motor liability is owed by law."))
        )
    return found


def _faults_of_the_law(rule: AlertRule) -> list[Fault]:
    found, least = [], EXPIRY_NOTICE_DAYS
    if rule.from_days > -least:
        words = _(
            "The law asks for the announcement at least %(least)d days before the expiry of motor liability (art. 170-bis CAP): "
            "write -%(least)d or less, leave motor liability out, or make it a reminder (2 or more)."
        )
        found.append(Fault("from_days", words % {"least": least}))
    if not rule.is_legal:
        return found
    if rule.until_days < 0:
        found.append(
            Fault("until_days", _("What the law owes is announced until the day of the expiry: write 0 or more."))
        )
    if rule.valid_from or rule.valid_until:
        found.append(
            Fault("valid_from", _("What the law owes has no first and last day: it holds until it is replaced."))
        )
    if rule.ladder:
        found.append(Fault("ladder", _("What the law owes goes the whole way of its text: choose none.")))
    return found
