"""The language of mapping files: how another system's columns, words and clocks become ours.

A mapping file is TOML. `Section` reads it and refuses, naming the key and what is allowed there, anything that nobody asks
for: a mistyped key must not quietly change figures. What each import asks for is in its own `mapping.py`.
"""

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from .moments import AMBIGUOUS, EPOCH_FORMATS
from .reading import UnusableInput
from .report import RowRefused

ISO_FORMATS = ("iso", "%Y-%m-%d %H:%M:%S", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M")


def read_mapping(path: str) -> dict[str, Any]:
    """The TOML of a mapping file; UnusableInput where there is none that can be read."""
    try:
        with open(path, "rb") as file:
            return tomllib.load(file)
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


# --- Sections -------------------------------------------------------------------------------------------------------


def one_of(key: str, word: str, allowed: Iterable[str]) -> str:
    """The word, or UnusableInput where it is none of those allowed."""
    if word not in allowed:
        raise UnusableInput(
            _("The mapping's %(key)s cannot be “%(word)s”. Allowed: %(allowed)s.")
            % {"key": key, "word": word, "allowed": ", ".join(allowed)}
        )
    return word


class Section:
    """A table of the TOML: gives its values by type, and at the end refuses the keys nobody asked for."""

    def __init__(self, name: str, data: Mapping[str, Any]):
        self.name, self._data = name, data
        self._asked: list[str] = []

    def key(self, key: str) -> str:
        """How messages call a key of the section; "" is the section itself."""
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

    def section(self, key: str) -> "Section | None":
        """A section within it; None where the mapping has none."""
        value = self._get(key, (dict,), _("a section"))
        return None if value is None else Section(f"{self.name}.{key}" if self.name else key, value)

    def required_section(self, key: str) -> "Section":
        """A section that the mapping must have."""
        if (section := self.section(key)) is None:
            raise UnusableInput(_("The mapping lacks the section [%(section)s].") % {"section": key})
        return section

    def text(self, key: str, *, required: bool = False) -> str:
        """A text, or a whole number as one; "" where it is not given."""
        value = self._get(key, (str, int), _("a text"))
        if required and value in (None, ""):
            raise UnusableInput(_("The mapping lacks %(key)s.") % {"key": self.key(key)})
        return "" if value is None else str(value)

    def texts(self, key: str) -> tuple[str, ...]:
        """A text or a list of texts."""
        value = self._get(key, (str, int, list), _("a text or a list of texts"))
        found = value if isinstance(value, list) else [] if value is None else [value]
        if any(isinstance(each, (dict, list)) for each in found):
            raise UnusableInput(_("The mapping's %(key)s must be a list of texts.") % {"key": self.key(key)})
        return tuple(str(each) for each in found)

    def table(self, key: str) -> dict[str, str] | None:
        """A table of texts; None where it is not given."""
        value = self._get(key, (dict,), _("a table of texts"))
        if value is not None and any(isinstance(each, (dict, list)) for each in value.values()):
            raise UnusableInput(_("The mapping's %(key)s must be a table of texts.") % {"key": self.key(key)})
        return None if value is None else {str(name): str(each) for name, each in value.items()}

    def choice(self, key: str, allowed: tuple[str, ...]) -> str:
        """One of the allowed words; the first is the default."""
        return one_of(self.key(key), self.text(key) or allowed[0], allowed)

    def finish(self, also: tuple[str, ...] = ()) -> None:
        """Refuse the keys that nobody asked for; those of `also` are asked for elsewhere."""
        known = list(dict.fromkeys([*self._asked, *also]))
        for key in self._data:
            if key not in known:
                near = difflib.get_close_matches(key, known, 1)
                hint = _("Did you mean “%(near)s”?") % {"near": near[0]} + " " if near else ""
                raise UnusableInput(
                    _("The mapping has an unknown key %(key)s. %(hint)sAllowed: %(allowed)s.")
                    % {"key": self.key(key), "hint": hint, "allowed": ", ".join(known)}
                )


# --- Rules that sections state --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CodeRule:
    """How one of our codes follows from a column.

    With `values` only the texts listed there are known; without, a text is the code itself. `blank` is the code of
    an empty cell, `unknown` what to do with a code that the database does not have: "refuse", "create", "ignore".
    """

    column: str = ""
    constant: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    blank: str = ""
    unknown: str = "refuse"

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


def code_values(section: Section, *, unknown: tuple[str, ...], column: bool = True) -> dict[str, Any]:
    """The values of a `CodeRule` that a section states; `unknown` lists what it may do with unknown codes."""
    kept: dict[str, Any] = {"values": section.table("values") or {}}
    if column:
        kept |= {"column": section.text("column"), "blank": section.text("blank")}
        kept["constant"] = section.text("constant")
        if not (kept["column"] or kept["constant"]):
            raise UnusableInput(_("The mapping's %(section)s needs a column.") % {"section": section.key("")})
    kept["unknown"] = section.choice("unknown", unknown)
    return kept


def flag_rule(section: Section, *, blank: tuple[str, ...], also: tuple[str, ...] = ()) -> FlagRule:
    """The yes-or-no that a section states; `blank` lists what it may take a blank for, the default first."""
    yes, no = section.texts("yes"), section.texts("no")
    if not yes:
        raise UnusableInput(_("The mapping's %(key)s names no value.") % {"key": section.key("yes")})
    rule = FlagRule(
        section.text("column", required=True),
        frozenset(text.casefold() for text in yes),
        frozenset(text.casefold() for text in no) if no else None,
        section.choice("blank", blank),
    )
    if both := rule.yes & (rule.no or frozenset()):
        raise UnusableInput(
            _("The mapping's %(section)s calls “%(value)s” both yes and no.")
            % {"section": section.key(""), "value": min(both)}
        )
    section.finish(also=also)
    return rule


def file_and_time(
    top: Section, *, formats: tuple[str, ...] = ISO_FORMATS, also: tuple[str, ...] = ()
) -> dict[str, Any]:
    """What [file] and [time] say, and what holds where they do not: encoding, delimiter, decimal, blank, zone, ambiguous, formats.

    `formats` are those of a mapping that names none; `also` are further words that it may name.
    """
    kept: dict[str, Any] = {}
    if file := top.section("file"):
        kept["encoding"], kept["delimiter"] = file.text("encoding"), file.text("delimiter")
        kept["decimal"] = file.choice("decimal", (".", ","))
        kept["blank"] = frozenset(text.casefold() for text in file.texts("blank"))
        file.finish()
    kept["formats"] = formats
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
        kept["formats"] = formats_in(time, also=also) or formats
        time.finish()
    return kept


def formats_in(section: Section, *, also: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The formats of moments that a section names, each checked; () where it names none."""
    formats = section.texts("formats") or section.texts("format")
    for form in formats:
        if form in also or form in ("iso", *EPOCH_FORMATS):
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


# --- Cells, by the rules --------------------------------------------------------------------------------------------


def code_in(rule: CodeRule, texts: Mapping[str, str]) -> str:
    """The code that a cell stands for; RowRefused when the mapping lists values and this is none of them."""
    if not rule.column:
        return rule.constant
    text = texts[rule.column]
    if not text:
        return rule.blank or rule.constant
    if not rule.values:
        return text
    if (code := rule.code_of(text)) is not None:
        return code
    if rule.unknown == "create":
        return text
    if rule.unknown == "ignore":
        return ""
    raise RowRefused(
        rule.column, _("the mapping does not list this value"), _("Add it to values in the mapping."), value=text
    )


def flag_in(rule: FlagRule, texts: Mapping[str, str]) -> bool | None:
    """The yes or no of a cell; None where a blank means that it is not known."""
    text = texts[rule.column]
    word = text.casefold()
    if not word:
        if rule.blank == "refuse":
            raise RowRefused(
                rule.column, _("is blank"), _("Say in the mapping what a blank means: blank = …."), value=""
            )
        return {"yes": True, "no": False}.get(rule.blank)
    if word in rule.yes:
        return True
    if rule.no is None or word in rule.no:
        return False
    raise RowRefused(
        rule.column, _("the mapping lists this value neither as yes nor as no"), _("Add it to yes or no."), value=text
    )
