"""A worker is woken after the commit, once for a transaction; a broker that is away is no fault of the command."""

import subprocess
import sys
import threading

import pytest
from celery import Celery, current_app
from django.db import transaction
from django.utils import timezone

from notifications import tasks
from notifications.kinds import NoticeKind
from notifications.services import queue_notice, wake_the_worker, waking

pytestmark = pytest.mark.django_db

KIND = NoticeKind("prova", "prova", frozenset({"number"}))


@pytest.fixture(autouse=True)
def texts(tmp_path, settings, monkeypatch):
    folder = tmp_path / "notices" / "prova"
    folder.mkdir(parents=True)
    (folder / "subject.txt").write_text("{{ number }}")
    (folder / "body.txt").write_text("{{ number }}")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path, *settings.TEMPLATES[0]["DIRS"]]}]
    monkeypatch.setattr(waking, "_left_alone_until", 0.0)


@pytest.fixture
def published(monkeypatch):
    """What was published, and how, once all that was handed over is."""
    found = []
    monkeypatch.setattr(current_app, "send_task", lambda name, args, **options: found.append((args[0], options)))

    def all_of_it():
        waking.publisher.finish()
        return found

    return all_of_it


def queue(number, **given):
    return queue_notice(KIND, once=f"prova:{number}", words={"number": number}, address="a@example.it", **given).pk


def queue_and_undo(number):
    with transaction.atomic():
        queue(number)
        transaction.set_rollback(True)


def test_the_notices_of_one_transaction_become_one_message(published, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        ids = [queue(1), queue(2), queue(3)]
        assert published() == []
    assert [chunk for chunk, _options in published()] == [ids]
    assert published()[0][1]["retry"] is False


@pytest.mark.django_db(transaction=True)
def test_a_savepoint_that_is_undone_takes_only_its_own_wake_up_away(published):
    with transaction.atomic():
        queue_and_undo(1)
        kept = queue(2)
    assert [chunk for chunk, _options in published()] == [[kept]]


@pytest.mark.django_db(transaction=True)
def test_what_is_not_committed_wakes_nobody(published):
    queue_and_undo(1)
    assert published() == []


def test_what_is_to_wait_wakes_nobody(published, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        queue(1, send_after=timezone.now() + timezone.timedelta(hours=1))
    assert published() == []


def test_many_ids_go_in_chunks(published):
    assert wake_the_worker(range(450))
    assert [len(chunk) for chunk, _options in published()] == [200, 200, 50]


def test_a_broker_that_is_away_is_logged_and_left_alone_for_a_while(monkeypatch, caplog):
    tries = []

    def away(*args, **options):
        tries.append(args)
        raise OSError("Connection refused")

    monkeypatch.setattr(current_app, "send_task", away)
    assert not wake_the_worker([1])
    assert not wake_the_worker([2])
    assert len(tries) == 1
    assert "Connection refused" in caplog.text


def test_a_broker_that_hangs_is_not_waited_for(monkeypatch, caplog):
    answered = threading.Event()
    monkeypatch.setattr(waking, "PATIENCE_SECONDS", 0.05)
    monkeypatch.setattr(current_app, "send_task", lambda *args, **options: answered.wait(30))
    assert not wake_the_worker([1])
    answered.set()
    assert "no answer" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_a_command_does_not_wait_for_the_broker(monkeypatch):
    begun, answered = threading.Event(), threading.Event()

    def hangs(*_args, **_options):
        begun.set()
        answered.wait(30)

    monkeypatch.setattr(current_app, "send_task", hangs)
    with transaction.atomic():
        queue(1)
    assert begun.wait(10)  # and the command is here already
    answered.set()
    waking.publisher.finish()


def test_what_a_command_hands_over_just_before_it_ends_is_still_published():
    program = (
        "import time, django\n"
        "django.setup()\n"
        "from notifications.services import waking\n"
        "def late(name, args, **options):\n"
        "    time.sleep(0.2)\n"  # by then the interpreter is ending
        "    print(args[0], flush=True)\n"
        "waking.current_app.send_task = late\n"
        "waking.publisher.take([1])\n"
        "waking.publisher.take([2])\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert ended.stdout.splitlines() == ["[1]", "[2]"]
    assert ended.stderr == ""


def test_what_a_slow_broker_has_no_room_for_is_left_to_the_sweep(monkeypatch, caplog):
    publisher = waking._Publisher()
    monkeypatch.setattr(publisher, "_work", lambda: None)  # a thread that takes nothing
    for number in range(waking.MOST_WAITING + 1):
        publisher.take([number])
    assert publisher.waiting.qsize() == waking.MOST_WAITING
    assert "the sweep will find what waits" in caplog.text


def test_what_is_published_is_the_task_that_delivers():
    assert tasks.deliver.name == waking.DELIVER


def test_the_real_client_raises_nothing_when_nobody_listens(monkeypatch):
    lonely = Celery("lonely", broker="redis://127.0.0.1:9/0", set_as_current=False)
    monkeypatch.setattr(waking, "current_app", lonely)
    assert not wake_the_worker([1])
    lonely.close()
