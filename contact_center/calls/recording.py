"""Commands of the telephone platform: take its events and complete records in, and close the calls whose end was lost.

Every event is kept; the call is then folded from all the events it has (`contact_center.calls.events`), so one that
comes twice, late or out of order ends in the same row. An answer opens the contact, in the same transaction.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import DateTimeField, Model
from django.utils import timezone
from django.utils.translation import gettext as _

from contact_center.agents import signal as desk_signal
from contact_center.agents.states import follow_calls
from contact_center.calls.events import ENDED, LOST_END, PICKED_UP, QUEUED, Event, fold
from contact_center.calls.imports import cells
from contact_center.calls.imports.call_rows import CALL_FIELDS
from contact_center.calls.imports.loading import Loader, Result, Rules
from contact_center.calls.imports.records import CallRecord, is_ahead
from contact_center.calls.legs import leg_row
from contact_center.calls.lines import lines_naming
from contact_center.calls.locks import SPACE, lock_of
from contact_center.contacts.moves import move_contact
from contact_center.models import Agent, Call, CallEvent, CallLeg, Contact, ContactEvent
from foundation.files.report import Outcome, RowRefused
from foundation.retention import erasing

CALLER_UNREADABLE, CLOCK_AHEAD = "caller_unreadable", "clock_ahead"  # notes of rows that were kept
LONGEST_STATED = 60  # characters of a caller as stated that a call shows; its event keeps them all
_FACTS = ("line", "agent", "caller", "reason", "to_line", "to_agent")


# --- Complete records -------------------------------------------------------------------------------------------
def record_calls(records: Sequence[CallRecord], *, source: str) -> list[Result]:
    """Write complete calls of a source, as an import does, and return the result of each; a key stands once among them."""
    return Loader(source, Rules(knows_transfers=True)).write(records)


# --- Events -----------------------------------------------------------------------------------------------------
@dataclass(slots=True)
class Directory:
    """The lines, and the agents that events name, by code; found once for a request."""

    agents: dict[str, Agent] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)

    def find(self, lines: Collection[str], agents: Collection[str]) -> None:
        """Make these codes known as well."""
        self.lines = lines_naming(*lines).by_code
        if missing := agents - self.agents.keys():
            found = Agent.objects.filter(code__in=missing).only("code", "user_id")
            self.agents |= {agent.code: agent for agent in found}

    def agent_id(self, code: str) -> int | None:
        """The agent's id; None where the event names none, or one that has been renamed since."""
        return self.agents[code].pk if code in self.agents else None

    def user_id(self, agent_id: int | None) -> int | None:
        """The id of the user that signs in as the agent."""
        return next((agent.user_id for agent in self.agents.values() if agent.pk == agent_id), None)


@transaction.atomic
def record_events(
    received: Sequence[tuple[str, Event]], *, source: str, directory: Directory | None = None
) -> list[Result]:
    """Store events, each with the key of its call, and work out their calls again; return the result of each event.

    Two requests with events of one call come one after the other. An event of a call that a complete record has
    described already is stored and changes nothing.
    """
    directory, now = directory or Directory(), timezone.now()
    keys = list(dict.fromkeys(external_id for external_id, _event in received))
    with connection.cursor() as cursor:
        events, fresh, stored = _store(cursor, source, received, keys, directory)
    notes = _refold(source, {key: events[key] for key in keys if fresh.get(key)}, fresh, stored, directory)
    results = []
    for external_id, event in received:
        known = events[external_id].get(event.key)
        if known is None or known != event:
            results.append(Result(refusal=_used_already(event)))
        elif event.key in fresh.get(external_id, ()):
            fresh[external_id].discard(event.key)  # the same event again in this request says nothing new
            results.append(Result(Outcome.CREATED, note=notes.get(external_id) or _doubt(event, now)))
        else:
            results.append(Result(Outcome.UNCHANGED))
    return results


def _doubt(event: Event, now: datetime) -> str:
    """What is doubtful in an event that was kept; "" for almost all."""
    if event.caller and not _caller_of(event.caller)[1]:
        return CALLER_UNREADABLE
    return CLOCK_AHEAD if is_ahead(now, event.at) else ""


def _caller_of(stated: str) -> tuple[str, bool]:
    """The caller in E.164, and whether what was stated could be read: an extension cannot be called back."""
    try:
        return cells.caller(stated), True
    except ValidationError:
        return "", False


