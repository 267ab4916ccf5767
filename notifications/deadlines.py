"""The plan of alerts over the whole portfolio: what is owed and was not told yet, in one statement for each kind.

Nothing is "due exactly today": each kind has a window of days, every night looks at all of it, and whoever is in it and
was not told is told. A week of downtime is caught up by the next run, two runs at once write one notice, and a date that
moves makes a new notice, because the date is part of the unique key. A policy that was renewed, suspended or cancelled,
and an instalment that was paid, are not in the window any more.

The statement writes the facts (`Notice.words`); the text is made of them by the worker that sends it, so that the plan
costs what an INSERT … SELECT costs. docs/decisions/outbox.md shows what it is measured against.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.utils import timezone

from customers.policy_terms import EXPIRY_NOTICE_DAYS, INSTALMENT_GRACE_DAYS, LIFE_GRACE_DAYS
from customers.rami import MOTOR_LIABILITY, RAMI, Business
from notifications import kinds
from notifications.kinds import NoticeKind

ROME = ZoneInfo("Europe/Rome")
MORNING = time(8)  # alerts are planned in the night and leave when people are up and the lines are open

EXPIRY_DAYS = EXPIRY_NOTICE_DAYS + 10  # a week of downtime, and the alert still comes thirty days before
INSTALMENT_DAYS = 15  # before an instalment falls due
POSTING_DAYS = 5  # a payment may take these to reach us; only then is it missed
CLAIM_DAYS = 60  # that a claim is followed is news for so long
LIFE = [each.code for each in RAMI if each.business == Business.LIFE]

# Facts of the policy that every text names.
POLICY = "'policy', policy.number, 'product', policy.product, 'plate', policy.plate, 'line', policy.ramo"


@dataclass(frozen=True, slots=True)
class Alert:
    """One kind of alert: a SELECT of what is owed, with the columns about, customer_id, expires_on and words.

    `about` is the part of the unique key that says which policy and which date. `unless` is a SELECT that finds why the
    row `owed` needs no alert after all; it is asked only of what was not told yet, because it costs more.
    """

    kind: NoticeKind
    owed: str
    values: Mapping[str, Any] = field(default_factory=dict)
    unless: str = ""


ALERTS = (
    # Motor liability never renews by itself; other lines are told where the contract does not. Life ends otherwise.
    Alert(
        kinds.POLICY_EXPIRING,
        f"""
        SELECT policy.id || ':' || policy.ends_on AS about, policy.holder_id AS customer_id,
               policy.ends_on AS expires_on, policy.id AS policy_id, policy.plate, policy.ramo,
               jsonb_build_object({POLICY}, 'ends_on', policy.ends_on, 'premium', policy.premium::text,
                                  'annual', policy.annual, 'grace_days', policy.grace_days) AS words
        FROM customers_policy AS policy
        WHERE policy.state = 'active' AND policy.ends_on BETWEEN %(on)s AND %(on)s::date + %(expiry_days)s
          AND (policy.ramo = %(motor)s OR NOT policy.tacit_renewal) AND policy.ramo <> ALL(%(life)s)
        """,  # noqa: S608 - our own words
        {"expiry_days": EXPIRY_DAYS, "motor": MOTOR_LIABILITY, "life": LIFE},
        # Renewed already: the vehicle has a policy that lasts longer, or the premium of the next year is paid
        # (`PolicyQuerySet.not_renewed` is the same, for the pages).
        """
        SELECT 1 FROM customers_policy AS newer
        WHERE owed.plate <> '' AND newer.plate = owed.plate AND newer.plate <> '' AND newer.state = 'active'
          AND newer.holder_id = owed.customer_id AND newer.ramo = owed.ramo AND newer.ends_on > owed.expires_on
        UNION ALL
        SELECT 1 FROM customers_instalment AS renewal
        WHERE renewal.policy_id = owed.policy_id AND renewal.due_on >= owed.expires_on AND renewal.paid_on IS NOT NULL
        """,
    ),
    Alert(
        kinds.INSTALMENT_DUE,
        f"""
        SELECT instalment.id || ':' || instalment.due_on AS about, policy.holder_id AS customer_id,
               instalment.due_on AS expires_on,
               jsonb_build_object({POLICY}, 'due_on', instalment.due_on, 'amount', instalment.amount::text,
                                  'is_first', instalment.due_on <= policy.starts_on) AS words
        FROM customers_instalment AS instalment
        JOIN customers_policy AS policy ON policy.id = instalment.policy_id AND policy.state = 'active'
        WHERE instalment.paid_on IS NULL AND instalment.due_on BETWEEN %(on)s AND %(on)s::date + %(instalment_days)s
        """,  # noqa: S608
        {"instalment_days": INSTALMENT_DAYS},
    ),
    # While there is still cover to save: fifteen days, twenty for life. An unpaid first premium never gave any.
    Alert(
        kinds.INSTALMENT_OVERDUE,
        f"""
        SELECT instalment.id || ':' || instalment.due_on AS about, policy.holder_id AS customer_id,
               instalment.due_on + terms.grace AS expires_on,
               jsonb_build_object({POLICY}, 'due_on', instalment.due_on, 'amount', instalment.amount::text,
                                  'is_first', false) AS words
        FROM customers_instalment AS instalment
        JOIN customers_policy AS policy ON policy.id = instalment.policy_id AND policy.state = 'active'
        CROSS JOIN LATERAL (
            SELECT CASE WHEN policy.ramo = ANY(%(life)s) THEN %(life_grace)s ELSE %(grace)s END AS grace
        ) AS terms
        WHERE instalment.paid_on IS NULL AND instalment.due_on > policy.starts_on
          AND instalment.due_on BETWEEN %(on)s::date - %(life_grace)s AND %(on)s::date - %(posting_days)s
          AND instalment.due_on + terms.grace >= %(on)s
        """,  # noqa: S608
        {
            "life": LIFE,
            "life_grace": LIFE_GRACE_DAYS,
            "grace": INSTALMENT_GRACE_DAYS,
            "posting_days": POSTING_DAYS,
        },
    ),
    # Claims that a file brought in charge (`take_claim_in_charge` tells the others at once, under the same key): those that
    # were only reported when we first knew them, however long it took, and those that came in charge soon after their
    # report. One reported before the first claim was kept here is history: a first import tells nobody.
    Alert(
        kinds.CLAIM_TAKEN_IN_CHARGE,
        f"""
        SELECT claim.id::text AS about, claim.customer_id, %(on)s::date + %(claim_days)s AS expires_on,
               jsonb_build_object({POLICY}, 'number', claim.number, 'occurred_on', claim.occurred_on,
                                  'adjuster', claim.adjuster, 'adjuster_phone', claim.adjuster_phone,
                                  'assessor', claim.assessor, 'repairer', claim.repairer, 'kind', claim.kind,
                                  'signed_by_both', claim.signed_by_both, 'complete_on', claim.complete_on) AS words
        FROM customers_claim AS claim
        JOIN customers_policy AS policy ON policy.id = claim.policy_id
        WHERE claim.state = 'taken_in_charge' AND claim.adjuster <> '' AND claim.adjuster_phone <> ''
          AND claim.reported_on <= %(on)s
          AND (
              EXISTS (
                  SELECT FROM customers_claimhistory AS earlier
                  WHERE earlier.pgh_obj_id = claim.id AND earlier.state = 'reported'
              )
              OR claim.reported_on >= %(on)s::date - %(claim_days)s
              AND claim.reported_on > (
                  SELECT (first.created_at AT TIME ZONE 'Europe/Rome')::date
                  FROM customers_claim AS first ORDER BY first.id LIMIT 1
              )
          )
        """,  # noqa: S608
        {"claim_days": CLAIM_DAYS},
    ),
)

# By e-mail to the best address that is not suppressed (as `services.email_of`), in the reserved area when the customer
# is enrolled or when nothing else reaches them (as `services.tell_customer`). Whoever was told on either is told.
UNTOLD = """
    WITH owed AS ({owed}),
    untold AS MATERIALIZED (  -- or the planner would ask of everybody whether there is a reason not to tell them
        SELECT owed.*, %(kind)s || ':' || owed.about AS once FROM owed
        LEFT JOIN LATERAL (
            SELECT 1 AS told FROM notifications_notice AS before
            WHERE before.once IN (%(kind)s || ':' || owed.about || ':email', %(kind)s || ':' || owed.about || ':inbox')
            LIMIT 1
        ) AS notice ON true
        WHERE notice.told IS NULL
        ORDER BY owed.customer_id  -- what is looked up and written for the rest then lies together
    ),
    reached AS (
        SELECT owed.*, customer.language, coalesce(point.value, '') AS email, account.id IS NOT NULL AS is_enrolled
        FROM untold AS owed
        JOIN customers_customer AS customer ON customer.id = owed.customer_id
        LEFT JOIN customers_reservedareaaccount AS account
          ON account.customer_id = owed.customer_id AND account.state = 'enrolled'
        LEFT JOIN LATERAL (
            SELECT value FROM customers_contactpoint AS point
            WHERE point.customer_id = owed.customer_id AND point.kind = 'email'
              AND NOT EXISTS (
                  SELECT FROM notifications_suppressedaddress AS suppressed
                  WHERE suppressed.address = point.value AND suppressed.channel = 'email' AND suppressed.lifted_at IS NULL
              )
            ORDER BY point.verified_at DESC NULLS LAST, point.id LIMIT 1
        ) AS point ON true
        WHERE {unless}
    ),
    wanted AS (
        SELECT reached.*, 'email' AS channel, email AS address FROM reached WHERE email <> ''
        UNION ALL
        SELECT reached.*, 'inbox', '' FROM reached WHERE email = '' OR is_enrolled
    )
