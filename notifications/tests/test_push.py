"""Notifications on devices: beside a notice of the reserved area, never instead of one, and readable by one browser alone."""

import json
from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.utils import timezone

from customers.devices import register_browser, register_device
from customers.models import AppDevice
from customers.models.account import Capacity
from customers.push_services import is_of_push_service
from customers.tests.factories import AppDeviceFactory, BrowserFactory, MandateFactory, ReservedAreaAccountFactory
from foundation.refusals import Refused
from notifications.channels import Unavailable
from notifications.channels.push.configured import browser_key, providers
from notifications.channels.push.encryption import LONGEST, encrypt
from notifications.channels.push.fcm import refusal_of as fcm_refusal
from notifications.channels.push.providers import wait_of
from notifications.channels.push.web import refusal_of as web_refusal
from notifications.delivery import deliver_notices, flag_stuck
from notifications.kinds import POLICY_EXPIRING
from notifications.ladder import has_reached
from notifications.models import Notice
from notifications.pushing import announce
from notifications.tests.factories import InboxNoticeFactory, NoticePreferenceFactory
from notifications.tests.push_servers import TOKEN, Browser, push_server

pytestmark = pytest.mark.django_db

Channel, State = Notice.Channel, Notice.State
KEY = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"
NOON = datetime(2026, 11, 30, 11, tzinfo=UTC)


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOON, tick=True):
        yield


@pytest.fixture
def files(settings, tmp_path):
    settings.PUSH_PROVIDERS, settings.PUSH_FILE_PATH = ["file"], tmp_path
    return lambda: [json.loads(path.read_text()) for path in sorted(tmp_path.glob("*.json"))]


@pytest.fixture
def service(settings):
    """A push service of the tests' own, and a browser whose subscription is there."""
    with push_server() as server:
        settings.PUSH_PROVIDERS = ["web"]
        settings.WEB_PUSH_PRIVATE_KEY, settings.WEB_PUSH_CONTACT = KEY, "mailto:care@example.it"
        settings.WEB_PUSH_SERVICES = [server.url]
        yield server


def browser_of(account, server, path="/wpush/1"):
    browser = Browser(server.url + path)
    device, _is_new = register_browser(user=account.user, name="Firefox su Linux", **browser.subscription)
    return browser, device


def inbox(account, **given):
    return InboxNoticeFactory(customer=account.customer, kind="policy-expiring", **given)


def deliver(*notices):
    return dict(deliver_notices([each.pk for each in notices]))


def pushes():
    return Notice.objects.filter(channel=Channel.PUSH).order_by("pk")


# --- Beside the reserved area
def test_what_reaches_the_reserved_area_is_announced_on_each_device_of_its_readers(files):
    account = ReservedAreaAccountFactory()
    AppDeviceFactory(user=account.user)
    BrowserFactory(user=account.user)
    notice = inbox(account)
    assert deliver(notice) == {"sent": 1}
    assert deliver(*pushes()) == {"sent": 2}
    assert {each["platform"] for each in files()} == {"ios", "web"}
    assert {each["title"] for each in files()} == {"Polizza in scadenza"}
    assert {each["link"] for each in files()} == {f"/area-riservata/avvisi/{notice.pk}/"}


def test_twice_is_once(files):
    account = ReservedAreaAccountFactory()
    AppDeviceFactory(user=account.user)
    notice = inbox(account)
    deliver(notice)
    announce([notice.pk], timezone.now())
    assert pushes().count() == 1


@pytest.mark.parametrize(
    "kind", ["device-notification", "promotion", "complaint-term", "account-mail", "policy_expiry"]
)
def test_what_is_no_notice_of_the_reserved_area_is_not_announced(files, kind):
    account = ReservedAreaAccountFactory()
    AppDeviceFactory(user=account.user)
    notice = InboxNoticeFactory(customer=account.customer, kind=kind, state=State.SENT, sent_at=timezone.now())
    assert announce([notice.pk], timezone.now()) == 0


def test_an_heir_s_and_a_stranger_s_devices_are_left_alone(files):
    account = ReservedAreaAccountFactory()
    heir = ReservedAreaAccountFactory(customer=account.customer, capacity=Capacity.HEIR, mandate=MandateFactory())
    AppDeviceFactory(user=heir.user)
    AppDeviceFactory()
    deliver(inbox(account))
    assert not pushes().exists()


def test_a_confidential_notice_gives_no_details(files):
    account = ReservedAreaAccountFactory()
    AppDeviceFactory(user=account.user)
    with_details = inbox(account)
    object.__setattr__(POLICY_EXPIRING, "is_confidential", True)
    try:
        deliver(with_details)
    finally:
        object.__setattr__(POLICY_EXPIRING, "is_confidential", False)
    assert [each.subject for each in pushes()] == ["Un avviso per Lei"]


