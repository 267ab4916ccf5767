"""The room about payments: whatever is clicked, one payment; nothing is called failed while it is not known."""

import json
import re
import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from customers.models import Instalment, Payment, PaymentEvent, Policy
from customers.payments.commands import close_incident
from customers.payments.providers import Unavailable
from customers.payments.sandbox import HEADER, Sandbox, confirmation_of, end_page, page_of
from customers.tests.factories import (
    InstalmentFactory,
    PaymentEventFactory,
    PaymentFactory,
    PaymentIncidentFactory,
    PolicyAdherentFactory,
    PolicyFactory,
    RefundDueFactory,
    RenewalOfferFactory,
    ReservedAreaAccountFactory,
)
from customers.tests.sign_in import signed_in
from foundation.dates import written_day

pytestmark = pytest.mark.django_db

CONFIRM = "payment_confirmation"


@pytest.fixture(autouse=True)
def sandbox(settings, tmp_path):
    settings.PAYMENT_PROVIDER, settings.PAYMENT_SANDBOX_PATH = "sandbox", tmp_path / "payments"


@pytest.fixture
def account():
    return ReservedAreaAccountFactory()


@pytest.fixture
def client(account):
    return signed_in(account.user)


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


def key_on(answer):
    return re.search(r'name="key" value="([0-9a-f-]{36})"', answer.content.decode())[1]


def pay(client, about, way="paga", **more):
    """Open the page, go on to the provider, choose a way; the answer of the provider's page."""
    place = reverse("portal_pay" if isinstance(about, Instalment) else "portal_renewal", args=[about.pk])
    begun = client.post(place, {"key": key_on(client.get(place)), "accepted": "on", **more})
    assert begun.status_code == 302, begun.content.decode()[:2000]
    return client.post(begun.url, {"way": way})


def shown(client, payment=None):
    payment = payment or Payment.objects.latest("pk")
    return client.get(reverse("portal_payment", args=[payment.pk])).content.decode()


# --- Pay ------------------------------------------------------------------------------------------------------------
def test_the_home_and_the_policy_offer_to_pay_what_is_due(client, instalment):
    place = reverse("portal_pay", args=[instalment.pk])
    for page in (reverse("reserved_area"), reverse("portal_policy", args=[instalment.policy_id])):
        assert place in client.get(page).content.decode()


def test_without_a_provider_nobody_is_led_to_pay(client, instalment, offer, settings):
    settings.PAYMENT_PROVIDER = ""
    place = reverse("portal_pay", args=[instalment.pk])
    assert place not in client.get(reverse("reserved_area")).content.decode()
    assert b'<form method="post" novalidate' not in client.get(place).content
    assert client.post(place, {"key": str(uuid.uuid4())}).status_code == 404


def test_the_page_says_sum_policy_and_what_happens(client, instalment):
    page = client.get(reverse("portal_pay", args=[instalment.pk])).content.decode()
    for wanted in ("1.240,50", instalment.policy.number, instalment.policy.plate):
        assert wanted in page
    assert Payment.objects.count() == 0


def test_a_payment_made_is_paid_everywhere(client, instalment):
    back = pay(client, instalment)
    assert back.url == reverse("portal_payment", args=[Payment.objects.get().pk])
    assert "1.240,50" in client.get(back.url).content.decode()
    instalment.refresh_from_db()
    assert instalment.paid_on == timezone.localdate()
    assert reverse("portal_pay", args=[instalment.pk]) not in client.get(reverse("reserved_area")).content.decode()
    assert "Ricevuta" in shown(client)


def test_an_amount_sent_with_the_form_changes_nothing(client, instalment):
    pay(client, instalment, amount="0.01", currency="USD")
    assert Payment.objects.get().amount == Decimal("1240.50")


def test_a_double_click_is_one_payment(client, instalment):
    place = reverse("portal_pay", args=[instalment.pk])
    sent = {"key": key_on(client.get(place))}
    assert client.post(place, sent).url == client.post(place, sent).url
    assert Payment.objects.count() == 1


def test_two_tabs_lead_to_one_page_of_the_provider(client, instalment):
    place = reverse("portal_pay", args=[instalment.pk])
    tabs = [{"key": key_on(client.get(place))} for _tab in range(2)]
    assert client.post(place, tabs[0]).url == client.post(place, tabs[1]).url
    assert Payment.objects.count() == 1


