"""The mailbox of returns, read over IMAP: nothing is lost, nothing counts twice, whatever the server does."""

import os
import subprocess
import sys
import time
from contextlib import suppress

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.utils import timezone

from notifications.models import DeliveryReport, MailboxPlace, ReturnedMessage, SuppressedAddress
from notifications.returns import rounds
from notifications.returns.mailbox import open_mailbox
from notifications.returns.tokens import return_path_of
from notifications.tests.factories import NoticeFactory
from notifications.tests.return_samples import RETURNS, answer, bounce
from testbed.imap_server import ImapServer

pytestmark = pytest.mark.django_db

Kind = ReturnedMessage.Kind


@pytest.fixture
def box(settings):
    with ImapServer(user="returns") as server:
        settings.RETURNS_ADDRESS, settings.RETURNS_IMAP_URL, settings.PEC_IMAP_URL = RETURNS, server.url, ""
        yield server


def fetched(box, *messages):
    box.messages += messages
    [found] = rounds.fetch_returns()
    return found


def many(number):
    return [answer(RETURNS, text=f"Domanda {place}") for place in range(number)]


def test_what_came_is_kept_as_it_is_and_then_removed(box):
    raw = answer(RETURNS)
    found = fetched(box, raw)
    assert (found.new, found.removed, found.away) == ({"answer": 1}, 1, "")
    assert bytes(ReturnedMessage.objects.get().raw) == raw
    assert box.left == []
    place = MailboxPlace.objects.get()
    assert (place.problem, place.waiting, place.read_at is not None) == ("", 0, True)


def test_a_second_round_changes_nothing(box):
    fetched(box, answer(RETURNS))
    box.commands.clear()
    found = fetched(box)
    assert (found.new, found.known) == ({}, 0)
    assert not [each for each in box.commands if "FETCH" in each or "STORE" in each]


def test_one_that_cannot_be_read_stops_no_other_and_is_listed(box, monkeypatch):
    keep = rounds.keep_return
    monkeypatch.setattr(
        rounds, "keep_return", lambda raw, *a, **k: 1 / 0 if b"Domanda 1" in raw else keep(raw, *a, **k)
    )
    found = fetched(box, *many(3), b"\0\0 no message")
    assert found.new == {"answer": 2, "unreadable": 2}
    assert box.left == []
    bad = ReturnedMessage.objects.get(words__startswith="ZeroDivisionError")
    assert (bad.kind, bad.state) == (Kind.UNREADABLE, "open")


def test_the_same_message_twice_is_one_row(box):
    raw = answer(RETURNS)
    found = fetched(box, raw, raw)
    assert (found.new, found.known) == ({"answer": 1}, 1)
    assert box.left == []


def test_a_mailbox_that_has_moved_is_read_again_and_nothing_counts_twice(box):
    box.can = "IMAP4rev1"  # nothing can be removed
    fetched(box, *many(3))
    box.validity, box.first = 2, 40
    box.can = "IMAP4rev1 UIDPLUS"
    found = fetched(box)
    assert (found.new, found.known, ReturnedMessage.objects.count()) == ({}, 3, 3)
    assert box.left == []


def test_without_uidplus_nothing_is_removed_and_nothing_is_read_twice(box):
    box.can = "IMAP4rev1"
    assert fetched(box, *many(2)).removed == 0
    assert len(box.left) == 2
    assert fetched(box).known == 0


def test_marks_of_others_are_neither_trusted_nor_carried_out(box):
    box._marked = {1}
    fetched(box, *many(2))
    assert ReturnedMessage.objects.count() == 2
    assert not [each for each in box.commands if each == "EXPUNGE"]


# --- Killed, slow, full
@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_server_that_dies_in_the_middle_is_read_on_from_there(box, number):
    box.hangs_up_at = number
    found = fetched(box, *many(3))
    assert (sum(found.new.values()), bool(found.away)) == (number - 1, True)
    assert MailboxPlace.objects.get().problem
    box.hangs_up_at = None
    found = fetched(box)
    assert (ReturnedMessage.objects.count(), box.left, found.away) == (3, [], "")
    assert MailboxPlace.objects.get().problem == ""


@pytest.mark.parametrize("command", ["UID STORE", "UID EXPUNGE"])
def test_a_server_that_dies_while_it_removes_is_cleared_by_the_next_round(box, command):
    box.hangs_up_on = command
    found = fetched(box, *many(3))
    assert (sum(found.new.values()), bool(found.away)) == (3, True)
    box.hangs_up_on = ""
    found = fetched(box)
    assert (found.new, box.left, ReturnedMessage.objects.count()) == ({}, [], 3)


@pytest.mark.parametrize("command", ["UID STORE", "UID EXPUNGE"])
def test_a_mailbox_that_is_full_and_takes_no_change_is_read_all_the_same(box, command):
    box.refuses = command
    found = fetched(box, *many(2))
    assert (sum(found.new.values()), "OVERQUOTA" in found.away) == (2, True)
    box.refuses = ""
    assert fetched(box).removed == 2


