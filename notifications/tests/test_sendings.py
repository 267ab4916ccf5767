"""The page of sending: what it counts, what it shows of failures, channels and queues, and that it asks no more for many."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from customers import roles
from customers.models import AccessLog
from customers.tests.factories import CustomerFactory, UserFactory
from customers.tests.sign_in import signed_in_as
from foundation.heartbeats import note_beginning
from foundation.refusals import Refused
from foundation.tests.database import as_new
from notifications import resting
from notifications.models import ChannelCircuit, Notice, SendingDay, SuppressedAddress
from notifications.queues import MARK, QUEUES
from notifications.sendings import figures
from notifications.sendings.causes import Cause, Decision, cause_of
from notifications.sendings.commands import decide_failures
from notifications.sendings.counting import count_days
from notifications.sendings.life import life_of
from notifications.sendings.person import matters_of
from notifications.tests.factories import (
    DeliveryReportFactory,
    InboxNoticeFactory,
    NoticeEventFactory,
    NoticeFactory,
    SendingDayFactory,
    SuppressedAddressFactory,
)

pytestmark = pytest.mark.django_db

State = Notice.State
NOON = datetime(2026, 11, 30, 11, 30, tzinfo=UTC)
PAGE = "/backoffice/notifications/notice/invii/"


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def manager():
    return signed_in_as(roles.MANAGER)


def text(client, address=PAGE, **given):
    page = client.get(address, given, headers={"accept-language": "en"})
    assert page.status_code == 200
    return page.content.decode()


def sent(**given):
    given = {"created_at": NOON - timedelta(minutes=9), "sent_at": NOON - timedelta(minutes=5)} | given
    return NoticeFactory(state=State.SENT, **given)


# --- What is counted
def test_a_day_is_counted_by_kind_and_channel_with_its_cost():
    sent(kind="instalment-due", arrival="delivered")
    sent(kind="instalment-due", channel="sms", address="+393331234567", receipt="2 x GSM-7 (161) = 0.14 EUR: SM1")
    NoticeFactory(kind="instalment-due", held="person")
    NoticeFactory(kind="instalment-due", state=State.REFUSED)
    assert count_days(NOON, days=1) == 2
    email, sms = SendingDay.objects.order_by("channel")
    assert (email.written, email.sent, email.arrived, email.held, email.refused) == (3, 1, 1, 1, 1)
    assert (sms.sent, sms.cost, sms.day) == (1, Decimal("0.14"), date(2026, 11, 30))


def test_a_day_is_that_of_rome_and_is_counted_again_when_a_report_comes():
    late = sent(created_at=datetime(2026, 11, 29, 23, 30, tzinfo=UTC))
    count_days(NOON, days=2)
    assert SendingDay.objects.get().day == date(2026, 11, 30)
    Notice.objects.filter(pk=late.pk).update(arrival="failed")
    count_days(NOON, days=2)
    assert SendingDay.objects.get().came_back == 1


def test_past_days_come_from_their_counts_and_today_from_its_notices():
    SendingDayFactory(kind="instalment-due", day=date(2026, 11, 29), written=7, sent=7, refused=0)
    SendingDayFactory(kind="instalment-due", day=date(2026, 11, 30), written=99)  # not read: the day is not over
    sent(kind="instalment-due")
    [line] = figures.lines_of(date(2026, 11, 29), date(2026, 11, 30), NOON)
    assert (line.numbers["written"], line.numbers["sent"]) == (8, 8)
    assert figures.lines_of(date(2026, 11, 28), date(2026, 11, 28), NOON) == []


def test_how_many_left_in_each_hour_and_minute():
    sent()
    sent()
    by_hour = dict(figures.sent_by_time(date(2026, 11, 30), date(2026, 11, 30), NOON))
    assert (len(by_hour), by_hour["12"], sum(by_hour.values())) == (24, 2, 2)
    by_minute = dict(figures.sent_by_minute(NOON))
    assert (len(by_minute), by_minute["12:25"]) == (60, 2)
    SendingDayFactory(day=date(2026, 11, 28), sent=5)
    by_day = figures.sent_by_time(date(2026, 11, 27), date(2026, 11, 30), NOON)
    assert by_day[:2] == [("27/11", 0), ("28/11", 5)]


def test_costs_by_month_and_channel():
    SendingDayFactory(day=date(2026, 10, 1), channel="sms", cost=Decimal("1.50"))
    SendingDayFactory(day=date(2026, 10, 2), channel="pec", cost=Decimal("0.50"))
    SendingDayFactory(day=date(2025, 10, 2), channel="pec", cost=Decimal("9"))
    [(month, by_channel, together)] = figures.costs_of(date(2026, 11, 30))
    assert (month, by_channel, together) == (
        date(2026, 10, 1),
        {"sms": Decimal("1.5"), "pec": Decimal("0.5")},
        Decimal(2),
    )


# --- Why it failed
@pytest.mark.parametrize(
    ("problem", "cause"),
    [
        ("550 5.1.1 <a@example.it>: user unknown", Cause.NO_MAILBOX),
        ("550 5.1.10 null MX", Cause.NO_MAILBOX),
        ("552 5.2.2 mailbox full", Cause.FULL),
        ("452 4.2.2 over quota", Cause.FULL),
        ("550 5.7.1 message refused: user unknown to policy", Cause.POLICY),
        ("550 5.7.515 access denied", Cause.POLICY),
        ("554 5.7.26 DMARC", Cause.POLICY),
        ("Given up after 11 attempts: 421 4.4.2 closing", Cause.AWAY),
        ("[Errno 111] Connection refused", Cause.AWAY),
        ("timed out", Cause.AWAY),
        ("[Errno -3] Temporary failure in name resolution", Cause.NAME),
        ("451 4.4.3 host not found", Cause.NAME),
        ("535 5.7.8 authentication failed", Cause.SIGN_IN),
        ("530 5.7.0 sign in first", Cause.SIGN_IN),
        ("401 THIRD_PARTY_AUTH_ERROR no", Cause.SIGN_IN),
        ("552 5.3.4 too large", Cause.TOO_LARGE),
        ("The text takes 5 segments; at most 3 are sent.", Cause.TOO_LARGE),
        ("404 UNREGISTERED Requested entity was not found.", Cause.DEVICE),
        ("410 gone", Cause.DEVICE),
        ("400 21211 invalid number", Cause.NO_MAILBOX),
        ("The text cannot be made: the text names “x”", Cause.TEXT),
        ("something else", Cause.OTHER),
    ],
)
def test_why_it_failed_is_read_from_the_words(problem, cause):
    assert cause_of(problem) is cause


def test_what_is_our_fault_never_offers_to_mute():
    assert {each for each in Cause if each.usual is Decision.SUPPRESS} == {Cause.NO_MAILBOX}
    assert {Cause.POLICY, Cause.SIGN_IN, Cause.AWAY, Cause.NAME} <= {each for each in Cause if each.is_ours}


def refused(problem, **given):
    return NoticeFactory(state=State.REFUSED, problem=problem, claimed_at=NOON, attempts=1, **given)


def test_one_cause_is_tried_again_and_the_others_are_left():
    policy, other = refused("550 5.7.1 policy"), refused("550 5.1.1 nobody")
    assert decide_failures(Cause.POLICY, Decision.AGAIN, reason="", by=UserFactory(role=roles.MANAGER)).number == 1
    policy.refresh_from_db()
    other.refresh_from_db()
    assert (policy.state, other.state) == (State.QUEUED, State.REFUSED)


def test_addresses_at_which_nobody_is_are_muted_and_those_of_our_fault_are_not():
    by = UserFactory(role=roles.MANAGER)
    notice = refused("550 5.1.1 nobody", address="a@example.it")
    assert decide_failures(Cause.NO_MAILBOX, Decision.SUPPRESS, reason="Casella chiusa", by=by).number == 1
    assert SuppressedAddress.objects.get().address == "a@example.it"
    notice.refresh_from_db()
    assert notice.state == State.WITHHELD
    with pytest.raises(Refused):
        decide_failures(Cause.POLICY, Decision.SUPPRESS, reason="", by=by)
    with pytest.raises(Refused):
        decide_failures(Cause.DOUBT, Decision.WITHHOLD, reason="", by=by)


def test_what_is_too_large_goes_by_post_once():
    by = UserFactory(role=roles.MANAGER)
    notice = refused("552 5.3.4 too large", kind="complaint-received", once="complaint-received:7:email")
    confidential = refused("552 5.3.4 too large", kind="account-mail")
    assert decide_failures(Cause.TOO_LARGE, Decision.POST, reason="Troppo grande", by=by).number == 1
    letter = Notice.objects.get(channel="post")
    assert (letter.state, letter.matter) == (State.QUEUED, notice.matter)
    confidential.refresh_from_db()
    assert confidential.state == State.REFUSED


# --- The page
def test_the_page_shows_the_day_the_oldest_the_failures_and_what_rests(manager):
    for each in QUEUES[1:]:
        note_beginning(MARK + each.name)
    sent(kind="instalment-due")
    NoticeFactory(subject="La più vecchia", send_after=NOON - timedelta(days=2))
    refused("550 5.7.1 policy")
    NoticeFactory(state=State.IN_DOUBT, claimed_at=NOON)
    resting.leave_alone("email", timedelta(minutes=5), "530 sign in", is_ours=True)
    page = text(manager)
    for words in (
        "Instalment about to fall due",
        "La più vecchia",
        "Refused by the receiver",
        "(ours to put right)",
        "comando/rifiutati/?cause=policy&amp;decision=again",
        "comando/in-dubbio/",
        "rests until 12:35",
        "530 sign in",
        "comando/prova-canale/?channel=email",
        "no worker takes from the queue urgent",
    ):
        assert words in page, words
    assert "no worker takes from the queue bulk" not in page


def test_limits_that_are_reached_are_on_the_page(manager, settings):
    settings.NOTICES_PER_HOUR = 0
    NoticeFactory(held="person", send_after=NOON + timedelta(hours=1))
    page = text(manager)
    assert '?work=held" class="vc-link">1</a>' in page


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"first": "2026-11-30", "last": "2026-11-29"}, "ends before it begins"),
        ({"first": "2010-01-01", "last": "2026-11-29"}, "Ten years at most"),
        ({"first": "2027-01-01", "last": "2027-01-02"}, "has not come yet"),
        ({"first": "boh", "last": "2026-11-29"}, "Enter a valid date"),
    ],
)
def test_days_that_cannot_be_shown_say_why(manager, given, words):
    assert words in text(manager, **given)


def test_the_numbers_as_files(manager):
    SendingDayFactory(kind="instalment-due", day=date(2026, 11, 1), channel="sms", written=3, cost=Decimal("1.5"))
    days = manager.get(PAGE, {"first": "2026-11-01", "last": "2026-11-02", "format": "csv"}).content.decode()
    assert days.splitlines()[1].startswith("instalment-due,sms,3,")
    costs = manager.get(PAGE, {"format": "costs"}).content.decode()
    assert costs.splitlines() == ["month,channel,cost_eur", "2026-11,sms,1.5000"]
    assert manager.get(PAGE, {"format": "xls"}).status_code == 404


def test_the_page_asks_as_much_for_many_as_for_one(manager):
    def questions():
        with CaptureQueriesContext(connection) as asked:
            text(manager)
        return len(asked)

    def more():
        sent()
        refused("550 5.7.1 policy")
        NoticeFactory(send_after=NOON - timedelta(days=1))

    more()
    one = questions()
    for _number in range(3):
        more()
    assert questions() == one


def test_ten_years_are_not_read_to_show_a_day():
    as_new(Notice)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO notifications_notice
                (kind, channel, once, address, language, subject, body_text, body_html, is_promotional, state, attempts,
                 message_id, problem, created_at, send_after, sent_at)
            SELECT 'instalment-due', 'email', 'anni:' || n, 'c@example.it', 'it', 'Oggetto', 'Testo', '', false, 'sent', 1, '',
                   '', %(now)s - n * interval '1 day', now(), %(now)s - n * interval '1 day'
            FROM generate_series(3650, 1, -1) AS n
            """,
            {"now": NOON},
        )
        cursor.execute("ANALYZE notifications_notice")
    with CaptureQueriesContext(connection) as asked:
        figures.lines_of(date(2026, 11, 30), date(2026, 11, 30), NOON)
        figures.sent_by_minute(NOON)
    for each in asked:
        with connection.cursor() as cursor:
            # Among so few rows any way is cheap: what is asked is that the small index answers.
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
            cursor.execute("EXPLAIN " + each["sql"])
            plan = "\n".join(line for (line,) in cursor.fetchall())
        assert "notice_by_day" in plan, plan


