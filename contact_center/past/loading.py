"""Write the tickets of an earlier help desk, a chunk at a time: each is compared and written in one transaction.

A chunk costs as many statements for one ticket as for all that fit: one look at what is stored, one for what the tickets
name, and a COPY for each table. Nobody is written to. A ticket whose events became more is brought up to date, unless somebody
here has worked on its contact since.
"""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import DataError, IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contact_center.contacts.opening import team_in_turn
from contact_center.due.targets import Book, Clock
from contact_center.models import Contact, ContactEvent, Message, PastContact, Team
from contact_center.past.course import CourseOfTicket, Step, course_of
from contact_center.past.links import Linked, Links
from contact_center.past.mapping import FIRST, TicketsMap
from contact_center.past.tickets import Ticket, TicketEvent
from foundation.chunks import in_chunks
from foundation.files.report import Outcome, RowRefused
from foundation.files.upserts import copy_rows, new_ids, rewrite_rows

CHUNK_ROWS = 5_000
PARTS = 16  # of a chunk that the database refuses, written one by one to find the ticket that is at fault
CLOSE, QUEUE = "close", "queue"  # what becomes of a ticket that was open in the earlier system
SAME_TICKET = uuid.UUID("0c4d8a4e-2f53-4a0e-9a55-2f1f3f8f7b21")
Kind, State, Direction = ContactEvent.Kind, Contact.State, Message.Direction
DIRECTIONS = {Kind.OPENED: Direction.INBOUND, Kind.RECEIVED: Direction.INBOUND, Kind.REPLIED: Direction.OUTBOUND}
# What a file may change of a contact that came from it.
CHANGED = (
    *(
        "customer_id",
        "address",
        "subject",
        "topic_id",
        "agent_id",
        "team_id",
        "level",
        "outcome",
        "escalation",
        "state",
    ),
    *("priority", "priority_reasons", "priority_by_hand"),
    *("started_at", "due_at", "escalated_at", "closed_at", "reopened_count", "version"),
)


@dataclass(slots=True)
class Result:
    """What became of the rows of a ticket: an outcome for each row, or the reason why all were refused."""

    outcomes: dict[int, Outcome] = field(default_factory=dict)
    refusal: RowRefused | None = None
    number: int | None = None  # of the row that is at fault; None: all of them


