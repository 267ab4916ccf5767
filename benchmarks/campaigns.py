"""A promotion sent to many people: by e-mail beside a bare smtplib loop, by SMS to files, and the memory of whoever sends it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from customers.models import User
from notifications.models import Notice
from promotions.models import Promotion, Recipient

from . import data
from .mail import bare_loop, server
from .measure import Row, Scale, at_least, at_most, manage, say

MANY, FEW = 100_000, 5_000  # people, at full scale
GROWTH_MB = 40  # a chunk has two hundred people, however many there are
EMPTIED = ("promotions_promotion", "notifications_notice", "customers_consent")

CONSENTS = """
    INSERT INTO customers_consent (customer_id, purpose, channel, event, text_version, source, evidence, recorded_at)
    SELECT customer_id, 'marketing', %(channel)s, step.event, '2026-01', 'portal', '',
           now() - interval '1 year' - interval '1 day' * (customer_id %% 700) + step.after
    FROM (
        SELECT DISTINCT customer_id FROM customers_contactpoint
        WHERE kind = %(kind)s AND value ~~ %(shape)s ORDER BY customer_id LIMIT %(count)s
    ) AS them
    CROSS JOIN LATERAL (VALUES ('given', interval '0'), ('confirmed', interval '1 hour')) AS step (event, after)
"""
POINTS = {"email": ("email", "%"), "sms": ("phone", "+393%")}


def measure(scale: Scale) -> Iterator[Row]:
    """Send to few and to many by e-mail, then to many by SMS; all of it in a process of its own, drawing the audience included."""
    data.portfolio(scale)
    part = min(1.0, scale.customers / Scale().customers)
    many, few = max(1_000, round(MANY * part)), max(500, round(FEW * part))
    with server() as port:
        limit = bare_loop(port, many)
    yield Row("bare smtplib loop", limit, "messages/s")
    small, large = _sent(few, "email"), _sent(many, "email")
    name = f"a promotion to {large.people:,} of {scale.customers:,} by e-mail"
    yield at_least(name, large.rate, "messages/s", limit, 0.5, aim="at least half of the bare loop")
    yield at_most(
        f"{name}: memory, beside {small.people:,}",
        large.peak_mb,
        "MB",
        small.peak_mb + GROWTH_MB,
        aim=f"at most {GROWTH_MB} MB more",
    )
    text = _sent(many, "sms")
    name = f"a promotion to {text.people:,} of {scale.customers:,} by SMS to files"
    yield Row(name, text.rate, "messages/s")
    yield at_most(
        f"{name}: memory",
        text.peak_mb,
        "MB",
        small.peak_mb + GROWTH_MB,
        aim=f"at most {GROWTH_MB} MB more than to few",
    )
    data.truncate(*EMPTIED)


@dataclass(frozen=True)
class Sent:
    """How many were written to, how many in a second, and the greatest memory of the process."""

    people: int
    rate: float
    peak_mb: float


def _sent(count: int, channel: str) -> Sent:
    """A promotion of the company over the whole portfolio, to so many who consented, sent by its command."""
    data.truncate(*EMPTIED)
    kind, shape = POINTS[channel]
    data.execute(CONSENTS, {"channel": channel, "kind": kind, "shape": shape, "count": count})
    data.vacuum("customers_consent", "customers_contactpoint")
    promotion = _approved(channel)
    say(f"a promotion to {count:,} by {channel}")
    before = _texts()
    with server() as port:
        environment = {
            "EMAIL_URL": f"smtp://127.0.0.1:{port}",
            "SMS_PROVIDER": "file",
            "NOTICES_PER_HOUR": "0",
            "SMS_PER_HOUR": "0",
            "PROMOTIONS_AT_ALL_HOURS": "true",
            "NOTICE_QUIET_FROM": "00:00",
            "NOTICE_QUIET_UNTIL": "00:00",
        }
        start = manage("send_promotions", "--dry-run", environment=environment)
        run = manage("send_promotions", environment=environment)
    files = _texts() - before
    for file in files:
        file.unlink()
    written = Recipient.objects.filter(promotion=promotion, state=Recipient.State.WRITTEN).count()
    gone = Notice.objects.filter(kind="promotion", state=Notice.State.SENT).count()
    if not written == gone == count or (channel == "sms" and len(files) != gone):
        raise RuntimeError(f"{count} consented, {written} were written to, {gone} messages went: {run.output}")
    return Sent(written, written / max(0.001, run.seconds - start.seconds), run.peak_mb)


def _texts() -> set[Path]:
    """The texts that the provider of files has kept."""
    folder = Path(settings.SMS_FILE_PATH)
    return set(folder.iterdir()) if folder.is_dir() else set()


def _approved(channel: str) -> Promotion:
    """Due now, without a held-out share."""
    writer, _new = User.objects.get_or_create(email="autore@bench.example")
    approver, _new = User.objects.get_or_create(email="direzione@bench.example")
    now = timezone.now()
    return Promotion.objects.create(
        name="Tutto il portafoglio",
        writer=writer,
        last_written_by=writer,
        controller=Promotion.Controller.COMPANY,
        ramo="8",
        channels=[channel],
        subject="La casa, protetta tutto l'anno",
        text="Fino al 30 aprile la polizza per la casa costa il 10% in meno.",
        sms_text="La casa, protetta tutto l'anno: 10% in meno fino al 30 aprile." if channel == "sms" else "",
        holdout_percent=0,
        state=Promotion.State.APPROVED,
        approved_by=approver,
        approved_at=now,
        send_from=now,
        not_after=now + timedelta(days=3),
    )
