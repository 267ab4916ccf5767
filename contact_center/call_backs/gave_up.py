"""Callers who gave up waiting are called back, by the policy of the line; one who has reached us meanwhile is not.

It follows from the calls as they are stored, whichever way and however late they came: it can run at any time and any number of times.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from contact_center.call_backs.hours import end, wake
from contact_center.call_backs.queries import line_hours
from contact_center.call_backs.slots import first_open
from contact_center.contacts.moves import note_event
from contact_center.contacts.opening import team_in_turn
from contact_center.due.business_time import Calendar, NeverOpen, Stretch, add_business_time
from contact_center.due.targets import calendars_of
from contact_center.models import Call, CallBack, Contact, ContactEvent
from customers.models import ContactPoint

LOOKS_BACK = timedelta(hours=12)  # what is known later than that is too old to call back
GAVE_UP = (Call.Disposition.ABANDONED, Call.Disposition.TIMED_OUT)
NAMESPACE = uuid.UUID("6f1c1f0e-8b0b-4a3c-9a55-0d2f5a1f7c3e")  # of the keys that follow from a number and a day

Kind, State = ContactEvent.Kind, Contact.State


@dataclass(slots=True)
class GaveUp:
    """One person's calls of a day in which they gave up, as far as a line's policy looks at them."""

    day: date
    customer_id: int | None
    calls: list[Call] = field(default_factory=list)

    @property
    def last(self) -> Call:
        """The latest, whose number is called."""
        return max(self.calls, key=lambda call: call.ended_at or call.queued_at)

    @property
    def at(self) -> datetime:
        """When they gave up last."""
        return self.last.ended_at or self.last.queued_at

    @property
    def longest(self) -> int:
        """The longest wait, in seconds."""
        return max(call.wait_seconds or 0 for call in self.calls)


def follow_those_who_gave_up(now: datetime) -> tuple[int, int]:
    """Promise the call-backs that are owed, count further calls in them, and end those of callers who have reached us since.

    Returns how many were promised and how many ended.
    """
    since = now - LOOKS_BACK
    found = _who_gave_up(since)
    reached = _reached(since, {call.caller for each in found for call in each.calls})
    calendars = _calendars(found, now)
    promised = sum(_follow(each, reached, calendars[each.last.line_id]) for each in found)
    return promised, _settle(since)


# --- What is owed ---------------------------------------------------------------------------------------------------
def _who_gave_up(since: datetime) -> list[GaveUp]:
    """The calls that a line's policy has called back, by person and day. Two queries."""
    calls = Call.objects.filter(
        queued_at__gte=since,
        disposition__in=GAVE_UP,
        line__calls_back_abandoned=True,
        line__is_active=True,
        wait_seconds__gte=F("line__abandoned_after_seconds"),
    )
    rows = list(calls.exclude(caller="").select_related("line").order_by("queued_at", "pk"))
    whose = _customers_of({call.caller for call in rows})
    found: dict[tuple[date, object], GaveUp] = {}
    for call in rows:
        customer, day = whose.get(call.caller), timezone.localdate(call.queued_at)
        found.setdefault((day, customer or call.caller), GaveUp(day, customer)).calls.append(call)
    return list(found.values())


def _customers_of(numbers: Iterable[str]) -> dict[str, int]:
    """The customer of each number that is verified for one customer and nobody else's; a switchboard's names nobody."""
    owners: dict[str, set[tuple[int, bool]]] = defaultdict(set)
    points = ContactPoint.objects.filter(kind=ContactPoint.Kind.PHONE, value__in=set(numbers)).order_by()
    for value, customer, verified_at in points.values_list("value", "customer", "verified_at"):
        owners[value].add((customer, verified_at is not None))
    alone = {
        value: next(iter(who)) for value, who in owners.items() if len({customer for customer, _sure in who}) == 1
    }
    return {value: customer for value, (customer, is_verified) in alone.items() if is_verified}


def _reached(since: datetime, numbers: Iterable[str]) -> dict[str, datetime]:
    """When each of the numbers was last answered. One query."""
    answered = Call.objects.filter(caller__in=set(numbers), queued_at__gte=since, answered_at__isnull=False)
    last: dict[str, datetime] = {}
    for call in answered.order_by("answered_at").only("caller", "answered_at"):
        if call.answered_at is not None:
            last[call.caller] = call.answered_at
    return last


def _follow(gave_up: GaveUp, reached: dict[str, datetime], calendar: Calendar | None) -> bool:
    """Promise it, or count it in what was promised; whether this promised it."""
    same_person = Q(phone__in={call.caller for call in gave_up.calls})
    if gave_up.customer_id is not None:
        same_person |= Q(customer=gave_up.customer_id)
    before = CallBack.objects.that_gave_up().filter(same_person, gave_up_on=gave_up.day).order_by("pk").first()
    if before is not None:
        _count_in(before, gave_up)
        return False
    if reached.get(gave_up.last.caller, gave_up.at) > gave_up.at:
        return False
    slot = _hour_of(gave_up, calendar)
    waiting = CallBack.objects.to_make().filter(same_person, starts_at__lt=slot.end)
    if waiting.exists():  # they are called by then already
        return False
    try:
        with transaction.atomic():
            _promise(gave_up, slot)
    except IntegrityError:  # another did at the same moment
        return False
    return True


