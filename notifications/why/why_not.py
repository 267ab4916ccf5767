"""Query: why an alert about a policy or a claim was not written to a person, in one sentence.

It asks in the order of the plan (notifications/deadlines.py): is it written already? Does a rule announce it? Is it owed? Is it
its day? Does anything of the person's stand in the way? What each event is about stands in `notifications.why.matters`.
"""

from datetime import date, datetime, time
from functools import reduce
from operator import or_

from django.apps import apps
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import Claim, ContactPoint, Customer, Policy
from foundation.dates import ROME, written_day
from notifications.alerts.events import EVENTS, Event
from notifications.channels import Channel
from notifications.deadlines import facts_owed, ways_of
from notifications.kinds import NoticeKind
from notifications.models import AlertRule, Notice
from notifications.preferences.asking import switched_off_on
from notifications.preferences.groups import SWITCHED, key_of
from notifications.preferences.queries import chosen_by
from notifications.preferences.rules import is_off, may_follow
from notifications.services import email_of, is_enrolled
from notifications.services.queueing import mobile_of, pec_of
from notifications.why.matters import MATTERS
from notifications.why.queries import why

State = AlertRule.State
# Every text that a rule can choose, with its event.
EVENT_OF = {kind.code: (event, kind) for event in EVENTS for kind in event.kinds}


def alerts_asked() -> list[NoticeKind]:
    """The kinds that the question can be about: all that rules announce, in the order of the events."""
    return [kind for _event, kind in EVENT_OF.values()]


def is_about_claims(kind: NoticeKind) -> bool:
    """Whether the kind is about a claim, and not about a policy."""
    return EVENT_OF[kind.code][0].is_of_claims


def why_not(customer: Customer, kind: NoticeKind, about: Policy | Claim, today: date) -> str:
    """Why the customer was not written to, or that they were; ValueError for a kind that is not about such a thing."""
    if isinstance(about, Claim) != is_about_claims(kind):
        raise ValueError(f"A notice “{kind.code}” is not about a {type(about).__name__}.")
    event, _kind = EVENT_OF[kind.code]
    person = about.customer_id if isinstance(about, Claim) else about.holder_id
    if person != customer.pk:
        return _(
            "Not written, because these alerts go to whoever holds the contract or reported the claim, and this is another."
        )
    matter = MATTERS[event.code]
    row = matter.row(about, today)
    if row is not None and (written := _newest(matter.key(row), kind, customer)) is not None:
        return why(written)
    rules = list(AlertRule.objects.on(today).filter(kind=kind.code).order_by("number", "pk"))
    if not rules:
        return _no_rule(kind, today)
    chosen = [rule for rule in rules if _is_chosen(rule, about)]
    if not chosen:
        return _("Not written, because the rule “%(rule)s” is not about these.") % {"rule": rules[0]}
    if row is None:
        return matter.nothing(about)
    answers = [_of_the_row(event, row, today, rule) for rule in chosen]
    if (place := next((place for place, answer in enumerate(answers) if not answer), None)) is None:
        return answers[0]
    return _of_the_person(customer, kind, chosen[place])


def _is_chosen(rule: AlertRule, about: Policy | Claim) -> bool:
    """Whether the rule is about policies of this line, or claims of this kind."""
    line = about.policy.ramo if isinstance(about, Claim) else about.ramo
    of_kind = not isinstance(about, Claim) or not rule.claim_kinds or about.kind in rule.claim_kinds
    return of_kind and (not rule.lines or line in rule.lines)


def _newest(key: str, kind: NoticeKind, customer: Customer) -> Notice | None:
    """The notice that says most: one that went or goes, before one that does not."""
    begins = reduce(or_, (Q(once__startswith=f"{kind.code}:{key}{after}") for after in ":~"))
    found = Notice.objects.filter(begins, kind=kind.code, customer=customer)
    rows = list(found.order_by("-created_at", "-pk")[:50])
    going = [row for row in rows if row.state not in (Notice.State.WITHHELD, Notice.State.REFUSED)]
    return next(iter(going or rows), None)


