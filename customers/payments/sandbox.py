"""A provider for demonstrations: a page of its own, signed confirmations, and every way in which a payment goes wrong.

No money moves. Its memory are files under var/payments, as if it were another company's machine; its page is
`vittoria_care/demonstration/payments.py`. A production start with it is refused (`vittoria_care/checks.py`).
"""

import hashlib
import hmac
import json
import os
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from customers.models import Payment, PaymentEvent
from customers.payments.providers import Checkout, News, asked_id
from customers.payments.signatures import check, sign

HEADER = "Sandbox-Signature"
KEPT = 2_000  # pages, the newest
PAGE_ID = re.compile(r"sbx-[0-9a-f]{32}")
OPEN_FOR = timedelta(minutes=60)
SLOW = timedelta(seconds=12)  # how long a slow bank takes

Word = PaymentEvent.Word


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the sandbox as it remembers it: plain values, as JSON has them."""

    id: str
    reference: str
    merchant: str
    amount: str
    currency: str
    title: str
    return_url: str
    opened_at: float
    word: str = ""
    ended_at: float = 0.0
    known_at: float = 0.0  # from when on it reports that it was paid; 0 for "once the confirmation has gone"
    confirmed: int = 0
    reason: str = ""

    @property
    def is_open(self) -> bool:
        """Whether nobody has chosen anything on it yet."""
        return not self.word and timezone.now().timestamp() < self.opened_at + OPEN_FOR.total_seconds()


class Sandbox:
    """A provider (`providers.Provider`)."""

    code = "sandbox"
    origin = ""

    def start(self, payment: Payment, *, title: str, return_url: str, language: str) -> Checkout:
        """Open a page; the same attempt again finds the same one."""
        page = Page(
            id=payment.reference.replace("vc-", "sbx-"),
            reference=payment.reference,
            merchant=settings.PAYMENT_MERCHANT,
            amount=str(payment.amount),
            currency=payment.currency,
            title=title,
            return_url=return_url,
            opened_at=timezone.now().timestamp(),
        )
        if (known := page_of(page.id)) is not None:
            page = known
        else:
            _keep(page)
            for old in _newest_first()[KEPT:]:
                old.unlink(missing_ok=True)
        expires_at = datetime.fromtimestamp(page.opened_at, UTC) + OPEN_FOR
        return Checkout(page.id, reverse("demo_payment", args=[page.id]), expires_at)

    def read_confirmation(self, body: bytes, headers: Mapping[str, str], *, now: datetime) -> News | None:
        """What a page confirmed. NotAuthentic unless it is signed and new."""
        check(headers.get(HEADER, ""), body, secret=_secret(), now=now)
        stated = json.loads(body)
        return News(
            event_id=stated["id"],
            word=stated["word"],
            reference=stated["reference"],
            provider_reference=stated["page"],
            merchant=stated["merchant"],
            amount=Decimal(stated["amount"]),
            currency=stated["currency"],
            happened_at=datetime.fromtimestamp(stated["at"], UTC),
            reason=stated["reason"],
        )

    def ask(self, payment: Payment, *, now: datetime) -> News | None:
        """The page as it is; None when it is forgotten."""
        page = page_of(payment.provider_reference) if payment.provider_reference else None
        return _news(page, now) if page else None

    def paid_between(self, first: datetime, last: datetime) -> Iterator[News]:
        """The pages on which somebody paid."""
        for file in _newest_first():
            page = page_of(file.stem)
            if page and first.timestamp() <= page.ended_at <= last.timestamp():
                news = _news(page, timezone.now())
                if news.word == Word.PAID:
                    yield news


# --- What the page does ---------------------------------------------------------------------------------------------
def page_of(page_id: str) -> Page | None:
    """A page by its id; None for one that is not known."""
    if not PAGE_ID.fullmatch(page_id):
        return None
    try:
        return Page(**json.loads(_file(page_id).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None


def end_page(
    page: Page, word: str, *, reason: str = "", amount: str = "", after: timedelta | None = timedelta()
) -> Page:
    """Choose what happens on a page: it was paid, refused or left. `after` is how long until the sandbox reports it.

    None is "not before the confirmation has gone". `amount` is what a forged page would take in place of ours.
    """
    now = timezone.now().timestamp()
    known_at = now + after.total_seconds() if after is not None else 0.0
    page = replace(page, word=word, ended_at=now, known_at=known_at, reason=reason, amount=amount or page.amount)
    _keep(page)
    return page


def confirmation_of(page: Page, *, now: datetime) -> tuple[bytes, dict[str, str]]:
    """The body and the headers with which the sandbox confirms a page: the same event each time, with a new signature."""
    body = json.dumps(
        {
            "id": f"evt-{page.id}-{page.word}",
            "word": page.word,
            "page": page.id,
            "reference": page.reference,
            "merchant": page.merchant,
            "amount": page.amount,
            "currency": page.currency,
            "at": page.ended_at,
            "reason": page.reason,
        }
    ).encode()
    return body, signed(body, now=now)


def signed(body: bytes, *, now: datetime) -> dict[str, str]:
    """The headers with which the sandbox sends a body."""
    return {HEADER: sign(body, secret=_secret(), at=now)}


def count_confirmation(page: Page) -> Page:
    """Remember that the page was confirmed once more: from now on a question is answered with what it reported."""
    page = replace(page, confirmed=page.confirmed + 1, known_at=page.known_at or timezone.now().timestamp())
    _keep(page)
    return page


def _news(page: Page, now: datetime) -> News:
    word = page.word
    if word and (not page.known_at or page.known_at > now.timestamp()):
        word = Word.PENDING.value
    elif not word:
        word = (Word.PENDING if page.is_open else Word.EXPIRED).value
    return News(
        event_id=asked_id(word, page.id),
        word=word,
        reference=page.reference,
        provider_reference=page.id,
        merchant=page.merchant,
        amount=Decimal(page.amount),
        currency=page.currency,
        happened_at=datetime.fromtimestamp(page.ended_at, UTC) if page.ended_at else now,
        reason=page.reason,
    )


def _file(page_id: str) -> Path:
    return Path(settings.PAYMENT_SANDBOX_PATH) / f"{page_id}.json"


def _keep(page: Page) -> None:
    """Write the page; its file appears whole or not at all."""
    file = _file(page.id)
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_name(f".{file.stem}-{secrets.token_hex(4)}")
    partial.write_text(json.dumps(asdict(page)), encoding="utf-8")
    os.replace(partial, file)


def _newest_first() -> list[Path]:
    return sorted(_file("*").parent.glob("sbx-*.json"), key=lambda file: file.stat().st_mtime, reverse=True)


def _secret() -> str:
    """The key under which the sandbox signs: nobody else's, and made of the one this installation has."""
    return hmac.new(settings.SECRET_KEY.encode(), b"payments.sandbox", hashlib.sha256).hexdigest()
