"""Rules: which complaints a half-year return counts, and under what. Plain values in, plain values out.

Each complaint that belongs to a half was open when it began or was received in it, and was closed in it or is open at
its end. So open at the beginning + received = closed + open at the end, in every line of every table. The register is one:
an entry that came from a past register is a complaint like any other, in the halves whose return is made here.

`RULES_VERSION` is kept with every return: a change of what is counted is a new version.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError

from complaints.models.complaint import OLD_NUMBER_MARK
from complaints.returns.halves import Half
from customers import rami

RULES_VERSION = "2026-12"
# Versions by which the same rows give the same tables: what differs is which complaints were rows.
COUNT_ALIKE = frozenset({"2026-11", RULES_VERSION})

ANSWERED, WITHDRAWN = "answered", "withdrawn"  # how a complaint ends
OPEN = "open"  # its result while it is under examination ("in istruttoria")
NONE = "none"  # the line of what does not apply: no intermediary concerned, treatable
BANK = "bank"  # the intermediaries of section D, of whom art. 9 c. 4-bis asks


@dataclass(frozen=True, slots=True)
class Entry:
    """A complaint as the return counts it. Words are those of the register's codes, "" where there is none.

    One that has an ending and no day was closed in a past register whose file has no day of it.
    """

    complaint_id: int
    year: int | None  # None of an entry of a past register, as is `sequence`
    sequence: int | None
    received_on: date  # the earlier receipt, by the company or by the intermediary
    closed_on: date | None  # the day the answer went out, or of the withdrawal; None while it is open
    ending: str  # ANSWERED, WITHDRAWN, or "" while it is open
    outcome: str
    ramo: str
    area: str
    reason: str  # the main one
    product: str
    channel: str  # of receipt
    distribution: str
    intermediary_kind: str
    has_intermediary: bool  # an intermediary is concerned, known by name or by its conduct
    agency: str  # code of the agency concerned
    is_treatable: bool
    not_treatable_cause: str
    is_repeated: bool  # follows an earlier complaint on the same matter
    old_number: str = ""  # in a past register

    @property
    def number(self) -> str:
        """The number in the register."""
        return f"{OLD_NUMBER_MARK} {self.old_number}" if self.old_number else f"{self.year}/{self.sequence}"

    @property
    def place(self) -> tuple[bool, int, int, int]:
        """Its place in the order of the numbers: those of past registers come last, as they were imported."""
        return self.year is None, self.year or 0, self.sequence or 0, self.complaint_id

    @property
    def days(self) -> int | None:
        """Days from the earlier receipt to the answer that went out; None for what was not answered."""
        if self.ending != ANSWERED or self.closed_on is None:
            return None
        return max(0, (self.closed_on - self.received_on).days)

    @property
    def result(self) -> str:
        """The word of the outcome, WITHDRAWN, or OPEN."""
        return self.outcome if self.ending == ANSWERED else self.ending or OPEN


FIELDS = tuple(each.name for each in fields(Entry))
OF_THE_NUMBER = ("complaint_id", "year", "sequence", "old_number")
# What may differ between a frozen row and the register: all but the number.
COMPARED = tuple(each for each in FIELDS if each not in OF_THE_NUMBER)


def as_at(entry: Entry, day: date) -> Entry:
    """The complaint as it stood at the end of the day: what was closed later is still open."""
    if entry.closed_on is not None and entry.closed_on > day:
        return replace(entry, closed_on=None, ending="", outcome="")
    return entry


def belongs(entry: Entry, half: Half) -> bool:
    """Whether a half counts the complaint: received by its end, and not closed before it began.

    One that was closed on a day that nobody knows belongs to the half of its receipt alone, whose return it blocks.
    """
    if entry.received_on > half.ends_on:
        return False
    if entry.received_on >= half.starts_on:
        return True
    return not entry.ending if entry.closed_on is None else entry.closed_on >= half.starts_on


def counted_in(entries: Iterable[Entry], half: Half) -> list[Entry]:
    """The complaints of a half as they stood at its end, in the order of their numbers."""
    found = [as_at(each, half.ends_on) for each in entries if belongs(each, half)]
    return sorted(found, key=lambda each: each.place)


# --- What blocks a return -------------------------------------------------------------------------------------------
def lacking(entry: Entry) -> tuple[str, ...]:
    """The columns that the return needs of the complaint and that are empty, by name; () for one that is classified."""
    needed = ["ramo", "area", "reason", "channel", "distribution"]
    if entry.has_intermediary:
        needed.append("intermediary_kind")
    if not entry.is_treatable:
        needed.append("not_treatable_cause")
    if entry.ending:
        needed.append("closed_on")
    if entry.ending == ANSWERED:
        needed.append("outcome")
    return tuple(name for name in needed if not getattr(entry, name))


# --- Lines ----------------------------------------------------------------------------------------------------------
LIFE, MOTOR, OTHER_NON_LIFE = "life", "motor_liability", "other_non_life"
UNKNOWN_BRANCH = "unknown"


@lru_cache(maxsize=100)
def business_of(ramo: str) -> str:
    """The segment by which the supervisor publishes: motor liability, other non-life, life."""
    if ramo == rami.MOTOR_LIABILITY:
        return MOTOR
    try:
        return LIFE if rami.ramo(ramo).business == rami.Business.LIFE else OTHER_NON_LIFE
    except ValidationError:
        return UNKNOWN_BRANCH


def word_in(table: str, entry: Entry) -> str | None:
    """The word under which a table counts the complaint; None where the table leaves it out."""
    if table == "business":
        return business_of(entry.ramo)
    if table == "outcome":
        return entry.result if entry.is_treatable else None
    if table == "treatability":
        return NONE if entry.is_treatable else entry.not_treatable_cause
    if table == "intermediary":
        return entry.intermediary_kind or NONE
    if table == "bank_area":
        return entry.area if entry.intermediary_kind == BANK else None
    return str(getattr(entry, table))


# In the order in which the return prints them. Those of PARTIAL do not count every complaint.
TABLES = (
    *("business", "ramo", "area", "reason", "outcome", "treatability", "channel"),
    *("distribution", "intermediary", "bank_area"),
)
PARTIAL = ("outcome", "bank_area")


@dataclass(frozen=True)
class Line:
    """A line of a table: the words that it counts, its names, and whether the company does that at all.

    Where it does, nothing counted is 0; where it does not ("not done"), nothing counted is no number.
    """

    key: str
    words: tuple[str, ...]
    name: str
    name_en: str
    is_done: bool = True


# --- Measures -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Measure:
    """A number that is counted for each line: complaints for which each of the facts has its value."""

    key: str
    facts: tuple[tuple[str, Any], ...]
    results: tuple[str, ...] = ()  # where it counts some results alone

    def counts(self, facts: Mapping[str, Any]) -> bool:
        """Whether a complaint with the facts is counted."""
        return all(facts[name] == value for name, value in self.facts) and (
            not self.results or facts["result"] in self.results
        )


FACTS = ("is_received", "is_closed", "is_treatable", "is_repeated", "result")


def facts_of(entry: Entry, half: Half) -> tuple[bool, bool, bool, bool, str]:
    """The facts by which the measures count, in the order of FACTS; `entry` as it stood at the half's end."""
    return (
        entry.received_on >= half.starts_on,
        entry.closed_on is not None,
        entry.is_treatable,
        entry.is_repeated,
        entry.result,
    )


