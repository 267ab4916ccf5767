"""The two providers of payments: what is sent to them, what is read of what they say, and what is no confirmation of theirs."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from customers.models import PaymentEvent
from customers.payments.configured import can_pay_online, provider, provider_called
from customers.payments.providers import Unavailable
from customers.payments.sandbox import Sandbox, confirmation_of, count_confirmation, end_page, page_of
from customers.payments.signatures import NotAuthentic, check, sign
from customers.payments.stripe import Stripe
from customers.tests.factories import InstalmentFactory, PaymentFactory
from customers.tests.stripe_server import stripe_server

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
WORDS = {"title": "Premio della polizza P1", "return_url": "https://care.example/pagamenti/1/", "language": "it"}
Word = PaymentEvent.Word


@pytest.fixture(autouse=True)
def sandbox_pages(settings, tmp_path):
    """The sandbox's pages are those of the test."""
    settings.PAYMENT_SANDBOX_PATH = tmp_path / "payments"


@pytest.fixture
def server():
    with stripe_server() as running:
        yield running


@pytest.fixture
def stripe(server):
    return Stripe(secret_key="sk_test_1", webhook_secret="whsec_1", merchant="vittoria-care", api_url=server.url)


@pytest.fixture
def payment():
    return PaymentFactory(
        instalment=InstalmentFactory(amount=Decimal("1234.50")), provider="stripe", provider_reference=""
    )


# --- Signatures -----------------------------------------------------------------------------------------------------
def test_a_signature_of_now_is_accepted():
    check(sign(b"body", secret="s", at=NOW), b"body", secret="s", now=NOW)


def test_one_right_signature_among_several_is_enough():
    check(sign(b"body", secret="s", at=NOW) + ",v1=" + "0" * 64, b"body", secret="s", now=NOW)


@pytest.mark.parametrize(
    ("header", "body", "secret"),
    [
        ("", b"body", "s"),
        ("t=,v1=", b"body", "s"),
        ("t=abc,v1=00", b"body", "s"),
        ("v1=" + "0" * 64, b"body", "s"),
        (f"t={int(NOW.timestamp())}", b"body", "s"),
        (f"t={int(NOW.timestamp())},v1=é", b"body", "s"),
        (sign(b"body", secret="s", at=NOW), b"another", "s"),
        (sign(b"body", secret="another", at=NOW), b"body", "s"),
        (sign(b"body", secret="", at=NOW), b"body", ""),
        (sign(b"body", secret="s", at=NOW - timedelta(minutes=6)), b"body", "s"),
        (sign(b"body", secret="s", at=NOW + timedelta(minutes=6)), b"body", "s"),
        (sign(b"body", secret="s", at=NOW).replace("t=1", "t=2"), b"body", "s"),
    ],
)
def test_a_signature_that_is_missing_wrong_or_old_is_none(header, body, secret):
    with pytest.raises(NotAuthentic):
        check(header, body, secret=secret, now=NOW)


# --- Stripe ---------------------------------------------------------------------------------------------------------
def test_a_session_is_opened_with_the_amount_in_cents_and_the_key_of_the_attempt(stripe, server, payment):
    page = stripe.start(payment, **WORDS)
    [(path, headers, given)] = server.sent
    assert (path, headers["Idempotency-Key"]) == ("/v1/checkout/sessions", payment.reference)
    assert headers["Authorization"] == "Bearer sk_test_1"
    assert given["line_items[0][price_data][unit_amount]"] == "123450"
    assert (given["line_items[0][price_data][currency]"], given["mode"]) == ("eur", "payment")
    assert (page.reference, page.url) == ("cs_test_1", "https://checkout.stripe.com/c/pay/cs_test_1")


def test_the_same_attempt_opens_one_session(stripe, payment):
    assert stripe.start(payment, **WORDS) == stripe.start(payment, **WORDS)


