"""The yearly public statement: both halves' frozen numbers, added up. It equals the returns to the digit."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from complaints.models import PublicStatement
from complaints.returns.files import written
from complaints.returns.naming import line_name
from complaints.returns.rules import mean

SHOWN = ("business", "area", "outcome")
ADDED = ("received", "closed", "not_treatable", "repeated")


@dataclass(frozen=True)
class StatementTable:
    """Lines of a table: name, first half, second half, the year."""

    name: str
    lines: list[tuple[str, str, str, str]]


@dataclass(frozen=True)
class Statement:
    """What the page shows."""

    year: int
    published_at: datetime
    figures: list[tuple[str, str, str, str]]
    tables: list[StatementTable]


def statement_of(published: PublicStatement) -> Statement:
    """The statement from the tables of its two returns."""
    halves = (published.first.tables, published.second.tables)
    whole = [each["whole"] for each in halves]
    names = {
        "received": _("complaints received"),
        "closed": _("complaints closed"),
        "not_treatable": _("of those received, not treatable"),
        "repeated": _("of those received, repeated"),
    }
    figures = [_summed(names[key], [cells[key] for cells in whole]) for key in ADDED]
    first, second = (written(cells["open_at_end"]) for cells in whole)
    figures.append((_("open at the end"), first, second, second))
    days = mean(sum(cells["days"] for cells in whole), sum(cells["answered"] for cells in whole))
    first, second = (written(cells["days_mean"]) for cells in whole)
    figures.append((_("mean days to the answer"), first, second, written(days)))
    headings = {
        "business": _("By segment"),
        "area": _("By business area"),
        "outcome": _("By outcome, of the treatable ones"),
    }
    tables = [StatementTable(headings[table], _lines(halves, table)) for table in SHOWN]
    return Statement(published.year, published.published_at, figures, tables)


def _lines(halves: tuple[Mapping[str, Any], ...], table: str) -> list[tuple[str, str, str, str]]:
    """The lines of both halves, those of the second after those of the first; complaints received."""
    named: dict[str, str] = {}
    for tables in halves:
        named |= {line["key"]: line_name(line) for line in tables["tables"][table]}
    found = []
    for key, name in named.items():
        numbers = [_received(tables, table, key) for tables in halves]
        found.append(_summed(name, numbers))
    return found


def _received(tables: Mapping[str, Any], table: str, key: str) -> int | None:
    """Complaints received under a line; None where it is not done in that half."""
    line = next((each for each in tables["tables"][table] if each["key"] == key), None)
    return line["cells"]["received"] if line and line["cells"] else None


def _summed(name: str, numbers: list[int | None]) -> tuple[str, str, str, str]:
    known = [each for each in numbers if each is not None]
    first, second = (written(each) for each in numbers)
    return name, first, second, written(sum(known) if known else None)