# --- What the rules say
def _no_rule(kind: NoticeKind, today: date) -> str:
    """That no rule is in force on the day, and how far the one that comes nearest has come."""
    rules = list(AlertRule.objects.filter(kind=kind.code, replaced_by__isnull=True).order_by("number", "pk"))
    later = [rule for rule in rules if rule.state == State.ON and rule.valid_from and rule.valid_from > today]
    if later:
        first = min(later, key=lambda rule: rule.valid_from or today)
        assert first.valid_from is not None, "it begins later"
        words = {"rule": first, "from": written_day(first.valid_from, "dal")}
        return _("Not written yet: the rule “%(rule)s” that announces it is in force from %(from)s.") % words
    for state, sentence in (
        (State.SUBMITTED, _("Not written, because the rule “%(rule)s” waits for a second person to switch it on.")),
        (State.ON, _("Not written, because the rule “%(rule)s” was in force until %(day)s.")),
        (State.OFF, _("Not written, because the rule “%(rule)s” was switched off on %(day)s.")),
        (State.DRAFT, _("Not written, because the rule “%(rule)s” is a draft, by which nobody is written to.")),
    ):
        if (rule := next((each for each in rules if each.state == state), None)) is not None:
            day = rule.valid_until if state == State.ON else _switched_off_on(rule)
            return sentence % {"rule": rule, "day": written_day(day, "il") if day is not None else "–"}
    return _("Not written, because no rule of the alerts announces it today.")


def _switched_off_on(rule: AlertRule) -> date | None:
    """The day of the change that ended its being on."""
    versions = apps.get_model("notifications", "AlertRuleHistory")._default_manager
    last = versions.filter(pgh_obj=rule.pk, state=State.ON).order_by("-pgh_id").first()
    return timezone.localdate(last.pgh_created_at, ROME) if last is not None else None


# --- What the policy or claim says
def _of_the_row(event: Event, row: object, today: date, rule: AlertRule) -> str:
    """Why by the rule it is not owed on the day; "" where nothing speaks against it."""
    matter = MATTERS[event.code]
    if reason := matter.against(row, today, rule) or matter.out_of_days(row, today, rule):
        return reason
    pk = row.pk  # type: ignore[attr-defined]  # a row of the table that the event is about
    if not facts_owed(event, [pk], datetime.combine(today, time(12), tzinfo=ROME)):
        return _("Not written, because it is not owed, or not any more.")
    return ""


# --- What the person's own things say
def _of_the_person(customer: Customer, kind: NoticeKind, rule: AlertRule) -> str:
    """Nothing speaks against it: what the person switched off, how they can be reached, or the next night."""
    first, rungs = ways_of(rule, kind)
    off = chosen_by(customer).off
    offs = [channel for channel in SWITCHED if is_off(kind, channel, off)]
    if Channel.INBOX in first and is_enrolled(customer):
        return _("Not written yet: it is owed, and the plan of the next night places it in the reserved area.")
    email = Channel.EMAIL in first and email_of(customer) and (Channel.EMAIL not in offs or kind.required_by)
    mobile = Channel.SMS in rungs and mobile_of(customer) and (Channel.SMS not in offs or kind.required_by)
    pec = Channel.PEC in rungs and pec_of(customer) and may_follow(kind, Channel.PEC, off)
    if email or mobile or pec:
        return _("Not written yet: it is owed, and goes with the plan of the next night.")
    if offs and not kind.required_by:
        since = switched_off_on(customer.pk, key_of(kind.group, offs[0]))
        if since is None:
            return _("Not written, because the person switched it off, and has no reserved area.")
        words = {"day": written_day(since, "il")}
        return _("Not written, because the person switched it off on %(day)s, and has no reserved area.") % words
    stopped = Channel.EMAIL in first and customer.contact_points.filter(kind=ContactPoint.Kind.EMAIL).exists()
    if Channel.POST not in rungs:
        if stopped:
            return _(
                "Not written, because nothing is sent to the person's address any more, and this notice is not posted."
            )
        return _("Not written, because we have no address that reaches the person, and this notice is not posted.")
    if stopped:
        return _(
            "Not written yet: nothing is sent to the person's address any more, so the plan of the next night puts it on the list "
            "of what is sent by post."
        )
    return _(
        "Not written yet: we have no address that reaches the person, so the plan of the next night puts it on the list of "
        "what is sent by post."
    )
