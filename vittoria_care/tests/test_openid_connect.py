"""Sign-in by OpenID Connect, against a provider that runs beside the tests and misbehaves as it is told."""

import dataclasses
import re
import time
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import requests
import time_machine
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers import roles
from customers.models import ContactPoint, ReservedAreaAccount, User
from customers.tests.factories import (
    PASSWORD,
    ContactPointFactory,
    CustomerFactory,
    ReservedAreaAccountFactory,
    UserFactory,
)
from foundation import form_guard
from notifications.models import Notice
from testbed.openid_provider import CLIENT_ID, CLIENT_SECRET, Faults, openid_provider
from vittoria_care.sign_in.openid_connect.providers import read_providers
from vittoria_care.sign_in.second_factor import PASSED
from vittoria_care.tests.test_second_factor import with_second_factor

pytestmark = pytest.mark.django_db
L2 = "https://www.spid.gov.it/SpidL2"
FISCAL = "https://attributes.eid.gov.it/fiscal_number"
LOGIN = reverse("account_login")


@pytest.fixture(scope="module")
def server():
    with openid_provider() as provider:
        yield provider


@pytest.fixture
def provider(server, settings, monkeypatch):
    """The provider with nothing wrong, for customers as `spid` and for staff as `azienda`; forms may be sent at once."""
    monkeypatch.setattr(form_guard, "SOONEST", timedelta(seconds=-1))
    cache.clear()
    server.faults, server.userinfo, server.asked = Faults(), {}, []
    server.claims = {"sub": "person-1", "acr": L2}
    settings.OPENID_PROVIDERS = read_providers(
        f"""[
        {{"id": "spid", "name": "SPID", "serves": "customers", "acr_values": ["{L2}"], "server": "{server.url}",
          "client_id": "{CLIENT_ID}", "client_secret": "{CLIENT_SECRET}"}},
        {{"id": "azienda", "name": "Azienda", "serves": "staff", "domains": ["ditta.example"], "server": "{server.url}",
          "client_id": "{CLIENT_ID}", "client_secret": "{CLIENT_SECRET}", "scope": ["email"]}}
        ]"""
    )
    return server


@pytest.fixture
def account():
    return ReservedAreaAccountFactory(user=UserFactory(email="maria@example.it", role=roles.CUSTOMER))


def browser():
    """A browser that reads English."""
    return Client(headers={"accept-language": "en"})


def vouch_for(provider, customer, **more):
    provider.claims |= {FISCAL: f"TINIT-{customer.tax_code}"} | more


def colleague(email="anna@ditta.example", **more):
    return UserFactory(email=email, **({"role": roles.AGENT} | more))


def vouch_for_colleague(provider, email="anna@ditta.example", *, is_verified=True, **more):
    provider.claims |= {"email": email, "email_verified": is_verified} | more


def back_from(client, name="spid", query=""):
    """The address that the provider sends the browser back to, after the person agreed."""
    to = client.get(reverse("openid_connect_login", args=[name]) + query)
    assert to.status_code == 302, to.content.decode()
    page = requests.get(to.url, timeout=5)
    return page.text.split("href='")[1].split("'")[0].replace("&amp;", "&")


def come_back(client, address):
    parts = urlsplit(address)
    return client.get(f"{parts.path}?{parts.query}")


def sign_in(client=None, name="spid", query=""):
    client = client or browser()
    return come_back(client, back_from(client, name, query))


def is_in(client):
    return client.session.get("_auth_user_id")


# --- What is asked of the provider ----------------------------------------------------------------------------------
def test_the_person_is_sent_with_state_nonce_challenge_and_level(provider):
    back_from(browser())
    asked = provider.authorization
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert asked["acr_values"] == L2
    assert asked["scope"] == "openid"
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 16


def test_nothing_in_the_address_changes_what_is_asked(provider):
    back_from(browser(), query="?scope=offline_access&auth_params=acr_values%3DL1%26nonce%3Dmine&process=connect")
    assert (provider.authorization["scope"], provider.authorization["acr_values"]) == ("openid", L2)
    assert provider.authorization["nonce"] != "mine"