def test_nobody_is_woken_at_night(files, settings):
    settings.NOTICE_QUIET_FROM, settings.NOTICE_QUIET_UNTIL = time(22), time(7)
    account = ReservedAreaAccountFactory()
    AppDeviceFactory(user=account.user)
    with time_machine.travel(datetime(2026, 11, 30, 22, 30, tzinfo=UTC)):
        deliver(inbox(account))
        assert deliver(*pushes()) == {}
    assert pushes().get().send_after == datetime(2026, 12, 1, 6, tzinfo=UTC)


def test_whoever_switched_notifications_off_for_a_group_gets_none_of_it(files):
    account = ReservedAreaAccountFactory()
    AppDeviceFactory(user=account.user)
    NoticePreferenceFactory(customer=account.customer, off=["deadlines:push"])
    deliver(inbox(account), InboxNoticeFactory(customer=account.customer, kind="claim-taken-in-charge"))
    assert [each.about_id for each in pushes()] == [Notice.objects.get(kind="claim-taken-in-charge").pk]


def test_whoever_switches_them_off_meanwhile_gets_none(files):
    account = ReservedAreaAccountFactory()
    AppDeviceFactory(user=account.user)
    deliver(inbox(account))
    NoticePreferenceFactory(customer=account.customer, off=["deadlines:push"])
    assert deliver(*pushes()) == {"withheld": 1}


def test_whoever_acts_for_several_is_led_to_the_list(files):
    account = ReservedAreaAccountFactory()
    ReservedAreaAccountFactory(user=account.user)
    AppDeviceFactory(user=account.user)
    deliver(inbox(account))
    deliver(*pushes())
    assert [each["link"] for each in files()] == ["/area-riservata/avvisi/"]


# --- Never counted
def test_a_notification_is_no_way_of_the_matter_and_never_counts():
    notice = InboxNoticeFactory(kind="policy-expiring", once="policy-expiring:1:2026-12-31:inbox")
    push = InboxNoticeFactory(
        customer=notice.customer,
        channel=Channel.PUSH,
        address="device:1",
        kind="device-notification",
        once=f"push:{notice.pk}:1",
        state=State.SENT,
        sent_at=timezone.now(),
    )
    assert list(Notice.objects.about(notice.matter)) == [notice]
    assert not has_reached(push, POLICY_EXPIRING, timezone.now() + timedelta(days=2))


# --- Asked again
def test_what_was_read_meanwhile_is_not_announced(files):
    account = ReservedAreaAccountFactory()
    AppDeviceFactory(user=account.user)
    notice = inbox(account)
    deliver(notice)
    Notice.objects.filter(pk=notice.pk).update(read_at=timezone.now())
    assert deliver(*pushes()) == {"withheld": 1}
    assert files() == []


def test_a_device_that_changed_hands_gets_nothing_of_its_owner_before(files):
    account = ReservedAreaAccountFactory()
    device = AppDeviceFactory(user=account.user)
    deliver(inbox(account))
    register_device(user=ReservedAreaAccountFactory().user, token=device.token, platform="ios")
    assert deliver(*pushes()) == {"withheld": 1}
    assert files() == []


def test_one_whose_worker_died_goes_back_to_the_queue(files):
    account = ReservedAreaAccountFactory()
    AppDeviceFactory(user=account.user)
    deliver(inbox(account))
    pushes().update(state=State.SENDING, claimed_at=timezone.now() - timedelta(hours=1))
    assert flag_stuck(timezone.now()) == 0
    assert pushes().get().state == State.QUEUED


# --- Browsers
def test_a_browser_reads_what_was_encrypted_for_it_and_knows_that_it_is_ours(service):
    account = ReservedAreaAccountFactory()
    browser, _device = browser_of(account, service)
    notice = inbox(account)
    deliver(notice)
    assert deliver(*pushes()) == {"sent": 1}
    assert browser.read(service.last["body"]) == {
        "title": "Polizza in scadenza",
        "text": "La aspetta nell’area riservata di Vittoria Care.",
        "link": f"/area-riservata/avvisi/{notice.pk}/",
        "tag": service.last["headers"]["topic"],
    }
    claims = service.claims(browser_key())
    assert (claims["sub"], claims["aud"]) == ("mailto:care@example.it", service.url)
    assert service.last["headers"]["content-encoding"] == "aes128gcm"
    assert b"Polizza" not in service.last["body"]
    assert pushes().get().receipt == "/message/1"


