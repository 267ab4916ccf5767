"""The daily counts made straight from the rows of calls and contacts: the one place where they are counted.

`daily.py` stores what this counts; `figures --check` counts again and compares.
"""
# ruff: noqa: S608 - the queries are put together from this module's own words; values are always parameters

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from contact_center.models import FiguresBasis

from .definitions import STORED

# Which rows count as what. A contact whose call is still in progress is not counted yet.
TALK_KNOWN = "disposition = 'answered' AND talk_seconds IS NOT NULL"
CALL_COUNTS = {
    "offered": "count(*) FILTER (WHERE disposition <> 'turned_away')",
    "answered": "count(*) FILTER (WHERE disposition = 'answered')",
    "abandoned": "count(*) FILTER (WHERE disposition = 'abandoned')",
    "short_abandoned": "count(*) FILTER (WHERE disposition = 'abandoned' AND wait_seconds <= %(short)s)",
    "answered_in_time": "count(*) FILTER (WHERE disposition = 'answered' AND wait_seconds <= %(threshold)s)",
    "abandoned_in_time": "count(*) FILTER (WHERE disposition = 'abandoned' AND wait_seconds <= %(threshold)s)",
    "exited": "count(*) FILTER (WHERE disposition IN ('timed_out', 'key_exit', 'no_agents'))",
    "turned_away": "count(*) FILTER (WHERE disposition = 'turned_away')",
    "waits_known": "count(wait_seconds) FILTER (WHERE disposition = 'answered')",
    "talks_known": "count(talk_seconds) FILTER (WHERE disposition = 'answered')",
    "wait_seconds": "COALESCE(sum(wait_seconds) FILTER (WHERE disposition = 'answered'), 0)",
    "talk_seconds": "COALESCE(sum(talk_seconds) FILTER (WHERE disposition = 'answered'), 0)",
    "hold_seconds": f"COALESCE(sum(hold_seconds) FILTER (WHERE {TALK_KNOWN}), 0)",
    "wrap_seconds": f"COALESCE(sum(wrap_seconds) FILTER (WHERE {TALK_KNOWN}), 0)",
}
CONTACT_COUNTS = {
    "handled": "count(*)",
    "first_level": "count(*) FILTER (WHERE first_level)",
    "first_level_repeated": "count(*) FILTER (WHERE first_level AND repeated_on <= day + %(days)s)",
    "repeated": "count(*) FILTER (WHERE repeated_on <= day + %(days)s)",
    "not_coded": "count(*) FILTER (WHERE outcome = '' AND level = 1)",
    "confirmed_asked": "count(confirmed)",
    "confirmed": "count(*) FILTER (WHERE confirmed)",
}
assert (*CALL_COUNTS, *CONTACT_COUNTS) == STORED

KEYS = ("cut", "day", "channel", "line_id", "topic_id", "agent_id")
COLUMNS = (*KEYS, *STORED)


def _columns(counts: dict[str, str]) -> str:
    return ",\n           ".join(f"{expression} AS {name}" for name, expression in counts.items())


# A call belongs to its contact's topic; the finest groups are made once and summed for each cut. The order lays the days
# of a cut side by side in the table, so that reading a year of it touches few pages.
COUNT_DAYS = f"""
    WITH calls AS (
        SELECT c.day, 'phone' AS channel, c.line_id, k.topic_id, c.agent_id,
           {_columns(CALL_COUNTS)},
           {", ".join(f"0 AS {name}" for name in CONTACT_COUNTS)}
        FROM (SELECT * FROM contact_center_call
              WHERE day BETWEEN %(start)s AND %(end)s AND {{chosen}} AND disposition <> 'open') c
        LEFT JOIN (SELECT id, topic_id FROM contact_center_contact) k ON k.id = c.contact_id
        GROUP BY 1, 2, 3, 4, 5
    ), contacts AS (
        SELECT day, channel, line_id, topic_id, agent_id,
           {", ".join("0" for _ in CALL_COUNTS)},
           {_columns(CONTACT_COUNTS)}
        FROM contact_center_contact k
        WHERE day BETWEEN %(start)s AND %(end)s AND {{chosen}} AND handled
          AND NOT EXISTS (SELECT FROM contact_center_call c WHERE c.contact_id = k.id AND c.disposition = 'open')
        GROUP BY 1, 2, 3, 4, 5
    )
    SELECT cut, day, channel, line_id,
           CASE cut WHEN 'topic' THEN topic_id END AS topic_id,
           CASE cut WHEN 'agent' THEN agent_id END AS agent_id,
           {", ".join(f"sum({name})" for name in STORED)}
    FROM (SELECT * FROM calls UNION ALL SELECT * FROM contacts) found
    CROSS JOIN (VALUES ('line'), ('topic'), ('agent')) cuts (cut)
    GROUP BY 1, 2, 3, 4, 5, 6
    ORDER BY 1, 2
"""


def count_days(
    basis: FiguresBasis, start: date, end: date, days: list[date] | None = None
) -> tuple[str, dict[str, Any]]:
    """The query that counts the days from start to end (only the given ones, if any), and its parameters."""
    return COUNT_DAYS.format(chosen="day = ANY(%(days_chosen)s)" if days else "true"), {
        "start": start,
        "end": end,
        "days_chosen": days,
        "threshold": basis.service_level_seconds,
        "short": basis.short_abandon_seconds,
        "days": basis.repeat_contact_days,
    }


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One stored count that is not what the rows say. `key` is (cut, day, channel, line, topic, agent), by id."""

    key: tuple
    figure: str
    stored: int
    raw: int


def compare(basis: FiguresBasis, start: date, end: date) -> Iterator[Mismatch]:
    """Every stored count of the period that differs from the rows, in the order of days.

    Both sides are read in one statement, so that a change that arrives meanwhile is on both or on neither.
    """
    counted, parameters = count_days(basis, start, end)
    names = ", ".join(STORED)
    query = f"""
        WITH raw AS (SELECT * FROM ({counted}) AS counted ({", ".join(COLUMNS)})),
        stored AS (SELECT {", ".join(COLUMNS)} FROM contact_center_dailyfigures WHERE day BETWEEN %(start)s AND %(end)s),
        both_sides AS (
            SELECT true AS is_stored, * FROM (SELECT * FROM stored EXCEPT SELECT * FROM raw) only_stored
            UNION ALL
            SELECT false, * FROM (SELECT * FROM raw EXCEPT SELECT * FROM stored) only_raw
        )
        SELECT is_stored, {", ".join(KEYS)}, {names} FROM both_sides
        ORDER BY day, cut, channel, line_id, topic_id, agent_id
    """
    sides: dict[tuple, dict[bool, tuple]] = {}
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        for is_stored, *row in cursor:
            sides.setdefault(tuple(row[: len(KEYS)]), {})[is_stored] = tuple(row[len(KEYS) :])
    nothing = (0,) * len(STORED)
    for key, found in sides.items():
        for figure, stored, raw in zip(STORED, found.get(True, nothing), found.get(False, nothing), strict=True):
            if stored != raw:
                yield Mismatch(key, figure, int(stored), int(raw))
