"""Query: how the renewal of a policy stands: what is offered, or what was accepted and paid and waits for its contract."""

from datetime import date
from typing import Any, TypeVar

from django.db.models import Case, DateField, Exists, OuterRef, QuerySet, Subquery, Value, When

from customers.models import Payment, Policy, RenewalOffer
from customers.payments.configured import can_pay_online

PoliciesT = TypeVar("PoliciesT", bound=QuerySet)


def with_renewed_until(policies: PoliciesT) -> PoliciesT:
    """Each with the last day of the renewal that was accepted and paid while the new contract is on its way (`renewed_until`).

    None where there is none, or the new contract has come.
    """
    paid = RenewalOffer.objects.filter(
        policy=OuterRef("pk"), starts_on__gte=OuterRef("ends_on"), paid_on__isnull=False
    )
    newer = Policy.objects.exclude(plate="").filter(
        holder=OuterRef("holder"),
        ramo=OuterRef("ramo"),
        plate=OuterRef("plate"),
        ends_on__gt=OuterRef("ends_on"),
        state=Policy.State.ACTIVE,
    )
    until = Subquery(paid.order_by("-pk").values("ends_on")[:1])
    return policies.annotate(
        renewed_until=Case(When(Exists(newer), then=Value(None)), default=until, output_field=DateField())
    )


def paid_renewal(policy: Policy) -> RenewalOffer | None:
    """The renewal that was accepted and paid while the new contract is on its way; None as in `with_renewed_until`."""
    renewed = with_renewed_until(Policy.objects.filter(pk=policy.pk)).first()
    if getattr(renewed, "renewed_until", None) is None:
        return None
    paid = policy.renewal_offers.filter(starts_on__gte=policy.ends_on, paid_on__isnull=False)
    return paid.order_by("-pk").first()


def renewal_of(policy: Policy, *, today: date) -> dict[str, Any]:
    """What a policy's page shows: the renewal paid, else the newest offer that is open; and whether it can be paid online."""
    paid, offer, attempt = paid_renewal(policy), None, None
    if paid is None:
        offers = policy.renewal_offers.unpaid().filter(valid_until__gte=today, starts_on__gte=policy.ends_on)
        offer = offers.order_by("-pk").first()
    if offer is not None:
        attempt = Payment.objects.unclear().filter(offer=offer).first()
    return {"paid_renewal": paid, "offer": offer, "attempt": attempt, "can_pay": can_pay_online()}
