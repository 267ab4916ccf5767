"""What is sent in the faults of payments, and what must be there afterwards (`benchmarks/faults.py` makes the faults)."""

import random
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol

PAYMENTS = 500
TWICE, REFUSED, OTHER_AMOUNT = 0.5, 0.15, 0.1  # how often a confirmation comes twice, beside a refusal, of less


class Asked(Protocol):
    """What can be asked a statement: the installation."""

    def ask(self, statement: str, values: object = None) -> list[tuple[Any, ...]]:
        """Run it; its rows."""


@dataclass
class Plan:
    """The instalments, the attempts begun, those paid at the agency meanwhile, and what the provider says of them."""

    instalments: list[int]
    begun: list[dict[str, Any]] = field(default_factory=list)
    at_agency: set[int] = field(default_factory=set)
    forged: set[str] = field(default_factory=set)  # references of which another amount was stated
    different: int = 0  # confirmations, without repetitions

    @property
    def paid_per_instalment(self) -> Counter[int]:
        """How many real payments each instalment gets: the second of one, and any of the agency's, goes back."""
        return Counter(each["instalment"] for each in self.begun)


def plan_of(plan: Plan, chance: random.Random) -> list[dict[str, Any]]:
    """The confirmations in the order in which they are sent: every attempt is really paid, whatever else is reported of it."""
    news = []
    for attempt in plan.begun:
        news.append(_said(attempt, "paid"))
        if chance.random() < REFUSED:
            news.append(_said(attempt, "refused"))
        if chance.random() < OTHER_AMOUNT:
            plan.forged.add(attempt["reference"])
            news.append(_said(attempt, "paid", less=Decimal("0.01")))
    plan.different = len(news)
    news += [each for each in news if chance.random() < TWICE]
    chance.shuffle(news)
    return news


def _said(attempt: dict[str, Any], word: str, less: Decimal = Decimal()) -> dict[str, Any]:
    return {
        "id": f"guasti-{attempt['id']}-{word}-{less}",
        "word": word,
        "page": f"guasti-{attempt['id']}",
        "reference": attempt["reference"],
        "merchant": "vittoria-care",
        "amount": str(Decimal(attempt["amount"]) - less),
        "currency": "EUR",
        "at": time.time(),
        "reason": "",
    }


PAYMENTS_KEPT = """
    SELECT payment.id, payment.instalment_id, payment.state, payment.settles, refund.id IS NOT NULL,
           (SELECT count(*) FROM customers_operation operation WHERE operation.submission_key = payment.key),
           (SELECT count(*) FROM notifications_notice notice
            WHERE notice.once LIKE 'payment-%%:' || payment.id || ':%%' AND notice.channel <> 'inbox')
    FROM customers_payment payment LEFT JOIN customers_refunddue refund ON refund.payment_id = payment.id
    WHERE payment.id = ANY(%s)
"""
UNPAID = "SELECT count(*) FROM customers_instalment WHERE id = ANY(%s) AND paid_on IS NULL"
LEFT = "SELECT count(*) FROM customers_paymentevent WHERE event_id LIKE 'guasti-%%' AND outcome = ''"
INCIDENTS = "SELECT count(*) FROM customers_paymentincident WHERE payment_id = ANY(%s) AND kind = 'amount'"


def compared(site: Asked, plan: Plan) -> dict[str, int]:
    """What is in the database against what was really paid."""
    ids = [each["id"] for each in plan.begun]
    found = counted(plan, site.ask(PAYMENTS_KEPT, [ids]))
    found["lost"] += site.ask(UNPAID, [plan.instalments])[0][0]
    incidents = site.ask(INCIDENTS, [ids])[0][0]
    found["unexplained"] += site.ask(LEFT)[0][0] + abs(incidents - len(plan.forged))
    return found


def counted(plan: Plan, rows: Iterable[tuple[int, int, str, bool, bool, int, int]]) -> dict[str, int]:
    """Compare the payments kept (id, instalment, state, settles, to refund, operations, notices) with the plan."""
    kept = {row[0]: row[1:] for row in rows}
    settled: Counter[int] = Counter()
    refunds = lost = unexplained = 0
    for attempt in plan.begun:
        instalment, state, settles, to_refund, operations, notices = kept.get(
            attempt["id"], (0, "", False, False, 0, 0)
        )
        settled[instalment] += settles
        refunds += to_refund
        lost += state != "paid"
        # Each payment settles or goes back, the first is an operation, and either is written about once.
        unexplained += settles == to_refund or operations != int(settles) or notices != 1
    wanted = {number: 0 if number in plan.at_agency else 1 for number in plan.instalments}
    due_back = sum(times - wanted[number] for number, times in plan.paid_per_instalment.items())
    return {
        "settled": sum(settled.values()),
        "to refund": refunds,
        "booked twice": sum(settled[number] > most for number, most in wanted.items()),
        "lost": lost,
        "unexplained": unexplained,
        "second payments not on the list of refunds": abs(due_back - refunds),
    }