def test_the_back_button_after_paying_leads_to_the_payment(client, instalment):
    place = reverse("portal_pay", args=[instalment.pk])
    sent = {"key": key_on(client.get(place))}
    client.post(client.post(place, sent).url, {"way": "paga"})
    payment = Payment.objects.get()
    for answer in (client.get(place), client.post(place, sent), client.post(place, {"key": str(uuid.uuid4())})):
        assert (answer.status_code, answer.url) == (302, reverse("portal_payment", args=[payment.pk]))
    assert Payment.objects.count() == 1


def test_what_was_paid_at_the_agency_leads_to_the_policy(client, instalment):
    Instalment.objects.update(paid_on=timezone.localdate())
    answer = client.get(reverse("portal_pay", args=[instalment.pk]))
    assert answer.url == reverse("portal_policy", args=[instalment.policy_id])


@pytest.mark.parametrize("key", ["", "x", "😀", "a" * 10_000, "ابجد"])
def test_a_form_without_its_key_begins_nothing(client, instalment, key):
    assert client.post(reverse("portal_pay", args=[instalment.pk]), {"key": key}).status_code == 422
    assert Payment.objects.count() == 0


def test_a_policy_that_is_over_is_refused_in_words(client, instalment):
    Policy.objects.update(state="cancelled")
    answer = client.post(reverse("portal_pay", args=[instalment.pk]), {"key": str(uuid.uuid4())})
    assert answer.status_code == 409


def test_a_provider_that_is_away_is_said_and_the_next_try_goes_on(client, instalment, monkeypatch):
    place = reverse("portal_pay", args=[instalment.pk])
    sent = {"key": key_on(client.get(place))}

    def away(self, payment, **words):
        raise Unavailable("away")

    with monkeypatch.context() as patch:
        patch.setattr(Sandbox, "start", away)
        assert client.post(place, sent).status_code == 503
    assert client.post(place, sent).status_code == 302
    assert Payment.objects.count() == 1


def test_the_form_may_lead_to_the_pages_of_the_provider_and_to_no_others(client, instalment, settings):
    settings.PAYMENT_PROVIDER = "stripe"
    settings.STRIPE_SECRET_KEY = settings.STRIPE_WEBHOOK_SECRET = "x"
    policy = client.get(reverse("portal_pay", args=[instalment.pk]))["Content-Security-Policy"]
    assert "form-action 'self' https://checkout.stripe.com" in policy
    assert "stripe" not in client.get(reverse("reserved_area"))["Content-Security-Policy"]


# --- Each way of not paying -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("way", "state"), [("rifiuta", "refused"), ("abbandona", "abandoned")])
def test_what_was_not_paid_is_said_and_can_be_tried_again(client, instalment, way, state):
    pay(client, instalment, way)
    assert Payment.objects.get().state == state
    assert reverse("portal_pay", args=[instalment.pk]) in shown(client)
    pay(client, instalment)
    instalment.refresh_from_db()
    assert (instalment.paid_on, Payment.objects.count()) == (timezone.localdate(), 2)


@pytest.mark.parametrize("way", ["lenta", "dopo"])
def test_what_is_not_known_yet_is_being_checked_and_never_failed(client, instalment, way):
    pay(client, instalment, way)
    page = shown(client)
    assert "Stiamo verificando" in page
    assert "data-payment-check" in page
    assert "non confermato" in client.get(reverse("reserved_area")).content.decode()


def test_hours_later_the_confirmation_comes_and_pays(client, instalment):
    pay(client, instalment, "dopo")
    payment = Payment.objects.get()
    client.post(reverse("portal_payment_check", args=[payment.pk]))
    payment.refresh_from_db()
    assert payment.state == "open"
    client.post(payment.checkout_url, {"way": "conferma"})
    payment.refresh_from_db()
    assert payment.state == "paid"


@pytest.mark.parametrize("way", ["prima", "due-volte"])
def test_a_confirmation_before_the_return_or_twice_is_one_payment(client, instalment, way):
    pay(client, instalment, way)
    assert (Payment.objects.get().state, PaymentEvent.objects.count()) == ("paid", 1)


def test_another_amount_is_looked_at_by_a_person(client, instalment):
    pay(client, instalment, "altro-importo")
    page = shown(client)
    assert "data-payment-check" not in page
    instalment.refresh_from_db()
    assert instalment.paid_on is None