def test_a_session_is_asked_for_its_state(stripe, server, payment):
    payment.provider_reference = stripe.start(payment, **WORDS).reference
    assert stripe.ask(payment, now=NOW).word == Word.PENDING
    server.sessions["cs_test_1"] |= {"status": "complete", "payment_status": "paid"}
    news = stripe.ask(payment, now=NOW)
    assert (news.word, news.amount, news.currency, news.merchant, news.reference) == (
        Word.PAID,
        Decimal("1234.50"),
        "EUR",
        "vittoria-care",
        payment.reference,
    )
    server.sessions["cs_test_1"] |= {"status": "expired", "payment_status": "unpaid"}
    assert stripe.ask(payment, now=NOW).word == Word.EXPIRED


def test_a_session_that_is_not_there_is_not_known(stripe, payment):
    assert stripe.ask(payment, now=NOW) is None
    payment.provider_reference = "cs_test_none"
    assert stripe.ask(payment, now=NOW) is None


@pytest.mark.parametrize("status", [401, 429, 500])
def test_a_stripe_that_fails_is_away(stripe, server, payment, status):
    server.fails_with = status
    with pytest.raises(Unavailable):
        stripe.start(payment, **WORDS)


def test_a_stripe_that_is_not_there_is_away(payment):
    away = Stripe(secret_key="k", webhook_secret="w", merchant="m", api_url="http://127.0.0.1:1")
    with pytest.raises(Unavailable):
        away.start(payment, **WORDS)


def test_what_was_paid_is_listed_over_all_pages(stripe, server):
    for number in range(5):
        stripe.start(PaymentFactory(provider="stripe", provider_reference=""), **WORDS)
        paid = "paid" if number != 2 else "unpaid"
        server.sessions[f"cs_test_{number + 1}"] |= {"status": "complete", "payment_status": paid}
    found = list(stripe.paid_between(NOW, timezone.now()))
    assert [each.provider_reference for each in found] == ["cs_test_1", "cs_test_2", "cs_test_4", "cs_test_5"]


def event(session, kind="checkout.session.completed"):
    return json.dumps({"id": "evt_1", "type": kind, "created": 1780300800, "data": {"object": session}}).encode()


@pytest.mark.parametrize(
    ("kind", "payment_status", "word"),
    [
        ("checkout.session.completed", "paid", Word.PAID),
        ("checkout.session.completed", "unpaid", Word.PENDING),
        ("checkout.session.async_payment_succeeded", "paid", Word.PAID),
        ("checkout.session.async_payment_failed", "unpaid", Word.REFUSED),
        ("checkout.session.expired", "unpaid", Word.EXPIRED),
    ],
)
def test_an_event_says_how_a_session_ended(stripe, server, payment, kind, payment_status, word):
    stripe.start(payment, **WORDS)
    session = server.sessions["cs_test_1"] | {"status": "complete", "payment_status": payment_status}
    body = event(session, kind)
    headers = {"Stripe-Signature": sign(body, secret="whsec_1", at=NOW)}
    news = stripe.read_confirmation(body, headers, now=NOW)
    assert (news.event_id, news.word, news.reference, news.amount) == (
        "evt_1",
        word,
        payment.reference,
        Decimal("1234.50"),
    )


def test_an_event_of_another_kind_is_none_of_ours(stripe):
    body = event({}, "customer.created")
    headers = {"Stripe-Signature": sign(body, secret="whsec_1", at=NOW)}
    assert stripe.read_confirmation(body, headers, now=NOW) is None


def test_an_event_without_a_signature_is_none_of_stripes(stripe):
    with pytest.raises(NotAuthentic):
        stripe.read_confirmation(event({}), {}, now=NOW)


def test_a_live_payment_in_a_trial_account_is_another_merchants(stripe, server, payment):
    payment.provider_reference = stripe.start(payment, **WORDS).reference
    server.sessions["cs_test_1"] |= {"livemode": True}
    assert stripe.ask(payment, now=NOW).merchant == "vittoria-care (livemode=True)"


