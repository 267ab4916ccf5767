"""From a queued notice to a sent message, through a real mail server that behaves."""

import email
import email.policy
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from customers.models import Consent
from customers.tests.factories import ConsentFactory, ReservedAreaAccountFactory, UserFactory
from foundation.refusals import Refused
from notifications import delivery
from notifications.delivery import deliver_notices
from notifications.kinds import KINDS, POLICY_EXPIRING
from notifications.message_ids import message_id_of
from notifications.models import Notice, NoticeEvent
from notifications.services import mark_read
from notifications.tests.factories import (
    InboxNoticeFactory,
    NoticeAttachmentFactory,
    NoticeFactory,
    SuppressedAddressFactory,
)
from notifications.tests.mail import mail_server
from testbed.smtp_sink import CONNECT, DROP, RCPT, Fault

pytestmark = pytest.mark.django_db

State = Notice.State


def deliver(*notices):
    results = deliver_notices([notice.pk for notice in notices])
    for notice in notices:
        notice.refresh_from_db()
    return dict(results)


def parsed(received):
    return email.message_from_bytes(received.body, policy=email.policy.default)


def test_a_notice_arrives_with_its_words_and_its_headers():
    notice = NoticeFactory(
        address="anna@example.it",
        subject="Perché: 12,50 €",
        body_text="Gentile Cliente,\n.una riga col punto\n",
        body_html="<p>Gentile Cliente</p>",
    )
    with mail_server() as sink:
        assert deliver(notice) == {"sent": 1}
    [received] = sink.messages
    message = parsed(received)
    assert (received.recipient, message["To"], message["Subject"]) == ("anna@example.it",) * 2 + ("Perché: 12,50 €",)
    assert message.get_body(("plain",)).get_content().replace("\r\n", "\n") == notice.body_text
    assert message.get_body(("html",)).get_content().strip() == notice.body_html
    assert message["Message-ID"] == notice.message_id != ""
    assert (message["Auto-Submitted"], message["X-Auto-Response-Suppress"]) == ("auto-generated", "All")
    assert (message["Content-Language"], message["List-Unsubscribe"]) == ("it", None)
    assert (notice.state, notice.attempts, notice.problem) == (State.SENT, 1, "")
    assert notice.claimed_at <= notice.sent_at
    assert not NoticeEvent.objects.exists(), "the ordinary way is recorded by the notice itself"


def test_files_go_with_their_notice():
    notice = NoticeAttachmentFactory(content=b"%PDF-1.7 \x00\xff").notice
    with mail_server() as sink:
        deliver(notice)
    [file] = parsed(sink.messages[0]).iter_attachments()
    assert (file.get_filename(), file.get_content_type(), file.get_content()) == (
        "lettera.pdf",
        "application/pdf",
        b"%PDF-1.7 \x00\xff",
    )


def test_a_chunk_goes_over_one_connection():
    notices = [NoticeFactory() for _ in range(5)]
    with mail_server() as sink:
        assert deliver(*notices) == {"sent": 5}
    assert (sink.connections, len(sink.messages)) == (1, 5)


def test_a_notice_of_the_reserved_area_is_sent_by_being_there():
    notice = InboxNoticeFactory()
    assert not Notice.objects.inbox_of(notice.customer).exists()
    assert deliver(notice) == {"sent": 1}
    assert list(Notice.objects.inbox_of(notice.customer)) == [notice]


def test_what_was_sent_is_not_sent_again():
    notice = NoticeFactory()
    with mail_server() as sink:
        deliver(notice)
        assert deliver(notice) == {}
    assert len(sink.messages) == 1


def test_a_notice_waits_for_its_moment():
    notice = NoticeFactory(send_after=timezone.now() + timedelta(hours=1))
    assert deliver(notice) == {}
    assert notice.state == State.QUEUED


def test_a_channel_that_nobody_serves_waits():
    notice = NoticeFactory(channel="sms", address="+393331234567")
    assert deliver(notice) == {}
    assert notice.state == State.QUEUED


