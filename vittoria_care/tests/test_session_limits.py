"""Customers who did nothing for a while sign in again, and so does everybody after some hours."""

import pytest
from django.test import Client
from django.urls import reverse

from contact_center.models import Contact
from contact_center.tests.public_forms import filled
from customers import roles
from customers.tests.factories import ReservedAreaAccountFactory, UserFactory
from vittoria_care.sign_in import session_limits

pytestmark = pytest.mark.django_db

MINUTE, HOUR = 60, 3600


@pytest.fixture
def clock(monkeypatch):
    """The time as the limits see it, moved by hand."""

    class Clock:
        now = 1_800_000_000

        def time(self):
            return self.now

    clock = Clock()
    monkeypatch.setattr(session_limits, "time", clock)
    return clock


@pytest.fixture(autouse=True)
def limits(settings):
    settings.CUSTOMER_IDLE_MINUTES, settings.CUSTOMER_SESSION_HOURS, settings.STAFF_SESSION_HOURS = 30, 12, 12
    settings.STAFF_IDLE_MINUTES = 0


@pytest.fixture
def client(clock):
    client = Client()
    client.force_login(ReservedAreaAccountFactory().user)
    return client


HOME = "/area-riservata/"
SIGN_IN = "/accesso/login/?next=%2Farea-riservata%2F"


def test_a_customer_who_did_nothing_for_half_an_hour_signs_in_again(client, clock):
    assert client.get(HOME).status_code == 200
    clock.now += 29 * MINUTE
    assert client.get(HOME).status_code == 200
    clock.now += 30 * MINUTE
    assert client.get(HOME).url == SIGN_IN
    assert "_auth_user_id" not in client.session


def test_the_first_page_after_the_sign_in_counts_as_doing_something(client, clock):
    client.get(HOME)
    for _each in range(3):
        clock.now += 20 * MINUTE
        assert client.get(HOME).status_code == 200


def test_writing_for_long_counts_too(client, clock):
    client.get(HOME)
    for _each in range(4):
        clock.now += 20 * MINUTE
        assert client.post(reverse("present")).status_code == 204
    assert client.get(HOME).status_code == 200


@pytest.mark.parametrize("role", [None, roles.AGENT], ids=["a customer", "staff"])
def test_after_twelve_hours_everybody_signs_in_again_however_busy(clock, role):
    client = Client()
    client.force_login(UserFactory(role=role) if role else ReservedAreaAccountFactory().user)
    page = reverse("admin:index") if role else HOME
    for _each in range(47):
        assert client.post(reverse("present")).status_code == 204
        clock.now += 15 * MINUTE
    assert client.get(page).status_code == 200
    clock.now += 15 * MINUTE
    assert client.get(page).url.startswith(reverse("account_login"))


def test_staff_may_be_away_as_long_as_their_own_limit_says(clock):
    client = Client()
    client.force_login(UserFactory(role=roles.AGENT))
    client.get(reverse("admin:index"))
    clock.now += 2 * HOUR
    assert client.get(reverse("admin:index")).status_code == 200


def test_no_limit_is_no_limit(client, clock, settings):
    settings.CUSTOMER_IDLE_MINUTES = settings.CUSTOMER_SESSION_HOURS = 0
    client.get(HOME)
    clock.now += 100 * HOUR
    assert client.get(HOME).status_code == 200


def test_a_request_on_a_public_page_is_taken_though_the_session_is_over(client, clock):
    client.get(HOME)
    clock.now += HOUR
    answer = client.post(reverse("open_request"), filled())
    assert answer.status_code == 302
    assert (Contact.objects.get().customer, "_auth_user_id" in client.session) == (None, False)


def test_a_form_of_the_reserved_area_leads_back_to_the_page_where_it_was_written(client, clock):
    client.get(HOME)
    clock.now += HOUR
    page = "/area-riservata/richieste/7/"
    answer = client.post(page + "scrivi/", headers={"referer": f"http://testserver{page}"})
    assert answer.url == "/accesso/login/?next=%2Farea-riservata%2Frichieste%2F7%2F"
    client.force_login(ReservedAreaAccountFactory().user)
    client.get(HOME)
    clock.now += HOUR
    assert client.post(HOME, headers={"referer": "https://elsewhere.example/"}).url == reverse("account_login")


def test_a_part_of_a_page_and_a_program_are_answered_in_their_own_way(client, clock):
    client.get(HOME)
    clock.now += HOUR
    assert client.get(HOME, headers={"hx-request": "true"}).headers["HX-Redirect"].startswith("/accesso/login/")
    manager = Client()
    manager.force_login(UserFactory(role=roles.MANAGER))
    clock.now += 12 * HOUR
    answer = manager.get(reverse("api_figures"))
    assert (answer.status_code, answer.json()["code"]) == (401, "signed_out")


def test_a_session_from_before_there_was_a_limit_begins_now(client, clock):
    session = client.session
    del session[session_limits.BEGAN]
    session.save()
    assert client.get(HOME).status_code == 200
    assert client.session[session_limits.BEGAN] == clock.now