@pytest.mark.parametrize("status", [404, 410])
def test_a_subscription_that_ended_is_retired_and_comes_back_when_the_browser_asks_again(service, status):
    account = ReservedAreaAccountFactory()
    browser, device = browser_of(account, service)
    deliver(inbox(account))
    service.answers = (status, {}, "gone")
    assert deliver(*pushes()) == {"refused": 1}
    assert not AppDevice.objects.reached().exists()
    deliver(inbox(account))
    assert pushes().count() == 1
    register_browser(user=account.user, name="Firefox", **browser.subscription)
    assert AppDevice.objects.reached().get() == device


def test_a_service_that_knows_nobody_any_more_retires_nobody(service):
    account = ReservedAreaAccountFactory()
    for number in range(6):
        browser_of(account, service, f"/wpush/{number}")
    deliver(inbox(account))
    service.answers = (410, {}, "gone")
    assert deliver(*pushes()) == {"queued": 5}
    assert AppDevice.objects.reached().count() == 6


def test_a_service_that_asks_us_to_wait_is_waited_for_and_the_others_go(service, settings):
    account = ReservedAreaAccountFactory()
    browser_of(account, service)
    browser_of(account, service, "/wpush/2")
    deliver(inbox(account))
    service.answers = (429, {"Retry-After": "1800"}, "slow down")
    with push_server() as other:
        settings.WEB_PUSH_SERVICES = [service.url, other.url]
        browser_of(account, other, "/wpush/3")
        announce(Notice.objects.filter(channel=Channel.INBOX).values_list("pk", flat=True), timezone.now())
        assert deliver(*pushes()) == {"queued": 2, "sent": 1}
        assert len(service.requests) == 1
    waiting = pushes().filter(state=State.QUEUED)
    assert all(each.send_after >= timezone.now() + timedelta(minutes=29) for each in waiting)


def test_a_connection_that_is_lost_leaves_nothing_in_doubt(service):
    account = ReservedAreaAccountFactory()
    browser_of(account, service)
    deliver(inbox(account))
    service.hangs_up = True
    assert deliver(*pushes()) == {"queued": 1}


@pytest.mark.parametrize(
    ("status", "gone", "waits", "ours"),
    [
        (400, False, False, False),
        (401, False, True, True),
        (403, False, True, True),
        (404, True, False, False),
        (410, True, False, False),
        (413, False, False, False),
        (429, False, True, False),
        (500, False, True, False),
        (503, False, True, False),
    ],
)
def test_only_404_and_410_of_a_browser_s_service_retire_it(status, gone, waits, ours):
    refusal = web_refusal(status, "words", None)
    assert getattr(refusal, "no_such_mailbox", False) is gone
    assert isinstance(refusal, Unavailable) is waits
    assert getattr(refusal, "is_ours", False) is ours


def test_what_is_too_long_or_has_no_keys_is_an_error():
    with pytest.raises(ValueError, match="at most"):
        encrypt(b"x" * (LONGEST + 1), p256dh=BrowserFactory.p256dh, auth=BrowserFactory.auth)
    with pytest.raises(ValueError, match=r"point|length|bytes"):
        encrypt(b"x", p256dh="AAAA", auth="AAAA")


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("120", 120), (None, 0), ("soon", 0), ("999999999", 43_200), ("Mon, 30 Nov 2026 11:10:00 GMT", 600)],
)
def test_how_long_we_are_asked_to_wait(header, seconds):
    assert wait_of(header, NOON) == timedelta(seconds=seconds)


# --- Addresses that a visitor gives
@pytest.mark.parametrize(
    ("endpoint", "is_one"),
    [
        ("https://fcm.googleapis.com/fcm/send/abc", True),
        ("https://web.push.apple.com/abc", True),
        ("https://db5p.notify.windows.com/w/?token=abc", True),
        ("http://fcm.googleapis.com/fcm/send/abc", False),
        ("https://fcm.googleapis.com:8443/abc", False),
        ("https://fcm.googleapis.com.example.it/abc", False),
        ("https://user@fcm.googleapis.com/abc", False),
        ("https://127.0.0.1/abc", False),
        ("https://[::1/abc", False),
        ("file:///etc/passwd", False),
        ("", False),
    ],
)
def test_only_addresses_of_known_services_are_called(endpoint, is_one):
    assert is_of_push_service(endpoint) is is_one


@pytest.mark.parametrize("given", [{"p256dh": "AAAA"}, {"auth": "?"}, {"endpoint": "https://evil.example/"}])
def test_a_subscription_that_cannot_be_used_is_refused(given):
    subscription = Browser("https://updates.push.services.mozilla.com/wpush/v2/1").subscription | given
    with pytest.raises(Refused):
        register_browser(user=ReservedAreaAccountFactory().user, name="", **subscription)


