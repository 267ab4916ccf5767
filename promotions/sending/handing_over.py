"""Command: hand over the next chunk of a promotion to the outbox, in one transaction.

The promotion's row is locked meanwhile, so that a stop or a pause waits for a chunk, never the other way round for more
than one; the customers' rows are locked as whoever records a consent locks them, so that a consent withdrawn before is
seen and one withdrawn later finds its message in the outbox, where it is asked again. A worker that is killed leaves
nothing half done: its transaction was never there. So nobody is lost and nobody is written to twice, also by the unique
keys of the rows and of the notices.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import Consent, Customer
from foundation.dates import ROME
from notifications.models import Notice
from promotions.audience.drawing import draw_audience
from promotions.audience.query import audience_of
from promotions.kinds import PROMOTION
from promotions.models import Exclusion, Promotion, Recipient
from promotions.offers.texts import words_of
from promotions.writing import commands

CHUNK = 200
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

State = Promotion.State


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
def hand_over_chunk(promotion_id: int, *, now: datetime) -> Chunk:
    """Write the notices of the next people who wait; an empty last chunk where none does, or it is not being sent."""
    promotion = commands.locked(Promotion(pk=promotion_id))
    if promotion.state != State.SENDING:
        return Chunk(is_last=True)
    assert promotion.not_after is not None, "it was scheduled"
    if promotion.not_after <= now:
        end_too_late(promotion, now=now)
        return Chunk(is_last=True)
    waiting = Recipient.objects.filter(promotion=promotion, state=Recipient.State.WAITING).order_by("pk")
    recipients = {each.customer_id: each for each in waiting[:CHUNK]}
    if not recipients:
        commands.finish(promotion, now=now)
        return Chunk(is_last=True)
    customers = _locked_customers(recipients)
    found = _asked_again(promotion, recipients, now=now)
    chunk = Chunk()
    notices: list[tuple[Recipient, Notice]] = []
    consented = Consent.objects.in_bulk([row["consent_id"] for row in found.values() if row["consent_id"]])
    for customer_id, recipient in recipients.items():
        customer, row = customers[customer_id], found.get(customer_id)
        reason = _reason(promotion, customer, row)
        if reason or row is None:
            recipient.state, recipient.reason = Recipient.State.EXCLUDED, reason
            chunk.left_out[reason] += 1
            continue
        recipient.channel = row["channel"]
        recipient.consent_id, recipient.policy_id = row["consent_id"], row["policy_id"]
        recipient.profile_consent_id = row["profile_consent_id"]
        given = consented.get(recipient.consent_id or 0)
        allowed_on = given.recorded_at.astimezone(ROME).date() if given else None
        words = words_of(
            promotion, channel=recipient.channel, customer=customer, key=recipient.key, allowed_on=allowed_on
        )
        notices.append((recipient, _notice(promotion, recipient, customer, row["address"], words, now=now)))
    Notice.objects.bulk_create(notice for _recipient, notice in notices)
    for recipient, notice in notices:
        recipient.state, recipient.notice, recipient.written_at = Recipient.State.WRITTEN, notice, now
    _record(recipients.values())
    chunk.notice_ids = [notice.pk for _recipient, notice in notices]
    return chunk


def _record(recipients: Collection[Recipient]) -> None:
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


def _locked_customers(recipients: dict[int, Recipient]) -> dict[int, Customer]:
    """The people, locked in the order of their ids as every command does."""
    rows = Customer.objects.filter(pk__in=recipients).order_by("pk").select_for_update(no_key=True)
    return {each.pk: each for each in rows}


def _asked_again(promotion: Promotion, customers: dict[int, Recipient], *, now: datetime) -> dict[int, dict[str, Any]]:
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


def _notice(
    promotion: Promotion,
    recipient: Recipient,
    customer: Customer,
    address: str,
    words: dict[str, Any],
    *,
    now: datetime,
) -> Notice:
    return Notice(
        kind=PROMOTION.code,
        channel=recipient.channel,
        once=f"promotion:{promotion.pk}:{customer.pk}",
        customer=customer,
        address=address,
        language=customer.language,
        words=words,
        is_promotional=True,
        created_at=now,
        send_after=now,
        expires_at=promotion.not_after,
    )
