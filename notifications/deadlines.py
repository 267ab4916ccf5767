"""The plan of alerts over the whole portfolio: what is owed and reached nobody yet, in one statement for each kind.

Nothing is "due exactly today": each kind has a window of days, every night looks at all of it, and who is in it and
was not reached is written to. A week of downtime is caught up by the next run, two runs at once write one notice, and a
date that moves makes a new notice, because the date is part of the unique key. A policy that was renewed, suspended or
cancelled, and an instalment that was paid, are not owed any more.

An alert is settled when it reached somebody, or is under way, or a person decided that it is not to go. One that was
refused, or withheld by the program, is still owed: the next night takes the next address of the customer, the reserved
area of somebody who can open it, or else the list of what a person sends by post or PEC.

The worker asks again just before it sends (`no_longer_owed`), with the same conditions, of the notices that it holds.

The statement writes the facts (`Notice.words`); the text is made of them by the worker that sends it, so that the plan
costs what an INSERT … SELECT costs. docs/decisions/outbox.md shows what it is measured against.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import Claim, Instalment, Policy
from customers.policy_terms import EXPIRY_NOTICE_DAYS, INSTALMENT_GRACE_DAYS, LIFE_GRACE_DAYS
from customers.rami import MOTOR_LIABILITY, RAMI, Business
from foundation.dates import ROME
from foundation.numbers import is_digits
from notifications import kinds
from notifications.kinds import NoticeKind
from notifications.models import Notice
from notifications.moves import move_notices
from notifications.retries import DELAYS

MORNING = time(8)  # alerts are planned in the night and leave when people are up and the lines are open

EXPIRY_DAYS = EXPIRY_NOTICE_DAYS + 10  # a week of downtime, and the alert still comes thirty days before
INSTALMENT_DAYS = 15  # before an instalment falls due
POSTING_DAYS = 5  # a payment may take these to reach us; only then is it missed
CLAIM_DAYS = 60  # that a claim is followed, and by whom, is news for so long
ADJUSTER_DAYS = 5  # after the report, the customer is written to though nobody was named yet
LIFE = [each.code for each in RAMI if each.business == Business.LIFE]

ASKED = 1_000  # notices asked at a time whether they are still owed

# Facts of the policy that every text names.
POLICY = "'policy', policy.number, 'product', policy.product, 'plate', policy.plate, 'line', policy.ramo"


@dataclass(frozen=True, slots=True)
class Alert:
    """One kind of alert: a SELECT of the columns about, customer_id, expires_on and words, and when a row of it is owed.

    `about` is the part of the unique key that names the policy and the date; `subject` the id it begins with. `owed`
    is what must be true, until it is sent; `window` the days in which it is planned. `unless` is a SELECT that finds why
    a row needs no alert after all; it is asked only of what reached nobody yet, because it costs more.
    """

    kind: NoticeKind
    select: str
    subject: str
    owed: str
    window: str
    values: Mapping[str, Any] = field(default_factory=dict)
    unless: str = ""

    @property
    def planned(self) -> str:
        """What is owed on a day, over the whole portfolio."""
        return f"{self.select} WHERE {self.owed} AND {self.window}"

    @property
    def asked(self) -> str:
        """What is still owed, of some ids."""
        return f"{self.select} WHERE {self.owed} AND {self.subject} = ANY(%(ids)s)"

    @property
    def needed(self) -> str:
        """The condition on a row of `owed` that nothing made it superfluous."""
        return f"NOT EXISTS ({self.unless})" if self.unless else "true"


INSTALMENT = f"""
    SELECT instalment.id || ':' || instalment.due_on AS about, policy.holder_id AS customer_id,
           {{expires_on}} AS expires_on,
           jsonb_build_object({POLICY}, 'due_on', instalment.due_on, 'amount', instalment.amount::text,
                              'is_first', {{is_first}}) AS words
    FROM customers_instalment AS instalment
    JOIN customers_policy AS policy ON policy.id = instalment.policy_id AND policy.state = 'active'
"""  # noqa: S608 - our own words
CLAIM = f"""
    SELECT {{about}} AS about, claim.customer_id, %(on)s::date + %(claim_days)s AS expires_on,
           jsonb_build_object({POLICY}, 'number', claim.number, 'occurred_on', claim.occurred_on,
                              'adjuster', claim.adjuster, 'adjuster_phone', claim.adjuster_phone,
                              'assessor', claim.assessor, 'repairer', claim.repairer{{more}}) AS words
    FROM customers_claim AS claim
    JOIN customers_policy AS policy ON policy.id = claim.policy_id
