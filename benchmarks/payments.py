"""A payment begun and confirmed, by a customer of fifty policies, without the provider's part, in one process."""

import json
import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.models import Customer, Instalment, Payment
from customers.payments.sandbox import signed
from customers.tests.factories import InstalmentFactory, PolicyFactory, ReservedAreaAccountFactory

from . import data
from .measure import Row, Scale, at_most, median_seconds
from .plans import read_whole, statements_of

BEGUN_MS = CONFIRMED_MS = 50
QUERIES = 12
POLICIES = 50
RUNS, WARM_UP = 40, 4


def measure(scale: Scale) -> Iterator[Row]:
    """Beside the whole portfolio: the form sent, and the provider's confirmation taken, each time of another instalment."""
    data.portfolio(scale)
    payer = _Payer(RUNS + WARM_UP + 1)
    [seconds] = median_seconds(payer.begin, runs=RUNS, warm_up=WARM_UP)
    yield at_most("payment begun", seconds * 1000, "ms", BEGUN_MS, aim=f"under {BEGUN_MS} ms")
    statements = statements_of(payer.begin)
    asked = [each for each in statements if each.startswith(("SELECT", "INSERT", "UPDATE"))]
    yield at_most("payment begun: queries", len(asked), "", QUERIES, aim=f"at most {QUERIES}")
    whole = [each for each in asked if each.startswith("SELECT") and read_whole(each)]
    yield Row("payment begun: big tables read whole", len(whole), "", 0, "none", not whole)
    payer.next = 0
    [seconds] = median_seconds(payer.confirm, runs=RUNS, warm_up=WARM_UP)
    yield at_most("payment confirmed", seconds * 1000, "ms", CONFIRMED_MS, aim=f"under {CONFIRMED_MS} ms")
    statements = statements_of(payer.confirm)
    yield Row("payment confirmed: queries", len(statements), "")
    paid = Payment.objects.filter(customer=payer.customer, settles=True).count()
    yield Row("payments booked, of those confirmed", paid, "", payer.next, "all", paid == payer.next)


class _Payer:
    """A customer of many policies, who pays one instalment after the other."""

    def __init__(self, number: int) -> None:
        account = ReservedAreaAccountFactory.create(
            customer=Customer.objects.filter(reserved_area_accounts=None).earliest("pk")
        )
        self.customer, today = account.customer, timezone.localdate()
        ends = {"starts_on": today - timedelta(days=300), "ends_on": today + timedelta(days=30)}
        policies = [PolicyFactory.create(holder=self.customer, **ends) for _policy in range(POLICIES)]
        self.instalments: list[Instalment] = [
            InstalmentFactory.create(
                policy=policies[place % POLICIES], due_on=date(2030, 1, 1) + timedelta(days=place)
            )
            for place in range(number)
        ]
        self.client, self.provider, self.next = Client(), Client(), 0
        self.client.force_login(account.user)

    def begin(self) -> None:
        """Send the form of the next instalment."""
        place = reverse("portal_pay", args=[self.instalments[self.next].pk])
        answer = self.client.post(place, {"key": str(uuid.uuid4()), "amount": str(Decimal("0.01"))})
        assert answer.status_code == 302, answer.content[:500]
        self.next += 1

    def confirm(self) -> None:
        """Confirm the payment of the next instalment, as the provider does."""
        payment = Payment.objects.get(instalment=self.instalments[self.next])
        stated = {"id": f"evt-{payment.pk}", "word": "paid", "page": payment.provider_reference, "currency": "EUR"}
        stated |= {"reference": payment.reference, "merchant": "vittoria-care", "amount": str(payment.amount)}
        body = json.dumps({**stated, "at": timezone.now().timestamp(), "reason": ""}).encode()
        answer = self.provider.post(
            reverse("payment_confirmation", args=["sandbox"]),
            body,
            content_type="application/json",
            headers=signed(body, now=timezone.now()),
        )
        assert answer.status_code == 200, answer.content[:500]
        self.next += 1