def test_only_people_who_see_notices_open_it():
    assert signed_in_as(roles.AGENCY_MEMBER).get(PAGE).status_code == 403
    assert signed_in_as(roles.AGENT).get(PAGE).status_code == 200
    assert "comando/" not in text(signed_in_as(roles.AUDITOR))


# --- The buttons
def command(name):
    return reverse("admin:notifications_notice_list_command", args=[name])


def send(client, name, **data):
    page = client.get(command(name), headers={"accept-language": "en"})
    token = page.context["page_token"]
    return client.post(command(name), {"page_token": token, **data}, headers={"accept-language": "en"})


def test_a_cause_is_decided_from_its_button(manager):
    notice = refused("550 5.7.1 policy")
    page = text(manager, command("rifiutati"), cause="policy", decision="again")
    assert "1 refused notice has this cause" in page
    assert send(manager, "rifiutati", cause="policy", decision="again", reason="").status_code == 302
    notice.refresh_from_db()
    assert notice.state == State.QUEUED


def test_giving_up_wants_a_reason_and_muting_for_our_fault_is_refused(manager):
    refused("550 5.7.1 policy")
    assert "Say why" in send(manager, "rifiutati", cause="policy", decision="withhold", reason="").content.decode()
    page = send(manager, "rifiutati", cause="policy", decision="suppress", reason="x").content.decode()
    assert "says nothing about the addresses" in page
    assert not SuppressedAddress.objects.exists()