def _in_order(model: type[Model], names: set[str]) -> list[str]:
    """The columns in the model's own order, as `from_db` wants them."""
    return [each.attname for each in model._meta.concrete_fields if each.attname in names]


_STORED = _in_order(Call, {"id", "source", "external_id", *CALL_FIELDS})
_STORED_CONTACT = _in_order(
    Contact,
    {"id", "version", "state", "line_id", "address", "agent_id", "owner_id", "started_at", "wrap_up_id"},
)
_MOMENTS: dict[type[Model], set[str]] = {
    model: {each.attname for each in model._meta.concrete_fields if isinstance(each, DateTimeField)}
    for model in (Call, Contact)
}
# The lock, what is new, and all that is known, in one journey to the database (a migration has the function).
_STORE = """
    SELECT call_key, told::text, call::text, contact::text, agent_code, agent_user_id FROM contact_center_keep_events(
        %(space)s, %(buckets)s::int[], %(source)s, %(keys)s::text[], %(ids)s::text[], %(kinds)s::text[],
        %(moments)s::timestamptz[], %(facts)s::jsonb[])
"""


def _store(
    cursor: Any, source: str, received: Sequence[tuple[str, Event]], keys: list[str], directory: Directory
) -> tuple[dict[str, dict[str, Event]], dict[str, set[str]], dict[str, Call]]:
    """Lock the calls and write what is new.

    Returns all events of the calls, by call and key; the keys of the new ones; and the calls as they are stored.
    """
    cursor.execute(
        _STORE,
        {
            "space": SPACE,
            "source": source,
            "keys": [external_id for external_id, _event in received],
            "ids": [event.key for _id, event in received],
            "kinds": [event.kind for _id, event in received],
            "moments": [event.at for _id, event in received],
            "facts": [json.dumps(_facts(event)) for _id, event in received],
            **lock_of(source, keys),
        },
    )
    events: dict[str, dict[str, Event]] = defaultdict(dict)
    fresh: dict[str, set[str]] = defaultdict(set)
    stored: dict[str, Call] = {}
    for external_id, known, call, contact, code, user_id in cursor.fetchall():
        for key, kind, at, facts, is_new in json.loads(known):
            events[external_id][key] = Event(key=key, kind=kind, at=datetime.fromisoformat(at), **facts)
            if is_new:
                fresh[external_id].add(key)
        if call is not None:
            stored[external_id] = _instance(Call, _STORED, call)
            if contact is not None:
                stored[external_id].contact = _instance(Contact, _STORED_CONTACT, contact)
            if code is not None:
                agent = Agent(pk=stored[external_id].agent_id, code=code, user_id=user_id)
                directory.agents.setdefault(code, agent)
    return events, fresh, stored


def _instance(model: type[Model], names: Sequence[str], row: str) -> Any:
    """A row of the model, given as JSON, with these columns; the others are read if somebody asks for them."""
    values = json.loads(row)
    moments = _MOMENTS[model]
    return model.from_db(
        connection.alias,
        names,
        [datetime.fromisoformat(values[name]) if name in moments and values[name] else values[name] for name in names],
    )


def _facts(event: Event) -> dict[str, Any]:
    found = {name: value for name in _FACTS if (value := getattr(event, name))}
    return found | ({"attended": True} if event.attended else {})


def _used_already(event: Event) -> RowRefused:
    return RowRefused(
        "event_id",
        _("another event came before with this key"),
        _(
            "Give each event a key of its own, the same whenever it is sent again; or none, and we make one of its facts."
        ),
        value=event.key,
        code="event_id_reused",
    )


