"""Stripe, by its Checkout Sessions over plain HTTPS. Cards and their strong authentication stay on Stripe's pages.

What is called: `POST /v1/checkout/sessions` (with an Idempotency-Key that follows from the attempt), `GET` of one and of
many. What is received: `checkout.session.*` events, signed by `Stripe-Signature`. docs/operations.md says what to set.
"""

import http.client
import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from customers.models import Payment, PaymentEvent
from customers.payments.providers import Checkout, News, Unavailable, asked_id
from customers.payments.signatures import check

OPEN_FOR = timedelta(minutes=60)  # Stripe takes from thirty minutes to a day
TIMEOUT = 10  # seconds
PAGE = 100
LARGEST_ANSWER = 8 * 1024 * 1024  # bytes
CENTS = Decimal(100)

Word = PaymentEvent.Word
# The events that we follow, with what they say where the session itself does not.
EVENTS = {
    "checkout.session.completed": "",
    "checkout.session.async_payment_succeeded": "",
    "checkout.session.async_payment_failed": Word.REFUSED.value,
    "checkout.session.expired": Word.EXPIRED.value,
}


class Stripe:
    """A provider (`providers.Provider`). `merchant` goes with each session, and comes back with what is reported of it."""

    code = "stripe"
    origin = "https://checkout.stripe.com"

    def __init__(self, *, secret_key: str, webhook_secret: str, merchant: str, api_url: str) -> None:
        self._secret_key, self._webhook_secret = secret_key, webhook_secret
        self._merchant, self._api_url = merchant, api_url.rstrip("/")
        self._is_live = "_live_" in secret_key

    def start(self, payment: Payment, *, title: str, return_url: str, language: str) -> Checkout:
        """Open a Checkout Session; Stripe gives the same one for the same key."""
        session = self._call(
            "POST",
            "/v1/checkout/sessions",
            {
                "mode": "payment",
                "client_reference_id": payment.reference,
                "metadata[merchant]": self._merchant,
                "payment_intent_data[metadata][reference]": payment.reference,
                "payment_intent_data[description]": title,
                "line_items[0][quantity]": "1",
                "line_items[0][price_data][currency]": payment.currency.lower(),
                "line_items[0][price_data][unit_amount]": str(int(payment.amount * CENTS)),
                "line_items[0][price_data][product_data][name]": title,
                "locale": language,
                # Counted from the attempt, since the same key with other words is refused.
                "expires_at": str(int((payment.begun_at + OPEN_FOR).timestamp())),
                "success_url": return_url,
                "cancel_url": return_url,
            },
            idempotency_key=payment.reference,
        )
        try:
            return Checkout(session["id"], session["url"], _moment(session["expires_at"]))
        except (KeyError, TypeError, ValueError) as error:
            raise Unavailable("Stripe answered without a page") from error

    def read_confirmation(self, body: bytes, headers: Mapping[str, str], *, now: datetime) -> News | None:
        """An event of Stripe's; None for a kind that we do not follow. NotAuthentic unless it is signed and new."""
        check(headers.get("Stripe-Signature", ""), body, secret=self._webhook_secret, now=now)
        event = json.loads(body)
        if event["type"] not in EVENTS:
            return None
        session = event["data"]["object"]
        word = EVENTS[event["type"]] or _word_of(session)
        return self._news(session, event["id"], word, _moment(event["created"]))

    def ask(self, payment: Payment, *, now: datetime) -> News | None:
        """The session as it is."""
        if not payment.provider_reference:
            return None
        session = self._call("GET", f"/v1/checkout/sessions/{urllib.parse.quote(payment.provider_reference)}")
        if session is None:
            return None
        word = _word_of(session)
        return self._news(session, asked_id(word, payment.provider_reference), word, now)

    def paid_between(self, first: datetime, last: datetime) -> Iterator[News]:
        """The sessions of the time that are complete and paid, page by page."""
        after = ""
        while True:
            query = {
                "limit": str(PAGE),
                "status": "complete",
                "created[gte]": str(int((first - OPEN_FOR).timestamp())),
                "created[lte]": str(int(last.timestamp())),
            } | ({"starting_after": after} if after else {})
            answer = self._call("GET", f"/v1/checkout/sessions?{urllib.parse.urlencode(query)}") or {}
            sessions = answer.get("data", [])
            for session in sessions:
                if (word := _word_of(session)) == Word.PAID:
                    yield self._news(session, asked_id(word, session["id"]), word, _moment(session["created"]))
            if not answer.get("has_more") or not sessions:
                return
            after = sessions[-1]["id"]

    def _news(self, session: dict[str, Any], event_id: str, word: str, at: datetime) -> News:
        """A session in our words. A trial payment in a live account, or the reverse, is another merchant's."""
        merchant = (session.get("metadata") or {}).get("merchant", "")
        if session.get("livemode", self._is_live) != self._is_live:
            merchant = f"{merchant} (livemode={session['livemode']})"
        cents = session.get("amount_total")
        return News(
            event_id=event_id,
            word=word,
            reference=session.get("client_reference_id") or "",
            provider_reference=session["id"],
            merchant=merchant,
            amount=Decimal(cents) / CENTS if cents is not None else None,
            currency=(session.get("currency") or "").upper(),
            happened_at=at,
        )

    def _call(self, method: str, path: str, fields: dict[str, str] | None = None, *, idempotency_key: str = "") -> Any:
        """The JSON that Stripe answers; None for a 404 to a question. Unavailable for anything else."""
        request = urllib.request.Request(  # noqa: S310 - the address is our own setting
            self._api_url + path,
            data=urllib.parse.urlencode(fields).encode() if fields else None,
            method=method,
            headers={"Authorization": f"Bearer {self._secret_key}"}
            | ({"Idempotency-Key": idempotency_key} if idempotency_key else {}),
        )
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310
                return json.loads(answer.read(LARGEST_ANSWER))
        except urllib.error.HTTPError as error:
            if error.code == http.client.NOT_FOUND and method == "GET":
                return None
            raise Unavailable(f"Stripe answered {error.code}") from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Unavailable(f"Stripe could not be asked: {type(error).__name__}") from error


def _word_of(session: dict[str, Any]) -> str:
    """What a session says of its payment. Complete and not paid is a bank transfer under way."""
    if session.get("payment_status") == "paid":
        return Word.PAID.value
    return Word.EXPIRED.value if session.get("status") == "expired" else Word.PENDING.value


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)
