"""Command and query: a person says how urgent an open contact is, and why. It stands in place of what follows from the rules."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from contact_center.models import Contact, ContactEvent
from customers.models import User
from foundation.refusals import Refused
from foundation.text import clean_text

from .moves import locked, save_with_event


@transaction.atomic
def set_priority(contact: Contact, *, to: int | None, why: str, by: User) -> Contact:
    """Raise or lower the priority (0 to 2), or leave it to the rules again with None; the same again changes nothing.

    Refused without a reason where one is set, for a level that does not exist, and for a contact that is closed: closing
    takes it away.
    """
    contact = locked(contact)
    if contact.state == Contact.State.CLOSED:
        raise Refused(_("%(number)s is closed: reopen it first.") % {"number": contact.number}, code="closed")
    if to is not None and to not in Contact.Priority.values:
        raise Refused(_("Choose one of the priorities."), code="no_such_priority", field="priority")
    if to == contact.priority_by_hand:
        return contact
    why = clean_text(why)
    if to is not None and not why:
        raise Refused(_("Say why: the next colleague reads it."), code="no_reason", field="why")
    before, contact.priority_by_hand = contact.priority, to
    save_with_event(contact, ContactEvent.Kind.PRIORITY, by=by, priority=to, before=before, why=why)
    return contact


def reasons_by_hand(contacts: Iterable[Contact]) -> dict[int, str]:
    """What the people wrote who set the priority of these contacts, by their ids. No query where nobody set any."""
    ids = [contact.pk for contact in contacts if contact.priority_by_hand is not None]
    if not ids:
        return {}
    events = ContactEvent.objects.filter(contact__in=ids, kind=ContactEvent.Kind.PRIORITY)
    newest = events.order_by("contact", "-at", "-pk").distinct("contact")
    return {contact: details.get("why", "") for contact, details in newest.values_list("contact", "details")}
