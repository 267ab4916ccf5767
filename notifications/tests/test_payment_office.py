"""The office's pages of payments: lists, a refund recorded, an incident closed, and the panel in the file."""

from datetime import date

import pytest
from django.urls import reverse

from customers import roles
from customers.models import PaymentIncident
from customers.payments.tiles import tiles
from customers.tests.factories import (
    PaymentFactory,
    PaymentIncidentFactory,
    RefundDueFactory,
    RenewalOfferFactory,
    UserFactory,
)
from customers.tests.sign_in import signed_in_as
from notifications.models import Notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def client():
    return signed_in_as(roles.MANAGER)


def command(row, name):
    return reverse(f"admin:customers_{row._meta.model_name}_command", args=[row.pk, name])


def test_a_refund_is_recorded_and_the_customer_informed(client):
    refund = RefundDueFactory()
    sent = {"refunded_on": "2026-06-05", "way": "Bonifico 😀"}
    assert client.post(command(refund, "rimborsato"), sent).status_code == 302
    refund.refresh_from_db()
    assert (refund.refunded_on, refund.way) == (date(2026, 6, 5), "Bonifico 😀")
    assert Notice.objects.get().kind == "payment-refunded"
    assert client.post(command(refund, "rimborsato"), sent).status_code == 409


@pytest.mark.parametrize("sent", [{}, {"refunded_on": "2026-06-05"}, {"refunded_on": "2020-01-01", "way": "x"}])
def test_a_refund_without_day_or_way_is_not_recorded(client, sent):
    refund = RefundDueFactory()
    assert client.post(command(refund, "rimborsato"), sent).status_code in (200, 409)
    refund.refresh_from_db()
    assert refund.refunded_on is None


def test_an_incident_is_closed_with_what_was_found(client):
    incident = PaymentIncidentFactory()
    assert client.post(command(incident, "chiudi"), {"reason": ""}).status_code == 200
    assert client.post(command(incident, "chiudi"), {"reason": "Prova"}).status_code == 302
    assert client.post(command(incident, "chiudi"), {"reason": "Prova"}).status_code == 409
    assert not PaymentIncident.objects.open().exists()


def test_an_agent_reads_and_decides_nothing():
    client, refund = signed_in_as(roles.AGENT), RefundDueFactory()
    assert client.get(reverse("admin:customers_refunddue_change", args=[refund.pk])).status_code == 200
    assert client.post(command(refund, "rimborsato"), {}).status_code == 403


@pytest.mark.parametrize("search", ["number", "reference", "policy", "😀", "a" * 10_000])
def test_a_payment_is_found_by_what_people_quote(client, search):
    payment = PaymentFactory()
    found = {"number": str(payment), "reference": payment.provider_reference, "policy": payment.policy.number}
    page = client.get(reverse("admin:customers_payment_changelist"), {"q": found.get(search, search)})
    assert (payment in page.context["cl"].result_list) is (search in found)


@pytest.mark.parametrize("model", ["payment", "paymentincident", "refunddue", "renewaloffer"])
def test_each_list_is_drawn(client, model):
    RefundDueFactory(), PaymentIncidentFactory(), RenewalOfferFactory()
    assert client.get(reverse(f"admin:customers_{model}_changelist")).status_code == 200


def test_the_first_page_counts_what_waits():
    RefundDueFactory(), PaymentIncidentFactory()
    assert [tile.value for tile in tiles(UserFactory(role=roles.MANAGER))] == ["1", "1"]
    assert tiles(UserFactory(role=roles.AGENT)) == []
