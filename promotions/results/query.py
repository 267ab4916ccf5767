"""Query: what came of a promotion. Everything is counted from rows that are there anyway; nothing is followed in e-mails.

What people did afterwards is compared between all for whom the lots were drawn: a person drawn to be written to counts
there even if something kept the message back later, or the two groups would not be alike any more.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection

from promotions.models import Promotion
from promotions.results.interval import Difference, difference

AFTER_DAYS = 60  # what people do within these days of the beginning is looked at
ENDED_BY = "unsubscribe"

REACHED = """
    SELECT count(*) AS written,
           count(*) FILTER (WHERE notice.state = 'sent') AS sent,
           count(*) FILTER (WHERE notice.state IN ('refused', 'in_doubt')) AS trouble,
           count(*) FILTER (WHERE notice.state = 'withheld') AS withheld,
           count(*) FILTER (WHERE notice.channel = 'inbox') AS in_area,
           count(*) FILTER (WHERE notice.channel = 'inbox' AND notice.read_at IS NOT NULL) AS read_in_area,
           count(*) FILTER (WHERE EXISTS (
               SELECT FROM promotions_visit AS visit WHERE visit.recipient_id = recipient.id
           )) AS visited,
           count(*) FILTER (WHERE EXISTS (
               SELECT FROM promotions_visit AS visit WHERE visit.recipient_id = recipient.id AND NOT visit.by_machine
           )) AS visited_by_people,
           count(*) FILTER (WHERE EXISTS (
               SELECT FROM customers_consent AS consent
               WHERE consent.customer_id = recipient.customer_id AND consent.event = 'withdrawn'
                 AND consent.source = %(ended_by)s AND consent.recorded_at >= recipient.written_at
                 AND consent.recorded_at < recipient.written_at + %(after)s
           )) AS unsubscribed,
           count(*) FILTER (WHERE recipient.contact_id IS NOT NULL) AS asked
    FROM promotions_recipient AS recipient
    JOIN notifications_notice AS notice ON notice.id = recipient.notice_id
    WHERE recipient.promotion_id = %(promotion)s
"""
AFTERWARDS = """
    SELECT recipient.state = 'held_out' AS is_held_out, count(*),
           count(*) FILTER (WHERE EXISTS (
               SELECT FROM contact_center_contact AS contact
               WHERE contact.customer_id = recipient.customer_id AND contact.started_at >= %(begun_at)s
                 AND contact.started_at < %(begun_at)s + %(after)s
           )),
           count(*) FILTER (WHERE EXISTS (
               SELECT FROM customers_policy AS policy
               WHERE policy.holder_id = recipient.customer_id AND policy.ramo = %(ramo)s
                 AND policy.created_at >= %(begun_at)s AND policy.created_at < %(begun_at)s + %(after)s
           ))
    FROM promotions_recipient AS recipient
    WHERE recipient.promotion_id = %(promotion)s AND recipient.was_eligible
    GROUP BY 1
"""


@dataclass(frozen=True)
class Comparison:
    """How many of each group did something, and the difference; None where the groups are too small to tell."""

    written: int
    of_written: int
    held_out: int
    of_held_out: int
    difference: Difference | None


@dataclass(frozen=True)
class Results:
    """A promotion in numbers; `visited` counts what followed the link, `visited_by_people` without likely machines."""

    written: int
    sent: int
    trouble: int
    withheld: int
    in_area: int
    read_in_area: int
    visited: int
    visited_by_people: int
    unsubscribed: int
    asked: int
    contacts: Comparison
    policies: Comparison


@dataclass(frozen=True)
class Group:
    """The people of one lot: how many, how many contacted us, how many took a policy of the line."""

    people: int = 0
    contacts: int = 0
    policies: int = 0


def groups_of(promotion: Promotion) -> tuple[Group, Group]:
    """Those drawn to be written to, and those held out, of a promotion that has begun."""
    values: dict[str, Any] = {
        "promotion": promotion.pk,
        "after": timedelta(days=AFTER_DAYS),
        "begun_at": promotion.begun_at,
        "ramo": promotion.ramo,
    }
    with connection.cursor() as cursor:
        cursor.execute(AFTERWARDS, values)
        groups = {row[0]: Group(*row[1:]) for row in cursor.fetchall()}
    return groups.get(False, Group()), groups.get(True, Group())


def results_of(promotion: Promotion) -> Results:
    """What came of a promotion that has begun."""
    values: dict[str, Any] = {
        "promotion": promotion.pk,
        "ended_by": ENDED_BY,
        "after": timedelta(days=AFTER_DAYS),
    }
    with connection.cursor() as cursor:
        cursor.execute(REACHED, values)
        names = [column[0] for column in cursor.description]
        reached = dict(zip(names, cursor.fetchone(), strict=True))
    written, held_out = groups_of(promotion)
    return Results(
        **reached,
        contacts=_compared((written.contacts, written.people), (held_out.contacts, held_out.people)),
        policies=_compared((written.policies, written.people), (held_out.policies, held_out.people)),
    )


def _compared(written: tuple[int, int], held_out: tuple[int, int]) -> Comparison:
    return Comparison(
        written=written[0],
        of_written=written[1],
        held_out=held_out[0],
        of_held_out=held_out[1],
        difference=difference(written, held_out),
    )
