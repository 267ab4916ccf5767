"""Query and rule: what a customer has to pay or renew, with the amount and until when they are covered."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

from django.db.models import OuterRef, Subquery

from customers.models import Customer, Instalment, Payment, Policy, RenewalOffer
from customers.models.policy import InstalmentQuerySet, PolicyQuerySet
from customers.policy_terms import (
    MOTOR_GRACE_DAYS,
    cover_ends_on,
    expiry_notice_due_on,
    has_grace,
    instalment_cover_ends_on,
)
from foundation.written_once import ObjectsWrittenOnce

AHEAD = timedelta(days=60)  # what is due later does not worry anybody yet


@dataclass(frozen=True)
class Due:
    """An instalment to pay, or a policy that comes to its end. It remains until paid or over: nothing vanishes.

    `instalment`, or the offer of `offer_id`, is what can be paid here; `attempt` the id of a payment of it that is not confirmed
    yet, or that a person looks at.
    """

    policy: Policy
    on: date
    amount: Decimal | None
    cover_until: date
    days_left: int
    is_expiry: bool = False
    instalment: Instalment | None = None
    offer_id: int | None = None
    attempt: int | None = None

    @property
    def is_late(self) -> bool:
        """Whether the day is past."""
        return self.days_left < 0

    @property
    def is_soon(self) -> bool:
        """Whether there are less than thirty days left."""
        return expiry_notice_due_on(self.on) <= self.on - timedelta(days=self.days_left)

    @property
    def is_covered(self) -> bool:
        """Whether the cover still lasts today."""
        return self.cover_until >= self.on - timedelta(days=self.days_left)

    @property
    def has_grace(self) -> bool:
        """Whether the cover outlasts the day."""
        return self.cover_until > self.on

    @property
    def days_late(self) -> int:
        """How many days ago it was due."""
        return -self.days_left


def instalment_due(instalment: Instalment, *, today: date) -> Due:
    """The rule for an unpaid instalment; the one due on the first day of the contract gives no cover until paid."""
    policy = instalment.policy
    until = instalment_cover_ends_on(
        instalment.due_on, line=policy.ramo, is_first=instalment.due_on <= policy.starts_on
    )
    days_left = (instalment.due_on - today).days
    attempt = getattr(instalment, "attempt", None)
    return Due(policy, instalment.due_on, instalment.amount, until, days_left, instalment=instalment, attempt=attempt)


def expiry_due(policy: Policy, *, today: date) -> Due:
    """The rule for a policy that comes to its end; the amount is that of the offer, or the yearly premium as it stands."""
    until, premium = cover_of(policy), getattr(policy, "offer_premium", None)
    return Due(
        policy,
        policy.ends_on,
        policy.premium if premium is None else premium,
        until,
        (policy.ends_on - today).days,
        is_expiry=True,
        offer_id=getattr(policy, "offer_id", None),
        attempt=getattr(policy, "attempt", None),
    )


def with_attempts(instalments: InstalmentQuerySet) -> InstalmentQuerySet:
    """Each with the id of the payment of it that is not confirmed yet, or that a person looks at (`attempt`)."""
    attempts = Payment.objects.unclear().filter(instalment=OuterRef("pk"))
    return instalments.annotate(attempt=Subquery(attempts.order_by().values("pk")[:1]))


def with_offers(policies: PolicyQuerySet, *, today: date) -> PolicyQuerySet:
    """Each with the newest offer of its next period that can be accepted today: its id, premium and open payment."""
    offers = RenewalOffer.objects.unpaid().filter(policy=OuterRef("pk"), valid_until__gte=today).order_by("-pk")
    attempts = Payment.objects.unclear().filter(offer=OuterRef("offer_id")).order_by()
    newest = policies.annotate(
        offer_id=Subquery(offers.values("pk")[:1]), offer_premium=Subquery(offers.values("premium")[:1])
    )
    return newest.annotate(attempt=Subquery(attempts.values("pk")[:1]))


def cover_of(policy: Policy) -> date:
    """The last day of cover if nothing is renewed."""
    return cover_ends_on(policy.ends_on, annual=policy.annual, line=policy.ramo, grace_days=policy.grace_days)


def policy_has_grace(policy: Policy) -> bool:
    """Whether the law keeps the cover alive after the end of the contract."""
    return has_grace(annual=policy.annual, line=policy.ramo)


def due_for(customer: Customer, *, today: date, most: int, policy: Policy | None = None) -> list[Due]:
    """What is due on the policies that the customer pays for, or on that one of them alone, soonest first, at most so many: unpaid
    instalments however late, and expiries near.

    A policy that was renewed already, under its number or a new one, does not come to an end. Two queries.
    """
    since, until = today - timedelta(days=MOTOR_GRACE_DAYS), today + AHEAD
    of_one = () if policy is None else (policy.pk,)
    unpaid, ending = _written(most, of_one=policy is not None)
    found = unpaid.objects(customer.pk, until, *of_one), ending.objects(customer.pk, today, since, until, *of_one)
    return _soonest(*found, today=today, most=most)


def _unpaid(holder: int, until: date, *policy: int) -> InstalmentQuerySet:
    alive = [Policy.State.ACTIVE, Policy.State.SUSPENDED]
    rows = with_attempts(Instalment.objects.unpaid()).filter(
        policy__in=_held(holder, *policy).filter(state__in=alive), due_on__lte=until
    )
    return rows.select_related("policy").order_by("due_on", "pk")


def _ending(holder: int, today: date, since: date, until: date, *policy: int) -> PolicyQuerySet:
    rows = _held(holder, *policy).expiring(since, until).not_renewed()
    return with_offers(rows, today=today).order_by("ends_on", "pk")


def _held(holder: int, *policy: int) -> PolicyQuerySet:
    held = Policy.objects.filter(holder=holder)
    return held.filter(pk__in=policy) if policy else held


@cache
def _written(most: int, *, of_one: bool) -> tuple[ObjectsWrittenOnce, ObjectsWrittenOnce]:
    """Both queries, for so many rows: every home asks them, and to write them took the ORM a quarter of the page."""
    nobody, day, since, until = -1, date(1, 1, 1), date(1, 1, 2), date(1, 1, 3)
    policy = (nobody - 1,) if of_one else ()
    return (
        ObjectsWrittenOnce(lambda *given: _unpaid(*given)[:most], nobody, until, *policy),
        ObjectsWrittenOnce(lambda *given: _ending(*given)[:most], nobody, day, since, until, *policy),
    )


def _soonest(unpaid: Iterable[Instalment], ending: Iterable[Policy], *, today: date, most: int) -> list[Due]:
    found = [instalment_due(each, today=today) for each in unpaid]
    found += [due for each in ending if not (due := expiry_due(each, today=today)).is_late or due.cover_until >= today]
    return sorted(found, key=lambda due: (due.on, due.policy.pk))[:most]
