"""The one statement that writes complete calls and their contacts, whether they come in a file or by HTTP.

The calls go in as arrays, are compared with what is stored, and only what is new or differs is written; nothing is staged
in a table of its own, so it also works behind a pooler that changes the connection between transactions.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from contact_center.calls.events import CLOCKS

# What is known of a call before the database is asked: names and types of the arrays.
COLUMNS = {
    "place": "integer",
    "external_id": "text",
    "line_id": "bigint",
    "agent_id": "bigint",
    "topic_id": "bigint",
    "customer_key": "text",
    "caller": "text",
    "caller_stated": "text",
    "queued_at": "timestamptz",
    "answered_at": "timestamptz",
    "ended_at": "timestamptz",
    "wait_seconds": "integer",
    "talk_seconds": "integer",
    "hold_seconds": "integer",
    "wrap_seconds": "integer",
    "disposition": "text",
    "transferred": "boolean",
    "ring_no_answer": "integer",
    "level": "integer",
    "outcome": "text",
    "satisfaction": "integer",
    "legs_changed": "boolean",
    "only_new": "boolean",
}
# What a call is made of, besides its key: whoever writes calls writes these.
CALL_FIELDS = [
    "line_id",
    "caller",
    "caller_stated",
    "agent_id",
    "contact_id",
    "queued_at",
    "answered_at",
    "ended_at",
    "wait_seconds",
    "talk_seconds",
    "hold_seconds",
    "wrap_seconds",
    "disposition",
    "transferred",
    "ring_no_answer",
    "recorded_by",
]
_CONTACT_COLUMNS = [
    "line_id",
    "customer_id",
    "address",
    "topic_id",
    "agent_id",
    "level",
    "outcome",
    "escalation",
    "satisfaction",
    "started_at",
    "closed_at",
]


class Written(NamedTuple):
    """What the statement did with a call: `refused` is a word, or "" ("older": the file has nothing to say)."""

    place: int
    refused: str
    call_id: int | None
    is_new: bool
    changed: bool


def _assignments(columns: Iterable[str], table: str) -> str:
    return ", ".join(f"{name} = {table}.{name}" for name in columns)


def _row(table: str, columns: Iterable[str]) -> str:
    return "(" + ", ".join(f"{table}.{name}" for name in columns) + ")"


_ARRAYS = ", ".join(f"%({name})s::{kind}[]" for name, kind in COLUMNS.items())
_FACTS = [name for name in CALL_FIELDS if name not in ("contact_id", "recorded_by")]
_KEYED = "customer_key <> '' AND disposition IN ('answered', 'open')"

# Blanks of what comes are filled from what is stored: what is left out never erases what is known. A contact that people
# have worked on since (its version is no longer 1, or it is open) keeps what they wrote.
_STATEMENT = f"""
WITH staged AS MATERIALIZED (
    SELECT * FROM unnest({_ARRAYS}) AS s ({", ".join(COLUMNS)})
), compared AS MATERIALIZED (
    SELECT s.place, s.external_id, s.line_id, s.topic_id, s.customer_key, s.queued_at, s.answered_at, s.ended_at,
        s.disposition, s.level, s.outcome, s.satisfaction, s.legs_changed, s.only_new,
        c.id AS call_id, c.contact_id AS stored_contact_id,
        COALESCE(s.agent_id, c.agent_id) AS agent_id,
        CASE WHEN s.caller_stated = '' AND c.id IS NOT NULL THEN c.caller ELSE s.caller END AS caller,
        CASE WHEN s.caller_stated = '' AND c.id IS NOT NULL THEN c.caller_stated ELSE s.caller_stated END
            AS caller_stated,
        -- Of an answered call a wait or a talk that nobody stated is unknown, which is not none.
        COALESCE(s.wait_seconds, c.wait_seconds) AS wait_seconds,
        COALESCE(s.talk_seconds, c.talk_seconds, CASE WHEN s.disposition <> 'answered' THEN 0 END) AS talk_seconds,
        COALESCE(s.hold_seconds, c.hold_seconds, 0) AS hold_seconds,
        COALESCE(s.wrap_seconds, c.wrap_seconds, 0) AS wrap_seconds,
        COALESCE(s.transferred, c.transferred, false) AS transferred,
        COALESCE(s.ring_no_answer, c.ring_no_answer, 0) AS ring_no_answer,
        CASE WHEN s.level = 2 THEN 'not_stated' ELSE '' END AS escalation,
        CASE WHEN c.id IS NOT NULL AND s.disposition = 'open' THEN c.recorded_by ELSE 'record' END AS recorded_by,
        CASE
            WHEN c.contact_id IS NOT NULL AND s.disposition NOT IN ('answered', 'open') THEN 'answered_before'
            WHEN c.disposition <> 'open' AND s.disposition = 'open' THEN 'older'
            WHEN c.recorded_by = 'events' AND (
                s.line_id <> c.line_id OR s.agent_id <> c.agent_id
                OR abs(extract(epoch FROM s.queued_at - c.queued_at)) > %(clocks)s
                OR c.disposition <> 'open' AND (
                    (s.disposition = 'answered') <> (c.disposition = 'answered')
                    OR abs(extract(epoch FROM s.ended_at - c.ended_at)) > %(clocks)s
                )
            ) THEN 'events'
            ELSE '' END AS refused
    FROM staged s
    LEFT JOIN contact_center_call c ON c.source = %(source)s AND c.external_id = s.external_id
), keyed AS MATERIALIZED (
    SELECT compared.*, COALESCE(
        CASE WHEN {_KEYED} AND %(by_code)s
            THEN (SELECT k.id FROM customers_customer k WHERE k.code = customer_key LIMIT 1) END,
        CASE WHEN {_KEYED} AND %(by_tax_code)s
            THEN (SELECT k.id FROM customers_customer k WHERE k.tax_code = upper(customer_key) LIMIT 1) END
        ) AS keyed_customer_id
    FROM compared
), identified AS MATERIALIZED (
    -- By code or tax code where there is one, else by the caller's number when it is one customer's only.
    SELECT place, external_id, call_id, legs_changed, stored_contact_id, line_id, agent_id, topic_id, caller,
        caller_stated, queued_at, answered_at, ended_at, wait_seconds, talk_seconds, hold_seconds, wrap_seconds,
        disposition, transferred, ring_no_answer, level, outcome, satisfaction, escalation, recorded_by,
        COALESCE(keyed_customer_id, CASE WHEN disposition = 'answered' AND caller <> '' AND NOT EXISTS (
            SELECT FROM contact_center_contact k WHERE k.id = stored_contact_id AND k.customer_id IS NOT NULL
        ) THEN (
            SELECT CASE WHEN count(DISTINCT p.customer_id) = 1 THEN min(p.customer_id) END
            FROM customers_contactpoint p WHERE p.kind = 'phone' AND p.value = caller
        ) END) AS customer_id,
        CASE
            WHEN refused <> '' THEN refused
            WHEN only_new AND EXISTS (
                SELECT FROM contact_center_call c
                WHERE c.id = call_id AND {_row("c", _FACTS)} IS DISTINCT FROM {_row("keyed", _FACTS)}
            ) THEN 'another'
            WHEN {_KEYED} AND keyed_customer_id IS NULL AND NOT %(ignore_customers)s THEN 'customer'
            ELSE '' END AS refused
    FROM keyed
), accepted AS MATERIALIZED (
    SELECT identified.*, disposition = 'answered' AND stored_contact_id IS NULL AS new_contact,
        CASE WHEN disposition = 'answered' AND stored_contact_id IS NULL
            THEN nextval(pg_get_serial_sequence('contact_center_contact', 'id')) ELSE stored_contact_id END
            AS contact_id
    FROM identified WHERE refused = '' ORDER BY place
), opened AS (
    INSERT INTO contact_center_contact (
        id, channel, kind, line_id, customer_id, address, subject, topic_id, agent_id, level, outcome,
        escalation, state, satisfaction, notes, started_at, closed_at, reopened_count, version)
    SELECT contact_id, 'phone', 'request', line_id, customer_id, caller, '', topic_id, agent_id,
        COALESCE(level, 1), COALESCE(outcome, ''), escalation, 'closed', satisfaction, '', queued_at, ended_at, 0, 1
    FROM accepted WHERE new_contact ORDER BY place
), corrected AS (
    UPDATE contact_center_contact k SET {_assignments(_CONTACT_COLUMNS, "t")}
    FROM (
        SELECT a.contact_id AS id, a.line_id, COALESCE(a.customer_id, k.customer_id) AS customer_id,
            CASE WHEN a.caller = '' THEN k.address ELSE a.caller END AS address,
            COALESCE(a.topic_id, k.topic_id) AS topic_id, COALESCE(a.agent_id, k.agent_id) AS agent_id,
            COALESCE(a.level, k.level) AS level, COALESCE(a.outcome, k.outcome) AS outcome,
            CASE WHEN a.level IS NULL OR a.level = k.level THEN k.escalation ELSE a.escalation END AS escalation,
            COALESCE(a.satisfaction, k.satisfaction) AS satisfaction, a.queued_at AS started_at,
            a.ended_at AS closed_at
        FROM accepted a JOIN contact_center_contact k ON k.id = a.contact_id
        WHERE NOT a.new_contact AND a.disposition = 'answered' AND k.version = 1 AND k.state = 'closed'
    ) t
    WHERE t.id = k.id AND {_row("k", _CONTACT_COLUMNS)} IS DISTINCT FROM {_row("t", _CONTACT_COLUMNS)}
    RETURNING k.id
), written AS (
    INSERT INTO contact_center_call (source, external_id, {", ".join(CALL_FIELDS)})
    SELECT %(source)s, a.external_id, {", ".join(f"a.{name}" for name in CALL_FIELDS)}
    FROM accepted a LEFT JOIN contact_center_call c ON c.id = a.call_id
    WHERE a.call_id IS NULL OR {_row("c", CALL_FIELDS)} IS DISTINCT FROM {_row("a", CALL_FIELDS)}
    ORDER BY a.place
    ON CONFLICT (source, external_id) DO UPDATE SET {_assignments(CALL_FIELDS, "EXCLUDED")}
    RETURNING id, external_id
)
SELECT i.place, i.refused, COALESCE(w.id, i.call_id), i.call_id IS NULL,
    i.refused = '' AND (w.id IS NOT NULL OR k.id IS NOT NULL OR i.legs_changed)
FROM identified i
LEFT JOIN accepted a ON a.place = i.place
LEFT JOIN corrected k ON k.id = a.contact_id
LEFT JOIN written w ON w.external_id = i.external_id
ORDER BY i.place
"""  # noqa: S608


def write_calls(
    cursor: Any,
    source: str,
    rows: Sequence[dict[str, Any]],
    *,
    customer_by: str = "any",
    ignore_customers: bool = False,
) -> list[Written]:
    """Write calls that are locked and stand once among the rows, each a value for every name of COLUMNS.

    `customer_by` is "any", "code" or "tax_code". Returns what became of each, in the order of the rows.
    """
    cursor.execute(
        _STATEMENT,
        {
            "source": source,
            "clocks": CLOCKS.total_seconds(),
            "by_code": customer_by in ("any", "code"),
            "by_tax_code": customer_by in ("any", "tax_code"),
            "ignore_customers": ignore_customers,
            **{name: [row[name] for row in rows] for name in COLUMNS},
        },
    )
    return [Written(*found) for found in cursor.fetchall()]
