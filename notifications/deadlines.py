"""The plan of alerts over the whole portfolio: what is owed and reached nobody yet, in one statement for each rule that is on.

Nothing is "due exactly today": each rule has a window of days, every night looks at all of it, and who is in it and
was not reached is written to. A week of downtime is caught up by the next run, two runs at once write one notice, and a
date that moves makes a new notice, because the date is part of the unique key. A policy that was renewed, suspended or
cancelled, and an instalment that was paid, are not owed any more.

An alert is settled when it reached somebody (`ladder.has_reached`), or is under way on a channel that we serve, or a person
decided that it is not to go. One that was refused, came back, gave no sign in time where proof is owed, or was withheld by the program is still owed:
the next night takes the next address of the customer, the reserved area of somebody who can open it and reads what is
there, the telephone, the certified address, or else the list of what a person sends by post or PEC.

The worker asks again just before it sends (`no_longer_owed`), with the same conditions, of the notices that it holds.

The statement writes the facts (`Notice.words`); the text is made of them by the worker that sends it, so that the plan
costs what an INSERT … SELECT costs. docs/decisions/outbox.md shows what it is measured against. What the events are stands in
`notifications/alerts/events.py`; which rules are on, and how they come to be, in docs/decisions/alert-rules.md.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import Claim, Instalment, Policy, RenewalOffer
from foundation.dates import ROME
from foundation.numbers import is_digits
from notifications.alerts.events import BY_CODE, BY_KIND, Event
from notifications.channels import Channel, served
from notifications.kinds import KINDS, NoticeKind
from notifications.ladder import MOBILE, reached_sql, reached_values
from notifications.models import AlertEvent, AlertRule, Notice
from notifications.moves import move_notices
from notifications.preferences.gathering import gather_deadlines
from notifications.preferences.planning import CHOSEN, planning_values
from notifications.retries import DELAYS

MORNING = time(8)  # alerts are planned in the night and leave when people are up and the lines are open

ASKED = 1_000  # notices asked at a time whether they are still owed

# The notices that there are about an alert have keys that begin alike: a range of the unique key's index finds them.
# By e-mail to the best address that is not suppressed and has not refused this very alert (otherwise as
# `services.email_of`), in the reserved area of somebody who can open it; and, when neither reaches them, as a text to their
# telephone, to their certified address, or else on the list of what a person sends (as `services.tell_customer`). Where proof is owed, the reserved
# area reaches nobody who left the last notice there unopened for as long as we are patient.
UNANNOUNCED = """
    WITH unannounced AS MATERIALIZED (  -- or the planner would ask of everybody whether there is a reason not to write
        SELECT owed.*, %(kind)s || ':' || owed.about AS once, before.*
        FROM ({owed}) AS owed  -- not by itself before: so the facts are put together of those alone that are not settled
        CROSS JOIN LATERAL (
            SELECT count(*) AS number,
                   bool_or(CASE
                       WHEN notice.state = 'refused' THEN false
                       WHEN notice.state = 'withheld' THEN EXISTS (
                           SELECT FROM notifications_noticeevent AS event
                           WHERE event.notice_id = notice.id AND event.new = 'withheld' AND event.by_id IS NOT NULL
                       )
                       WHEN notice.state = 'sent' THEN {reached}
                       ELSE notice.state <> 'queued' OR notice.channel = ANY(%(served)s)
                   END) AS is_settled,
                   bool_or(notice.state = 'queued' AND notice.channel = 'post') AS is_by_hand,
                   bool_or(notice.state = 'sent' AND notice.channel = 'post') AS is_posted,
                   bool_or(notice.state = 'sent' AND notice.channel = 'inbox') AS is_in_inbox,
                   array_agg(notice.address) FILTER (
                       WHERE notice.state = 'refused' AND notice.attempts BETWEEN 1 AND %(most_attempts)s
                          OR notice.state = 'sent' AND NOT {reached}
                   ) AS refused_by
            FROM notifications_notice AS notice
            WHERE notice.once ~>=~ (%(kind)s || ':' || owed.about || ':')
              AND notice.once ~<~ (%(kind)s || ':' || owed.about || ';')
        ) AS before
        WHERE before.is_settled IS NOT TRUE
        -- What is looked up and written for the rest then lies together; the sum, or the order would be had by reading all
        -- policies by holder.
        ORDER BY owed.customer_id + 0
    ),
    reachable AS (
        SELECT owed.*, customer.language, coalesce(point.value, '') AS known_email, preference.off, %(by_inbox)s AND EXISTS (
            SELECT FROM customers_reservedareaaccount AS account
            JOIN customers_user AS opener ON opener.id = account.user_id AND opener.is_active
            WHERE account.customer_id = owed.customer_id AND account.state = 'enrolled' AND account.capacity <> 'heir'
              AND account.valid_from <= %(on)s AND (account.valid_until IS NULL OR account.valid_until >= %(on)s)
        ) AS is_enrolled
        FROM unannounced AS owed
        JOIN customers_customer AS customer ON customer.id = owed.customer_id
        LEFT JOIN notifications_noticepreference AS preference ON preference.customer_id = owed.customer_id
        LEFT JOIN LATERAL (
            SELECT value FROM customers_contactpoint AS point
            WHERE %(by_email)s AND point.customer_id = owed.customer_id AND point.kind = 'email'
              AND (owed.refused_by IS NULL OR point.value <> ALL(owed.refused_by))
              AND NOT EXISTS (
                  SELECT FROM notifications_suppressedaddress AS suppressed
                  WHERE suppressed.address = point.value AND suppressed.channel = 'email' AND suppressed.lifted_at IS NULL
              )
            ORDER BY point.verified_at DESC NULLS LAST, point.id LIMIT 1
        ) AS point ON true
        WHERE {needed}
    ),
    reached AS ({chosen}),
    further AS (
        SELECT reached.*, (
            SELECT value FROM customers_contactpoint AS point
            WHERE 'sms' = ANY(%(rungs)s) AND NOT is_sms_off AND point.customer_id = reached.customer_id AND point.kind = 'phone'
              AND starts_with(point.value, %(mobile)s)
              AND (reached.refused_by IS NULL OR point.value <> ALL(reached.refused_by))
              AND NOT EXISTS (
                  SELECT FROM notifications_suppressedaddress AS suppressed
                  WHERE suppressed.address = point.value AND suppressed.channel = 'sms' AND suppressed.lifted_at IS NULL
              )
            ORDER BY point.verified_at DESC NULLS LAST, point.id LIMIT 1
        ) AS mobile, (
            SELECT value FROM customers_contactpoint AS point
            WHERE point.customer_id = reached.customer_id AND point.kind = 'pec'
              AND (reached.refused_by IS NULL OR point.value <> ALL(reached.refused_by))
              AND NOT EXISTS (
                  SELECT FROM notifications_suppressedaddress AS suppressed
                  WHERE suppressed.address = point.value AND suppressed.channel = 'pec' AND suppressed.lifted_at IS NULL
              )
            ORDER BY point.verified_at DESC NULLS LAST, point.id LIMIT 1
        ) AS pec
        FROM reached
        WHERE email = '' AND NOT (is_enrolled AND is_in_inbox IS NOT TRUE AND coalesce((
            SELECT NOT %(is_proved)s OR earlier.read_at IS NOT NULL FROM notifications_notice AS earlier
            WHERE earlier.customer_id = reached.customer_id AND earlier.channel = 'inbox' AND earlier.state = 'sent'
              AND earlier.sent_at <= %(patient_since)s
            ORDER BY earlier.created_at DESC LIMIT 1
        ), true))
    ),
    wanted AS (
        SELECT once, number, customer_id, language, words, expires_on, 'email' AS channel, email AS address
        FROM reached WHERE email <> ''
        UNION ALL
        SELECT once, number, customer_id, language, words, expires_on, 'inbox', ''
        FROM reached WHERE is_enrolled AND is_in_inbox IS NOT TRUE
        UNION ALL
        -- The first of the further ways that reaches them, in the order of the rule. What a person has on the list already,
        -- or posted, is not written again.
        SELECT once, number, customer_id, language, words, expires_on, way.channel, way.address
        FROM further
        CROSS JOIN LATERAL (
            SELECT reaches.channel, reaches.address
            FROM (VALUES ('sms', mobile), ('pec', pec), ('post', coalesce(pec, ''))) AS reaches (channel, address)
            WHERE reaches.address IS NOT NULL AND reaches.channel = ANY(%(rungs)s)
              AND (reaches.channel = 'sms' OR NOT is_switched_off)
            ORDER BY array_position(%(rungs)s::text[], reaches.channel) LIMIT 1
        ) AS way
        WHERE way.channel <> 'post' OR is_by_hand IS NOT TRUE AND is_posted IS NOT TRUE
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
# Of a rule with nothing in its days this is all that is asked: to plan the whole statement takes longer than to run it then.
IN_ITS_DAYS = "SELECT count(*) FROM ({owed}) AS owed"
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
            AND other.channel <> 'post'
        AND (other.state IN ('sending', 'in_doubt') OR other.state = 'queued' AND other.channel = ANY(%(served)s)
             OR other.state = 'sent' AND {reached})
        AND NOT (%(is_proved)s AND other.channel = 'inbox' AND other.read_at IS NULL)
      )
