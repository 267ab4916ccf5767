"""Query: by when a contact is due, from the targets and calendars in force and the contact's own events.

Nothing is accumulated: the due time follows from the list of events, so it can be worked out again at any time, for one
contact (`recompute_due`, which every command does) or for all open ones when a calendar or a target changes.
"""

import json
import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import partial
from typing import Any

from celery import current_app
from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import F, OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contact_center.due.business_time import (
    Calendar,
    Hours,
    NeverOpen,
    Pause,
    Special,
    Step,
    add_business_time,
    business_seconds_between,
    explain,
)
from contact_center.models import (
    Contact,
    ContactEvent,
    OpeningPeriod,
    ServiceCalendar,
    ServiceTarget,
    SpecialDay,
)
from foundation.written_once import WrittenOnce

log = logging.getLogger(__name__)
Kind, State = ContactEvent.Kind, Contact.State

RECOMPUTE = "contact_center.tasks.recompute_dues"
CHUNK = 500  # contacts whose due time is worked out again in one transaction
# What ends the wait for the customer: saying so, and whatever takes the contact up again.
RESUMES = {
    Kind.RESUMED,
    Kind.RECEIVED,
    Kind.TAKEN,
    Kind.RELEASED,
    Kind.ESCALATED,
    Kind.SENT_BACK,
    Kind.REOPENED,
    Kind.CLOSED,
}


# --- The targets in force -----------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Target:
    """So many minutes of service, by a calendar, on the days from `valid_from` to `valid_to`."""

    minutes: int
    calendar: Calendar
    valid_from: date | None
    valid_to: date | None


class Book:
    """All targets with their calendars, as plain values. Read again for each request or command: one short query.

    It is not kept longer: an answer that may be a minute old would cost more thought than the query does time.
    """

    def __init__(self) -> None:
        calendars: dict[int, Calendar] = {}
        self.targets: dict[tuple[str, int], list[Target]] = {}
        for row in _target_rows():  # of a kind and level, the newest beginning first
            if row["calendar"] not in calendars:
                calendars[row["calendar"]] = _calendar(row)
            self.targets.setdefault((row["kind"], row["level"]), []).append(
                Target(row["minutes"], calendars[row["calendar"]], row["valid_from"], row["valid_to"])
            )

    def target(self, kind: str, level: int, since: datetime) -> Target | None:
        """The target in force on the (Italian) day."""
        day = timezone.localdate(since)
        for target in self.targets.get((kind, level), ()):
            if (target.valid_from or day) <= day <= (target.valid_to or day):
                return target
        return None


COLUMNS = (
    *("kind", "level", "minutes", "valid_from", "valid_to"),
    *("calendar", "name", "name_en", "province", "hours", "days"),
)


def _targets() -> QuerySet:
    terms = ServiceTarget.objects.annotate(
        name=F("calendar__name"),
        name_en=F("calendar__name_en"),
        province=F("calendar__province"),
        **_times("calendar"),
    )
    return terms.values_list(*COLUMNS)


_TARGETS = WrittenOnce(_targets)


def _target_rows() -> Iterator[dict[str, Any]]:
    """The rows of all targets with their calendars."""
    for row in _TARGETS.rows():
        named = dict(zip(COLUMNS, row, strict=True))
        for name in ("hours", "days"):
            named[name] = [json.loads(each) if isinstance(each, str) else each for each in named[name]]
        yield named


def _times(calendar: str) -> dict[str, ArraySubquery]:
    """The opening periods and the special days of the calendar that a row names."""
    periods = OpeningPeriod.objects.filter(calendar=OuterRef(calendar)).order_by("weekday", "opens")
    days = SpecialDay.objects.filter(calendar=OuterRef(calendar)).order_by("day", "opens")
    return {
        "hours": ArraySubquery(periods.values(json=JSONObject(weekday="weekday", opens="opens", closes="closes"))),
        "days": ArraySubquery(days.values(json=JSONObject(day="day", name="name", opens="opens", closes="closes"))),
    }


def _calendar(row: dict[str, Any]) -> Calendar:
    week: list[list[Hours]] = [[] for _day in range(7)]
    for period in row["hours"]:
        week[period["weekday"]].append(_hours(period))
    special: dict[date, Special] = {}
    for each in row["days"]:
        day = date.fromisoformat(each["day"])
        before = special.get(day, Special(each["name"]))
        special[day] = before._replace(hours=(*before.hours, _hours(each)) if each["opens"] else before.hours)
    return Calendar(tuple(map(tuple, week)), row["province"], special, row["name"], row["name_en"])


def _hours(row: dict[str, str]) -> Hours:
    return Hours(time.fromisoformat(row["opens"]), time.fromisoformat(row["closes"]))


def calendar_of(row: ServiceCalendar) -> Calendar:
    """The calendar as plain values."""
    found = ServiceCalendar.objects.filter(pk=row.pk).values("name", "name_en", "province", **_times("pk")).get()
    return _calendar(dict(found))


def calendars_of(pks: Iterable[int]) -> dict[int, Calendar]:
    """The calendars as plain values, by their ids. One query."""
    rows = ServiceCalendar.objects.filter(pk__in=list(pks)).values("pk", "name", "name_en", "province", **_times("pk"))
    return {row["pk"]: _calendar(dict(row)) for row in rows}


def calendar_in_force(kind: str, level: int, day: date) -> Calendar | None:
    """The calendar by which contacts of a kind that begin on the day are due at a level; None without a target. One query."""
    targets = ServiceTarget.objects.valid_on(day).filter(kind=kind, level=level)
    newest = targets.order_by(F("valid_from").desc(nulls_last=True), "pk")
    row = newest.values(
        name=F("calendar__name"),
        name_en=F("calendar__name_en"),
        province=F("calendar__province"),
        **_times("calendar"),
    ).first()
    return _calendar(row) if row else None