def test_a_channel_is_tried_from_its_button(manager):
    resting.leave_alone("email", timedelta(minutes=5), "away")
    assert send(manager, "prova-canale", channel="email").status_code == 302
    circuit = ChannelCircuit.objects.get()
    assert (circuit.rests_until, circuit.asked_at) == (NOON, NOON)
    assert "is being tried again" in text(manager)


def test_suppressions_are_counted_before_they_are_lifted_and_the_reason_is_kept(manager):
    url = reverse("admin:notifications_suppressedaddress_list_command", args=["riammetti-molti"])
    for place in range(2):
        SuppressedAddressFactory(address=f"c{place}@example.it", since=NOON, detail="550 5.1.1 relay")
    asked = SuppressedAddressFactory(since=NOON, reason="asked", detail="relay")
    refused("550 5.1.1 relay", address="c1@example.it", created_at=NOON)
    token = manager.get(url).context["page_token"]
    data = {
        "page_token": token,
        "cause": "no_mailbox",
        "since": "2026-11-30T12:00",
        "until": "2026-11-30T13:00",
        "detail": "relay",
        "send_again": "on",
        "reason": "Il relay sbagliava",
    }
    page = manager.post(url, data, headers={"accept-language": "en"}).content.decode()
    assert "would be lifted: 2. Notices that would go again: 1" in page
    assert SuppressedAddress.objects.in_force().count() == 3
    assert manager.post(url, data | {"confirmed": "on"}).status_code == 302
    assert list(SuppressedAddress.objects.in_force()) == [asked]
    assert set(SuppressedAddress.objects.exclude(pk=asked.pk).values_list("lifted_why", flat=True)) == {
        "Il relay sbagliava"
    }
    nothing = manager.post(url, data | {"detail": "altro", "page_token": token}, headers={"accept-language": "en"})
    assert "no such suppression" in nothing.content.decode()


