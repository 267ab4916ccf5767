"""What becomes of a notice when the mail server misbehaves, at each step of the conversation; and when a worker dies."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import DatabaseError, transaction
from django.utils import timezone

from notifications import delivery
from notifications.delivery import DEAD_AFTER, deliver_notices, flag_stuck, sweep
from notifications.models import Notice, SuppressedAddress
from notifications.retries import DELAYS
from notifications.tests.factories import InboxNoticeFactory, NoticeFactory
from notifications.tests.mail import mail_server
from testbed.smtp_sink import ACCEPT, BODY, CONNECT, DATA, DROP, EHLO, HANG, MAIL, RCPT, Fault

pytestmark = pytest.mark.django_db

State = Notice.State


def deliver(*notices):
    results = deliver_notices([notice.pk for notice in notices])
    for notice in notices:
        notice.refresh_from_db()
    return dict(results)


# step, what the server does, what becomes of the notice, whether the message reached the server
CASES = [
    (CONNECT, DROP, State.QUEUED, False),
    (CONNECT, "421 4.3.2 too busy", State.QUEUED, False),
    (CONNECT, "554 5.3.2 no service here", State.QUEUED, False),
    (CONNECT, HANG, State.QUEUED, False),
    (EHLO, DROP, State.QUEUED, False),
    (MAIL, DROP, State.QUEUED, False),
    (MAIL, "451 4.3.0 later", State.QUEUED, False),
    (MAIL, "530 5.7.0 sign in first", State.QUEUED, False),
    (MAIL, "550 5.7.1 not you", State.QUEUED, False),  # us, so nobody else either
    (RCPT, DROP, State.QUEUED, False),
    (RCPT, HANG, State.QUEUED, False),
    (RCPT, "450 4.2.1 greylisted", State.QUEUED, False),
    (RCPT, "550 5.1.1 no such user", State.REFUSED, False),
    (RCPT, "421 4.7.0 closing", State.QUEUED, False),
    (DATA, DROP, State.QUEUED, False),
    (DATA, "452 4.3.1 full", State.QUEUED, False),
    (DATA, "554 5.6.0 no", State.REFUSED, False),
    (BODY, DROP, State.IN_DOUBT, False),
    (ACCEPT, DROP, State.IN_DOUBT, True),
    (ACCEPT, HANG, State.IN_DOUBT, True),
    (ACCEPT, "451 4.3.0 could not keep it", State.QUEUED, False),
    (ACCEPT, "554 5.7.1 spam", State.REFUSED, False),
]


@pytest.mark.parametrize("pipelining", [True, False], ids=["pipelining", "one-by-one"])
@pytest.mark.parametrize(("step", "answer", "state", "reached"), CASES, ids=[f"{c[0]}-{c[1]}"[:24] for c in CASES])
def test_each_step_that_fails_has_its_result(step, answer, state, reached, pipelining):
    notice = NoticeFactory()
    with mail_server(Fault(step, answer), timeout=0.3 if answer == HANG else 5, pipelining=pipelining) as sink:
        assert deliver(notice) == {state: 1}
    assert (notice.state, len(sink.messages)) == (state, reached)
    assert notice.problem
    assert [(event.old, event.new, event.detail) for event in notice.events.all()] == [
        ("sending", state, notice.problem)
    ]
    if state == State.QUEUED:
        assert timedelta(seconds=30) < notice.send_after - timezone.now() < timedelta(minutes=2)
    if answer[0].isdigit():
        assert answer[4:] in notice.problem


@pytest.mark.parametrize("step", [MAIL, RCPT, DATA])
@pytest.mark.parametrize("answer", [DROP, "421 4.4.2 you have been here long enough"])
def test_a_connection_that_is_dropped_between_two_messages_is_opened_again(step, answer):
    notices = [NoticeFactory() for _ in range(3)]
    with mail_server(Fault(step, answer, after=1, times=1)) as sink:
        assert deliver(*notices) == {"sent": 3}
    assert (len(sink.messages), sink.connections) == (3, 2)
    assert [notice.attempts for notice in notices] == [1, 1, 1]


def test_a_server_that_drops_every_connection_is_not_asked_again_and_again():
    notices = [NoticeFactory() for _ in range(3)]
    with mail_server(Fault(RCPT, DROP, after=1)) as sink:
        assert deliver(*notices) == {"sent": 1, "queued": 1}
    assert sink.connections == 2


def test_a_mailbox_that_does_not_exist_is_written_to_no_more():
    notice = NoticeFactory(address="Nessuno@example.it")
    with mail_server(Fault(RCPT, "550 5.1.1 no such user", recipient="essuno")):
        deliver(notice)
        later = NoticeFactory(address="nessuno@example.it")
        assert deliver(later) == {"withheld": 1}
    [suppressed] = SuppressedAddress.objects.in_force()
    assert (suppressed.address, suppressed.reason) == ("nessuno@example.it", "no_mailbox")
    assert "5.1.1" in suppressed.detail


@pytest.mark.parametrize(
    "answer", ["550 5.7.1 policy", "552 5.2.2 full", "550 5.1.8 bad sender", "550 no reason given"]
)
def test_another_refusal_does_not_suppress_the_address(answer):
    with mail_server(Fault(RCPT, answer)):
        assert deliver(NoticeFactory()) == {"refused": 1}
    assert not SuppressedAddress.objects.exists()


def test_one_refused_recipient_does_not_stop_the_others():
    bad, good = NoticeFactory(address="male@example.it"), NoticeFactory(address="bene@example.it")
    with mail_server(Fault(RCPT, "550 5.1.1 no", recipient="male")) as sink:
        assert deliver(bad, good) == {"refused": 1, "sent": 1}
    assert sink.connections == 1


def test_a_server_that_is_away_costs_one_attempt_and_leaves_the_others_in_the_queue(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 9, 1
    first, second = NoticeFactory(), NoticeFactory()
    assert deliver(first, second) == {"queued": 1}
    assert [first.attempts, second.attempts] == [1, 0]
    assert first.send_after > timezone.now() >= second.send_after


def test_a_mail_server_that_is_away_does_not_hold_the_reserved_area_up(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 9, 1
    notices = [NoticeFactory(), NoticeFactory(), InboxNoticeFactory()]
    assert deliver(*notices) == {"queued": 1, "sent": 1}
    assert [notice.attempts for notice in notices] == [1, 0, 1]


def test_what_fails_for_three_days_is_refused():
    notice = NoticeFactory()
    with mail_server(Fault(RCPT, "450 4.2.1 later")):
        for _delay in DELAYS:
            assert deliver(notice) == {"queued": 1}
            Notice.objects.update(send_after=timezone.now())
        assert deliver(notice) == {"refused": 1}
    assert "4.2.1" in notice.problem
    assert notice.attempts == len(DELAYS) + 1


def test_a_fault_of_ours_leaves_one_notice_in_doubt_and_the_others_go(caplog):
    class Broken:
        def __enter__(self):
            return self

        def __exit__(self, *error):
            pass

        def send(self, message, claimed):
            claimed()
            if message.address == "rotto@example.it":
                raise RuntimeError("a bug")

    broken, whole = NoticeFactory(address="rotto@example.it"), NoticeFactory()
    results = deliver_notices([broken.pk, whole.pk], channels={"email": Broken})
    assert results == {"in_doubt": 1, "sent": 1}
    assert "a bug" in caplog.text


def test_a_backend_that_is_no_smtp_is_used_as_it_is():
    notice = NoticeFactory()
    assert deliver(notice) == {"sent": 1}
    assert mail.outbox[0].extra_headers["Message-ID"] == notice.message_id


# --- A worker that dies
class Killed(BaseException):
    """What kill -9 looks like from inside: nothing that handles an Exception sees it."""


def test_a_worker_that_dies_between_sending_and_recording_leaves_that_one_in_doubt(monkeypatch):
    notices = [NoticeFactory() for _ in range(5)]

    class DiesWhenTheThirdHasGone(delivery.Claim):
        def __init__(self, notice, gone):
            if gone == notices[2]:
                raise Killed
            super().__init__(notice, gone)

    monkeypatch.setattr(delivery, "Claim", DiesWhenTheThirdHasGone)
    with mail_server() as sink:
        with pytest.raises(Killed):
            deliver(*notices)
        monkeypatch.undo()
        assert len(sink.messages) == 3
        states = [Notice.objects.get(pk=notice.pk).state for notice in notices]
        assert states == [State.SENT, State.SENT, State.SENDING, State.QUEUED, State.QUEUED]
        assert deliver(*notices) == {"sent": 2}, "what was in flight is not sent again"
        assert len(sink.messages) == 5
    later = timezone.now() + DEAD_AFTER + timedelta(seconds=1)
    assert flag_stuck(later) == 1
    assert flag_stuck(later) == 0
    stuck = Notice.objects.get(pk=notices[2].pk)
    assert (stuck.state, [event.new for event in stuck.events.all()]) == (State.IN_DOUBT, ["in_doubt"])


def test_nothing_leaves_before_the_claim_is_written(monkeypatch):
    notice = NoticeFactory()
    asked = []

    class Watched(delivery.Claim):
        def wait(self):
            asked.append(len(sink.messages))
            super().wait()

    monkeypatch.setattr(delivery, "Claim", Watched)
    with mail_server() as sink:
        assert deliver(notice) == {"sent": 1}
        assert (asked, len(sink.messages)) == ([0], 1)


def test_a_database_that_fails_at_the_claim_lets_nothing_leave(monkeypatch):
    notices = [NoticeFactory(), NoticeFactory()]
    monkeypatch.setattr(delivery, "CLAIM", "SELECT 1 / 0 WHERE %(id)s > 0")
    with mail_server() as sink:
        with pytest.raises(DatabaseError), transaction.atomic():
            deliver(*notices)
        monkeypatch.undo()
        assert sink.messages == []
        assert deliver(*notices) == {"sent": 2}


def test_what_is_being_sent_just_now_is_left_alone():
    NoticeFactory(state=State.SENDING, claimed_at=timezone.now())
    assert flag_stuck(timezone.now()) == 0


# --- The sweep
def test_the_sweep_hands_out_what_is_owed_oldest_first(monkeypatch):
    handed = []
    monkeypatch.setattr(delivery, "wake_the_worker", lambda ids, queue: handed.extend(ids))
    now = timezone.now()
    newer, older = (
        NoticeFactory(send_after=now - timedelta(minutes=1)),
        NoticeFactory(send_after=now - timedelta(hours=1)),
    )
    NoticeFactory(send_after=now + timedelta(hours=1))
    NoticeFactory(state=State.WITHHELD)
    NoticeFactory(channel="sms", address="+393331234567")
    assert sweep() == (0, 2)
    assert handed == [older.pk, newer.pk]
    assert Notice.objects.oldest_owed(now) == older.send_after


def test_two_sweeps_send_nothing_twice():
    ids = [NoticeFactory().pk for _ in range(3)]
    with mail_server() as sink:
        for _beat in range(2):
            assert delivery.owed_ids(timezone.now()) in (ids, [])
            deliver_notices(ids)
    assert len(sink.messages) == 3


def test_nothing_owed_has_no_oldest():
    assert Notice.objects.oldest_owed(timezone.now()) is None
