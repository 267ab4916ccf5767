"""Command: enter a contact that neither a form nor the telephones brought: a letter, a visit, a mail read elsewhere, a call of ours.

From then on it is a contact like any other. Its clock runs from the moment it reached us, which is not the moment somebody
found the time to enter it; one that we began counts in no figure (`Contact.direction`).
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from contact_center.contacts import kinds
from contact_center.contacts.attachments import keep_attachments
from contact_center.due.targets import due_at
from contact_center.models import Agent, Contact, ContactEntry, ContactEvent, Message, Team, Topic, WrapUpCode
from contact_center.models.contact import SPOKEN
from customers.access import record_access
from customers.models import Customer, User
from foundation.dates import moment_in_full
from foundation.files.accepted import CheckedFile
from foundation.refusals import Refused
from notifications.services import email_of, is_enrolled, tell_customer

from .commands import agent_of, escalate, take, wrap_up
from .moves import note_event, thread_of

OLDEST = timedelta(days=365)  # what is older is history, and comes in by `import_contacts`
REQUEST_PAGE = "portal_request"
Channel, Direction = Contact.Channel, Contact.Direction
# How a contact may be entered. A call that comes in is recorded by the telephones; nobody visits a customer.
ENTERED = {
    (Channel.POST, Direction.INBOUND),
    (Channel.VISIT, Direction.INBOUND),
    (Channel.EMAIL, Direction.INBOUND),
    (Channel.PHONE, Direction.OUTBOUND),
    (Channel.POST, Direction.OUTBOUND),
    (Channel.EMAIL, Direction.OUTBOUND),
}


@dataclass(frozen=True)
class Stated:
    """What somebody says of themselves; `email` and `phone` are where it came from, or the number that was called."""

    name: str = ""
    email: str = ""
    phone: str = ""
    postal_address: str = ""
    place: str = ""

    def address(self, channel: str) -> str:
        """Where the contact came from, as `Contact.address` keeps it."""
        return self.phone if channel == Channel.PHONE else self.email or self.phone


@dataclass(frozen=True)
class Course:
    """Where an entered contact goes: to whoever enters it (no team), or to a team, for which the second level wants a reason.

    With a `code` it is wrapped up at once.
    """

    team: Team | None = None
    reason: str = ""
    code: WrapUpCode | None = None


@dataclass(frozen=True)
class Entered:
    """A contact as it was entered, and whether this call did it."""

    contact: Contact
    is_new: bool


def enter_contact(
    *,
    submission_key: uuid.UUID,
    channel: str,
    direction: str,
    received_at: datetime,
    subject: str,
    text: str,
    course: Course,
    by: User,
    customer: Customer | None = None,
    stated: Stated = Stated(),
    topic: Topic | None = None,
    files: Iterable[CheckedFile] = (),
    continues: Contact | None = None,
    acknowledge: bool = False,
) -> Entered:
    """Write down a contact with its text and files, put it where it goes, and wrap it up if it is settled.

    The same `submission_key` again enters nothing and returns what it entered. `acknowledge` owes a known customer the number
    and the day; nothing is written to an address that a letter states. That a customer's file was opened is written down.

    Refused for a way in which nothing is entered by hand, a moment to come or longer ago than OLDEST, without a customer or a
    name, for a contact that goes on from somebody else's, for an acknowledgement that could not go to an address of the
    customer's, for words that differ from those that the key entered before; and as `take`, `escalate` and `wrap_up` refuse.
    """
    _check(channel, direction, received_at, customer, stated, continues, is_acknowledged=acknowledge)
    if (before := _entered_before(submission_key)) is not None:
        return _the_same(before, channel=channel, text=text)
    try:
        with transaction.atomic():
            if customer is not None:
                record_access(by, customer.pk, what="contact entered")
            contact = _write(
                channel, direction, received_at, subject, topic, customer, stated, continues, course=course, by=by
            )
            ContactEntry.objects.create(
                contact=contact,
                submission_key=submission_key,
                name="" if customer is not None else stated.name,
                phone=stated.phone,
                postal_address=stated.postal_address,
                place=stated.place,
                entered_by=by,
            )
            message = Message.objects.create(
                contact=contact,
                direction=_of_message(contact),
                author=None if contact.began_in_writing else by,
                text=text,
                written_at=received_at,
            )
            note_event(
                contact, ContactEvent.Kind.OPENED, by=by, channel=str(channel), received_at=received_at.isoformat()
            )
            contact = _send_on(contact, course, topic, by)
            if acknowledge and customer is not None:
                _acknowledge(contact, customer)
            keep_attachments(message, files)
    except IntegrityError:
        # The same page at the same moment: nothing of this one was kept, and the first is found.
        if (before := _entered_before(submission_key)) is None:
            raise
        return _the_same(before, channel=channel, text=text)
    return Entered(contact, is_new=True)


def can_be_acknowledged(customer: Customer | None, direction: str) -> bool:
    """Whether an acknowledgement would go to an e-mail address or a reserved area that is the customer's."""
    inbound = direction == Direction.INBOUND
    return inbound and customer is not None and (bool(email_of(customer)) or is_enrolled(customer))


