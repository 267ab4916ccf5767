"""The page of the demonstration's payments: every way ends in a page, once, and nowhere but in a demonstration."""

from datetime import timedelta

import pytest

from customers.models import Payment
from customers.payments.sandbox import Sandbox, page_of
from customers.tests.factories import InstalmentFactory, PaymentFactory
from vittoria_care.demonstration.payments import WAYS

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def sandbox(settings, tmp_path):
    settings.PAYMENT_PROVIDER, settings.PAYMENT_SANDBOX_PATH = "sandbox", tmp_path / "payments"


@pytest.fixture
def address():
    """Of a page that is open."""
    payment = PaymentFactory(instalment=InstalmentFactory(), provider_reference="")
    return Sandbox().start(payment, title="Premio 😀", return_url="https://care.example/1/", language="it").url


@pytest.mark.parametrize("way", WAYS)
def test_every_way_leads_on(client, address, way):
    answer = client.post(address, {"way": way})
    assert answer.url == ("/1/" if WAYS[way].goes_back else address)
    assert client.get(address).status_code == 200


@pytest.mark.parametrize(("way", "state"), [("paga", "paid"), ("rifiuta", "refused"), ("altro-importo", "open")])
def test_what_is_chosen_is_confirmed(client, address, way, state):
    client.post(address, {"way": way})
    assert Payment.objects.get().state == state


@pytest.mark.parametrize("way", ["", "niente", "😀", "a" * 10_000])
def test_a_way_that_is_none_does_nothing(client, address, way):
    assert client.post(address, {"way": way}).status_code == 409
    assert Payment.objects.get().state == "open"


def test_a_page_is_used_once(client, address):
    client.post(address, {"way": "rifiuta"})
    assert client.post(address, {"way": "paga"}).status_code == 409
    assert Payment.objects.get().state == "refused"


def test_a_page_that_was_open_too_long_takes_nothing(client, address, monkeypatch):
    monkeypatch.setattr("customers.payments.sandbox.OPEN_FOR", timedelta())
    assert client.post(address, {"way": "paga"}).status_code == 409


def test_what_a_bank_held_back_is_confirmed_from_its_page(client, address):
    client.post(address, {"way": "dopo"})
    assert Payment.objects.get().state == "open"
    client.post(address, {"way": "conferma"})
    assert (Payment.objects.get().state, page_of(address.split("/")[-2]).confirmed) == ("paid", 1)


def test_a_page_is_nowhere_but_in_a_demonstration(client, address, settings):
    settings.PRODUCTION = True
    assert client.get(address).status_code == 404
    assert client.post(address, {"way": "paga"}).status_code == 404


def test_a_page_that_is_not_known_is_not_found(client):
    for name in ("sbx-none", "niente", "%F0%9F%98%80"):
        assert client.get(f"/demo/pagamenti/{name}/").status_code == 404
