"""What the rows of one ticket state, by the mapping: text in, plain values out, or `RowRefused` naming the column."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from contact_center.contacts.wrap_up_forms import LONGEST_TEXT
from contact_center.models import Contact, ContactEvent
from contact_center.models.entry import LONGEST_KEY
from contact_center.past.mapping import IGNORE, NOTE, OUTCOMES, REASONS, MomentRule, TicketsMap
from customers.validators import normalise_email, normalise_phone
from foundation.files.cells import reason_of, text_up_to
from foundation.files.mapping import CodeRule, code_in
from foundation.files.moments import moment
from foundation.files.reading import Row
from foundation.files.report import RowRefused
from foundation.text import clean_line, clean_text

Kind = ContactEvent.Kind
FIRST_YEAR = 1990  # nobody had a help desk's file before
LONGEST_WORD = 100
WORDS = {"channel": Contact.Channel.values, "outcome": OUTCOMES, "escalation": REASONS}  # that a cell may have
_subject, _address = text_up_to(250), text_up_to(254)


@dataclass(frozen=True, slots=True)
class TicketEvent:
    """An event of a ticket. `digest` is the same for events that state the same; `number` is that of its row."""

    number: int
    digest: int
    at: datetime
    kind: str
    word: str = ""
    agent: str = ""
    text: str = ""


@dataclass(slots=True)
class Ticket:
    """A ticket: its events in the order of the file, and the facts that its rows give, the last one of each counting.

    `rows` are the numbers of the rows that it is made of, `repeated` of those that state an event once more.
    """

    key: str
    events: list[TicketEvent] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)
    rows: list[int] = field(default_factory=list)
    repeated: list[int] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)

    @property
    def facts_digest(self) -> int:
        """The same for tickets whose rows give the same beside their events."""
        return digest_of(*(f"{name}={value}" for name, value in sorted(self.facts.items())))


def digest_of(*parts: str) -> int:
    """A number of 64 bits that is the same for the same parts."""
    found = hashlib.blake2b("\x1f".join(parts).encode(), digest_size=8).digest()
    return int.from_bytes(found, "big", signed=True)


class TicketReader:
    """Makes tickets of rows; `now` is the moment after which nothing can have happened."""

    def __init__(self, mapping: TicketsMap, *, now: datetime):
        self.mapping, self.now = mapping, now

    def key(self, row: Row) -> str:
        """The ticket that a row is of; RowRefused without one."""
        column = self.mapping.ticket
        key = clean_line(self._texts(row)[column])
        if not key:
            raise RowRefused(column, _("the ticket is blank"), _("Give the row the number of its ticket."), value="")
        if len(key) > LONGEST_KEY:
            raise RowRefused(column, _("the number is longer than %(most)d characters") % {"most": LONGEST_KEY})
        return key

    def ticket(self, key: str, rows: Sequence[Row]) -> tuple[Ticket, list[tuple[Row, RowRefused]]]:
        """The ticket that its rows state, and those of them that cannot be used, with the reasons."""
        ticket, refused = Ticket(key), []
        read = self._read_event if self.mapping.has_events else self._read_ticket
        known: set[int] = set()
        for row in rows:
            texts = self._texts(row)
            try:
                events = read(row, texts, ticket)
                facts = self._facts(texts)
            except RowRefused as refusal:
                refused.append((row, refusal))
                continue
            fresh = [each for each in events if each.digest not in known]
            known |= {each.digest for each in events}
            if not fresh:
                ticket.repeated.append(row.number)
                continue
            ticket.rows.append(row.number)
            ticket.events += fresh
            ticket.facts |= facts
        return ticket, refused

    # --- Rows

    def _texts(self, row: Row) -> Mapping[str, str]:
        if not (blank := self.mapping.blank):
            return row.cells
        return {name: "" if text.casefold() in blank else text for name, text in row.cells.items()}

    def _read_event(self, row: Row, texts: Mapping[str, str], ticket: Ticket) -> list[TicketEvent]:
        """The one event of a row."""
        at = self._moment(self.mapping.moments["moment"], texts)
        if at is None:
            column = self.mapping.moments["moment"].columns[0]
            raise RowRefused(column, _("the moment is blank"), _("Say when it happened."), value="")
        kind, word = self._kind(texts)
        agent, text = self._agent(texts), self._text(texts)
        digest = digest_of(at.isoformat(), word, agent, text)
        return [TicketEvent(row.number, digest, at, kind, self.mapping.names.get(word, word), agent, text)]

    def _read_ticket(self, row: Row, texts: Mapping[str, str], ticket: Ticket) -> list[TicketEvent]:
        """The opening, the end and what lies between, of a row that is a whole ticket."""
        agent, text = self._agent(texts), self._text(texts)
        events: list[TicketEvent] = []
        for kind, rule in self.mapping.moments.items():
            at = self._moment(rule, texts)
            if at is None:
                if kind == Kind.OPENED:
                    raise RowRefused(
                        rule.columns[0], _("the moment is blank"), _("Say when the ticket was opened."), value=""
                    )
                continue
            if events and at < events[0].at:
                raise RowRefused(
                    rule.columns[0], _("lies before the opening"), _("Check which moment each column holds.")
                )
            said = text if kind == Kind.OPENED else ""
            digest = digest_of(at.isoformat(), kind, agent, said)
            events.append(TicketEvent(row.number, digest, at, kind, "", agent, said))
        if ticket.events and {each.digest for each in events} != {each.digest for each in ticket.events}:
            raise RowRefused(
                self.mapping.ticket,
                _("row %(number)d has the same ticket but other content") % {"number": ticket.events[0].number},
                _("Keep one of the two rows."),
            )
        return events

    # --- Cells

    def _moment(self, rule: MomentRule, texts: Mapping[str, str]) -> datetime | None:
        text = " ".join(filter(None, (texts[column] for column in rule.columns)))
        if not text:
            return None
        column = rule.columns[0]
        try:
            at = moment(text, rule.formats, self.mapping.zone, self.mapping.ambiguous)
        except ValidationError as error:
            hint = _("Correct the cell, or the formats and the zone in the mapping.")
            raise RowRefused(column, error.messages[0], hint, value=text) from None
        if at > self.now:
            hint = _("Check the date format: day and month may be swapped.")
            raise RowRefused(column, _("lies in the future"), hint, value=text)
        if at.year < FIRST_YEAR:
            hint = _("Check the date and its format: some systems write 1900 for none.")
            raise RowRefused(column, _("lies before %(year)d") % {"year": FIRST_YEAR}, hint, value=text)
        return at

    def _kind(self, texts: Mapping[str, str]) -> tuple[str, str]:
        """What the activity is here, and its word in the file."""
        rule = self.mapping.activity
        word = clean_line(texts[rule.column])
        if not word:
            raise RowRefused(rule.column, _("the activity is blank"), _("Say what happened."), value="")
        if len(word) > LONGEST_WORD:
            raise RowRefused(
                rule.column, _("the activity is longer than %(most)d characters") % {"most": LONGEST_WORD}
            )
        if (code := rule.code_of(word)) is not None:
            return code, word
        if rule.unknown == NOTE:
            return Kind.NOTED.value, word
        raise RowRefused(
            rule.column,
            _("the mapping does not list this activity"),
            _("Add it to values in the mapping, or set [activity] unknown = “noted”."),
            value=word,
        )

    def _agent(self, texts: Mapping[str, str]) -> str:
        return clean_line(code_in(self.mapping.agent, texts))[:LONGEST_WORD]

    def _text(self, texts: Mapping[str, str]) -> str:
        column = self.mapping.texts.get("text")
        if not column or not texts[column]:
            return ""
        text = clean_text(texts[column])
        if len(text) > LONGEST_TEXT:
            raise RowRefused(
                column,
                _("the text has %(count)d characters, and there is room for %(most)d")
                % {"count": len(text), "most": LONGEST_TEXT},
                _("Shorten it."),
                value=text[:60],
            )
        return text

    def _facts(self, texts: Mapping[str, str]) -> dict[str, str]:
        """What a row gives of its ticket; a blank gives nothing."""
        mapping = self.mapping
        found = {
            "channel": code_in(mapping.channel, texts),
            "line": code_in(mapping.line, texts),
            "topic": clean_line(code_in(mapping.topic, texts)),
            "outcome": code_in(mapping.outcome, texts),
            "escalation": code_in(mapping.escalation, texts),
        }
        for name, rule in (
            ("channel", mapping.channel),
            ("outcome", mapping.outcome),
            ("escalation", mapping.escalation),
        ):
            _have(found[name], WORDS[name], rule)
        if column := mapping.customer.column:
            found["customer"] = "".join(texts[column].split())
        for name, read in (("subject", _subject), ("address", _where_from)):
            if name in mapping.texts:
                found[name] = _read(mapping.texts[name], texts[mapping.texts[name]], read)
        return {name: value for name, value in found.items() if value}


def _have(word: str, known: Sequence[str], rule: CodeRule) -> None:
    """Without `values` a text is the word itself, and has to be one that we have."""
    if word and word not in known and rule.unknown != IGNORE:
        raise RowRefused(
            rule.column,
            _("is none of ours: %(words)s") % {"words": ", ".join(known)},
            _("Add it to values in the mapping."),
            value=word,
        )


def _read(column: str, text: str, read: Callable[[str], str]) -> str:
    if not text:
        return ""
    try:
        return read(text)
    except ValidationError as error:
        raise RowRefused(column, reason_of(error)) from None


def _where_from(text: str) -> str:
    """A number or address as we keep it; what is neither remains as it is written."""
    text = _address(text)
    try:
        return normalise_email(text) if "@" in text else normalise_phone(text)
    except ValidationError:
        return text
