"""A code by e-mail in place of the password: how it lets in, how often it is sent, and what it does not tell."""

import re
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers import roles
from customers.tests.factories import PASSWORD, ReservedAreaAccountFactory, UserFactory
from notifications.models import Notice
from notifications.services.queueing import TYPED_PER_DAY

pytestmark = pytest.mark.django_db

ASK, WRITE = reverse("account_request_login_code"), reverse("account_confirm_login_code")


@pytest.fixture
def customer():
    return ReservedAreaAccountFactory(user__email="maria@example.it").user


def ask(client, address="maria@example.it", network="192.0.2.1", **more):
    return client.post(ASK, {"login": address, **more}, REMOTE_ADDR=network)


def code_of(address="maria@example.it"):
    text = Notice.objects.filter(address=address).latest("pk").body_text
    return re.search(r"\b[A-Z]{4}-[A-Z]{4}\b", text)[0]


def is_in(client):
    return "_auth_user_id" in client.session


# --- Letting in
def test_the_sign_in_page_sends_a_code_to_the_address_written_on_it(customer):
    client = Client()
    page = client.get(reverse("account_login")).content.decode()
    assert f'formaction="{ASK}"' in page
    assert ask(client, password="").url == WRITE
    assert client.post(WRITE, {"code": code_of()}).url == reverse("after_sign_in")
    assert client.get(reverse("reserved_area")).status_code == 200


def test_the_code_leads_to_the_page_that_was_asked_for(customer):
    client = Client()
    target = "/area-riservata/polizze/"
    assert ask(client, next=target).url == reverse("account_confirm_login_code", query={"next": target})
    assert client.post(WRITE, {"code": code_of(), "next": target}).url == target


def test_it_is_written_as_people_write_it(customer):
    client = Client()
    ask(client)
    client.post(WRITE, {"code": code_of().lower().replace("-", " ")})
    assert is_in(client)


def test_with_a_second_factor_the_code_alone_is_not_enough(customer):
    Authenticator.objects.create(user=customer, type=Authenticator.Type.TOTP, data={"secret": encrypt("A" * 32)})
    client = Client()
    ask(client)
    assert client.post(WRITE, {"code": code_of()}).url == reverse("mfa_authenticate")
    assert not is_in(client)


def test_staff_who_come_by_a_code_set_up_their_second_factor(settings):
    settings.STAFF_SECOND_FACTOR = "required"
    agent = UserFactory(role=roles.AGENT)
    client = Client()
    ask(client, agent.email)
    client.post(WRITE, {"code": code_of(agent.email)})
    assert client.get(reverse("admin:index")).url.startswith(reverse("mfa_activate_totp"))


# --- What it is worth
def test_it_is_good_for_ten_minutes_and_the_page_says_when_it_is_over(customer):
    client = Client()
    ask(client)
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert client.post(WRITE, {"code": code_of()}).url == ASK
        assert "Questo codice è scaduto" in client.get(ASK).content.decode()
    assert not is_in(client)


def test_the_mail_is_not_sent_when_the_code_is_over(customer):
    ask(Client())
    notice = Notice.objects.get(address="maria@example.it")
    assert notice.expires_at == pytest.approx(timezone.now() + timedelta(minutes=10), abs=timedelta(seconds=30))


def test_it_is_good_in_its_own_browser_alone(customer):
    ask(Client())
    other = Client()
    assert other.post(WRITE, {"code": code_of()}).url == ASK
    assert not is_in(other)


def test_it_is_good_once(customer):
    client = Client()
    ask(client)
    used = code_of()
    client.post(WRITE, {"code": used})
    client.post(reverse("account_logout"))
    client.post(WRITE, {"code": used})
    assert not is_in(client)


def test_after_five_wrong_codes_another_is_asked_for(customer):
    client = Client()
    ask(client)
    answers = [
        client.post(WRITE, {"code": "BBBB-BBBB"}) for _each in range(settings.ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS)
    ]
    assert "Non è il codice della nostra ultima e-mail" in answers[0].content.decode()
    assert answers[-1].url == ASK
    client.post(WRITE, {"code": code_of()})
    assert not is_in(client)


# --- How often
def test_it_is_sent_again_twice_and_each_replaces_the_one_before(customer):
    client = Client()
    ask(client)
    first = code_of()
    for _each in range(3):
        client.post(WRITE, {"action": "resend"})
    assert Notice.objects.filter(address="maria@example.it").count() == 3
    client.post(WRITE, {"code": first})
    assert not is_in(client)
    client.post(WRITE, {"code": code_of()})
    assert is_in(client)


def many_times(address, times):
    """Ask from as many networks, a minute and more between each; returns the answers."""
    answers = []
    for number in range(times):
        with time_machine.travel(timezone.now() + timedelta(minutes=2 * number)):
            answers.append(ask(Client(), address, f"192.0.2.{number}"))
    return answers


@pytest.mark.parametrize(("address", "times"), [("maria@example.it", 50), ("nessuno@example.it", 12)])
def test_a_code_asked_for_fifty_times_fills_nobodys_mailbox(customer, address, times):
    answers = many_times(address, times)
    assert [each.status_code for each in answers] == [302] * 10 + [200] * (times - 10)
    assert answers[-1].context["form"].has_error("email", "too_many_codes")
    states = list(Notice.objects.filter(address=address).order_by("pk").values_list("state", flat=True))
    assert states == ["queued"] * TYPED_PER_DAY + ["withheld"] * 5


def test_strangers_who_ask_keep_nobody_from_a_code_on_a_device_of_theirs(customer):
    client = Client()
    client.post(reverse("account_login"), {"login": customer.email, "password": PASSWORD})
    client.post(reverse("account_logout"))
    many_times(customer.email, 11)
    assert ask(client, network="192.0.2.99").url == WRITE
    assert Notice.objects.filter(address=customer.email).latest("pk").state == "queued"


def test_one_network_asks_twenty_times_a_minute():
    answers = [ask(Client(), f"persona{number}@example.it").status_code for number in range(21)]
    assert answers == [302] * 20 + [200]


# --- What is not told
def test_the_page_does_not_tell_who_has_a_sign_in(customer):
    pages = {}
    for address in ("maria@example.it", "nessuno@example.it"):
        client = Client()
        answer = ask(client, address)
        page = client.get(answer.url).content.decode().replace(address, "")
        pages[address] = (answer.status_code, answer.url, re.sub(r'value="[^"]{60,}"|"X-CSRFToken": "\w+"', "", page))
    assert pages["maria@example.it"] == pages["nessuno@example.it"]
    assert Notice.objects.get(address="nessuno@example.it").user is None


def test_what_is_written_to_nobody_holds_no_code(customer):
    ask(Client(), "nessuno@example.it")
    assert not re.search(r"\b[A-Z]{4}-[A-Z]{4}\b", Notice.objects.get(address="nessuno@example.it").body_text)


def test_an_empty_address_is_asked_for(customer):
    page = ask(Client(), "")
    assert page.status_code == 200
    assert "account/request_login_code.html" in [each.name for each in page.templates]


def test_colleagues_do_not_read_the_code(customer):
    ask(Client())
    auditor = Client()
    auditor.force_login(UserFactory(role=roles.AUDITOR))
    page = auditor.get(reverse("admin:notifications_notice_change", args=[Notice.objects.latest("pk").pk]))
    assert page.status_code == 200
    assert code_of() not in page.content.decode()
