"""Query and commands: how many contacts the tabs of the queue have, without reading a contact.

Kept are the tabs that follow from a contact's own columns. What is late or to be taken up again changes with the clock, and
mentions and call-backs with other tables: those are counted when they are shown, no further than 99 each, from their indexes.
"""
# ruff: noqa: S608 - the queries are put together from the words of contact_center.models.tally

import logging

from django.db import connection
from django.db.models import BigIntegerField, F, Q, QuerySet, Sum
from django.db.models.functions import Cast

from contact_center.models import Agent, QueueTally
from contact_center.models.tally import TABS, counted

log = logging.getLogger(__name__)


def tallies_for(agent: Agent | None) -> QuerySet:
    """The sums of everybody's tabs, and of those of the agent and their team, as rows of tab and n."""
    wanted = Q(whose=0)
    if agent is not None:
        wanted |= Q(tab="mine", whose=agent.pk) | Q(tab="team", whose=agent.team_id or -1)
    rows = QueueTally.objects.filter(wanted).order_by().values("tab")
    return rows.annotate(n=Cast(Sum("change"), BigIntegerField())).values("tab", n=F("n"))


def add_up_tallies() -> int:
    """Put the rows of each tab together into one, in one statement; returns how many are left. Two at once do no harm."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH gone AS (DELETE FROM contact_center_queuetally RETURNING tab, whose, change)
            INSERT INTO contact_center_queuetally (tab, whose, change)
            SELECT tab, whose, sum(change) FROM gone GROUP BY tab, whose HAVING sum(change) <> 0
            """
        )
        return cursor.rowcount


def correct_tallies() -> list[tuple[str, int, int]]:
    """Compare the tallies with the contacts, and correct what differs; returns tab, whose and by how much.

    One statement sees both at one moment, whatever is written meanwhile. A difference is a fault, and is logged as one.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH contacts AS (SELECT state, outcome, confirmed, owner_id, team_id, 1 AS n FROM contact_center_contact),
            differing AS (
                SELECT tab, whose, sum(n) AS n FROM (
                    {counted("contacts")} UNION ALL SELECT tab, whose, -change FROM contact_center_queuetally
                ) both_counts GROUP BY tab, whose HAVING sum(n) <> 0
            )
            INSERT INTO contact_center_queuetally (tab, whose, change)
            SELECT tab, whose, n FROM differing RETURNING tab, whose, change
            """
        )
        found: list[tuple[str, int, int]] = cursor.fetchall()
    for tab, whose, change in found:
        log.error("The tally of the tab %s (%s) was wrong by %+d, and is corrected.", tab, whose, change)
    return found


KEPT = frozenset(TABS)
