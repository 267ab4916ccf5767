"""Payments as they are confirmed: booked, and the customer written to, in one transaction. And the nightly comparison.

The doors of a payment (a provider's confirmation, the customer's return, the poll, the comparison) call these; what is
booked is decided in `customers.payments.commands`.
"""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from customers.models import Payment, PaymentEvent, PaymentIncident, RefundDue, User
from customers.payments import commands
from customers.payments.commands import Booked
from customers.payments.configured import provider_called
from customers.payments.providers import News, Provider, Unavailable
from foundation.dates import ROME
from notifications.kinds import (
    PAYMENT_NOT_RECEIVED,
    PAYMENT_RECEIVED,
    PAYMENT_REFUNDED,
    PAYMENT_TO_REFUND,
    NoticeKind,
)
from notifications.services import tell_customer

log = logging.getLogger(__name__)

ASK_AFTER = timedelta(minutes=2)  # most confirmations come within seconds
ASK_UNTIL = timedelta(hours=2)  # later the night asks
MOST_ASKED = 200  # at a time
LEFT_AFTER = timedelta(minutes=1)  # what a provider reported and no process is booking any more
COMPARED = timedelta(days=2)  # how far back the nightly comparison looks
TOO_FRESH = timedelta(hours=1)  # for the comparison
FORGOTTEN_AFTER = timedelta(days=1)  # an attempt of which the provider knows nothing

Source = PaymentEvent.Source


# --- Booking ------------------------------------------------------------------------------------------------------------
@transaction.atomic
def book_payment(event: PaymentEvent) -> Booked:
    """Book what a provider reported, and write to the customer what it means: a receipt, or that the money goes back. Once."""
    booked = commands.book_event(event)
    if booked.is_new and booked.payment is not None:
        if booked.is_settled:
            _tell_received(booked.payment)
        elif booked.refund is not None:
            _tell_to_refund(booked.refund, came_at=booked.event.happened_at)
    return booked


@transaction.atomic
def close_incident(
    incident: PaymentIncident, *, decision: str, reason: str, by: User, amount: Decimal | None = None
) -> commands.Closed:
    """Close an incident, and write to the customer what it means for their money. Refused as `commands.close_incident`."""
    closed = commands.close_incident(incident, decision=decision, reason=reason, by=by, amount=amount)
    payment, event = closed.incident.payment, closed.incident.event
    if payment is None:
        return closed
    if closed.refund is not None:
        _tell_to_refund(closed.refund, came_at=event.happened_at if event is not None else payment.begun_at)
    elif closed.is_settled:
        _tell_received(payment)
    elif closed.is_ended:
        _tell(PAYMENT_NOT_RECEIVED, payment, {"begun_on": timezone.localdate(payment.begun_at, ROME)})
    return closed


@transaction.atomic
def refund_payment(refund: RefundDue, *, refunded_on: date, way: str, by: User) -> RefundDue:
    """Record that a payment went back, and write it to the customer. Refused as `commands.record_refund`."""
    refund = commands.record_refund(refund, refunded_on=refunded_on, way=way, by=by)
    more = {
        "amount": refund.amount,
        "paid_on": timezone.localdate(_came_at(refund), ROME),
        "refunded_on": refund.refunded_on,
        "way": refund.way,
    }
    _tell(PAYMENT_REFUNDED, refund.payment, more)
    return refund


def _came_at(refund: RefundDue) -> datetime:
    """When the money came: what is not what was asked is no payment that has its own moment, but news of the provider."""
    payment = refund.payment
    if payment.paid_at is not None and refund.reason != RefundDue.Reason.NOT_AS_ASKED:
        return payment.paid_at
    news = payment.events.filter(word=PaymentEvent.Word.PAID).order_by("happened_at", "pk").first()
    return news.happened_at if news is not None else refund.booked_at


def _tell_received(payment: Payment) -> None:
    assert payment.paid_at is not None, "only what was paid is acknowledged"
    offer = payment.offer
    more = {
        "paid_on": timezone.localdate(payment.paid_at, ROME),
        "due_on": payment.due_on,
        "renewal_until": offer.ends_on if offer is not None else None,
    }
    _tell(PAYMENT_RECEIVED, payment, more)


def _tell_to_refund(refund: RefundDue, *, came_at: datetime) -> None:
    """The amount is what came, which may be another than was asked."""
    more = {"amount": refund.amount, "paid_on": timezone.localdate(came_at, ROME), "reason": refund.reason}
    _tell(PAYMENT_TO_REFUND, refund.payment, more)


def _tell(kind: NoticeKind, payment: Payment, more: Mapping[str, Any]) -> None:
    """Write to the customer, once for each attempt and kind. The receipt is made when it is opened, not here."""
    policy = payment.policy
    with translation.override(payment.customer.language):
        label = _("Open the payment")
    words = {
        "policy": policy.number,
        "product": policy.product,
        "plate": policy.plate,
        "number": payment.number,
        "amount": payment.amount,
        "action_url": settings.SITE_URL + reverse("portal_payment", args=[payment.pk]),
        "action_label": label,
        **more,
    }
    tell_customer(kind, once=f"{kind.code}:{payment.pk}", words=words, customer=payment.customer)


