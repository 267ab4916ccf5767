"""Which answers of a mail server mute an address, and what stops it from muting everybody."""

import csv
import logging
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone

from customers.tests.factories import UserFactory
from notifications.delivery import OVERRUN, deliver_notices
from notifications.models import Notice, SuppressedAddress
from notifications.services import lift_suppressions
from notifications.tests.factories import NoticeFactory, SuppressedAddressFactory
from notifications.tests.mail import mail_server
from testbed.smtp_sink import ACCEPT, HANG, MAIL, RCPT, Fault

pytestmark = pytest.mark.django_db

State = Notice.State
ANSWERS = list(csv.reader(Path(__file__).with_name("smtp_answers.csv").read_text(encoding="utf-8").splitlines()))[1:]


def deliver(notices):
    return dict(deliver_notices([notice.pk for notice in notices]))


def many(number, name="c"):
    return [NoticeFactory(address=f"{name}{place}@example.it", customer=None) for place in range(number)]


@pytest.mark.parametrize(("step", "answer", "suppress"), ANSWERS)
def test_only_a_refusal_of_the_recipient_stops_mail_to_it(step, answer, suppress):
    notices = many(1)
    with mail_server(Fault(step, answer)):
        deliver(notices)
    assert SuppressedAddress.objects.exists() == (suppress == "yes")


def test_a_refusal_of_the_sender_leaves_all_in_the_queue_and_is_an_error(caplog):
    with mail_server(Fault(MAIL, "550 5.7.1 not you")) as sink:
        assert deliver(many(3)) == {"queued": 1}
    assert (sink.messages, Notice.objects.filter(state=State.QUEUED).count()) == ([], 3)
    assert [record.levelno for record in caplog.records if "5.7.1" in record.getMessage()] == [logging.ERROR]


def test_a_message_that_is_too_large_is_refused_alone():
    with mail_server(Fault(MAIL, "552 5.3.4 too large", times=1)):
        assert deliver(many(2)) == {"refused": 1, "sent": 1}


# --- The brake
def test_a_server_that_knows_nobody_mutes_nobody(caplog):
    notices = many(8)
    with mail_server(Fault(RCPT, "550 5.1.1 no such user")):
        assert deliver(notices) == {"queued": 5}
    assert not SuppressedAddress.objects.in_force().exists()
    assert Notice.objects.filter(state=State.QUEUED).count() == 8
    assert "5 of 5 recipients" in caplog.text


def test_the_channel_rests_after_that_and_goes_on_later():
    notices = many(6)
    with mail_server(Fault(RCPT, "550 5.1.1 no such user")):
        deliver(notices)
    later = NoticeFactory()
    with mail_server():
        assert deliver([later]) == {}
        with time_machine.travel(timezone.now() + OVERRUN + timedelta(seconds=1)):
            assert deliver([later]) == {"sent": 1}


def test_some_mailboxes_that_do_not_exist_are_suppressed_as_ever():
    good, bad = many(7), many(6, "via")
    with mail_server(Fault(RCPT, "550 5.1.1 no such user", recipient="via")):
        assert deliver([*good, *bad]) == {"sent": 7, "refused": 6}
    assert SuppressedAddress.objects.in_force().count() == 6


# --- Lifting many at once
def test_many_are_lifted_at_once_and_their_notices_go_again():
    by, now = UserFactory(), timezone.now()
    for place in range(3):
        SuppressedAddressFactory(address=f"c{place}@example.it", since=now)
        NoticeFactory(address=f"C{place}@example.it", state=State.REFUSED)
    other = SuppressedAddressFactory(since=now - timedelta(days=30))
    NoticeFactory(address="c1@example.it", state=State.REFUSED, expires_at=now)
    those = SuppressedAddress.objects.filter(since__gte=now)
    assert lift_suppressions(those, by=by, send_again=True) == (3, 3)
    assert list(SuppressedAddress.objects.in_force()) == [other]
    assert Notice.objects.filter(state=State.QUEUED, attempts=0).count() == 3


def test_lifting_twice_lifts_nothing_more():
    SuppressedAddressFactory()
    by = UserFactory()
    lift_suppressions(SuppressedAddress.objects.all(), by=by, send_again=False)
    assert lift_suppressions(SuppressedAddress.objects.all(), by=by, send_again=True) == (0, 0)


# --- A server that hangs
def test_a_server_that_hangs_after_a_message_puts_one_notice_in_doubt():
    notices = many(3)
    with mail_server(Fault(ACCEPT, HANG), timeout=0.3):
        assert deliver(notices) == {"in_doubt": 1}
        assert deliver(notices) == {}
    assert Notice.objects.filter(state=State.QUEUED).count() == 2
