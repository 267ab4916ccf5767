"""The represented person of a complaint, as stated by whoever writes for them."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from complaints.models import Complaint, Representation
from foundation.text import clean_line

INTERESTED = Complaint.Proposer.INTERESTED


@dataclass(frozen=True, kw_only=True)
class Represented:
    """For whom somebody complains: name, tax code if known, and what they are to the one who writes."""

    name: str
    tax_code: str = ""
    relation: str = Representation.Relation.CLIENT


def enter_represented(
    complaint: Complaint, represented: Represented, *, mandate: tuple[UUID, date] | None = None
) -> Representation:
    """Write for whom the complaint is made; `mandate` is the key of its document and the day on which it came."""
    key, day = mandate or (None, None)
    return Representation.objects.create(
        complaint=complaint,
        name=clean_line(represented.name)[:200],
        tax_code=clean_line(represented.tax_code)[:16],
        relation=represented.relation,
        mandate_key=key,
        mandate_on=day,
    )


def lacks_mandate(complaint: Complaint) -> bool:
    """Whether somebody complains for another and no mandate has come. No article asks for a form of it: not verified."""
    known = getattr(complaint, "representation", None)
    return complaint.proposer_kind != INTERESTED and (known is None or not known.has_mandate)