def _calendars(found: list[GaveUp], now: datetime) -> dict[int, Calendar | None]:
    """By which calendar each line works: its own, or the common one. Two queries at most, however many gave up."""
    lines = {each.last.line for each in found}
    own = calendars_of({line.calendar_id for line in lines if line.calendar_id is not None})
    common = line_hours(now) if any(line.calendar_id is None for line in lines) else None
    return {line.pk: own[line.calendar_id] if line.calendar_id is not None else common for line in lines}


def _hour_of(gave_up: GaveUp, calendar: Calendar | None) -> Stretch:
    """From the moment at which they gave up, or the next opening, for so long as the policy of the line allows."""
    minutes = gave_up.last.line.abandoned_within_minutes
    start = first_open(gave_up.at, calendar)
    if calendar is None:
        return Stretch(start, start + timedelta(minutes=minutes))
    try:
        due = add_business_time(start, minutes, calendar)
    except NeverOpen:
        due = None
    return Stretch(start, due or start + timedelta(minutes=minutes))


def _promise(gave_up: GaveUp, slot: Stretch) -> None:
    call, key = gave_up.last, uuid.uuid5(NAMESPACE, f"{gave_up.last.caller} {gave_up.day}")
    with translation.override(settings.LANGUAGE_CODE):
        subject = _("Gave up waiting: call back (%(line)s)") % {"line": call.line}
    contact = Contact.objects.create(
        channel=Contact.Channel.PHONE,
        direction=Contact.Direction.OUTBOUND,
        kind=Contact.Kind.REQUEST,
        line=call.line,
        customer_id=gave_up.customer_id,
        address=call.caller,
        subject=subject[:250],
        team_id=team_in_turn(key),
        started_at=timezone.now(),
        due_at=slot.end,
    )
    CallBack.objects.create(
        submission_key=key,
        contact=contact,
        source=CallBack.Source.GAVE_UP,
        customer_id=gave_up.customer_id,
        phone=call.caller,
        starts_at=slot.start,
        ends_at=slot.end,
        gave_up_on=gave_up.day,
        gave_up_at=gave_up.at,
        gave_up_count=len(gave_up.calls),
        longest_wait_seconds=gave_up.longest,
    )
    note_event(contact, Kind.OPENED, by=None, channel=str(contact.channel), why="gave_up")
    note_event(contact, Kind.AGREED, by=None, call_at=slot.end.isoformat(), why="by_policy")
    wake(contact)


def _count_in(call_back: CallBack, gave_up: GaveUp) -> None:
    """What is known of their calls now; it only grows, for older calls leave the window that is looked at."""
    counted = max(call_back.gave_up_count, len(gave_up.calls))
    last = max(call_back.gave_up_at or gave_up.at, gave_up.at)
    longest = max(call_back.longest_wait_seconds, gave_up.longest)
    stored = (call_back.gave_up_count, call_back.gave_up_at, call_back.longest_wait_seconds)
    if (counted, last, longest) != stored:
        CallBack.objects.filter(pk=call_back.pk).update(
            gave_up_count=counted, gave_up_at=last, longest_wait_seconds=longest
        )


# --- What settles itself --------------------------------------------------------------------------------------------
def _settle(since: datetime) -> int:
    """End the call-backs of callers who have been answered since they gave up, or in the very call; returns how many.

    One that an agent is making goes on.
    """
    waiting = CallBack.objects.that_gave_up().not_begun().filter(gave_up_at__gte=since)
    return sum(_settle_one(pk, phone) for pk, phone in waiting.values_list("pk", "phone"))


@transaction.atomic
def _settle_one(pk: int, phone: str) -> int:
    answered = Call.objects.filter(caller=phone, answered_at__isnull=False)
    call_back = CallBack.objects.get(pk=pk)
    assert call_back.gave_up_at is not None, "the database has it of whoever gave up"
    # The end of a call whose answer was reported late is after that answer.
    call = answered.filter(Q(answered_at__gte=call_back.gave_up_at) | Q(ended_at__gte=call_back.gave_up_at)).first()
    if call is None:
        return 0
    contact = Contact.objects.select_for_update(of=("self",)).get(call_back=pk)
    call_back = CallBack.objects.select_for_update(of=("self",)).get(pk=pk)
    if contact.state == State.CLOSED or call_back.begun_at is not None or call_back.cancelled_at is not None:
        return 0
    call_back.settled_by = call
    end(contact, call_back, by=None, at=timezone.now(), why="reached_us")
    return 1
