"""Rule: whether an answer goes out only once a second person approved it."""

from datetime import date

from complaints.models import ApprovalRule, Complaint


def needs_approval(complaint: Complaint, *, outcome: str, on: date) -> bool:
    """Whether a rule of the day asks for a second person before an answer of this outcome goes out."""
    area, value = complaint.area, complaint.economic_value
    return any(rule.concerns(outcome=outcome, area=area, value=value) for rule in ApprovalRule.objects.valid(on))
