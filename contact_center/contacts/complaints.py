"""Command: write in a contact's history that it was entered in the register of complaints."""

from django.db import transaction

from contact_center.models import Contact, ContactEvent
from customers.models import User

from .moves import locked, save_with_event


@transaction.atomic
def record_complaint(contact: Contact, *, number: str, by: User | None, cancelled: bool = False) -> Contact:
    """Write that the contact became the complaint of this number, or that the entry was cancelled.

    The contact goes on as it is, as a new version: a person who has it open is warned of that.
    """
    contact = locked(contact)
    save_with_event(contact, ContactEvent.Kind.COMPLAINT, by=by, complaint=number, cancelled=cancelled)
    return contact