def measures_of(outcomes: Sequence[Line]) -> list[Measure]:
    """The measures: the flow of the half, then what came of the treatable complaints that it received, by outcome."""
    received = ("is_received", True)
    treatable = (received, ("is_treatable", True))
    return [
        Measure("open_at_start", (("is_received", False),)),
        Measure("received", (received,)),
        Measure("closed", (("is_closed", True),)),
        Measure("open_at_end", (("is_closed", False),)),
        Measure("repeated", (received, ("is_repeated", True))),
        Measure("not_treatable", (received, ("is_treatable", False))),
        Measure("treatable", treatable),
        *(Measure(f"result_{line.key}", treatable, line.words) for line in outcomes),
    ]


# --- Days -----------------------------------------------------------------------------------------------------------
PERCENTILES = (50, 75, 90)


def percentile(days: Sequence[int], share: int) -> int | None:
    """The nearest-rank percentile: the smallest of the numbers that at least `share` in a hundred do not exceed."""
    if not days:
        return None
    return sorted(days)[max(0, -(-share * len(days) // 100) - 1)]


def mean(total: int, number: int) -> str | None:
    """The mean with one decimal, halves rounded up, as text ("21.4"); None of nothing."""
    if number == 0:
        return None
    return str((Decimal(total) / number).quantize(Decimal("0.1"), ROUND_HALF_UP))


def days_of(days: Sequence[int]) -> dict[str, Any]:
    """What a line says about days: how many answers went out in the half, their days together, mean and percentiles."""
    found: dict[str, Any] = {"answered": len(days), "days": sum(days), "days_mean": mean(sum(days), len(days))}
    return found | {f"days_p{share}": percentile(days, share) for share in PERCENTILES}


# --- Tables ---------------------------------------------------------------------------------------------------------
def tables_of(entries: Sequence[Entry], half: Half, lines: Mapping[str, Sequence[Line]]) -> dict[str, Any]:
    """All tables of a half, as they are kept and printed. `entries` come from `counted_in`; `lines` by table.

    Cells are whole numbers; means are texts with one decimal; a line that is not done and counts nothing has none.
    A word that no line counts gets a line of its own, so that nothing is left out.
    """
    measures = measures_of(lines["outcome"])
    whole = _cells([(None, each) for each in entries], half, measures)[None] if entries else _no_cells(measures)
    tables = {}
    for table in TABLES:
        known = {word: line.key for line in lines[table] for word in line.words}
        placed = [(known.get(word, word), each) for each in entries if (word := word_in(table, each)) is not None]
        cells = _cells(placed, half, measures)
        strangers = [
            Line(key, (key,), key or "–", key or "–")
            for key in sorted({str(key) for key in cells} - set(known.values()))
        ]
        tables[table] = [
            {
                "key": line.key,
                "words": list(line.words),
                "name": line.name,
                "name_en": line.name_en,
                "cells": cells.get(line.key) or (_no_cells(measures) if line.is_done else None),
            }
            for line in (*lines[table], *strangers)
        ]
    return {
        "half": half.name,
        "measures": [{"key": each.key, "results": list(each.results)} for each in measures],
        "whole": whole,
        "tables": tables,
    }


def _no_cells(measures: Sequence[Measure]) -> dict[str, Any]:
    return {each.key: 0 for each in measures} | days_of([])


def _cells(
    placed: Iterable[tuple[str | None, Entry]], half: Half, measures: Sequence[Measure]
) -> dict[str | None, dict[str, Any]]:
    """The cells of each line that counts something. Complaints with the same facts are counted together."""
    alike: Counter[tuple[Any, ...]] = Counter()
    days: dict[str | None, list[int]] = {}
    for key, entry in placed:
        alike[key, facts_of(entry, half)] += 1
        if (taken := entry.days) is not None:
            days.setdefault(key, []).append(taken)
    found: dict[str | None, dict[str, Any]] = {}
    for (key, facts), number in alike.items():
        cells = found.setdefault(key, {each.key: 0 for each in measures})
        named = dict(zip(FACTS, facts, strict=True))
        for measure in measures:
            if measure.counts(named):
                cells[measure.key] += number
    for key, cells in found.items():
        cells |= days_of(days.get(key, []))
    return found


def tables_in(tables: Mapping[str, Any]) -> list[tuple[str, list[dict[str, Any]]]]:
    """The tables of a return with their lines, in the order of TABLES: a database keeps no order of keys."""
    return [(table, tables["tables"][table]) for table in TABLES if table in tables["tables"]]


# --- Cross-checks ---------------------------------------------------------------------------------------------------
def broken_checks(tables: Mapping[str, Any]) -> list[str]:
    """The cross-checks that do not hold, as table/line: check. Always empty unless the program is wrong."""
    broken = []
    results = [each["key"] for each in tables["measures"] if each["key"].startswith("result_")]
    rows = [("whole", "", tables["whole"])] + [
        (table, line["key"], line["cells"])
        for table, lines in tables_in(tables)
        for line in lines
        if line["cells"] is not None
    ]
    for table, key, cells in rows:
        place = f"{table}/{key}"
        if cells["open_at_start"] + cells["received"] != cells["closed"] + cells["open_at_end"]:
            broken.append(f"{place}: open at the beginning + received = closed + open at the end")
        if cells["received"] != cells["treatable"] + cells["not_treatable"]:
            broken.append(f"{place}: received = treatable + not treatable")
        if cells["treatable"] != sum(cells[each] for each in results):
            broken.append(f"{place}: treatable = the outcomes together")
    for table, lines in tables_in(tables):
        if table in PARTIAL:
            continue
        for name in ("received", "closed", "open_at_end"):
            if sum(line["cells"][name] for line in lines if line["cells"]) != tables["whole"][name]:
                broken.append(f"{table}: the lines together are the whole ({name})")
    return broken


# --- Corrections ----------------------------------------------------------------------------------------------------
ADDED, REMOVED, CHANGED = "added", "removed", "changed"


@dataclass(frozen=True)
class Difference:
    """How a complaint differs from what was frozen: added, removed, or changed with (column, before, after)."""

    kind: str
    complaint_id: int
    number: str
    changes: tuple[tuple[str, Any, Any], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The difference as a revision keeps it."""
        changes = [[name, plain(before), plain(after)] for name, before, after in self.changes]
        return {"kind": self.kind, "complaint": self.complaint_id, "number": self.number, "changes": changes}


def differences(frozen: Iterable[Entry], now: Iterable[Entry]) -> list[Difference]:
    """What changed between two lists of the same half, in the order of the numbers."""
    before = {each.complaint_id: each for each in frozen}
    after = {each.complaint_id: each for each in now}
    found = []
    for pk in before.keys() | after.keys():
        old, new = before.get(pk), after.get(pk)
        if old == new:
            continue
        shown = new or old
        assert shown is not None, "the id is of one of them"
        kind, changes = (ADDED if old is None else REMOVED), tuple[tuple[str, Any, Any], ...]()
        if old is not None and new is not None:
            kind = CHANGED
            changes = tuple(
                (name, getattr(old, name), getattr(new, name))
                for name in COMPARED
                if getattr(old, name) != getattr(new, name)
            )
        found.append((shown.place, Difference(kind, pk, shown.number, changes)))
    return [each for _place, each in sorted(found, key=lambda item: item[0])]


def plain(value: Any) -> Any:
    """A value as JSON keeps it: days as 2026-06-30."""
    return value.isoformat() if isinstance(value, date) else value
