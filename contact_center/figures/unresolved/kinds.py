"""Rule: why a contact counts as not resolved at first level."""

from contact_center.catalogue import Escalation
from contact_center.models import Contact

# Besides the reasons of an escalation (`Contact.Escalation`).
NOT_CODED, UNRESOLVED, REOPENED = "not_coded", "unresolved", "reopened"
REASONS = [*(reason.value for reason in Escalation if reason.value), NOT_CODED, UNRESOLVED, REOPENED]


def reason_of(*, level: int, escalation: str, outcome: str) -> str:
    """Why a handled contact that does not count as first level does not, by its level and codes."""
    if level == 2:
        return escalation
    if outcome == Contact.Outcome.NOT_CODED:
        return NOT_CODED
    return REOPENED if outcome == Contact.Outcome.RESOLVED else UNRESOLVED
