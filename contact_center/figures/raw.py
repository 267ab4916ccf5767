"""The SQL that counts days and half hours from the rows of calls and contacts, as the catalogue's counts say it; `daily.py` stores it."""
# ruff: noqa: S608 - the queries are put together from this module's own words; values are always parameters

from datetime import date
from typing import Any

from contact_center.catalogue import OF_HALF_HOURS, STORED, Count, Rows
from contact_center.models import FiguresBasis

OF_CALLS = [count for count in STORED if count.rows == Rows.CALLS]
OF_CONTACTS = [count for count in STORED if count.rows == Rows.CONTACTS]
NAMES = tuple(count.name for count in STORED)
KEYS = ("cut", "day", "channel", "line_id", "topic_id", "agent_id")
COLUMNS = (*KEYS, *NAMES)
# By half hour.
HALF_HOUR_OF_CALLS = [count for count in OF_HALF_HOURS if count.rows == Rows.CALLS]
HALF_HOUR_NAMES = tuple(count.name for count in OF_HALF_HOURS)
HALF_HOUR_KEYS = ("begins_at", "channel", "line_id")
HALF_HOUR_COLUMNS = (*HALF_HOUR_KEYS, *HALF_HOUR_NAMES)


def _aggregates(counts: list[Count]) -> str:
    return ",\n           ".join(count.expression for count in counts)


# Every clock in Italy shows whole or half hours at these moments: its offset is one of whole hours.
HALF_HOUR = "date_bin('30 minutes', {moment}, TIMESTAMPTZ '2000-01-01 00:00+00')"

# A call belongs to its contact's topic. A contact whose call is still in progress is not counted yet.
CALLS = f"""
        SELECT c.day, 'phone', c.line_id, k.topic_id, c.agent_id,
           {_aggregates(OF_CALLS)}
        FROM (SELECT * FROM contact_center_call
              WHERE day BETWEEN %(start)s AND %(end)s AND {{chosen}} AND disposition <> 'open') c
        LEFT JOIN (SELECT id, topic_id FROM contact_center_contact) k ON k.id = c.contact_id
        GROUP BY 1, 2, 3, 4, 5
"""
CONTACTS = f"""
        SELECT day, channel, line_id, topic_id, agent_id,
           {_aggregates(OF_CONTACTS)}
        FROM contact_center_contact k
        WHERE day BETWEEN %(start)s AND %(end)s AND {{chosen}} AND handled
          AND NOT EXISTS (SELECT FROM contact_center_call c WHERE c.contact_id = k.id AND c.disposition = 'open')
        GROUP BY 1, 2, 3, 4, 5
"""


def in_three_cuts(calls: str, contacts: str) -> str:
    """The query that sums the finest groups for each cut.

    The order lays the days of a cut side by side in the table, so that reading a year of it touches few pages.
    """
    groups = ", ".join(KEYS[1:])
    of_calls, of_contacts = ([count.name for count in counts] for counts in (OF_CALLS, OF_CONTACTS))
    return f"""
    WITH calls ({groups}, {", ".join(of_calls)}) AS ({calls}),
    contacts ({groups}, {", ".join(of_contacts)}) AS ({contacts})
    SELECT cut, day, channel, line_id,
           CASE cut WHEN 'topic' THEN topic_id END AS topic_id,
           CASE cut WHEN 'agent' THEN agent_id END AS agent_id,
           {", ".join(f"sum({name})" for name in NAMES)}
    FROM (
        SELECT {groups}, {", ".join(of_calls)}, {", ".join(f"0 AS {name}" for name in of_contacts)} FROM calls
        UNION ALL
        SELECT {groups}, {", ".join("0" for _ in of_calls)}, {", ".join(of_contacts)} FROM contacts
    ) found
    CROSS JOIN (VALUES ('line'), ('topic'), ('agent')) cuts (cut)
    GROUP BY 1, 2, 3, 4, 5, 6
    ORDER BY 1, 2
    """


COUNT_DAYS = in_three_cuts(CALLS, CONTACTS)

HALF_HOUR_CALLS = f"""
        SELECT {HALF_HOUR.format(moment="c.queued_at")}, 'phone', c.line_id,
           {_aggregates(HALF_HOUR_OF_CALLS)}
        FROM contact_center_call c
        WHERE day BETWEEN %(start)s AND %(end)s AND {{chosen}} AND disposition <> 'open'
        GROUP BY 1, 2, 3
"""
HALF_HOUR_CONTACTS = f"""
        SELECT {HALF_HOUR.format(moment="started_at")}, channel, line_id,
           {_aggregates(OF_CONTACTS)}
        FROM contact_center_contact k
        WHERE day BETWEEN %(start)s AND %(end)s AND {{chosen}} AND handled
          AND NOT EXISTS (SELECT FROM contact_center_call c WHERE c.contact_id = k.id AND c.disposition = 'open')
        GROUP BY 1, 2, 3
"""


def by_half_hour(calls: str, contacts: str) -> str:
    """The query that brings the counts of calls and of contacts together, in the order of time."""
    keys = ", ".join(HALF_HOUR_KEYS)
    of_calls, of_contacts = ([count.name for count in counts] for counts in (HALF_HOUR_OF_CALLS, OF_CONTACTS))
    return f"""
    WITH calls ({keys}, {", ".join(of_calls)}) AS ({calls}),
    contacts ({keys}, {", ".join(of_contacts)}) AS ({contacts})
    SELECT {keys}, {", ".join(f"sum({name})" for name in HALF_HOUR_NAMES)}
    FROM (
        SELECT {keys}, {", ".join(of_calls)}, {", ".join(f"0 AS {name}" for name in of_contacts)} FROM calls
        UNION ALL
        SELECT {keys}, {", ".join("0" for _ in of_calls)}, {", ".join(of_contacts)} FROM contacts
    ) found
    GROUP BY 1, 2, 3
    ORDER BY 1
    """


COUNT_HALF_HOURS = by_half_hour(HALF_HOUR_CALLS, HALF_HOUR_CONTACTS)


def count_days(
    basis: FiguresBasis, start: date, end: date, days: list[date] | None = None
) -> tuple[str, dict[str, Any]]:
    """The query that counts the days from start to end (only the given ones, if any), and its parameters."""
    return _chosen(COUNT_DAYS, basis, start, end, days)


def count_half_hours(
    basis: FiguresBasis, start: date, end: date, days: list[date] | None = None
) -> tuple[str, dict[str, Any]]:
    """The query that counts the half hours of the same days, and its parameters."""
    return _chosen(COUNT_HALF_HOURS, basis, start, end, days)


def _chosen(
    query: str, basis: FiguresBasis, start: date, end: date, days: list[date] | None
) -> tuple[str, dict[str, Any]]:
    return query.format(chosen="day = ANY(%(days_chosen)s)" if days else "true"), {
        "start": start,
        "end": end,
        "days_chosen": days,
        "threshold": basis.service_level_seconds,
        "short": basis.short_abandon_seconds,
        "days": basis.repeat_contact_days,
    }