def test_the_way_back_is_at_our_own_address_whatever_the_request_was_called(provider, settings):
    settings.ALLOWED_HOSTS = ["altro.example"]
    back_from(Client(headers={"host": "altro.example"}))
    assert provider.authorization["redirect_uri"].startswith(f"{settings.SITE_URL}/accesso/identita/spid/")


def test_discovery_and_keys_are_remembered(provider, account):
    vouch_for(provider, account.customer)
    for _each in range(2):
        sign_in()
    assert [provider.asked.count(name) for name in ("openid-configuration", "jwks", "token")] == [1, 1, 2]


# --- Customers ------------------------------------------------------------------------------------------------------
def test_a_customer_is_known_by_the_tax_code_and_nothing_else(provider, account):
    vouch_for(provider, account.customer, email=UserFactory().email, email_verified=True)
    client = browser()
    assert sign_in(client).url == reverse("after_sign_in")
    assert is_in(client) == str(account.user.pk)


def test_the_tax_code_may_come_from_userinfo(provider, account):
    provider.userinfo = {FISCAL: account.customer.tax_code}
    client = browser()
    sign_in(client)
    assert is_in(client) == str(account.user.pk)


def test_the_sign_in_leads_back_to_where_the_person_wanted_to_go(provider, account):
    vouch_for(provider, account.customer)
    assert sign_in(query="?next=/area-riservata/polizze/").url == "/area-riservata/polizze/"
    assert sign_in(query="?next=https://altrove.example/").url == reverse("after_sign_in")


def test_the_first_sign_in_is_reported_by_e_mail_and_the_second_is_not(provider, account):
    vouch_for(provider, account.customer)
    for _each in range(2):
        sign_in()
    [notice] = [each for each in Notice.objects.all() if "SPID" in each.body_text]  # the other is about a new device
    assert notice.address == account.user.email
    assert SocialAccount.objects.filter(user=account.user).count() == 1


def test_nothing_of_what_the_provider_said_is_stored(provider, account):
    vouch_for(provider, account.customer, given_name="Maria")
    sign_in()
    row = SocialAccount.objects.get()
    assert (row.extra_data, SocialToken.objects.count()) == ({}, 0)
    assert account.customer.tax_code not in row.uid


def test_nobody_of_that_tax_code_reads_so_and_gets_no_account(provider, account):
    vouch_for(provider, CustomerFactory.build(), email=account.user.email, email_verified=True)
    client = browser()
    page = sign_in(client)
    assert (page.status_code, is_in(client)) == (401, None)
    assert "We have no customer with your tax code." in page.content.decode()


@pytest.mark.parametrize("code", ["TINDE-123456", "", "RSSMRA", None])
def test_what_is_no_italian_tax_code_lets_nobody_in(provider, code):
    provider.claims |= {FISCAL: code}
    assert sign_in().status_code == 401


@pytest.mark.parametrize("level", ["https://www.spid.gov.it/SpidL1", None])
def test_a_level_that_is_too_low_lets_nobody_in(provider, account, level):
    vouch_for(provider, account.customer, acr=level)
    page = sign_in()
    assert (page.status_code, "not enough here" in page.content.decode()) == (401, True)


def test_a_closed_sign_in_stays_closed(provider, account):
    User.objects.filter(pk=account.user_id).update(is_active=False)
    vouch_for(provider, account.customer)
    client = browser()
    assert (sign_in(client).status_code, is_in(client)) == (401, None)


def test_a_customer_with_a_second_factor_is_asked_for_it(provider, account):
    with_second_factor(account.user)
    vouch_for(provider, account.customer)
    client = browser()
    assert sign_in(client).url == reverse("mfa_authenticate")
    assert is_in(client) is None


# --- Enrolment ------------------------------------------------------------------------------------------------------
def enrolling(provider, **claims):
    """A customer without a sign-in, and a browser in which the provider has vouched for them."""
    customer, client = CustomerFactory(), browser()
    vouch_for(provider, customer, **claims)
    assert sign_in(client).url == reverse("identity_enrolment")
    return customer, client


def fill_in(client, **typed):
    to = reverse("identity_enrolment")
    hidden = client.get(to).context["form"]
    stamp = {name: hidden[name].value() for name in ("submission_key", "opened")}
    return client.post(to, {**stamp, "website": "", "terms": "on", **typed})