# --- The clock of a contact ---------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Clock:
    """What a contact's due time is made of: since when, how much, by which calendar, without which pauses.

    `target` is None where no target is in force for its kind and level: then nothing is due. `agreed_at` is the moment
    that was agreed with the customer, in place of all that.
    """

    since: datetime
    level: int
    target: Target | None
    pauses: Sequence[Pause] = ()
    agreed_at: datetime | None = None

    @property
    def is_standing(self) -> bool:
        """Whether we are waiting for the customer."""
        return bool(self.pauses) and self.pauses[-1][1] is None

    @property
    def due_at(self) -> datetime | None:
        """When it is due; None while the clock stands, without a target, or by a calendar that is never open."""
        if self.agreed_at is not None and not self.is_standing:
            return self.agreed_at
        if self.target is None or self.is_standing:
            return None
        try:
            return add_business_time(self.since, self.target.minutes, self.target.calendar, self.pauses)
        except NeverOpen as refusal:
            log.error("No due time: %s", refusal)  # what the customer asks is not turned away for our calendar's sake
            return None

    def used_seconds(self, now: datetime) -> float:
        """Seconds of service since it began, without the pauses."""
        if self.target is None:
            return 0
        return business_seconds_between(self.since, now, self.target.calendar, self.pauses)

    def steps(self, now: datetime) -> list[Step]:
        """How the due time comes about."""
        if self.agreed_at is not None:
            return [Step("due", self.agreed_at, self.agreed_at, why=_("the hour agreed with the customer"))]
        if self.target is None:
            return []
        return explain(self.since, self.target.minutes, self.target.calendar, self.pauses, until=now)


def clock_of(contact: Contact, events: Iterable[ContactEvent], book: Book) -> Clock:
    """The clock of a contact from its events, in the order of time.

    It begins when the contact was opened, and again when it first went to the second level, was to be called back, or
    was reopened. Being passed on within the second level begins nothing: the customer waits all the same. Sent back to the
    first level, it goes on as it was there. An hour that was agreed for a call-back holds until one of these.
    """
    since, level = contact.started_at, 1
    agreed_at: datetime | None = None
    pauses: list[Pause] = []
    last = since
    at_first_level = (since, pauses, agreed_at)  # as it was when it went up
    for event in events:
        last = event.at
        if pauses and pauses[-1][1] is None and event.kind in RESUMES:
            pauses[-1] = (pauses[-1][0], event.at)
        if event.kind == Kind.PAUSED and (not pauses or pauses[-1][1] is not None):
            pauses.append((event.at, None))
        elif event.kind == Kind.AGREED:
            agreed_at = datetime.fromisoformat(event.details["call_at"])
        elif event.kind == Kind.CALLED_OFF:
            agreed_at = None
        elif event.kind == Kind.ESCALATED and level == 1:
            at_first_level = (since, pauses, agreed_at)
            since, level, pauses, agreed_at = event.at, 2, [], None
        elif event.kind == Kind.SENT_BACK and event.details.get("to_level") == 1:
            level, (since, pauses, agreed_at) = 1, at_first_level
        elif event.kind == Kind.REOPENED or (event.kind == Kind.CODED and event.details.get("keeps_open")):
            since, pauses, agreed_at = event.at, [], None
    # Contacts of an earlier system may be without the events that say how they came where they are.
    if contact.level != level:
        since = max(since, contact.escalated_at or since)
    if contact.state == State.WAITING and (not pauses or pauses[-1][1] is not None):
        pauses.append((last, None))
    return Clock(since, contact.level, book.target(contact.kind, contact.level, since), pauses, agreed_at)


def due_at(*, kind: str, level: int, since: datetime) -> datetime | None:
    """The moment by which a new contact of this kind is due at this level, counted from `since`; None without a target."""
    return Clock(since, level, Book().target(kind, level, since)).due_at


def recompute_due(contact: Contact, *, book: Book | None = None) -> Contact:
    """Set the contact's due time from its events; the caller saves. A closed contact keeps the one it had."""
    if contact.state != State.CLOSED:
        contact.due_at = clock_of(contact, contact.events.order_by("at", "pk"), book or Book()).due_at
    return contact


# --- When a calendar or a target changes --------------------------------------------------------------------------
def targets_changed() -> None:
    """After commit, have the due times of all open contacts worked out again."""
    transaction.on_commit(partial(current_app.send_task, RECOMPUTE))


@transaction.atomic
def recompute_chunk(after: int = 0, *, chunk: int = CHUNK) -> int | None:
    """Work out the due times of the next open contacts again, in the order of their ids; returns the last id, None at the end."""
    contacts = list(
        Contact.objects.open().filter(pk__gt=after).order_by("pk").select_for_update().only(*_CLOCK_FIELDS)[:chunk]
    )
    if not contacts:
        return None
    events: dict[int, list[ContactEvent]] = {contact.pk: [] for contact in contacts}
    for event in ContactEvent.objects.filter(contact__in=contacts).order_by("at", "pk"):
        events[event.contact_id].append(event)
    book, moved = Book(), []
    for contact in contacts:
        due = clock_of(contact, events[contact.pk], book).due_at
        if due != contact.due_at:
            contact.due_at = due
            moved.append(contact)
    Contact.objects.bulk_update(moved, ["due_at"])
    return contacts[-1].pk


_CLOCK_FIELDS = ("kind", "level", "state", "started_at", "escalated_at", "due_at")


def check_calendar(calendar: Calendar, minutes: int = 1) -> None:
    """NeverOpen unless the calendar has so many minutes of service in the three years from now."""
    add_business_time(timezone.now(), minutes, calendar)
