"""Query: what became of the alert that each motor policy was owed thirty days before its expiry (art. 170-bis CAP).

The term is the end of the thirtieth day before the expiry, by the clock of Rome. It is asked of the records as they stood
then: the state and the expiry of the policy, what was paid, which policy followed. An alert counts from the moment that
proves it: an e-mail or a letter from its sending, unless it came back; the reserved area from its being opened; a text
to a telephone from the report of its arrival; a certified e-mail from its manager's receipt of delivery, whose signature must be
verified where PEC_RECEIPTS_MUST_VERIFY asks for it.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, models, transaction
from django.utils.translation import gettext_lazy as _

from customers.policy_terms import EXPIRY_NOTICE_DAYS
from customers.rami import MOTOR_LIABILITY
from notifications.kinds import POLICY_EXPIRING

AT_ONCE = 2_000  # rows fetched at a time


class Verdict(models.TextChoices):
    """What is known of one policy."""

    IN_TIME = "in_time", _("announced in time, with proof")
    NOT_OWED = "not_owed", _("not owed")
    LATE = "late", _("announced late")
    MISSED = "missed", _("not announced, or not proved")


class Why(models.TextChoices):
    """Why an alert was not owed, came late, or reached nobody; the first that holds, in this order."""

    NONE = "", "–"
    NOT_IN_FORCE = "not_in_force", _("the policy was not in force at the term")
    RENEWED = "renewed", _("renewed by the term")
    DATE_MOVED = "date_moved", _("the expiry was moved to this day after the term")
    KNOWN_LATE = "known_late", _("the policy came to our records after the term")
    WITHHELD_BY_PERSON = "withheld_by_person", _("a person withheld the alert")
    IN_DOUBT = "in_doubt", _("it may have gone: nobody has decided")
    CAME_BACK = "came_back", _("it came back")
    REFUSED = "refused", _("the channel refused it")
    TO_BE_POSTED = "to_be_posted", _("it waits to be sent by post or PEC")
    WAITING = "waiting", _("it waits to be sent")
    UNVERIFIED = "unverified", _("a receipt came, and its signature is not verified")
    NO_SIGN = "no_sign", _("sent, and no sign of its arrival came")
    UNOPENED = "unopened", _("in the reserved area, and not opened")
    WITHHELD = "withheld", _("withheld: there was nobody to reach at the address")
    NOT_WRITTEN = "not_written", _("no alert was written")


FAULTS = (Verdict.LATE, Verdict.MISSED)  # what must be none, or said why
EXPIRED = """
    SELECT policy.id, policy.number, policy.plate, policy.holder_id, policy.ends_on,
           policy.ends_on - %(days)s AS term,
           coalesce(earlier.state, policy.state) AS state_then, coalesce(earlier.ends_on, policy.ends_on) AS ends_then,
           policy.created_at >= bounds.term_end AS is_known_late, bounds.term_end,
           greatest(policy.ends_on + 1, CASE WHEN policy.annual THEN policy.ends_on + policy.grace_days END) AS renewed_by
    FROM customers_policy AS policy
    CROSS JOIN LATERAL (
        SELECT (policy.ends_on - %(days)s + 1)::timestamp AT TIME ZONE 'Europe/Rome' AS term_end
    ) AS bounds
    LEFT JOIN LATERAL (  -- as it was at the term: the version that the first later change put away
        SELECT version.state, version.ends_on FROM customers_policyhistory AS version
        WHERE version.pgh_obj_id = policy.id AND version.pgh_created_at >= bounds.term_end
        ORDER BY version.pgh_id LIMIT 1
    ) AS earlier ON true
    WHERE policy.ramo = %(motor)s AND policy.ends_on BETWEEN %(first)s AND %(last)s