"""  # noqa: S608
CHANGED = """
    CROSS JOIN LATERAL (
        SELECT earlier.pgh_id AS version, earlier.pgh_created_at AS at FROM customers_claimhistory AS earlier
        WHERE earlier.pgh_obj_id = claim.id
          AND (earlier.adjuster, earlier.adjuster_phone, earlier.assessor)
              <> (claim.adjuster, claim.adjuster_phone, claim.assessor)
        ORDER BY earlier.pgh_id DESC LIMIT 1
    ) AS changed
"""
FOLLOWED = "claim.state IN ('taken_in_charge', 'offered', 'accepted')"  # by somebody, and not over

ALERTS = (
    # Motor liability never renews by itself; other lines are announced where the contract does not. Life ends
    # otherwise.
    Alert(
        kinds.POLICY_EXPIRING,
        f"""
        SELECT policy.id || ':' || policy.ends_on AS about, policy.holder_id AS customer_id,
               policy.ends_on AS expires_on, policy.id AS policy_id, policy.plate, policy.ramo,
               greatest(policy.ends_on + 1, CASE WHEN policy.ramo = %(motor)s AND policy.annual
                                                 THEN policy.ends_on + policy.grace_days END) AS renewed_by,
               jsonb_build_object({POLICY}, 'ends_on', policy.ends_on, 'premium', policy.premium::text,
                                  'annual', policy.annual, 'grace_days', policy.grace_days) AS words
        FROM customers_policy AS policy
        """,  # noqa: S608
        "policy.id",
        """
        policy.state = 'active' AND (policy.ramo = %(motor)s OR NOT policy.tacit_renewal)
        AND policy.ramo <> ALL(%(life)s)
        """,
        "policy.ends_on BETWEEN %(on)s AND %(on)s::date + %(expiry_days)s",
        {"expiry_days": EXPIRY_DAYS, "motor": MOTOR_LIABILITY, "life": LIFE},
        # Renewed already: the vehicle has a policy that goes on where this one ends, or the premium of the next year is
        # paid, or a renewal offer was (`PolicyQuerySet.not_renewed` is the same, for the pages).
        """
        SELECT 1 FROM customers_policy AS newer
        WHERE owed.plate <> '' AND newer.plate = owed.plate AND newer.plate <> '' AND newer.state = 'active'
          AND newer.holder_id = owed.customer_id AND newer.ramo = owed.ramo AND newer.ends_on > owed.expires_on
          AND newer.starts_on <= owed.renewed_by
        UNION ALL
        SELECT 1 FROM customers_instalment AS renewal
        WHERE renewal.policy_id = owed.policy_id AND renewal.due_on >= owed.expires_on AND renewal.paid_on IS NOT NULL
        UNION ALL
        SELECT 1 FROM customers_renewaloffer AS offer
        WHERE offer.policy_id = owed.policy_id AND offer.starts_on >= owed.expires_on AND offer.paid_on IS NOT NULL
        """,
    ),
    Alert(
        kinds.INSTALMENT_DUE,
        INSTALMENT.format(expires_on="instalment.due_on", is_first="instalment.due_on <= policy.starts_on"),
        "instalment.id",
        "instalment.paid_on IS NULL",
        "instalment.due_on BETWEEN %(on)s AND %(on)s::date + %(instalment_days)s",
        {"instalment_days": INSTALMENT_DAYS},
    ),
    # While there is still cover to save: fifteen days, twenty for life. An unpaid first premium never gave any.
    Alert(
        kinds.INSTALMENT_OVERDUE,
        INSTALMENT.format(expires_on="instalment.due_on + terms.grace", is_first="false")
        + """
        CROSS JOIN LATERAL (
            SELECT CASE WHEN policy.ramo = ANY(%(life)s) THEN %(life_grace)s ELSE %(grace)s END AS grace
        ) AS terms
        """,
        "instalment.id",
        "instalment.paid_on IS NULL AND instalment.due_on > policy.starts_on",
        """
        instalment.due_on BETWEEN %(on)s::date - %(life_grace)s AND %(on)s::date - %(posting_days)s
        AND instalment.due_on + terms.grace >= %(on)s
        """,
        {
            "life": LIFE,
            "life_grace": LIFE_GRACE_DAYS,
            "grace": INSTALMENT_GRACE_DAYS,
            "posting_days": POSTING_DAYS,
        },
    ),
    # Claims that a file brought in charge (`take_claim_in_charge` announces the others at once, by the same key):
    # those that were only reported when we first knew them, however long it took and however far they have come since,
    # and those that came in charge soon after their report. One reported before the first claim was kept here is
    # history: a first import informs nobody. With what is known: a claim whose adjuster was not named is announced
    # after some days.
    Alert(
        kinds.CLAIM_TAKEN_IN_CHARGE,
        CLAIM.format(
            about="claim.id::text",
            more=", 'kind', claim.kind, 'signed_by_both', claim.signed_by_both, 'complete_on', claim.complete_on",
        ),
        "claim.id",
        FOLLOWED,
        """
        claim.reported_on <= %(on)s AND (claim.adjuster <> '' OR claim.reported_on < %(on)s::date - %(adjuster_days)s)
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
        """,
        {"claim_days": CLAIM_DAYS, "adjuster_days": ADJUSTER_DAYS},
    ),
    # Another adjuster, telephone or assessor than when the customer was written to. The latest earlier version of the claim
    # that names others was kept when they changed, and is part of the key: each change is announced once.
    Alert(
        kinds.CLAIM_PEOPLE_CHANGED,
        CLAIM.format(about="claim.id || ':' || changed.version", more="") + CHANGED,
        "claim.id",
        FOLLOWED + " AND claim.adjuster <> ''",
        """
        changed.at > %(on)s::date - %(claim_days)s
        AND EXISTS (
            SELECT FROM notifications_notice AS sent
            WHERE sent.once ~>=~ (%(taken)s || ':' || claim.id || ':')
              AND sent.once ~<~ (%(taken)s || ':' || claim.id || ';')
              AND sent.state NOT IN ('refused', 'withheld') AND sent.created_at < changed.at
        )
        """,
        {"claim_days": CLAIM_DAYS, "taken": kinds.CLAIM_TAKEN_IN_CHARGE.code},
    ),
)
BY_KIND = {alert.kind.code: alert for alert in ALERTS}

# The notices that there are about an alert have keys that begin alike: a range of the unique key's index finds them.
# By e-mail to the best address that is not suppressed and has not refused this very alert (otherwise as
# `services.email_of`), in the reserved area of somebody who can open it, and on the list of what a person sends when
# neither reaches them (as `services.tell_customer`).
UNANNOUNCED = """
    WITH owed AS MATERIALIZED ({owed}),  -- or the order of the next part would be had by reading all policies by holder
    unannounced AS MATERIALIZED (  -- or the planner would ask of everybody whether there is a reason not to write
        SELECT owed.*, %(kind)s || ':' || owed.about AS once, before.number, before.refused_by, before.is_by_hand
        FROM owed
        CROSS JOIN LATERAL (
            SELECT count(*) AS number,
                   bool_or(CASE
                       WHEN notice.state = 'refused' THEN false
                       WHEN notice.state = 'withheld' THEN EXISTS (
                           SELECT FROM notifications_noticeevent AS event
                           WHERE event.notice_id = notice.id AND event.new = 'withheld' AND event.by_id IS NOT NULL
                       )
                       ELSE notice.state <> 'queued' OR notice.channel <> 'post'
                   END) AS is_settled,
                   bool_or(notice.state = 'queued' AND notice.channel = 'post') AS is_by_hand,
                   array_agg(notice.address) FILTER (
                       WHERE notice.state = 'refused' AND notice.attempts BETWEEN 1 AND %(most_attempts)s
                   ) AS refused_by
            FROM notifications_notice AS notice
            WHERE notice.once ~>=~ (%(kind)s || ':' || owed.about || ':')
              AND notice.once ~<~ (%(kind)s || ':' || owed.about || ';')
        ) AS before
        WHERE before.is_settled IS NOT TRUE
        ORDER BY owed.customer_id  -- what is looked up and written for the rest then lies together
    ),
    reached AS (
        SELECT owed.*, customer.language, coalesce(point.value, '') AS email, account.id IS NOT NULL AS is_enrolled
        FROM unannounced AS owed
        JOIN customers_customer AS customer ON customer.id = owed.customer_id
        LEFT JOIN (
            customers_reservedareaaccount AS account
            JOIN customers_user AS opener ON opener.id = account.user_id AND opener.is_active
        ) ON account.customer_id = owed.customer_id AND account.state = 'enrolled'
        LEFT JOIN LATERAL (
            SELECT value FROM customers_contactpoint AS point
            WHERE point.customer_id = owed.customer_id AND point.kind = 'email'
              AND (owed.refused_by IS NULL OR point.value <> ALL(owed.refused_by))
              AND NOT EXISTS (
                  SELECT FROM notifications_suppressedaddress AS suppressed
                  WHERE suppressed.address = point.value AND suppressed.channel = 'email' AND suppressed.lifted_at IS NULL
              )
            ORDER BY point.verified_at DESC NULLS LAST, point.id LIMIT 1
        ) AS point ON true
        WHERE {needed}
    ),
    wanted AS (
        SELECT reached.*, 'email' AS channel, email AS address FROM reached WHERE email <> ''
        UNION ALL
        SELECT reached.*, 'inbox', '' FROM reached WHERE is_enrolled
        UNION ALL
        SELECT reached.*, 'post', coalesce((
            SELECT value FROM customers_contactpoint AS pec
            WHERE pec.customer_id = reached.customer_id AND pec.kind = 'pec'
            ORDER BY pec.verified_at DESC NULLS LAST, pec.id LIMIT 1
        ), '')
        FROM reached WHERE email = '' AND NOT is_enrolled AND is_by_hand IS NOT TRUE
    )
