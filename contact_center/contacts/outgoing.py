"""Command: write down a call that we made, with the telephone's facts and what came of it."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from contact_center.agents.states import agent_of
from contact_center.contacts.by_hand import Course, Entered, Stated, enter_contact
from contact_center.models import CallBack, Contact, OutgoingCall, Topic, WrapUpCode
from customers.models import ContactPoint, Customer, User
from foundation.refusals import Refused

LONGEST_TALK = 4 * 3600  # seconds; a longer call was mistyped


@dataclass(frozen=True)
class Called:
    """A call as whoever made it reports it. `talk_seconds` is None where nobody knows."""

    number: str
    at: datetime
    reached: bool
    talk_seconds: int | None = None


def numbers_of(customer: Customer | None, contact: Contact | None = None) -> list[str]:
    """The numbers to call: the one that the contact came from or is to be called back on, then the customer's, verified first."""
    found = []
    if contact is not None:
        promised = CallBack.objects.filter(contact=contact).values_list("phone", flat=True)
        found += [*promised, contact.address if contact.channel == Contact.Channel.PHONE else ""]
    if customer is not None:
        points = ContactPoint.objects.filter(customer=customer, kind="phone").order_by("-verified_at", "pk")
        known = list(points.values_list("value", "verified_at"))
        found += [value for value, at in known if at is not None] + [value for value, at in known if at is None]
    return [each for each in dict.fromkeys(found) if each.startswith("+")]


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

    The same `submission_key` again writes nothing more. Refused for a number that is not among those known, a length without
    an answer or of more than LONGEST_TALK, and as `enter_contact` refuses.
    """
    if called.number not in numbers_of(customer, about):
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
    entered = enter_contact(
        submission_key=submission_key,
        channel=Contact.Channel.PHONE,
        direction=Contact.Direction.OUTBOUND,
        received_at=called.at,
        customer=customer,
        stated=Stated(name=about.stated_name if about is not None else "", phone=called.number),
        subject="",
        text=note.strip() or (_("We called, and spoke.") if called.reached else _("We called, and nobody answered.")),
        topic=topic,
        continues=about,
        course=Course(code=code),
        by=by,
    )
    if entered.is_new:
        OutgoingCall.objects.create(
            contact=entered.contact,
            number=called.number,
            agent=agent_of(by),
            called_at=called.at,
            answered_at=None,
            reached=called.reached,
            talk_seconds=called.talk_seconds,
        )
    return entered