"""
WAYS = """
    SELECT way.*, CASE
        WHEN way.state <> 'sent' OR way.arrival = 'failed' THEN NULL
        WHEN way.channel IN ('email', 'post') THEN way.sent_at
        WHEN way.channel = 'inbox' THEN way.read_at
        ELSE (
            SELECT min(report.happened_at) FROM notifications_deliveryreport AS report
            WHERE report.notice_id = way.id AND report.outcome = 'delivered'
              AND (way.channel <> 'pec' OR report.signature = 'verified' OR NOT %(must_verify)s)
        )
    END AS proved_at, way.channel = 'pec' AND EXISTS (
        SELECT FROM notifications_deliveryreport AS report
        WHERE report.notice_id = way.id AND report.outcome IN ('delivered', 'unproved') AND report.signature <> 'verified'
    ) AS is_unverified, way.state = 'withheld' AND EXISTS (
        SELECT FROM notifications_noticeevent AS event
        WHERE event.notice_id = way.id AND event.new = 'withheld' AND event.by_id IS NOT NULL
    ) AS is_withheld_by_person
    FROM notifications_notice AS way
    WHERE way.once ~>=~ (%(kind)s || ':' || expired.id || ':' || expired.ends_on || ':')
      AND way.once ~<~ (%(kind)s || ':' || expired.id || ':' || expired.ends_on || ';')
"""
JUDGED = f"""
    WITH expired AS MATERIALIZED ({EXPIRED}),
    announced AS (
        SELECT expired.*, ways.* FROM expired
        CROSS JOIN LATERAL (
            SELECT count(*) AS written, min(proved_at) AS proved_at,
                   (array_agg(id ORDER BY proved_at, id) FILTER (WHERE proved_at IS NOT NULL))[1] AS proof_id,
                   (array_agg(id ORDER BY id DESC))[1] AS last_id,
                   bool_or(is_withheld_by_person) AS by_person, bool_or(state = 'in_doubt') AS in_doubt,
                   bool_or(arrival = 'failed') AS came_back, bool_or(state = 'refused') AS refused,
                   bool_or(state IN ('queued', 'sending') AND channel = 'post') AS to_be_posted,
                   bool_or(state IN ('queued', 'sending')) AS waiting,
                   bool_or(state = 'sent' AND is_unverified) AS unverified,
                   bool_or(state = 'sent' AND channel IN ('sms', 'pec')) AS no_sign,
                   bool_or(state = 'sent' AND channel = 'inbox') AS unopened, bool_or(state = 'withheld') AS withheld
            FROM ({WAYS}) AS way
        ) AS ways
    ),
    judged AS (
        SELECT announced.*, CASE
            WHEN proved_at < term_end THEN ''
            WHEN state_then <> 'active' THEN 'not_in_force'
            WHEN EXISTS (
                SELECT FROM customers_policy AS newer
                WHERE announced.plate <> '' AND newer.plate = announced.plate AND newer.state = 'active'
                  AND newer.holder_id = announced.holder_id AND newer.ramo = %(motor)s AND newer.ends_on > announced.ends_on
                  AND newer.starts_on <= announced.renewed_by AND newer.created_at < announced.term_end
                UNION ALL
                SELECT FROM customers_instalment AS renewal
                WHERE renewal.policy_id = announced.id AND renewal.due_on >= announced.ends_on AND renewal.paid_on <= announced.term
                UNION ALL
                SELECT FROM customers_renewaloffer AS offer
                WHERE offer.policy_id = announced.id AND offer.starts_on >= announced.ends_on AND offer.paid_on <= announced.term
            ) THEN 'renewed'
            WHEN ends_then <> ends_on THEN 'date_moved'
            WHEN is_known_late THEN 'known_late'
            WHEN by_person THEN 'withheld_by_person'
            WHEN in_doubt THEN 'in_doubt'
            WHEN came_back THEN 'came_back'
            WHEN refused THEN 'refused'
            WHEN to_be_posted THEN 'to_be_posted'
            WHEN waiting THEN 'waiting'
            WHEN unverified THEN 'unverified'
            WHEN no_sign THEN 'no_sign'
            WHEN unopened THEN 'unopened'
            WHEN withheld THEN 'withheld'
            ELSE CASE WHEN proved_at IS NULL THEN 'not_written' ELSE '' END
        END AS why FROM announced
    ),
    verdicts AS (
        SELECT judged.*, CASE
            WHEN proved_at < term_end THEN 'in_time'
            WHEN why IN ('not_in_force', 'renewed') THEN 'not_owed'
            WHEN proved_at IS NOT NULL THEN 'late'
            ELSE 'missed'
        END AS verdict FROM judged
    )
