"""Commands of payments: begin one, keep and book what a provider reports of it, close an incident, record a refund.

The order of locks is that of the package's docstring. No command here calls a provider: that is done between them
(`open_checkout`), so that nothing is locked while a network is waited for.
"""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import (
    Instalment,
    Operation,
    Payment,
    PaymentEvent,
    PaymentIncident,
    Policy,
    RefundDue,
    RenewalOffer,
    User,
)
from customers.models.payment import EventOutcome, IncidentDecision, IncidentKind, PaymentState
from customers.operations.commands import record_self_service
from customers.payments.providers import MOVES, News, Provider
from customers.payments.rules import can_go_on, decisions_on, difference, is_offer_open, stated_in_euro, why_refunded
from foundation.dates import ROME
from foundation.refusals import Refused

State, Outcome, Word = Payment.State, PaymentEvent.Outcome, PaymentEvent.Word
ALIVE = (Policy.State.ACTIVE, Policy.State.SUSPENDED)


# --- Beginning ------------------------------------------------------------------------------------------------------
@transaction.atomic
def begin_instalment_payment(instalment: Instalment, *, key: uuid.UUID, provider: str, by: User) -> Payment:
    """The attempt to pay an instalment: that of the key, the one that is open, or a new one for the amount of now.

    Refused when it is paid, its policy is over, or a person is looking at an earlier attempt.
    """
    if (earlier := _earlier(key, by)) is not None:
        return earlier
    instalment = (
        Instalment.objects.select_for_update(of=["self"]).select_related("policy__holder").get(pk=instalment.pk)
    )
    if instalment.paid_on is not None:
        raise Refused(_("This instalment has been paid already."), code="paid_already")
    if instalment.policy.state not in ALIVE:
        raise Refused(_("The policy is not in force any more: call your agency."), code="policy_over")
    return _open_attempt(
        instalment.policy, instalment.due_on, instalment=instalment, key=key, provider=provider, by=by
    )


@transaction.atomic
def begin_offer_payment(offer: RenewalOffer, *, key: uuid.UUID, provider: str, by: User) -> Payment:
    """The attempt to accept and pay a renewal offer, as `begin_instalment_payment`. Refused also when the offer is over."""
    if (earlier := _earlier(key, by)) is not None:
        return earlier
    offer = RenewalOffer.objects.select_for_update(of=["self"]).select_related("policy__holder").get(pk=offer.pk)
    if offer.paid_on is not None:
        raise Refused(_("This renewal has been paid already."), code="paid_already")
    if not is_open(offer, today=timezone.localdate()):
        raise Refused(_("This offer is not valid any more: your agency can make a new one."), code="offer_over")
    return _open_attempt(offer.policy, offer.starts_on, offer=offer, key=key, provider=provider, by=by)


def is_open(offer: RenewalOffer, *, today: date) -> bool:
    """Whether a renewal offer can be accepted on the day."""
    return is_offer_open(
        valid_until=offer.valid_until,
        is_paid=offer.paid_on is not None,
        is_withdrawn=offer.withdrawn_on is not None,
        today=today,
    )


def _earlier(key: uuid.UUID, by: User) -> Payment | None:
    """The attempt of the same form, sent again; Refused for a key that is somebody else's."""
    earlier = Payment.objects.filter(key=key).first()
    if earlier is not None and earlier.begun_by_id != by.pk:
        raise Refused(_("This page was sent by somebody else: open it again."), code="key_of_another")
    return earlier


