"""Query: whom a rule would inform over some days, by which way, and how many of them had been informed anyway. It only reads.

It is the statement of the nightly plan, for all its nights from the first day to the last at once, as if nobody had been
informed of the rule before. Days that are past are read from what was kept: the policies as they stood on the first day, what was
paid by which day. Days ahead are read as everything stands now.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import Customer
from foundation.dates import ROME
from foundation.refusals import Refused
from notifications.alerts.events import BY_CODE, GAPS_OF_CLAIMS, GAPS_OF_INSTALMENTS, GAPS_OF_PAYMENTS, Event
from notifications.deadlines import MORNING, UNANNOUNCED, values_of
from notifications.kinds import KINDS
from notifications.ladder import reached_sql
from notifications.models import AlertRule
from notifications.preferences.planning import CHOSEN

MOST_DAYS = 92  # simulated at once
SAMPLE = 20
NOBODY_WAS_TOLD = "simulation"  # the kind of the statement: no notice has such a key
# The notices of any rule of the event about the same row, reminders and other days of it included.
SIMULATED = """
    {unannounced},
    found AS MATERIALIZED (
        SELECT reached.about, reached.customer_id, reached.words, reached.day,
               reached.day <= %(on)s::date - %(from_days)s AS is_at_once,
               EXISTS (
                   SELECT FROM unnest(%(kinds)s::text[]) AS text (kind)
                   CROSS JOIN LATERAL (SELECT text.kind || ':' || split_part(reached.about, '~', 1) AS stem) AS key
                   JOIN notifications_notice AS notice
                     ON (notice.once ~>=~ (key.stem || ':') AND notice.once ~<~ (key.stem || ';')
                         OR notice.once ~>=~ (key.stem || '~') AND notice.once ~<~ (key.stem || '~~'))
                   WHERE notice.state NOT IN ('refused', 'withheld')
               ) AS was_reached
        FROM reached
    )
    SELECT (SELECT count(*) FROM found), (SELECT count(DISTINCT customer_id) FROM found),
           (SELECT count(*) FROM found WHERE was_reached), (SELECT count(*) FROM found WHERE is_at_once),
           coalesce((SELECT jsonb_object_agg(channel, number) FROM (
               SELECT channel, count(*) AS number FROM wanted GROUP BY channel) AS counted), '{{}}'),
           coalesce((SELECT jsonb_agg(to_jsonb(shown)) FROM (
               SELECT found.about, found.customer_id, found.day, found.was_reached, found.words ->> 'policy' AS policy,
                      found.words ->> 'number' AS number, found.words ->> 'plate' AS plate,
                      (SELECT array_agg(channel ORDER BY channel) FROM wanted
                       WHERE wanted.once = %(kind)s || ':' || found.about) AS channels
               FROM found ORDER BY found.day, found.about LIMIT %(sample)s) AS shown), '[]')
"""


@dataclass(frozen=True)
class Example:
    """One of the sample: about what, whom, on which day of the event, by which ways, and whether they were informed anyway."""

    policy: str
    number: str
    plate: str
    customer: Customer
    day: date
    channels: tuple[str, ...]
    was_reached: bool


@dataclass(frozen=True)
class Simulated:
    """What the rule would have done: notices by channel, policies or claims (`matters`), the people they are of.

    `reached_anyway` of the matters had a notice of the same event; `at_once` are those of the first night, as in the night
    in which a rule is switched on.
    """

    first: date
    last: date
    people: int
    matters: int
    reached_anyway: int
    at_once: int
    by_channel: Mapping[str, int]
    is_past: bool
    sample: list[Example] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def simulate(rule: AlertRule, *, first: date, last: date, today: date) -> Simulated:
    """Count whom the rule tells from the first day to the last, both included, whether it is on or not; at most MOST_DAYS.

    Refused for days out of order, too many of them, or both sides of today.
    """
    if last < first:
        raise Refused(_("The last day comes before the first: exchange them."), code="days", field="last")
    if (last - first).days >= MOST_DAYS:
        raise Refused(_("At most %(days)d days at once.") % {"days": MOST_DAYS}, code="days", field="last")
    if first < today <= last:
        raise Refused(
            _("Choose days that are over, or days from today on: the two are read differently."),
            code="days",
            field="first",
        )
    is_past, event, kind = last < today, BY_CODE[rule.event], KINDS[rule.kind]
    begins = datetime.combine(first, datetime.min.time(), ROME)
    at = datetime.combine(first, MORNING, ROME) if is_past else timezone.now()
    values = {
        **values_of(event, rule, kind, at),
        "on": first,
        "last": last,
        "then": begins,
        "kind": NOBODY_WAS_TOLD,
        "kinds": [each.code for each in event.kinds],
        "sample": SAMPLE,
    }
    if is_past:
        values |= {"known_by": begins, "known_on": first}
    statement = SIMULATED.format(
        unannounced=UNANNOUNCED.format(
            owed=event.planned(rule, past=is_past), needed=event.needed, chosen=CHOSEN, reached=reached_sql("notice")
        )
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        matters, people, informed, at_once, by_channel, sample = cursor.fetchone()
    by_channel, sample = json.loads(by_channel), json.loads(sample)  # Django's connections leave JSON as text
    return Simulated(
        first=first,
        last=last,
        people=people,
        matters=matters,
        reached_anyway=informed,
        at_once=at_once,
        by_channel=by_channel,
        is_past=is_past,
        sample=_with_customers(sample),
        unknown=unknown_to(event, is_past=is_past),
    )


def _with_customers(sample: list[dict[str, Any]]) -> list[Example]:
    customers = Customer.objects.in_bulk({each["customer_id"] for each in sample})
    return [
        Example(
            policy=each["policy"] or "",
            number=each["number"] or "",
            plate=each["plate"] or "",
            customer=customers[each["customer_id"]],
            day=date.fromisoformat(each["day"]),
            channels=tuple(each["channels"] or ()),
            was_reached=each["was_reached"],
        )
        for each in sample
    ]


def unknown_to(event: Event, *, is_past: bool) -> list[str]:
    """What a simulation cannot know, in words."""
    if not is_past:
        return [
            str(
                _(
                    "What will be paid, renewed, reported or changed until then: everything is taken as it stands today."
                )
            ),
            str(_("Addresses that will be learnt, and those that will be refused.")),
        ]
    found = [str(_("By which way people could be reached then: addresses and reserved areas are those of today."))]
    if event.gaps == GAPS_OF_CLAIMS:
        found.append(str(_("Facts of the claim that a later file changed: days and amounts are those of today.")))
    elif event.gaps == GAPS_OF_PAYMENTS:
        found.append(str(_("Whether the policy was in force on that day, and what was tried again afterwards.")))
    elif event.gaps == GAPS_OF_INSTALMENTS:
        found.append(
            str(
                _("What entered the portfolio or changed after the first day; instalments that were taken away since.")
            )
        )
    else:
        found.append(
            str(_("What entered the portfolio or changed after the first day: policies are read as they stood then."))
        )
    found.append(str(_("Whoever was left out for a reason of that night, such as a server that was away.")))
    return found


def month_before(today: date) -> tuple[date, date]:
    """The first and last day of the month before."""
    last = today.replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last