"""


@dataclass(frozen=True, slots=True)
class Planned:
    """What the plan did by one rule: how many notices."""

    rule: AlertRule
    notices: int


def plan_alerts(on: date | None = None, *, at_once: bool = False, dry_run: bool = False) -> dict[str, int]:
    """Queue what is owed on the day (today in Italy) and reached nobody; returns how many notices of each kind.

    They leave at eight in the morning of that day; now, when that is past or they are to go `at_once`. What goes to the
    same person by the same way is gathered in one message, unless they do not want that. A second run, or two at once, add nothing. What waited for a person and is not owed any more, or goes by e-mail now, is withheld.
    `dry_run` only counts.
    """
    counts: dict[str, int] = defaultdict(int)
    for planned in plan_by_rule(on, at_once=at_once, dry_run=dry_run):
        counts[planned.rule.kind] += planned.notices
    return dict(counts)


def plan_by_rule(on: date | None = None, *, at_once: bool = False, dry_run: bool = False) -> list[Planned]:
    """As `plan_alerts`, and how many notices by each rule that is on."""
    now = timezone.now()
    on = on or timezone.localdate(now, ROME)
    done = []
    rules = list(AlertRule.objects.on(on))
    at = now if on == timezone.localdate(now, ROME) else datetime.combine(on, MORNING, ROME)
    for rule in rules:
        event, kind = BY_CODE[rule.event], KINDS[rule.kind]
        owed = event.planned(rule)
        statement = (COUNT if dry_run else INSERT).format(
            unannounced=UNANNOUNCED.format(
                owed=owed, needed=event.needed, chosen=CHOSEN, reached=reached_sql("notice")
            )
        )
        values = {
            **values_of(event, rule, kind, at),
            "on": on,
            "last": on,
            "announced": _announced(rules),
            "kind": kind.code,
            "now": now,
            "send_after": now if at_once else max(now, datetime.combine(on, MORNING, ROME)),
        }
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(IN_ITS_DAYS.format(owed=owed), values)
            if not cursor.fetchone()[0]:
                done.append(Planned(rule, 0))
                continue
            cursor.execute(statement, values)
            done.append(Planned(rule, cursor.fetchone()[0] if dry_run else cursor.rowcount))
    if not dry_run:
        by_hand = Notice.objects.by_hand().filter(kind__in=BY_KIND).order_by("kind")
        for code in list(by_hand.values_list("kind", flat=True).distinct()):
            _withhold_by_hand(KINDS[code], at, written_at=now)
        gather_deadlines(planned_at=now)
    return done


def ways_of(rule: AlertRule, kind: NoticeKind) -> tuple[list[str], list[str]]:
    """The channels that are tried at once by the rule, and those that follow, as far as this installation serves them."""
    further = [rung for rung in rule.ladder or kind.rungs if rung not in (Channel.EMAIL, Channel.INBOX)]
    rungs = [str(rung) for rung in further if rung == Channel.POST or rung in served()]
    return [str(each) for each in rule.ladder or kind.channels], rungs


def values_of(event: Event, rule: AlertRule, kind: NoticeKind, at: datetime) -> dict[str, Any]:
    """What the statement of a rule asks for, but for its days and its key."""
    first, rungs = ways_of(rule, kind)
    patience = timedelta(days=rule.patience_days) if rule.patience_days else kind.patience
    return {
        **event.values_of(rule),
        **reached_values(kind, at, patience=patience),
        **planning_values(kind),
        "by_email": Channel.EMAIL in first,
        "by_inbox": Channel.INBOX in first,
        "rungs": rungs,
        "served": _served(),
        "mobile": MOBILE,
        "most_attempts": len(DELAYS),  # after more it was given up, before the first its text could not be made
    }


def _announced(rules: Iterable[AlertRule]) -> list[str]:
    """The states of a claim of which a rule informs by itself, together with the steps that were skipped."""
    events = {rule.event for rule in rules}
    return [Claim.State.OFFERED, Claim.State.ACCEPTED] if AlertEvent.CLAIM_OFFERED in events else []


def planned_kinds(on: date) -> set[str]:
    """The kinds of notice of which a rule is on: the nightly plan finds their next way."""
    return set(AlertRule.objects.on(on).order_by().values_list("kind", flat=True)) & BY_KIND.keys()


def _served() -> list[str]:
    return [str(channel.value) for channel in served()]


def _withhold_by_hand(kind: NoticeKind, now: datetime, *, written_at: datetime) -> None:
    """Take off a person's list what is not owed any more, or has found another way; what was written just now is owed."""
    with connection.cursor() as cursor:
        values = {"kind": kind.code, "served": _served(), **reached_values(kind, now)}
        cursor.execute(REACHED_OTHERWISE.format(reached=reached_sql("other")), values)
        otherwise = [pk for (pk,) in cursor.fetchall()]
    _withhold(otherwise, _("It goes another way now."), now)
    reasons: dict[str, list[int]] = defaultdict(list)
    by_hand = Notice.objects.by_hand().filter(kind=kind.code).exclude(created_at=written_at)
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
    """Why some of these alerts are not owed any more, by the id of the notice: one query for each kind, and one for the rules.

    The conditions are those of the plan, without its window of days: when it comes too late, `expires_at` decides. What
    the plan wrote by a rule that was switched off meanwhile is not owed either. An alert whose text was not made yet is
    given the facts of this moment; one that was made of other facts is withheld, and the next plan writes it again.
    """
    by_kind: dict[str, dict[str, list[Notice]]] = defaultdict(lambda: defaultdict(list))
    for notice in notices:
        if (about := _about(notice)) is not None:
            by_kind[notice.kind][about].append(notice)
    if not by_kind:
        return {}
    rules = set(AlertRule.objects.on(timezone.localdate(now, ROME)).order_by().values_list("kind", "number"))
    reasons: dict[int, str] = {}
    for code, asked in by_kind.items():
        facts = facts_owed(BY_KIND[code], {_id(about) for about in asked}, now)
        why = _why(BY_KIND[code], [about for about in asked if _without_number(about) not in facts])
        for about, notice in ((about, notice) for about, those in asked.items() for notice in those):
            if about in why:
                reasons[notice.pk] = why[about]
                continue
            if notice.words is None:  # a command wrote it
                continue
            present = facts[_without_number(about)]
            if (code, _number(about)) not in rules:
                reasons[notice.pk] = _("The rule of this alert was switched off meanwhile.")
            elif notice.words == present:
                continue
            elif not notice.is_rendered:
                notice.words = present
                Notice.objects.filter(pk=notice.pk, state=Notice.State.QUEUED, subject="").update(words=present)
            elif notice.words != {name: present.get(name) for name in notice.words}:
                reasons[notice.pk] = _("What it announces has changed in the meantime.")
    return reasons


