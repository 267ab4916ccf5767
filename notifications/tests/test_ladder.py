"""The ladder of a notice: what counts as having reached the person, and which way is taken next."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from customers import roles
from customers.tests.factories import (
    ContactPointFactory,
    CustomerFactory,
    InstalmentFactory,
    PolicyFactory,
    ReservedAreaAccountFactory,
    UserFactory,
)
from foundation.dates import ROME
from foundation.refusals import Refused
from notifications.channels.inbox import InboxChannel
from notifications.channels.sms import SmsChannel, length_of
from notifications.climbing import climb
from notifications.deadlines import BY_KIND, plan_alerts
from notifications.delivery import deliver_notices
from notifications.kinds import INSTALMENT_DUE, INSTALMENT_OVERDUE, KINDS, PAYMENT_RECEIVED, POLICY_EXPIRING, SMS, Owes
from notifications.ladder import has_reached, reached_sql, reached_values
from notifications.models import DeliveryReport, Notice, NoticeAttachment, SuppressedAddress
from notifications.rendering import render
from notifications.services import record_came_back, record_sent_by_hand, report_delivery, tell_customer
from notifications.tests.factories import NoticeFactory
from notifications.tests.test_kinds import EXPIRY, INSTALMENT, LIFE, RULES_KINDS

pytestmark = pytest.mark.django_db

State, Arrival = Notice.State, Notice.Arrival
PAYMENT = {
    "policy": "P-77",
    "product": "Strada Sicura",
    "plate": "AB123CD",
    "number": "PG-1",
    "amount": "620.25",
    "paid_on": "2030-03-01",
    "due_on": "2030-03-01",
    "renewal_until": None,
}


class Taken:
    """A mail channel that takes everything."""

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        return None

    def send(self, message, claimed):
        claimed()
        return "250 OK"


@pytest.fixture(autouse=True)
def kept(settings, tmp_path):
    settings.SMS_PROVIDER, settings.SMS_FILE_PATH = "file", tmp_path / "sms"


def on(month, day, hour=9):
    return time_machine.travel(datetime(2030, month, day, hour, tzinfo=ROME), tick=False)


CHANNELS = {Notice.Channel.EMAIL: Taken, Notice.Channel.INBOX: InboxChannel, Notice.Channel.SMS: SmsChannel}


def deliver():
    deliver_notices(Notice.objects.owed(timezone.now()).values_list("pk", flat=True), channels=CHANNELS)


def night(month, day):
    """A night's plan and what leaves in the morning."""
    with on(month, day, hour=5):
        plan_alerts()
    with on(month, day):
        deliver()


def climb_on(month, day):
    """The hourly round over what did not arrive, and what leaves after it."""
    with on(month, day):
        climb(timezone.now())
        deliver()


def motor(holder, ends_on=date(2030, 4, 9)):
    return PolicyFactory(holder=holder, starts_on=date(2029, 4, 9), ends_on=ends_on)


def point(customer, kind, value):
    return ContactPointFactory(customer=customer, kind=kind, value=value)


def ways(customer):
    return list(Notice.objects.filter(customer=customer).order_by("pk").values_list("channel", "state"))


# --- What counts
NOW = datetime(2030, 3, 10, 9, tzinfo=ROME)
LONG_AGO, JUST_NOW = NOW - timedelta(days=5), NOW - timedelta(hours=2)
WORTH = [
    # (channel, arrival, sent, read) -> (informed, proved)
    ("email", "", LONG_AGO, False, True, True),
    ("email", "failed", JUST_NOW, False, False, False),
    ("post", "", LONG_AGO, False, True, True),
    ("post", "failed", LONG_AGO, False, False, False),
    ("inbox", "", LONG_AGO, False, True, False),
    ("inbox", "", JUST_NOW, False, True, True),
    ("inbox", "", LONG_AGO, True, True, True),
    ("sms", "", LONG_AGO, False, True, False),
    ("sms", "", JUST_NOW, False, True, True),
    ("sms", "delivered", LONG_AGO, False, True, True),
    ("sms", "failed", JUST_NOW, False, False, False),
]


@pytest.mark.parametrize(("channel", "arrival", "sent_at", "is_read", "informed", "proved"), WORTH)
def test_a_way_counts_by_what_the_kind_owes_and_the_statement_says_the_same(
    channel, arrival, sent_at, is_read, informed, proved
):
    notice = NoticeFactory(
        channel=channel, arrival=arrival, state=State.SENT, sent_at=sent_at, read_at=sent_at if is_read else None
    )
    for kind, wanted in ((INSTALMENT_DUE, informed), (POLICY_EXPIRING, proved)):
        assert has_reached(notice, kind, NOW) is wanted
        with connection.cursor() as cursor:
            statement = f"SELECT {reached_sql('notice')} FROM notifications_notice AS notice"
            cursor.execute(statement, reached_values(kind, NOW))
            assert cursor.fetchone() == (wanted,)


