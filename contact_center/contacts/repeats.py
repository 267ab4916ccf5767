"""People who came back: `Contact.repeated_on` is the day of the same person's next contact about the same area of topics.

Next means at a later moment, on any channel, in the base (no wrong number, no dropped line). The day is kept whatever
the distance, so that another number of days only compares dates. A contact without a topic is about the area "unknown",
which only other contacts without a topic share; a contact of nobody known (withheld number) has no next.

Triggers note whose contacts changed (`contact_center/models/marks.py`), in whatever order they arrive and whatever is
corrected later; `link_marked` finds their next contacts again. It runs before each refresh of the figures, apart from
the commands that changed the contacts: none of these locks a row of another contact, or waits.
"""
# ruff: noqa: S608 - the queries are put together from this module's own words; values are always parameters

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import connection, transaction

from contact_center.models import StalePerson
from contact_center.models.contact import FORGOTTEN

# One linking at a time: two that each miss the other's changes would leave neither's link.
LINKING = 71_489_001

# Begins what stands in place of a number or address that was forgotten: what was counted of such a contact remains.

# GROUPS … FOLLOWING takes the rows at the next later moment: two contacts of the same moment do not follow each other.
FIND_NEXT = f"""
    SELECT k.id, first_value(k.day) OVER (
        PARTITION BY k.person_key, COALESCE(t.area, 'unknown')
        ORDER BY k.started_at GROUPS BETWEEN 1 FOLLOWING AND 1 FOLLOWING
    ) AS next_day
    FROM contact_center_contact k LEFT JOIN contact_center_topic t ON t.id = k.topic_id
    WHERE k.in_base AND k.person_key IS NOT NULL AND k.address NOT LIKE '{FORGOTTEN}%%' AND {{chosen}}
"""
LINK = f"""
    WITH linked AS ({FIND_NEXT}),
    wanted AS (
        SELECT id, next_day FROM linked
        UNION ALL
        SELECT k.id, NULL FROM contact_center_contact k
        WHERE k.repeated_on IS NOT NULL AND (NOT k.in_base OR k.person_key IS NULL) AND ({{chosen}} OR {{lost}})
    ),
    changed AS (
        UPDATE contact_center_contact k SET repeated_on = w.next_day
        FROM wanted w WHERE k.id = w.id AND k.repeated_on IS DISTINCT FROM w.next_day
        RETURNING k.day
    )
    SELECT DISTINCT day FROM changed
"""


def link_repeats(
    *,
    contacts: Iterable[int] = (),
    person_keys: Iterable[str] = (),
    days: tuple[date, date] | None = None,
    everybody: bool = False,
) -> set[date]:
    """Find the next contact of each contact of the people named, and return the days on which one changed.

    People are named by key, by contact, or by a range of days on which they had contacts. It is all one UPDATE, of the
    rows that change only. Nobody needs to call it after a change: a mark was left, and the next refresh does.
    """
    ids = list(contacts)
    chosen, lost = "true", "true"
    parameters: dict[str, Any] = {}
    if not everybody:
        chosen = "k.person_key = ANY(%(keys)s)"
        lost = "k.id = ANY(%(ids)s)"
        keys = set(person_keys)
        ids += [int(key.removeprefix("contact:")) for key in keys if key.startswith("contact:")]
        parameters = {"keys": sorted(keys | _keys_of(ids, days)), "ids": ids}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LINKING])
        if everybody:
            cursor.execute("SET LOCAL work_mem = '256MB'")
        cursor.execute(LINK.format(chosen=chosen, lost=lost), parameters)
        return {day for (day,) in cursor.fetchall()}


def link_marked(*, everybody: bool = False) -> set[date]:
    """Link the people whose contacts changed since the last time, or all; returns the days on which a contact changed."""
    with transaction.atomic(), connection.cursor() as cursor:
        # First the lock, then the marks: those of a change that commits meanwhile are left for the next time.
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LINKING])
        cursor.execute("DELETE FROM contact_center_staleperson RETURNING person_key")
        keys = {key for (key,) in cursor.fetchall()}
        if everybody or StalePerson.EVERYBODY in keys:
            return link_repeats(everybody=True)
        return link_repeats(person_keys=keys) if keys else set()


def _keys_of(ids: list[int], days: tuple[date, date] | None) -> set[str]:
    """The people of the contacts, and of all contacts of the days."""
    found: set[str] = set()
    with connection.cursor() as cursor:
        for condition, parameters in _conditions(ids, days):
            cursor.execute(
                f"SELECT DISTINCT person_key FROM contact_center_contact WHERE person_key IS NOT NULL AND {condition}",
                parameters,
            )
            found |= {key for (key,) in cursor.fetchall()}
    return found


def _conditions(ids: list[int], days: tuple[date, date] | None) -> Iterable[tuple[str, list[Any]]]:
    if ids:
        yield "id = ANY(%s)", [ids]
    if days:
        yield "day BETWEEN %s AND %s", list(days)