"""
INSERT = """
    {unannounced}
    INSERT INTO notifications_notice (kind, channel, once, customer_id, address, language, words, subject, body_text,
                                      body_html, is_promotional, state, attempts, message_id, problem, created_at,
                                      send_after, expires_at)
    SELECT %(kind)s, channel, once || ':' || channel || CASE WHEN number = 0 THEN '' ELSE ':' || (number + 1) END,
           customer_id, address, language, words, '', '', '', false, 'queued', 0, '', '', %(now)s, %(send_after)s,
           (expires_on + 1)::timestamp AT TIME ZONE 'Europe/Rome'
    FROM wanted
    ON CONFLICT (once) DO NOTHING
"""
COUNT = "{unannounced} SELECT count(*) FROM wanted"
STILL_OWED = "WITH owed AS ({owed}) SELECT owed.about, owed.words FROM owed WHERE {needed}"
# Waits for a person, though the same alert has found another way since.
REACHED_OTHERWISE = """
    SELECT waiting.id FROM notifications_notice AS waiting
    WHERE waiting.state = 'queued' AND waiting.channel = 'post' AND waiting.kind = %(kind)s
      AND EXISTS (
          SELECT FROM notifications_notice AS other
          WHERE other.once ~>=~ (split_part(waiting.once, ':post', 1) || ':')
            AND other.once ~<~ (split_part(waiting.once, ':post', 1) || ';')
            AND other.channel <> 'post' AND other.state IN ('queued', 'sending', 'sent', 'in_doubt')
      )