def test_a_customer_without_a_sign_in_enrols_with_the_address_that_the_provider_verified(provider):
    customer, client = enrolling(provider, email="nuova@example.it", email_verified=True)
    fill_in(client, email="nuova@example.it")
    account = ReservedAreaAccount.objects.get(customer=customer)
    assert (account.user.email, account.user.has_usable_password()) == ("nuova@example.it", False)
    assert is_in(client) == str(account.user.pk)
    assert client.get(reverse("reserved_area")).status_code == 200


def test_an_address_that_we_verified_before_is_enough(provider):
    customer, client = enrolling(provider)
    kind = ContactPoint.Kind.EMAIL
    ContactPointFactory(customer=customer, kind=kind, value="nota@example.it", verified_at=timezone.now())
    fill_in(client, email="nota@example.it")
    assert ReservedAreaAccount.objects.filter(customer=customer).exists()


def code_in(notice):
    return re.search(r"^[0-9]{6}$", notice.body_text, re.MULTILINE)[0]


def wrong(code):
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_to_an_address_that_nobody_verified_goes_a_code_which_opens_the_reserved_area(provider):
    customer, client = enrolling(provider, email="altra@example.it", email_verified=False)
    to = fill_in(client, email="altra@example.it").url
    assert not ReservedAreaAccount.objects.filter(customer=customer).exists()
    client.post(to, {"code": code_in(Notice.objects.get(kind="address-code"))})
    account = ReservedAreaAccount.objects.get(customer=customer)
    assert (account.user.email, is_in(client)) == ("altra@example.it", str(account.user.pk))


def test_the_code_is_of_no_use_in_another_browser(provider):
    _customer, client = enrolling(provider)
    to = fill_in(client, email="altra@example.it").url
    code = code_in(Notice.objects.get(kind="address-code"))
    assert browser().post(to, {"code": code}).url == LOGIN
    assert not ReservedAreaAccount.objects.exists()


def test_five_wrong_codes_end_it_even_for_the_right_one(provider):
    _customer, client = enrolling(provider)
    to = fill_in(client, email="altra@example.it").url
    code = code_in(Notice.objects.get(kind="address-code"))
    for _each in range(5):
        client.post(to, {"code": wrong(code)})
    assert "This code is over" in client.post(to, {"code": code}).content.decode()
    assert not ReservedAreaAccount.objects.exists()


def test_an_address_that_somebody_signs_in_with_looks_the_same_and_no_code_is_right(provider, account):
    customer, client = enrolling(provider, email=account.user.email, email_verified=True)
    to = fill_in(client, email=account.user.email).url
    assert to == reverse("identity_enrolment_code")
    assert Notice.objects.get().kind == "enrolment-known"
    assert client.post(to, {"code": "123456"}).status_code == 422
    assert not ReservedAreaAccount.objects.filter(customer=customer).exists()


def test_nobody_enrols_without_the_terms(provider):
    customer, client = enrolling(provider, email="nuova@example.it", email_verified=True)
    page = fill_in(client, email="nuova@example.it", terms="")
    assert (page.status_code, "terms" in page.context["form"].errors) == (422, True)
    assert not ReservedAreaAccount.objects.filter(customer=customer).exists()


def test_the_providers_word_lasts_half_an_hour(provider):
    _customer, client = enrolling(provider)
    with time_machine.travel(timezone.now() + timedelta(minutes=31)):
        assert client.get(reverse("identity_enrolment")).url == LOGIN


def test_nobody_enrols_whom_no_provider_vouched_for():
    assert browser().get(reverse("identity_enrolment")).url == LOGIN


# --- Staff ----------------------------------------------------------------------------------------------------------
def test_a_colleague_is_known_by_the_verified_address(provider):
    user, client = colleague(), browser()
    vouch_for_colleague(provider)
    sign_in(client, "azienda")
    assert is_in(client) == str(user.pk)


@pytest.mark.parametrize("is_verified", [False, None, "yes"])
def test_an_address_that_is_not_verified_lets_nobody_in(provider, is_verified):
    colleague()
    vouch_for_colleague(provider, is_verified=is_verified)
    client = browser()
    assert (sign_in(client, "azienda").status_code, is_in(client)) == (401, None)


