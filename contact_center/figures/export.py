"""The figures as JSON, CSV and spreadsheet. `docs/formats/figures.md` describes the shapes; programs rely on them."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from io import TextIOBase
from typing import Any

from django.utils import timezone
from openpyxl import Workbook

from contact_center.catalogue import Figure, Parameters
from foundation.files.spreadsheets import EXCEL, MACHINES, Dialect, bold_cell, cell_value, csv_lines, new_workbook

from . import self_service
from .counters import FromCounters
from .definitions import BY_KEY, Change, Counts, Definition, Ratio, all_values
from .period import Period
from .query import Chosen, FiguresReport, Row


def as_number(value: Decimal | None) -> float | None:
    """The decimal as a JSON number. Already rounded to few places, it is written with exactly these digits."""
    return None if value is None else float(value)


def ratio_as_dict(ratio: Ratio) -> dict[str, Any]:
    """Numerator, denominator and their quotient to 6 decimals, null without a denominator."""
    return {
        "numerator": ratio.numerator,
        "denominator": ratio.denominator,
        "ratio": as_number(ratio.rounded(6)),
    }


def totals_as_dict(counts: Counts, parameters: Parameters) -> dict[str, Any]:
    """Every figure of some counts, each where its path leads."""
    found: dict[str, Any] = {}
    for key, value in all_values(counts, parameters.formula).items():
        *above, last = BY_KEY[key].json_path
        place = found
        for name in above:
            place = place.setdefault(name, {})
        place[last] = _as_json(BY_KEY[key], value)
    return found


def _as_json(figure: Figure, value: Ratio | int | None) -> Any:
    if not isinstance(value, Ratio):
        return value
    return as_number(value.rounded(6)) if figure.is_bare else ratio_as_dict(value)


def as_dict(report: FiguresReport) -> dict[str, Any]:
    """The whole report, ready for JSON."""
    parameters = report.parameters
    return {
        "period": period_as_dict(report.period),
        "filters": filters_as_dict(report.chosen),
        "by": report.by,
        "parameters": {
            "service_level_seconds": parameters.service_level_seconds,
            "formula": parameters.formula,
            "short_abandon_seconds": parameters.short_abandon_seconds,
            "repeat_contact_days": parameters.repeat_contact_days,
            "timezone": parameters.timezone,
        },
        "computed_at": timezone.localtime(report.computed_at).isoformat() if report.computed_at else None,
        "stale_days": report.stale_days,
        "basis_differs": report.basis_differs,
        "totals": totals_as_dict(report.totals, parameters),
        "mass_events": {
            "handled": report.of_events.handled,
            "first_level": report.of_events.first_level,
            "first_level_without": ratio_as_dict(report.of_events.without(report.totals)),
        },
        "counters": counters_as_dict(report.counters),
        self_service.KEY: self_service.as_json(report.period, report.chosen),
        "previous": {
            "period": period_as_dict(report.previous.period),
            "totals": totals_as_dict(report.previous.totals, parameters),
        }
        if report.previous
        else None,
        "change": {key: change_as_dict(key, change) for key, change in report.changes.items()}
        if report.previous
        else None,
        "rows": [
            {
                "key": row.key,
                "label": row.label,
                **totals_as_dict(row.counts, parameters),
                "offered_from_counters": row.counters.counts.offered if row.counters else 0,
            }
            for row in report.rows
        ],
        "definitions": [definition_as_dict(definition) for definition in report.definitions],
    }


def counters_as_dict(counters: FromCounters | None) -> dict[str, Any] | None:
    """What of the totals is known from counters of other systems alone; None for nothing."""
    if counters is None:
        return None
    return {
        "days": counters.days,
        "sources": list(counters.sources),
        "offered": counters.counts.offered,
        "answered": counters.counts.answered,
    }


def filters_as_dict(chosen: Chosen) -> dict[str, str | None]:
    """The codes that were asked for; None for what was not, and for what cannot be asked."""
    codes = {name: one.code if (one := getattr(chosen, name)) else None for name in ("line", "topic", "agent", "team")}
    return {**codes, "channel": chosen.channel, "events": chosen.events}


def period_as_dict(period: Period) -> dict[str, str]:
    """First and last day, ISO 8601."""
    return {"from": period.start.isoformat(), "to": period.end.isoformat()}


def change_as_dict(key: str, change: Change) -> dict[str, float | None]:
    """Points and percent for shares; for counts and seconds, the difference in their unit and percent."""
    return {
        "points" if BY_KEY[key].is_share else "difference": as_number(change.difference),
        "percent": as_number(change.percent),
    }


def definition_as_dict(definition: Definition) -> dict[str, str]:
    """A definition, word for word."""
    return {
        "key": definition.key,
        "label": definition.label,
        "text": definition.text,
        "formula": definition.formula,
        "unit": definition.unit,
        "exclusions": definition.exclusions,
        "source": definition.source,
    }


# --- Tables ---------------------------------------------------------------------------------------------------------

# The calls offered of a row that are known from counters of another system alone: they have no list, topic or contact.
FROM_COUNTERS = "offered_from_counters"
COLUMNS = (
    "from",
    "to",
    "key",
    "label",
    *(column for figure in BY_KEY.values() for column in figure.csv_columns),
    FROM_COUNTERS,
)


def table(report: FiguresReport) -> Iterator[list[Any]]:
    """A row per group (one for the whole period without groups): strings, whole numbers, decimals and None."""
    for row in report.rows or [Row("total", "", report.totals, counters=report.counters)]:
        yield table_row(report.period, row, report.parameters)


def table_row(period: Period, row: Row, parameters: Parameters) -> list[Any]:
    """The values of one group, in the order of COLUMNS."""
    values: list[Any] = [period.start, period.end, row.key, row.label]
    for key, value in all_values(row.counts, parameters.formula).items():
        if not isinstance(value, Ratio):
            values.append(value)
        elif BY_KEY[key].is_bare:
            values.append(value.rounded(6))
        else:
            values += [value.numerator, value.denominator, value.rounded(6)]
    return [*values, row.counters.counts.offered if row.counters else 0]


FOR_MACHINES = MACHINES
FOR_EXCEL = replace(EXCEL, day=MACHINES.day)


def write_csv(report: FiguresReport, file: TextIOBase, dialect: Dialect = FOR_MACHINES) -> None:
    """Write the table as CSV: commas, dots, ISO dates, nothing where there is no value (another dialect differs)."""
    file.writelines(csv_lines(COLUMNS, table(report), dialect=dialect))


def workbook(report: FiguresReport) -> Workbook:
    """The table and, on a second sheet, the parameters and definitions it was made under."""
    book = new_workbook("figures", COLUMNS, table(report))
    notes = book.create_sheet("definitions")
    for name, value in as_dict(report)["parameters"].items():
        notes.append([bold_cell(notes, name), value])
    if report.chosen.events:
        notes.append(["events", report.chosen.events])
    if report.counters:
        notes.append([FROM_COUNTERS, report.counters.counts.offered, ", ".join(report.counters.sources)])
    notes.append(["computed_at", timezone.localtime(report.computed_at).isoformat() if report.computed_at else ""])
    notes.append([])
    for definition in report.definitions:
        texts = (definition.formula, definition.text, definition.exclusions)
        notes.append([bold_cell(notes, definition.label), *map(cell_value, texts)])
    return book
