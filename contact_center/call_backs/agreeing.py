"""Commands of an agent who agrees on a call-back: about a contact in hand, or with a customer; at another hour, or no more.

A call-back is the agent's own, or their team's. The conversation is locked before its call-back.
"""

import uuid
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contact_center.agents.states import agent_of
from contact_center.call_backs.hours import confirm, confirm_cancelled, end, name_hour, set_hour, subject_of
from contact_center.call_backs.queries import line_hours
from contact_center.call_backs.slots import FURTHEST, agreed_hour, hours_on, is_on_the_quarter
from contact_center.contacts.commands import add_note
from contact_center.contacts.moves import locked, move_contact, note_event
from contact_center.contacts.opening import team_in_turn
from contact_center.due.business_time import Stretch
from contact_center.models import Agent, CallBack, Contact, ContactEvent, TollFreeLine, Topic
from customers.access import record_access
from customers.models import Customer, User
from foundation.dates import written_day
from foundation.refusals import Refused

Kind, State = ContactEvent.Kind, Contact.State


@transaction.atomic
def agree_call_back(
    contact: Contact, *, starts_at: datetime, phone: str, by: User, to_team: bool = False, note: str = ""
) -> CallBack:
    """Agree that we call the person of the contact back: it is due at that hour, with the agent or, `to_team`, with their team.

    `phone` is in E.164; `note` is for colleagues. The hour is confirmed to a customer whom we know. Refused for a closed
    contact, one that somebody else has, one that has a call-back to make; for an hour that is past, too far, not on the quarter,
    or at which the service is closed; without a number, or for a number of ours; at an hour at which the customer has one already.
    """
    agent, contact = agent_of(by), locked(contact)
    if contact.state == State.CLOSED:
        raise Refused(_("%(number)s is closed: reopen it first.") % {"number": contact.number}, code="closed")
    if contact.owner_id not in (None, agent.pk):
        raise Refused(_("%(name)s has taken it already.") % {"name": contact.owner}, code="taken_already")
    before = CallBack.objects.select_for_update().filter(contact=contact).first()
    if before is not None and before.cancelled_at is None:
        raise Refused(
            _("%(number)s has a call-back already: change its hour instead.") % {"number": contact.number},
            code="has_a_call_back",
        )
    slot = _checked_hour(starts_at, line_id=contact.line_id)
    _check_number(phone)
    if before is None:
        call_back = CallBack(
            submission_key=uuid.uuid4(),
            contact=contact,
            customer=contact.customer,
            source=CallBack.Source.AGENT,
            phone=phone,
            booked_at=timezone.now(),
        )
    else:  # it was called off, and is agreed once more
        call_back = before
        call_back.phone, call_back.tries, call_back.cancelled_at = phone, 0, None
    _save(call_back, slot)
    _give(contact, None if to_team else agent, team_of=agent, by=by)
    return _agreed(contact, call_back, by=by, note=note)


@transaction.atomic
def promise_call_back(
    *,
    customer: Customer,
    starts_at: datetime,
    phone: str,
    submission_key: uuid.UUID,
    by: User,
    to_team: bool = False,
    topic: Topic | None = None,
    note: str = "",
) -> CallBack:
    """Agree with a customer, from their file, that we call them: a contact that we begin, which counts in no figure.

    The same `submission_key` again agrees on nothing. Refused as `agree_call_back` for the hour and the number.
    """
    agent = agent_of(by)
    if (earlier := CallBack.objects.filter(submission_key=submission_key).first()) is not None:
        return earlier
    slot = _checked_hour(starts_at)
    _check_number(phone)
    record_access(by, customer.pk, what="call-back")
    now = timezone.now()
    contact = Contact.objects.create(
        channel=Contact.Channel.PHONE,
        direction=Contact.Direction.OUTBOUND,
        kind=Contact.Kind.REQUEST,
        customer=customer,
        address=phone,
        subject=subject_of(slot),
        topic=topic,
        team_id=agent.team_id or team_in_turn(submission_key),
        started_at=now,
        due_at=slot.start,
    )
    note_event(contact, Kind.OPENED, by=by, channel=str(contact.channel))
    call_back = CallBack(
        submission_key=submission_key,
        contact=contact,
        customer=customer,
        source=CallBack.Source.AGENT,
        phone=phone,
        booked_at=now,
    )
    _save(call_back, slot)
    _give(contact, None if to_team else agent, team_of=agent, by=by)
    return _agreed(contact, call_back, by=by, note=note)


@transaction.atomic
def change_call_back(contact: Contact, *, starts_at: datetime, by: User, to: Agent | None) -> CallBack:
    """Agree another hour, or give the call-back to somebody else: `to` an agent, or to the team for None.

    Its tries begin again at another hour, which is confirmed to a customer whom we know; the same hour is not. Refused where none is to be
    made, for an agent who has left, and for the hour as `agree_call_back`; an hour that it has already may be past.
    """
    agent, contact = agent_of(by), locked(contact)
    call_back = to_make(contact)
    if to is not None and (not to.is_active or to.user_id is None):
        raise Refused(_("%(name)s does not answer any more.") % {"name": to}, code="agent_not_active", field="agent")
    is_moved = starts_at != call_back.starts_at
    if is_moved:
        call_back.tries = 0
        _save(call_back, _checked_hour(starts_at, line_id=contact.line_id))
    else:
        set_hour(call_back, Stretch(call_back.starts_at, call_back.ends_at))
    _give(contact, to, team_of=agent, by=by)
    agreed = name_hour(contact, call_back, by=by)
    if is_moved:
        confirm(call_back, agreed, is_moved=True)
    return call_back


