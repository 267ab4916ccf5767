"""Query: why an alert about a policy or a claim was not written to a person, in one sentence.

It asks in the order of the plan (notifications/deadlines.py): is it written already? Is it owed? Is it its day? Does anything
of the person's stand in the way?
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from functools import reduce
from operator import or_

from django.apps import apps
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import AskedDocument, Claim, Customer, Document, Instalment, Payment, Policy, RenewalOffer
from customers.policy_terms import instalment_cover_ends_on
from customers.rami import MOTOR_LIABILITY
from foundation.dates import ROME, written_day
from notifications import kinds
from notifications.alerts.events import BY_KIND, CLAIM_DAYS, LIFE
from notifications.channels import Channel
from notifications.deadlines import facts_owed
from notifications.kinds import KINDS, NoticeKind
from notifications.models import AlertRule, Notice
from notifications.preferences.asking import switched_off_on
from notifications.preferences.groups import SWITCHED, key_of
from notifications.preferences.queries import chosen_by
from notifications.preferences.rules import is_off
from notifications.services import email_of, is_enrolled
from notifications.services.queueing import mobile_of
from notifications.why.queries import why

MOST = 50  # rows of one policy or claim that are looked at


def alerts_asked() -> list[NoticeKind]:
    """The kinds that the question can be about: all that rules announce, in the order of the events."""
    return [KINDS[code] for code in BY_KIND]


def is_about_claims(kind: NoticeKind) -> bool:
    """Whether the kind is about a claim, and not about a policy."""
    return BY_KIND[kind.code].is_of_claims


def why_not(customer: Customer, kind: NoticeKind, about: Policy | Claim, today: date) -> str:
    """Why the customer was not written to, or that they were; ValueError for a kind that is not about such a thing."""
    if isinstance(about, Claim) != is_about_claims(kind):
        raise ValueError(f"A notice “{kind.code}” is not about a {type(about).__name__}.")
    rule = AlertRule.objects.on(today).filter(kind=kind.code).order_by("number").first()
    person = about.customer_id if isinstance(about, Claim) else about.holder_id
    keys, reason = _keys_and_reason(kind, about, today, rule)
    if person != customer.pk:
        return _(
            "Not written, because these alerts go to whoever holds the contract or reported the claim, and this is another."
        )
    if (written := _newest(keys, kind, customer)) is not None:
        return why(written)
    if rule is None:
        return _("Not written, because no rule of the alerts announces it today.")
    if not _is_chosen(rule, about):
        return _("Not written, because the rule “%(rule)s” is not about these.") % {"rule": rule}
    return reason or _of_the_person(customer, kind)


def _is_chosen(rule: AlertRule, about: Policy | Claim) -> bool:
    """Whether the rule is about policies of this line, or claims of this kind."""
    if isinstance(about, Claim):
        return not rule.claim_kinds or about.kind in rule.claim_kinds
    return not rule.lines or about.ramo in rule.lines


def _keys_and_reason(
    kind: NoticeKind, about: Policy | Claim, today: date, rule: AlertRule | None
) -> tuple[list[str], str]:
    """How the unique keys of the notices about it begin, and what speaks against one; "" where nothing does."""
    on = rule or AlertRule(from_days=0, until_days=0)
    if isinstance(about, Claim) and kind.code in OF_CLAIMS:
        return [f"{kind.code}:{about.pk}"], OF_CLAIMS[kind.code](about, today, on)
    if isinstance(about, Policy) and kind.code in OF_POLICIES:
        subject, reason = OF_POLICIES[kind.code](about, today, on)
        return [f"{kind.code}:{subject}"] if subject else [], reason
    return _by_the_event(kind, about, today)


def _by_the_event(kind: NoticeKind, about: Policy | Claim, today: date) -> tuple[list[str], str]:
    """The same for an event that has no words of its own here: what it is about, and whether that is owed today."""
    event, words = BY_KIND[kind.code], {"number": about.number}
    ids = list(_rows_of(event.subject, about))
    if not ids:
        return [], _("Not written, because there is nothing about %(number)s that this notice could announce.") % words
    reason = ""
    if not facts_owed(event, ids, datetime.combine(today, time(12), tzinfo=ROME)):
        reason = _("Not written, because what it announces about %(number)s is not owed, or not any more.") % words
    return [f"{kind.code}:{pk}" for pk in ids], reason


def _rows_of(subject: str, about: Policy | Claim) -> Iterable[int]:
    """The ids of what an event is about, of this policy or claim."""
    rows: dict[str, QuerySet] = {
        "instalment.id": Instalment.objects.filter(policy=about.pk),
        "offer.id": RenewalOffer.objects.filter(policy=about.pk),
        "payment.id": Payment.objects.filter(policy=about.pk),
        "document.id": Document.objects.filter(policy=about.pk),
        "asked.id": AskedDocument.objects.filter(claim=about.pk),
    }
    return rows[subject].order_by("-pk").values_list("pk", flat=True)[:MOST] if subject in rows else [about.pk]


def _newest(keys: list[str], kind: NoticeKind, customer: Customer) -> Notice | None:
    """The notice that says most: one that went or goes, before one that does not."""
    if not keys:
        return None
    begins = reduce(or_, (Q(once__startswith=f"{key}:") for key in keys))
    found = Notice.objects.filter(begins, kind=kind.code, customer=customer)
    rows = list(found.order_by("-created_at", "-pk")[:50])
    going = [row for row in rows if row.state not in (Notice.State.WITHHELD, Notice.State.REFUSED)]
    return next(iter(going or rows), None)


# --- What the policy or claim says: the part of the unique key, and the reason; "" where nothing speaks against it
def _expiring(policy: Policy, today: date, rule: AlertRule) -> tuple[str, str]:
    key, ends = f"{policy.pk}:{policy.ends_on.isoformat()}", policy.ends_on
    words = {"policy": policy.number, "day": written_day(ends, "il"), "state": policy.get_state_display()}
    if policy.state != Policy.State.ACTIVE:
        return key, _("Not written, because policy %(policy)s is not in force: %(state)s.") % words
    if policy.ramo in LIFE:
        return key, _(
            "Not written, because policy %(policy)s is a life policy, which does not expire in this way."
        ) % words
    if policy.ramo != MOTOR_LIABILITY and policy.tacit_renewal:
        return key, _("Not written, because policy %(policy)s renews by itself.") % words
    if ends < today:
        return key, _(
            "Not written, because policy %(policy)s expired on %(day)s: nothing is announced afterwards."
        ) % words
    if renewed := _renewal(policy):
        return key, renewed
    if (begins := ends + timedelta(days=rule.from_days)) > today:
        words["from"] = written_day(begins, "dal")
        return key, _(
            "Not written yet: policy %(policy)s expires on %(day)s, which is announced from %(from)s."
        ) % words
    return key, ""


def _renewal(policy: Policy) -> str:
    """How the policy was renewed, in a sentence; "" where it was not."""
    words = {"policy": policy.number}
    if Policy.objects.filter(pk=policy.pk).not_renewed().exists():
        return ""
    paid = Instalment.objects.filter(policy=policy, due_on__gte=policy.ends_on, paid_on__isnull=False).first()
    if paid is not None and paid.paid_on is not None:
        words["day"] = written_day(paid.paid_on, "il")
        return _("Not written, because the next year of policy %(policy)s was paid on %(day)s.") % words
    return _("Not written, because policy %(policy)s is renewed already.") % words


def _nearest_instalment(policy: Policy, today: date) -> Instalment | None:
    """The instalment that a person asks about: the first unpaid that is not long past, or else the last one that was paid."""
    rows = list(policy.instalments.order_by("due_on"))
    unpaid = [each for each in rows if each.paid_on is None and each.due_on >= today - timedelta(days=CLAIM_DAYS)]
    paid = [each for each in rows if each.paid_on is not None]
    return unpaid[0] if unpaid else paid[-1] if paid else None


def _instalment(policy: Policy, today: date) -> tuple[Instalment | None, str, str]:
    """The instalment, its part of the key, and why it is owed to nobody; the reason alone where there is none."""
    words = {"policy": policy.number, "state": policy.get_state_display()}
    instalment = _nearest_instalment(policy, today)
    if instalment is None:
        return None, "", _("Not written, because policy %(policy)s has no instalment to pay.") % words
    key = f"{instalment.pk}:{instalment.due_on.isoformat()}"
    words |= {"day": written_day(instalment.due_on, "il")}
    if instalment.paid_on is not None:
        words["paid"] = written_day(instalment.paid_on, "il")
        return instalment, key, _("Not written, because the premium due on %(day)s was paid on %(paid)s.") % words
    if policy.state != Policy.State.ACTIVE:
        return instalment, key, _("Not written, because policy %(policy)s is not in force: %(state)s.") % words
    return instalment, key, ""


def _due(policy: Policy, today: date, rule: AlertRule) -> tuple[str, str]:
    instalment, key, reason = _instalment(policy, today)
    if instalment is None or reason:
        return key, reason
    words = {"day": written_day(instalment.due_on, "il")}
    if instalment.due_on < today:
        return key, _(
            "Not written, because the premium fell due on %(day)s: the alert that it is not paid follows."
        ) % words
    if (begins := instalment.due_on + timedelta(days=rule.from_days)) > today:
        words["from"] = written_day(begins, "dal")
        return key, _("Not written yet: the premium falls due on %(day)s, which is announced from %(from)s.") % words
    return key, ""


def _overdue(policy: Policy, today: date, rule: AlertRule) -> tuple[str, str]:
    instalment, key, reason = _instalment(policy, today)
    if instalment is None or reason:
        return key, reason
    due, begins = instalment.due_on, instalment.due_on + timedelta(days=rule.from_days)
    words = {"day": written_day(due, "il"), "last": written_day(begins, "dal")}
    if due <= policy.starts_on:
        return key, _("Not written, because it is the first premium: there is no cover to lose until it is paid.")
    if due >= today:
        return key, _("Not written, because the premium falls due on %(day)s: until then nothing is late.") % words
    if today < begins:
        return key, _("Not written yet: a payment takes days to reach us, so the alert goes from %(last)s.") % words
    if today > instalment_cover_ends_on(due, line=policy.ramo):
        return key, _("Not written, because the cover for the premium due on %(day)s has stopped already.") % words
    return key, ""


def _claim_state(claim: Claim) -> str:
    words = {"claim": claim.number, "state": claim.get_state_display()}
    if claim.state == Claim.State.REPORTED:
        return _("Not written yet: claim %(claim)s was not taken in charge.") % words
    if claim.state not in Claim.OPEN_STATES:
        return _("Not written, because claim %(claim)s is over: %(state)s.") % words
    return ""


def _versions(claim: Claim) -> QuerySet:
    """The earlier versions of the claim."""
    return apps.get_model("customers", "ClaimHistory")._default_manager.filter(pgh_obj=claim.pk)


def _taken(claim: Claim, today: date, rule: AlertRule) -> str:
    if reason := _claim_state(claim):
        return reason
    words = {"claim": claim.number, "day": written_day(claim.reported_on + timedelta(days=rule.waits_days + 1), "dal")}
    if not claim.adjuster and claim.reported_on >= today - timedelta(days=rule.waits_days):
        return (
            _(
                "Not written yet: nobody was named to follow claim %(claim)s; it is written without a name from %(day)s."
            )
            % words
        )
    was_reported = _versions(claim).filter(state=Claim.State.REPORTED).exists()
    first = Claim.objects.order_by("pk").first()
    is_history = first is not None and claim.reported_on <= timezone.localdate(first.created_at)
    if not was_reported and (is_history or claim.reported_on < today - timedelta(days=CLAIM_DAYS)):
        return (
            _("Not written, because claim %(claim)s came with the history of an earlier system, in charge already.")
            % words
        )
    return ""


def _changed(claim: Claim, today: date, rule: AlertRule) -> str:
    if reason := _claim_state(claim):
        return reason
    taken = Notice.objects.filter(once__startswith=f"{kinds.CLAIM_TAKEN_IN_CHARGE.code}:{claim.pk}:")
    informed = taken.exclude(state__in=[Notice.State.REFUSED, Notice.State.WITHHELD]).order_by("created_at").first()
    words = {"claim": claim.number}
    if informed is None:
        return (
            _("Not written, because who follows claim %(claim)s was not announced before: the first notice says it.")
            % words
        )
    others = _versions(claim).exclude(
        adjuster=claim.adjuster, adjuster_phone=claim.adjuster_phone, assessor=claim.assessor
    )
    since = max(informed.created_at, timezone.now() - timedelta(days=CLAIM_DAYS))
    if not others.filter(pgh_created_at__gt=since).exists():
        return _("Not written, because the people who follow claim %(claim)s are those that were announced.") % words
    return ""


OF_POLICIES: dict[str, Callable[[Policy, date, AlertRule], tuple[str, str]]] = {
    kinds.POLICY_EXPIRING.code: _expiring,
    kinds.INSTALMENT_DUE.code: _due,
    kinds.INSTALMENT_OVERDUE.code: _overdue,
}
OF_CLAIMS: dict[str, Callable[[Claim, date, AlertRule], str]] = {
    kinds.CLAIM_TAKEN_IN_CHARGE.code: _taken,
    kinds.CLAIM_PEOPLE_CHANGED.code: _changed,
}


# --- What the person's own things say
def _of_the_person(customer: Customer, kind: NoticeKind) -> str:
    """Nothing speaks against it: what the person switched off, how they can be reached, or the next night."""
    off = chosen_by(customer).off
    offs = [channel for channel in SWITCHED if is_off(kind, channel, off)]
    if is_enrolled(customer):
        return _("Not written yet: it is owed, and the plan of the next night places it in the reserved area.")
    email, mobile = email_of(customer), mobile_of(customer)
    is_reached = (email and (Channel.EMAIL not in offs or kind.required_by)) or (
        mobile and Channel.SMS in kind.rungs and Channel.SMS not in offs
    )
    if is_reached:
        return _("Not written yet: it is owed, and goes with the plan of the next night.")
    if offs and not kind.required_by:
        since = switched_off_on(customer.pk, key_of(kind.group, offs[0]))
        if since is None:
            return _("Not written, because the person switched it off, and has no reserved area.")
        words = {"day": written_day(since, "il")}
        return _("Not written, because the person switched it off on %(day)s, and has no reserved area.") % words
    return _(
        "Not written yet: we have no address that reaches the person, so the plan of the next night puts it on the list of "
        "what is sent by post."
    )