"""
INSERT = """
    {untold}
    INSERT INTO notifications_notice (kind, channel, once, customer_id, address, language, words, subject, body_text,
                                      body_html, is_promotional, state, attempts, message_id, problem, created_at,
                                      send_after, expires_at)
    SELECT %(kind)s, channel, once || ':' || channel, customer_id, address, language, words, '', '', '', false, 'queued',
           0, '', '', %(now)s, %(send_after)s, (expires_on + 1)::timestamp AT TIME ZONE 'Europe/Rome'
    FROM wanted
    ON CONFLICT (once) DO NOTHING
"""
COUNT = "{untold} SELECT count(*) FROM wanted"


def plan_alerts(on: date | None = None, *, at_once: bool = False, dry_run: bool = False) -> dict[str, int]:
    """Queue what is owed on the day (today in Italy) and was not told; returns how many notices of each kind.

    They leave at eight in the morning of that day; now, when that is past or they are to go `at_once`. A second run, or
    two at once, add nothing. `dry_run` only counts.
    """
    now = timezone.now()
    on = on or timezone.localdate(now, ROME)
    counts = {}
    for alert in ALERTS:
        statement = (COUNT if dry_run else INSERT).format(
            untold=UNTOLD.format(owed=alert.owed, unless=f"NOT EXISTS ({alert.unless})" if alert.unless else "true")
        )
        values = {
            **alert.values,
            "on": on,
            "kind": alert.kind.code,
            "now": now,
            "send_after": now if at_once else max(now, datetime.combine(on, MORNING, ROME)),
        }
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
            counts[alert.kind.code] = cursor.fetchone()[0] if dry_run else cursor.rowcount
    return counts


def expiry_told_from(ends_on: date) -> date:
    """Rule: the first day on which a policy that expires on `ends_on` is owed its alert."""
    return ends_on - timedelta(days=EXPIRY_DAYS)
