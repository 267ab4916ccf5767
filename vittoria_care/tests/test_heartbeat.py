"""One beat acts at a time, another takes over, and the last run of each periodic task is known."""

from datetime import UTC, datetime, timedelta

import pytest
from celery import Celery
from django.db import DatabaseError
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from customers import roles
from customers.tests.factories import UserFactory
from foundation.heartbeats import give_lease_back, hold_lease, last_beginnings
from foundation.models import Heartbeat
from foundation.tests.factories import HeartbeatFactory
from notifications.sendings.workers import deaf_queues
from vittoria_care.running import heartbeat
from vittoria_care.running.heartbeat import BEAT, LEASE, PULSE, OneBeat

pytestmark = pytest.mark.django_db


class Sent(list):
    """A Celery application whose timetable has one entry a minute; what is sent is listed here."""

    def __init__(self):
        self.app = Celery("trial", broker="memory://", set_as_current=False)
        self.app.conf.beat_schedule = {"count": {"task": "trial.count", "schedule": 60.0}}
        self.app.conf.timezone = "Europe/Rome"

    def beat(self):
        beat = OneBeat(app=self.app, max_interval=5)
        beat.send_task = lambda *args, **options: self.append((args[0], options["headers"]["periodic"]))
        return beat


@pytest.fixture
def sent(monkeypatch):
    monkeypatch.setattr(heartbeat, "close_old_connections", lambda: None)  # the test's own is the only one
    return Sent()


def abandon(beat):
    """The beat dies: its lease is renewed no more."""
    Heartbeat.objects.filter(name=BEAT).update(began_at=timezone.now() - LEASE - timedelta(seconds=1))


def due(beat):
    for entry in beat.schedule.values():
        entry.last_run_at = timezone.now() - timedelta(minutes=2)
    beat._heap = None


# --- The lease ----------------------------------------------------------------------------------------------------
def test_one_holds_the_lease_and_renews_it():
    assert hold_lease("x", holder="one", lease=LEASE)
    assert hold_lease("x", holder="one", lease=LEASE)
    assert not hold_lease("x", holder="other", lease=LEASE)


def test_a_lease_given_back_is_free_at_once():
    hold_lease("x", holder="one", lease=LEASE)
    give_lease_back("x", holder="other")
    assert not hold_lease("x", holder="other", lease=LEASE)
    give_lease_back("x", holder="one")
    assert hold_lease("x", holder="other", lease=LEASE)


def test_a_lease_not_renewed_is_free_later():
    hold_lease("x", holder="one", lease=LEASE)
    Heartbeat.objects.update(began_at=timezone.now() - LEASE + timedelta(seconds=5))
    assert not hold_lease("x", holder="other", lease=LEASE)
    Heartbeat.objects.update(began_at=timezone.now() - LEASE - timedelta(seconds=1))
    assert hold_lease("x", holder="other", lease=LEASE)
    assert not hold_lease("x", holder="one", lease=LEASE), "who comes back finds it taken"


# --- Two beats ----------------------------------------------------------------------------------------------------
def test_of_two_beats_one_sends(sent):
    one, other = sent.beat(), sent.beat()
    for beat in (one, other):
        due(beat)
        for _tick in range(3):
            assert beat.tick() <= 5
    assert sent == [("trial.count", "count")]
    assert (one.acts, other.acts) == (True, False)


def test_another_takes_over_when_the_first_has_died(sent):
    one, other = sent.beat(), sent.beat()
    one.tick()
    assert other.tick() == 5
    abandon(one)
    other.tick()
    due(other)
    other.tick()
    assert other.acts
    assert len(sent) == 1


def test_another_takes_over_at_once_when_the_first_is_stopped(sent):
    one, other = sent.beat(), sent.beat()
    one.tick()
    one.close()
    other.tick()
    assert other.acts


def test_a_beat_that_lost_the_lease_sends_nothing_more(sent):
    one, other = sent.beat(), sent.beat()
    one.tick()
    abandon(one)
    other.tick()
    due(one)
    one.renewed -= 60  # it has slept meanwhile
    one.tick()
    assert (one.acts, list(sent)) == (False, [])


def test_a_beat_that_takes_over_does_not_repeat_what_was_sent(sent):
    HeartbeatFactory(name="count", began_at=timezone.now() - timedelta(seconds=10))
    beat = sent.beat()
    due(beat)
    for _tick in range(3):
        beat.tick()
    assert list(sent) == []


def test_a_beat_that_takes_over_catches_up_with_what_was_missed(sent):
    HeartbeatFactory(name="count", began_at=timezone.now() - timedelta(hours=10))
    beat = sent.beat()
    for _tick in range(3):
        beat.tick()
    assert list(sent) == [("trial.count", "count")]


