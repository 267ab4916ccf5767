"""Command: write down a call that we made, with the telephone's facts and what came of it."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from contact_center.agents.states import agent_of
from contact_center.contacts.by_hand import Course, Entered, Stated, enter_contact
from contact_center.contacts.commands import link_customer, wrap_up
from contact_center.contacts.moves import locked, save_with_event
from contact_center.models import (
    Agent,
    CallBack,
    Contact,
    ContactEntry,
    ContactEvent,
    Message,
    OutgoingCall,
    Topic,
    WrapUpCode,
)
from customers.contact_points.queries import numbers_of
from customers.models import Customer, User
from foundation.refusals import Refused

LONGEST_TALK = 4 * 3600  # seconds; a longer call was mistyped
SAME_CALL = timedelta(minutes=15)  # between what a person remembers and what the telephones measured


@dataclass(frozen=True)
class Called:
    """A call as whoever made it reports it. `talk_seconds` is None where nobody knows."""

    number: str
    at: datetime
    reached: bool
    talk_seconds: int | None = None


def numbers_to_call(customer: Customer | None, contact: Contact | None = None) -> list[str]:
    """The numbers to choose from: the one that the contact is to be called back on or came from, then the customer's."""
    found = []
    if contact is not None:
        promised = CallBack.objects.filter(contact=contact).values_list("phone", flat=True)
        found += [*promised, contact.address if contact.channel == Contact.Channel.PHONE else ""]
    if customer is not None:
        found += numbers_of(customer)
    return [each for each in dict.fromkeys(found) if each.startswith("+")]


def same_call(agent: Agent, number: str, at: datetime, *, by_hand: bool) -> OutgoingCall | None:
    """The agent's one call to the number within SAME_CALL of that moment, locked; None of none, and of several: nobody knows which.

    `by_hand`: one that a person wrote down and the telephones have not reported; else one that the telephones reported and nobody
    has written about.
    """
    near = OutgoingCall.objects.filter(agent=agent, number=number, called_at__range=(at - SAME_CALL, at + SAME_CALL))
    near = near.filter(source="") if by_hand else near.exclude(source="").filter(contact__entry__isnull=True)
    found = list(near.select_for_update(of=("self",)).order_by("pk")[:2])
    return found[0] if len(found) == 1 else None


@transaction.atomic
def record_call(
    *,
    submission_key: uuid.UUID,
    called: Called,
    by: User,
    customer: Customer | None = None,
    about: Contact | None = None,
    code: WrapUpCode | None = None,
    topic: Topic | None = None,
    note: str = "",
) -> Entered:
    """Write down the call as a contact that we began, closed at once where there is a code; it goes on from the contact `about`.

    Where the telephones have reported it already (`same_call`), what is written is added to that contact: one call is one contact.
    The same `submission_key` again writes nothing more. Refused for a number that is not among those known, a length without
    an answer or of more than LONGEST_TALK, and as `enter_contact` refuses.
    """
    if called.number not in numbers_to_call(customer, about):
        raise Refused(
            _("Choose one of the known numbers; a new one is added to the file first."),
            code="number_unknown",
            field="number",
        )
    if called.talk_seconds is not None and (not called.reached or called.talk_seconds > LONGEST_TALK):
        raise Refused(
            _("Leave the length out where nobody answered; at most %(hours)d hours.")
            % {"hours": LONGEST_TALK // 3600},
            code="talk_impossible",
            field="talk_seconds",
        )
    agent = agent_of(by)
    text = note.strip() or (_("We called, and spoke.") if called.reached else _("We called, and nobody answered."))
    stated_name = about.stated_name if about is not None else ""
    reported = same_call(agent, called.number, called.at, by_hand=False)
    if reported is not None and reported.contact.customer_id in (None, customer.pk if customer is not None else None):
        entry = ContactEntry(
            submission_key=submission_key,
            name="" if customer is not None else stated_name,
            phone=called.number,
            entered_by=by,
        )
        return _add_to_reported(
            reported, entry, text=text, customer=customer, about=about, code=code, topic=topic, by=by
        )
    entered = enter_contact(
        submission_key=submission_key,
        channel=Contact.Channel.PHONE,
        direction=Contact.Direction.OUTBOUND,
        received_at=called.at,
        customer=customer,
        stated=Stated(name=stated_name, phone=called.number),
        subject="",
        text=text,
        topic=topic,
        continues=about,
        course=Course(code=code),
        by=by,
    )
    if entered.is_new:
        OutgoingCall.objects.create(
            contact=entered.contact,
            number=called.number,
            agent=agent,
            called_at=called.at,
            answered_at=None,
            reached=called.reached,
            talk_seconds=called.talk_seconds,
        )
    return entered


def _add_to_reported(
    call: OutgoingCall,
    entry: ContactEntry,
    *,
    text: str,
    customer: Customer | None,
    about: Contact | None,
    code: WrapUpCode | None,
    topic: Topic | None,
    by: User,
) -> Entered:
    """Add to the contact of a call that the telephones reported who it was with, from what it goes on, the note and the code."""
    contact = locked(call.contact)
    if customer is not None and contact.customer_id is None:
        contact = link_customer(contact, customer=customer, by=by)
    entry.contact = contact
    entry.save()
    Message.objects.create(
        contact=contact, direction=Message.Direction.NOTE, author=by, text=text, written_at=call.called_at
    )
    if about is not None and contact.continues_id is None:
        contact.continues = about
        save_with_event(contact, ContactEvent.Kind.JOINED, by=by, joined=about.number)
    if code is not None and contact.wrap_up_id is None:
        contact = wrap_up(contact, code=code, topic=topic, by=by)
    return Entered(contact, is_new=True)