def _about(notice: Notice) -> str | None:
    """What the alert is about, such as 17:2027-01-31, or 17:2027-01-31~2 of a reminder; None for a key that is not one of the plan."""
    prefix, about = f"{notice.kind}:", notice.once.partition(f":{notice.channel}")[0]
    if notice.kind not in BY_KIND or not about.startswith(prefix):
        return None
    about = about.removeprefix(prefix)
    return about if is_digits(_without_number(about).partition(":")[0]) else None


def _without_number(about: str) -> str:
    return about.partition("~")[0]


def _number(about: str) -> int:
    """Which announcement it is: 1, or that of a reminder."""
    return int(about.partition("~")[2] or 1)


def _id(about: str) -> int:
    return int(_without_number(about).partition(":")[0])


def facts_owed(event: Event, ids: Iterable[int], now: datetime) -> dict[str, dict[str, Any]]:
    """The facts of those of the ids (of what the event is about) that are owed, by what each alert is about (17:2027-01-31)."""
    today = timezone.localdate(now, ROME)
    values = {**event.usual_values, "on": today, "last": today, "ids": sorted(ids)}
    with connection.cursor() as cursor:
        cursor.execute(STILL_OWED.format(owed=event.asked, needed=event.needed), values)
        return {about: json.loads(words) if isinstance(words, str) else words for about, words in cursor.fetchall()}


