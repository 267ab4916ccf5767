"""Triggers that note which days to count again and whose contacts to link again (`StaleDay`, `StalePerson`).

The database does it, in the transaction of the change: an import, a bulk update and the back office are seen alike,
and no command can forget. A statement adds a row per day and per person, so nobody waits for anybody.
"""
# ruff: noqa: S608 - the queries are put together from this module's own words; values are always parameters

import pgtrigger

from contact_center.catalogue import STORED, Rows


def _columns_that_decide(rows: Rows) -> list[str]:
    """The columns by which the stored counts choose their rows, or which they sum."""
    return sorted({column for count in STORED if count.rows == rows for column in count.columns})


# More people than this in one statement are not listed: everybody is linked again.
MANY = 20_000

# What the daily counts are made of, and what decides who came back: a change of anything else is of no matter here.
CALL_FACTS = ", ".join(
    ("id", "day", "queued_at", "line_id", "agent_id", "contact_id", *_columns_that_decide(Rows.CALLS))
)
CONTACT_FACTS = ", ".join(
    (
        *("id", "day", "started_at", "channel", "line_id", "topic_id", "agent_id", "handled"),
        *_columns_that_decide(Rows.CONTACTS),
    )
)
PERSON_FACTS = "id, person_key, started_at, topic_id, in_base"

MARK_CALLS = """
    WITH changed AS ({changed})
    INSERT INTO contact_center_staleday (day)
    SELECT day FROM changed
    UNION SELECT k.day FROM contact_center_contact k WHERE k.id IN (SELECT contact_id FROM changed);
    RETURN NULL;
"""
MARK_CONTACTS = """
    WITH changed AS ({changed})
    INSERT INTO contact_center_staleday (day)
    SELECT day FROM changed
    UNION SELECT c.day FROM contact_center_call c WHERE c.contact_id IN (SELECT id FROM changed);

    WITH people AS (
        SELECT DISTINCT COALESCE(person_key, 'contact:' || id) AS person_key FROM ({moved}) moved LIMIT {many}
    )
    INSERT INTO contact_center_staleperson (person_key)
    SELECT '*' WHERE (SELECT count(*) FROM people) = {many}
    UNION ALL SELECT person_key FROM people WHERE (SELECT count(*) FROM people) < {many};
    RETURN NULL;
"""


def _changed(facts: str) -> str:
    """The earlier and the present versions of the rows whose facts differ: those found only once among both."""
    return (
        f"SELECT {facts} FROM (SELECT {facts} FROM old_rows UNION ALL SELECT {facts} FROM new_rows) both_versions "
        f"GROUP BY {facts} HAVING count(*) = 1"
    )


def _trigger(name: str, operation: pgtrigger.Operation, func: str) -> pgtrigger.Trigger:
    old = "old_rows" if operation in (pgtrigger.Update, pgtrigger.Delete) else None
    new = "new_rows" if operation in (pgtrigger.Insert, pgtrigger.Update) else None
    return pgtrigger.Trigger(
        name=f"mark_{name}",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=pgtrigger.Referencing(old=old, new=new),
        func=func,
    )


def _marks(template: str, facts: str) -> list[pgtrigger.Trigger]:
    return [
        _trigger(
            name,
            operation,
            template.format(changed=changed(facts), moved=changed(PERSON_FACTS), many=MANY),
        )
        for name, operation, changed in (
            ("inserted", pgtrigger.Insert, lambda columns: f"SELECT {columns} FROM new_rows"),
            ("updated", pgtrigger.Update, _changed),
            ("deleted", pgtrigger.Delete, lambda columns: f"SELECT {columns} FROM old_rows"),
        )
    ]


CALL_MARKS = _marks(MARK_CALLS, CALL_FACTS)
CONTACT_MARKS = _marks(MARK_CONTACTS, CONTACT_FACTS)
TOPIC_MARKS = [
    pgtrigger.Trigger(
        name="mark_area",
        level=pgtrigger.Row,
        when=pgtrigger.After,
        operation=pgtrigger.UpdateOf("area"),
        condition=pgtrigger.Q(old__area__df=pgtrigger.F("new__area")),
        func="""
            INSERT INTO contact_center_staleperson (person_key)
            SELECT DISTINCT person_key FROM contact_center_contact
            WHERE topic_id = NEW.id AND person_key IS NOT NULL;
            RETURN NULL;
        """,
    )
]