def test_a_beat_without_database_sends_nothing_and_goes_on(sent, monkeypatch):
    beat = sent.beat()
    beat.tick()
    due(beat)
    beat.renewed -= 60

    def away(*args, **kwargs):
        raise DatabaseError

    with monkeypatch.context() as patch:
        patch.setattr(heartbeat, "hold_lease", away)
        assert beat.tick() == 5
    assert (beat.acts, list(sent)) == (False, [])
    beat.tick()
    assert beat.acts


# --- The last runs ------------------------------------------------------------------------------------------------
class Task:
    """A running task as Celery's signals hand it over."""

    def __init__(self, **headers):
        self.request = type("Request", (), headers)()


def test_a_periodic_task_is_written_down():
    task = Task(periodic="count")
    heartbeat._began(task=task)
    assert Heartbeat.objects.filter(name="count", ended_at=None, ok=None).exists()
    heartbeat._ended(task=task, state="SUCCESS")
    row = Heartbeat.objects.get(name="count")
    assert (row.ok, row.ended_at >= row.began_at) == (True, True)
    heartbeat._began(task=task)
    heartbeat._ended(task=task, state="FAILURE")
    assert Heartbeat.objects.get(name="count").ok is False
    assert set(last_beginnings()) == {"count"}


def test_a_task_that_a_command_sent_is_not():
    heartbeat._began(task=Task())
    assert not Heartbeat.objects.exists()


def test_a_database_that_is_away_does_not_stop_the_work(monkeypatch):
    def away(name):
        raise DatabaseError

    monkeypatch.setattr(heartbeat, "note_beginning", away)
    heartbeat._began(task=Task(periodic="count"))


# --- The queues -----------------------------------------------------------------------------------------------------
def test_whoever_takes_from_a_queue_is_written_down_a_few_times_a_minute(monkeypatch):
    monkeypatch.setattr(heartbeat, "_noted", {})
    task = Task(delivery_info={"routing_key": "urgent"})
    heartbeat._note_queue(task=task)
    assert "urgent" not in deaf_queues(timezone.now())
    assert deaf_queues(timezone.now())["bulk"] is None
    began = Heartbeat.objects.get(name="queue:urgent").began_at
    heartbeat._note_queue(task=task)
    assert Heartbeat.objects.get(name="queue:urgent").began_at == began
    later = deaf_queues(timezone.now() + timedelta(minutes=4))
    assert later["urgent"] >= 240


def test_a_task_of_no_queue_of_ours_is_not(monkeypatch):
    monkeypatch.setattr(heartbeat, "_noted", {})
    heartbeat._note_queue(task=Task(delivery_info={"routing_key": "other"}))
    heartbeat._note_queue(task=Task(delivery_info=None))
    assert not Heartbeat.objects.exists()


# --- What people are shown ------------------------------------------------------------------------------------------
def panel(role=roles.MANAGER):
    with translation.override("en"):
        shown = heartbeat.tiles(UserFactory(role=role))
    return shown[0] if shown else None


@pytest.mark.parametrize(
    ("ago", "value", "tone"),
    [
        (timedelta(seconds=1), "1 second ago", "good"),
        (timedelta(seconds=170), "2 minutes ago", "good"),
        (timedelta(seconds=200), "3 minutes ago", "bad"),
        (timedelta(hours=30), "30 hours ago", "bad"),
    ],
)
def test_the_panel_says_when_beat_was_last_seen(time_machine, ago, value, tone):
    now = datetime(2026, 5, 4, 9, tzinfo=UTC)
    HeartbeatFactory(name=PULSE, began_at=now - ago)
    time_machine.move_to(now, tick=False)
    assert (panel().value, panel().tone) == (value, tone)


def test_the_panel_is_red_when_beat_was_never_seen():
    assert (panel().value, panel().tone) == ("never", "bad")


def test_the_panel_names_what_ended_badly():
    HeartbeatFactory(name=PULSE)
    HeartbeatFactory(name="refresh-figures", ok=False, ended_at=timezone.now())
    HeartbeatFactory(name="no-longer-in-the-timetable", ok=False, ended_at=timezone.now())
    assert (panel().hint, panel().tone) == ("Ended badly: refresh-figures", "warn")


@pytest.mark.parametrize(
    ("role", "shown"),
    [(roles.MANAGER, True), (roles.ADMINISTRATOR, True), (roles.AGENT, False), (roles.AGENCY_MEMBER, False)],
)
def test_people_who_keep_the_organisation_see_the_panel(role, shown):
    assert (panel(role) is not None) == shown


def test_the_first_page_has_the_panel():
    client = Client()
    client.force_login(UserFactory(role=roles.MANAGER))
    titles = [each.title for each in client.get(reverse("admin:index")).context["tiles"]]
    assert titles[-1] == translation.gettext("Beat last seen")
