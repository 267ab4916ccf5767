"""What a page shows where an agent says which customer somebody is: those that a search finds, and those that are likely."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from contact_center.contacts.candidates import Candidate
from customers.models import Customer
from customers.search import search_customers
from customers.sensitive.restricted import closed_to
from foundation.office.closed import RESTRICTED
from foundation.requests import StaffRequest
from foundation.text import search_words


@dataclass(frozen=True)
class Choosing:
    """What the page says: on its buttons, above the candidates, and where there are none."""

    press: Any
    suggested: Any
    none: Any


def customers_to_choose(request: StaffRequest, candidates: Sequence[Candidate], words: Choosing) -> dict[str, Any]:
    """The context of templates/office/choose_customer.html: its words, what was searched for and found, the candidates, and which of them the reader has to open first."""
    searched = search_words(request.GET.get("q", ""))
    everybody = Customer.objects.visible_to(request.user).select_related("agency")
    found = search_customers(everybody, searched, limit=10, reader=request.user) if searched else []
    asked = [*(each.pk for each in found), *(each.customer.pk for each in candidates)]
    return {
        "choosing": words,
        "searched": searched,
        "found": found,
        "candidates": candidates,
        "closed": closed_to(request.user, asked),
        "restricted": RESTRICTED,
    }
