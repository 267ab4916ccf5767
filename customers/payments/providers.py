"""What a provider of payments has to be able to do. `sandbox.py` and `stripe.py` are two; `configured.py` knows which is used."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from customers.models import Payment, PaymentEvent


class Unavailable(Exception):
    """The provider could not be reached, or did not answer as it should: to be tried again."""


@dataclass(frozen=True, slots=True)
class Checkout:
    """The page on which a provider takes the money: its reference there, its address, and until when it is open."""

    reference: str
    url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class News:
    """What a provider says of an attempt. `event_id` is the same whenever it says the same; `reference` is ours."""

    event_id: str
    word: str  # one of PaymentEvent.Word
    reference: str
    provider_reference: str
    merchant: str
    amount: Decimal | None
    currency: str
    happened_at: datetime
    reason: str = ""


class Provider(Protocol):
    """A provider. Every call but `read_confirmation` goes over the network: never in a transaction. Unavailable when it fails."""

    code: str
    origin: str  # of its pages, which a form of ours may lead to; "" where they are ours

    def start(self, payment: Payment, *, title: str, return_url: str, language: str) -> Checkout:
        """Open a page for the attempt; the same attempt again opens no second one (its reference is the key)."""

    def read_confirmation(self, body: bytes, headers: Mapping[str, str], *, now: datetime) -> News | None:
        """What a confirmation says; None for one about nothing of ours. NotAuthentic unless the signature is right and new."""

    def ask(self, payment: Payment, *, now: datetime) -> News | None:
        """How far the attempt has come; None when the provider knows nothing of it."""

    def paid_between(self, first: datetime, last: datetime) -> Iterable[News]:
        """Everything that was paid to us from the first moment to the last."""


def asked_id(word: str, provider_reference: str) -> str:
    """The event id of an answer to a question: one for each thing that can be answered."""
    return f"asked:{word}:{provider_reference}"


MOVES: Mapping[str, str] = {
    PaymentEvent.Word.REFUSED: Payment.State.REFUSED,
    PaymentEvent.Word.ABANDONED: Payment.State.ABANDONED,
    PaymentEvent.Word.EXPIRED: Payment.State.EXPIRED,
}
