"""The circuit of each channel: when it rests, who tries it again, and what a slow one does to the others."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from customers.tests.factories import UserFactory
from foundation.refusals import Refused
from notifications import delivery, resting
from notifications.channels import Unavailable
from notifications.channels.inbox import InboxChannel
from notifications.delivery import deliver_notices, owed_by_queue
from notifications.models import ChannelCircuit, Notice
from notifications.tests.factories import InboxNoticeFactory, NoticeFactory
from notifications.tests.mail import mail_server
from testbed.smtp_sink import CONNECT, DROP, RCPT, Fault

pytestmark = pytest.mark.django_db

State, Channel = Notice.State, Notice.Channel


class Channels:
    """An e-mail channel whose answers the test chooses, beside the reserved area."""

    def __init__(self, answer=None):
        self.answer, self.tried = answer, 0

    def __call__(self):
        return self

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass

    def send(self, message, claimed):
        claimed()
        self.tried += 1
        if callable(self.answer):
            self.answer()
        elif self.answer:
            raise self.answer
        return "taken"

    @property
    def all(self):
        return {Channel.EMAIL: self, Channel.INBOX: InboxChannel}


def deliver(channels, *notices, **options):
    return dict(deliver_notices([each.pk for each in notices], channels=channels.all, **options))


def away():
    return Channels(Unavailable("Connection refused", for_all=True))


def open_circuit(channels):
    for _number in range(resting.IN_A_ROW):
        deliver(channels, NoticeFactory())
    return ChannelCircuit.objects.get(channel="email")


def test_after_three_failures_the_channel_rests_and_the_others_go():
    channels = away()
    circuit = open_circuit(channels)
    assert (circuit.failures, circuit.cause) == (3, "Connection refused")
    assert deliver(channels, NoticeFactory(), InboxNoticeFactory()) == {"sent": 1}
    assert channels.tried == 3


def test_a_success_between_closes_it_again():
    channels = away()
    deliver(channels, NoticeFactory())
    deliver(channels, NoticeFactory())
    deliver(Channels(), NoticeFactory())
    assert ChannelCircuit.objects.get().failures == 0
    deliver(channels, NoticeFactory())
    assert not resting.resting(timezone.now())


def test_after_the_rest_one_worker_tries_one_notice_and_the_next_rest_is_longer():
    channels = away()
    open_circuit(channels)
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        assert deliver(channels, NoticeFactory(), NoticeFactory()) == {"queued": 1}
        assert channels.tried == 4
        circuit = ChannelCircuit.objects.get()
        assert circuit.pause_seconds == 120
        assert deliver(channels, NoticeFactory()) == {}


def test_while_one_worker_tries_it_the_others_leave_it_alone():
    open_circuit(away())
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        assert deliver(Channels(), InboxNoticeFactory()) == {"sent": 1}  # who sends nothing by it takes no trial
        assert resting.take_trial("email")
        assert deliver(Channels(), NoticeFactory()) == {}
    with time_machine.travel(timezone.now() + timedelta(minutes=5)):  # that worker died
        assert deliver(Channels(), NoticeFactory()) == {"sent": 1}


def test_a_trial_that_succeeds_closes_the_circuit():
    open_circuit(away())
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        assert deliver(Channels(), NoticeFactory(), NoticeFactory()) == {"sent": 2}
    circuit = ChannelCircuit.objects.get()
    assert (circuit.failures, circuit.rests_until, circuit.pause_seconds) == (0, None, 0)


def test_a_person_has_it_tried_now():
    open_circuit(away())
    by = UserFactory()
    circuit = resting.try_now("email", by=by)
    assert (circuit.asked_by, bool(circuit.asked_at)) == (by, True)
    assert deliver(Channels(), NoticeFactory()) == {"sent": 1}
    with pytest.raises(Refused):
        resting.try_now("email", by=by)


def test_a_server_that_is_away_opens_it_and_one_that_comes_back_closes_it():
    with mail_server(Fault(CONNECT, DROP)):
        for _number in range(3):
            deliver_notices([NoticeFactory().pk])
    assert resting.resting(timezone.now()) == {"email"}
    resting.try_now("email", by=UserFactory())
    with mail_server():
        assert deliver_notices([NoticeFactory().pk]) == {"sent": 1}
    assert not resting.resting(timezone.now())


def test_a_server_that_refuses_everything_rests_and_mutes_nobody():
    notices = [NoticeFactory(address=f"c{place}@example.it", customer=None) for place in range(25)]
    with mail_server(Fault(RCPT, "554 5.7.1 your address is on a list")):
        results = deliver_notices([each.pk for each in notices])
    assert results == {"refused": resting.REFUSED_IN_A_ROW}
    assert resting.resting(timezone.now()) == {"email"}
    assert "5.7.1" in ChannelCircuit.objects.get().cause


def test_what_rests_is_not_handed_out():
    open_circuit(away())
    Notice.objects.update(send_after=timezone.now())
    assert not any(owed_by_queue(timezone.now()).values())


# --- Slow
def test_a_channel_that_takes_seconds_is_handed_to_workers_of_its_own(monkeypatch):
    handed = []
    monkeypatch.setattr(delivery, "wake_soon", lambda ids, queue: handed.append((ids, queue)))
    monkeypatch.setattr(resting, "SLOW_SECONDS", -1.0)
    channels, first, second, inbox = Channels(), NoticeFactory(), NoticeFactory(), InboxNoticeFactory()
    ids = [first.pk, second.pk, inbox.pk]
    assert dict(deliver_notices(ids, channels=channels.all, patient=False)) == {"sent": 2}
    assert handed == [([second.pk], "slow")]
    assert resting.slow_channels(timezone.now()) >= {"email"}
    monkeypatch.setattr(resting, "SLOW_SECONDS", 3.0)
    ChannelCircuit.objects.filter(channel="inbox").delete()
    assert owed_by_queue(timezone.now())["slow"] == [second.pk]
    assert deliver(channels, second, patient=False) == {}
    assert deliver(channels, second, patient=True) == {"sent": 1}
