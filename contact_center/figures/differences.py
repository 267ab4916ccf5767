"""Stored counts that differ from the rows: `figures --check` counts again, by the conditions of the lists.

The stored counts are made by SQL (`raw.py`); the lists behind the numbers choose their rows by conditions of the ORM. The
catalogue has both side by side, so a slip in either is a difference here.
"""
# ruff: noqa: S608 - the queries are put together from this module's own words; values are always parameters

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Count, F, QuerySet, Sum, Value

from contact_center import catalogue
from contact_center.catalogue import Parameters, Rows
from contact_center.models import FiguresBasis

from .lists import of_mass_event, rows_that_count
from .raw import COLUMNS, KEYS, NAMES, OF_CALLS, OF_CONTACTS, in_three_cuts


def _count_again(basis: FiguresBasis, start: date, end: date) -> tuple[str, tuple[Any, ...]]:
    """The query that counts the same from the lists' own conditions, and its parameters."""
    parameters = Parameters(
        service_level_seconds=basis.service_level_seconds,
        formula="",
        short_abandon_seconds=basis.short_abandon_seconds,
        repeat_contact_days=basis.repeat_contact_days,
    )
    calls = rows_that_count(Rows.CALLS).annotate(
        by=Value("phone"), topic=F("contact__topic"), of_event=of_mass_event(Rows.CALLS)
    )
    contacts = rows_that_count(Rows.CONTACTS).annotate(of_event=of_mass_event(Rows.CONTACTS))
    found = [
        _grouped(rows.filter(day__range=(start, end)), columns, counts, parameters).query.sql_with_params()
        for rows, columns, counts in (
            (calls, ("day", "by", "line", "of_event", "topic", "agent"), OF_CALLS),
            (contacts, ("day", "channel", "line", "of_event", "topic", "agent"), OF_CONTACTS),
        )
    ]
    (calls_sql, calls_given), (contacts_sql, contacts_given) = found
    return in_three_cuts(calls_sql, contacts_sql), (*calls_given, *contacts_given)


def _grouped(
    rows: QuerySet[Any], columns: tuple[str, ...], counts: list[catalogue.Count], parameters: Parameters
) -> QuerySet[Any]:
    aggregates = {}
    for count in counts:
        chosen = count.condition(parameters, date.min) or None
        aggregates[f"count_{count.name}"] = (
            Sum(count.sums, filter=chosen, default=0) if count.sums else Count("pk", filter=chosen)
        )
    return rows.order_by().values(*columns).annotate(**aggregates)


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One stored count that differs from the rows. `key` is (cut, day, channel, line, of a mass event, topic, agent), by id."""

    key: tuple
    figure: str
    stored: int
    raw: int


def compare(basis: FiguresBasis, start: date, end: date) -> Iterator[Mismatch]:
    """Every stored count of the period that differs from the rows, in the order of days.

    Both sides are read in one statement, so that a change that arrives meanwhile is on both or on neither.
    """
    counted, parameters = _count_again(basis, start, end)
    columns = ", ".join(COLUMNS)
    query = f"""
        WITH raw ({columns}) AS ({counted}),
        stored AS (SELECT {columns} FROM contact_center_dailyfigures WHERE day BETWEEN %s AND %s),
        both_sides AS (
            SELECT true AS is_stored, * FROM (SELECT * FROM stored EXCEPT SELECT * FROM raw) only_stored
            UNION ALL
            SELECT false, * FROM (SELECT * FROM raw EXCEPT SELECT * FROM stored) only_raw
        )
        SELECT is_stored, {columns} FROM both_sides
        ORDER BY day, cut, channel, line_id, of_mass_event, topic_id, agent_id
    """
    sides: dict[tuple, dict[bool, tuple]] = {}
    with connection.cursor() as cursor:
        cursor.execute(query, (*parameters, start, end))
        for is_stored, *row in cursor:
            sides.setdefault(tuple(row[: len(KEYS)]), {})[is_stored] = tuple(row[len(KEYS) :])
    nothing = (0,) * len(NAMES)
    for key, found in sides.items():
        for figure, stored, raw in zip(NAMES, found.get(True, nothing), found.get(False, nothing), strict=True):
            if stored != raw:
                yield Mismatch(key, figure, int(stored), int(raw))