# --- Asked again at the last moment
def test_nothing_goes_to_a_suppressed_address():
    notice = NoticeFactory(address="Nessuno@example.it")
    suppressed = SuppressedAddressFactory(address="nessuno@example.it")
    with mail_server() as sink:
        assert deliver(notice) == {"withheld": 1}
    assert (notice.state, bool(notice.problem), sink.messages) == (State.WITHHELD, True, [])
    assert [(event.old, event.new) for event in notice.events.all()] == [("queued", "withheld")]
    suppressed.lifted_at = timezone.now()
    suppressed.save()
    other = NoticeFactory(address="nessuno@example.it")
    with mail_server():
        assert deliver(other) == {"sent": 1}


def test_what_comes_too_late_is_withheld():
    notice = NoticeFactory(expires_at=timezone.now() - timedelta(seconds=1))
    assert deliver(notice) == {"withheld": 1}


def consent(notice, *events):
    for event in events:
        ConsentFactory(customer=notice.customer, purpose=Consent.Purpose.AGENCY_PROMOTIONS, event=event)


def test_a_promotion_needs_the_consent_in_force_now():
    Event = Consent.Event
    never, only_given, withdrawn, confirmed = (NoticeFactory(is_promotional=True) for _ in range(4))
    consent(only_given, Event.GIVEN)
    consent(withdrawn, Event.GIVEN, Event.CONFIRMED, Event.WITHDRAWN)
    consent(confirmed, Event.GIVEN, Event.CONFIRMED)
    with mail_server() as sink:
        assert deliver(never, only_given, withdrawn, confirmed) == {"withheld": 3, "sent": 1}
    assert [confirmed.state, len(sink.messages)] == [State.SENT, 1]
    assert parsed(sink.messages[0])["List-Unsubscribe"].strip().startswith("<http")


def test_a_promotion_needs_the_consent_of_its_own_purpose(monkeypatch):
    kind = replace(POLICY_EXPIRING, code="offerta", is_promotional=True, consent="marketing", still_owed="")
    monkeypatch.setattr(KINDS, "filling", {**KINDS, kind.code: kind})
    agency, own = (NoticeFactory(is_promotional=True, kind=kind.code) for _ in range(2))
    consent(agency, Consent.Event.GIVEN, Consent.Event.CONFIRMED)
    for event in (Consent.Event.GIVEN, Consent.Event.CONFIRMED):
        ConsentFactory(customer=own.customer, purpose=Consent.Purpose.MARKETING, event=event)
    with mail_server():
        assert deliver(agency, own) == {"withheld": 1, "sent": 1}


def test_a_service_notice_asks_for_no_consent():
    notice = NoticeFactory()
    consent(notice, Consent.Event.WITHDRAWN)
    with mail_server():
        assert deliver(notice) == {"sent": 1}


# --- The text that is made late
FACTS = {
    "policy": "P1",
    "product": "Auto",
    "plate": "AB123CD",
    "line": "10",
    "due_on": "2026-12-31",
    "amount": "1240.50",
    "is_first": False,
}


def test_the_text_is_made_of_the_facts_before_it_is_sent_and_then_remains():
    notice = NoticeFactory(kind="instalment-due", words=FACTS, subject="", body_text="", language="it")
    assert "1.240,50" in notice.wording.subject
    with mail_server() as sink:
        assert deliver(notice) == {"sent": 1}
    assert "1.240,50" in notice.subject
    assert "P1" in notice.body_text
    assert "AB123CD" in notice.body_text
    assert notice.body_html
    assert parsed(sink.messages[0])["Subject"] == notice.subject


def test_facts_that_fit_no_text_are_refused_and_the_others_go():
    broken = NoticeFactory(kind="instalment-due", words={"policy": "P1"}, subject="", body_text="")
    lost = NoticeFactory(kind="of-the-past", words={}, subject="", body_text="")
    whole = NoticeFactory()
    with mail_server():
        assert deliver(broken, lost, whole) == {"refused": 2, "sent": 1}
    assert "amount" in broken.problem
    assert "of-the-past" in lost.problem