def _why(event: Event, abouts: list[str]) -> dict[str, str]:
    """A reason that a person understands, for each alert that is not owed any more."""
    if not abouts:
        return {}
    ids = {about: _id(about) for about in abouts}
    reasons = dict.fromkeys(abouts, _("It is not owed any more."))
    if event.code == AlertEvent.CLAIM_DOCUMENT:
        return dict.fromkeys(abouts, _("The document has come, or is not needed any more."))
    if event.code == AlertEvent.PAYMENT_FAILED:
        return dict.fromkeys(abouts, _("Paid meanwhile, or being paid."))
    if event.is_of_claims:
        claims = Claim.objects.in_bulk(set(ids.values()))
        for about, pk in ids.items():
            if pk in claims and claims[pk].state not in Claim.OPEN_STATES:
                reasons[about] = _("The claim is over meanwhile.")
        return reasons
    found: dict[int, tuple[Policy, date, date | None]]  # the policy, the day announced, and when it was paid
    is_policy = event.subject == "policy.id"
    if is_policy:
        policies = Policy.objects.in_bulk(set(ids.values()))
        found = {pk: (policy, policy.ends_on, None) for pk, policy in policies.items()}
    elif event.code == AlertEvent.RENEWAL_OFFERED:
        offers = RenewalOffer.objects.select_related("policy").in_bulk(set(ids.values()))
        found = {pk: (each.policy, each.valid_until, each.paid_on) for pk, each in offers.items()}
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
        elif _without_number(about).partition(":")[2] != day.isoformat():
            reasons[about] = _("The date has changed meanwhile.")
        elif is_policy:
            reasons[about] = _("Renewed meanwhile.")
        elif event.code == AlertEvent.RENEWAL_OFFERED:
            reasons[about] = _("The offer was withdrawn, or is not valid any more.")
    return reasons
