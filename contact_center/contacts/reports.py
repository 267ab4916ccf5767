"""Command: put before the first level what the system noticed about a customer, so that a person looks at it."""

import uuid

from django.db import transaction
from django.utils import timezone

from contact_center.contacts.moves import note_event
from contact_center.contacts.opening import team_in_turn
from contact_center.due.targets import due_at
from contact_center.models import Contact, ContactEvent, Message
from customers.models import Customer


@transaction.atomic
def report_about(customer: Customer, *, subject: str, text: str, address: str, key: uuid.UUID) -> Contact:
    """Open a contact about the customer in the first level's queue, with the words as its first message.

    `address` is where an agent answers the person; `key` chooses the team in turn. The caller sees to it that it is called once.
    """
    now = timezone.now()
    contact = Contact.objects.create(
        channel=Contact.Channel.PORTAL,
        kind=Contact.Kind.REQUEST,
        customer=customer,
        address=address,
        subject=subject,
        team_id=team_in_turn(key),
        started_at=now,
        due_at=due_at(kind=Contact.Kind.REQUEST, level=1, since=now),
    )
    Message.objects.create(contact=contact, direction=Message.Direction.INBOUND, text=text, written_at=now)
    note_event(contact, ContactEvent.Kind.OPENED, by=None, channel=str(contact.channel))
    return contact