# --- Message-ID
def test_a_message_id_is_the_notices_own_and_cannot_be_made_up(settings):
    first, second = NoticeFactory(), NoticeFactory()
    ids = {message_id_of(first), message_id_of(second)}
    assert len(ids) == 2
    assert message_id_of(first) in ids
    settings.SECRET_KEY = "another" * 10
    assert message_id_of(first) not in ids


# --- Several at once
def test_the_text_that_is_stored_is_the_one_that_goes(monkeypatch):
    notice = NoticeFactory(kind="instalment-due", words=FACTS, subject="", body_text="", language="it")

    def another_worker_is_first(made):
        Notice.objects.filter(pk=notice.pk).update(subject="Di un altro", body_text="Testo", body_html="")

    monkeypatch.setattr(delivery, "_store_texts", another_worker_is_first)
    with mail_server() as sink:
        assert deliver(notice) == {"sent": 1}
    [received] = sink.messages
    assert b"Subject: Di un altro" in received.body


@pytest.mark.django_db(transaction=True)
def test_two_workers_on_one_queue_send_each_notice_once():
    ids = [NoticeFactory().pk for _ in range(60)]
    ready = threading.Barrier(2)
    counted = []

    def work():
        try:
            ready.wait()
            counted.append(deliver_notices(ids)["sent"])
        finally:
            connection.close()

    with mail_server() as sink:
        threads = [threading.Thread(target=work) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sum(counted) == len(sink.messages) == 60
    assert len({parsed(each)["Message-ID"] for each in sink.messages}) == 60
    assert Notice.objects.filter(state=State.SENT, attempts=1).count() == 60


# --- What must never break out of its line
@pytest.mark.parametrize("address", ["a@example.it\r\nBcc: b@example.it", "a@example.it,b@example.it", "nessuna", "@", "a b@c d"])  # fmt: skip
def test_an_address_of_no_mailbox_is_refused_at_once(address):
    notice, other = NoticeFactory(address=address), NoticeFactory()
    with mail_server(Fault(RCPT, "553 5.1.3 bad address", recipient="nessuna")) as sink:
        deliver(notice, other)
    assert (other.state, len(sink.messages)) == (State.SENT, 1)
    assert notice.state == State.REFUSED


def test_a_subject_cannot_carry_a_header():
    notice = NoticeFactory(subject="Ciao\nBcc: tutti@example.it")
    with mail_server() as sink:
        assert deliver(notice) == {"refused": 1}
    assert sink.messages == []


# --- The rate guard
def test_more_than_the_most_of_an_hour_waits_in_the_queue(settings, caplog):
    settings.NOTICES_PER_HOUR = 3
    notices = [InboxNoticeFactory() for _ in range(3)]
    assert deliver(*notices) == {"sent": 3}
    late = InboxNoticeFactory()
    assert deliver(late) == {}
    assert late.state == State.QUEUED
    assert "NOTICES_PER_HOUR" in caplog.text


def test_what_went_before_the_server_went_away_counts_in_the_hour(settings):
    settings.NOTICES_PER_HOUR = 1
    first, second = NoticeFactory(), NoticeFactory()
    with mail_server(Fault(CONNECT, DROP, after=1), Fault(RCPT, DROP, after=1)):
        assert deliver(first, second) == {"sent": 1, "queued": 1}
    assert deliver(InboxNoticeFactory()) == {}


# --- The customer
def test_a_notice_is_read_by_its_customer_once():
    account = ReservedAreaAccountFactory()
    notice = InboxNoticeFactory(customer=account.customer)
    deliver(notice)
    inbox = Notice.objects.inbox_of(account.customer)
    assert inbox.unread().count() == 1
    first = mark_read(notice, by=account.user).read_at
    assert mark_read(notice, by=account.user).read_at == first
    assert inbox.unread().count() == 0
    with pytest.raises(Refused):
        mark_read(notice, by=UserFactory())