def test_what_must_be_proved_is_planned_each_night():
    assert {code for code, kind in KINDS.items() if kind.owes is Owes.PROVED} <= BY_KIND.keys()


# --- The texts to a telephone
TEXTS = [(POLICY_EXPIRING, EXPIRY), (INSTALMENT_DUE, INSTALMENT), (INSTALMENT_OVERDUE, INSTALMENT)]
OF_RULES = [(kind, words) for kind, words in RULES_KINDS if SMS in kind.rungs]


def test_every_kind_that_goes_on_to_the_telephone_is_tried_here():
    tried = {kind.code for kind, _words in TEXTS + OF_RULES}
    assert {kind.code for kind in KINDS.values() if SMS in kind.rungs} == tried


@pytest.mark.parametrize("language", ["it", "en"])
@pytest.mark.parametrize(("kind", "words"), OF_RULES, ids=[kind.code for kind, _words in OF_RULES])
def test_a_text_of_the_other_rules_fits_two_segments_and_names_what_it_is_about(kind, words, language):
    text = render(kind, words, language=language, channel="sms").text.strip()
    length = length_of(text)
    assert (length.alphabet, length.segments <= 2, "\n" in text) == ("GSM-7", True, False), text
    assert ("S-9" if kind.code.startswith("claim") else "P-77") in text
    assert "/2026" in text or "/2027" in text


@pytest.mark.parametrize("language", ["it", "en"])
@pytest.mark.parametrize(("kind", "words"), TEXTS)
@pytest.mark.parametrize("changes", [{}, {"line": "8", "plate": ""}, LIFE])
def test_a_text_to_a_telephone_names_policy_amount_and_day_in_two_segments(kind, words, language, changes):
    text = render(kind, words | changes, language=language, channel="sms").text.strip()
    length = length_of(text)
    assert (length.alphabet, length.segments <= 2, "\n" in text) == ("GSM-7", True, False), text
    assert ("P-77" in text, "31/12/2026" in text) == (True, True), text
    assert ("1.240,50" if kind is POLICY_EXPIRING else "620,25") in text or language == "en", text


# --- Alerts climb with the nightly plan
def test_without_email_and_reserved_area_an_alert_goes_to_the_telephone():
    customer = CustomerFactory()
    point(customer, "phone", "+390251234567"), point(customer, "phone", "+393331234567")
    motor(customer)
    night(3, 1)
    assert ways(customer) == [("sms", State.SENT)]
    assert Notice.objects.get().address == "+393331234567"


def test_without_a_provider_of_texts_it_is_for_a_person_to_post(settings):
    settings.SMS_PROVIDER = ""
    customer = CustomerFactory()
    point(customer, "phone", "+393331234567")
    motor(customer)
    night(3, 1)
    assert ways(customer) == [("post", State.QUEUED)]


def test_a_text_that_waits_for_a_provider_that_was_taken_away_is_followed_by_a_letter(settings):
    customer = CustomerFactory()
    point(customer, "phone", "+393331234567")
    motor(customer)
    with on(3, 1, hour=5):
        plan_alerts()
    settings.SMS_PROVIDER = ""
    night(3, 2)
    assert ways(customer) == [("sms", State.QUEUED), ("post", State.QUEUED)]


def test_a_text_that_gives_no_sign_within_a_day_is_followed_by_a_letter():
    customer = CustomerFactory()
    point(customer, "phone", "+393331234567")
    motor(customer)
    night(3, 1), night(3, 2)
    assert ways(customer) == [("sms", State.SENT)]
    night(3, 3)
    assert ways(customer) == [("sms", State.SENT), ("post", State.QUEUED)]
    report_delivery(Notice.objects.get(channel="sms"), outcome="delivered")
    night(3, 4)
    assert ways(customer) == [("sms", State.SENT), ("post", State.WITHHELD)]


def test_an_email_that_came_back_is_followed_by_the_next_way_and_its_address_is_not_asked_again():
    customer = CustomerFactory()
    point(customer, "email", "piena@example.it"), point(customer, "phone", "+393331234567")
    motor(customer)
    night(3, 1), night(3, 2)
    assert ways(customer) == [("email", State.SENT)]
    with on(3, 2, hour=12):
        record_came_back(Notice.objects.get(), detail="552 full", suppress=False, by=UserFactory())
    night(3, 3)
    assert ways(customer) == [("email", State.SENT), ("sms", State.SENT)]


