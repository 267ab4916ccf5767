"""What is kept per day of contacts that were not resolved at first level, and of those whose person came back.

`daily.py` calls it for the days it counts again, in the same transaction. A day whose contacts came back on one of these
days is counted as well: the topic with which somebody came back is that of the later contact, and its change marks the later
day alone.
"""
# ruff: noqa: S608 - the queries are put together from this module's own words; values are always parameters

from datetime import date, timedelta
from typing import Any

from django.db import connection

from contact_center.models import Contact, FiguresBasis

from .kinds import NOT_CODED, REOPENED, UNRESOLVED

# As `kinds.reason_of` says it.
REASON = f"""
    CASE WHEN k.level = 2 THEN k.escalation
         WHEN k.outcome = '{Contact.Outcome.NOT_CODED}' THEN '{NOT_CODED}'
         WHEN k.outcome = '{Contact.Outcome.RESOLVED}' THEN '{REOPENED}'
         ELSE '{UNRESOLVED}' END
"""
# The contacts that the figures count: those of `raw.CONTACTS`.
COUNTED = """
    k.day BETWEEN %(start)s AND %(end)s AND {chosen} AND k.handled
    AND NOT EXISTS (SELECT FROM contact_center_call o WHERE o.contact_id = k.id AND o.disposition = 'open')
"""
MISSES = f"""
    INSERT INTO contact_center_dailymisses
        (day, channel, line_id, topic_id, agent_id, reason, contacts, talks, seconds)
    SELECT k.day, k.channel, k.line_id, k.topic_id, k.agent_id, {REASON}, count(*), count(c.id),
           COALESCE(sum(c.talk_seconds + COALESCE(c.hold_seconds, 0) + COALESCE(c.wrap_seconds, 0)), 0)
    FROM contact_center_contact k
    LEFT JOIN contact_center_call c
        ON c.contact_id = k.id AND c.disposition = 'answered' AND c.talk_seconds IS NOT NULL
    WHERE NOT k.first_level AND {COUNTED}
    GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1
"""
REPEATS = f"""
    INSERT INTO contact_center_dailyrepeats
        (day, channel, line_id, topic_id, agent_id, next_topic_id, next_known, contacts)
    SELECT k.day, k.channel, k.line_id, k.topic_id, k.agent_id, n.topic_id, n.id IS NOT NULL, count(*)
    FROM contact_center_contact k
    LEFT JOIN contact_center_topic t ON t.id = k.topic_id
    LEFT JOIN LATERAL (
        SELECT f.id, f.topic_id FROM contact_center_contact f
        LEFT JOIN contact_center_topic ft ON ft.id = f.topic_id
        WHERE f.person_key = k.person_key AND f.started_at > k.started_at AND f.in_base
          AND COALESCE(ft.area, 'unknown') = COALESCE(t.area, 'unknown')
        ORDER BY f.started_at, f.id LIMIT 1
    ) n ON true
    WHERE k.repeated_on <= k.day + %(days)s AND {COUNTED}
    GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1
"""
CAME_BACK_ON = """
    SELECT DISTINCT day FROM contact_center_contact
    WHERE day BETWEEN %(earliest)s AND %(end)s AND repeated_on = ANY(%(chosen)s) AND handled
"""


def count_misses(basis: FiguresBasis, start: date, end: date, days: list[date] | None = None) -> None:
    """Count the days from start to end again (only the given ones, if any), within the caller's transaction."""
    window = basis.repeat_contact_days
    with connection.cursor() as cursor:
        _count(cursor, "dailymisses", MISSES, start, end, days, window)
        if days:
            earliest = max(start, date.min + timedelta(days=window)) - timedelta(days=window)
            cursor.execute(CAME_BACK_ON, {"earliest": earliest, "end": end, "chosen": days})
            days = sorted({*days, *(day for (day,) in cursor.fetchall())})
            start = days[0]
        _count(cursor, "dailyrepeats", REPEATS, start, end, days, window)


def _count(cursor: Any, table: str, query: str, start: date, end: date, days: list[date] | None, window: int) -> None:
    chosen = "{day} = ANY(%(chosen)s)" if days else "true"
    parameters = {"start": start, "end": end, "chosen": days, "days": window}
    cursor.execute(
        f"DELETE FROM contact_center_{table} WHERE day BETWEEN %(start)s AND %(end)s AND {chosen.format(day='day')}",
        parameters,
    )
    cursor.execute(query.format(chosen=chosen.format(day="k.day")), parameters)
