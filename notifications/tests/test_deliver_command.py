"""`deliver_notices`: by hand what beat does, with its counts and exit codes."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from notifications.delivery import PREPARED
from notifications.models import Notice
from notifications.tests.factories import InboxNoticeFactory, NoticeFactory
from notifications.tests.mail import mail_server
from testbed.smtp_sink import RCPT, Fault

pytestmark = pytest.mark.django_db

State = Notice.State


def test_everything_owed_is_sent_and_the_exit_code_is_zero(capsys):
    NoticeFactory(), InboxNoticeFactory()
    with mail_server() as sink:
        call_command("deliver_notices")
    assert Notice.objects.filter(state=State.SENT).count() == 2
    assert (len(sink.messages), capsys.readouterr().out[:1]) == (1, "2")


def test_that_nothing_was_owed_is_reported(capsys):
    call_command("deliver_notices")
    assert "no notice was due" in capsys.readouterr().out


def test_a_limit_takes_the_oldest():
    newer, older = NoticeFactory(), NoticeFactory(send_after=timezone.now() - timedelta(hours=1))
    with mail_server():
        call_command("deliver_notices", limit=1)
    assert Notice.objects.get(state=State.SENT) == older
    assert Notice.objects.get(state=State.QUEUED) == newer


def test_a_dry_run_sends_nothing(capsys):
    NoticeFactory()
    call_command("deliver_notices", dry_run=True)
    assert Notice.objects.get().state == State.QUEUED
    assert "Would send 1" in capsys.readouterr().out


def test_what_was_refused_gives_exit_code_one():
    NoticeFactory()
    with mail_server(Fault(RCPT, "550 5.1.1 no")), pytest.raises(SystemExit) as end:
        call_command("deliver_notices")
    assert end.value.code == 1


def test_what_a_dead_worker_held_gives_exit_code_one(capsys):
    NoticeFactory(state=State.SENDING, claimed_at=timezone.now() - timedelta(hours=1))
    with pytest.raises(SystemExit) as end:
        call_command("deliver_notices")
    assert end.value.code == 1
    assert Notice.objects.get().state == State.IN_DOUBT


def test_a_server_that_is_away_ends_it_with_exit_code_one(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 9, 1
    for _number in range(PREPARED + 1):
        NoticeFactory()
    with pytest.raises(SystemExit) as end:
        call_command("deliver_notices")
    assert end.value.code == 1
    assert sorted(Notice.objects.values_list("attempts", flat=True)) == [0] * PREPARED + [1]


def test_a_negative_limit_is_refused():
    with pytest.raises(CommandError) as refused:
        call_command("deliver_notices", limit=-1)
    assert refused.value.returncode == 2