"""


def plan_alerts(on: date | None = None, *, at_once: bool = False, dry_run: bool = False) -> dict[str, int]:
    """Queue what is owed on the day (today in Italy) and reached nobody; returns how many notices of each kind.

    They leave at eight in the morning of that day; now, when that is past or they are to go `at_once`. A second run, or
    two at once, add nothing. What waited for a person and is not owed any more, or goes by e-mail now, is withheld.
    `dry_run` only counts.
    """
    now = timezone.now()
    on = on or timezone.localdate(now, ROME)
    counts = {}
    for alert in ALERTS:
        statement = (COUNT if dry_run else INSERT).format(
            unannounced=UNANNOUNCED.format(owed=alert.planned, needed=alert.needed)
        )
        values = {
            **alert.values,
            "on": on,
            "kind": alert.kind.code,
            "most_attempts": len(DELAYS),  # after more it was given up, before the first its text could not be made
            "now": now,
            "send_after": now if at_once else max(now, datetime.combine(on, MORNING, ROME)),
        }
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
            counts[alert.kind.code] = cursor.fetchone()[0] if dry_run else cursor.rowcount
        if not dry_run:
            at = now if on == timezone.localdate(now, ROME) else datetime.combine(on, MORNING, ROME)
            _withhold_by_hand(alert, at, written_at=now)
    return counts


def _withhold_by_hand(alert: Alert, now: datetime, *, written_at: datetime) -> None:
    """Take off a person's list what is not owed any more, or has found another way; what was written just now is owed."""
    with connection.cursor() as cursor:
        cursor.execute(REACHED_OTHERWISE, {"kind": alert.kind.code})
        otherwise = [pk for (pk,) in cursor.fetchall()]
    _withhold(otherwise, _("It goes another way now."), now)
    reasons: dict[str, list[int]] = defaultdict(list)
    by_hand = Notice.objects.by_hand().filter(kind=alert.kind.code).exclude(created_at=written_at)
    waiting = list(by_hand.of_use(now).only("pk", "kind", "channel", "once", "words", "subject"))
    for first in range(0, len(waiting), ASKED):
        for pk, reason in no_longer_owed(waiting[first : first + ASKED], now).items():
            reasons[reason].append(pk)
    reasons[_("It came too late: the event it announces is past.")] += by_hand.of_no_use(now).values_list(
        "pk", flat=True
    )
    for reason, ids in reasons.items():
        _withhold(ids, reason, now)