def test_an_expiry_that_nobody_opens_in_the_reserved_area_goes_on_before_thirty_days_are_left():
    customer = ReservedAreaAccountFactory().customer
    point(customer, "phone", "+393331234567")
    policy = motor(customer)
    for day in range(1, 11):
        night(3, day)
    assert ways(customer) == [("inbox", State.SENT), ("sms", State.SENT), ("post", State.QUEUED)]
    letter = Notice.objects.get(channel="post")
    assert (policy.ends_on - timezone.localdate(letter.created_at, ROME)).days > 30


def test_an_expiry_that_is_opened_is_settled():
    customer = ReservedAreaAccountFactory().customer
    motor(customer)
    night(3, 1)
    Notice.objects.update(read_at=datetime(2030, 3, 2, 9, tzinfo=ROME))
    night(3, 6)
    assert ways(customer) == [("inbox", State.SENT)]


def test_the_reserved_area_alone_does_for_a_kind_that_informs_whoever_opens_it():
    customer = ReservedAreaAccountFactory().customer
    policy = motor(customer, ends_on=date(2031, 1, 1))
    InstalmentFactory(policy=policy, due_on=date(2030, 3, 12))
    for day in range(1, 9):
        night(3, day)
    assert ways(customer) == [("inbox", State.SENT)]


def test_whoever_leaves_the_reserved_area_unopened_is_reached_another_way_at_once():
    customer = ReservedAreaAccountFactory().customer
    NoticeFactory(
        customer=customer, channel="inbox", address="", state=State.SENT, sent_at=datetime(2030, 2, 1, tzinfo=ROME)
    )
    motor(customer)
    night(3, 1)
    assert ways(customer)[1:] == [("inbox", State.SENT), ("post", State.QUEUED)]


def test_a_letter_that_came_back_is_not_posted_again():
    customer = CustomerFactory()
    motor(customer)
    night(3, 1)
    with on(3, 1, hour=12):
        letter = record_sent_by_hand(Notice.objects.get(), how="raccomandata", by=UserFactory())
        record_came_back(letter, detail="sconosciuto", suppress=False, by=UserFactory())
    night(3, 2)
    assert ways(customer) == [("post", State.SENT)]
    point(customer, "email", "nuova@example.it")
    night(3, 3)
    assert ways(customer) == [("post", State.SENT), ("email", State.SENT)]


# --- Just before it is sent
def test_a_text_goes_to_the_number_that_the_customer_has_now():
    customer = CustomerFactory()
    old = point(customer, "phone", "+393331234567")
    motor(customer)
    with on(3, 1, hour=5):
        plan_alerts()
    old.value = "+393337654321"
    old.save()
    with on(3, 1):
        deliver()
    assert Notice.objects.values_list("address", "state").get() == ("+393337654321", State.SENT)


# --- Notices of commands climb each hour
def paid(customer):
    with on(3, 1):
        return tell_customer(PAYMENT_RECEIVED, once="payment-received:1", words=PAYMENT, customer=customer)


def refuse(notice, at=(3, 1)):
    with on(*at):
        Notice.objects.filter(pk=notice.pk).update(state=State.REFUSED, claimed_at=timezone.now(), attempts=1)


def test_what_a_mailbox_refused_goes_to_the_next_address_and_then_to_a_person_with_its_text_and_files():
    customer = CustomerFactory()
    point(customer, "email", "prima@example.it"), point(customer, "email", "seconda@example.it")
    [first] = paid(customer)
    NoticeAttachment.objects.create(notice=first, name="a.pdf", content_type="application/pdf", content=b"%PDF")
    refuse(first)
    climb_on(3, 2)
    second = Notice.objects.get(address="seconda@example.it")
    assert (second.once, second.state, second.body_html) == ("payment-received:1:email:2", State.SENT, first.body_html)
    with on(3, 3):
        record_came_back(second, detail="550 gone", suppress=True, by=UserFactory())
    climb_on(3, 4), climb_on(3, 5)
    letter = Notice.objects.get(channel="post")
    assert (letter.state, letter.body_text) == (State.QUEUED, first.body_text.partition("\n-- \n")[0])
    assert [each.name for each in letter.attachments.all()] == ["a.pdf"]
    assert SuppressedAddress.objects.in_force().get().address == "seconda@example.it"