# --- The app
@pytest.fixture
def google(settings, tmp_path):
    key = rsa.generate_private_key(65537, 2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with push_server() as server:
        account = {
            "project_id": "care",
            "client_email": "care@care.iam.example",
            "private_key": key.decode(),
            "token_uri": f"{server.url}/token",
        }
        path = tmp_path / "account.json"
        path.write_text(json.dumps(account))
        settings.PUSH_PROVIDERS, settings.FCM_CREDENTIALS, settings.FCM_API_URL = ["fcm"], str(path), server.url
        server.answers = (200, {}, {"name": "projects/care/messages/1"})
        yield server


def test_the_app_is_reached_by_google_with_a_token_of_an_hour(google):
    account = ReservedAreaAccountFactory()
    for _number in range(2):
        AppDeviceFactory(user=account.user)
    deliver(inbox(account))
    assert deliver(*pushes()) == {"sent": 2}
    assert [each["path"] for each in google.requests] == ["/token", *["/v1/projects/care/messages:send"] * 2]
    assert google.last["headers"]["authorization"] == f"Bearer {TOKEN}"
    message = json.loads(google.last["body"])["message"]
    assert message["notification"]["title"] == "Polizza in scadenza"
    assert pushes().first().receipt == "projects/care/messages/1"


def fault(status, code="", field=""):
    details = [{"errorCode": code}] if code else []
    details += [{"fieldViolations": [{"field": field}]}] if field else []
    return status, {"error": {"code": status, "message": "no", "details": details}}


@pytest.mark.parametrize(
    ("answer", "gone", "waits", "ours"),
    [
        (fault(404, "UNREGISTERED"), True, False, False),
        (fault(404), False, True, True),  # another project than ours: nobody's telephone
        (fault(400, "INVALID_ARGUMENT", "message.token"), True, False, False),
        (fault(400, "INVALID_ARGUMENT", "message.android.ttl"), False, False, False),
        (fault(400, "INVALID_ARGUMENT"), False, False, False),
        (fault(403, "SENDER_ID_MISMATCH"), False, True, True),
        (fault(401, "THIRD_PARTY_AUTH_ERROR"), False, True, True),
        (fault(401), False, True, True),
        (fault(429, "QUOTA_EXCEEDED"), False, True, False),
        (fault(503, "UNAVAILABLE"), False, True, False),
        (fault(500, "INTERNAL"), False, True, False),
        ((404, {"error": "not an object"}), False, True, True),
    ],
)
def test_only_the_words_about_a_telephone_retire_it(answer, gone, waits, ours):
    refusal = fcm_refusal(*answer, None)
    assert getattr(refusal, "no_such_mailbox", False) is gone
    assert isinstance(refusal, Unavailable) is waits
    assert getattr(refusal, "is_ours", False) is ours


def test_a_telephone_without_the_app_is_retired(google):
    account = ReservedAreaAccountFactory()
    AppDeviceFactory(user=account.user)
    deliver(inbox(account))
    status, said = fault(404, "UNREGISTERED")
    google.answers = (status, {}, said)
    assert deliver(*pushes()) == {"refused": 1}
    assert not AppDevice.objects.reached().exists()


def test_a_key_that_google_refuses_is_our_fault_and_leaves_all_in_the_queue(google, caplog):
    account = ReservedAreaAccountFactory()
    for _number in range(3):
        AppDeviceFactory(user=account.user)
    deliver(inbox(account))
    google.answers = (418, {}, {"error": "invalid_grant"})
    assert deliver(*pushes()) == {"queued": 1}
    assert AppDevice.objects.reached().count() == 3
    assert "refuses us" in caplog.text


# --- Settings
@pytest.mark.parametrize(
    "given",
    [
        {"PUSH_PROVIDERS": ["pigeon"]},
        {"PUSH_PROVIDERS": ["web"], "WEB_PUSH_PRIVATE_KEY": ""},
        {"PUSH_PROVIDERS": ["web"], "WEB_PUSH_PRIVATE_KEY": "short", "WEB_PUSH_CONTACT": "mailto:a@example.it"},
        {"PUSH_PROVIDERS": ["fcm"], "FCM_CREDENTIALS": ""},
        {"PUSH_PROVIDERS": ["fcm"], "FCM_CREDENTIALS": "/nowhere.json"},
    ],
)
def test_what_is_not_set_up_says_what_is_missing(settings, given):
    for name, value in given.items():
        setattr(settings, name, value)
    with pytest.raises(ImproperlyConfigured):
        providers()


def test_a_key_can_be_made(capsys, settings):
    call_command("web_push_key")
    name, _equals, key = capsys.readouterr().out.strip().partition("=")
    settings.PUSH_PROVIDERS, settings.WEB_PUSH_PRIVATE_KEY = ["web"], key
    assert (name, len(browser_key())) == ("WEB_PUSH_PRIVATE_KEY", 87)
