"""What a customer can have done about a policy, a claim or their own data, for the pages that offer it."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone

from customers.models import Claim, Customer, Policy
from customers.models.operation import OperationKind
from customers.operations.kinds import Kind, Offer, offers_about
from customers.operations.subjects import Subject, subject_of


@dataclass(frozen=True)
class Shown:
    """An offer with the address of its page: the form, or the operation that is waiting."""

    offer: Offer
    url: str


def offered(customer: Customer, *, policy: Policy | None = None, claim: Claim | None = None) -> dict[str, Any]:
    """The context of templates/reserved_area/parts/operations.html; nothing is offered about what is not theirs."""
    subject = subject_of(customer, policy=policy, claim=claim, today=timezone.localdate())
    if not subject.belongs_to(customer):
        return {"offers": []}
    found = [
        offer for offer in offers_about(subject) if offer.kind.code != OperationKind.LANGUAGE
    ]  # two buttons do it
    return {"offers": [Shown(offer, _url_of(offer, subject)) for offer in found]}


def _url_of(offer: Offer, subject: Subject) -> str:
    if offer.waiting is not None:
        return reverse("portal_operation", args=[offer.waiting.pk])
    return form_url(offer.kind, subject)


def form_url(kind: Kind, subject: Subject) -> str:
    """The address of the form of a kind about the subject."""
    if subject.claim is not None:
        return reverse("portal_claim_operation", args=[subject.claim.pk, kind.code.value])
    if subject.policy is not None:
        return reverse("portal_policy_operation", args=[subject.policy.pk, kind.code.value])
    return reverse("portal_own_operation", args=[kind.code.value])