def test_a_letter_that_waits_is_an_email_once_an_address_is_learnt():
    customer = CustomerFactory()
    [letter] = paid(customer)
    climb_on(3, 2)
    assert ways(customer) == [("post", State.QUEUED)]
    point(customer, "email", "nuova@example.it")
    climb_on(3, 3), climb_on(3, 4)
    assert ways(customer) == [("post", State.WITHHELD), ("email", State.SENT)]
    email = Notice.objects.get(channel="email")
    assert letter.body_text in email.body_text
    assert "<!doctype html>" in email.body_html


def test_an_address_that_is_learnt_weeks_after_a_letter_came_back_is_used():
    customer = CustomerFactory()
    [letter] = paid(customer)
    with on(3, 2):
        record_sent_by_hand(letter, how="posta", by=UserFactory())
        record_came_back(letter, detail="trasferito", suppress=False, by=UserFactory())
    climb_on(3, 3), climb_on(3, 20)
    assert ways(customer) == [("post", State.SENT)]
    with on(3, 21):
        point(customer, "email", "nuova@example.it")
    climb_on(3, 22), climb_on(3, 23)
    assert ways(customer) == [("post", State.SENT), ("email", State.SENT)]


def test_what_may_not_go_where_it_was_to_go_takes_the_next_way_at_once():
    account = ReservedAreaAccountFactory()
    paid(account.customer)
    account.state = "closed"
    account.save()
    with on(3, 1):
        deliver()
    assert ways(account.customer) == [("inbox", State.WITHHELD), ("post", State.QUEUED)]


def test_what_reached_the_person_one_way_takes_no_other():
    customer = ReservedAreaAccountFactory().customer
    point(customer, "email", "prima@example.it")
    email, _inbox = paid(customer)
    with on(3, 1):
        deliver()
        record_came_back(email, detail="550 gone", suppress=False, by=UserFactory())
    climb_on(3, 2)
    assert ways(customer) == [("email", State.SENT), ("inbox", State.SENT)]


# --- What is reported afterwards
def sent(**fields):
    return NoticeFactory(state=State.SENT, sent_at=timezone.now(), **fields)


def test_the_newest_report_counts_whatever_order_they_come_in():
    notice, now = sent(channel="sms", address="+393331234567"), timezone.now()
    report_delivery(notice, outcome="delivered", source_key="b", happened_at=now)
    report_delivery(notice, outcome="failed", source_key="a", happened_at=now - timedelta(minutes=1))
    assert report_delivery(notice, outcome="failed", source_key="b", happened_at=now) is None
    report_delivery(notice, outcome="on_its_way", source_key="c", happened_at=now + timedelta(minutes=1))
    notice.refresh_from_db()
    assert (notice.arrival, DeliveryReport.objects.count()) == (Arrival.DELIVERED, 3)


def test_a_notice_in_doubt_that_arrived_has_gone():
    notice = NoticeFactory(channel="sms", address="+393331234567", state=State.IN_DOUBT, claimed_at=timezone.now())
    report_delivery(notice, outcome="delivered", source_key="a")
    notice.refresh_from_db()
    assert (notice.state, notice.arrival) == (State.SENT, Arrival.DELIVERED)


def test_only_what_was_sent_comes_back_and_once():
    with pytest.raises(Refused) as refused:
        record_came_back(NoticeFactory(), detail="x", suppress=False, by=UserFactory())
    assert refused.value.code == "not_sent"
    notice = record_came_back(sent(), detail="x", suppress=False, by=UserFactory())
    with pytest.raises(Refused) as refused:
        record_came_back(notice, detail="x", suppress=False, by=UserFactory())
    assert refused.value.code == "came_back_already"


def test_the_page_shows_all_ways_of_a_notice_and_takes_what_came_back():
    email = sent(once="payment-received:9:email", kind="payment-received")
    letter = NoticeFactory(
        once="payment-received:9:post", kind="payment-received", channel="post", address="", customer=email.customer
    )
    NoticeFactory(once="payment-received:90:post", kind="payment-received", channel="post", address="")
    client = Client()
    client.force_login(UserFactory(role=roles.MANAGER))
    address = reverse("admin:notifications_notice_change", args=[email.pk])
    page = client.get(address).content.decode()
    assert reverse("admin:notifications_notice_change", args=[letter.pk]) in page
    assert page.count('class="vc-link"') == 4
    command = reverse("admin:notifications_notice_command", args=[email.pk, "tornata"])
    assert client.post(command, {"detail": "550 5.1.1 unknown"}).status_code == 302
    assert "550 5.1.1 unknown" in client.get(address).content.decode()
    listed = client.get(reverse("admin:notifications_notice_changelist"), {"work": "came_back"})
    assert list(listed.context["cl"].result_list) == [email]
    assert client.post(command, {"detail": "x"}).status_code == 409
