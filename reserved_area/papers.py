"""The documents on the pages of policies and claims; the room itself is `reserved_area.documents`."""

from typing import Any

from django.urls import reverse

from customers.models import Claim, Document, Policy
from customers.requests import AboutCustomer

MOST_OF_ONE = 30  # documents on the page of a policy or a claim; the room has the rest


def documents_of_policy(request: AboutCustomer, policy: Policy) -> dict[str, Any]:
    """What parts/documents.html shows on a policy's page. One query, or two for somebody whom the policy only covers."""
    rows = Document.objects.visible_to(request.user).current().filter(policy=policy)
    documents = list(rows[: MOST_OF_ONE + 1])
    return {
        "documents": documents[:MOST_OF_ONE],
        "has_more_documents": len(documents) > MOST_OF_ONE,
        "policys_documents_url": f"{reverse('portal_documents')}?polizza={policy.pk}",
    }


def documents_of_claim(request: AboutCustomer, claim: Claim) -> dict[str, Any]:
    """What parts/documents.html shows on a claim's page: one's own papers about it. One query or two."""
    rows = Document.objects.visible_to(request.user).current().filter(claim=claim)
    return {"documents": list(rows[:MOST_OF_ONE])}