@pytest.mark.parametrize("is_over", [False, True])
def test_while_a_person_looks_nobody_is_led_to_pay_again(client, instalment, offer, is_over):
    for about in (instalment, offer):
        place = reverse("portal_pay" if about == instalment else "portal_renewal", args=[about.pk])
        earlier = {"key": key_on(client.get(place)), "accepted": "on"}
        pay(client, about, "altro-importo")
        payment = Payment.objects.latest("pk")
        if is_over:
            Payment.objects.filter(pk=payment.pk).update(state="expired", ended_at=timezone.now())
        page = client.get(place).content.decode()
        assert (">Vai al pagamento" in page, '<form method="post" novalidate' in page) == (False, False)
        assert reverse("portal_payment", args=[payment.pk]) in page
        assert client.post(place, earlier).status_code == 409
        assert place not in shown(client, payment)
        for room in (reverse("reserved_area"), reverse("portal_policy", args=[instalment.policy_id])):
            assert f'href="{place}"' not in client.get(room).content.decode()
    assert Payment.objects.count() == 2


def test_the_form_of_an_attempt_that_a_person_looks_at_leads_to_it_and_not_to_the_provider(client, instalment):
    place = reverse("portal_pay", args=[instalment.pk])
    sent = {"key": key_on(client.get(place))}
    client.post(client.post(place, sent).url, {"way": "altro-importo"})
    assert client.post(place, sent).url == reverse("portal_payment", args=[Payment.objects.get().pk])


@pytest.mark.parametrize(
    ("decision", "words"), [("refund", "2,40 €"), ("no_money", "Non è arrivato denaro"), ("counts", "Ricevuta")]
)
def test_the_payment_says_what_became_of_it_when_the_incident_is_closed(client, account, decision, words):
    counts = decision == "counts"
    payment = PaymentFactory(instalment__policy__holder=account.customer)
    event = PaymentEventFactory(payment=payment, outcome="incident", amount=payment.amount if counts else "2.40")
    kind = "merchant" if counts else "amount"
    incident = PaymentIncidentFactory(payment=payment, event=event, kind=kind)
    assert "Non paghi di nuovo" in shown(client, payment)
    close_incident(incident, decision=decision, reason="Prova", by=account.user)
    page = shown(client, payment)
    assert (words in page.replace("\xa0", " "), "Non paghi di nuovo" in page) == (True, False)


# --- Asking ---------------------------------------------------------------------------------------------------------
def test_check_now_asks_the_provider_and_pays(client, instalment):
    pay(client, instalment, "lenta")
    payment = Payment.objects.get()
    page = page_of(payment.provider_reference)
    end_page(page, "paid")
    answer = client.post(reverse("portal_payment_check", args=[payment.pk]))
    payment.refresh_from_db()
    assert (answer.url, payment.state) == (reverse("portal_payment", args=[payment.pk]), "paid")


def test_a_page_that_waits_is_answered_with_the_state_alone(client, instalment):
    pay(client, instalment, "dopo")
    place = reverse("portal_payment_check", args=[Payment.objects.get().pk])
    answer = client.post(place, headers={"Accept": "application/json"})
    assert answer.json() == {"state": "open"}


def test_a_provider_that_is_away_is_not_a_payment_that_failed(client, instalment, monkeypatch):
    pay(client, instalment, "dopo")

    def away(self, payment, *, now):
        raise Unavailable("away")

    monkeypatch.setattr(Sandbox, "ask", away)
    answer = client.post(reverse("portal_payment_check", args=[Payment.objects.get().pk]), follow=True)
    assert "Stiamo verificando" in answer.content.decode()


# --- Renewal ----------------------------------------------------------------------------------------------------------
def test_a_renewal_shows_its_terms_and_is_accepted_by_paying(client, offer):
    page = client.get(reverse("portal_renewal", args=[offer.pk])).content.decode()
    for wanted in ("512,00", "guida libera", offer.policy.number):
        assert wanted in page
    pay(client, offer)
    offer.refresh_from_db()
    assert offer.paid_on == timezone.localdate()
    assert offer.accepted_at is not None


