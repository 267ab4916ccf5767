"""Payments of the customers who sign in and of some others: paid with receipts, begun, one incident, two refunds, renewals offered.

They are written as the commands write them, with rows that the provider of the demonstration would have confirmed.
"""

import datetime
import uuid
from collections.abc import Iterable
from decimal import Decimal
from random import Random

from customers.models import (
    Customer,
    Instalment,
    Payment,
    PaymentEvent,
    PaymentIncident,
    Policy,
    RefundDue,
    RenewalOffer,
    ReservedAreaAccount,
)
from customers.rami import MOTOR_LIABILITY
from foundation.dates import ROME

from .people import PREFIX
from .profiles import Plan

MOST_PAID = 24  # instalments that were paid online
OFFER_DAYS = 55  # before its end a policy has its offer
DAY = datetime.timedelta(days=1)
TERMS = (
    "Massimale unico di 7.750.000 euro per sinistro. Formula di guida esperta, franchigia di 250 euro. "
    "Assistenza stradale compresa, con soccorso e traino fino a 60 chilometri. "
    "Classe di merito migliorata di un livello se nell’ultimo anno non ci sono stati sinistri con colpa."
)
PROVIDER = "sandbox"


def make_payments(plan: Plan, customers: list[Customer]) -> int:
    """Offers for what expires soon, and payments of what is paid; returns how many payments."""
    rng = plan.stream("payments")
    _make_offers(plan, customers, rng)
    accounts = ReservedAreaAccount.objects.filter(customer__in=customers, user__is_active=True, mandate=None)
    payers = dict(accounts.order_by("customer", "-pk").values_list("customer", "user"))  # who enrolled the customer
    paid = Instalment.objects.filter(
        policy__holder__in=payers, paid_on__range=(plan.today - 120 * DAY, plan.today - DAY)
    ).select_related("policy__holder")
    made = [
        _paid(plan, each, payers[each.policy.holder_id], rng) for each in paid.order_by("-paid_on", "pk")[:MOST_PAID]
    ]
    made += _twice(plan, made[:2], rng)
    if (unpaid := _unpaid(plan, payers)) is not None:
        made.append(_forged(plan, unpaid, payers[unpaid.policy.holder_id]))
    payments = Payment.objects.bulk_create(made)
    _what_was_reported(payments)
    return len(payments)


def _make_offers(plan: Plan, customers: Iterable[Customer], rng: Random) -> None:
    """What the company offers for the motor policies of these customers that end within weeks."""
    soon = Policy.objects.filter(holder__in=[each.pk for each in customers], ramo=MOTOR_LIABILITY)
    soon = soon.filter(premium__isnull=False).expiring(plan.today - 10 * DAY, plan.today + OFFER_DAYS * DAY)
    offers = []
    for policy in soon.not_renewed().order_by("pk"):
        assert policy.premium is not None, "of those that have one"
        change = Decimal(rng.randrange(-40, 75)) / 1000
        offers.append(
            RenewalOffer(
                number=f"{PREFIX}R{policy.pk:08d}",
                policy=policy,
                premium=(policy.premium * (1 + change)).quantize(Decimal("0.01")),
                terms=TERMS,
                starts_on=policy.ends_on,
                ends_on=policy.ends_on + 365 * DAY,
                valid_until=policy.ends_on + policy.grace_days * DAY,
            )
        )
    RenewalOffer.objects.bulk_create(offers)


def _at(day: datetime.date, rng: Random) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(rng.randrange(8, 22), rng.randrange(60)), tzinfo=ROME)


def _attempt(instalment: Instalment, payer: int, at: datetime.datetime, key: uuid.UUID) -> Payment:
    policy = instalment.policy
    return Payment(
        key=key,
        customer=policy.holder,
        policy=policy,
        instalment=instalment,
        due_on=instalment.due_on,
        amount=instalment.amount,
        payer_name=policy.holder.letter_name,
        provider=PROVIDER,
        provider_reference=f"sbx-{key.hex}",
        begun_by_id=payer,
        begun_at=at,
    )


def _paid(plan: Plan, instalment: Instalment, payer: int, rng: Random) -> Payment:
    """The payment that settled an instalment on its day."""
    assert instalment.paid_on is not None, "of those that are paid"
    at = _at(instalment.paid_on, rng)
    payment = _attempt(instalment, payer, at, uuid.UUID(int=rng.getrandbits(128), version=4))
    payment.state, payment.settles = Payment.State.PAID, True
    payment.paid_at = payment.ended_at = at + datetime.timedelta(minutes=2)
    return payment


def _twice(plan: Plan, paid: list[Payment], rng: Random) -> list[Payment]:
    """The same people, who paid once more a few minutes later because a page had looked as if it had failed."""
    again = []
    for first in paid:
        instalment = first.instalment
        assert instalment is not None, "these are of instalments"
        at = first.begun_at + datetime.timedelta(minutes=9)
        second = _attempt(instalment, first.begun_by_id, at, uuid.UUID(int=rng.getrandbits(128), version=4))
        second.state, second.paid_at = Payment.State.PAID, at + datetime.timedelta(minutes=3)
        second.ended_at = second.paid_at
        again.append(second)
    return again


def _unpaid(plan: Plan, payers: dict[int, int]) -> Instalment | None:
    """What somebody other than the first customer has still to pay."""
    owed = Instalment.objects.unpaid().filter(policy__holder__in=payers, policy__state=Policy.State.ACTIVE)
    owed = owed.filter(due_on__lte=plan.today + 60 * DAY).select_related("policy__holder")
    return owed.order_by("-policy__holder", "due_on").first()


def _forged(plan: Plan, instalment: Instalment, payer: int) -> Payment:
    """An attempt for which the provider says another amount: nobody has booked it."""
    return _attempt(instalment, payer, plan.as_of - datetime.timedelta(hours=5), uuid.UUID(int=plan.seed, version=4))


def _what_was_reported(payments: list[Payment]) -> None:
    """What the provider reported of each, the refunds that are due, and the incident."""
    Outcome, Word = PaymentEvent.Outcome, PaymentEvent.Word
    reported = [
        PaymentEvent(
            provider=PROVIDER,
            event_id=f"evt-{payment.provider_reference}-paid",
            source=PaymentEvent.Source.CONFIRMATION,
            word=Word.PAID,
            reference=payment.reference,
            provider_reference=payment.provider_reference,
            merchant="vittoria-care",
            amount=payment.amount if payment.paid_at else payment.amount - 1,
            currency=payment.currency,
            happened_at=payment.paid_at or payment.begun_at,
            received_at=payment.paid_at or payment.begun_at,
            payment=payment,
            outcome=Outcome.BOOKED if payment.settles else Outcome.REFUND if payment.paid_at else Outcome.INCIDENT,
        )
        for payment in payments
    ]
    PaymentEvent.objects.bulk_create(reported)
    RefundDue.objects.bulk_create(
        RefundDue(
            payment=payment,
            reason=RefundDue.Reason.PAID_TWICE,
            amount=payment.amount,
            booked_at=payment.paid_at,
        )
        for payment in payments
        if payment.paid_at and not payment.settles
    )
    PaymentIncident.objects.bulk_create(
        PaymentIncident(
            once=f"amount:{event.payment}:{event.amount}",
            kind=PaymentIncident.Kind.AMOUNT,
            payment=event.payment,
            event=event,
            expected=str(event.payment.amount),
            stated=str(event.amount),
            found_at=event.received_at,
        )
        for event in reported
        if event.outcome == Outcome.INCIDENT and event.payment is not None
    )