# --- One notice, one person
def test_the_whole_life_of_a_notice_is_one_line_of_time(manager):
    notice = InboxNoticeFactory(
        once="instalment-due:1:2026-12-01:inbox",
        kind="instalment-due",
        created_at=NOON - timedelta(hours=3),
        send_after=NOON - timedelta(hours=2),
        claimed_at=NOON - timedelta(hours=1),
        sent_at=NOON - timedelta(minutes=59),
        state=State.SENT,
        read_at=NOON,
    )
    NoticeEventFactory(notice=notice, old="sending", new="queued", detail="421 busy", at=NOON - timedelta(minutes=90))
    DeliveryReportFactory(notice=notice, outcome="delivered", detail="", happened_at=NOON - timedelta(minutes=30))
    sent(customer=notice.customer, kind="instalment-due", once="instalment-due:1:2026-12-01:email")
    sent(customer=notice.customer, kind="device-notification", channel="push", once=f"push:{notice.pk}:1")
    life = life_of(notice)
    assert [moment.at for moment in life] == sorted(moment.at for moment in life)
    assert len(life) == 9
    page = text(manager, f"/backoffice/notifications/notice/{notice.pk}/change/")
    for words in ("taken by a worker", "421 busy", "report: arrived", "also by e-mail", "announced by notification"):
        assert words in page, words


def test_what_a_person_was_sent_stands_together_by_matter(manager):
    customer = CustomerFactory()
    inbox = InboxNoticeFactory(customer=customer, kind="instalment-due", once="instalment-due:1:inbox")
    NoticeFactory(customer=customer, kind="instalment-due", once="instalment-due:1:email")
    NoticeFactory(customer=customer, kind="device-notification", channel="push", once=f"push:{inbox.pk}:5")
    NoticeFactory(customer=customer, kind="code-email", once="code:1")
    NoticeFactory()
    matters, has_more = matters_of(customer, page=1)
    assert [len(matter.ways) for matter in matters] in ([3, 1], [1, 3])
    assert not has_more
    page = text(manager, f"/backoffice/notifications/notice/persona/{customer.pk}/")
    assert "Instalment about to fall due" in page
    assert AccessLog.objects.filter(customer=customer, what="notices, all ways").exists()


def test_the_person_s_page_is_paged_and_its_questions_do_not_grow(manager):
    customer = CustomerFactory()
    url = f"/backoffice/notifications/notice/persona/{customer.pk}/"

    def questions():
        with CaptureQueriesContext(connection) as asked:
            text(manager, url)
        return len(asked)

    NoticeFactory(customer=customer)
    questions()
    one = questions()
    for number in range(25):
        NoticeFactory(customer=customer, once=f"cosa:{number}")
    assert questions() == one
    assert "?p=2" in text(manager, url)
    assert "?p=1" in text(manager, url, p=2)
    assert timezone.now() == NOON


def test_out_of_reach_is_not_found(manager):
    assert manager.get("/backoffice/notifications/notice/persona/999999/").status_code == 404
