"""Texts by Twilio: what is sent, what its answers mean, and the signed reports of what became of them."""

from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from notifications.channels import InDoubt, Message, NotTaken, Unavailable
from notifications.channels.sms import SmsChannel
from notifications.delivery import deliver_notices
from notifications.message_ids import message_id_of
from notifications.models import DeliveryReport, Notice, SuppressedAddress
from notifications.tests.factories import NoticeFactory
from notifications.tests.twilio_server import ACCOUNT, TOKEN, signature, twilio_server

pytestmark = pytest.mark.django_db

State, Arrival = Notice.State, Notice.Arrival
NUMBER = "+393331234567"


@pytest.fixture
def twilio(settings):
    with twilio_server() as server:
        settings.SMS_PROVIDER, settings.SMS_SENDER = "twilio", "Vittoria"
        settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = ACCOUNT, TOKEN
        settings.TWILIO_API_URL = server.url
        settings.SITE_URL = "https://care.example"
        yield server


def send(text="Il suo codice è 123456"):
    with SmsChannel() as channel:
        return channel.send(Message(address=NUMBER, subject="", text=text, message_id="<a@b>"), lambda: None)


def text_notice(**fields):
    return NoticeFactory(channel="sms", address=NUMBER, body_text="La polizza scade.", **fields)


# --- What is sent
def test_a_text_goes_with_its_sender_and_the_address_of_its_reports(twilio):
    receipt = send()
    [sent] = twilio.sent
    assert sent["path"] == f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    assert (sent["To"], sent["From"], sent["Body"]) == (NUMBER, "Vittoria", "Il suo codice è 123456")
    reports = urlsplit(sent["StatusCallback"])
    assert (
        f"{reports.scheme}://{reports.netloc}{reports.path}"
        == "https://care.example/comunicazioni/sms/riscontri/twilio/"
    )
    assert parse_qs(reports.query) == {"notice": ["<a@b>"]}
    assert receipt == "1 x GSM-7 (22): SM1"
    assert twilio.authorization == "Basic QUMxMjM6c2VjcmV0LXRva2Vu"


def test_the_receipt_names_what_it_cost(twilio, settings):
    settings.SMS_SEGMENT_PRICE = Decimal("0.07")
    assert send("a" * 161) == "2 x GSM-7 (161) = 0.14 EUR: SM1"


ANSWERS = [
    ((400, 21211), NotTaken, {"no_such_mailbox": True}),
    ((400, 21614), NotTaken, {"no_such_mailbox": True}),
    ((400, 21610), NotTaken, {"no_such_mailbox": False}),
    ((400, 21606), Unavailable, {"for_all": True, "is_ours": True}),
    ((401, 20003), Unavailable, {"for_all": True, "is_ours": True}),
    ((429, 20429), Unavailable, {"for_all": True, "is_ours": False}),
    ((503, 0), Unavailable, {"for_all": True, "is_ours": False}),
    ((500, 20500), InDoubt, {"timed_out": False}),
]


@pytest.mark.parametrize(("answer", "error", "marks"), ANSWERS)
def test_an_answer_tells_whose_fault_it_was(twilio, answer, error, marks):
    twilio.fails_with = answer
    with pytest.raises(error) as raised:
        send()
    assert {name: getattr(raised.value, name) for name in marks} == marks


def test_a_lost_answer_leaves_the_text_in_doubt(twilio):
    twilio.hangs_up = True
    with pytest.raises(InDoubt):
        send()


def test_a_provider_that_is_away_is_tried_again_later(twilio, settings):
    settings.TWILIO_API_URL = "http://127.0.0.1:9"
    with pytest.raises(Unavailable) as raised:
        send()
    assert raised.value.for_all


def test_a_text_of_2000_signs_never_leaves(twilio):
    with pytest.raises(NotTaken):
        send("a" * 2000)
    assert twilio.sent == []


def test_a_provider_that_is_not_set_up_is_named(settings):
    settings.SMS_PROVIDER, settings.TWILIO_ACCOUNT_SID = "twilio", ""
    with pytest.raises(LookupError):
        SmsChannel()


# --- So many in an hour
def test_no_more_texts_leave_in_an_hour_than_are_allowed_and_other_channels_go_on(twilio, settings, caplog):
    settings.SMS_PER_HOUR = 2
    texts = [text_notice() for _number in range(3)]
    email = NoticeFactory()
    for notice in texts:
        deliver_notices([notice.pk])
    deliver_notices([email.pk])
    assert [Notice.objects.get(pk=each.pk).state for each in [*texts, email]] == [
        State.SENT,
        State.SENT,
        State.QUEUED,
        State.SENT,
    ]
    assert "SMS_PER_HOUR" in caplog.text