def _open_attempt(
    policy: Policy,
    due_on: date,
    *,
    key: uuid.UUID,
    provider: str,
    by: User,
    instalment: Instalment | None = None,
    offer: RenewalOffer | None = None,
) -> Payment:
    """The open attempt where it is still good, else a new one; what is to be paid is locked by the caller."""
    due = instalment.amount if instalment is not None else offer.premium if offer is not None else None
    assert due is not None, "an attempt is for one of the two"
    now = timezone.now()
    # Money may have come by an earlier attempt. The confirmation that says so locks what is to be paid too.
    unclear = list(
        Payment.objects.filter(instalment=instalment, offer=offer)
        .unclear()
        .with_looked_at()
        .select_for_update(of=["self"])
    )
    if any(known.is_looked_at for known in unclear):
        raise Refused(
            _(
                "One of our people is looking at a payment of this: do not pay again. We write to you as soon as it is clear."
            ),
            code="looked_at",
        )
    for known in unclear:
        is_good = can_go_on(
            amount=known.amount, due=due, begun_at=known.begun_at, expires_at=known.expires_at, now=now
        )
        if known.provider == provider and is_good:
            return known
        _move(known, State.EXPIRED, at=now)
    return Payment.objects.create(
        key=key,
        customer=policy.holder,
        policy=policy,
        instalment=instalment,
        offer=offer,
        due_on=due_on,
        amount=due,
        payer_name=policy.holder.letter_name,
        provider=provider,
        begun_by=by,
        begun_at=now,
    )


def open_checkout(payment: Payment, provider: Provider, *, title: str, return_url: str, language: str) -> str:
    """The address of the provider's page for the attempt. Unavailable when the provider cannot be reached; then again.

    Outside any transaction: a network is waited for. Two at once get the same page, by the reference of the attempt.
    """
    if payment.checkout_url:
        return payment.checkout_url
    page = provider.start(payment, title=title, return_url=return_url, language=language)
    Payment.objects.filter(pk=payment.pk, checkout_url="").update(
        provider_reference=page.reference, checkout_url=page.url, expires_at=page.expires_at
    )
    return page.url


# --- What a provider says ---------------------------------------------------------------------------------------------
def keep_news(news: News, *, provider: str, source: str, body: str = "") -> PaymentEvent:
    """Keep what a provider reports, as it came, before anything is made of it; reported before, the row of that time."""
    event, _is_new = PaymentEvent.objects.get_or_create(
        provider=provider,
        event_id=news.event_id[:300],
        defaults={
            "source": source,
            "word": news.word,
            "reference": news.reference[:255],
            "provider_reference": news.provider_reference[:255],
            "merchant": news.merchant[:255],
            "amount": news.amount,
            "currency": news.currency[:10],
            "reason": news.reason[:300],
            "happened_at": news.happened_at,
            "body": body,
        },
    )
    return event


@dataclass(frozen=True, slots=True)
class Booked:
    """What was made of an event: the payment it is about, and the refund that is due for it. `is_new` is whether it was made now."""

    event: PaymentEvent
    payment: Payment | None = None
    refund: RefundDue | None = None
    is_new: bool = True

    @property
    def is_settled(self) -> bool:
        """Whether what was due was paid now."""
        return self.is_new and self.event.outcome == Outcome.BOOKED


@transaction.atomic
def book_event(event: PaymentEvent) -> Booked:
    """Make of an event what it is: a payment, a refund, the end of an attempt, an incident, or nothing. Once.

    Amount, currency and merchant are compared with our own row; a difference is an incident and never a payment. The
    second real payment of the same thing is booked, and put on the list of refunds.
    """
    key = _key_of(event.reference)
    found = Payment.objects.filter(key=key).only("pk", "instalment", "offer").first() if key is not None else None
    instalment = offer = None
    if found is not None:  # locked first, in the order of every road
        instalment = _locked(Instalment, found.instalment_id)
        offer = _locked(RenewalOffer, found.offer_id)
    payment = Payment.objects.select_for_update().get(pk=found.pk) if found is not None else None
    event = PaymentEvent.objects.select_for_update().get(pk=event.pk)
    if event.outcome:
        return Booked(event, event.payment, is_new=False)
    refund = None
    if payment is None or payment.provider != event.provider:
        outcome = Outcome.NOTED
        if event.word == Word.PAID:
            _note_incident(IncidentKind.UNKNOWN, event, None, expected="", stated=event.reference)
            outcome = Outcome.INCIDENT
        payment = None
    elif event.word == Word.PAID:
        outcome, refund = _book_paid(event, payment, instalment, offer)
    elif (state := MOVES.get(event.word)) is not None and state in Payment.NEXT[State(payment.state)]:
        _move(payment, State(state), at=event.happened_at, reason=event.reason)
        outcome = Outcome.MOVED
    else:
        outcome = Outcome.NOTED  # pending, or the end of something that has ended
    event.payment, event.outcome = payment, outcome
    event.save(update_fields=["payment", "outcome"])
    return Booked(event, payment, refund)


