"""Query: what the complainant stated, found among what we know: a policy, a claim, a plate, an agency, a tax code.

A suggestion for whoever classifies; nothing is linked by itself, because anybody may state anything.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from complaints.models import Complaint, Intermediary
from customers.models import Agency, Claim, Customer, Policy
from foundation.text import fold

MOST = 3  # suggestions for one field


@dataclass(frozen=True)
class Suggestion:
    """A row that one field of the classification may be about, and the words that name it."""

    field: str
    row: Customer | Policy | Claim | Agency | Intermediary
    words: str

    @property
    def key(self) -> str:
        """How a form names it: policy:17."""
        return f"{self.field}:{self.row.pk}"

    @property
    def changes(self) -> dict[str, Any]:
        """What classifying by it would write."""
        return {self.field: self.row}


def suggestions_for(complaint: Complaint) -> list[Suggestion]:
    """Rows that match what was stated and is not linked yet, at most three a field, in the order of linking."""
    found: list[Suggestion] = []
    if complaint.tax_code and complaint.customer_id is None:
        for customer in Customer.objects.filter(tax_code=complaint.tax_code)[:MOST]:
            found.append(Suggestion("customer", customer, _("Customer %(name)s") % {"name": customer}))
    if reference := complaint.reference.strip():
        found += _by_reference(complaint, reference)
    if complaint.intermediary_stated and complaint.agency_id is None and complaint.intermediary_row_id is None:
        found += [
            Suggestion("agency", agency, ", ".join(filter(None, [str(agency), agency.city])))
            for agency in _agencies_named(complaint.intermediary_stated)
        ]
        found += [
            Suggestion("intermediary_row", row, f"{row} ({row.get_kind_display()})")  # type: ignore[attr-defined]
            for row in _others_named(complaint.intermediary_stated)
        ]
    return found


def _by_reference(complaint: Complaint, reference: str) -> list[Suggestion]:
    found = []
    if complaint.policy_id is None:
        plate = reference.replace(" ", "").replace("-", "").upper()
        policies = Policy.objects.select_related("holder")
        known = list(policies.filter(number=reference)[:MOST])
        known += policies.filter(plate=plate).order_by("-ends_on", "-pk")[:MOST] if not known else []
        for policy in known:
            words = _("Policy %(number)s of %(name)s") % {"number": policy.number, "name": policy.holder}
            found.append(Suggestion("policy", policy, words))
    if complaint.claim_id is None:
        for claim in Claim.objects.filter(number=reference)[:MOST]:
            found.append(Suggestion("claim", claim, _("Claim %(number)s") % {"number": claim.number}))
    return found


def _agencies_named(stated: str) -> list[Agency]:
    """Agencies whose name, without the word for agency, is in what was stated; a table of some hundred, read whole."""
    stated_words = set(fold(stated).split())
    named = []
    for agency in Agency.objects.filter(is_active=True).order_by("name", "code"):
        words = set(fold(agency.name).split()) - {"agenzia", "agency", "di"}
        if words and words <= stated_words:
            named.append(agency)
    return named[:MOST]


def _others_named(stated: str) -> list[Intermediary]:
    """Brokers, banks and others whose name is in what was stated; a table of some hundred, read whole."""
    stated_words = set(fold(stated).split())
    rows = Intermediary.objects.filter(is_active=True, agency__isnull=True).order_by("name", "pk")
    return [row for row in rows if (words := set(fold(row.name).split())) and words <= stated_words][:MOST]
