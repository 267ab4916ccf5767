"""Commands of a customer: book a call-back, move it, call it off. Those of agents: `agreeing`, `making`.

Whoever takes a place of an hour locks first the customer, then the hour: two people who want its last place get one
call-back and one refusal. The conversation is locked before its call-back.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contact_center.call_backs.hours import confirm, confirm_cancelled, end, name_hour, set_hour, subject_of
from contact_center.call_backs.queries import line_hours
from contact_center.call_backs.slots import STILL_TAKEN, slots_from
from contact_center.contacts.moves import move_contact, note_event
from contact_center.contacts.opening import team_in_turn
from contact_center.due.business_time import Stretch
from contact_center.models import CallBack, Contact, ContactEvent, Message, Topic
from customers.models import Customer, User
from foundation.refusals import Refused

MOST_BOOKED = 3  # call-backs that one customer may have ahead of them
SPACE = 0x56_43_42  # sets our numbers apart from those of other advisory locks

Kind, State = ContactEvent.Kind, Contact.State


@dataclass(frozen=True)
class Booked:
    """A call-back as it was booked, and whether this call did it."""

    call_back: CallBack
    is_new: bool


@transaction.atomic
def book_call_back(
    *,
    customer: Customer,
    starts_at: datetime,
    phone: str,
    submission_key: uuid.UUID,
    by: User | None,
    topic: Topic | None = None,
    text: str = "",
    language: str = "",
    channel: str = Contact.Channel.PORTAL,
) -> Booked:
    """Take a place of the hour, put the call into the first level's queue as due at that hour, and confirm it to the customer.

    The same `submission_key` again books nothing. `phone` is in E.164; `by` is nobody for who holds a secret link of ours. Refused for an hour that is not on offer or is
    full, where the customer has one at that hour already, or has MOST_BOOKED ahead.
    """
    _lock_customer(customer)
    if (before := CallBack.objects.filter(submission_key=submission_key).first()) is not None:
        return Booked(before, is_new=False)
    now = timezone.now()
    if CallBack.objects.to_make().filter(customer=customer, starts_at__gt=now).count() >= MOST_BOOKED:
        raise Refused(
            _("You have %(most)d call-backs ahead of you: move one of them, or call it off.") % {"most": MOST_BOOKED},
            code="many_call_backs",
        )
    slot = _take_place(customer, starts_at, now)
    contact = Contact.objects.create(
        channel=channel,
        kind=Contact.Kind.REQUEST,
        customer=customer,
        address=phone,
        subject=subject_of(slot),
        topic=topic,
        team_id=team_in_turn(submission_key),
        started_at=now,
        due_at=slot.start,
    )
    call_back = CallBack.objects.create(
        submission_key=submission_key,
        contact=contact,
        customer=customer,
        phone=phone,
        starts_at=slot.start,
        ends_at=slot.end,
        booked_at=now,
    )
    Message.objects.create(
        contact=contact,
        direction=Message.Direction.INBOUND,
        text=text or _("Please call me back: I will say on the telephone what it is about."),
        written_at=now,
    )
    note_event(contact, Kind.OPENED, by=by, channel=str(contact.channel))
    agreed = note_event(contact, Kind.AGREED, by=by, call_at=slot.start.isoformat())
    confirm(call_back, agreed, language=language)
    return Booked(call_back, is_new=True)


@transaction.atomic
def move_call_back(call_back: CallBack, *, starts_at: datetime, by: User, language: str = "") -> CallBack:
    """Agree another hour. To the hour that it has already: nothing changes.

    Refused once it has begun, was called off or made, and as `book_call_back` for an hour that is not free.
    """
    customer = call_back.customer
    assert customer is not None, "a customer moves their own"
    _lock_customer(customer)
    now = timezone.now()
    contact, call_back = _still_ahead(call_back, now)
    if call_back.starts_at == starts_at:
        return call_back
    set_hour(call_back, _take_place(customer, starts_at, now, line_id=contact.line_id))
    if contact.state == State.WAITING:
        move_contact(contact, to=State.IN_PROGRESS if contact.owner_id else State.OPEN)
        note_event(contact, Kind.RESUMED, by=by)
    agreed = name_hour(contact, call_back, by=by)
    confirm(call_back, agreed, language=language, is_moved=True)
    return call_back


@transaction.atomic
def cancel_call_back(call_back: CallBack, *, by: User, language: str = "") -> CallBack:
    """Call it off, with its conversation where that is about nothing else (`hours.end`). Again: nothing changes.

    Refused once it has begun, or was made.
    """
    now = timezone.now()
    if CallBack.objects.filter(pk=call_back.pk, cancelled_at__isnull=False).exists():
        return CallBack.objects.get(pk=call_back.pk)
    contact, call_back = _still_ahead(call_back, now)
    end(contact, call_back, by=by, at=now)
    confirm_cancelled(call_back, language=language)
    return call_back


# --- Locks and places -----------------------------------------------------------------------------------------------
def _lock_customer(customer: Customer) -> None:
    """One booking of a customer at a time."""
    Customer.objects.select_for_update(no_key=True).only("pk").get(pk=customer.pk)


def _take_place(customer: Customer, starts_at: datetime, now: datetime, *, line_id: int | None = None) -> Stretch:
    """The hour, with room in it until the transaction ends; Refused (about the field `slot`) where there is none."""
    calendar = line_hours(now, line_id)
    offered = slots_from(now, calendar, ahead=STILL_TAKEN) if calendar else []
    slot = next((each for each in offered if each.start == starts_at), None)
    if slot is None:
        raise Refused(_("This hour is not on offer any more: choose another."), code="hour_not_on_offer", field="slot")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [SPACE, int(slot.start.timestamp()) // 60])
    booked = list(CallBack.objects.booked().filter(starts_at=slot.start).values_list("customer_id", flat=True))
    if customer.pk in booked:
        raise Refused(_("You have a call-back at this hour already."), code="hour_yours_already", field="slot")
    if len(booked) >= settings.CALL_BACKS_PER_SLOT:
        raise Refused(_("This hour has just become full: choose another."), code="hour_full", field="slot")
    return slot


def _still_ahead(call_back: CallBack, now: datetime) -> tuple[Contact, CallBack]:
    """The conversation and the call-back, locked; Refused where it can no longer be changed."""
    contact = Contact.objects.select_for_update().get(call_back=call_back)
    call_back = CallBack.objects.select_for_update().select_related(None).get(pk=call_back.pk)
    if call_back.cancelled_at is not None or contact.state == State.CLOSED:
        raise Refused(_("This call-back is over: book another."), code="call_back_over")
    if call_back.starts_at <= now:
        raise Refused(_("Its hour has come: we are about to call you."), code="call_back_begun")
    return contact, call_back
