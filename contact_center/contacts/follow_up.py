"""Command: say on which day an open contact is to be taken up again. It is in a tab of the queue from that day on."""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contact_center.models import Contact, ContactEvent
from customers.models import User
from foundation.refusals import Refused

from .moves import locked, save_with_event

FURTHEST = timedelta(days=366)


@transaction.atomic
def follow_up(contact: Contact, *, on: date | None, by: User) -> Contact:
    """Set the day, or take it away with None; the same again changes nothing.

    Refused for a day that is over or more than a year away, and for a contact that is closed: closing takes the day away.
    """
    contact = locked(contact)
    if contact.state == Contact.State.CLOSED:
        raise Refused(_("%(number)s is closed: reopen it first.") % {"number": contact.number}, code="closed")
    if on == contact.follow_up_on:
        return contact
    today = timezone.localdate()
    if on is not None and on < today:
        raise Refused(_("This day is over: choose today or a later one."), code="day_is_over", field="day")
    if on is not None and on > today + FURTHEST:
        raise Refused(_("Choose a day within a year."), code="day_too_far", field="day")
    contact.follow_up_on = on
    save_with_event(contact, ContactEvent.Kind.FOLLOW_UP, by=by, day=on.isoformat() if on else "")
    return contact