# --- From events to the call --------------------------------------------------------------------------------------
def _refold(
    source: str,
    events: dict[str, dict[str, Event]],
    fresh: dict[str, set[str]],
    stored: dict[str, Call],
    directory: Directory,
) -> dict[str, str]:
    """Work out the calls again from their events; a note for each call whose new events changed nothing: why not."""
    if not events:
        return {}
    codes = {event.agent for each in events.values() for event in each.values()}
    codes |= {event.to_agent for each in events.values() for event in each.values()}
    directory.find({event.line for each in events.values() for event in each.values()} - {""}, codes - {""})
    notes: dict[str, str] = {}
    work: list[_Work] = []
    for external_id, by_key in events.items():
        call = stored.get(external_id)
        if (
            call is not None
            and call.recorded_by == Call.RecordedBy.RECORD
            and call.disposition != Call.Disposition.OPEN
        ):
            folded = fold(external_id, by_key.values())
            contradicts = folded is not None and _contradicts(folded, call, directory)
            notes[external_id] = "contradicts_record" if contradicts else "told_whole"
            continue
        new = fresh[external_id]
        earlier = [event for key, event in by_key.items() if key not in new]
        if call is not None and not earlier:
            if call.recorded_by != Call.RecordedBy.RECORD:  # its events were purged: too late to fold it again
                notes[external_id] = "told_whole"
                continue
            earlier = _of_the_row(call, directory)
        record = fold(external_id, [*earlier, *(by_key[key] for key in new)])
        if record is None or record.line not in directory.lines:
            notes[external_id] = "line_unknown_yet"
            continue
        before = fold(external_id, earlier)
        swept = any(event.reason == LOST_END for event in by_key.values())
        swept &= not any(event.kind == ENDED and event.reason != LOST_END for event in by_key.values())
        row = _row(source, external_id, call, record, directory, swept=swept)
        work.append(_Work(external_id, call, record, before, row))
    _write(work, directory)
    return notes


@dataclass(slots=True)
class _Work:
    """A call to be written: as stored, as its events describe it now (`row`), and as they did before the new ones."""

    external_id: str
    stored: Call | None
    record: CallRecord
    before: CallRecord | None
    row: Call

    @property
    def changes_something(self) -> bool:
        """Whether the row, or one of its legs, differs from before."""
        if self.stored is None or self.before is None or self.before.legs != self.record.legs:
            return True
        return any(getattr(self.row, name) != getattr(self.stored, name) for name in CALL_FIELDS)


def _of_the_row(call: Call, directory: Directory) -> list[Event]:
    """What a file reported of a call that was open when the file ended: stored as events too, for the others to follow."""
    directory.lines[line := call.line.code] = call.line_id
    events = [Event(f"file:q:{call.pk}", QUEUED, call.queued_at, line=line, caller=call.caller_stated or call.caller)]
    if call.answered_at:
        agent = None
        if call.agent_id is not None:
            agent = Agent.objects.only("code", "user_id").get(pk=call.agent_id)
            directory.agents[agent.code] = agent
        events.append(Event(f"file:a:{call.pk}", PICKED_UP, call.answered_at, agent=agent.code if agent else ""))
    CallEvent.objects.bulk_create(
        CallEvent(
            source=call.source,
            external_id=call.external_id,
            key=event.key,
            kind=event.kind,
            at=event.at,
            facts=_facts(event),
        )
        for event in events
    )
    return events


def _contradicts(folded: CallRecord, call: Call, directory: Directory) -> bool:
    """Whether events contradict the complete record: another line or agent, or answered and not."""
    answered = folded.answered_at is not None
    return (
        directory.lines.get(folded.line) != call.line_id
        or answered != (call.answered_at is not None)
        or bool(answered and folded.agent and call.agent_id and directory.agent_id(folded.agent) != call.agent_id)
    )


def _write(work: list[_Work], directory: Directory) -> None:
    """Contacts first, then the calls that have them, then the legs: a few statements for all."""
    opened = [each for each in work if each.row.answered_at is not None and each.row.contact_id is None]
    contacts = Contact.objects.bulk_create([_contact(each, directory) for each in opened])
    for each, contact in zip(opened, contacts, strict=True):
        each.row.contact = contact
    changed = [each for each in work if each.changes_something]
    events = [_opened(each, directory) for each in opened]
    concerned: set[int | None] = {directory.user_id(contact.owner_id) for contact in contacts}
    for each in changed:
        if each.stored is not None and each.stored.contact is not None:
            concerned |= _follow(each.stored.contact, each, directory, events)
    _write_calls(changed, events)
    _write_legs(changed, directory)
    concerned |= follow_calls(_talks_changed(changed, directory))
    if users := {user for user in concerned if user is not None}:
        transaction.on_commit(partial(desk_signal.changed, users), robust=True)


def _talks_changed(work: Iterable[_Work], directory: Directory) -> dict[int, datetime]:
    """The agents whose part in a call is another than before, each with the first moment from which it is."""
    since: dict[int, datetime] = {}
    for each in work:
        for code, answered_at, _ended_at in _talks_in(each.before) ^ _talks_in(each.record):
            if (agent_id := directory.agent_id(code)) is not None:
                since[agent_id] = min(answered_at, since.get(agent_id, answered_at))
    return since


