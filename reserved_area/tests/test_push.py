"""The room about notifications: this browser is subscribed and switched off, and nobody else's device is touched."""

import hashlib

import pytest
from django.urls import reverse

from customers.devices import MOST
from customers.models import AppDevice
from customers.models.account import Capacity
from customers.tests.factories import AppDeviceFactory, BrowserFactory, MandateFactory, ReservedAreaAccountFactory
from customers.tests.sign_in import signed_in
from notifications.tests.push_servers import Browser

pytestmark = pytest.mark.django_db

ROOM, ON = "/area-riservata/notifiche/", "/area-riservata/notifiche/attiva/"
ENDPOINT = "https://updates.push.services.mozilla.com/wpush/v2/1"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture(autouse=True)
def browsers_are_served(settings):
    settings.PUSH_PROVIDERS = ["file"]


@pytest.fixture
def account():
    return ReservedAreaAccountFactory()


def subscribe(client, **given):
    return client.post(ON, Browser(ENDPOINT).subscription | given, headers={"user-agent": FIREFOX})


def test_a_browser_is_subscribed_and_named_for_what_it_is(account):
    answer = subscribe(signed_in(account.user))
    assert (answer.status_code, answer.json()) == (201, {"to": ROOM})
    device = AppDevice.objects.get()
    assert (device.user, device.platform, device.token, device.name) == (
        account.user,
        "web",
        ENDPOINT,
        "Firefox su Linux",
    )


def test_the_room_knows_this_browser_without_giving_its_address_away(account):
    device = BrowserFactory(user=account.user)
    BrowserFactory()
    page = signed_in(account.user).get(ROOM)
    text = page.content.decode()
    assert hashlib.sha256(device.token.encode()).hexdigest() in text
    assert device.token not in text
    assert [each["device"] for each in page.context["devices"]] == [device]
    assert 'data-key="B' in text


def test_a_device_that_is_gone_says_what_to_do(account):
    BrowserFactory(user=account.user, retired_at="2026-11-01T10:00Z")
    assert "Non raggiunto" in signed_in(account.user).get(ROOM).content.decode()


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"endpoint": "https://127.0.0.1/"}, 409),
        ({"endpoint": ""}, 400),
        ({"endpoint": "https://fcm.googleapis.com/" + "x" * 1000}, 400),
        ({"p256dh": "AAAA"}, 409),
        ({"auth": ""}, 400),
    ],
)
def test_what_cannot_be_used_says_why_and_is_not_kept(account, given, status):
    answer = subscribe(signed_in(account.user), **given)
    assert (answer.status_code, bool(answer.json()["problem"])) == (status, True)
    assert not AppDevice.objects.exists()


def test_there_is_a_most_of_devices(account):
    for _number in range(MOST):
        AppDeviceFactory(user=account.user)
    assert subscribe(signed_in(account.user)).status_code == 409


def test_it_is_switched_off_by_its_owner_alone(account):
    device = BrowserFactory(user=account.user)
    off = reverse("portal_push_off", args=[device.pk])
    assert signed_in(ReservedAreaAccountFactory().user).post(off).status_code == 404
    assert signed_in(account.user).post(off).status_code == 302
    assert not AppDevice.objects.exists()


def test_where_browsers_are_not_served_nobody_is_asked(account, settings):
    for name, value in {"PUSH_PROVIDERS": [], "INSTALLABLE": False, "WEB_PUSH_PRIVATE_KEY": ""}.items():
        before = getattr(settings, name)
        setattr(settings, name, value)
        page = signed_in(account.user).get(ROOM).content.decode()
        assert "data-push" not in page
        assert subscribe(signed_in(account.user)).status_code == 400
        setattr(settings, name, before)


def test_an_heir_has_no_such_room(account):
    heir = ReservedAreaAccountFactory(capacity=Capacity.HEIR, mandate=MandateFactory())
    assert signed_in(heir.user).get(ROOM).status_code == 403
