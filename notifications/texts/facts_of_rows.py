"""Query: the facts that a notice of a kind would have today, of policies, premiums and claims that the reader may see.

Only what a rule can announce has them: its event is a SELECT over the portfolio (notifications/alerts/events.py).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models

from customers.models import AskedDocument, Claim, Customer, Document, Instalment, Payment, Policy, RenewalOffer
from foundation.requests import Reader
from notifications.alerts.events import EVENTS
from notifications.deadlines import facts_owed
from notifications.kinds import NoticeKind

LOOKED_AT = 200  # rows, the newest first, among which those that are owed are looked for
EVENT_OF = {kind.code: event for event in EVENTS for kind in event.kinds}
# What an event is about, and by which way its customer is found.
SUBJECTS: dict[str, tuple[type[models.Model], str]] = {
    "policy.id": (Policy, "holder"),
    "instalment.id": (Instalment, "policy__holder"),
    "offer.id": (RenewalOffer, "policy__holder"),
    "payment.id": (Payment, "customer"),
    "document.id": (Document, "customer"),
    "asked.id": (AskedDocument, "claim__customer"),
    "claim.id": (Claim, "customer"),
}


@dataclass(frozen=True)
class Owed:
    """What is owed today about a row: its part of the unique key, its facts as they are stored, and whom it is about."""

    about: str
    words: dict[str, Any]
    customer: Customer


def owed_now(kind: NoticeKind, reader: Reader, now: datetime) -> Iterator[Owed]:
    """What a rule could announce by the kind today, whatever its days, of rows within the reader's reach; the newest first."""
    if (event := EVENT_OF.get(kind.code)) is None:
        return
    model, way = SUBJECTS[event.subject]
    rows: Any = model._default_manager
    newest = rows.visible_to(reader).order_by("-pk").values_list("pk", way)[:LOOKED_AT]
    customer_of = dict(newest)
    facts = facts_owed(event, customer_of, now)
    customers = Customer.objects.in_bulk(set(customer_of.values()))
    for about in sorted(facts, key=lambda each: -int(each.partition(":")[0])):
        words = facts[about]
        if kind.needs <= words.keys():
            yield Owed(about, words, customers[customer_of[int(about.partition(":")[0])]])