class TicketRefused(RowRefused):
    """A ticket that cannot be loaded because of one of its rows."""

    def __init__(self, number: int, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.number = number


@dataclass(slots=True)
class _New:
    """A ticket that is not stored yet, and what its contact is."""

    ticket: Ticket
    contact: Contact
    was_open: bool
    agents: dict[str, tuple[int, str]]


@dataclass(slots=True)
class _Changed:
    """A stored ticket with its new events; its contact as it is now."""

    past: PastContact
    ticket: Ticket
    events: list[TicketEvent]
    agents: dict[str, tuple[int, str]]


class TicketLoader:
    """Loads tickets of one source. `open_tickets` says what becomes of those that were open there: CLOSE or QUEUE."""

    def __init__(self, source: str, mapping: TicketsMap, *, open_tickets: str = CLOSE):
        self.source, self.mapping, self.open_tickets = source, mapping, open_tickets
        self.links = Links(mapping, today=timezone.localdate())
        written = [each for each in Contact._meta.concrete_fields if not each.generated]
        self._columns = [str(each.column) for each in written]
        self._attributes = [each.attname for each in written]
        self._second = Team.objects.filter(level=2, is_active=True).order_by("pk").values_list("pk", flat=True).first()

    def write(self, tickets: Sequence[Ticket]) -> list[Result]:
        """Write tickets, in which each key stands once; the result of each. What cannot be written keeps no other back."""
        try:
            return self._write(tickets)
        except (IntegrityError, DataError) as error:  # the database holds a rule that we do not: narrow it down
            self.links.forget()
            if len(tickets) == 1:
                return [Result(refusal=_refused_by_database(error))]
            parts = in_chunks(tickets, -(-len(tickets) // PARTS))
            return [result for part in parts for result in self.write(part)]

    @transaction.atomic
    def _write(self, tickets: Sequence[Ticket]) -> list[Result]:
        results = [Result() for _ticket in tickets]
        stored = self._locked(tickets)
        self.links.learn(tickets)
        self._book = Book()
        steps = self._steps_of(list(stored.values()))
        new: list[_New] = []
        changed: list[_Changed] = []
        for ticket, result in zip(tickets, results, strict=True):
            try:
                past = stored.get(ticket.key)
                if past is None:
                    new.append(self._made(ticket))
                    result.outcomes = dict.fromkeys(ticket.rows, Outcome.CREATED)
                else:
                    result.outcomes, change = self._compared(past, ticket, steps)
                    changed += [change] if change else []
            except RowRefused as refusal:
                result.refusal = refusal
                result.number = refusal.number if isinstance(refusal, TicketRefused) else None
        self._create(new)
        self._update(changed)
        return results

    # --- What is stored

    def _locked(self, tickets: Sequence[Ticket]) -> dict[str, PastContact]:
        """The stored tickets of the keys, their contacts locked."""
        keys = [ticket.key for ticket in tickets]
        rows = PastContact.objects.filter(source=self.source, key__in=keys).select_related("contact")
        return {past.key: past for past in rows.order_by("contact_id").select_for_update(of=("self", "contact"))}

    def _steps_of(self, stored: Sequence[PastContact]) -> dict[int, list[tuple[Step, bool]]]:
        """The stored events by contact, each with whether it was emptied since."""
        found: dict[int, list[tuple[Step, bool]]] = {}
        if stored:
            events = ContactEvent.objects.filter(contact__in=[past.contact_id for past in stored]).order_by("at", "pk")
            for contact, at, kind, details in events.values_list("contact", "at", "kind", "details"):
                found.setdefault(contact, []).append((Step(at, kind), not details))
        return found

    def _compared(
        self, past: PastContact, ticket: Ticket, stored: dict[int, list[tuple[Step, bool]]]
    ) -> tuple[dict[int, Outcome], _Changed | None]:
        """What the rows of a stored ticket are, and what of it changes."""
        known = set(past.rows)
        fresh = [each for each in ticket.events if each.digest not in known]
        is_other = ticket.facts_digest != past.facts
        fresh_rows = {each.number for each in fresh}
        if not fresh and not is_other:
            return dict.fromkeys(ticket.rows, Outcome.UNCHANGED), None
        if past.contact.version != past.written_version:
            raise RowRefused(
                self.mapping.ticket,
                _("somebody has worked on %(number)s here since it was imported") % {"number": past.contact.number},
                _("Go on with it on its page: the file does not change it any more."),
            )
        before = stored.get(past.contact_id, [])
        if any(is_emptied for _step, is_emptied in before):
            raise RowRefused(
                self.mapping.ticket,
                _("the conversation was forgotten"),
                _("Leave the row out: what was forgotten does not come back."),
            )
        linked = self.links.of(ticket)
        course = self._course(ticket, fresh, [step for step, _is_emptied in before])
        self._set(past.contact, ticket, linked, course)
        past.was_open = course.closed_at is None
        past.rows = [*past.rows, *(each.digest for each in fresh)]
        past.facts = ticket.facts_digest
        past.contact.version += 1
        past.written_version = past.contact.version
        of_new = Outcome.CREATED if self.mapping.has_events else Outcome.UPDATED
        of_known = Outcome.UNCHANGED if fresh else Outcome.UPDATED  # then a fact beside the events is another
        outcomes = {number: of_new if number in fresh_rows else of_known for number in ticket.rows}
        return outcomes, _Changed(past, ticket, fresh, linked.agents)

    # --- What a ticket comes to

    def _course(self, ticket: Ticket, events: Sequence[TicketEvent], before: Sequence[Step] = ()) -> CourseOfTicket:
        """The course with the events; TicketRefused where it has no opening, or one lies before it."""
        if self.mapping.has_events and self.mapping.opens != FIRST:
            column = self.mapping.activity.column
            opened = [step.at for step in before if step.kind == Kind.OPENED]
            opened += [each.at for each in events if each.kind == Kind.OPENED]
            if not opened:
                raise RowRefused(
                    column,
                    _("the ticket has no opening"),
                    _("Add the row of its opening, or set [ticket] opens = “first” in the mapping."),
                )
            early = next((each for each in events if each.at < min(opened)), None)
            if early is not None:
                raise TicketRefused(
                    early.number,
                    self.mapping.moments["moment"].columns[0],
                    _("lies before the opening"),
                    _("Check the moment, or set [ticket] opens = “first” in the mapping."),
                )
        return course_of([*before, *(Step(each.at, each.kind) for each in events)])

    def _made(self, ticket: Ticket) -> _New:
        linked = self.links.of(ticket)
        course = self._course(ticket, ticket.events)
        contact = Contact(kind=Contact.Kind.REQUEST, line_id=linked.columns.get("line_id"))
        contact.channel = ticket.facts["channel"]
        self._set(contact, ticket, linked, course)
        return _New(ticket, contact, course.closed_at is None, linked.agents)

    def _set(self, contact: Contact, ticket: Ticket, linked: Linked, course: CourseOfTicket) -> None:
        """Set what the course and the facts make of the contact; what the file leaves blank remains as it was."""
        for name in ("customer_id", "topic_id"):
            if name in linked.columns:
                setattr(contact, name, linked.columns[name])
        contact.subject = ticket.facts.get("subject", contact.subject)
        contact.address = ticket.facts.get("address", contact.address)
        acted = [linked.agents[each.agent][0] for each in ticket.events if each.agent in linked.agents]
        contact.agent_id = acted[-1] if acted else contact.agent_id
        contact.started_at, contact.reopened_count = course.started_at, course.reopened
        contact.escalated_at = course.escalated_at
        contact.level = 2 if course.escalated_at is not None else 1
        contact.escalation = ""
        if contact.level == 2:
            contact.escalation = ticket.facts.get("escalation", Contact.Escalation.NOT_STATED.value)
        is_open = course.closed_at is None
        waits = is_open and self.open_tickets == QUEUE
        contact.state = State.OPEN if waits else State.CLOSED
        contact.closed_at = None if waits else course.closed_at or course.last_at
        contact.outcome = Contact.Outcome.NOT_KNOWN.value
        if waits:
            contact.outcome = Contact.Outcome.NOT_CODED.value
        elif not is_open:
            contact.outcome = ticket.facts.get("outcome", contact.outcome)
        if not waits:  # what is closed is not urgent
            contact.priority, contact.priority_reasons, contact.priority_by_hand = Contact.Priority.NORMAL, [], None
        if waits:
            key = uuid.uuid5(SAME_TICKET, f"{self.source}:{ticket.key}")
            contact.team_id = self._second if contact.level == 2 else team_in_turn(key)
            since = course.escalated_at or course.started_at
            contact.due_at = Clock(since, contact.level, self._book.target(contact.kind, contact.level, since)).due_at
        else:
            contact.due_at = None

    # --- Writing

    def _create(self, new: Sequence[_New]) -> None:
        if not new:
            return
        now = timezone.now().isoformat()
        with connection.cursor() as cursor:
            for each, key in zip(new, new_ids(cursor, Contact, len(new)), strict=True):
                each.contact.pk = key
            copy_rows(
                cursor,
                Contact,
                self._columns,
                (_values(each.contact, self._attributes) for each in new),
            )
            copy_rows(
                cursor,
                PastContact,
                ["contact_id", "source", "key", "was_open", "rows", "facts", "written_version", "imported_at"],
                (
                    [
                        each.contact.pk,
                        self.source,
                        each.ticket.key,
                        each.was_open,
                        _array(event.digest for event in each.ticket.events),
                        each.ticket.facts_digest,
                        each.contact.version,
                        now,
                    ]
                    for each in new
                ),
            )
            self._write_events(cursor, [(each.contact.pk, each.ticket.events, each.agents) for each in new])

    def _update(self, changed: Sequence[_Changed]) -> None:
        if not changed:
            return
        columns = dict(zip(self._attributes, self._columns, strict=True))
        names = ["id", *CHANGED]
        with connection.cursor() as cursor:
            rewrite_rows(
                cursor,
                Contact,
                [columns[name] for name in names],
                (_values(each.past.contact, names) for each in changed),
            )
            rewrite_rows(
                cursor,
                PastContact,
                ["id", "was_open", "rows", "facts", "written_version"],
                (
                    [past.pk, past.was_open, _array(past.rows), past.facts, past.written_version]
                    for past in (each.past for each in changed)
                ),
            )
            self._write_events(cursor, [(each.past.contact_id, each.events, each.agents) for each in changed])

    def _write_events(
        self, cursor: Any, found: Sequence[tuple[int, Sequence[TicketEvent], dict[str, tuple[int, str]]]]
    ) -> None:
        """Write events and what was said in them."""
        copy_rows(
            cursor,
            ContactEvent,
            ["contact_id", "kind", "details", "at"],
            (
                [contact, event.kind, json.dumps(self._details(event, agents)), event.at.isoformat()]
                for contact, events, agents in found
                for event in sorted(events, key=lambda each: each.at)
            ),
        )
        messages = [
            [contact, DIRECTIONS.get(Kind(event.kind), Direction.NOTE).value, event.text, "", event.at.isoformat()]
            for contact, events, _agents in found
            for event in sorted(events, key=lambda each: each.at)
            if event.text
        ]
        if messages:
            copy_rows(cursor, Message, ["contact_id", "direction", "text", "external_id", "written_at"], messages)

    def _details(self, event: TicketEvent, agents: dict[str, tuple[int, str]]) -> dict[str, str]:
        """Whence it came, its word there, and who did it."""
        details = {"source": self.source}
        if event.word:
            details["word"] = event.word
        if event.agent:
            details["agent"] = agents[event.agent][1] if event.agent in agents else event.agent
        return details


def _values(contact: Contact, names: Sequence[str]) -> list[Any]:
    """What the contact has of these, as COPY takes it."""
    values = (getattr(contact, name) for name in names)
    return [_array(value) if isinstance(value, list) else value for value in values]


def _array(numbers: Any) -> str:
    """Numbers or plain words as COPY takes an array of them."""
    return "{" + ",".join(map(str, numbers)) + "}"


def _refused_by_database(error: Exception) -> RowRefused:
    detail = getattr(error.__cause__, "diag", None)
    rule = (detail and (detail.constraint_name or detail.message_primary)) or str(error)
    return RowRefused(
        "",
        _("the database refuses the row by its rule “%(rule)s”") % {"rule": rule},
        _("Compare the row with docs/formats/contacts-import.md."),
    )
