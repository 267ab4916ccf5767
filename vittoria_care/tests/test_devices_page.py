"""The room "Access and devices": sessions and devices are listed and ended, and the person is informed of what is news."""

from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from customers import roles
from customers.models import KnownDevice
from customers.tests.factories import PASSWORD, ReservedAreaAccountFactory, UserFactory
from notifications.models import Notice
from vittoria_care.sign_in import accounts
from vittoria_care.sign_in.known_devices import DEVICES_AT_MOST, mark_of

pytestmark = pytest.mark.django_db

ROOM, HOME = reverse("portal_access"), reverse("reserved_area")
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1 (KHTML, like Gecko) Version/19.1 Mobile/15E148 Safari/604.1"
NEW_DEVICE = "Un accesso da un nuovo dispositivo"
NEW_PASSWORD = "un-altra-parola-lunga"


@pytest.fixture
def customer():
    return ReservedAreaAccountFactory(user__language="it").user


def browser(user, user_agent=CHROME, address="192.0.2.1", client=None):
    """A browser in which the user signs in by the page."""
    client = client or Client(headers={"user-agent": user_agent}, REMOTE_ADDR=address)
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    return client


def shown(client, name="sessions", page=ROOM):
    return client.get(page).context[name]


def mails(user):
    return list(Notice.objects.filter(user=user).order_by("pk").values_list("subject", flat=True))


# --- Sessions
def test_sessions_are_listed_in_words_and_this_one_is_marked(customer):
    phone, desk = browser(customer, IPHONE, "192.0.2.7"), browser(customer)
    listed = [(each["device"], each["address"], each["is_this"]) for each in shown(desk)]
    assert listed == [("Chrome su Windows", "192.0.2.1", True), ("Safari su iPhone", "192.0.2.7", False)]
    assert [each["is_this"] for each in shown(phone)] == [False, True]


def test_an_ended_session_opens_nothing_from_the_next_request_on(customer):
    phone, desk = browser(customer, IPHONE), browser(customer)
    (other,) = [each for each in shown(desk) if not each["is_this"]]
    desk.post(reverse("end_session", args=[other["pk"]]))
    assert phone.get(HOME).url.startswith(reverse("account_login"))
    assert desk.get(HOME).status_code == 200
    assert len(shown(desk)) == 1


def test_all_others_are_ended_at_once(customer):
    others = [browser(customer) for _each in range(3)]
    here, strangers = browser(customer), browser(UserFactory())
    here.post(reverse("end_other_sessions"))
    assert [each.get(HOME).status_code for each in others] == [302] * 3
    assert (here.get(HOME).status_code, UserSession.objects.count()) == (200, 2)
    assert strangers.get(reverse("after_sign_in")).url == HOME


def test_nobody_ends_anothers_session_and_twice_does_no_harm(customer):
    theirs, mine = browser(customer), browser(UserFactory())
    session = UserSession.objects.get(user=customer)
    assert mine.post(reverse("end_session", args=[session.pk])).status_code == 302
    assert theirs.get(HOME).status_code == 200
    owner = browser(customer)
    for _each in range(2):
        assert owner.post(reverse("end_session", args=[session.pk])).status_code == 302
    assert theirs.get(HOME).status_code == 302


def test_this_session_ends_by_signing_out_and_leaves_the_list(customer):
    phone, desk = browser(customer, IPHONE), browser(customer)
    (this,) = [each for each in shown(desk) if each["is_this"]]
    desk.post(reverse("end_session", args=[this["pk"]]))
    assert desk.get(HOME).status_code == 200
    desk.post(reverse("account_logout"))
    assert [each["device"] for each in shown(phone)] == ["Safari su iPhone"]


def test_a_session_in_which_nothing_was_done_is_no_longer_listed(customer, settings):
    settings.CUSTOMER_IDLE_MINUTES = 30
    browser(customer, IPHONE)
    with time_machine.travel(timezone.now() + timedelta(minutes=31)):
        assert [each["is_this"] for each in shown(browser(customer))] == [True]


def test_an_apps_session_is_listed_however_long_it_was_idle(customer, settings):
    settings.CUSTOMER_IDLE_MINUTES = 30
    browser(customer, IPHONE)
    UserSession.objects.update(data={"app": True})
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        assert [each["is_this"] for each in shown(browser(customer))] == [True, False]


def test_when_a_session_was_last_used_is_noted_once_a_minute(customer):
    desk = browser(customer)
    began = UserSession.objects.get().last_seen_at
    desk.get(HOME)
    assert UserSession.objects.get().last_seen_at == began
    with time_machine.travel(began + timedelta(minutes=2), tick=False):
        desk.get(HOME, REMOTE_ADDR="192.0.2.50")
    seen = UserSession.objects.get()
    assert (seen.last_seen_at, seen.ip) == (began + timedelta(minutes=2), "192.0.2.50")


def test_a_visitor_whose_address_cannot_be_read_signs_in(customer):
    desk = browser(customer, address="not an address")
    assert [each["address"] for each in shown(desk)] == [""]


def test_a_new_password_ends_every_other_session(customer):
    phone, desk = browser(customer, IPHONE), browser(customer)
    new = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    since = UserSession.objects.latest("pk").created_at
    desk.post(reverse("account_change_password"), new)
    assert phone.get(HOME).status_code == 302
    assert [(each["is_this"], each["since"]) for each in shown(desk)] == [(True, since)]
    assert mails(customer)[-1] == "La Sua password è stata cambiata"


