"""The app pays: one attempt for each key, the provider's page, and what is known of how it ended."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from customers.models import Payment
from customers.payments.providers import Unavailable
from customers.payments.sandbox import Sandbox
from customers.tests.factories import (
    InstalmentFactory,
    PaymentFactory,
    PaymentIncidentFactory,
    PolicyFactory,
    RenewalOfferFactory,
    ReservedAreaAccountFactory,
)
from reserved_area.tests.app import App

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def sandbox(settings, tmp_path):
    settings.PAYMENT_PROVIDER, settings.PAYMENT_SANDBOX_PATH = "sandbox", tmp_path / "payments"


@pytest.fixture
def account():
    return ReservedAreaAccountFactory()


@pytest.fixture
def app(account):
    return App(account)


@pytest.fixture
def policy(account):
    today = timezone.localdate()
    return PolicyFactory(
        holder=account.customer, starts_on=today - timedelta(days=340), ends_on=today + timedelta(days=25)
    )


@pytest.fixture
def instalment(policy):
    return InstalmentFactory(policy=policy, due_on=timezone.localdate() + timedelta(days=5), amount=Decimal("1240.50"))


@pytest.fixture
def offer(policy):
    return RenewalOfferFactory(policy=policy, premium=Decimal("512.00"))


def pay(app, instalment, **more):
    return app.send(f"instalments/{instalment.pk}/pay/", **more)


def away(*args, **kwargs):
    raise Unavailable("no answer")


def test_an_instalment_is_paid_on_the_providers_page_and_known_once_asked(app, instalment):
    begun = pay(app, instalment).json()
    assert begun["return_url"].endswith(f"/area-riservata/pagamenti/{begun['id']}/")
    waiting = app.send(f"payments/{begun['id']}/check/").json()
    assert (waiting["state"], waiting["is_known"]) == ("open", False)
    Client().post(begun["checkout_url"], {"way": "paga"})
    paid = app.send(f"payments/{begun['id']}/check/").json()
    assert (paid["state"], paid["is_known"]) == ("paid", True)
    instalment.refresh_from_db()
    assert instalment.paid_on is not None


def test_the_same_key_and_an_open_attempt_lead_to_the_same_page(app, instalment):
    begun = [pay(app, instalment, key="k"), pay(app, instalment, key="k"), pay(app, instalment)]
    assert len({each.json()["checkout_url"] for each in begun}) == 1
    assert Payment.objects.count() == 1


def test_the_page_of_the_provider_leads_back_to_the_app_where_that_is_set(app, instalment, settings):
    settings.APP_PAYMENT_RETURN_URL = "https://app.example.it/pagamenti/{payment}"
    begun = pay(app, instalment).json()
    assert begun["return_url"] == f"https://app.example.it/pagamenti/{begun['id']}"


def test_what_is_paid_is_not_paid_again(app, instalment):
    instalment.paid_on = timezone.localdate()
    instalment.save()
    answer = pay(app, instalment)
    assert (answer.status_code, answer.json()["code"]) == (409, "paid_already")


def test_while_a_person_looks_at_a_payment_nobody_pays_again(app, account, instalment):
    payment = PaymentFactory(instalment=instalment, begun_by=account.user)
    PaymentIncidentFactory(payment=payment)
    answer = pay(app, instalment)
    assert (answer.status_code, answer.json()["code"]) == (409, "looked_at")


def test_a_provider_that_is_away_is_said_and_nothing_is_called_failed(app, instalment, monkeypatch):
    monkeypatch.setattr(Sandbox, "start", away)
    answer = pay(app, instalment, key="k")
    assert (answer.status_code, answer.json()["code"]) == (503, "provider_away")
    monkeypatch.undo()
    assert pay(app, instalment, key="k").status_code == 201


def test_a_check_that_the_provider_does_not_answer_says_that_we_still_look(app, instalment, monkeypatch):
    number = pay(app, instalment).json()["id"]
    monkeypatch.setattr(Sandbox, "ask", away)
    answer = app.send(f"payments/{number}/check/")
    assert (answer.status_code, answer.json()["is_known"]) == (200, False)


def test_without_a_provider_nothing_begins(app, instalment, settings):
    settings.PAYMENT_PROVIDER = ""
    assert pay(app, instalment).json()["code"] == "not_online"


def test_a_renewal_is_accepted_by_paying_it(app, offer):
    begun = app.send(f"renewal-offers/{offer.pk}/accept/", {"accepted": True}).json()
    Client().post(begun["checkout_url"], {"way": "paga"})
    assert app.send(f"payments/{begun['id']}/check/").json()["state"] == "paid"
    offer.refresh_from_db()
    assert offer.paid_on is not None


@pytest.mark.parametrize("sent", [{}, {"accepted": False}, {"accepted": "forse"}])
def test_a_renewal_whose_terms_are_not_accepted_does_not_begin(app, offer, sent):
    answer = app.send(f"renewal-offers/{offer.pk}/accept/", sent)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["accepted"])
    assert not Payment.objects.exists()


def test_an_offer_that_is_over_is_not_accepted(app, offer):
    offer.valid_until = timezone.localdate() - timedelta(days=1)
    offer.save()
    answer = app.send(f"renewal-offers/{offer.pk}/accept/", {"accepted": True})
    assert answer.json()["code"] == "offer_over"


def test_somebody_elses_is_not_found(app):
    places = (
        f"instalments/{InstalmentFactory().pk}/pay/",
        f"renewal-offers/{RenewalOfferFactory().pk}/accept/",
        f"payments/{PaymentFactory().pk}/check/",
    )
    assert [app.send(each, {"accepted": True} if "offers" in each else {}).status_code for each in places] == [404] * 3
