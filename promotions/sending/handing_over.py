"""Command: hand over the next chunk of a promotion to the outbox, in one transaction.

The promotion's row is locked meanwhile, so that a stop or a pause waits for a chunk, never the other way round for more
than one; the customers' rows are locked as whoever records a consent locks them, so that a consent withdrawn before is
seen and one withdrawn later finds its message in the outbox, where it is asked again. A worker that is killed leaves
nothing half done: its transaction was never there. So nobody is lost and nobody is written to twice, also by the unique
keys of the rows and of the notices.

The text is written with the notice, as commands do, and all of a chunk by one statement.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import Consent, Customer
from foundation.dates import ROME
from notifications.rendering import UnknownWord, Wording
from promotions.audience.drawing import draw_audience
from promotions.audience.query import audience_of
from promotions.kinds import PROMOTION
from promotions.models import Exclusion, Promotion, Recipient
from promotions.offers.mail_merge import MailMerge
from promotions.offers.texts import words_of
from promotions.writing import commands

CHUNK = 200
OWED = {
    "once": "text",
    "channel": "text",
    "customer_id": "bigint",
    "address": "text",
    "language": "text",
    "words": "jsonb",
    "subject": "text",
    "body_text": "text",
    "body_html": "text",
    "made_of_id": "bigint",
}
OWE = f"""
    INSERT INTO notifications_notice ({", ".join(OWED)}, kind, is_promotional, state, attempts, message_id, problem, created_at,
                                      send_after, expires_at)
    SELECT made.*, %(kind)s, true, 'queued', 0, '', '', %(now)s, %(now)s, %(expires_at)s
    FROM unnest({", ".join(f"%({name})s::{kind}[]" for name, kind in OWED.items())}) AS made
    RETURNING customer_id, id
"""  # noqa: S608 - our own words
RECORDED = {
    "state": "varchar",
    "reason": "varchar",
    "channel": "varchar",
    "consent_id": "bigint",
    "policy_id": "bigint",
    "profile_consent_id": "bigint",
    "notice_id": "bigint",
    "written_at": "timestamptz",
}
RECORD = f"""
    UPDATE promotions_recipient AS recipient SET {", ".join(f"{name} = made.{name}" for name in RECORDED)}
    FROM unnest(%(pk)s::bigint[], {", ".join(f"%({name})s::{kind}[]" for name, kind in RECORDED.items())})
        AS made (id, {", ".join(RECORDED)})
    WHERE recipient.id = made.id