def _talks_in(record: CallRecord | None) -> set[tuple[str, datetime, datetime | None]]:
    legs = record.legs if record is not None else []
    return {(leg.agent, leg.answered_at, leg.ended_at) for leg in legs if leg.agent and leg.answered_at}


_UPSERT = f"""
    WITH noted AS (
        INSERT INTO contact_center_contactevent (contact_id, kind, by_id, details, at)
        SELECT * FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::jsonb[], %s::timestamptz[])
    )
    INSERT INTO contact_center_call (source, external_id, {", ".join(CALL_FIELDS)}) VALUES {{values}}
    ON CONFLICT (source, external_id) DO UPDATE SET {", ".join(f"{name} = EXCLUDED.{name}" for name in CALL_FIELDS)}
    RETURNING external_id, id
"""  # noqa: S608
_ROW = f"({', '.join(['%s'] * (len(CALL_FIELDS) + 2))})"


def _write_calls(work: list[_Work], events: list[ContactEvent]) -> None:
    """All calls, and what happened to their contacts, in one statement; each call then has its id."""
    if not work:
        return
    names = ("source", "external_id", *CALL_FIELDS)
    with connection.cursor() as cursor:
        cursor.execute(
            _UPSERT.format(values=", ".join([_ROW] * len(work))),
            [
                [event.contact_id for event in events],
                [str(event.kind) for event in events],
                [event.by_id for event in events],
                [json.dumps(event.details) for event in events],
                [event.at for event in events],
                *(getattr(each.row, name) for each in work for name in names),
            ],
        )
        ids = dict(cursor.fetchall())
    for each in work:
        each.row.pk = ids[each.external_id]


def _row(
    source: str, external_id: str, stored: Call | None, record: CallRecord, directory: Directory, *, swept: bool
) -> Call:
    """The call as its events now give it; what only people add to it (contact, after-call work) as it is stored."""
    stated = record.caller_stated
    return Call(
        pk=stored.pk if stored else None,
        source=source,
        external_id=external_id,
        line_id=directory.lines[record.line],
        caller=_caller_of(stated)[0],
        caller_stated=stated[:LONGEST_STATED],
        agent_id=directory.agent_id(record.agent),
        contact_id=stored.contact_id if stored else None,
        queued_at=record.queued_at,
        answered_at=record.answered_at,
        ended_at=record.ended_at,
        wait_seconds=record.wait_seconds,
        talk_seconds=record.talk_seconds or 0,
        hold_seconds=record.hold_seconds or 0,
        wrap_seconds=record.wrap_seconds if record.wrap_seconds is not None else stored.wrap_seconds if stored else 0,
        disposition=record.disposition,
        transferred=bool(record.transferred),
        ring_no_answer=record.ring_no_answer,
        recorded_by=Call.RecordedBy.SWEEP if swept else Call.RecordedBy.EVENTS,
    )


def _contact(each: _Work, directory: Directory) -> Contact:
    """The conversation that the answer began. The agent confirms who is calling: a number is no proof."""
    call, owner = each.row, directory.agent_id(_holder(each.record))
    return Contact(
        channel=Contact.Channel.PHONE,
        line_id=call.line_id,
        address=call.caller,
        agent_id=call.agent_id,
        owner_id=owner or call.agent_id,
        state=Contact.State.IN_PROGRESS,
        started_at=min(call.queued_at, timezone.now()),  # the platform's clock may be ahead of ours
    )


def _opened(each: _Work, directory: Directory) -> ContactEvent:
    return ContactEvent(
        contact=each.row.contact,
        kind=ContactEvent.Kind.OPENED,
        by_id=directory.user_id(each.row.agent_id),
        details={"channel": "phone", "agent": each.record.agent},
    )


def _holder(record: CallRecord | None) -> str:
    """The agent who has the caller, or had them last."""
    if record is None:
        return ""
    return next((leg.agent for leg in reversed(record.legs) if leg.answered_at and leg.agent), "")


