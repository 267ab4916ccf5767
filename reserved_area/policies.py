"""What the pages and the app's API show of policies."""

from datetime import date
from typing import Any, NamedTuple

from django.db.models import Case, IntegerField, Prefetch, Value, When

from customers.due import Due, cover_of, expiry_due, instalment_due, policy_has_grace, with_attempts
from customers.models import Claim, Customer, Instalment, Policy, PolicyAdherent
from customers.models.policy import PolicyQuerySet
from customers.payments.commands import ALIVE
from customers.payments.renewals import renewal_of, with_renewed_until
from customers.policy_states import suspensions_of
from customers.rami import ramo
from customers.requests import AboutCustomer
from reserved_area.life import life_of_policy
from reserved_area.offers import offered

ALIVE_STATES = (Policy.State.ACTIVE, Policy.State.SUSPENDED)
MOST_INSTALMENTS = 36
MOST_ADHERENTS = MOST_CLAIMS = 20


class ShownPolicy(NamedTuple):
    """A policy in a list: whether the customer holds it, how it covers them where not, and what is due next where so."""

    policy: Policy
    line_name: str
    is_mine: bool
    next_due: Due | None


def policies_of(request: AboutCustomer) -> PolicyQuerySet:
    """Every policy the customer holds or is covered by, those alive first, with what a row shows. Three queries."""
    return (
        with_renewed_until(Policy.objects.visible_to(request.user))
        .annotate(
            over=Case(When(state__in=ALIVE_STATES, then=Value(0)), default=Value(1), output_field=IntegerField()),
        )
        .prefetch_related(
            Prefetch("instalments", Instalment.objects.unpaid().order_by("due_on")),
            Prefetch("adherents", PolicyAdherent.objects.filter(customer=request.customer), to_attr="own_covers"),
        )
        .order_by("over", "-ends_on", "-pk")
    )


def shown_policy(policy: Policy, customer: Customer, *, today: date) -> ShownPolicy:
    """A row of `policies_of`."""
    is_mine = policy.holder_id == customer.pk
    unpaid = next(iter(policy.instalments.all()), None)
    is_due = is_mine and policy.state in ALIVE_STATES and unpaid is not None
    next_due = instalment_due(unpaid, today=today) if is_due and unpaid is not None else None
    return ShownPolicy(policy, str(ramo(policy.ramo).label), is_mine, next_due)


def facts_of_policy(request: AboutCustomer, policy: Policy, *, today: date) -> dict[str, Any]:
    """What is shown of one policy. Of somebody who is only covered: the contract, and nothing of the others or of payments."""
    is_mine = policy.holder_id == request.customer.pk
    payments = []
    if is_mine:
        instalments = with_attempts(Instalment.objects.filter(policy=policy))
        for each in instalments.order_by("-due_on")[:MOST_INSTALMENTS]:
            each.policy = policy
            payments.append((each, None if each.paid_on else instalment_due(each, today=today)))
    adherents = PolicyAdherent.objects.select_related("customer").filter(policy=policy).order_by("pk")
    if not is_mine:
        adherents = adherents.filter(customer=request.customer)
    claims = Claim.objects.visible_to(request.user).filter(policy=policy)
    return {
        "policy": policy,
        "line_name": ramo(policy.ramo).label,
        "is_mine": is_mine,
        "payments": payments,
        "has_unpaid": policy.state in ALIVE and any(due is not None for _each, due in payments),
        "adherents": adherents[:MOST_ADHERENTS],
        "has_more_adherents": is_mine and adherents[MOST_ADHERENTS : MOST_ADHERENTS + 1].exists(),
        "claims": claims[:MOST_CLAIMS],
        "expiry": expiry_due(policy, today=today) if policy.state == Policy.State.ACTIVE else None,
        "cover_until": cover_of(policy),
        "has_grace": policy_has_grace(policy),
        "suspensions": suspensions_of(policy),
        **(renewal_of(policy, today=today) if is_mine else {}),
        **(offered(request.customer, policy=policy) if is_mine else {}),
        **life_of_policy(request, policy),
    }