def test_a_server_that_does_not_answer_in_time_is_away(box, settings):
    box.delay = 0.5
    began = time.monotonic()
    with pytest.raises(rounds.Unavailable), open_mailbox(settings.RETURNS_IMAP_URL, timeout=0.1):
        pass
    assert time.monotonic() - began < 3


def test_a_server_that_sends_a_byte_now_and_then_holds_nobody_up(box, settings):
    box.drips = 0.05
    box.messages += many(1)
    began = time.monotonic()
    with pytest.raises(rounds.Unavailable), open_mailbox(settings.RETURNS_IMAP_URL, longest=0.5) as mailbox:
        mailbox.message(1)
    assert time.monotonic() - began < 5


def test_a_wrong_password_is_reported_and_tried_again(box, capsys):
    box.password = "another"
    with pytest.raises(SystemExit) as end:
        call_command("fetch_returns")
    assert end.value.code == 1
    assert "returns: receipts=0" in capsys.readouterr().out
    assert "wrong" in MailboxPlace.objects.get().problem


def test_a_database_that_is_away_ends_the_round_and_loses_nothing(box, monkeypatch):
    def away(*_arguments, **_named):
        raise OperationalError("away")

    box.messages += many(2)
    with monkeypatch.context() as patched:
        patched.setattr(rounds, "keep_return", away)
        with pytest.raises(OperationalError):
            rounds.fetch_returns()
    assert (len(box.left), ReturnedMessage.objects.count()) == (2, 0)
    assert fetched(box).new == {"answer": 2}


# --- Bounds
def test_a_round_reads_so_many_and_says_what_is_left(box, monkeypatch):
    monkeypatch.setattr(rounds, "MOST", 2)
    found = fetched(box, *many(5))
    assert (sum(found.new.values()), found.waiting) == (2, 3)
    assert MailboxPlace.objects.get().waiting == 3
    fetched(box)
    assert fetched(box).waiting == 0
    assert (ReturnedMessage.objects.count(), box.left) == (5, [])


def test_of_one_that_is_too_large_the_beginning_is_kept_and_the_rest_stays_there(box, monkeypatch):
    monkeypatch.setattr(rounds, "LARGEST_RETURN", 2_000)
    monkeypatch.setattr("notifications.returns.mailbox.BEGINNING", 1_000)
    found = fetched(box, answer(RETURNS, text="x " * 5_000))
    assert (found.new, len(box.left)) == ({"answer": 1}, 1)
    kept = ReturnedMessage.objects.get()
    assert (kept.is_whole, len(kept.raw), kept.size > 5_000) == (False, 1_000, True)
    assert fetched(box).new == {}


def test_numbers_far_apart_are_asked_for_by_windows(box, monkeypatch):
    monkeypatch.setattr("notifications.returns.mailbox.WINDOW", 10)
    box.first = 35
    assert fetched(box, *many(25)).new == {"answer": 25}
    assert box.left == []


def test_without_a_mailbox_the_command_says_so(settings):
    settings.RETURNS_IMAP_URL = settings.PEC_IMAP_URL = ""
    with pytest.raises(CommandError) as error:
        call_command("fetch_returns")
    assert error.value.returncode == 2


# --- Two thousand, and a reader that is killed
@pytest.mark.django_db(transaction=True)
def test_a_reader_that_is_killed_again_and_again_loses_nothing(box, settings):
    """In a process of its own, killed in the middle: every message is one row at the end, and the mailbox is empty."""
    settings.RETURNS_ADDRESS = RETURNS
    notice = NoticeFactory()
    box.messages += [*many(150), bounce(return_path_of(notice.pk))]
    box.delay = 0.002
    code = (
        "import django; django.setup();"
        "from django.conf import settings; from django.db import connection;"
        f"connection.settings_dict['NAME'] = {connection.settings_dict['NAME']!r};"
        f"settings.RETURNS_IMAP_URL = {box.url!r}; settings.RETURNS_ADDRESS = {RETURNS!r};"
        "from notifications.returns.rounds import fetch_returns; fetch_returns()"
    )
    for _attempt in range(2):
        process = subprocess.Popen(
            [sys.executable, "-c", code], env=os.environ | {"DJANGO_SETTINGS_MODULE": "vittoria_care.settings_test"}
        )
        before, until = ReturnedMessage.objects.count(), time.monotonic() + 20
        while ReturnedMessage.objects.count() < before + 20 and time.monotonic() < until and process.poll() is None:
            time.sleep(0.02)
        with suppress(ProcessLookupError):
            process.kill()
        process.wait()
    assert ReturnedMessage.objects.count() >= 20
    fetched(box)
    assert (ReturnedMessage.objects.count(), box.left) == (151, [])


def test_a_bounce_read_twice_is_reported_and_suppressed_once(box):
    notice = NoticeFactory(state="sent", sent_at=timezone.now(), claimed_at=timezone.now())
    raw = bounce(return_path_of(notice.pk))
    fetched(box, raw)
    box.validity, box.messages = 9, [raw]
    fetched(box)
    assert (DeliveryReport.objects.count(), SuppressedAddress.objects.count()) == (1, 1)