# --- The roads by which news comes ------------------------------------------------------------------------------------
def take_confirmation(provider: Provider, body: bytes, headers: Mapping[str, str], *, now: datetime) -> Booked | None:
    """Keep a confirmation as it came, then book it; None for one about nothing of ours. Returns after the commit.

    NotAuthentic when its signature is not right: then nothing is kept. The same one again does nothing more.
    """
    news = provider.read_confirmation(body, headers, now=now)
    if news is None:
        return None
    text = body.decode(errors="replace").replace("\0", "�")
    return book_payment(commands.keep_news(news, provider=provider.code, source=Source.CONFIRMATION, body=text))


def ask_provider(payment: Payment, *, now: datetime, source: str = Source.QUESTION) -> bool:
    """Ask the provider how far an attempt has come, and book it; whether it knows the attempt. Unavailable when it is away."""
    provider = provider_called(payment.provider)
    news = provider.ask(payment, now=now) if provider is not None else None
    if provider is None or news is None:
        return False
    if news.word != PaymentEvent.Word.PENDING:
        book_payment(commands.keep_news(news, provider=provider.code, source=source))
    return True


def poll_payments(now: datetime) -> int:
    """Go on with what was kept and not booked, then ask about attempts that are some minutes old; returns how many.

    For a confirmation that was lost: a customer should not wait for the night.
    """
    done = _book_left(now)
    waiting = Payment.objects.open().filter(begun_at__range=(now - ASK_UNTIL, now - ASK_AFTER))
    waiting = waiting.exclude(provider_reference="").order_by("begun_at")
    for payment in waiting[:MOST_ASKED]:
        try:
            ask_provider(payment, now=now)
        except Unavailable as problem:
            log.warning("the provider of payments is away: %s", problem)
            return done
        done += 1
    return done


def _book_left(now: datetime) -> int:
    left = list(PaymentEvent.objects.left().filter(received_at__lt=now - LEFT_AFTER).order_by("pk")[:MOST_ASKED])
    for event in left:
        book_payment(event)
    return len(left)


# --- The nightly comparison ----------------------------------------------------------------------------------------------
@dataclass
class Compared:
    """What a comparison found: attempts asked about, ended as abandoned, news booked, and differences noted."""

    asked: int = 0
    abandoned: int = 0
    booked: int = 0
    missing: int = 0
    away: str = ""


def reconcile_payments(now: datetime) -> Compared:
    """Compare with each provider: what is open, what it says was paid in the last days, and what we say was.

    What it says and we do not know is booked, or becomes an incident; what we say and it does not know becomes an
    incident; an attempt of which it knows nothing after a day is abandoned. A provider that is away is asked the next night.
    """
    found = Compared()
    _book_left(now)
    open_now = Payment.objects.open().filter(begun_at__lt=now - TOO_FRESH).order_by("begun_at", "pk")
    codes = set(open_now.order_by().values_list("provider", flat=True))
    codes |= set(_paid_since(now).order_by().values_list("provider", flat=True)) | {settings.PAYMENT_PROVIDER}
    for code in sorted(codes):
        if (provider := provider_called(code)) is None:
            continue
        try:
            _ask_about_open(open_now.filter(provider=code), found, now)
            _compare_paid(provider, found, now)
        except Unavailable as problem:
            log.warning("the provider of payments is away: %s", problem)
            found.away = code
    return found


def _ask_about_open(payments: Iterable[Payment], found: Compared, now: datetime) -> None:
    for payment in payments:
        found.asked += 1
        is_known = ask_provider(payment, now=now, source=Source.RECONCILIATION)
        if not is_known and payment.begun_at < now - FORGOTTEN_AFTER:
            commands.abandon_attempt(payment)
            found.abandoned += 1


def _paid_since(now: datetime) -> Any:
    """What we booked in the days compared, but for what is so fresh that the provider's list may not have it."""
    return Payment.objects.filter(state=Payment.State.PAID, paid_at__range=(now - COMPARED, now - TOO_FRESH))


def _compare_paid(provider: Provider, found: Compared, now: datetime) -> None:
    theirs: set[str] = set()
    for news in provider.paid_between(now - COMPARED - timedelta(days=1), now):
        theirs.add(news.provider_reference)
        found.booked += _book_if_unknown(provider, news)
    ours = _paid_since(now).filter(provider=provider.code)
    for payment in ours.exclude(provider_reference__in=theirs).order_by("pk"):
        commands.note_not_at_provider(payment)
        found.missing += 1


def _book_if_unknown(provider: Provider, news: News) -> bool:
    """Book what we do not have as paid under its reference; whether there was anything to book."""
    known = Payment.objects.filter(provider=provider.code, provider_reference=news.provider_reference)
    if known.filter(state=Payment.State.PAID).exists():
        return False
    event = commands.keep_news(news, provider=provider.code, source=Source.RECONCILIATION)
    return book_payment(event).is_new