@transaction.atomic
def call_off(contact: Contact, *, by: User) -> CallBack:
    """Nobody calls any more: the customer is written to. A contact that is about nothing else is closed (`hours.end`).

    Refused where none is to be made.
    """
    agent_of(by)
    contact = locked(contact)
    call_back = to_make(contact)
    end(contact, call_back, by=by, at=timezone.now())
    confirm_cancelled(call_back)
    return call_back


def to_make(contact: Contact) -> CallBack:
    """The call-back of a locked contact, locked; Refused where none is to be made."""
    call_back = CallBack.objects.booked().select_for_update().filter(contact=contact).first()
    if call_back is None or contact.state == State.CLOSED:
        raise Refused(_("%(number)s has no call-back to make.") % {"number": contact.number}, code="no_call_back")
    return call_back


# --- What is checked ------------------------------------------------------------------------------------------------
def _checked_hour(starts_at: datetime, *, line_id: int | None = None) -> Stretch:
    """The hour; Refused, with the opening hours of that day, where nobody of the line calls then."""
    now = timezone.now()
    calendar = line_hours(now, line_id)
    day = timezone.localdate(starts_at)
    if starts_at <= now:
        raise Refused(_("That hour is past: choose a later one."), code="hour_past", field="at")
    if starts_at > now + FURTHEST:
        raise Refused(
            _("Choose a day within the next %(days)d days.") % {"days": FURTHEST.days},
            code="hour_too_far",
            field="day",
        )
    if not is_on_the_quarter(starts_at):
        raise Refused(
            _("Choose a whole quarter of an hour, such as 10:15."), code="hour_not_on_the_quarter", field="at"
        )
    slot = agreed_hour(starts_at, calendar)
    if slot is None:
        assert calendar is not None, "without a calendar every hour is open"
        if hours := hours_on(day, calendar):
            words = {"day": written_day(day, "il"), "hours": hours}
            raise Refused(
                _("The service is closed at that hour; it is open on %(day)s at %(hours)s.") % words,
                code="closed_then",
                field="at",
            )
        words = {"day": written_day(day, "il"), "why": calendar.closed_because(day)}
        raise Refused(
            _("The service is closed on %(day)s (%(why)s): choose another day.") % words,
            code="closed_that_day",
            field="day",
        )
    return slot


def _check_number(phone: str) -> None:
    if not phone:
        raise Refused(
            _("The number is withheld: ask the person for a number, and write it as another number."),
            code="no_number",
            field="other_number",
        )
    if TollFreeLine.objects.filter(number=phone).exists():
        raise Refused(
            _("This is a number of ours: write the one that the person answers."),
            code="own_number",
            field="other_number",
        )


def _save(call_back: CallBack, slot: Stretch) -> None:
    """Save it with its hour; Refused where the customer has another at that hour."""
    call_back.starts_at, call_back.ends_at = slot
    call_back.rang_at = call_back.begun_at = None
    try:
        with transaction.atomic():
            call_back.save()
    except IntegrityError as error:
        if "one_call_back_per_customer_and_hour" not in str(error):
            raise
        raise Refused(
            _("The customer has a call-back at that hour already: choose another, or use that one."),
            code="hour_theirs_already",
            field="at",
        ) from error


# --- Whose it is ----------------------------------------------------------------------------------------------------
def _give(contact: Contact, to: Agent | None, *, team_of: Agent, by: User) -> None:
    """Make the contact the agent's, or the team's; the caller saves it with the event of the hour."""
    if contact.state == State.WAITING:
        note_event(contact, Kind.RESUMED, by=by)
    earlier = contact.owner_id
    contact.owner = to
    if to is None:
        contact.team_id = contact.team_id or team_of.team_id or team_in_turn(uuid.uuid4())
        move_contact(contact, to=State.OPEN)
        if earlier is not None:
            note_event(contact, Kind.RELEASED, by=by)
        return
    contact.agent = contact.agent or to
    if to.team is not None and to.team.level == contact.level:
        contact.team = to.team
    move_contact(contact, to=State.IN_PROGRESS)
    if earlier != to.pk:
        note_event(contact, Kind.ASSIGNED if to.user_id != by.pk else Kind.TAKEN, by=by, agent=to.code)


def _agreed(contact: Contact, call_back: CallBack, *, by: User, note: str) -> CallBack:
    agreed = name_hour(contact, call_back, by=by)
    if note := note.strip():
        add_note(contact, text=note, by=by)
    confirm(call_back, agreed)
    return call_back
