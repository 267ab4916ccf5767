"""The clock: one beat that acts, however many run, and a record of the last run of every periodic task.

Beat holds a lease, a row of the database that it renews (foundation/heartbeats.py); a second beat waits, and takes over
within a minute when the first has died, at once when it was stopped. When each task last ran is read from the same
table, so that a takeover, or a lost `var/`, neither repeats nor forgets the nightly work.
"""

import os
import socket
import time
from datetime import datetime, timedelta
from typing import Any

import structlog
from celery import signals
from celery.beat import ScheduleEntry, Scheduler
from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from foundation.heartbeats import give_lease_back, hold_lease, last_beginnings, note_beginning, note_end
from foundation.models import Heartbeat
from foundation.office.tiles import Tile
from notifications.queues import MARK, QUEUES

log = structlog.get_logger(__name__)

BEAT = "beat"  # the row of beat itself
PULSE = "pulse"  # the task that shows that beat, broker and worker are alive
LEASE = timedelta(seconds=30)
RENEWED_EVERY = 10.0  # seconds
HEADER = "periodic"  # in which beat gives a task the name of its entry in the timetable
LATE = timedelta(minutes=3)
NOTED_EVERY = 20.0  # seconds
QUEUE_NAMES = [each.name for each in QUEUES]


# --- Beat -------------------------------------------------------------------------------------------------------
class OneBeat(Scheduler):
    """Sends what is due while it holds the lease, and waits while another does."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.holder = f"{socket.gethostname()[:80]}/{os.getpid()}/{os.urandom(4).hex()}"
        self.renewed = float("-inf")
        self.acts: bool | None = None  # not known before the first look
        super().__init__(*args, **kwargs)

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Send one thing that is due, if this is the beat that acts; returns the seconds until the next look."""
        if not self._holds_lease():
            return self.max_interval
        return min(super().tick(*args, **kwargs), self.max_interval)

    def apply_async(self, entry: ScheduleEntry, *args: Any, **kwargs: Any) -> Any:
        """Send the entry, with its name, so that its run can be recorded."""
        entry.options = {**entry.options, "headers": {**entry.options.get("headers", {}), HEADER: entry.name}}
        return super().apply_async(entry, *args, **kwargs)

    def close(self) -> None:
        """Let the next beat begin at once."""
        try:
            if self.acts:
                give_lease_back(BEAT, holder=self.holder)
        except (DatabaseError, InterfaceError) as error:
            log.warning("lease_not_given_back", error=type(error).__name__)
        super().close()

    def _holds_lease(self) -> bool:
        if self.acts and time.monotonic() - self.renewed < RENEWED_EVERY:
            return True
        close_old_connections()
        asked = time.monotonic()
        try:
            holds = hold_lease(BEAT, holder=self.holder, lease=LEASE)
            if holds and not self.acts:
                self._take_over()
        except (DatabaseError, InterfaceError) as error:
            log.warning("beat_without_database", error=type(error).__name__)
            holds = False
        if holds is not self.acts:
            log.info("beat_acts" if holds else "beat_waits", holder=self.holder)
        self.acts = holds
        self.renewed = asked
        return holds

    def _take_over(self) -> None:
        """Continue where the last beat, or this one before its restart, ended."""
        known = last_beginnings()
        for entry in self.schedule.values():
            if (began := known.get(entry.name)) is not None:
                entry.last_run_at = began.astimezone(self.app.timezone)
        self._heap = None


# --- The queues ---------------------------------------------------------------------------------------------------
_noted: dict[str, float] = {}  # by queue, when this process last wrote that it takes from it


@signals.task_prerun.connect
def _note_queue(task: Any = None, **kwargs: Any) -> None:
    """Write down, a few times a minute at most, that somebody takes from the queue of the task that begins."""
    delivery = getattr(task.request, "delivery_info", None) or {}
    name = delivery.get("routing_key")
    if name not in QUEUE_NAMES or time.monotonic() - _noted.get(name, float("-inf")) < NOTED_EVERY:
        return
    _noted[name] = time.monotonic()
    _record(note_beginning, MARK + name)


# --- Every periodic task ----------------------------------------------------------------------------------------
@signals.task_prerun.connect
def _began(task: Any = None, **kwargs: Any) -> None:
    if name := _entry_of(task):
        _record(note_beginning, name)


@signals.task_postrun.connect
def _ended(task: Any = None, state: str | None = None, **kwargs: Any) -> None:
    if name := _entry_of(task):
        _record(note_end, name, ok=state == "SUCCESS")


def _entry_of(task: Any) -> str | None:
    """The entry of the timetable that a running task was sent by; None for one that a command sent."""
    return getattr(task.request, HEADER, None)


def _record(command: Any, *args: Any, **kwargs: Any) -> None:
    try:
        command(*args, **kwargs)
    except (DatabaseError, InterfaceError) as error:  # the work matters more than its record
        log.warning("heartbeat_not_written", error=type(error).__name__)


# --- What people are shown ----------------------------------------------------------------------------------------
def beat_age(now: datetime | None = None) -> float | None:
    """Seconds since a periodic task last ran from beat through the broker to a worker; None when none ever did."""
    began = Heartbeat.objects.filter(name=PULSE).values_list("began_at", flat=True).first()
    return None if began is None else max(((now or timezone.now()) - began).total_seconds(), 0.0)


def tiles(user: Any) -> list[Tile]:
    """The clock's tile, for people who see the figures; nothing for others."""
    if not user.has_perm("contact_center.view_dailyfigures"):
        return []
    age = beat_age()
    failed = Heartbeat.objects.filter(ok=False, name__in=settings.CELERY_BEAT_SCHEDULE).values_list("name", flat=True)
    failing = sorted(failed)
    late = age is None or age > LATE.total_seconds()
    if late:
        hint = _("Periodic work has stopped: start beat and a worker")
    elif failing:
        hint = _("Ended badly: %(names)s") % {"names": ", ".join(failing)}
    else:
        hint = _("Every periodic task ended well")
    return [
        Tile(
            title=_("Beat last seen"),
            value=_ago(age),
            hint=hint,
            tone="bad" if late else "warn" if failing else "good",
        )
    ]


def _ago(seconds: float | None) -> str:
    if seconds is None:
        return _("never")
    if seconds < 90:
        return ngettext("%(count)d second ago", "%(count)d seconds ago", int(seconds)) % {"count": int(seconds)}
    minutes = int(seconds // 60)
    if minutes < 120:
        return ngettext("%(count)d minute ago", "%(count)d minutes ago", minutes) % {"count": minutes}
    return ngettext("%(count)d hour ago", "%(count)d hours ago", minutes // 60) % {"count": minutes // 60}