def _check(
    channel: str,
    direction: str,
    received_at: datetime,
    customer: Customer | None,
    stated: Stated,
    continues: Contact | None,
    *,
    is_acknowledged: bool,
) -> None:
    now = timezone.now()
    if (channel, direction) not in ENTERED:
        raise Refused(_("A contact of this kind is not entered by hand."), code="not_by_hand", field="how")
    if received_at > now:
        raise Refused(_("That moment is still to come."), code="in_the_future", field="received_on")
    if received_at < now - OLDEST:
        raise Refused(
            _("That was more than %(days)d days ago: what is older comes in with the history of an earlier system.")
            % {"days": OLDEST.days},
            code="too_long_ago",
            field="received_on",
        )
    if customer is None and not stated.name:
        raise Refused(_("Say who it was: a customer, or a name as stated."), code="nobody", field="name")
    if continues is not None and None not in (customer, continues.customer) and continues.customer != customer:
        raise Refused(
            _("%(number)s was with somebody else.") % {"number": continues.number},
            code="of_somebody_else",
            field="continues",
        )
    if is_acknowledged and not can_be_acknowledged(customer, direction):
        raise Refused(
            _("No address of a known customer is there for an acknowledgement: leave it out."),
            code="no_known_address",
            field="acknowledge",
        )


def _entered_before(submission_key: uuid.UUID) -> ContactEntry | None:
    return ContactEntry.objects.select_related("contact").filter(submission_key=submission_key).first()


def _the_same(entry: ContactEntry, *, channel: str, text: str) -> Entered:
    """What the key entered before; Refused where this time other words were sent with it."""
    contact = entry.contact
    if contact.channel != channel or not contact.messages.filter(text=text).exists():
        raise Refused(
            _("This page has entered %(number)s already. To enter another contact, open the page again.")
            % {"number": contact.number},
            code="entered_already",
        )
    return Entered(contact, is_new=False)


def _write(
    channel: str,
    direction: str,
    received_at: datetime,
    subject: str,
    topic: Topic | None,
    customer: Customer | None,
    stated: Stated,
    continues: Contact | None,
    *,
    course: Course,
    by: User,
) -> Contact:
    team = course.team if course.team is not None and course.team.level == 1 else None
    return Contact.objects.create(
        channel=channel,
        direction=direction,
        kind=Contact.Kind.REQUEST,
        customer=customer,
        address=stated.address(channel),
        subject=subject or (topic.name if topic else ""),
        topic=topic,
        agent=Agent.objects.of_user(by) if course.code is not None else None,
        team=team,
        continues=continues,
        started_at=received_at,
        due_at=due_at(kind=Contact.Kind.REQUEST, level=1, since=received_at),
    )


def _of_message(contact: Contact) -> str:
    """Whose words the text is: what was said at an office or in a call of ours is a note about it, as with any call."""
    if contact.channel in SPOKEN:
        return Message.Direction.NOTE
    return Message.Direction.INBOUND if contact.began_in_writing else Message.Direction.OUTBOUND


def _send_on(contact: Contact, course: Course, topic: Topic | None, by: User) -> Contact:
    """Put it where it goes: to the person who enters it, to a team, to the second level; and wrap it up."""
    if course.team is None:
        agent_of(by)
        contact = take(contact, by=by)
    elif course.team.level == 2:
        contact = escalate(contact, team=course.team, reason=course.reason, by=by)
    return wrap_up(contact, code=course.code, topic=topic, by=by) if course.code is not None else contact


def _acknowledge(contact: Contact, customer: Customer) -> None:
    """Owe the customer the number and the day, and the page to follow it on where they have a reserved area."""
    words: dict[str, Any] = {
        "number": contact.number,
        "subject": contact.subject,
        "name": customer.letter_name,
        "received_on": timezone.localdate(contact.started_at),
    }
    with translation.override(customer.language):
        words["due_at"] = moment_in_full(contact.due_at) if contact.state != Contact.State.CLOSED else ""
        if is_enrolled(customer):
            words["action_url"] = settings.SITE_URL + reverse(REQUEST_PAGE, args=[contact.pk])
            words["action_label"] = _("Follow your request")
    tell_customer(
        kinds.CONTACT_ENTERED,
        once=f"contact-entered:{contact.pk}",
        words=words,
        customer=customer,
        language=customer.language,
        thread=thread_of(contact),
    )