def test_a_renewal_is_not_paid_before_it_is_accepted(client, offer):
    place = reverse("portal_renewal", args=[offer.pk])
    assert client.post(place, {"key": key_on(client.get(place))}).status_code == 422
    assert Payment.objects.count() == 0


def test_between_payment_and_contract_the_policy_says_it_is_on_its_way(client, offer):
    pay(client, offer)
    page = client.get(reverse("portal_policy", args=[offer.policy_id])).content.decode()
    assert "nuovo contratto" in page
    assert offer.policy.number not in client.get(reverse("reserved_area")).content.decode()
    newer = PolicyFactory(
        holder=offer.policy.holder,
        plate=offer.policy.plate,
        starts_on=offer.starts_on,
        ends_on=offer.ends_on,
    )
    page = client.get(reverse("portal_policy", args=[offer.policy_id])).content.decode()
    assert ("nuovo contratto" in page, newer.pk is not None) == (False, True)


def test_the_lists_of_policies_say_until_when_the_renewal_covers(client, offer):
    pay(client, offer)
    offer.refresh_from_db()
    for name in ("portal_policies", "portal_report"):
        page = client.get(reverse(name)).content.decode()
        assert f"rinnovo pagato, copertura fino {written_day(offer.ends_on, 'al')}" in page
        assert f"{written_day(offer.policy.ends_on, 'al')}<" not in page


def test_the_home_shows_the_premium_of_the_renewal(client, offer):
    page = client.get(reverse("reserved_area")).content.decode()
    assert "512,00" in page
    assert reverse("portal_renewal", args=[offer.pk]) in page


def test_an_offer_that_is_over_says_so(client, offer):
    offer.valid_until = timezone.localdate() - timedelta(days=1)
    offer.save()
    place = reverse("portal_renewal", args=[offer.pk])
    assert 'name="key"' not in client.get(place).content.decode()
    assert client.post(place, {"key": str(uuid.uuid4()), "accepted": "on"}).status_code in (409, 404)


