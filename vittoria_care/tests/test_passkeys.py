"""Passkeys: a sign-in by one step, a second factor for staff, and what is refused."""

import json

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from django.test import Client
from django.urls import reverse

from customers import roles
from customers.models import KnownDevice
from customers.tests.factories import PASSWORD, ReservedAreaAccountFactory, UserFactory
from customers.tests.sign_in import signed_in
from notifications.models import Notice
from vittoria_care.sign_in import passkeys
from vittoria_care.tests.soft_passkey import HOST, SoftPasskey, add, answer, sign_in, store

pytestmark = pytest.mark.django_db

HOME = reverse("reserved_area")


def by_password(user):
    client = Client()
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    return client


@pytest.fixture
def customer():
    return ReservedAreaAccountFactory().user


@pytest.fixture
def key(customer):
    key = SoftPasskey()
    assert add(by_password(customer), key).url == reverse("devices")
    return key


def is_in(client):
    return "_auth_user_id" in client.session


def said(client):
    """What the sign-in page says after a refusal."""
    return [str(each) for each in client.get(reverse("account_login")).context["messages"]]


# --- Adding one
def test_a_passkey_is_added_after_a_fresh_sign_in_and_reported(customer):
    add(by_password(customer), SoftPasskey(), name="Telefono di Maria")
    assert str(Authenticator.objects.get(user=customer)) == "Telefono di Maria"
    notice = Notice.objects.get(user=customer)
    assert (notice.address, "Telefono di Maria" in notice.body_text) == (customer.email, True)


def test_an_older_session_is_asked_who_it_is_first(customer):
    assert signed_in(customer).get(reverse("mfa_add_webauthn")).url.startswith(reverse("account_reauthenticate"))


def test_a_customer_gets_no_recovery_codes_with_it_and_staff_do(customer, key):
    assert Authenticator.objects.get(user=customer).type == Authenticator.Type.WEBAUTHN
    agent = UserFactory(role=roles.AGENT)
    assert add(by_password(agent), SoftPasskey()).url == reverse("mfa_view_recovery_codes")


def test_a_device_that_asks_for_nothing_cannot_keep_one(customer):
    page = add(by_password(customer), SoftPasskey(verifies=False))
    assert page.context["form"].non_field_errors() == [str(passkeys.NOT_STORED)]
    assert not Authenticator.objects.exists()


def test_there_is_a_most_of_them(customer):
    for _each in range(passkeys.PASSKEYS_AT_MOST):
        store(customer, SoftPasskey())
    page = add(by_password(customer), SoftPasskey())
    assert page.context["form"].has_error("__all__", "too_many_passkeys")
    assert Authenticator.objects.count() == passkeys.PASSKEYS_AT_MOST


def test_without_scripts_the_page_says_what_is_missing(customer):
    page = by_password(customer).post(reverse("mfa_add_webauthn"), {"name": "Chiave", "credential": ""})
    assert page.context["form"].non_field_errors() == [str(passkeys.NEEDS_SCRIPTS)]


# --- Signing in by one
def test_it_signs_in_alone_and_leads_to_the_page_asked_for(customer, key):
    client = Client()
    assert sign_in(client, key, next="/area-riservata/polizze/").url == "/area-riservata/polizze/"
    assert client.get(HOME, headers={"host": HOST}).status_code == 200


def test_it_leads_to_no_other_site(key):
    assert sign_in(Client(), key, next="https://altrove.example/").url == reverse("after_sign_in")


def test_a_customer_who_added_one_still_signs_in_with_the_password_alone(customer, key):
    assert by_password(customer).get(HOME).status_code == 200


def test_it_is_enough_for_a_customer_with_an_authenticator_app(customer, key):
    Authenticator.objects.create(user=customer, type=Authenticator.Type.TOTP, data={"secret": encrypt("A" * 32)})
    client = Client()
    sign_in(client, key)
    assert is_in(client)


def test_staff_come_in_with_it_as_their_second_factor(settings):
    settings.STAFF_SECOND_FACTOR = "required"
    agent, key = UserFactory(role=roles.AGENT), SoftPasskey()
    add(by_password(agent), key)
    client = by_password(agent)
    assert not is_in(client)
    page = client.get(reverse("mfa_authenticate"), headers={"host": HOST})
    given = key.get(json.loads(json.dumps(page.context["js_data"]["request_options"])))
    client.post(reverse("mfa_authenticate"), {"credential": given}, headers={"host": HOST})
    assert client.get(reverse("admin:index")).status_code == 200


def test_staff_whose_session_is_older_than_their_passkey_are_asked_for_it(settings):
    settings.STAFF_SECOND_FACTOR = "required"
    agent, key = UserFactory(role=roles.AGENT), SoftPasskey()
    client = by_password(agent)
    store(agent, key)
    asked = client.get(reverse("admin:index")).url
    assert asked == reverse("mfa_reauthenticate_webauthn", query={"next": reverse("admin:index")})
    page = client.get(asked, headers={"host": HOST})
    given = key.get(json.loads(json.dumps(page.context["js_data"]["request_options"])))
    client.post(asked, {"credential": given}, headers={"host": HOST})
    assert client.get(reverse("admin:index")).status_code == 200


