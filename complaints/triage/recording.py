"""Decisions on what is a complaint: how one is written, and which one holds."""

from datetime import date

from django.utils import timezone

from complaints.models import Complaint, ComplaintHint, Feedback, TriageDecision
from contact_center.contacts.priority import unmark_contacts
from contact_center.models import Contact
from customers.models import User


def record_decision(
    *,
    contact: Contact | None = None,
    feedback: Feedback | None = None,
    written_on: date,
    is_complaint: bool,
    reason: str = "",
    complaint: Complaint | None = None,
    by: User | None,
) -> TriageDecision:
    """Write a decision about what was written on a day in a contact, or about a feedback; earlier ones remain.

    The marks of the contact's messages up to now are dealt with by it: what is written later is marked again.
    """
    decision = TriageDecision.objects.create(
        contact=contact,
        feedback=feedback,
        written_on=written_on,
        is_complaint=is_complaint,
        reason=reason,
        complaint=complaint,
        by=by,
    )
    if contact is not None:
        ComplaintHint.objects.open().filter(contact=contact).update(decided_at=timezone.now())
        unmark_contacts([contact.pk], Contact.PriorityReason.COMPLAINT)
    return decision


def decision_on(*, contact: Contact | None = None, feedback: Feedback | None = None) -> TriageDecision | None:
    """The decision that holds about a contact or a feedback, the newest; None where nobody has decided."""
    known = (
        TriageDecision.objects.filter(contact=contact) if contact else TriageDecision.objects.filter(feedback=feedback)
    )
    return known.select_related("by", "complaint").order_by("-at", "-pk").first()