def test_an_address_of_another_domain_lets_nobody_in(provider):
    colleague("anna@altrove.example")
    vouch_for_colleague(provider, "anna@altrove.example")
    assert sign_in(name="azienda").status_code == 401


@pytest.mark.parametrize("other", [{"role": roles.CUSTOMER}, {"is_active": False}])
def test_nobody_but_colleagues_who_work_here_gets_in(provider, other):
    colleague(**other)
    vouch_for_colleague(provider)
    client = browser()
    assert (sign_in(client, "azienda").status_code, is_in(client)) == (401, None)


def test_an_unknown_colleague_is_not_made(provider):
    vouch_for_colleague(provider)
    page = sign_in(name="azienda")
    assert "No colleague signs in with anna@ditta.example" in page.content.decode()
    assert not User.objects.filter(email="anna@ditta.example").exists()


def test_the_provider_gives_no_role(provider):
    user = colleague()
    vouch_for_colleague(provider, groups=["administrator"], roles=["administrator"])
    sign_in(name="azienda")
    assert User.objects.get(pk=user.pk).role_names == {roles.AGENT}


def test_an_address_that_came_to_another_person_at_the_provider_lets_nobody_in(provider):
    colleague()
    vouch_for_colleague(provider)
    sign_in(name="azienda")
    provider.claims["sub"] = "person-2"
    client = browser()
    assert (sign_in(client, "azienda").status_code, is_in(client)) == (401, None)


def test_somebody_elses_address_does_not_let_a_linked_person_in_as_them(provider):
    colleague()
    vouch_for_colleague(provider)
    sign_in(name="azienda")
    colleague("capo@ditta.example", role=roles.MANAGER)
    vouch_for_colleague(provider, "capo@ditta.example")
    client = browser()
    assert (sign_in(client, "azienda").status_code, is_in(client)) == (401, None)


def test_our_second_factor_is_asked_of_staff_as_always(provider, settings):
    settings.STAFF_SECOND_FACTOR = "required"
    with_second_factor(colleague())
    vouch_for_colleague(provider, acr="mfa", amr=["otp"])
    assert sign_in(name="azienda").url == reverse("mfa_authenticate")


def test_the_providers_second_factor_counts_where_the_setting_says_so(provider, settings):
    settings.STAFF_SECOND_FACTOR = "required"
    spid, azienda = settings.OPENID_PROVIDERS
    settings.OPENID_PROVIDERS = [spid, dataclasses.replace(azienda, second_factor=frozenset({"otp"}))]
    user = with_second_factor(colleague())
    vouch_for_colleague(provider, amr=["pwd", "otp"])
    client = browser()
    sign_in(client, "azienda")
    assert client.session[PASSED] == user.pk
    assert client.get(reverse("admin:index")).status_code == 200
    provider.claims["amr"] = ["pwd"]
    assert sign_in(name="azienda").url == reverse("mfa_authenticate")


def test_a_digital_identity_is_no_second_factor_for_a_colleague_who_is_a_customer_too(provider, settings):
    spid, azienda = settings.OPENID_PROVIDERS
    settings.OPENID_PROVIDERS = [dataclasses.replace(spid, second_factor=frozenset({L2})), azienda]
    account = ReservedAreaAccountFactory(user=with_second_factor(colleague()))
    vouch_for(provider, account.customer)
    assert sign_in().url == reverse("mfa_authenticate")


# --- What is not believed -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "fault",
    [
        {"wrong_signature": True},
        {"other_audience": True},
        {"other_issuer": True},
        {"other_nonce": True},
        {"other_access_token": True},
        {"expired": True},
        {"no_id_token": True},
        {"nonsense": True},
        {"without": frozenset({"nonce"})},
        {"without": frozenset({"sub"})},
        {"without": frozenset({"exp"})},
        {"algorithm": "none"},
        {"algorithm": "HS256"},
        {"key_id": "another"},
        {"down": frozenset({"token"})},
        {"down": frozenset({"jwks"})},
        {"error": "server_error"},
    ],
    ids=str,
)
def test_a_provider_that_misbehaves_lets_nobody_in(provider, account, fault):
    vouch_for(provider, account.customer)
    provider.faults = Faults(**fault)
    client = browser()
    page = sign_in(client)
    assert page.status_code == (503 if "down" in fault else 401)
    assert "You are not signed in" in page.content.decode()
    assert is_in(client) is None


