"""Query: how the renewal of a policy stands: what is offered, or what was accepted and paid and waits for its contract."""

from datetime import date
from typing import Any

from customers.models import Payment, Policy, RenewalOffer
from customers.payments.configured import can_pay_online


def paid_renewal(policy: Policy) -> RenewalOffer | None:
    """The renewal that was accepted and paid while the new contract is on its way; None where there is none, or it has come."""
    paid = policy.renewal_offers.filter(starts_on__gte=policy.ends_on, paid_on__isnull=False)
    if (offer := paid.order_by("-pk").first()) is None:
        return None
    newer = Policy.objects.filter(holder=policy.holder_id, ramo=policy.ramo, plate=policy.plate)
    has_come = policy.plate and newer.filter(ends_on__gt=policy.ends_on, state=Policy.State.ACTIVE).exists()
    return None if has_come else offer


def renewal_of(policy: Policy, *, today: date) -> dict[str, Any]:
    """What a policy's page shows: the renewal paid, else the newest offer that is open; and whether it can be paid online."""
    paid, offer, attempt = paid_renewal(policy), None, None
    if paid is None:
        offers = policy.renewal_offers.unpaid().filter(valid_until__gte=today, starts_on__gte=policy.ends_on)
        offer = offers.order_by("-pk").first()
    if offer is not None:
        attempt = Payment.objects.unclear().filter(offer=offer).first()
    return {"paid_renewal": paid, "offer": offer, "attempt": attempt, "can_pay": can_pay_online()}
