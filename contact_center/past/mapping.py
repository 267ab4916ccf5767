"""The mapping of an earlier help desk: which columns and words of its file are which of ours (docs/formats/contacts-import.md)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from contact_center.models import Contact, ContactEvent, Topic
from foundation.dates import ROME
from foundation.files.mapping import CodeRule, Section, code_values, file_and_time, formats_in, one_of, read_mapping
from foundation.files.reading import UnusableInput, said_of

Kind = ContactEvent.Kind
NO_CODE = CodeRule()  # of a section that a mapping leaves out
REFUSE, IGNORE, CREATE, NOTE = "refuse", "ignore", "create", "noted"
# What an activity of the earlier system may be here; `noted` keeps it in the words of the file.
ACTIVITIES = tuple(
    str(kind)
    for kind in (
        Kind.OPENED,
        Kind.TAKEN,
        Kind.ASSIGNED,
        Kind.RELEASED,
        Kind.REPLIED,
        Kind.RECEIVED,
        Kind.PAUSED,
        Kind.RESUMED,
        Kind.ESCALATED,
        Kind.CLOSED,
        Kind.REOPENED,
        Kind.NOTED,
    )
)
FIRST = "first"  # a ticket opens at its first event, whatever it is; else at the event that is called opened
OUTCOMES = ("resolved", "unresolved", "wrong_number", "dropped", "not_known")
REASONS = tuple(word for word in Contact.Escalation.values if word)
MOMENTS = (Kind.OPENED, Kind.ESCALATED, Kind.CLOSED)  # the columns of a file with one row a ticket
TEXTS = ("subject", "text", "address")


@dataclass(frozen=True, slots=True)
class MomentRule:
    """A moment, in one column or in several whose texts are joined by a blank."""

    columns: tuple[str, ...]
    formats: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CustomerRule:
    """The customer that a cell names: what it is found by, and what becomes of a row whose cell names none."""

    column: str = ""
    by: str = "any"
    unknown: str = REFUSE


@dataclass(frozen=True, slots=True)
class TopicRule(CodeRule):
    """A topic; `area` is that of those which are created."""

    area: str = Topic.Area.OTHER.value


@dataclass(frozen=True, slots=True)
class TicketsMap:
    """A whole mapping. With `activity` the file has a row for each event, without it one for each ticket."""

    encoding: str = ""
    delimiter: str = ""
    decimal: str = "."
    blank: frozenset[str] = frozenset()
    zone: ZoneInfo = ROME
    ambiguous: str = "first"
    ticket: str = ""
    opens: str = FIRST
    activity: CodeRule = NO_CODE
    names: Mapping[str, str] = field(default_factory=dict)  # what an activity is called, by its word in the file
    moments: Mapping[str, MomentRule] = field(default_factory=dict)
    channel: CodeRule = NO_CODE
    line: CodeRule = NO_CODE
    topic: TopicRule = TopicRule()
    agent: CodeRule = NO_CODE
    outcome: CodeRule = NO_CODE
    escalation: CodeRule = NO_CODE
    customer: CustomerRule = CustomerRule()
    texts: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_file(cls, path: str) -> "TicketsMap":
        """Read a mapping file; UnusableInput says what is wrong with it and what would be right."""
        data = read_mapping(path)
        with said_of(path):
            return cls.from_data(data)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "TicketsMap":
        """The mapping that parsed TOML describes."""
        top = Section("", data)
        kept = file_and_time(top)
        formats = kept.pop("formats")
        ticket = top.required_section("ticket")
        kept["ticket"] = ticket.text("column", required=True)
        kept["opens"] = ticket.choice("opens", (FIRST, Kind.OPENED.value))
        ticket.finish()
        kept |= _events(top, formats)
        kept["channel"] = _code(top, "channel", known=Contact.Channel.values, required=True)
        kept["line"] = _code(top, "line")
        kept["topic"] = _topic(top)
        kept["agent"] = _code(top, "agent", unknown=(REFUSE, IGNORE))
        kept["outcome"] = _code(top, "outcome", known=OUTCOMES)
        kept["escalation"] = _code(top, "escalation", known=REASONS)
        if section := top.section("customer"):
            kept["customer"] = CustomerRule(
                section.text("column", required=True),
                section.choice("by", ("any", "code", "tax_code", "email")),
                section.choice("unknown", (REFUSE, IGNORE)),
            )
            section.finish()
        if section := top.section("texts"):
            kept["texts"] = {name: column for name in TEXTS if (column := section.text(name))}
            section.finish()
        top.finish()
        return cls(**kept)

    @property
    def has_events(self) -> bool:
        """Whether each row is an event of a ticket; else it is a ticket."""
        return bool(self.activity.column)

    @property
    def columns(self) -> list[str]:
        """Every column that the mapping reads, each once: what the file must have."""
        rules: Iterable[CodeRule | CustomerRule] = (
            self.activity,
            self.channel,
            self.line,
            self.topic,
            self.agent,
            self.outcome,
            self.escalation,
            self.customer,
        )
        found = [self.ticket, *(column for rule in self.moments.values() for column in rule.columns)]
        found += [*(rule.column for rule in rules), *self.texts.values()]
        return list(dict.fromkeys(filter(None, found)))


def _events(top: Section, formats: tuple[str, ...]) -> dict[str, Any]:
    """The moments: [activity] and [moment] of a row for each event, or [opened] and so on of a row for each ticket."""
    activity = top.section("activity")
    if activity is None:
        found = {str(kind): _moment(top, str(kind), formats) for kind in MOMENTS}
        moments = {kind: moment for kind, moment in found.items() if moment is not None}
        if Kind.OPENED not in moments:
            raise UnusableInput(
                _(
                    "The mapping lacks [activity] and [moment], of a file with a row for each event, or [opened], of one "
                    "with a row for each ticket."
                )
            )
        return {"moments": moments}
    values = activity.table("values")
    rule = CodeRule(
        column=activity.text("column", required=True),
        values=values or {},
        unknown=activity.choice("unknown", (REFUSE, NOTE)),
    )
    names = activity.table("names") or {}
    activity.finish()
    for word in rule.values.values():
        one_of("[activity] values", word, ACTIVITIES)
    moment = _moment(top, "moment", formats)
    if moment is None:
        raise UnusableInput(_("The mapping lacks the section [%(section)s].") % {"section": "moment"})
    return {"activity": rule, "names": names, "moments": {"moment": moment}}


def _moment(top: Section, name: str, formats: tuple[str, ...]) -> MomentRule | None:
    section = top.section(name)
    if section is None:
        return None
    columns = section.texts("columns") or section.texts("column")
    if not columns:
        raise UnusableInput(_("The mapping's %(section)s needs a column.") % {"section": section.key("")})
    rule = MomentRule(columns, formats_in(section) or formats)
    section.finish()
    return rule


def _code(
    top: Section,
    name: str,
    *,
    known: Iterable[str] | None = None,
    unknown: tuple[str, ...] = (REFUSE,),
    required: bool = False,
) -> CodeRule:
    section = top.required_section(name) if required else top.section(name)
    if section is None:
        return NO_CODE
    rule = CodeRule(**code_values(section, unknown=unknown))
    section.finish()
    for word in (rule.constant, rule.blank, *rule.values.values()):
        if word and known is not None:
            one_of(section.key(""), word, known)
    return rule


def _topic(top: Section) -> TopicRule:
    section = top.section("topic")
    if section is None:
        return TopicRule()
    values = code_values(section, unknown=(REFUSE, IGNORE, CREATE))
    rule = TopicRule(**values, area=section.choice("area", (Topic.Area.OTHER.value, *Topic.Area.values)))
    section.finish()
    return rule
