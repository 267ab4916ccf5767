"""Giving owes a link, the link confirms once, withdrawing ends it at once."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers.consent_texts import TEXTS
from customers.models import Consent, ContactPoint
from customers.tests.factories import ConsentFactory, ContactPointFactory, ReservedAreaAccountFactory
from foundation.refusals import Refused
from notifications.consents import confirm_consent, give_consent, given_by_link, link_of, withdraw_consent
from notifications.models import Notice

pytestmark = pytest.mark.django_db

TEXT = {text.purpose: text for text in TEXTS}
MARKETING, ADVERTISING = TEXT["marketing"], TEXT["portal_advertising"]


@pytest.fixture
def account():
    account = ReservedAreaAccountFactory()
    ContactPointFactory(customer=account.customer, kind=ContactPoint.Kind.EMAIL, value="maria@example.it")
    return account


@pytest.fixture
def client(account):
    client = Client()
    client.force_login(account.user)
    return client


def give(account, text=MARKETING, channel="email"):
    return give_consent(account.customer, text, channel=channel, source="portal", by=account.user, evidence="prova")


def withdraw(account, purpose="marketing", channel="email"):
    return withdraw_consent(
        account.customer, purpose=purpose, channel=channel, source="portal", by=account.user, evidence="prova"
    )


def events():
    return list(Consent.objects.order_by("pk").values_list("event", flat=True))


def test_giving_owes_a_link_to_the_address_on_file(account, settings):
    given = give(account)
    notice = Notice.objects.get()
    assert (notice.kind, notice.address, notice.customer) == ("consent-confirm", "maria@example.it", account.customer)
    path = re.search(rf"{settings.SITE_URL}(\S+)", notice.body_text)[1]
    assert path.startswith("/area-riservata/consensi/conferma/")
    assert given_by_link(path.rstrip("/").rsplit("/", 1)[1]) == given


def test_giving_twice_owes_one_link(account):
    give(account)
    give(account)
    assert (Consent.objects.count(), Notice.objects.count()) == (1, 1)


def test_advertising_in_the_area_needs_no_link(account):
    give(account, ADVERTISING, "portal")
    assert Notice.objects.count() == 0


def test_a_channel_that_is_not_asked_is_refused(account):
    with pytest.raises(Refused):
        give(account, ADVERTISING, "sms")


def test_without_an_address_nothing_is_recorded():
    account = ReservedAreaAccountFactory()
    with pytest.raises(Refused):
        give(account)
    assert Consent.objects.count() == 0


def test_the_link_confirms_once(account):
    given = give(account)
    assert confirm_consent(given) == confirm_consent(given)
    assert events() == ["given", "confirmed"]


def test_a_link_does_not_bring_back_what_was_withdrawn(account):
    given = give(account)
    withdraw(account)
    with pytest.raises(Refused):
        confirm_consent(given)
    assert events() == ["given", "withdrawn"]


def test_the_link_of_before_does_not_confirm_what_was_given_after(account):
    first = give(account)
    withdraw(account)
    give(account)
    with pytest.raises(Refused):
        confirm_consent(first)


def test_a_confirmed_link_does_not_bring_back_what_was_withdrawn(account):
    given = give(account)
    confirm_consent(given)
    withdraw(account)
    with pytest.raises(Refused):
        confirm_consent(given)


@pytest.mark.parametrize("link", ["x", "", "a:b:c", "é😀"])
def test_a_link_that_is_none_of_ours_is_refused(link):
    with pytest.raises(Refused):
        given_by_link(link)


def test_an_old_link_is_refused(account):
    link = link_of(give(account))
    later = timezone.now() + timedelta(days=8)
    with time_machine.travel(later), pytest.raises(Refused):
        given_by_link(link)


def test_a_link_of_a_consent_that_was_withdrawn_is_refused(account):
    link = link_of(give(account))
    withdraw(account)
    with pytest.raises(Refused) as refusal:
        given_by_link(link)
    assert refusal.value.code == "not_given"


def test_a_link_that_was_used_still_shows_what_it_confirmed(account):
    given = give(account)
    confirm_consent(given)
    assert given_by_link(link_of(given)) == given


# --- The pages -----------------------------------------------------------------------------------------------------
def test_opening_the_link_confirms_nothing(account):
    address = reverse("consent_confirm", args=[link_of(give(account))])
    assert Client().get(address).status_code == 200
    assert events() == ["given"]


def test_opening_the_link_of_what_was_withdrawn_offers_no_button(account):
    address = reverse("consent_confirm", args=[link_of(give(account))])
    withdraw(account)
    page = Client().get(address)
    assert (page.status_code, page.context["refusal"].code) == (410, "not_given")


def test_pressing_the_button_confirms_without_a_sign_in(account):
    address = reverse("consent_confirm", args=[link_of(give(account))])
    assert Client().post(address).status_code == 200
    assert Client().post(address).status_code == 200
    assert events() == ["given", "confirmed"]


def test_a_bad_link_is_gone():
    assert Client().get(reverse("consent_confirm", args=["x"])).status_code == 410


def test_one_press_gives_and_one_withdraws(account, client):
    give_address = reverse("portal_consent_give", args=["marketing", "email"])
    client.post(give_address, {"version": MARKETING.version})
    client.post(reverse("portal_consent_withdraw", args=["marketing", "email"]))
    assert events() == ["given", "withdrawn"]
    assert Consent.objects.first().recorded_by == account.user


def test_nothing_is_given_by_following_a_link(client):
    assert client.get(reverse("portal_consent_give", args=["marketing", "email"])).status_code == 405


def test_a_text_that_changed_meanwhile_is_shown_again(client):
    client.post(reverse("portal_consent_give", args=["marketing", "email"]), {"version": "2000-01"})
    assert Consent.objects.count() == 0


@pytest.mark.parametrize(("purpose", "channel"), [("nothing", "email"), ("marketing", "portal"), ("marketing", "x")])
def test_what_is_not_asked_is_not_found(client, purpose, channel):
    assert (
        client.post(reverse("portal_consent_give", args=[purpose, channel]), {"version": "2026-01"}).status_code == 404
    )


def test_withdrawing_what_was_never_given_changes_nothing(client):
    client.post(reverse("portal_consent_withdraw", args=["marketing", "email"]))
    assert Consent.objects.count() == 0


def test_the_page_chooses_nothing_for_anybody(client):
    page = client.get(reverse("portal_consents"))
    assert "checkbox" not in page.content.decode()
    assert all(not row["in_force"] and not row["waiting"] for _text, rows in page.context["asked"] for row in rows)


def test_what_was_given_on_paper_and_is_no_longer_asked_can_be_withdrawn(account, client):
    ConsentFactory(customer=account.customer, purpose="agency_promotions", channel="phone", event="confirmed")
    page = client.get(reverse("portal_consents"))
    assert [(row["purpose"], row["channel"]) for row in page.context["others"]] == [("agency_promotions", "phone")]
    client.post(reverse("portal_consent_withdraw", args=["agency_promotions", "phone"]))
    assert events() == ["confirmed", "withdrawn"]


def test_the_ledger_is_paged(account, client):
    for _row in range(45):
        ConsentFactory(customer=account.customer)
    page = client.get(reverse("portal_consents"))
    assert (len(page.context["events"]), page.context["page"]["next_url"]) == (20, "?pagina=2")
    assert len(client.get(reverse("portal_consents") + "?pagina=3").context["events"]) == 5
