"""Rules of payments: what differs between what was asked and what a provider says, and whether money is owed. No clock, no database."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from customers.models.payment import EURO, IncidentDecision, IncidentKind, RefundReason

UNREACHED = timedelta(minutes=20)  # an attempt for which no page was opened by then is begun again


def difference(
    *, amount: Decimal, currency: str, merchant: str, stated: tuple[Decimal | None, str, str]
) -> tuple[IncidentKind, str, str] | None:
    """What differs between an attempt and the amount, currency and merchant of a confirmation: kind, ours, theirs; or None."""
    their_amount, their_currency, their_merchant = stated
    if their_merchant != merchant:
        return IncidentKind.MERCHANT, merchant, their_merchant
    if their_currency != currency:
        return IncidentKind.CURRENCY, currency, their_currency
    if their_amount != amount:
        return IncidentKind.AMOUNT, str(amount), "" if their_amount is None else str(their_amount)
    return None


def why_refunded(
    *, paid: Decimal, due: Decimal | None, was_paid: bool, was_paid_here: bool, is_wanted: bool
) -> RefundReason | None:
    """Why money that came has to go back; None where it pays what is due.

    `due` is the amount as it is now, None where nothing is there any more; `is_wanted` is whether the contract (or the
    offer) still stands.
    """
    if was_paid_here:
        return RefundReason.PAID_TWICE
    if was_paid:
        return RefundReason.PAID_ELSEWHERE
    if due is None or not is_wanted:
        return RefundReason.NOT_OWED
    return None if paid == due else RefundReason.AMOUNT_CHANGED


def stated_in_euro(amount: Decimal | None, currency: str) -> Decimal | None:
    """What a confirmation says came, in euro; None where it says nothing, or another currency."""
    return amount if amount is not None and amount > 0 and currency == EURO else None


def decisions_on(
    kind: IncidentKind,
    *,
    came: Decimal | None,
    asked: Decimal | None,
    due: Decimal | None,
    is_booked: bool,
    has_refund: bool,
) -> list[IncidentDecision]:
    """What a person may decide about an incident.

    `came` is what the provider says, `asked` the amount of the attempt, None where it is nobody's; `due` what is owed
    now, None where nothing is; `is_booked` is whether the attempt is booked as paid. Money counts as payment only where
    all three amounts are equal. One payment has one refund.
    """
    Decision = IncidentDecision
    if asked is None:
        return [Decision.NO_MONEY, Decision.WITH_PROVIDER]
    if kind == IncidentKind.NOT_AT_PROVIDER:  # what is booked remains booked
        return [Decision.COUNTS, Decision.WITH_PROVIDER]
    found = [] if has_refund else [Decision.REFUND]
    if not is_booked and came is not None and came == asked == due:
        found.append(Decision.COUNTS)
    found.append(Decision.NO_MONEY)
    if is_booked or has_refund:
        found.append(Decision.WITH_PROVIDER)
    return found


def can_go_on(
    *, amount: Decimal, due: Decimal, begun_at: datetime, expires_at: datetime | None, now: datetime
) -> bool:
    """Whether an open attempt is still the one to pay by: for the amount that is due, and with a page that is open.

    An attempt without a page has some minutes to get one.
    """
    if amount != due:
        return False
    return now < (expires_at if expires_at is not None else begun_at + UNREACHED)


def is_offer_open(*, valid_until: date, is_paid: bool, is_withdrawn: bool, today: date) -> bool:
    """Whether a renewal offer can be accepted: until the end of its last day, once, and while the company stands by it."""
    return not is_paid and not is_withdrawn and today <= valid_until
