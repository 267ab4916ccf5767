"""What was written to one person, by matter: each matter with all the ways that it went, and the devices that it was announced on."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from customers.models import Customer
from notifications.channels import Channel
from notifications.kinds import name_of
from notifications.models import Notice

PER_PAGE = 20

# The part of the key before the channel, as `Notice.matter`; of a notification that of the notice which it announced.
MATTERS = """
    SELECT matter, array_agg(id ORDER BY created_at, id) FROM (
        SELECT notice.id, notice.created_at,
               regexp_replace(coalesce(announced.once, notice.once), %(way)s, '') AS matter
        FROM notifications_notice AS notice
        LEFT JOIN notifications_notice AS announced
          ON notice.channel = 'push' AND notice.once LIKE 'push:%%'
         AND announced.id = nullif(split_part(notice.once, ':', 2), '')::bigint
        WHERE notice.customer_id = %(customer)s
    ) AS way
    GROUP BY matter ORDER BY max(created_at) DESC, matter
    LIMIT %(most)s OFFSET %(offset)s
"""
WAY = f":({'|'.join(Channel.values)})(:[0-9]+)?$"


@dataclass(slots=True)
class Matter:
    """Something the person was written to about, and the ways that it went, oldest first."""

    name: str
    subject: str
    ways: list[Notice] = field(default_factory=list)


def matters_of(customer: Customer, *, page: int) -> tuple[list[Matter], bool]:
    """A page of the matters, the newest first, and whether there are more. Two questions, however many notices there are."""
    with connection.cursor() as cursor:
        values: dict[str, Any] = {
            "customer": customer.pk,
            "most": PER_PAGE + 1,
            "offset": (page - 1) * PER_PAGE,
            "way": WAY,
        }
        cursor.execute(MATTERS, values)
        rows = cursor.fetchall()
    ids = {pk: matter for matter, those in rows[:PER_PAGE] for pk in those}
    ways: dict[str, list[Notice]] = defaultdict(list)
    for notice in Notice.objects.filter(pk__in=ids).for_list().order_by("created_at", "pk"):
        ways[ids[notice.pk]].append(notice)
    found = []
    for matter, _ids in rows[:PER_PAGE]:
        those = ways[matter]
        first = next((each for each in those if each.channel != Channel.PUSH), those[0])
        found.append(Matter(name_of(first.kind), str(first), those))
    return found, len(rows) > PER_PAGE
