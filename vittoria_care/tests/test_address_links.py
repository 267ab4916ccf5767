"""A change of sign-in address by its pages: the reserved area's, the desk's, and the two links."""

import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from django.urls import reverse

from contact_center.models import Contact
from customers import roles
from customers.models import SignInAddressChange
from customers.tests.factories import PASSWORD, ReservedAreaAccountFactory, UserFactory
from customers.tests.sign_in import signed_in, signed_in_as
from foundation import form_guard
from foundation.tests.pages import send_command
from notifications.models import Notice

pytestmark = pytest.mark.django_db
OLD, NEW = "prima@example.it", "nuova@example.it"
PAGE = "/area-riservata/profilo/indirizzo-accesso/"


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """Forms may be sent as soon as they are opened."""
    monkeypatch.setattr(form_guard, "SOONEST", timedelta(seconds=-1))


@pytest.fixture
def account():
    return ReservedAreaAccountFactory(user=UserFactory(email=OLD, role=roles.CUSTOMER))


def confirmed(user):
    """A browser in which the person has just given their password."""
    client = signed_in(user)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


def ask(client, new=NEW):
    hidden = client.get(PAGE).context["form"]
    stamp = {name: hidden[name].value() for name in ("submission_key", "opened")}
    return client.post(PAGE, {**stamp, "website": "", "new": new})


def code_in(kind="address-code"):
    return re.search(r"^[0-9]{6}$", Notice.objects.get(kind=kind).body_text, re.MULTILINE)[0]


def link_in(kind):
    return re.search(r"/accesso/indirizzo/\w+/[\w-]+/", Notice.objects.get(kind=kind).body_text)[0]


def changed(account):
    client = confirmed(account.user)
    client.post(ask(client).url, {"code": code_in()})
    return client


def address_of(account):
    account.user.refresh_from_db()
    return account.user.email


# --- The reserved area ----------------------------------------------------------------------------------------------
def test_the_page_asks_for_the_password_first(account):
    assert signed_in(account.user).get(PAGE).url.startswith(reverse("account_reauthenticate"))


def test_a_person_without_a_password_signs_in_once_more_first(account):
    account.user.set_unusable_password()
    account.user.save()
    client = signed_in(account.user)
    assert client.get(PAGE).url == f"{reverse('account_login')}?next={PAGE}"
    assert "_auth_user_id" not in client.session


def test_the_code_changes_the_address_here_and_signs_out_elsewhere(account):
    elsewhere, here = signed_in(account.user), changed(account)
    assert address_of(account) == NEW
    assert here.get(reverse("portal_profile")).status_code == 200
    assert elsewhere.get(reverse("portal_profile")).status_code == 302


def test_an_address_of_another_reads_the_same_page(account):
    client = confirmed(account.user)
    free, taken = ask(client), ask(client, UserFactory().email)
    pages = [client.get(answer.url).content.decode() for answer in (free, taken)]
    assert [free.status_code, taken.status_code] == [302, 302]
    words = [re.sub(r"\S+@\S+|value=\"[^\"]+\"|X-CSRFToken.*?}", "", re.sub(r"<[^>]*>", " ", page)) for page in pages]
    assert words[0] == words[1]


def test_a_wrong_code_keeps_the_page_and_says_so(account):
    client = confirmed(account.user)
    page = client.post(ask(client).url, {"code": "000000" if code_in() != "000000" else "111111"})
    assert page.status_code == 422
    assert "This is not the code that we sent" in page.content.decode()
    assert address_of(account) == OLD


def test_a_shape_that_is_no_address_is_named(account):
    assert "new" in ask(confirmed(account.user), "nessuna chiocciola").context["form"].errors


def test_another_persons_change_is_not_found(account):
    client = confirmed(account.user)
    to = ask(client).url
    assert signed_in(ReservedAreaAccountFactory().user).get(to).status_code == 404


# --- The desk -------------------------------------------------------------------------------------------------------
def at_desk(account, name):
    return reverse("admin:customers_customer_command", args=[account.customer_id, name])


def ask_at_desk(agent, account, **changed):
    to = at_desk(account, "indirizzo-accesso")
    key = agent.get(to).context["form"].initial["key"]
    data = {
        "key": key,
        "account": account.pk,
        "new": NEW,
        "questions": ["birth_date", "policy"],
        "reason": "La casella è chiusa.",
    }
    return send_command(agent, to, data | changed)


def test_an_agent_helps_and_the_code_is_read_back(account):
    agent = signed_in_as(roles.AGENT)
    assert ask_at_desk(agent, account).status_code == 302
    send_command(agent, at_desk(account, "conferma-indirizzo-accesso"), {"code": code_in()})
    assert address_of(account) == NEW
    file = agent.get(reverse("admin:customers_customer_change", args=[account.customer_id])).content.decode()
    assert "La casella è chiusa." in file


def test_wrong_codes_at_the_desk_are_counted_too(account):
    agent = signed_in_as(roles.AGENT)
    ask_at_desk(agent, account)
    wrong = "000000" if code_in() != "000000" else "111111"
    for _each in range(5):
        send_command(agent, at_desk(account, "conferma-indirizzo-accesso"), {"code": wrong})
    assert SignInAddressChange.objects.get().tries == 5
    assert not SignInAddressChange.objects.get().may_be_proved


@pytest.mark.parametrize("lacking", [{"questions": []}, {"questions": ["policy"]}, {"reason": ""}, {"new": "x"}])
def test_the_desk_changes_nothing_without_questions_and_a_reason(account, lacking):
    ask_at_desk(signed_in_as(roles.AGENT), account, **lacking)
    assert not SignInAddressChange.objects.exists()


@pytest.mark.parametrize("role", [roles.AUDITOR, roles.MANAGER])
def test_who_only_reads_changes_no_address(account, role):
    assert signed_in_as(role).get(at_desk(account, "indirizzo-accesso")).status_code == 403


# --- The links ------------------------------------------------------------------------------------------------------
def test_the_link_to_the_new_address_asks_and_its_button_confirms(account):
    ask_at_desk(signed_in_as(roles.AGENT), account)
    to = link_in("address-code")
    assert Client().get(to).status_code == 200
    assert address_of(account) == OLD
    assert Client().post(to).status_code == 200
    assert address_of(account) == NEW


def test_the_link_to_the_old_address_puts_it_back_and_shuts_everybody_out(account):
    inside = changed(account)
    account.user.refresh_from_db()
    Authenticator.objects.create(user=account.user, type="totp", data={"secret": "x"})
    SocialAccount.objects.create(user=account.user, provider="spid", uid="1")
    to = link_in("address-changed")
    assert Client().get(to).status_code == 200
    assert address_of(account) == NEW
    assert Client().post(to).status_code == 200
    assert address_of(account) == OLD
    assert inside.get(reverse("portal_profile")).status_code == 302
    assert not Authenticator.objects.exists()
    assert not SocialAccount.objects.exists()


def test_the_desk_hears_once_of_an_address_that_was_put_back(account):
    changed(account)
    to = link_in("address-changed")
    assert [Client().post(to).status_code for _each in range(2)] == [200, 200]
    contact = Contact.objects.get()
    assert (contact.customer, contact.address, contact.state) == (account.customer, OLD, Contact.State.OPEN)


@pytest.mark.parametrize("name", ["sign_in_address_confirm", "sign_in_address_undo"])
def test_a_link_that_is_none_of_ours_changes_nothing(name):
    to = reverse(name, args=["indovinato"])
    assert [Client().get(to).status_code, Client().post(to).status_code] == [410, 410]
