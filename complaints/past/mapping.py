"""The mapping of a past register: which columns and words of the file are which of ours (docs/formats/complaints-import.md)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from complaints.models import Complaint
from complaints.models.code import CodeList, code_of
from customers import rami
from foundation.dates import ROME
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
from foundation.files.moments import DAY_FORMATS, SERIAL
from foundation.files.reading import UnusableInput, said_of

NO_CODE = CodeRule()  # of a section that a mapping leaves out
REFUSE, IGNORE, CREATE = "refuse", "ignore", "create"
# Section of the mapping: the column of the complaint that its code goes to.
CODES = {
    "channel": "received_by",
    "area": "area",
    "product": "product",
    "distribution": "distribution",
    "complainant": "complainant_kind",
    "proposer": "proposer_kind",
    "intermediary_kind": "intermediary_kind",
}
LISTS = {
    "channel": CodeList.CHANNEL,
    "area": CodeList.AREA,
    "product": CodeList.PRODUCT,
    "distribution": CodeList.DISTRIBUTION,
    "complainant": CodeList.COMPLAINANT,
    "proposer": CodeList.PROPOSER,
    "intermediary_kind": CodeList.INTERMEDIARY,
    "reasons": CodeList.REASON,
}
CREATED = ("channel", "product", "reasons")  # whose unknown texts may become codes of our lists
DAYS = ("received", "received_by_intermediary", "registered", "dated", "event", "answered")
TEXTS = {
    "name": "complainant_name",
    "subject": "subject",
    "text": "text",
    "answer": "answer",
    "address": "address",
    "phone": "phone",
    "tax_code": "tax_code",
    "reference": "reference",
    "intermediary": "intermediary_stated",
    "reason": "reason",
}
OPEN, CLOSED, WITHDRAWN = "open", "closed", "withdrawn"  # beside the outcomes: what a row may have come to
ENDS = (OPEN, CLOSED, WITHDRAWN, *(word for word in Complaint.Outcome.values if word))


@dataclass(frozen=True, slots=True)
class DayRule:
    """A day, in one column or in several whose texts are joined by a blank."""

    columns: tuple[str, ...]
    formats: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReasonsRule(CodeRule):
    """Reasons: of one column or several, each cell of which may hold several, separated by one of `separators`."""

    columns: tuple[str, ...] = ()
    separators: tuple[str, ...] = ()
    area: str = ""


@dataclass(frozen=True, slots=True)
class LinkRule:
    """A row of ours that a cell names: what it is found by, and what becomes of a row whose cell names none."""

    column: str = ""
    by: str = "any"
    unknown: str = REFUSE
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PastMap:
    """A whole mapping. What it does not mention is empty or None."""

    encoding: str = ""
    delimiter: str = ""
    decimal: str = "."
    blank: frozenset[str] = frozenset()
    zone: ZoneInfo = ROME
    ambiguous: str = "first"
    number: str = ""
    days: Mapping[str, DayRule] = field(default_factory=dict)
    codes: Mapping[str, CodeRule] = field(default_factory=dict)
    reasons: ReasonsRule = ReasonsRule()
    outcome: CodeRule = NO_CODE
    disputed: FlagRule | None = None
    ramo: CodeRule = NO_CODE
    province: CodeRule = NO_CODE
    postal_code: CodeRule = NO_CODE  # its values are beginnings of postal codes
    customer: LinkRule = LinkRule()
    policy: LinkRule = LinkRule()
    agency: LinkRule = LinkRule()
    value: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)
    kept: tuple[str, ...] = ()

    @classmethod
    def from_file(cls, path: str) -> "PastMap":
        """Read a mapping file; UnusableInput says what is wrong with it and what would be right."""
        data = read_mapping(path)
        with said_of(path):
            return cls.from_data(data)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "PastMap":
        """The mapping that parsed TOML describes; every word of ours in it is one that we have."""
        top = Section("", data)
        kept = file_and_time(top, formats=DAY_FORMATS, also=(SERIAL,))
        formats = kept.pop("formats")
        kept["number"] = _column(top, "number", required=True)
        kept["days"] = _days(top, formats)
        kept["codes"] = {name: rule for name in CODES if (rule := _code(top, name)) is not None}
        kept["reasons"] = _reasons(top)
        kept["outcome"] = _outcome(top)
        if section := top.section("disputed"):
            kept["disputed"] = flag_rule(section, blank=("unknown", "no", "yes", "refuse"))
        kept["ramo"] = _plain_code(top, "ramo", known=dict(rami.CHOICES))
        kept["province"] = _plain_code(top, "province")
        kept["postal_code"] = _postal_code(top)
        kept["customer"] = _link(top, "customer", by=("any", "code", "tax_code"))
        kept["policy"] = _link(top, "policy")
        kept["agency"] = _link(top, "agency", values=True)
        kept["value"] = _column(top, "value")
        if section := top.section("texts"):
            kept["texts"] = {name: column for name in TEXTS if (column := section.text(name))}
            section.finish()
        if section := top.section("keep"):
            kept["kept"] = section.texts("columns")
            section.finish()
        top.finish()
        return cls(**kept)

    @property
    def columns(self) -> list[str]:
        """Every column that the mapping reads, each once: what the file must have."""
        found = [self.number, *(column for rule in self.days.values() for column in rule.columns)]
        rules: Iterable[CodeRule | LinkRule] = (
            *self.codes.values(),
            self.outcome,
            self.ramo,
            self.province,
            self.postal_code,
            self.customer,
            self.policy,
            self.agency,
        )
        found += [rule.column for rule in rules]
        found += [*self.reasons.columns, self.value, *self.texts.values(), *self.kept]
        found += [self.disputed.column] if self.disputed else []
        return list(dict.fromkeys(filter(None, found)))


def _column(top: Section, name: str, *, required: bool = False) -> str:
    section = top.required_section(name) if required else top.section(name)
    if section is None:
        return ""
    column = section.text("column", required=True)
    section.finish()
    return column


def _days(top: Section, formats: tuple[str, ...]) -> dict[str, DayRule]:
    rules = {}
    for name in DAYS:
        section = top.required_section(name) if name == "received" else top.section(name)
        if section is None:
            continue
        columns = section.texts("columns") or section.texts("column")
        if not columns:
            raise UnusableInput(_("The mapping's %(section)s needs a column.") % {"section": section.key("")})
        rules[name] = DayRule(columns, formats_in(section, also=(SERIAL,)) or formats)
        section.finish()
    return rules


def _unknown_words(name: str) -> tuple[str, ...]:
    return (REFUSE, IGNORE, CREATE) if name in CREATED else (REFUSE, IGNORE)


def _code(top: Section, name: str) -> CodeRule | None:
    section = top.section(name)
    if section is None:
        return None
    rule = CodeRule(**code_values(section, unknown=_unknown_words(name)))
    section.finish()
    _have_codes(name, [rule.constant, rule.blank, *rule.values.values()])
    return rule


def _have_codes(name: str, words: Iterable[str]) -> None:
    """Refuse a mapping that names a code which its list does not have."""
    for word in words:
        if word and code_of(LISTS[name], word) is None:
            raise UnusableInput(
                _("The mapping's [%(section)s] names “%(word)s”, which is none of the %(list)s.")
                % {"section": name, "word": word, "list": LISTS[name].label}
            )


def _reasons(top: Section) -> ReasonsRule:
    section = top.section("reasons")
    if section is None:
        return ReasonsRule()
    columns = section.texts("columns") or section.texts("column")
    if not columns:
        raise UnusableInput(_("The mapping's %(section)s needs a column.") % {"section": section.key("")})
    rule = ReasonsRule(
        values=section.table("values") or {},
        blank=section.text("blank"),
        unknown=section.choice("unknown", _unknown_words("reasons")),
        columns=columns,
        separators=section.texts("separators"),
        area=section.text("area"),
    )
    section.finish()
    _have_codes("reasons", [rule.blank, *rule.values.values()])
    _have_codes("area", [rule.area])
    return rule


def _outcome(top: Section) -> CodeRule:
    section = top.section("outcome")
    if section is None:
        return CodeRule()
    rule = CodeRule(**code_values(section, unknown=(REFUSE,)))
    section.finish()
    for word in (rule.constant, rule.blank, *rule.values.values()):
        if word:
            one_of("[outcome]", word, ENDS)
    return rule


def _plain_code(top: Section, name: str, known: Mapping[str, Any] | None = None) -> CodeRule:
    section = top.section(name)
    if section is None:
        return CodeRule()
    rule = CodeRule(**code_values(section, unknown=(REFUSE, IGNORE)))
    section.finish()
    for word in (rule.constant, rule.blank, *rule.values.values()):
        if word and known is not None:
            one_of(section.key(""), word, known)
    return rule


def _postal_code(top: Section) -> CodeRule:
    section = top.section("postal_code")
    if section is None:
        return CodeRule()
    rule = CodeRule(column=section.text("column", required=True), values=section.table("provinces") or {})
    section.finish()
    if wrong := next((text for text in rule.values if not (text.isdecimal() and len(text) <= 5)), None):
        raise UnusableInput(
            _("The mapping's [postal_code] provinces: “%(text)s” is not the beginning of a postal code.")
            % {"text": wrong}
        )
    return rule


def _link(top: Section, name: str, *, by: tuple[str, ...] = ("any",), values: bool = False) -> LinkRule:
    section = top.section(name)
    if section is None:
        return LinkRule()
    rule = LinkRule(
        column=section.text("column", required=True),
        by=section.choice("by", by) if len(by) > 1 else by[0],
        unknown=section.choice("unknown", (REFUSE, IGNORE)),
        values=(section.table("values") or {}) if values else {},
    )
    section.finish()
    return rule