"""  # noqa: S608 - our own words

KEPT = ("consent_id", "policy_id", "profile_consent_id")

State = Promotion.State


@dataclass(slots=True)
class Waiting:
    """A person who waits to be written to, as their row stands, and as it will stand."""

    pk: int
    customer_id: int
    key: UUID
    channel: str
    consent_id: int | None
    policy_id: int | None
    profile_consent_id: int | None
    state: str = Recipient.State.WAITING
    reason: str = ""
    notice_id: int | None = None
    written_at: datetime | None = None


@dataclass
class Chunk:
    """What became of a chunk: the notices to deliver, how many people were left out and why, and whether it was the last."""

    notice_ids: list[int] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    is_last: bool = False


@transaction.atomic
def begin_promotion(promotion_id: int, *, now: datetime) -> bool:
    """Draw the audience of an approved promotion whose moment has come, and let it begin; False where it is not to begin."""
    promotion = commands.locked(Promotion(pk=promotion_id))
    if promotion.state != State.APPROVED or promotion.send_from is None or promotion.send_from > now:
        return False
    promotion = commands.begin(promotion, now=now)
    draw_audience(promotion, now=now)
    return True


@transaction.atomic
def hand_over_chunk(promotion_id: int, *, now: datetime, texts: MailMerge | None = None) -> Chunk:
    """Write the notices of the next people who wait; an empty last chunk where none does, or it is not being sent.

    `texts` is the round's, which makes what many share once.
    """
    promotion = commands.locked(Promotion(pk=promotion_id))
    if promotion.state != State.SENDING:
        return Chunk(is_last=True)
    assert promotion.not_after is not None, "it was scheduled"
    if promotion.not_after <= now:
        end_too_late(promotion, now=now)
        return Chunk(is_last=True)
    recipients = {each.customer_id: each for each in _waiting(promotion)}
    if not recipients:
        commands.finish(promotion, now=now)
        return Chunk(is_last=True)
    customers = _locked_customers(recipients)
    found = _asked_again(promotion, recipients, now=now)
    given = _moments([row["consent_id"] for row in found.values() if row["consent_id"]])
    texts = texts or MailMerge()
    chunk = Chunk()
    owed: list[dict[str, Any]] = []
    for customer_id, recipient in recipients.items():
        customer, row = customers[customer_id], found.get(customer_id)
        reason = _reason(promotion, customer, row)
        if reason or row is None:
            recipient.state, recipient.reason = Recipient.State.EXCLUDED, reason
            chunk.left_out[reason] += 1
            continue
        recipient.state, recipient.channel, recipient.written_at = Recipient.State.WRITTEN, row["channel"], now
        recipient.consent_id, recipient.policy_id = row["consent_id"], row["policy_id"]
        recipient.profile_consent_id = row["profile_consent_id"]
        moment = given.get(recipient.consent_id or 0)
        words = words_of(
            promotion,
            channel=recipient.channel,
            customer=customer,
            key=recipient.key,
            allowed_on=moment.astimezone(ROME).date() if moment else None,
        )
        owed.append(_owed(promotion, recipient, customer, row["address"], words, texts=texts, now=now))
    for customer_id, notice_id in _owe(owed, expires_at=promotion.not_after, now=now):
        recipients[customer_id].notice_id = notice_id
        chunk.notice_ids.append(notice_id)
    chunk.notice_ids.sort()
    _record(recipients.values())
    return chunk


def _waiting(promotion: Promotion) -> Iterable[Waiting]:
    """The next people who wait."""
    waiting = Recipient.objects.filter(promotion=promotion, state=Recipient.State.WAITING).order_by("pk")
    return [Waiting(*row) for row in waiting.values_list("pk", "customer_id", "key", "channel", *KEPT)[:CHUNK]]


def _moments(consent_ids: Iterable[int]) -> dict[int, datetime]:
    """When each of the consents was recorded."""
    return dict(Consent.objects.filter(pk__in=consent_ids).values_list("pk", "recorded_at"))


def _owe(owed: Collection[dict[str, Any]], *, expires_at: datetime, now: datetime) -> list[tuple[int, int]]:
    """Write the notices; customer and notice of each."""
    if not owed:
        return []
    columns = {name: [each[name] for each in owed] for name in OWED}
    with connection.cursor() as cursor:
        cursor.execute(OWE, {**columns, "kind": PROMOTION.code, "now": now, "expires_at": expires_at})
        return cursor.fetchall()


def _record(recipients: Collection[Waiting]) -> None:
    """Write down what became of each; by one statement with arrays, because Django's own took a quarter of a chunk's time."""
    columns = {name: [getattr(each, name) for each in recipients] for name in ("pk", *RECORDED)}
    with connection.cursor() as cursor:
        cursor.execute(RECORD, columns)


def end_too_late(promotion: Promotion, *, now: datetime) -> None:
    """Its last moment has passed: whoever still waits is left out. The caller holds the row."""
    given_up = commands.give_up(promotion, Exclusion.TOO_LATE, _("Its last day was over."))
    promotion.ended_at = now
    words = _("its last day was over; not written to: %(number)d") % {"number": given_up.kept_back}
    commands.finish(promotion, now=now, words=words)


@transaction.atomic
def end_paused_too_late(promotion_id: int) -> None:
    """End a paused promotion whose last moment has passed."""
    promotion = commands.locked(Promotion(pk=promotion_id))
    now = timezone.now()
    if promotion.state == State.PAUSED and promotion.not_after is not None and promotion.not_after <= now:
        end_too_late(promotion, now=now)


def _locked_customers(recipients: Collection[int]) -> dict[int, Customer]:
    """The people, locked in the order of their ids as every command does."""
    rows = Customer.objects.filter(pk__in=recipients).order_by("pk").select_for_update(no_key=True)
    return {each.pk: each for each in rows.only("company_name", "first_name", "last_name", "language", "agency_id")}


def _asked_again(promotion: Promotion, customers: Collection[int], *, now: datetime) -> dict[int, dict[str, Any]]:
    statement, values = audience_of(promotion, now=now, customer_ids=customers)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        names = [column[0] for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return {row["customer_id"]: row for row in rows}


def _reason(promotion: Promotion, customer: Customer, row: dict[str, Any] | None) -> str:
    """Why the person is left out now; "" where they may be written to."""
    if row is not None:
        return str(row["reason"])
    is_elsewhere = promotion.agency_id is not None and customer.agency_id != promotion.agency_id
    return (Exclusion.MOVED if is_elsewhere else Exclusion.UNFIT).value


def _owed(
    promotion: Promotion,
    recipient: Waiting,
    customer: Customer,
    address: str,
    words: dict[str, Any],
    *,
    texts: MailMerge,
    now: datetime,
) -> dict[str, Any]:
    """The columns of a notice. One whose text cannot be made has none: the outbox finds that, and shows it."""
    try:
        wording = texts.wording_of(words, language=customer.language, channel=recipient.channel, at=now)
    except (UnknownWord, ValueError):
        wording = Wording("", "", "")
    return {
        "once": f"promotion:{promotion.pk}:{customer.pk}",
        "channel": recipient.channel,
        "customer_id": customer.pk,
        "address": address,
        "language": customer.language,
        "words": json.dumps(words),
        "subject": wording.subject,
        "body_text": wording.text,
        "body_html": wording.html,
        "made_of_id": wording.text_id,
    }
