"""The SQL that counts time in states and time in queues per day; `daily.py` stores both with the days' counts.

States go a year after they ended (`customers.privacy.periods.DUTY`): days older than that are no longer counted again, and what was kept
of them remains.
"""
# ruff: noqa: S608 - the queries are put together from this module's own words; values are always parameters

from datetime import date, datetime, timedelta
from typing import Any

from contact_center.catalogue.entries import first_moment
from contact_center.models.kept_days import DUTY_STATES
from customers.privacy.periods import DUTY

_LASTED = "LEAST(COALESCE(s.ended_at, %(now)s), d.ends, %(now)s) - GREATEST(s.began_at, d.begins)"
AGENT_DAYS = f"""
    INSERT INTO contact_center_agentday (day, agent_id, team_id, {", ".join(DUTY_STATES)})
    SELECT d.day, s.agent_id, a.team_id,
           {", ".join(f"COALESCE(sum(d.seconds) FILTER (WHERE s.state = '{state}'), 0)" for state in DUTY_STATES)}
    FROM contact_center_agentstate s
    JOIN contact_center_agent a ON a.id = s.agent_id
    CROSS JOIN LATERAL (
        SELECT d.day, EXTRACT(epoch FROM {_LASTED})::int AS seconds
        FROM (
            SELECT one::date AS day, one AT TIME ZONE 'Europe/Rome' AS begins,
                   (one + interval '1 day') AT TIME ZONE 'Europe/Rome' AS ends
            FROM generate_series(
                GREATEST((s.began_at AT TIME ZONE 'Europe/Rome')::date, %(start)s)::timestamp,
                LEAST((COALESCE(s.ended_at, %(now)s) AT TIME ZONE 'Europe/Rome')::date, %(end)s)::timestamp,
                interval '1 day'
            ) one
        ) d
    ) d
    WHERE s.state <> 'off' AND s.began_at < LEAST(%(until)s, %(now)s)
      AND (s.ended_at > %(since)s OR s.ended_at IS NULL) AND d.seconds > 0 AND {{chosen}}
    GROUP BY 1, 2, 3
"""
# A call that passed through one queue has no legs: its own facts are those of its queue.
QUEUE_DAYS = """
    INSERT INTO contact_center_queueday (
        day, line_id, is_first, calls, entered, answered, abandoned, waits_known, wait_seconds, talks_known, talk_seconds
    )
    SELECT day, line_id, is_first, count(DISTINCT id), count(*), count(*) FILTER (WHERE disposition = 'answered'),
           count(*) FILTER (WHERE disposition = 'abandoned'), count(wait), COALESCE(sum(wait), 0), count(talk), COALESCE(sum(talk), 0)
    FROM (
        SELECT c.id, c.day, l.line_id, l.position = 1 AS is_first, l.disposition,
               CASE WHEN l.answered_at IS NOT NULL OR l.ended_at IS NOT NULL THEN l.wait_seconds END AS wait,
               CASE WHEN l.answered_at IS NOT NULL AND l.ended_at IS NOT NULL THEN l.talk_seconds END AS talk
        FROM contact_center_call c JOIN contact_center_callleg l ON l.call_id = c.id
        WHERE c.day BETWEEN %(start)s AND %(end)s AND {chosen} AND c.disposition NOT IN ('open', 'turned_away')
        UNION ALL
        SELECT c.id, c.day, c.line_id, true, c.disposition, c.wait_seconds,
               CASE WHEN c.disposition = 'answered' THEN c.talk_seconds END
        FROM contact_center_call c
        WHERE c.day BETWEEN %(start)s AND %(end)s AND {chosen} AND c.disposition NOT IN ('open', 'turned_away')
          AND NOT EXISTS (SELECT FROM contact_center_callleg l WHERE l.call_id = c.id)
    ) stays
    GROUP BY 1, 2, 3
    ORDER BY 1
"""


def first_day_with_states(today: date) -> date:
    """The first day whose states are all there still."""
    return today - timedelta(days=DUTY.days - 1)


def count_agent_days(
    start: date, end: date, days: list[date] | None, now: datetime, today: date
) -> tuple[str, dict[str, Any]] | None:
    """The statement that counts the states of the days (until now), and its parameters; None where none of them is kept."""
    start, end = max(start, first_day_with_states(today)), min(end, today)
    if end < start:
        return None
    return AGENT_DAYS.format(chosen="d.day = ANY(%(days)s)" if days else "true"), {
        "start": start,
        "end": end,
        "since": first_moment(start),
        "until": first_moment(end + timedelta(days=1)),
        "now": now,
        "days": days,
    }


def count_queue_days(start: date, end: date, days: list[date] | None) -> tuple[str, dict[str, Any]]:
    """The statement that counts the queues of the days, and its parameters."""
    chosen = "c.day = ANY(%(days)s)" if days else "true"
    return QUEUE_DAYS.format(chosen=chosen), {"start": start, "end": end, "days": days}
