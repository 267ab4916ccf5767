"""The audience of a promotion over the whole portfolio with every exclusion and its reason, against one raw query."""

import statistics
from collections.abc import Iterator
from datetime import datetime

from django.utils import timezone

from customers.models import User
from promotions.audience.counting import AudienceCount, count_audience
from promotions.models import Promotion

from . import data
from .measure import Row, Scale, at_most, say, seconds_of

RUNS = 5
TIMES = 3

# Two consents in three of those who were asked, withdrawn by some since; what is rare has a share of its own.
CONSENTS = """
    INSERT INTO customers_consent (customer_id, purpose, channel, event, text_version, source, evidence, recorded_at)
    SELECT customer.id, 'marketing', 'email', steps.event, '2026-01', 'portal', '', now() - interval '1 year' + steps.after
    FROM customers_customer AS customer
    CROSS JOIN LATERAL (VALUES ('given', interval '0'), ('confirmed', interval '1 hour'), ('withdrawn', interval '90 days'))
        AS steps (event, after)
    WHERE customer.id % 2 = 0 AND (steps.event <> 'withdrawn' OR customer.id % 20 = 0)
"""
MUTED = """
    INSERT INTO notifications_suppressedaddress (channel, address, reason, detail, since)
    SELECT DISTINCT 'email', value, 'no_mailbox', '', now() FROM customers_contactpoint
    WHERE kind = 'email' AND customer_id % 50 = 0
"""
CLAIMS = """
    INSERT INTO customers_claim (number, report_number, policy_id, customer_id, kind, description, place, signed_by_both,
                                 occurred_on, reported_on, adjuster, adjuster_phone, assessor, repairer, state, created_at,
                                 updated_at)
    SELECT 'S' || policy.id, '', policy.id, policy.holder_id, 'property', '', '', false, current_date - 20,
           current_date - 15, '', '', '', '', 'taken_in_charge', now(), now()
    FROM customers_policy AS policy WHERE policy.id % 40 = 0
"""
# The plainest question with the same answer for most: who consented last, has an address, and nothing open. It asks neither
# which channel or address is better, nor about erasures, deaths, pauses, caps and ages.
RAW = """
    SELECT CASE WHEN last.event IS NULL THEN 'no_consent' WHEN last.event <> 'confirmed' THEN 'opted_out'
                WHEN claim.customer_id IS NOT NULL THEN 'claim' WHEN point.customer_id IS NULL THEN 'no_address'
                ELSE '' END AS reason, count(*)
    FROM customers_customer AS customer
    LEFT JOIN (
        SELECT DISTINCT ON (customer_id) customer_id, event FROM customers_consent
        WHERE purpose = 'marketing' AND channel = 'email' ORDER BY customer_id, recorded_at DESC, id DESC
    ) AS last ON last.customer_id = customer.id
    LEFT JOIN (
        SELECT DISTINCT point.customer_id FROM customers_contactpoint AS point
        LEFT JOIN notifications_suppressedaddress AS muted ON muted.address = point.value AND muted.channel = 'email'
        WHERE point.kind = 'email' AND muted.id IS NULL
    ) AS point ON point.customer_id = customer.id
    LEFT JOIN (SELECT DISTINCT customer_id FROM customers_claim) AS claim ON claim.customer_id = customer.id
    GROUP BY 1
"""


def measure(scale: Scale) -> Iterator[Row]:
    """How many of all customers may be written to, and why the others may not."""
    data.portfolio(scale)
    say("consents, claims and suppressed addresses")
    data.truncate("customers_consent")
    data.truncate("customers_claim")
    data.truncate("notifications_suppressedaddress")
    for statement in (CONSENTS, CLAIMS, MUTED):
        data.execute(statement)
    for table in ("customers_consent", "customers_claim", "notifications_suppressedaddress", "customers_contactpoint"):
        data.vacuum(table)
    promotion = _over_everybody()
    now = timezone.now()
    counted: list[AudienceCount] = []
    raw, ours = [], []
    for _run in range(RUNS):
        raw.append(seconds_of(lambda: data.execute(RAW)))
        ours.append(seconds_of(lambda: counted.append(_counted(promotion, now))))
    found = counted[0]
    limit = statistics.median(raw)
    yield Row(f"raw query over {scale.customers:,} customers: consent, address, claim", limit, "s")
    where = f"{found.meant:,} customers, {found.eligible:,} may be written to, {len(found.reasons)} reasons"
    aim = f"at most {TIMES} times the raw query"
    yield at_most(f"audience of a promotion: {where}", statistics.median(ours), "s", limit, TIMES, aim=aim)
    data.truncate("customers_consent")
    data.truncate("customers_claim")
    data.truncate("notifications_suppressedaddress")


def _over_everybody() -> Promotion:
    """A promotion of the company without filters, by e-mail; it is not stored."""
    return Promotion(
        name="Tutto il portafoglio",
        writer=User(),
        controller=Promotion.Controller.COMPANY,
        ramo="8",
        channels=["email"],
        subject="La casa",
        text="La casa, protetta tutto l'anno.",
    )


def _counted(promotion: Promotion, now: datetime) -> AudienceCount:
    return count_audience(promotion, now=now)
