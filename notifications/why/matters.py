"""Rule and query: what each event may announce of a policy or claim, and why of that row nothing is owed on a day.

`MATTERS` has an entry for every event of a rule: the row a person asks about, what speaks against it, and the day from which
the days of a rule count. `notifications.why.why_not` puts the sentence together.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from customers.documents.rules import certificate_serves
from customers.models import Document, Instalment, Payment, Policy, RenewalOffer
from customers.policy_terms import LIFE_GRACE_DAYS, instalment_cover_ends_on
from customers.rami import MOTOR_LIABILITY
from foundation.dates import ROME, written_day
from notifications.alerts.events import CLAIM_DAYS, LIFE
from notifications.models import AlertEvent, AlertRule
from notifications.why import claim_matters

ALIVE = (Policy.State.ACTIVE, Policy.State.SUSPENDED)
FAILED = (Payment.State.REFUSED, Payment.State.ABANDONED, Payment.State.EXPIRED)


@dataclass(frozen=True)
class Matter:
    """What an event is about, of one policy or claim.

    `row` finds what a person asks about, and `nothing` says that there is none. `key` is how the unique keys of its notices go
    on behind the kind. `against` says why it is owed to nobody on the day; "" where nothing does. `day` is the day of the event,
    from which a rule counts, and `happens` says it in words; without them `against` looks at the days itself.
    """

    row: Callable[[Any, date], Any]
    nothing: Callable[[Any], str]
    key: Callable[[Any], str]
    against: Callable[[Any, date, AlertRule], str]
    day: Callable[[Any], date] | None = None
    happens: Callable[[Any], str] = str

    def out_of_days(self, row: Any, today: date, rule: AlertRule) -> str:
        """From which day it will be announced, or until which it was; "" within the days of the rule."""
        if self.day is None:
            return ""
        day = self.day(row)
        begins, ends = day + timedelta(days=rule.from_days), day + timedelta(days=rule.until_days)
        if today < begins:
            words = {"what": self.happens(row), "from": written_day(begins, "dal")}
            return _("Not written yet: %(what)s, which is announced from %(from)s.") % words
        if today > ends:
            words = {"what": self.happens(row), "until": written_day(ends, "il")}
            return _("Not written, because %(what)s, and that is announced until %(until)s at the latest.") % words
        return ""


def _itself(row: Any, _today: date) -> Any:
    return row


def _never(_row: Any) -> str:
    return ""


def _id(row: Any) -> str:
    return str(row.pk)


# --- Policies that end
def _not_in_force(policy: Policy) -> str:
    words = {"policy": policy.number, "state": policy.get_state_display()}
    return _("Not written, because policy %(policy)s is not in force: %(state)s.") % words


def _expiring(policy: Policy, today: date, _rule: AlertRule) -> str:
    words = {"policy": policy.number, "day": written_day(policy.ends_on, "il")}
    if policy.state != Policy.State.ACTIVE:
        return _not_in_force(policy)
    if policy.ramo in LIFE:
        return _("Not written, because policy %(policy)s is a life policy, which does not expire in this way.") % words
    if policy.ramo != MOTOR_LIABILITY and policy.tacit_renewal:
        return _("Not written, because policy %(policy)s renews by itself.") % words
    if policy.ends_on < today:
        return _("Not written, because policy %(policy)s expired on %(day)s: nothing is announced afterwards.") % words
    return _renewal(policy)


def _expires(policy: Policy) -> str:
    words = {"policy": policy.number, "day": written_day(policy.ends_on, "il")}
    return _("policy %(policy)s expires on %(day)s") % words


def _renewal(policy: Policy) -> str:
    """How the policy was renewed, in a sentence; "" where it was not."""
    words = {"policy": policy.number}
    if Policy.objects.filter(pk=policy.pk).not_renewed().exists():
        return ""
    paid = Instalment.objects.filter(policy=policy, due_on__gte=policy.ends_on, paid_on__isnull=False).first()
    if paid is not None and paid.paid_on is not None:
        words["day"] = written_day(paid.paid_on, "il")
        return _("Not written, because the next year of policy %(policy)s was paid on %(day)s.") % words
    offer = policy.renewal_offers.filter(starts_on__gte=policy.ends_on, paid_on__isnull=False).first()
    if offer is not None and offer.paid_on is not None:
        return _paid_offer(offer)
    return _("Not written, because policy %(policy)s is renewed already.") % words


def _grace_ends_on(policy: Policy) -> date:
    return policy.ends_on + timedelta(days=policy.grace_days)


def _grace(policy: Policy, today: date, rule: AlertRule) -> str:
    words = {"policy": policy.number, "day": written_day(policy.ends_on, "il")}
    if policy.state != Policy.State.ACTIVE:
        return _not_in_force(policy)
    if policy.ramo != MOTOR_LIABILITY or not policy.annual or not policy.grace_days:
        return _("Not written, because policy %(policy)s has no days of grace after its expiry.") % words
    begins = max(_grace_ends_on(policy) + timedelta(days=rule.from_days), policy.ends_on + timedelta(days=1))
    if today <= policy.ends_on:
        words["from"] = written_day(begins, "dal")
        sentence = _(
            "Not written yet: policy %(policy)s expires on %(day)s; that its days of grace end is announced from %(from)s."
        )
        return _renewal(policy) or sentence % words
    if policy.ends_on < today - timedelta(days=LIFE_GRACE_DAYS * 3):
        return _("Not written, because policy %(policy)s expired on %(day)s, and its cover is over.") % words
    return _renewal(policy)


def _grace_ends(policy: Policy) -> str:
    words = {"policy": policy.number, "day": written_day(_grace_ends_on(policy), "il")}
    return _("the days of grace of policy %(policy)s end on %(day)s") % words


def _matures(policy: Policy) -> str:
    words = {"policy": policy.number, "day": written_day(policy.ends_on, "il")}
    return _("life policy %(policy)s matures on %(day)s") % words


def _maturity(policy: Policy, _today: date, _rule: AlertRule) -> str:
    words = {"policy": policy.number}
    if policy.ramo not in LIFE:
        return _("Not written, because policy %(policy)s is no life policy, and does not mature.") % words
    if policy.state != Policy.State.ACTIVE:
        return _not_in_force(policy)
    if policy.tacit_renewal:
        return _("Not written, because policy %(policy)s renews by itself.") % words
    return ""


# --- Offers of renewal
def _last_offer(policy: Policy, _today: date) -> RenewalOffer | None:
    return policy.renewal_offers.order_by("-pk").first()


def _no_offer(policy: Policy) -> str:
    return _("Not written, because no renewal of policy %(policy)s was offered yet.") % {"policy": policy.number}


def _paid_offer(offer: RenewalOffer) -> str:
    assert offer.paid_on is not None, "it was asked for"
    words = {"offer": offer.number, "day": written_day(offer.paid_on, "il")}
    return _("Not written, because offer %(offer)s was accepted and paid on %(day)s.") % words


def _offer(offer: RenewalOffer, today: date, _rule: AlertRule) -> str:
    words = {"offer": offer.number, "until": written_day(offer.valid_until, "al")}
    if offer.paid_on is not None:
        return _paid_offer(offer)
    if offer.withdrawn_on is not None:
        words["day"] = written_day(offer.withdrawn_on, "il")
        return _("Not written, because offer %(offer)s was withdrawn on %(day)s.") % words
    if offer.policy.state not in ALIVE:
        return _not_in_force(offer.policy)
    if offer.valid_until < today:
        return _("Not written, because offer %(offer)s could be accepted until %(until)s.") % words
    return ""


def _offer_ends(offer: RenewalOffer) -> str:
    words = {"offer": offer.number, "until": written_day(offer.valid_until, "al")}
    return _("offer %(offer)s may be accepted until %(until)s") % words


# --- Premiums
def _nearest_instalment(policy: Policy, today: date) -> Instalment | None:
    """The instalment that a person asks about: the first unpaid that is not long past, or else the last one that was paid."""
    rows = list(policy.instalments.order_by("due_on"))
    unpaid = [each for each in rows if each.paid_on is None and each.due_on >= today - timedelta(days=CLAIM_DAYS)]
    paid = [each for each in rows if each.paid_on is not None]
    return unpaid[0] if unpaid else paid[-1] if paid else None


def _no_instalment(policy: Policy) -> str:
    return _("Not written, because policy %(policy)s has no instalment to pay.") % {"policy": policy.number}


def _paid_instalment(instalment: Instalment) -> str:
    assert instalment.paid_on is not None, "it was asked for"
    words = {"day": written_day(instalment.due_on, "il"), "paid": written_day(instalment.paid_on, "il")}
    return _("Not written, because the premium due on %(day)s was paid on %(paid)s.") % words


def _not_to_pay(instalment: Instalment) -> str:
    if instalment.paid_on is not None:
        return _paid_instalment(instalment)
    return _not_in_force(instalment.policy) if instalment.policy.state != Policy.State.ACTIVE else ""


def _due(instalment: Instalment, today: date, _rule: AlertRule) -> str:
    if reason := _not_to_pay(instalment):
        return reason
    if instalment.due_on < today:
        return _("Not written, because the premium fell due on %(day)s: the alert that it is not paid follows.") % {
            "day": written_day(instalment.due_on, "il")
        }
    return ""


def _falls_due(instalment: Instalment) -> str:
    return _("the premium falls due on %(day)s") % {"day": written_day(instalment.due_on, "il")}


def _overdue(instalment: Instalment, today: date, rule: AlertRule) -> str:
    if reason := _not_to_pay(instalment):
        return reason
    policy, due = instalment.policy, instalment.due_on
    begins = due + timedelta(days=rule.from_days)
    words = {"day": written_day(due, "il"), "last": written_day(begins, "dal")}
    if due <= policy.starts_on:
        return _("Not written, because it is the first premium: there is no cover to lose until it is paid.")
    if due >= today:
        return _("Not written, because the premium falls due on %(day)s: until then nothing is late.") % words
    if today < begins:
        return _("Not written yet: a payment takes days to reach us, so the alert goes from %(last)s.") % words
    if today > instalment_cover_ends_on(due, line=policy.ramo):
        return _("Not written, because the cover for the premium due on %(day)s has stopped already.") % words
    return ""


def _fell_due(instalment: Instalment) -> str:
    return _("the premium fell due on %(day)s") % {"day": written_day(instalment.due_on, "il")}


# --- Payments
def _last_payment(policy: Policy, _today: date) -> Payment | None:
    return (
        Payment.objects.filter(policy=policy).select_related("instalment", "offer", "policy").order_by("-pk").first()
    )


def _no_payment(policy: Policy) -> str:
    return _("Not written, because nobody has tried to pay for policy %(policy)s here.") % {"policy": policy.number}


def _payment(payment: Payment, today: date, _rule: AlertRule) -> str:
    words = {"payment": payment.number, "state": payment.get_state_display()}
    if payment.state not in FAILED:
        return _("Not written, because the last payment, %(payment)s, did not fail: %(state)s.") % words
    if payment.policy.state not in ALIVE:
        return _not_in_force(payment.policy)
    if payment.instalment is not None:
        return _paid_instalment(payment.instalment) if payment.instalment.paid_on is not None else ""
    if payment.offer is not None:
        offer = payment.offer
        if offer.paid_on is None and offer.withdrawn_on is None and offer.valid_until >= today:
            return ""
        return _offer(offer, today, _rule)
    return _("Not written, because what payment %(payment)s was for is not to be paid any more.") % words


def _failed_on(payment: Payment) -> date:
    assert payment.ended_at is not None, "it failed"
    return timezone.localdate(payment.ended_at, ROME)


def _has_failed(payment: Payment) -> str:
    words = {"payment": payment.number, "day": written_day(_failed_on(payment), "il")}
    return _("payment %(payment)s failed on %(day)s") % words


# --- Risk certificates
def _last_certificate(policy: Policy, _today: date) -> Document | None:
    certificates = Document.objects.filter(policy=policy, kind=Document.Kind.CERTIFICATE, replaced_at__isnull=True)
    return certificates.select_related("policy").order_by("-dated_on", "-pk").first()


def _no_certificate(policy: Policy) -> str:
    return _("Not written, because no risk certificate of policy %(policy)s has come yet.") % {"policy": policy.number}


def _certificate(document: Document, today: date, _rule: AlertRule) -> str:
    policy = document.policy
    assert policy is not None, "a certificate has its policy (document_of_a_contract_has_its_policy)"
    words = {"policy": policy.number, "day": written_day(policy.ends_on, "il")}
    if policy.state not in ALIVE:
        return _not_in_force(policy)
    if policy.ends_on < today:
        return _("Not written, because policy %(policy)s expired on %(day)s: nothing is announced afterwards.") % words
    if not certificate_serves(ends_on=policy.ends_on, dated_on=document.dated_on, valid_to=document.valid_to):
        words["dated"] = written_day(document.dated_on, "del")
        return (
            _("Not written, because the risk certificate of %(dated)s does not serve the expiry of %(day)s.") % words
        )
    return ""


def _came_on(document: Document) -> date:
    return timezone.localdate(document.received_at, ROME)


def _came(document: Document) -> str:
    return _("the risk certificate came on %(day)s") % {"day": written_day(_came_on(document), "il")}


def _policy_key(policy: Policy) -> str:
    return f"{policy.pk}:{policy.ends_on.isoformat()}"


def _instalment_key(instalment: Instalment) -> str:
    return f"{instalment.pk}:{instalment.due_on.isoformat()}"


def _ends_on(policy: Policy) -> date:
    return policy.ends_on


def _due_on(row: Any) -> date:
    return row.due_on


MATTERS: dict[str, Matter] = {
    AlertEvent.POLICY_EXPIRING: Matter(_itself, _never, _policy_key, _expiring, _ends_on, _expires),
    AlertEvent.GRACE_ENDING: Matter(_itself, _never, _policy_key, _grace, _grace_ends_on, _grace_ends),
    AlertEvent.RENEWAL_OFFERED: Matter(
        _last_offer, _no_offer, _id, _offer, lambda offer: offer.valid_until, _offer_ends
    ),
    AlertEvent.INSTALMENT_DUE: Matter(_nearest_instalment, _no_instalment, _instalment_key, _due, _due_on, _falls_due),
    AlertEvent.INSTALMENT_OVERDUE: Matter(
        _nearest_instalment, _no_instalment, _instalment_key, _overdue, _due_on, _fell_due
    ),
    AlertEvent.PAYMENT_FAILED: Matter(_last_payment, _no_payment, _id, _payment, _failed_on, _has_failed),
    AlertEvent.CERTIFICATE_AVAILABLE: Matter(_last_certificate, _no_certificate, _id, _certificate, _came_on, _came),
    AlertEvent.LIFE_MATURITY: Matter(_itself, _never, _policy_key, _maturity, _ends_on, _matures),
    AlertEvent.CLAIM_TAKEN: Matter(_itself, _never, _id, claim_matters.taken),
    AlertEvent.CLAIM_PEOPLE: Matter(_itself, _never, _id, claim_matters.people),
    AlertEvent.CLAIM_VISIT: Matter(
        claim_matters.with_visit,
        claim_matters.no_visit,
        lambda claim: f"{claim.pk}:{claim.visit_on.isoformat()}",
        claim_matters.visit,
        lambda claim: claim.visit_on,
        claim_matters.visits,
    ),
    AlertEvent.CLAIM_DOCUMENT: Matter(
        claim_matters.asked_document,
        claim_matters.no_document,
        _id,
        claim_matters.document,
        _due_on,
        claim_matters.is_needed,
    ),
    AlertEvent.CLAIM_OFFERED: Matter(
        _itself, _never, _id, claim_matters.offered, claim_matters.answered_on, claim_matters.was_offered
    ),
    AlertEvent.CLAIM_PAID: Matter(
        _itself, _never, _id, claim_matters.paid, lambda claim: claim.paid_on, claim_matters.was_paid
    ),
    AlertEvent.CLAIM_REFUSED: Matter(
        _itself, _never, _id, claim_matters.refused, claim_matters.answered_on, claim_matters.was_refused
    ),
}
