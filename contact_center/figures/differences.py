"""Stored counts that differ from the rows: `figures --check` counts again, by the conditions of the lists.

The stored counts are made by SQL (`raw.py`); the lists behind the numbers choose their rows by conditions of the ORM. The
catalogue has both side by side, so a slip in either is a difference here.
"""
# ruff: noqa: S608 - the queries are put together from this module's own words; values are always parameters

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Count, DateTimeField, F, Func, QuerySet, Sum, Value
from django.utils import timezone

from contact_center import catalogue
from contact_center.catalogue import Parameters, Rows
from contact_center.models import FiguresBasis

from .lists import rows_that_count
from .raw import (
    COLUMNS,
    HALF_HOUR,
    HALF_HOUR_COLUMNS,
    HALF_HOUR_NAMES,
    HALF_HOUR_OF_CALLS,
    NAMES,
    OF_CALLS,
    OF_CONTACTS,
    by_half_hour,
    in_three_cuts,
)


class _HalfHour(Func):
    template = HALF_HOUR.format(moment="%(expressions)s")
    output_field = DateTimeField()


def _count_again(basis: FiguresBasis, start: date, end: date) -> tuple[str, tuple[Any, ...]]:
    """The query that counts the days again from the lists' own conditions, and its parameters."""
    calls = rows_that_count(Rows.CALLS).annotate(by=Value("phone"), topic=F("contact__topic"))
    contacts = rows_that_count(Rows.CONTACTS)
    return _together(
        in_three_cuts,
        basis,
        (calls.filter(day__range=(start, end)), ("day", "by", "line", "topic", "agent"), OF_CALLS),
        (contacts.filter(day__range=(start, end)), ("day", "channel", "line", "topic", "agent"), OF_CONTACTS),
    )


def _count_half_hours_again(basis: FiguresBasis, start: date, end: date) -> tuple[str, tuple[Any, ...]]:
    """The query that counts the half hours again, and its parameters."""
    calls = rows_that_count(Rows.CALLS).annotate(by=Value("phone"), begins=_HalfHour("queued_at"))
    contacts = rows_that_count(Rows.CONTACTS).annotate(begins=_HalfHour("started_at"))
    return _together(
        by_half_hour,
        basis,
        (calls.filter(day__range=(start, end)), ("begins", "by", "line"), HALF_HOUR_OF_CALLS),
        (contacts.filter(day__range=(start, end)), ("begins", "channel", "line"), OF_CONTACTS),
    )


Counted = tuple[QuerySet[Any], tuple[str, ...], list[catalogue.Count]]


def _together(
    join: Callable[[str, str], str], basis: FiguresBasis, calls: Counted, contacts: Counted
) -> tuple[str, tuple[Any, ...]]:
    parameters = Parameters(
        service_level_seconds=basis.service_level_seconds,
        formula="",
        short_abandon_seconds=basis.short_abandon_seconds,
        repeat_contact_days=basis.repeat_contact_days,
    )
    (calls_sql, calls_given), (contacts_sql, contacts_given) = (
        _grouped(rows, columns, counts, parameters).query.sql_with_params()
        for rows, columns, counts in (calls, contacts)
    )
    return join(calls_sql, contacts_sql), (*calls_given, *contacts_given)


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
    """One stored count that differs from the rows. `key` is (cut, day, channel, line, topic, agent), by id.

    Of a half hour the cut is "half_hour", and its beginning in Italy, with the offset of the clock, stands for the day.
    """

    key: tuple
    figure: str
    stored: int
    raw: int


def compare(basis: FiguresBasis, start: date, end: date) -> Iterator[Mismatch]:
    """Every stored count of the period that differs from the rows, in the order of days: of the days, then of half hours.

    Both sides are read in one statement, so that a change that arrives meanwhile is on both or on neither.
    """
    again = _count_again(basis, start, end)
    order = "day, cut, channel, line_id, topic_id, agent_id"
    for key, *found in _compared("contact_center_dailyfigures", COLUMNS, order, again, start, end):
        yield from _mismatches(key, NAMES, *found)
    again = _count_half_hours_again(basis, start, end)
    order = "begins_at, channel, line_id"
    for key, *found in _compared("contact_center_halfhourfigures", HALF_HOUR_COLUMNS, order, again, start, end):
        begins_at, channel, line = key
        local = timezone.localtime(begins_at).isoformat(timespec="minutes")
        yield from _mismatches(("half_hour", local, channel, line, None, None), HALF_HOUR_NAMES, *found)


def _mismatches(key: tuple, names: tuple[str, ...], stored: tuple, raw: tuple) -> Iterator[Mismatch]:
    for figure, kept, counted in zip(names, stored, raw, strict=True):
        if kept != counted:
            yield Mismatch(key, figure, int(kept), int(counted))


def _compared(
    table: str, columns: tuple[str, ...], order: str, again: tuple[str, tuple[Any, ...]], start: date, end: date
) -> Iterator[tuple[tuple, tuple, tuple]]:
    """The keys of rows that are not the same on both sides, with the stored counts and those made again."""
    counted, parameters = again
    names = ", ".join(columns)
    query = f"""
        WITH raw ({names}) AS ({counted}),
        stored AS (SELECT {names} FROM {table} WHERE day BETWEEN %s AND %s),
        both_sides AS (
            SELECT true AS is_stored, * FROM (SELECT * FROM stored EXCEPT SELECT * FROM raw) only_stored
            UNION ALL
            SELECT false, * FROM (SELECT * FROM raw EXCEPT SELECT * FROM stored) only_raw
        )
        SELECT is_stored, {names} FROM both_sides
        ORDER BY {order}
    """
    number_of_keys = len(order.split(", "))
    sides: dict[tuple, dict[bool, tuple]] = {}
    with connection.cursor() as cursor:
        cursor.execute(query, (*parameters, start, end))
        for is_stored, *row in cursor:
            sides.setdefault(tuple(row[:number_of_keys]), {})[is_stored] = tuple(row[number_of_keys:])
    nothing = (0,) * (len(columns) - number_of_keys)
    for key, found in sides.items():
        yield key, found.get(True, nothing), found.get(False, nothing)