# --- What is refused
def test_one_that_was_removed_opens_nothing(customer, key):
    client = by_password(customer)
    passkey = Authenticator.objects.get(user=customer)
    assert client.post(reverse("mfa_remove_webauthn", args=[passkey.pk])).url == reverse("devices")
    lost = Client()
    assert sign_in(lost, key).url == reverse("account_login")
    assert not is_in(lost)
    assert said(lost) == [str(passkeys.NOT_ACCEPTED)]


def test_one_of_another_account_does_not_open_this_one(customer, key):
    other = UserFactory()
    theirs = SoftPasskey()
    store(other, theirs)
    theirs.handle = key.handle  # claims to be the customer's
    client = Client()
    sign_in(client, theirs)
    assert not is_in(client)


def test_one_that_answers_for_another_site_is_refused(customer, key):
    key.origin = "https://vittoria-care.example.net"
    client = Client()
    sign_in(client, key)
    assert not is_in(client)


def test_an_answer_is_good_once_and_in_its_own_browser(customer, key):
    client = Client()
    given = {"credential": answer(client, key)}
    other = Client()
    other.post(reverse("mfa_login_webauthn"), given, headers={"host": HOST})
    assert not is_in(other)
    client.post(reverse("mfa_login_webauthn"), given, headers={"host": HOST})
    assert is_in(client)
    client.post(reverse("account_logout"))
    client.post(reverse("mfa_login_webauthn"), given, headers={"host": HOST})
    assert not is_in(client)


def test_a_device_that_asks_for_nothing_does_not_sign_in(customer, key):
    key.verifies = False
    client = Client()
    sign_in(client, key)
    assert not is_in(client)


def test_one_stored_without_its_holder_verified_is_no_proof_alone(customer):
    weak = SoftPasskey(verifies=False)
    store(customer, weak)
    weak.verifies = True  # what comes now is right: it is the key that was never bound to a person
    client = Client()
    assert sign_in(client, weak).url == reverse("account_login")
    assert not is_in(client)
    assert said(client) == [str(passkeys.NOT_ACCEPTED)]


@pytest.mark.parametrize(
    "given",
    ["", "{", "[]", "7", '"x"', "{}", '{"response": 1}', '{"response": {"userHandle": "!"}}', '{"response": {}}'],
)
def test_what_no_browser_sends_is_refused_in_words(given):
    client = Client()
    client.get(reverse("mfa_login_webauthn"), headers={"accept": "application/json"})
    assert client.post(reverse("mfa_login_webauthn"), {"credential": given}).url == reverse("account_login")
    assert said(client) == [str(passkeys.NEEDS_SCRIPTS if given in ("", "[]", "{}") else passkeys.NOT_ACCEPTED)]


def test_an_inactive_person_does_not_sign_in_by_one(customer, key):
    customer.is_active = False
    customer.save()
    client = Client()
    sign_in(client, key)
    assert not is_in(client)


# --- The list
def test_a_passkey_is_renamed_and_nobody_reaches_anothers(customer, key):
    passkey = Authenticator.objects.get(user=customer)
    client = by_password(customer)
    client.post(reverse("mfa_edit_webauthn", args=[passkey.pk]), {"name": "Portatile"})
    passkey.refresh_from_db()
    assert str(passkey) == "Portatile"
    stranger = by_password(UserFactory())
    for name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        assert stranger.post(reverse(name, args=[passkey.pk]), {"name": "x"}).status_code == 404
    assert Authenticator.objects.filter(pk=passkey.pk).exists()


def test_removing_one_reports_it_and_forgets_remembered_devices(customer, key):
    client = by_password(customer)
    KnownDevice.objects.update(remembered_until="2099-01-01T00:00Z")
    client.post(reverse("mfa_remove_webauthn", args=[Authenticator.objects.get(user=customer).pk]))
    assert Notice.objects.filter(user=customer).latest("pk").subject == "È stata eliminata una passkey"
    assert not KnownDevice.objects.remembered().exists()


def test_staff_with_another_second_factor_stay_in_when_one_is_removed(settings):
    settings.STAFF_SECOND_FACTOR = "required"
    agent = UserFactory(role=roles.AGENT)
    client = by_password(agent)
    add(client, SoftPasskey())
    Authenticator.objects.create(user=agent, type=Authenticator.Type.TOTP, data={"secret": encrypt("A" * 32)})
    client.post(reverse("mfa_remove_webauthn", args=[Authenticator.objects.get(user=agent, type="webauthn").pk]))
    assert client.get(reverse("admin:index")).status_code == 200


# --- The offer
def test_a_customer_without_one_is_offered_one_once_on_a_device(customer):
    client = by_password(customer)
    assert "data-passkey-offer" in client.get(HOME).content.decode()
    client.post(reverse("passkey_later"))
    assert "data-passkey-offer" not in client.get(HOME).content.decode()
    client.post(reverse("account_logout"))
    client.post(reverse("account_login"), {"login": customer.email, "password": PASSWORD})
    assert "data-passkey-offer" not in client.get(HOME).content.decode()


def test_whoever_has_one_is_offered_none(customer, key):
    assert "data-passkey-offer" not in by_password(customer).get(HOME).content.decode()


@pytest.mark.parametrize("name", ["mfa_add_webauthn", "mfa_reauthenticate_webauthn"])
def test_pages_of_passkeys_run_no_script_inside_the_page(customer, key, name):
    page = by_password(customer).get(reverse(name)).content.decode()
    assert "<script>" not in page
    assert " onclick=" not in page
    assert "js/passkeys.js" in page