"""  # noqa: S608 - our own words
COUNTS = f"{JUDGED} SELECT verdict, why, count(*) FROM verdicts GROUP BY verdict, why"  # noqa: S608
ROWS = f"""
    {JUDGED}
    SELECT verdicts.id, number, plate, ends_on, term, verdict, why, verdicts.proved_at, verdicts.written,
           coalesce(proof_id, last_id) AS notice_id, coalesce(notice.channel, '') AS channel,
           coalesce(notice.receipt, '') AS receipt, coalesce(notice.message_id, '') AS message_id,
           coalesce(evidence.signature, '') AS signature, coalesce(evidence.signer, '') AS signer
    FROM verdicts LEFT JOIN notifications_notice AS notice ON notice.id = coalesce(proof_id, last_id)
    LEFT JOIN LATERAL (  -- the receipt that proves most
        SELECT report.signature, report.signer FROM notifications_deliveryreport AS report
        WHERE report.notice_id = notice.id AND report.outcome IN ('delivered', 'unproved') AND notice.channel = 'pec'
        ORDER BY report.signature = 'verified' DESC, report.outcome = 'delivered' DESC, report.happened_at LIMIT 1
    ) AS evidence ON true
    WHERE verdict = ANY(%(verdicts)s)
    ORDER BY ends_on, number
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Row:
    """One policy. `notice_id` is the notice that proves the alert, or else the last that was written of it.

    `signature` and `signer` are those of its manager's receipt, where it went by certified e-mail.
    """

    policy_id: int
    number: str
    plate: str
    ends_on: date
    term: date
    verdict: str
    why: str
    proved_at: datetime | None
    written: int
    notice_id: int | None
    channel: str
    receipt: str
    message_id: str
    signature: str
    signer: str


def last_day(today: date) -> date:
    """The last expiry whose term is over."""
    return today + timedelta(days=EXPIRY_NOTICE_DAYS - 1)


def counts_of(first: date, last: date) -> Counter[tuple[str, str]]:
    """How many policies that expire between the two days, both included, have each verdict for each reason."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, _values(first, last))
        return Counter({(verdict, why): number for verdict, why, number in cursor.fetchall()})


def unverified_of(first: date, last: date) -> int:
    """How many policies of the period are announced in time by a certified e-mail alone whose receipt nobody verified.

    None where PEC_RECEIPTS_MUST_VERIFY asks for it: these are not announced then.
    """
    if settings.PEC_RECEIPTS_MUST_VERIFY:
        return 0
    return sum(
        row.channel == "pec" and row.signature != "verified"
        for row in rows_of(first, last, verdicts=(Verdict.IN_TIME,))
    )


def rows_of(
    first: date, last: date, *, verdicts: tuple[Verdict, ...] = tuple(Verdict), most: int | None = None
) -> Iterator[Row]:
    """The policies that expire between the two days, in the order of their expiry; at most so many."""
    limit = f"LIMIT {int(most)}" if most is not None else ""
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(f"{ROWS} {limit}", {**_values(first, last), "verdicts": [str(each.value) for each in verdicts]})
        while found := cursor.fetchmany(AT_ONCE):
            yield from (Row(*each) for each in found)


def _values(first: date, last: date) -> dict[str, Any]:
    return {
        "first": first,
        "last": last,
        "days": EXPIRY_NOTICE_DAYS,
        "must_verify": settings.PEC_RECEIPTS_MUST_VERIFY,
        "motor": MOTOR_LIABILITY,
        "kind": POLICY_EXPIRING.code,
    }
