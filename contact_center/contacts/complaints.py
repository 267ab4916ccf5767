"""Commands: what an entry in the register of complaints means for a contact, and how one goes on as a request."""

from collections.abc import Iterable
from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from contact_center.due.targets import due_at
from contact_center.models import Contact, ContactEvent, Message
from customers.models import Customer, User
from foundation.files.accepted import CheckedFile

from .attachments import keep_attachments
from .moves import locked, note_event, save_with_event
from .opening import team_in_turn


@transaction.atomic
def record_complaint(contact: Contact, *, number: str, by: User | None, cancelled: bool = False) -> Contact:
    """Write that the contact became the complaint of this number, or that the entry was cancelled.

    The contact goes on as it is, as a new version: a person who has it open is warned of that.
    """
    contact = locked(contact)
    save_with_event(contact, ContactEvent.Kind.COMPLAINT, by=by, complaint=number, cancelled=cancelled)
    return contact


@transaction.atomic
def open_from_complaint(
    *,
    number: str,
    channel: str,
    customer: Customer | None,
    address: str,
    subject: str,
    text: str,
    written_at: datetime,
    files: Iterable[CheckedFile] = (),
    by: User,
) -> Contact:
    """Put what was entered as complaint `number`, and was a request, where it is answered: with its own day, and its files.

    The time for the answer counts from that day. Nobody is informed here: the complaints office writes of it.
    """
    contact = Contact.objects.create(
        channel=channel,
        kind=Contact.Kind.REQUEST,
        customer=customer,
        address=address,
        subject=subject,
        team_id=team_in_turn(uuid4()),
        started_at=written_at,
        due_at=due_at(kind=Contact.Kind.REQUEST, level=1, since=written_at),
    )
    message = Message.objects.create(
        contact=contact, direction=Message.Direction.INBOUND, text=text, written_at=written_at
    )
    note = _("It was entered in the register of complaints as %(number)s, and is a request.") % {"number": number}
    Message.objects.create(contact=contact, direction=Message.Direction.NOTE, author=by, text=note)
    note_event(contact, ContactEvent.Kind.OPENED, by=by, channel=str(channel))
    keep_attachments(message, files)
    return contact
