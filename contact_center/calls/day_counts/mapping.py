"""The mapping of a file of counters: which of its columns is which count (docs/formats/daily-counts.md)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from contact_center.calls.imports.cells import UNITS
from contact_center.models.day_count import DAY_COUNTS
from foundation.files.mapping import CodeRule, Section, code_values, file_and_time, formats_in, read_mapping
from foundation.files.reading import UnusableInput, said_of

DAY_FORMATS = ("iso", "%Y-%m-%d", "%d/%m/%Y")
NEEDED = ("offered", "answered")


NO_CODE = CodeRule()


@dataclass(frozen=True, slots=True)
class WaitRule:
    """The wait of the answered calls: their seconds together, or the mean of one, in the unit of the column."""

    column: str = ""
    unit: str = "auto"
    is_mean: bool = False


@dataclass(frozen=True, slots=True)
class DayCountsMap:
    """A whole mapping. `counts` names the column of each count; what is not in it is not known."""

    encoding: str = ""
    delimiter: str = ""
    decimal: str = "."
    blank: frozenset[str] = frozenset()
    day: str = ""
    formats: tuple[str, ...] = DAY_FORMATS
    line: CodeRule = NO_CODE
    counts: Mapping[str, str] = field(default_factory=dict)
    wait: WaitRule = WaitRule()

    @classmethod
    def from_file(cls, path: str) -> "DayCountsMap":
        """Read a mapping file; UnusableInput says what is wrong with it and what would be right."""
        data = read_mapping(path)
        with said_of(path):
            return cls.from_data(data)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "DayCountsMap":
        """The mapping that parsed TOML describes."""
        top = Section("", data)
        kept = file_and_time(top, formats=DAY_FORMATS)
        for name in ("zone", "ambiguous"):  # a day has neither
            kept.pop(name, None)
        default_formats = kept.pop("formats")
        day = top.required_section("day")
        kept["day"], kept["formats"] = day.text("column", required=True), formats_in(day) or default_formats
        day.finish()
        line = top.required_section("line")
        kept["line"] = CodeRule(**code_values(line, unknown=("refuse",)))
        line.finish()
        counts = top.required_section("counts")
        kept["counts"] = {
            name: column
            for name in DAY_COUNTS
            if name != "wait_seconds" and (column := counts.text(name, required=name in NEEDED))
        }
        counts.finish()
        if wait := top.section("wait"):
            kept["wait"] = WaitRule(
                wait.text("column", required=True),
                wait.choice("unit", UNITS),
                wait.choice("of", ("all", "one")) == "one",
            )
            wait.finish()
        top.finish()
        return cls(**kept)

    @classmethod
    def of_our_columns(cls, header: Iterable[str]) -> "DayCountsMap":
        """The mapping of a file that uses our own names, whichever it has."""
        has = set(header)
        data: dict[str, Any] = {
            "day": {"column": "day"},
            "line": {"column": "line"},
            "counts": {
                name: name for name in DAY_COUNTS if name != "wait_seconds" and (name in has or name in NEEDED)
            },
        }
        if "wait_seconds" in has:
            data["wait"] = {"column": "wait_seconds"}
        return cls.from_data(data)

    @property
    def columns(self) -> list[str]:
        """Every column that the mapping reads: what the file must have."""
        found = [self.day, self.line.column, *self.counts.values(), self.wait.column]
        return list(dict.fromkeys(filter(None, found)))

    def require_lines(self, known: Iterable[str]) -> None:
        """UnusableInput for a line that the mapping names and that does not exist."""
        known = set(known)
        named = {self.line.constant, self.line.blank, *self.line.values.values()} - {""}
        if missing := sorted(named - known):
            raise UnusableInput(
                _("The mapping names the line “%(code)s”, which does not exist. There are: %(known)s.")
                % {"code": missing[0], "known": ", ".join(sorted(known))}
            )