def _withhold(ids: list[int], reason: str, now: datetime) -> None:
    if ids:
        move_notices(ids, old=Notice.State.QUEUED, new=Notice.State.WITHHELD, at=now, detail=reason, problem=reason)


# --- Just before it is sent -----------------------------------------------------------------------------------------
def no_longer_owed(notices: Iterable[Notice], now: datetime) -> dict[int, str]:
    """Why some of these alerts are not owed any more, by the id of the notice: one query for each kind.

    The conditions are those of the plan, without its window of days: when it comes too late, `expires_at` decides. An
    alert whose text was not made yet is given the facts of this moment; one that was made of other facts is withheld,
    and the next plan writes it again.
    """
    by_kind: dict[str, dict[str, list[Notice]]] = defaultdict(lambda: defaultdict(list))
    for notice in notices:
        if (about := _about(notice)) is not None:
            by_kind[notice.kind][about].append(notice)
    reasons: dict[int, str] = {}
    for code, asked in by_kind.items():
        facts = _facts(BY_KIND[code], list(asked), now)
        why = _why(code, [about for about in asked if about not in facts])
        for about, notice in ((about, notice) for about, those in asked.items() for notice in those):
            if about in why:
                reasons[notice.pk] = why[about]
            elif notice.words is None or notice.words == facts[about]:
                continue
            elif notice.is_rendered:
                reasons[notice.pk] = _("What it announces has changed in the meantime.")
            else:
                notice.words = facts[about]
                Notice.objects.filter(pk=notice.pk, state=Notice.State.QUEUED, subject="").update(words=facts[about])
    return reasons


def _about(notice: Notice) -> str | None:
    """What the alert is about, such as 17:2027-01-31; None for a key that is not one of the plan."""
    prefix, about = f"{notice.kind}:", notice.once.partition(f":{notice.channel}")[0]
    if notice.kind not in BY_KIND or not about.startswith(prefix):
        return None
    about = about.removeprefix(prefix)
    return about if is_digits(about.partition(":")[0]) else None


def _facts(alert: Alert, asked: list[str], now: datetime) -> dict[str, dict[str, Any]]:
    """The facts of those that are still owed."""
    values = {
        **alert.values,
        "on": timezone.localdate(now, ROME),
        "ids": sorted({int(about.partition(":")[0]) for about in asked}),
    }
    with connection.cursor() as cursor:
        cursor.execute(STILL_OWED.format(owed=alert.asked, needed=alert.needed), values)
        return {about: json.loads(words) if isinstance(words, str) else words for about, words in cursor.fetchall()}


def _why(code: str, abouts: list[str]) -> dict[str, str]:
    """A reason that a person understands, for each alert that is not owed any more."""
    if not abouts:
        return {}
    ids = {about: int(about.partition(":")[0]) for about in abouts}
    reasons = dict.fromkeys(abouts, _("It is not owed any more."))
    if code in (kinds.CLAIM_TAKEN_IN_CHARGE.code, kinds.CLAIM_PEOPLE_CHANGED.code):
        claims = Claim.objects.in_bulk(set(ids.values()))
        for about, pk in ids.items():
            if pk in claims and claims[pk].state not in Claim.OPEN_STATES:
                reasons[about] = _("The claim is over meanwhile.")
        return reasons
    is_policy = code == kinds.POLICY_EXPIRING.code
    found: dict[int, tuple[Policy, date, date | None]]  # the policy, the day announced, and when it was paid
    if is_policy:
        policies = Policy.objects.in_bulk(set(ids.values()))
        found = {pk: (policy, policy.ends_on, None) for pk, policy in policies.items()}
    else:
        instalments = Instalment.objects.select_related("policy").in_bulk(set(ids.values()))
        found = {pk: (each.policy, each.due_on, each.paid_on) for pk, each in instalments.items()}
    for about, pk in ids.items():
        if pk not in found:
            continue
        policy, day, paid_on = found[pk]
        if paid_on is not None:
            reasons[about] = _("Paid meanwhile.")
        elif policy.state != Policy.State.ACTIVE:
            reasons[about] = _("The policy is not in force any more.")
        elif about.partition(":")[2] != day.isoformat():
            reasons[about] = _("The date has changed meanwhile.")
        elif is_policy:
            reasons[about] = _("Renewed meanwhile.")
    return reasons