def test_userinfo_of_somebody_else_is_not_believed(provider, account):
    provider.userinfo = {FISCAL: account.customer.tax_code}
    provider.faults = Faults(other_userinfo=True)
    client = browser()
    assert (sign_in(client).status_code, is_in(client)) == (401, None)


def test_a_discovery_of_somebody_else_leads_nowhere(provider):
    provider.faults = Faults(other_discovery=True)
    assert browser().get(reverse("openid_connect_login", args=["spid"])).status_code == 401


def test_a_provider_that_answers_late_holds_nobody_up(provider, account, monkeypatch):
    monkeypatch.setattr("vittoria_care.sign_in.openid_connect.calls.READ", 0.2)
    vouch_for(provider, account.customer)
    client = browser()
    address = back_from(client)
    provider.faults = Faults(late={"token": 4})
    began = time.monotonic()
    page = come_back(client, address)
    assert (page.status_code, "does not answer" in page.content.decode()) == (503, True)
    assert browser().get(reverse("openid_connect_login", args=["spid"])).status_code == 503
    assert time.monotonic() - began < 3.5


def test_a_way_back_without_its_beginning_lets_nobody_in(provider, account):
    vouch_for(provider, account.customer)
    address = back_from(browser())
    stranger = browser()
    page = come_back(stranger, address)
    assert (page.status_code, is_in(stranger)) == (401, None)
    assert "begun in another window" in page.content.decode()


def test_a_way_back_is_good_once_and_for_ten_minutes(provider, account):
    vouch_for(provider, account.customer)
    client = browser()
    address = back_from(client)
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert come_back(client, address).status_code == 401
    client = browser()
    address = back_from(client)
    assert come_back(client, address).status_code == 302
    assert come_back(client, address).status_code == 401


def test_an_issuer_named_on_the_way_back_must_be_the_provider(provider, account):
    vouch_for(provider, account.customer)
    client = browser()
    address = back_from(client)
    assert come_back(client, f"{address}&iss=https://another.example").status_code == 401


def test_who_calls_it_off_is_back_at_the_sign_in(provider):
    provider.faults = Faults(error="access_denied")
    assert sign_in().url == LOGIN


def test_another_site_starts_no_sign_in_by_itself(provider):
    page = browser().get(reverse("openid_connect_login", args=["spid"]), headers={"Sec-Fetch-Site": "cross-site"})
    assert (page.status_code, "Another site led you here" in page.content.decode()) == (200, True)


def test_a_provider_that_is_not_configured_is_not_found():
    for name in ("openid_connect_login", "openid_connect_callback"):
        assert browser().get(reverse(name, args=["spid"])).status_code == 404


# --- The pages ------------------------------------------------------------------------------------------------------
def test_the_sign_in_page_has_a_button_for_each_provider_and_none_without(provider, settings):
    page = browser().get(f"{LOGIN}?next=/area-riservata/polizze/").content.decode()
    assert "Sign in with SPID" in page
    assert "Colleagues: sign in with Azienda" in page
    assert f"{reverse('openid_connect_login', args=['spid'])}?next=%2Farea-riservata%2Fpolizze%2F" in page
    settings.OPENID_PROVIDERS = []
    assert "Or without a password" not in browser().get(LOGIN).content.decode()


def test_a_linked_identity_is_listed_and_taken_away(provider, account):
    vouch_for(provider, account.customer)
    client = browser()
    sign_in(client)
    row = SocialAccount.objects.get()
    assert reverse("identity_unlink", args=[row.pk]) in client.get(reverse("portal_access")).content.decode()
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.post(reverse("identity_unlink", args=[row.pk]))
    assert not SocialAccount.objects.exists()
    assert Notice.objects.count() == 2


def test_nobody_takes_another_persons_identity_away(provider, account):
    row = SocialAccount.objects.create(user=UserFactory(), provider="spid", uid="user:0")
    vouch_for(provider, account.customer)
    client = browser()
    sign_in(client)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.post(reverse("identity_unlink", args=[row.pk]))
    assert SocialAccount.objects.filter(pk=row.pk).exists()
