"""The office's pages of payments: lists, a refund recorded, an incident closed, and the panel in the file."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from customers import roles
from customers.models import PaymentIncident, RefundDue
from customers.payments.tiles import tiles
from customers.tests.factories import (
    PaymentEventFactory,
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


def test_an_incident_is_closed_with_what_was_found_and_what_becomes_of_the_money(client):
    incident = PaymentIncidentFactory()
    for lacking in ({"reason": "Prova"}, {"decision": "no_money"}, {"decision": "counts", "reason": "Prova"}):
        assert client.post(command(incident, "chiudi"), lacking).status_code == 200
    sent = {"decision": "no_money", "reason": "Prova"}
    assert client.post(command(incident, "chiudi"), sent).status_code == 302
    assert client.post(command(incident, "chiudi"), sent).status_code == 409
    assert not PaymentIncident.objects.open().exists()
    assert Notice.objects.get().kind == "payment-not-received"


def test_what_goes_back_is_named_before_the_incident_is_closed(client):
    event = PaymentEventFactory(amount=Decimal("1002.40"), outcome="incident")
    incident = PaymentIncidentFactory(event=event)
    assert "1.002,40\xa0€" in client.get(command(incident, "chiudi")).content.decode()
    client.post(command(incident, "chiudi"), {"decision": "refund", "reason": "Prova"})
    page = client.get(reverse("admin:customers_refunddue_changelist")).content.decode()
    assert "1.002,40\xa0€" in page


def test_the_amount_that_the_provider_did_not_state_is_typed(client):
    incident = PaymentIncidentFactory()
    sent = {"decision": "refund", "reason": "Prova"}
    assert client.post(command(incident, "chiudi"), sent).status_code == 409
    client.post(command(incident, "chiudi"), {**sent, "amount": "2,40"})
    assert RefundDue.objects.get().amount == Decimal("2.40")


def test_an_incident_shows_amounts_in_euro_and_what_came_in_lines(client):
    event = PaymentEventFactory(body='{"id": "evt-1", "amount": 10899}')
    incident = PaymentIncidentFactory(event=event, expected="1109.00", stated="108.99")
    place = reverse("admin:customers_paymentincident_change", args=[incident.pk])
    for page in (place, reverse("admin:customers_paymentincident_changelist")):
        shown = client.get(page).content.decode()
        assert "1.109,00\xa0€" in shown
        assert "108,99\xa0€" in shown
    assert "&quot;amount&quot;: 10899\n}</pre>" in client.get(place).content.decode()


@pytest.mark.parametrize("body", ["", "not json <b>", "[1,"])
def test_what_came_and_is_no_json_is_shown_as_it_came(client, body):
    incident = PaymentIncidentFactory(event=PaymentEventFactory(body=body), stated="")
    page = client.get(reverse("admin:customers_paymentincident_change", args=[incident.pk]))
    assert (page.status_code, b"<b></pre>" in page.content) == (200, False)


def test_a_payment_left_is_called_so_in_italian(client):
    payment = PaymentFactory(state="abandoned", ended_at="2026-06-01T09:00Z")
    page = client.get(reverse("admin:customers_payment_changelist")).content.decode()
    assert (str(payment) in page, "Abbandonato" in page or "abbandonato" in page) == (True, True)


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