def _key_of(reference: str) -> uuid.UUID | None:
    """The key of the attempt that a reference of ours names; None for one that is not ours."""
    try:
        return uuid.UUID(reference.removeprefix("vc-"))
    except ValueError:
        return None


def _locked(model: type[Instalment] | type[RenewalOffer], pk: int | None) -> Instalment | RenewalOffer | None:
    return model._default_manager.select_for_update().filter(pk=pk).first() if pk is not None else None


def _book_paid(
    event: PaymentEvent,
    payment: Payment,
    instalment: Instalment | RenewalOffer | None,
    offer: Instalment | RenewalOffer | None,
) -> tuple[EventOutcome, RefundDue | None]:
    """Book money that came for an attempt; all rows are locked."""
    stated = (event.amount, event.currency, event.merchant)
    differs = difference(
        amount=payment.amount, currency=payment.currency, merchant=settings.PAYMENT_MERCHANT, stated=stated
    )
    if differs is not None:
        kind, expected, theirs = differs
        _note_incident(kind, event, payment, expected=expected, stated=theirs)
        return Outcome.INCIDENT, None
    if payment.state == State.PAID:
        if payment.provider_reference in ("", event.provider_reference):
            return Outcome.NOTED, None  # the same money, by another road
        _note_incident(
            IncidentKind.CHARGED_TWICE,
            event,
            payment,
            expected=payment.provider_reference,
            stated=event.provider_reference,
        )
        return Outcome.INCIDENT, None
    was_paid, due, is_wanted = False, None, False
    if isinstance(instalment, Instalment):
        was_paid, due = instalment.paid_on is not None, instalment.amount
        is_wanted = Policy.objects.filter(pk=payment.policy_id, state__in=ALIVE).exists()
    elif isinstance(offer, RenewalOffer):
        # What was begun while the offer was valid is honoured; what the company withdrew meanwhile goes back.
        was_paid, due, is_wanted = offer.paid_on is not None, offer.premium, offer.withdrawn_on is None
    target = {"instalment": payment.instalment_id, "offer": payment.offer_id}
    settled = due is not None and Payment.objects.filter(**target, settles=True).exists()
    reason = why_refunded(paid=payment.amount, due=due, was_paid=was_paid, was_paid_here=settled, is_wanted=is_wanted)
    if reason is not None and RefundDue.objects.filter(payment=payment).exists():
        # Other money of the same attempt goes back already: a person decides about this one too.
        _note_incident(
            IncidentKind.CHARGED_TWICE,
            event,
            payment,
            expected=payment.provider_reference,
            stated=event.provider_reference,
        )
        return Outcome.INCIDENT, None
    payment.paid_at, payment.settles = event.happened_at, reason is None
    payment.provider_reference = payment.provider_reference or event.provider_reference
    _move(payment, State.PAID, at=timezone.now())
    if reason is not None:
        return Outcome.REFUND, RefundDue.objects.create(payment=payment, reason=reason, amount=payment.amount)
    _settle(payment, instalment, offer)
    return Outcome.BOOKED, None


def _settle(
    payment: Payment, instalment: Instalment | RenewalOffer | None, offer: Instalment | RenewalOffer | None
) -> None:
    """Mark what a payment settles as paid, on the day of the payment by the clock of Rome; all rows are locked."""
    assert payment.paid_at is not None, "only what was paid settles anything"
    paid_on = timezone.localdate(payment.paid_at, ROME)
    if isinstance(instalment, Instalment):
        instalment.paid_on = paid_on
        instalment.save(update_fields=["paid_on"])
    elif isinstance(offer, RenewalOffer):
        offer.paid_on, offer.accepted_at = paid_on, payment.begun_at
        offer.save(update_fields=["paid_on", "accepted_at", "updated_at"])
    _record_operation(payment)


