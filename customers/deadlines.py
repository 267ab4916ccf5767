"""Query: the days of a customer's own that a calendar should know, from a month ago to thirteen months ahead."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from customers.claim_steps import answer_due_on, money_due_on
from customers.documents.queries import without_certificate
from customers.models import Claim, Customer, Instalment, Policy
from customers.policy_terms import expiry_notice_due_on
from customers.rami import MOTOR_LIABILITY

BEHIND, AHEAD = timedelta(days=30), timedelta(days=400)
MOST = 300  # of each kind: whoever has more has a department for them


class DeadlineKind(StrEnum):
    """What falls on the day."""

    INSTALMENT = "instalment"
    EXPIRY = "expiry"
    CERTIFICATE = "certificate"
    CLAIM_ANSWER = "claim-answer"
    CLAIM_PAYMENT = "claim-payment"


@dataclass(frozen=True)
class Deadline:
    """A day, what falls on it, and the row that it is about. `key` is the same for as long as the deadline is."""

    kind: DeadlineKind
    key: str
    on: date
    product: str
    policy_id: int
    changed_at: datetime
    claim_id: int | None = None
    amount: Decimal | None = None
    renews: bool = False


def deadlines_of(customer: Customer, *, today: date) -> list[Deadline]:
    """The customer's deadlines, soonest first: instalments to pay, expiries, certificates to come, terms of claims.

    Only of contracts they hold and of claims they reported. Four queries.
    """
    first, last = today - BEHIND, today + AHEAD
    alive = [Policy.State.ACTIVE, Policy.State.SUSPENDED]
    held = Policy.objects.filter(holder=customer)
    unpaid = Instalment.objects.unpaid().filter(policy__holder=customer, policy__state__in=alive)
    unpaid = unpaid.filter(due_on__range=(first, last)).select_related("policy").order_by("due_on", "pk")
    found = [_instalment(each) for each in unpaid[:MOST]]
    ending = list(held.expiring(first, last).not_renewed().order_by("ends_on", "pk")[:MOST])
    found += [_expiry(each) for each in ending]
    lacking = set(without_certificate(held, today=today).values_list("pk", flat=True)[:MOST])
    found += [
        _certificate(each)
        for each in ending
        if each.ramo == MOTOR_LIABILITY and (each.pk in lacking or expiry_notice_due_on(each.ends_on) > today)
    ]
    claims = Claim.objects.filter(customer=customer).open().select_related("policy").order_by("pk")
    for claim in claims[:MOST]:
        found += _claim(claim)
    return sorted(found, key=lambda each: (each.on, each.key))


def _instalment(instalment: Instalment) -> Deadline:
    policy = instalment.policy
    return Deadline(
        DeadlineKind.INSTALMENT,
        f"instalment-{policy.pk}-{instalment.due_on:%Y%m%d}",
        instalment.due_on,
        policy.product,
        policy.pk,
        policy.updated_at,
        amount=instalment.amount,
    )


def _expiry(policy: Policy) -> Deadline:
    return Deadline(
        DeadlineKind.EXPIRY,
        f"expiry-{policy.pk}-{policy.ends_on:%Y%m%d}",
        policy.ends_on,
        policy.product,
        policy.pk,
        policy.updated_at,
        renews=policy.tacit_renewal,
    )


def _certificate(policy: Policy) -> Deadline:
    return Deadline(
        DeadlineKind.CERTIFICATE,
        f"certificate-{policy.pk}-{policy.ends_on:%Y%m%d}",
        expiry_notice_due_on(policy.ends_on),
        policy.product,
        policy.pk,
        policy.updated_at,
    )


def _claim(claim: Claim) -> list[Deadline]:
    """The next terms that the law sets the company: its offer, its payment (art. 148 CAP, motor liability)."""
    terms = [(DeadlineKind.CLAIM_ANSWER, answer_due_on(claim)), (DeadlineKind.CLAIM_PAYMENT, money_due_on(claim))]
    return [
        Deadline(
            kind, f"{kind}-{claim.pk}", on, claim.policy.product, claim.policy_id, claim.updated_at, claim_id=claim.pk
        )
        for kind, on in terms
        if on is not None
    ]
