"""Command: send what is due of all promotions, chunk by chunk, for a while.

What is handed over is delivered at once by the same worker, so that the outbox never holds more than a chunk of a
promotion: a stop keeps nearly everything back, and what claims and contracts need finds no queue of advertising before it.
"""

import logging
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from notifications.channels import served
from notifications.delivery import deliver_notices
from notifications.models import Notice
from notifications.rates import room_for_promotions
from promotions.kinds import PROMOTION
from promotions.models import Promotion
from promotions.offers.mail_merge import MailMerge
from promotions.sending.handing_over import begin_promotion, end_paused_too_late, hand_over_chunk
from promotions.sending.hours import leaves_at

log = logging.getLogger(__name__)

State = Promotion.State

MOST_WAITING = 1_000  # of a promotion, in the outbox: with more, its channel is away, and nothing is added


@dataclass
class Sent:
    """What a round did: promotions that began, people written to, left out by reason, and what the outbox made of it."""

    begun: int = 0
    written: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    delivered: Counter[str] = field(default_factory=Counter)


def send_promotions(*, seconds: float) -> Sent:
    """Begin what is due and send what is being sent, in turns, for so many seconds. Any number of workers may do so."""
    until, sent = time.monotonic() + seconds, Sent()
    now = timezone.now()
    if not leaves_at(now):
        _end_what_is_over()
        return sent
    for pk in list(Promotion.objects.to_begin(now).order_by("send_from", "pk").values_list("pk", flat=True)):
        sent.begun += begin_promotion(pk, now=now)
    _end_what_is_over()
    at_work = list(
        Promotion.objects.filter(state=State.SENDING).order_by("begun_at", "pk").values_list("pk", flat=True)
    )
    texts = MailMerge()
    while at_work and time.monotonic() < until and leaves_at(timezone.now()) and room_for_promotions():
        for pk in list(at_work):
            if _waiting_of(pk) >= MOST_WAITING:
                log.warning("promotion %s waits: %d of its messages are still in the outbox", pk, MOST_WAITING)
                at_work.remove(pk)
                continue
            chunk = hand_over_chunk(pk, now=timezone.now(), texts=texts)
            sent.written += len(chunk.notice_ids)
            sent.left_out.update(chunk.left_out)
            if chunk.notice_ids:
                sent.delivered.update(deliver_notices(chunk.notice_ids))
            if chunk.is_last:
                at_work.remove(pk)
    return sent


def due_now(now: datetime) -> dict[str, int]:
    """What a round would find, and change nothing: promotions to begin, those being sent, people who wait."""
    waiting = Promotion.objects.filter(state=State.SENDING, recipients__state="waiting")
    return {
        "to_begin": Promotion.objects.to_begin(now).count(),
        "sending": Promotion.objects.filter(state=State.SENDING).count(),
        "waiting": waiting.count(),
    }


def _end_what_is_over() -> None:
    """Promotions whose last moment passed while they were paused."""
    over = Promotion.objects.filter(state=State.PAUSED, not_after__lte=timezone.now())
    for pk in over.values_list("pk", flat=True):
        end_paused_too_late(pk)


def _waiting_of(promotion_id: int) -> int:
    queued = Notice.objects.filter(
        kind=PROMOTION.code,
        state=Notice.State.QUEUED,
        channel__in=served(),
        promotion_recipient__promotion=promotion_id,
    )
    return queued.order_by()[:MOST_WAITING].count()