def test_the_list_has_pages_and_asks_as_much_for_one_as_for_many(customer):
    desk = browser(customer)
    shown(desk)
    with CaptureQueriesContext(connection) as one:
        desk.get(ROOM)
    for _each in range(12):
        browser(customer, IPHONE)
    with CaptureQueriesContext(connection) as many:
        page = desk.get(ROOM)
    assert len(many) == len(one)
    assert (len(page.context["sessions"]), page.context["page"]["next_url"]) == (10, "?pagina=2")
    assert len(shown(desk, page=f"{ROOM}?pagina=2")) == 3


# --- Devices
def test_a_device_is_listed_with_since_when_and_until_when_it_is_remembered(customer):
    desk = browser(customer)
    KnownDevice.objects.update(remembered_until=timezone.now() + timedelta(days=30))
    (device,) = shown(desk, "devices")
    assert (device["device"], device["is_this"]) == ("Chrome su Windows", True)
    assert device["until"] > timezone.now()


def test_a_sign_in_from_a_new_device_is_reported_and_the_first_and_known_ones_are_not(customer):
    desk = browser(customer)
    desk.post(reverse("account_logout"))
    browser(customer, client=desk)
    assert mails(customer) == []
    browser(customer, IPHONE)
    assert mails(customer) == [NEW_DEVICE]
    assert "Safari su iPhone" in Notice.objects.get(user=customer).body_text


def test_every_sign_in_of_the_app_but_the_first_is_reported(customer, monkeypatch):
    monkeypatch.setattr(accounts, "is_headless_request", lambda request: "app")
    for _each in range(3):
        browser(customer, "VittoriaCare/3.2 (iPhone; iOS 19.1)")
    assert mails(customer) == [NEW_DEVICE, NEW_DEVICE]
    assert not KnownDevice.objects.exists()


def test_it_is_reported_to_an_earlier_address_too_in_the_persons_language(customer):
    earlier = customer.email
    browser(customer)
    customer.email, customer.language = "nuovo@example.it", "en"
    customer.save(update_fields=["email", "language"])
    browser(customer, IPHONE)
    told = Notice.objects.filter(subject="A sign-in from a new device")
    assert set(told.values_list("address", flat=True)) == {earlier, "nuovo@example.it"}


def test_a_forgotten_device_is_a_new_one_at_the_next_sign_in(customer):
    desk = browser(customer)
    desk.post(reverse("forget_device", args=[KnownDevice.objects.get().pk]))
    assert mails(customer) == []
    desk.post(reverse("account_logout"))
    browser(customer, client=desk)
    assert mails(customer) == [NEW_DEVICE]


def test_a_remembered_device_that_is_taken_away_asks_for_the_code_again_and_is_reported(customer):
    Authenticator.objects.create(user=customer, type=Authenticator.Type.TOTP, data={"secret": encrypt("A" * 32)})
    desk = Client()
    browser(customer, client=desk)
    desk.force_login(customer)
    device = KnownDevice.objects.create(
        user=customer, number="1", password_mark=mark_of(customer), remembered_until=timezone.now() + timedelta(days=3)
    )
    session = desk.session
    session["second_factor_passed_by"] = customer.pk
    session.save()
    for _each in range(2):
        desk.post(reverse("forget_device", args=[device.pk]))
    assert mails(customer) == ["Un dispositivo ricordato è stato tolto"]


def test_nobody_forgets_anothers_device(customer):
    browser(customer)
    device = KnownDevice.objects.get()
    browser(UserFactory()).post(reverse("forget_device", args=[device.pk]))
    assert KnownDevice.objects.filter(pk=device.pk).exists()


def test_of_very_many_devices_the_oldest_make_room(customer):
    browser(customer)
    KnownDevice.objects.bulk_create(
        KnownDevice(user=customer, number=f"{number}", password_mark=mark_of(customer)) for number in range(30)
    )
    assert len(shown(browser(customer), "devices")) == DEVICES_AT_MOST


def test_after_a_new_password_the_device_that_chose_it_is_known_and_no_other(customer):
    phone, desk = browser(customer, IPHONE), browser(customer)
    new = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    desk.post(reverse("account_change_password"), new)
    assert [each["is_this"] for each in shown(desk, "devices")] == [True]
    before = mails(customer)
    for client in (desk, phone):
        client.post(reverse("account_logout"))
        client.post(reverse("account_login"), {"login": customer.email, "password": NEW_PASSWORD})
    assert mails(customer)[len(before) :] == [NEW_DEVICE]


# --- Whose page
def test_customers_are_led_to_their_room_and_reach_it_from_profile_and_more(customer):
    desk = browser(customer)
    assert desk.get(reverse("devices")).url == ROOM
    for name in ("portal_profile", "portal_more"):
        assert f'href="{ROOM}"' in desk.get(reverse(name)).content.decode()


def test_staff_have_the_same_page_behind_their_second_factor(settings):
    settings.STAFF_SECOND_FACTOR = "required"
    agent = UserFactory(role=roles.AGENT)
    desk = browser(agent)
    for address in (reverse("devices"), reverse("end_other_sessions")):
        assert desk.post(address).url.startswith(reverse("mfa_activate_totp"))
    settings.STAFF_SECOND_FACTOR = "optional"
    assert [each["is_this"] for each in shown(desk, page=reverse("devices"))] == [True]


def test_a_session_that_never_gave_a_code_does_not_reach_the_page(customer):
    desk = browser(customer)
    Authenticator.objects.create(user=customer, type=Authenticator.Type.TOTP, data={"secret": encrypt("A" * 32)})
    assert desk.get(reverse("devices")).url.startswith(reverse("mfa_reauthenticate"))
