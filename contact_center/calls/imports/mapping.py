"""The mapping file: how another system's words, columns and clocks become ours (docs/formats/calls.md explains it).

`CallsMap.from_file` reads TOML and refuses, naming the key and what is allowed there, anything it does not know: a
mistyped key must not quietly change figures.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from foundation.files.mapping import (
    CodeRule,
    FlagRule,
    Section,
    code_values,
    file_and_time,
    flag_rule,
    formats_in,
    one_of,
    read_mapping,
)
from foundation.files.reading import UnusableInput, said_of

from .cells import UNITS
from .records import ABANDONED, DISPOSITIONS, OPEN

MOMENTS = ("queued", "answered", "ended")
DURATIONS = ("wait", "talk", "hold", "wrap")


@dataclass(frozen=True, slots=True)
class MomentRule:
    """A moment, in one column or in several whose texts are joined by a blank."""

    columns: tuple[str, ...]
    formats: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DurationRule:
    """A duration and the unit its column is written in (`cells.UNITS`)."""

    column: str
    unit: str = "auto"


@dataclass(frozen=True, slots=True)
class CallCode(CodeRule):
    """How a line, topic, agent, caller, customer or rating follows from a column."""

    area: str = "other"
    region: str = "IT"
    by: str = "any"


@dataclass(frozen=True, slots=True)
class CallsMap:
    """A whole mapping file. What it does not mention is None or empty; a code without a section has a rule without a column."""

    encoding: str = ""
    delimiter: str = ""
    decimal: str = "."
    blank: frozenset[str] = frozenset()
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/Rome"))
    ambiguous: str = "first"
    id_column: str = ""
    id_columns: tuple[str, ...] = ()
    same_rows_are_one: bool = False
    moments: Mapping[str, MomentRule] = field(default_factory=dict)
    durations: Mapping[str, DurationRule] = field(default_factory=dict)
    line: CallCode = CallCode()
    topic: CallCode = CallCode()
    agent: CallCode = CallCode()
    caller: CallCode = CallCode()
    customer: CallCode = CallCode()
    rating: CallCode = CallCode()
    answered: FlagRule | None = None
    resolved: FlagRule | None = None
    transferred: FlagRule | None = None
    disposition: CallCode = CallCode()
    not_answered: str = ABANDONED
    not_resolved: str = "unresolved"
    queues: Mapping[str, str] | None = None
    second_level_queues: frozenset[str] = frozenset()

    @classmethod
    def from_file(cls, path: str, *, queue_log: bool = False) -> "CallsMap":
        """Read a mapping file; UnusableInput says what is wrong with it and what would be right."""
        data = read_mapping(path)
        with said_of(path):
            return cls.from_data(data, queue_log=queue_log)

    @classmethod
    def from_data(cls, data: Mapping[str, Any], *, queue_log: bool = False) -> "CallsMap":
        """The mapping that parsed TOML describes, for a CSV or (`queue_log`) for a queue log."""
        top = Section("", data)
        kept = _queue_log_map(top) if queue_log else _csv_map(top)
        top.finish()
        return cls(**kept)

    @classmethod
    def of_our_columns(cls, header: Iterable[str]) -> "CallsMap":
        """The mapping of a file that already uses our own column names (docs/formats/calls.md), whichever it has."""
        has = set(header)
        data: dict[str, Any] = {"id": {"column": "id"}, "line": {"column": "line"}}
        data["moments"] = {name: {"column": f"{name}_at"} for name in MOMENTS if f"{name}_at" in has}
        data["moments"].setdefault("queued", {"column": "queued_at"})
        data["durations"] = {name: {"column": f"{name}_seconds"} for name in DURATIONS if f"{name}_seconds" in has}
        data |= {name: {"column": name} for name in ("agent", "topic", "caller", "customer", "rating") if name in has}
        data["outcome"] = {
            name: {"column": name, "yes": ["yes", "y", "1", "true"], "no": ["no", "n", "0", "false"]}
            for name in ("answered", "resolved", "transferred")
            if name in has
        }
        if "disposition" in has:
            data["outcome"]["disposition"] = {"column": "disposition", "values": {name: name for name in DISPOSITIONS}}
        return cls.from_data(data)

    @property
    def columns(self) -> list[str]:
        """Every column the mapping reads, each once: what the file must have."""
        found = [self.id_column, *self.id_columns]
        found += [column for rule in self.moments.values() for column in rule.columns]
        found += [rule.column for rule in self.durations.values()]
        codes = (self.line, self.topic, self.agent, self.caller, self.customer, self.rating, self.disposition)
        found += [rule.column for rule in codes]
        found += [rule.column for rule in (self.answered, self.resolved, self.transferred) if rule]
        return list(dict.fromkeys(filter(None, found)))

    @property
    def line_codes(self) -> set[str]:
        """The lines the mapping itself names; they must exist before anything is read."""
        named = {*(self.queues or {}).values(), self.line.constant, self.line.blank, *self.line.values.values()}
        return named - {""}


def _csv_map(top: Section) -> dict[str, Any]:
    kept = file_and_time(top)
    default_formats = kept.pop("formats")

    identity = top.required_section("id")
    kept["id_column"], kept["id_columns"] = identity.text("column"), identity.texts("columns")
    if bool(kept["id_column"]) == bool(kept["id_columns"]):
        raise UnusableInput(_("The mapping needs one of [id] column (a key) and [id] columns (to make a key of)."))
    kept["same_rows_are_one"] = identity.choice("same_rows", ("separate", "one")) == "one"
    identity.finish()

    moments = top.required_section("moments")
    kept["moments"] = {}
    for name in MOMENTS:
        if rule := moments.section(name):
            columns = rule.texts("columns") or rule.texts("column")
            if not columns:
                raise UnusableInput(_("The mapping's [moments.%(name)s] names no column.") % {"name": name})
            kept["moments"][name] = MomentRule(columns, formats_in(rule) or default_formats)
            rule.finish()
    moments.finish()
    if not kept["moments"]:
        raise UnusableInput(
            _("The mapping needs a moment: one of %(names)s.")
            % {"names": ", ".join(f"[moments.{name}]" for name in MOMENTS)}
        )

    kept["durations"] = {}
    if durations := top.section("durations"):
        for name in DURATIONS:
            if rule := durations.section(name):
                kept["durations"][name] = DurationRule(rule.text("column", required=True), rule.choice("unit", UNITS))
                rule.finish()
        durations.finish()

    kept["line"] = _code(top, "line", unknown=("refuse",), required=True)
    if not (kept["line"].column or kept["line"].constant):
        raise UnusableInput(_("The mapping's [line] needs a column or a constant."))
    kept["topic"] = _code(top, "topic", unknown=("refuse", "create", "ignore"))
    kept["agent"] = _code(top, "agent", unknown=("refuse", "create", "ignore"))
    kept["customer"] = _code(top, "customer", unknown=("refuse", "ignore"), by=("any", "code", "tax_code"))
    kept["rating"] = _code(top, "rating", unknown=("refuse", "ignore"))
    kept["caller"] = _caller(top)

    if outcome := top.section("outcome"):
        kept["answered"] = _flag(outcome, "answered", blank="refuse")
        kept["resolved"] = _flag(outcome, "resolved", blank="unknown", more=("otherwise",))
        if (resolved := outcome.section("resolved")) is not None:
            kept["not_resolved"] = resolved.choice("otherwise", ("unresolved", "escalated"))
        kept["transferred"] = _flag(outcome, "transferred", blank="no")
        kept["not_answered"] = outcome.choice(
            "not_answered", (ABANDONED, *(word for word in DISPOSITIONS if word not in (OPEN, "answered", ABANDONED)))
        )
        kept["disposition"] = _code(outcome, "disposition", unknown=("refuse",))
        for word in kept["disposition"].values.values():
            one_of(f"[outcome.disposition] values → {word}", word, DISPOSITIONS)
        outcome.finish()
    return kept


def _queue_log_map(top: Section) -> dict[str, Any]:
    kept = file_and_time(top)
    kept.pop("formats")
    kept["queues"] = top.table("queues")
    kept["agent"] = _code(top, "agent", unknown=("refuse", "create", "ignore"), column=False)
    kept["caller"] = _caller(top, column=False)
    if outcome := top.section("outcome"):
        kept["second_level_queues"] = frozenset(outcome.texts("second_level_queues"))
        outcome.finish()
    return kept


def _code(
    top: Section,
    name: str,
    *,
    unknown: tuple[str, ...],
    required: bool = False,
    by: tuple[str, ...] = (),
    column: bool = True,
) -> CallCode:
    section = top.required_section(name) if required else top.section(name)
    if section is None:
        return CallCode()
    kept = code_values(section, unknown=unknown, column=column)
    if "create" in unknown and name == "topic":
        kept["area"] = section.text("area") or "other"
    if by:
        kept["by"] = section.choice("by", by)
    section.finish()
    return CallCode(**kept)


def _caller(top: Section, *, column: bool = True) -> CallCode:
    section = top.section("caller")
    if section is None:
        return CallCode(unknown="ignore")
    rule = CallCode(
        column=section.text("column", required=True) if column else "",
        unknown=section.choice("invalid", ("ignore", "refuse")),
        region=(section.text("region") or "IT").upper(),
    )
    section.finish()
    return rule


def _flag(outcome: Section, name: str, *, blank: str, more: tuple[str, ...] = ()) -> FlagRule | None:
    section = outcome.section(name)
    if section is None:
        return None
    words = [blank, *(word for word in ("refuse", "unknown", "yes", "no") if word != blank)]
    if name != "resolved":
        words.remove("unknown")
    return flag_rule(section, blank=tuple(words), also=more)