# --- What is reported
def report(notice, status, *, sid="SM1", sign=True, key=None, client=None, **fields):
    url = reverse("sms_report", args=["twilio"])
    given = {"MessageSid": sid, "MessageStatus": status, "To": NUMBER, "AccountSid": ACCOUNT, **fields}
    query = {"notice": message_id_of(notice) if key is None else key}
    request = Client().post(url, given, query_params=query)
    url = f"https://care.example{request.wsgi_request.get_full_path()}"
    signed = {"X-Twilio-Signature": signature(url, given)} if sign else {}
    if not sign:
        return request
    return Client().post(request.wsgi_request.get_full_path(), given, headers=signed)


def sent_text():
    notice = text_notice()
    deliver_notices([notice.pk])
    return notice


def test_a_signed_report_is_kept_with_its_notice(twilio):
    notice = sent_text()
    assert report(notice, "delivered").status_code == 204
    notice.refresh_from_db()
    assert (notice.state, notice.arrival) == (State.SENT, Arrival.DELIVERED)
    assert DeliveryReport.objects.get().source_key == "twilio:SM1:delivered"


def test_the_same_report_again_changes_nothing(twilio):
    notice = sent_text()
    assert [report(notice, "delivered").status_code for _time in range(3)] == [204, 204, 204]
    assert DeliveryReport.objects.count() == 1


def test_reports_in_the_wrong_order_end_in_the_same(twilio):
    notice = sent_text()
    for status in ("delivered", "sent", "queued"):
        assert report(notice, status).status_code == 204
    notice.refresh_from_db()
    assert notice.arrival == Arrival.DELIVERED


@pytest.mark.parametrize(("code", "is_suppressed"), [("30005", True), ("30006", True), ("30003", False), ("", False)])
def test_a_text_that_was_not_delivered_says_so_and_only_a_number_that_is_none_gets_nothing_more(
    twilio, code, is_suppressed
):
    notice = sent_text()
    assert report(notice, "undelivered", ErrorCode=code).status_code == 204
    notice.refresh_from_db()
    assert notice.arrival == Arrival.FAILED
    assert SuppressedAddress.objects.in_force().filter(address=NUMBER, channel="sms").exists() is is_suppressed


def test_a_report_that_comes_before_our_own_word_is_kept(twilio):
    notice = text_notice(state=State.SENDING, claimed_at=timezone.now())
    assert report(notice, "delivered").status_code == 204
    notice.refresh_from_db()
    assert (notice.state, notice.arrival) == (State.SENDING, Arrival.DELIVERED)


def test_an_unsigned_report_changes_nothing(twilio):
    notice = sent_text()
    assert report(notice, "undelivered", sign=False).status_code == 400
    assert not DeliveryReport.objects.exists()


def test_a_report_signed_for_another_notice_changes_nothing(twilio):
    mine, other = sent_text(), sent_text()
    url = reverse("sms_report", args=["twilio"])
    given = {"MessageSid": "SM1", "MessageStatus": "delivered"}
    first = Client().post(url, given, query_params={"notice": message_id_of(mine)})
    signed = signature(f"https://care.example{first.wsgi_request.get_full_path()}", given)
    answer = Client().post(
        url, given, query_params={"notice": message_id_of(other)}, headers={"X-Twilio-Signature": signed}
    )
    assert answer.status_code == 400


@pytest.mark.parametrize("key", ["", "<notice.999999999.0011@care.example>", "<notice.1.00@x>", "nothing of ours"])
def test_a_report_on_a_text_that_is_not_ours_is_answered_so(twilio, key):
    notice = sent_text()
    assert report(notice, "delivered", key=key).status_code == 404
    assert not DeliveryReport.objects.exists()


def test_an_email_has_no_reports_of_texts(twilio):
    assert report(NoticeFactory(), "delivered").status_code == 404


def test_a_provider_that_is_not_set_up_has_no_door(client, settings):
    settings.TWILIO_ACCOUNT_SID = ""
    assert client.post(reverse("sms_report", args=["twilio"])).status_code == 404
    assert client.post(reverse("sms_report", args=["file"])).status_code == 404


def test_reports_are_posted_and_small(client, twilio):
    assert client.get(reverse("sms_report", args=["twilio"])).status_code == 405
    large = client.post(reverse("sms_report", args=["twilio"]), {"x": "a" * 70_000})
    assert large.status_code == 413
