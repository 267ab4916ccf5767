"""Commands: book a call-back, move it, call it off; and, for the agent who called in vain, write that down.

Whoever takes a place of an hour locks first the customer, then the hour: two people who want its last place get one
call-back and one refusal. The conversation is locked before its call-back.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from contact_center.agents.states import agent_of
from contact_center.call_backs.queries import line_hours
from contact_center.call_backs.slots import STILL_TAKEN, slots_from
from contact_center.contacts import kinds
from contact_center.contacts.commands import take
from contact_center.contacts.moves import locked, move_contact, note_event, save_with_event, thread_of
from contact_center.contacts.opening import team_in_turn
from contact_center.due.business_time import Stretch
from contact_center.models import CallBack, Contact, ContactEvent, Message, Topic
from customers.models import Customer, User
from foundation.dates import moment_in_full, written_moment
from foundation.refusals import Refused
from foundation.telephones import shown_number
from notifications.services import tell_customer

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
        subject=_subject(slot),
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
    _confirm(call_back, agreed, language=language)
    return Booked(call_back, is_new=True)


@transaction.atomic
def move_call_back(call_back: CallBack, *, starts_at: datetime, by: User, language: str = "") -> CallBack:
    """Agree another hour. To the hour that it has already: nothing changes.

    Refused once it has begun, was called off or made, and as `book_call_back` for an hour that is not free.
    """
    _lock_customer(call_back.customer)
    now = timezone.now()
    contact, call_back = _still_ahead(call_back, now)
    if call_back.starts_at == starts_at:
        return call_back
    slot = _take_place(call_back.customer, starts_at, now)
    call_back.starts_at, call_back.ends_at = slot
    call_back.save(update_fields=["starts_at", "ends_at"])
    if contact.state == State.WAITING:
        move_contact(contact, to=State.IN_PROGRESS if contact.owner_id else State.OPEN)
        note_event(contact, Kind.RESUMED, by=by)
    contact.subject = _subject(slot)
    agreed = save_with_event(contact, Kind.AGREED, by=by, call_at=slot.start.isoformat())
    _confirm(call_back, agreed, language=language, is_moved=True)
    return call_back


@transaction.atomic
def cancel_call_back(call_back: CallBack, *, by: User, language: str = "") -> CallBack:
    """Call it off and close its conversation, which counts in no figure: nobody was served. Again: nothing changes.

    Refused once it has begun, or was made.
    """
    now = timezone.now()
    if CallBack.objects.filter(pk=call_back.pk, cancelled_at__isnull=False).exists():
        return CallBack.objects.get(pk=call_back.pk)
    contact, call_back = _still_ahead(call_back, now)
    call_back.cancelled_at = now
    call_back.save(update_fields=["cancelled_at"])
    contact.outcome = Contact.Outcome.WITHDRAWN
    move_contact(contact, to=State.CLOSED)
    save_with_event(contact, Kind.CLOSED, by=by, outcome=contact.outcome, why="called_off")
    tell_customer(
        kinds.CALL_BACK_CANCELLED,
        once=f"call-back-cancelled:{call_back.pk}",
        words={"number": contact.number, "when": _when(call_back, language)},
        customer=call_back.customer,
        language=language,
        thread=thread_of(contact),
    )
    return call_back


@transaction.atomic
def record_no_answer(contact: Contact, *, by: User) -> CallBack:
    """Write down that nobody answered; what nobody has yet becomes the agent's. It stays open: it is tried again, or wrapped up.

    Refused for a contact without a call-back, and for one that is closed.
    """
    agent, contact = agent_of(by), locked(contact)
    call_back = CallBack.objects.booked().select_for_update().filter(contact=contact).first()
    if call_back is None or contact.state == State.CLOSED:
        raise Refused(_("%(number)s has no call-back to make.") % {"number": contact.number}, code="no_call_back")
    if contact.owner_id is None:
        contact = take(contact, by=by)
    call_back.tries += 1
    call_back.save(update_fields=["tries"])
    save_with_event(contact, Kind.TRIED, by=by, agent=agent.code, tries=call_back.tries)
    return call_back


# --- Locks and places -----------------------------------------------------------------------------------------------
def _lock_customer(customer: Customer) -> None:
    """One booking of a customer at a time."""
    Customer.objects.select_for_update(no_key=True).only("pk").get(pk=customer.pk)


def _take_place(customer: Customer, starts_at: datetime, now: datetime) -> Stretch:
    """The hour, with room in it until the transaction ends; Refused (about the field `slot`) where there is none."""
    calendar = line_hours(now)
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


# --- Words ----------------------------------------------------------------------------------------------------------
def _subject(slot: Stretch) -> str:
    """What the queue shows, in the language of the people who work on it."""
    with translation.override(settings.LANGUAGE_CODE):
        return _("Call back on %(when)s") % {"when": written_moment(slot.start, "il")}


def _when(call_back: CallBack, language: str) -> str:
    with translation.override(language or call_back.customer.language):
        return moment_in_full(call_back.starts_at)


def _confirm(call_back: CallBack, agreed: ContactEvent, *, language: str, is_moved: bool = False) -> None:
    """Owe the hour in writing, once for each time one was agreed."""
    with translation.override(language or call_back.customer.language):
        label = _("Change it or call it off")
    tell_customer(
        kinds.CALL_BACK_BOOKED,
        once=f"call-back-booked:{agreed.pk}",
        words={
            "number": call_back.contact.number,
            "when": _when(call_back, language),
            "until": timezone.localtime(call_back.ends_at).strftime("%H:%M"),
            "phone": shown_number(call_back.phone),
            "is_moved": is_moved,
            "action_url": settings.SITE_URL + reverse("portal_call_backs"),
            "action_label": label,
        },
        customer=call_back.customer,
        language=language,
        thread=thread_of(call_back.contact),
    )
