"""Query: that somebody worked on a complaint of a customer, which explains why they opened the file."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from complaints.models import Complaint, ComplaintEvent


def complaints_worked(since: datetime, until: datetime) -> Exists:
    """The condition on accesses: the person handles a complaint of the customer, or did something on one between the two."""
    did = ComplaintEvent.objects.filter(
        complaint=OuterRef("pk"), by=OuterRef(OuterRef("user")), at__gte=since, at__lt=until
    )
    theirs = Complaint.objects.filter(customer=OuterRef("customer"))
    return Exists(theirs.filter(Q(Exists(did)) | Q(handler=OuterRef("user"), answered_at__isnull=True)))
