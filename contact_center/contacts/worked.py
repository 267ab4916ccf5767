"""Query: that somebody worked on a contact of a customer, which explains why they opened the file."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from contact_center.models import Contact, ContactEvent


def contacts_worked(since: datetime, until: datetime) -> Exists:
    """The condition on accesses: the person did something on a contact of the customer between the two moments, or has one."""
    did = ContactEvent.objects.filter(
        contact=OuterRef("pk"), by=OuterRef(OuterRef("user")), at__gte=since, at__lt=until
    )
    theirs = Contact.objects.filter(customer=OuterRef("customer")).filter(
        Q(Exists(did)) | Q(owner__user=OuterRef("user"), closed_at__isnull=True)
    )
    return Exists(theirs)