def _move(payment: Payment, state: PaymentState, *, at: datetime, reason: str = "") -> None:
    """The one way in which an attempt changes its state; the row is locked."""
    assert state in Payment.NEXT[State(payment.state)], f"{payment.state} never becomes {state}"
    payment.state, payment.ended_at = state, at
    payment.reason = reason or payment.reason
    payment.save(update_fields=["state", "ended_at", "reason", "paid_at", "settles", "provider_reference"])


def _note_incident(
    kind: IncidentKind, event: PaymentEvent | None, payment: Payment | None, *, expected: str, stated: str
) -> None:
    """Put it on the list of what a person looks at; the same difference, seen again by another road, is one entry."""
    about = payment.number if payment else event.provider_reference or event.event_id if event else ""
    PaymentIncident.objects.get_or_create(
        once=f"{kind.value}:{about}:{stated}"[:400],
        defaults={"kind": kind, "event": event, "payment": payment, "expected": expected, "stated": stated[:300]},
    )


def _record_operation(payment: Payment) -> None:
    """Write that the customer paid: an operation that was settled without anybody here having to act."""
    record_self_service(
        Operation.Kind.PAYMENT,
        customer=payment.customer,
        policy=payment.policy,
        facts={
            "due_on": payment.due_on.isoformat(),
            "amount": str(payment.amount),
            "reference": payment.number,
        },
        submission_key=payment.key,
        by=payment.begun_by,
    )


# --- The nightly comparison ---------------------------------------------------------------------------------------------
@transaction.atomic
def abandon_attempt(payment: Payment) -> Payment:
    """End an open attempt of which the provider knows nothing: nobody can pay by it any more. Nothing for one that ended."""
    payment = Payment.objects.select_for_update().get(pk=payment.pk)
    if payment.state == State.OPEN:
        _move(payment, State.ABANDONED, at=timezone.now())
    return payment


@transaction.atomic
def note_not_at_provider(payment: Payment) -> None:
    """Note that a payment booked here is not among what the provider says was paid."""
    _note_incident(
        IncidentKind.NOT_AT_PROVIDER,
        None,
        payment,
        expected=payment.provider_reference or payment.reference,
        stated="",
    )


# --- What people decide -------------------------------------------------------------------------------------------------
def decisions_about(incident: PaymentIncident) -> list[IncidentDecision]:
    """What may be decided about an incident as things stand now."""
    payment, event = incident.payment, incident.event
    return decisions_on(
        IncidentKind(incident.kind),
        came=stated_in_euro(event.amount, event.currency) if event is not None else None,
        asked=payment.amount if payment is not None else None,
        due=_due_for(payment) if payment is not None else None,
        is_booked=payment is not None and payment.state == State.PAID,
        has_refund=payment is not None and RefundDue.objects.filter(payment=payment).exists(),
    )


def _due_for(payment: Payment) -> Decimal | None:
    """What is owed now for what an attempt was to pay; None where nothing is."""
    instalment, offer = payment.instalment, payment.offer
    if instalment is not None:
        is_owed = instalment.paid_on is None and payment.policy.state in ALIVE
        return instalment.amount if is_owed else None
    if offer is not None and offer.paid_on is None and offer.withdrawn_on is None:
        return offer.premium
    return None


@dataclass(frozen=True, slots=True)
class Closed:
    """An incident that was closed, and what follows for the customer: the refund due, or how their attempt ended."""

    incident: PaymentIncident
    refund: RefundDue | None = None
    is_settled: bool = False
    is_ended: bool = False