def _follow(contact: Contact, each: _Work, directory: Directory, events: list[ContactEvent]) -> set[int | None]:
    """Bring the contact of a call after it: what the telephone reported wrongly at first, and who has the caller now.

    What people have done to the contact since remains. Returns the users whose desk shows something else now.
    """
    if not _due_changes(contact, each, directory):
        return {directory.user_id(contact.owner_id)}
    contact = Contact.objects.select_for_update().get(pk=contact.pk)
    changes = _due_changes(contact, each, directory)
    concerned = {directory.user_id(contact.owner_id), directory.user_id(changes.get("owner_id"))}
    if "owner_id" in changes:
        events.append(
            ContactEvent(
                contact=contact,
                kind=ContactEvent.Kind.TAKEN,
                by_id=directory.user_id(changes["owner_id"]),
                details={"agent": _holder(each.record), "transferred": each.record.transferred},
            )
        )
    if changes:
        if state := changes.get("state"):
            move_contact(contact, to=state)
        for name, value in changes.items():
            setattr(contact, name, value)
        contact.save(update_fields=list(changes))
    return concerned


def _due_changes(contact: Contact, each: _Work, directory: Directory) -> dict[str, Any]:
    """The fields of the contact that the call now contradicts, with their new values."""
    if contact.state == Contact.State.CLOSED:
        return {}
    call = each.row
    due: dict[str, Any] = {}
    if contact.version == 1:  # nobody has touched it yet
        due = {
            "line_id": call.line_id,
            "address": call.caller,
            "agent_id": call.agent_id,
            "started_at": min(call.queued_at, contact.started_at),
        }
    holder = _holder(each.record)
    if holder != _holder(each.before) and contact.wrap_up_id is None:
        owner = directory.agent_id(holder)
        if owner is not None and owner != contact.owner_id:
            due |= {"owner_id": owner, "state": Contact.State.IN_PROGRESS}
            if contact.owner_id is not None:
                due["version"] = contact.version + 1  # the person who has it open sees that it went to somebody else
    return {name: value for name, value in due.items() if getattr(contact, name) != value}


def _write_legs(work: Iterable[_Work], directory: Directory) -> None:
    """Write the legs of calls that passed through several queues; other calls need none."""
    work = [each for each in work if max(len(each.record.legs), len(each.before.legs) if each.before else 0) > 1]
    if not work:
        return
    CallLeg.objects.filter(call__in=[each.row.pk for each in work]).delete()
    CallLeg.objects.bulk_create(
        leg_row(
            each.row.pk,
            position,
            leg,
            line_id=directory.lines.get(leg.line, each.row.line_id),
            agent_id=directory.agent_id(leg.agent),
        )
        for each in work
        if len(each.record.legs) > 1
        for position, leg in enumerate(each.record.legs, 1)
    )


# --- What runs by itself ------------------------------------------------------------------------------------------
def close_lost_calls(now: datetime, *, at_most: int = 500) -> int:
    """Close calls that have been open for longer than any lasts: their end was lost. Returns how many.

    An answered one ends as answered, at the last thing that is known of it; another as abandoned. They are marked
    (`recorded_by`), and the real end, should it come after all, counts instead.
    """
    since = now - timedelta(hours=settings.CALL_OPEN_HOURS)
    lost = Call.objects.filter(disposition=Call.Disposition.OPEN, queued_at__lt=since)
    by_source: dict[str, list[tuple[str, Event]]] = defaultdict(list)
    for source, external_id, queued_at in lost.order_by("queued_at").values_list("source", "external_id", "queued_at")[
        :at_most
    ]:
        key = f"sweep:{external_id}"[-120:]
        by_source[source].append((external_id, Event(key=key, kind=ENDED, at=queued_at, reason=LOST_END)))
    closed = 0
    for source, ends in by_source.items():
        closed += sum(result.outcome == Outcome.CREATED for result in record_events(ends, source=source))
    return closed


def purge_events(now: datetime, *, chunk: int = 10_000) -> int:
    """Delete events kept for longer than CALL_EVENT_DAYS, a chunk in a transaction of its own; the calls remain."""
    before = now - timedelta(days=settings.CALL_EVENT_DAYS)
    deleted = 0
    while True:
        old = list(CallEvent.objects.filter(received_at__lt=before).order_by().values_list("pk", flat=True)[:chunk])
        if old:
            with erasing() as erase:
                erase.delete(CallEvent.objects.filter(pk__in=old), rule="call-events", details={"before": str(before)})
        deleted += len(old)
        if len(old) < chunk:
            return deleted