# --- What was paid ------------------------------------------------------------------------------------------------------
def test_the_receipt_is_a_pdf_of_ones_own_payment(client, instalment):
    pay(client, instalment)
    payment = Payment.objects.get()
    answer = client.get(reverse("portal_payment_receipt", args=[payment.pk]))
    assert (answer["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-")
    again = client.get(reverse("portal_payment_receipt", args=[payment.pk]))
    assert again.content == answer.content


def test_what_was_not_paid_has_no_receipt(client, account):
    payment = PaymentFactory(instalment__policy__holder=account.customer)
    assert client.get(reverse("portal_payment_receipt", args=[payment.pk])).status_code == 404


def test_what_goes_back_is_said_with_its_end(client, account):
    refund = RefundDueFactory(payment__instalment__policy__holder=account.customer)
    assert "restituiamo" in shown(client, refund.payment).lower()
    type(refund).objects.update(
        refunded_on="2026-06-05", way="Sulla carta 😀 ابجد", recorded_by=account.user, recorded_at=timezone.now()
    )
    assert "Sulla carta 😀 ابجد" in shown(client, refund.payment)


@pytest.mark.parametrize("count", [1, 50])
def test_the_list_costs_the_same_whatever_its_length(client, account, count):
    today = timezone.localdate()
    for place in range(count):
        policy = PolicyFactory(
            holder=account.customer, starts_on=today - timedelta(days=340), ends_on=today + timedelta(days=25)
        )
        InstalmentFactory(policy=policy, due_on=today)
        InstalmentFactory(policy=policy, due_on=today - timedelta(days=200), paid_on=today - timedelta(days=200))
        begun = InstalmentFactory(policy=policy, due_on=today - timedelta(days=100))
        PaymentFactory(instalment=begun, paid=place % 2 == 0)
    RefundDueFactory(payment__instalment__policy__holder=account.customer)
    client.get(reverse("portal_payments"))
    with CaptureQueriesContext(connection) as queries:
        assert client.get(reverse("portal_payments")).status_code == 200
    assert len(queries) == 9, [each["sql"][:90] for each in queries]


def test_the_room_of_payments_shows_first_what_is_due_with_the_way_to_pay_it(client, instalment, offer):
    page = client.get(reverse("portal_payments")).content.decode()
    for name, about in (("portal_pay", instalment), ("portal_renewal", offer)):
        assert reverse(name, args=[about.pk]) in page
    pay(client, instalment)
    page = client.get(reverse("portal_payments")).content.decode()
    assert reverse("portal_pay", args=[instalment.pk]) not in page
    assert reverse("portal_payment", args=[Payment.objects.get().pk]) in page


def test_what_was_paid_elsewhere_is_listed_and_what_was_paid_here_only_once(client, instalment, policy):
    InstalmentFactory(policy=policy, amount=Decimal("777.00"), paid_on=timezone.localdate())
    InstalmentFactory(amount=Decimal("888.00"), paid_on=timezone.localdate())
    pay(client, instalment)
    page = client.get(reverse("portal_payments")).content.decode()
    shown_sums = [page.count(amount) for amount in ("777,00", "888,00", "1.240,50")]
    assert shown_sums == [1, 0, 1]


def test_the_room_of_payments_says_how_to_pay_where_nothing_can_be_paid_here(client, instalment, settings):
    settings.PAYMENT_PROVIDER = ""
    policy_page = reverse("portal_policy", args=[instalment.policy_id])
    for place in (reverse("portal_payments"), reverse("reserved_area"), policy_page):
        page = client.get(place).content.decode()
        assert ("Le rate si pagano in agenzia" in page, reverse("portal_pay", args=[instalment.pk]) in page) == (
            True,
            False,
        )


def test_the_list_shows_the_sum_that_goes_back(client, account):
    RefundDueFactory(payment__instalment__policy__holder=account.customer, amount=Decimal("2.40"))
    assert "2,40" in client.get(reverse("portal_payments")).content.decode()


# --- Somebody else's ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["portal_pay", "portal_renewal", "portal_payment", "portal_payment_receipt"])
def test_what_is_somebody_elses_is_not_found(client, name):
    row = {"portal_pay": InstalmentFactory, "portal_renewal": RenewalOfferFactory}.get(
        name, lambda: PaymentFactory(paid=True)
    )()
    assert client.get(reverse(name, args=[row.pk])).status_code == 404


def test_somebody_who_is_only_covered_does_not_pay(client, account):
    instalment = InstalmentFactory()
    PolicyAdherentFactory(policy=instalment.policy, customer=account.customer)
    assert client.get(reverse("portal_pay", args=[instalment.pk])).status_code == 404


def test_an_incident_of_somebody_else_changes_nothing_here(client, instalment):
    PaymentIncidentFactory()
    pay(client, instalment, "dopo")
    assert "data-payment-check" in shown(client)


# --- The providers' door --------------------------------------------------------------------------------------------------
@pytest.fixture
def confirmation(client, instalment):
    """What the sandbox would send of a page that was paid: body and headers."""
    place = reverse("portal_pay", args=[instalment.pk])
    client.post(place, {"key": key_on(client.get(place))})
    page = end_page(page_of(Payment.objects.get().provider_reference), "paid")
    return confirmation_of(page, now=timezone.now())


def send(body, headers, code="sandbox"):
    program = Client(enforce_csrf_checks=True)
    return program.post(reverse(CONFIRM, args=[code]), body, content_type="application/json", headers=headers)


def test_a_provider_confirms_without_being_signed_in(confirmation):
    body, headers = confirmation
    assert [send(body, headers).status_code for _time in range(3)] == [200, 200, 200]
    assert (Payment.objects.get().state, PaymentEvent.objects.count()) == ("paid", 1)


@pytest.mark.parametrize("headers", [{}, {HEADER: "t=1,v1=0"}, {HEADER: "😀"[:0] or "x" * 10_000}])
def test_what_is_not_signed_is_400_and_leaves_nothing(confirmation, headers):
    assert send(confirmation[0], headers).status_code == 400
    assert (Payment.objects.get().state, PaymentEvent.objects.count()) == ("open", 0)


def test_a_confirmation_with_another_amount_than_was_signed_is_400(confirmation):
    body, headers = confirmation
    assert send(body.replace(b"1240.50", b"1.50"), headers).status_code == 400


def test_a_provider_that_is_not_set_up_has_no_door(confirmation):
    body, headers = confirmation
    assert send(body, headers, code="stripe").status_code == 404


def test_a_confirmation_is_answered_before_it_is_read_when_it_is_too_large(confirmation):
    assert send(json.dumps({"x": "y" * 300_000}), {}).status_code == 413
