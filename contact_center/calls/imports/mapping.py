"""The mapping file: how another system's words, columns and clocks become ours (docs/formats/calls.md explains it).

`CallsMap.from_file` reads TOML and refuses, naming the key and what is allowed there, anything it does not know: a
mistyped key must not quietly change figures.
"""

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from foundation.files.reading import UnusableInput, said_of

from .cells import AMBIGUOUS, EPOCH_FORMATS, UNITS
from .records import ABANDONED, DISPOSITIONS, OPEN

MOMENTS = ("queued", "answered", "ended")
DURATIONS = ("wait", "talk", "hold", "wrap")
ISO_FORMATS = ("iso", "%Y-%m-%d %H:%M:%S", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M")


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
class CodeRule:
    """How a line, topic, agent or rating follows from a column.

    With `values` only the texts listed there are known; without, a text is the code itself. `blank` is the code of
    an empty cell, `unknown` what to do with a code that the database does not have: "refuse", "create", "ignore".
    """

    column: str = ""
    constant: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    blank: str = ""
    unknown: str = "refuse"
    area: str = "other"
    region: str = "IT"
    by: str = "any"

    def code_of(self, text: str) -> str | None:
        """The code that `values` has for the text, letter for letter or else in any case; None for none or several."""
        if text in self.values:
            return self.values[text]
        word = text.casefold()
        found = {code for name, code in self.values.items() if name.casefold() == word}
        return found.pop() if len(found) == 1 else None


@dataclass(frozen=True, slots=True)
class FlagRule:
    """A yes or a no. Without `no`, every text that is not a yes is one; `blank` is "yes", "no", "unknown" or "refuse"."""

    column: str
    yes: frozenset[str]
    no: frozenset[str] | None
    blank: str


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
    line: CodeRule = CodeRule()
    topic: CodeRule = CodeRule()
    agent: CodeRule = CodeRule()
    caller: CodeRule = CodeRule()
    customer: CodeRule = CodeRule()
    rating: CodeRule = CodeRule()
    answered: FlagRule | None = None
    resolved: FlagRule | None = None
    transferred: FlagRule | None = None
    disposition: CodeRule = CodeRule()
    not_answered: str = ABANDONED
    not_resolved: str = "unresolved"
    queues: Mapping[str, str] | None = None
    second_level_queues: frozenset[str] = frozenset()

    @classmethod
    def from_file(cls, path: str, *, queue_log: bool = False) -> "CallsMap":
        """Read a mapping file; UnusableInput says what is wrong with it and what would be right."""
        try:
            with open(path, "rb") as file:
                data = tomllib.load(file)
        except FileNotFoundError:
            raise UnusableInput(_("There is no mapping file “%(path)s”.") % {"path": path}) from None
        except OSError as error:
            raise UnusableInput(
                _("The mapping file “%(path)s” cannot be read: %(error)s.") % {"path": path, "error": error.strerror}
            ) from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise UnusableInput(
                _("The mapping file “%(path)s” is not valid TOML: %(error)s.") % {"path": path, "error": error}
            ) from None
        with said_of(path):
            return cls.from_data(data, queue_log=queue_log)

    @classmethod
    def from_data(cls, data: Mapping[str, Any], *, queue_log: bool = False) -> "CallsMap":
        """The mapping that parsed TOML describes, for a CSV or (`queue_log`) for a queue log."""
        top = _Section("", data)
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


def _csv_map(top: "_Section") -> dict[str, Any]:
    kept = _file_and_time(top)
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
            kept["moments"][name] = MomentRule(columns, _formats(rule) or default_formats)
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
            _one_of(f"[outcome.disposition] values → {word}", word, DISPOSITIONS)
        outcome.finish()
    return kept


def _queue_log_map(top: "_Section") -> dict[str, Any]:
    kept = _file_and_time(top)
    kept.pop("formats")
    kept["queues"] = top.table("queues")
    kept["agent"] = _code(top, "agent", unknown=("refuse", "create", "ignore"), column=False)
    kept["caller"] = _caller(top, column=False)
    if outcome := top.section("outcome"):
        kept["second_level_queues"] = frozenset(outcome.texts("second_level_queues"))
        outcome.finish()
    return kept


def _file_and_time(top: "_Section") -> dict[str, Any]:
    kept: dict[str, Any] = {}
    if file := top.section("file"):
        kept["encoding"], kept["delimiter"] = file.text("encoding"), file.text("delimiter")
        kept["decimal"] = file.choice("decimal", (".", ","))
        kept["blank"] = frozenset(text.casefold() for text in file.texts("blank"))
        file.finish()
    kept["formats"] = ISO_FORMATS
    if time := top.section("time"):
        if name := time.text("zone"):
            try:
                kept["zone"] = ZoneInfo(name)
            except (KeyError, ValueError, OSError):
                raise UnusableInput(
                    _("The mapping's [time] zone “%(zone)s” is unknown. Write one such as Europe/Rome or UTC.")
                    % {"zone": name}
                ) from None
        kept["ambiguous"] = time.choice("ambiguous", AMBIGUOUS)
        kept["formats"] = _formats(time) or ISO_FORMATS
        time.finish()
    return kept


def _formats(section: "_Section") -> tuple[str, ...]:
    formats = section.texts("formats") or section.texts("format")
    for form in formats:
        if form in ("iso", *EPOCH_FORMATS):
            continue
        if bad := [code for code in re.findall(r"%(.?)", form) if code not in tuple("aAbBdHIjmMpSfyYzZ%")]:
            raise UnusableInput(
                _(
                    "%(key)s: “%(format)s” has the unknown part %%%(part)s. Known: %%d %%m %%Y %%H %%M %%S %%f %%z and so on."
                )
                % {"key": section.key("formats"), "format": form, "part": bad[0]}
            )
        if "%" not in form:
            raise UnusableInput(
                _(
                    "%(key)s: “%(format)s” is no format. Write one such as %%d/%%m/%%Y %%H:%%M:%%S, or iso, epoch, epoch_ms."
                )
                % {"key": section.key("formats"), "format": form}
            )
    return formats


def _code(
    top: "_Section",
    name: str,
    *,
    unknown: tuple[str, ...],
    required: bool = False,
    by: tuple[str, ...] = (),
    column: bool = True,
) -> CodeRule:
    section = top.required_section(name) if required else top.section(name)
    if section is None:
        return CodeRule()
    kept: dict[str, Any] = {"values": section.table("values") or {}}
    if column:
        kept |= {"column": section.text("column"), "blank": section.text("blank")}
        kept["constant"] = section.text("constant")
        if not (kept["column"] or kept["constant"]):
            raise UnusableInput(_("The mapping's %(section)s needs a column.") % {"section": section.key("")})
    kept["unknown"] = section.choice("unknown", unknown)
    if "create" in unknown and name == "topic":
        kept["area"] = section.text("area") or "other"
    if by:
        kept["by"] = section.choice("by", by)
    section.finish()
    return CodeRule(**kept)


def _caller(top: "_Section", *, column: bool = True) -> CodeRule:
    section = top.section("caller")
    if section is None:
        return CodeRule(unknown="ignore")
    rule = CodeRule(
        column=section.text("column", required=True) if column else "",
        unknown=section.choice("invalid", ("ignore", "refuse")),
        region=(section.text("region") or "IT").upper(),
    )
    section.finish()
    return rule


def _flag(outcome: "_Section", name: str, *, blank: str, more: tuple[str, ...] = ()) -> FlagRule | None:
    section = outcome.section(name)
    if section is None:
        return None
    words = [blank, *(word for word in ("refuse", "unknown", "yes", "no") if word != blank)]
    if name != "resolved":
        words.remove("unknown")
    yes, no = section.texts("yes"), section.texts("no")
    if not yes:
        raise UnusableInput(_("The mapping's %(key)s names no value.") % {"key": section.key("yes")})
    rule = FlagRule(
        section.text("column", required=True),
        frozenset(text.casefold() for text in yes),
        frozenset(text.casefold() for text in no) if no else None,
        section.choice("blank", tuple(words)),
    )
    if both := rule.yes & (rule.no or frozenset()):
        raise UnusableInput(
            _("The mapping's [outcome.%(name)s] calls “%(value)s” both yes and no.")
            % {"name": name, "value": min(both)}
        )
    section.finish(also=more)
    return rule


def _one_of(key: str, word: str, allowed: Iterable[str]) -> str:
    if word not in allowed:
        raise UnusableInput(
            _("The mapping's %(key)s cannot be “%(word)s”. Allowed: %(allowed)s.")
            % {"key": key, "word": word, "allowed": ", ".join(allowed)}
        )
    return word


class _Section:
    """A table of the TOML: gives its values by type, and at the end refuses the keys nobody asked for."""

    def __init__(self, name: str, data: Mapping[str, Any]):
        self.name, self._data = name, data
        self._asked: list[str] = []

    def key(self, key: str) -> str:
        section = f"[{self.name}]" if self.name else ""
        return f"{section} {key}".strip()

    def _get(self, key: str, kinds: tuple[type, ...], wanted: str) -> Any:
        self._asked.append(key)
        value = self._data.get(key)
        if value is not None and (not isinstance(value, kinds) or isinstance(value, bool)):
            raise UnusableInput(
                _("The mapping's %(key)s must be %(wanted)s.") % {"key": self.key(key), "wanted": wanted}
            )
        return value

    def section(self, key: str) -> "_Section | None":
        value = self._get(key, (dict,), _("a section"))
        return None if value is None else _Section(f"{self.name}.{key}" if self.name else key, value)

    def required_section(self, key: str) -> "_Section":
        if (section := self.section(key)) is None:
            raise UnusableInput(_("The mapping lacks the section [%(section)s].") % {"section": key})
        return section

    def text(self, key: str, *, required: bool = False) -> str:
        value = self._get(key, (str, int), _("a text"))
        if required and value in (None, ""):
            raise UnusableInput(_("The mapping lacks %(key)s.") % {"key": self.key(key)})
        return "" if value is None else str(value)

    def texts(self, key: str) -> tuple[str, ...]:
        value = self._get(key, (str, int, list), _("a text or a list of texts"))
        found = value if isinstance(value, list) else [] if value is None else [value]
        if any(isinstance(each, (dict, list)) for each in found):
            raise UnusableInput(_("The mapping's %(key)s must be a list of texts.") % {"key": self.key(key)})
        return tuple(str(each) for each in found)

    def table(self, key: str) -> dict[str, str] | None:
        value = self._get(key, (dict,), _("a table of texts"))
        if value is not None and any(isinstance(each, (dict, list)) for each in value.values()):
            raise UnusableInput(_("The mapping's %(key)s must be a table of texts.") % {"key": self.key(key)})
        return None if value is None else {str(name): str(each) for name, each in value.items()}

    def choice(self, key: str, allowed: tuple[str, ...]) -> str:
        """One of the allowed words; the first is the default."""
        return _one_of(self.key(key), self.text(key) or allowed[0], allowed)

    def finish(self, also: tuple[str, ...] = ()) -> None:
        known = list(dict.fromkeys([*self._asked, *also]))
        for key in self._data:
            if key not in known:
                near = difflib.get_close_matches(key, known, 1)
                hint = _("Did you mean “%(near)s”?") % {"near": near[0]} + " " if near else ""
                raise UnusableInput(
                    _("The mapping has an unknown key %(key)s. %(hint)sAllowed: %(allowed)s.")
                    % {"key": self.key(key), "hint": hint, "allowed": ", ".join(known)}
                )