# --- The sandbox ----------------------------------------------------------------------------------------------------
def test_the_sandbox_opens_one_page_for_an_attempt(payment):
    page = Sandbox().start(payment, **WORDS)
    end_page(page_of(page.reference), Word.PAID)
    assert Sandbox().start(payment, **WORDS) == page
    assert page_of(page.reference).word == Word.PAID


def test_the_sandbox_confirms_what_was_chosen_with_a_signature_that_is_checked(payment):
    page = end_page(page_of(Sandbox().start(payment, **WORDS).reference), Word.PAID)
    body, headers = confirmation_of(page, now=NOW)
    news = Sandbox().read_confirmation(body, headers, now=NOW)
    assert (news.word, news.amount, news.reference) == (Word.PAID, Decimal("1234.50"), payment.reference)
    with pytest.raises(NotAuthentic):
        Sandbox().read_confirmation(body.replace(b"1234.50", b"1.00"), headers, now=NOW)


def test_a_bank_that_holds_back_tells_once_it_has_confirmed(payment):
    payment.provider_reference = Sandbox().start(payment, **WORDS).reference
    page = end_page(page_of(payment.provider_reference), Word.PAID, after=None)
    assert Sandbox().ask(payment, now=timezone.now()).word == Word.PENDING
    count_confirmation(page)
    assert Sandbox().ask(payment, now=timezone.now()).word == Word.PAID


def test_a_slow_bank_tells_after_a_while(payment):
    payment.provider_reference = Sandbox().start(payment, **WORDS).reference
    end_page(page_of(payment.provider_reference), Word.PAID, after=timedelta(seconds=30))
    assert Sandbox().ask(payment, now=timezone.now()).word == Word.PENDING
    assert Sandbox().ask(payment, now=timezone.now() + timedelta(seconds=31)).word == Word.PAID


def test_the_sandbox_lists_what_was_paid(payment):
    page = end_page(page_of(Sandbox().start(payment, **WORDS).reference), Word.PAID)
    Sandbox().start(PaymentFactory(), **WORDS)
    first, last = timezone.now() - timedelta(hours=1), timezone.now() + timedelta(hours=1)
    assert [each.provider_reference for each in Sandbox().paid_between(first, last)] == [page.id]


def test_the_sandbox_keeps_its_newest_pages(monkeypatch):
    monkeypatch.setattr("customers.payments.sandbox.KEPT", 2)
    pages = [Sandbox().start(PaymentFactory(), **WORDS).reference for _page in range(3)]
    assert page_of(pages[2]) is not None
    assert sum(page_of(each) is not None for each in pages) == 2


def test_a_page_that_is_not_known_is_none(payment):
    payment.provider_reference = "sbx-none"
    assert Sandbox().ask(payment, now=NOW) is None
    assert page_of("another:key") is None


# --- Which is used ----------------------------------------------------------------------------------------------------
def test_the_provider_is_the_one_that_is_set(settings):
    settings.PAYMENT_PROVIDER = "sandbox"
    assert provider().code == "sandbox"
    settings.PAYMENT_PROVIDER = "stripe"
    settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET = "sk_test_1", "whsec_1"
    assert provider().code == "stripe"
    settings.PAYMENT_PROVIDER = ""
    assert (provider(), can_pay_online()) == (None, False)


def test_a_provider_without_its_secrets_is_none(settings):
    settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET = "sk_test_1", ""
    assert provider_called("stripe") is None


def test_the_sandbox_is_never_there_in_production(settings):
    settings.PAYMENT_PROVIDER, settings.PRODUCTION = "sandbox", True
    assert (provider(), provider_called("sandbox")) == (None, None)


def test_what_was_begun_with_an_earlier_provider_can_still_end(settings):
    settings.PAYMENT_PROVIDER = ""
    settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET = "sk_test_1", "whsec_1"
    assert provider_called("stripe") is not None