@transaction.atomic
def close_incident(
    incident: PaymentIncident, *, decision: str, reason: str, by: User, amount: Decimal | None = None
) -> Closed:
    """Close an incident: what becomes of the money, and what was found. The attempt is not open any more afterwards.

    What goes back is what the provider says came; `amount` where it does not say so in euro. Refused when somebody has
    closed it before, without a reason, and for a decision that does not fit (`decisions_on`).
    """
    about = Payment.objects.filter(incidents=incident).only("pk", "instalment", "offer").first()
    instalment = _locked(Instalment, about.instalment_id) if about is not None else None
    offer = _locked(RenewalOffer, about.offer_id) if about is not None else None
    payment = Payment.objects.select_for_update().get(pk=about.pk) if about is not None else None
    incident = PaymentIncident.objects.select_for_update(of=["self"]).select_related("event").get(pk=incident.pk)
    if incident.closed_at is not None:
        raise Refused(_("Somebody has closed this incident already."), code="incident_closed")
    if not reason.strip():
        raise Refused(_("Write what you found."), field="reason")
    if payment is not None:
        incident.payment = payment
    if decision not in decisions_about(incident):
        raise Refused(_("This does not fit what is known of the payment now."), field="decision")
    now = timezone.now()
    refund, is_settled, is_ended = None, False, False
    if payment is not None and decision == IncidentDecision.REFUND:
        refund = _refund_what_came(incident, payment, amount)
    elif payment is not None and decision == IncidentDecision.COUNTS and payment.state != State.PAID:
        assert incident.event is not None, "the amount that came is that of the news"
        payment.paid_at, payment.settles = incident.event.happened_at, True
        payment.provider_reference = payment.provider_reference or incident.event.provider_reference
        _move(payment, State.PAID, at=now)
        _settle(payment, instalment, offer)
        is_settled = True
    elif payment is not None and decision == IncidentDecision.NO_MONEY:
        is_ended = payment.state != State.PAID
    if payment is not None and payment.state == State.OPEN:
        _move(payment, State.REFUSED if refund is not None else State.ABANDONED, at=now)
    incident.closed_at, incident.closed_by = now, by
    incident.decision, incident.closed_because = decision, reason.strip()
    incident.save(update_fields=["closed_at", "closed_by", "decision", "closed_because"])
    return Closed(incident, refund, is_settled=is_settled, is_ended=is_ended)


def _refund_what_came(incident: PaymentIncident, payment: Payment, amount: Decimal | None) -> RefundDue:
    """The refund of what the provider says came, or of the amount that a person found; Refused where neither is known."""
    event = incident.event
    came = (stated_in_euro(event.amount, event.currency) if event is not None else None) or amount
    if came is None or came <= 0:
        raise Refused(_("Write how much came, in euro."), field="amount")
    twice = incident.kind == IncidentKind.CHARGED_TWICE
    why = RefundDue.Reason.PAID_TWICE if twice else RefundDue.Reason.NOT_AS_ASKED
    return RefundDue.objects.create(payment=payment, reason=why, amount=came)


@transaction.atomic
def record_refund(refund: RefundDue, *, refunded_on: date, way: str, by: User) -> RefundDue:
    """Record that the money went back: when and how. Refused when it was recorded before, or for a day that cannot be."""
    refund = RefundDue.objects.select_for_update(of=["self"]).select_related("payment__policy").get(pk=refund.pk)
    if refund.refunded_on is not None:
        raise Refused(_("This refund has been recorded already."), code="refund_recorded")
    if refunded_on > timezone.localdate():
        raise Refused(_("The day of the refund is still to come."), field="refunded_on")
    paid_at = refund.payment.paid_at
    if paid_at is not None and refunded_on < timezone.localdate(paid_at, ROME):
        raise Refused(_("The day of the refund is before that of the payment."), field="refunded_on")
    if not way.strip():
        raise Refused(_("Write how it was refunded."), field="way")
    refund.refunded_on, refund.way = refunded_on, way.strip()
    refund.recorded_by, refund.recorded_at = by, timezone.now()
    refund.save(update_fields=["refunded_on", "way", "recorded_by", "recorded_at"])
    return refund
