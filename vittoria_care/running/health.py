"""Whether the system can work. Asked by load balancers (`/readyz`), by `manage.py doctor` and by `/metrics`.

Every question is bounded in time: two seconds for a connection and for a statement. What it finds is remembered for a few
seconds in each process, so that a thousand questions a second cost the database nothing.
"""

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import redis
import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from notifications.models import Notice

from .heartbeat import beat_age

log = structlog.get_logger(__name__)

PATIENCE = 2  # seconds for any answer
MOST_APART = 60  # seconds between this machine's clock and the database's: beyond them, every age and term is wrong
REMEMBERED = 5.0  # seconds

Found = dict[str, Any]


class Remembered:
    """The last answer of a function, asked again once it is older than `seconds`. One thread asks, the others wait."""

    def __init__(self, function: Callable[[], Any], seconds: float = REMEMBERED) -> None:
        self.function = function
        self.seconds = seconds
        self.lock = threading.Lock()
        self.asked = float("-inf")  # on the clock that never goes back
        self.answer: Any = None

    def __call__(self) -> Any:
        with self.lock:
            if time.monotonic() - self.asked >= self.seconds:
                self.answer = self.function()
                self.asked = time.monotonic()
            return self.answer

    def forget(self) -> None:
        """Ask again the next time."""
        self.asked, self.answer = float("-inf"), None


# --- The questions ----------------------------------------------------------------------------------------------
def bounded(question: Callable[[], Any]) -> Any:
    """The answer of a question to the database, in a transaction whose statements end after PATIENCE."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = %s", [f"{PATIENCE}s"])
        return question()


def pending_migrations() -> list[str]:
    """The migrations of this program that the database has not seen."""
    return sorted(f"{app}.{name}" for app, name in _ours() - set(MigrationRecorder(connection).applied_migrations()))


@cache
def _ours() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).graph.nodes)


def oldest_owed_seconds(now: datetime | None = None) -> float:
    """Seconds by which the oldest notice still to be sent is late; 0 when there is none."""
    now = now or timezone.now()
    oldest = Notice.objects.oldest_owed(now)
    return 0.0 if oldest is None else (now - oldest).total_seconds()


def clock_apart_seconds() -> float:
    """How far this machine's clock is ahead of the database's, in seconds; below zero when it is behind."""
    with connection.cursor() as cursor:
        before = timezone.now()
        cursor.execute("SELECT clock_timestamp()")
        theirs, after = cursor.fetchone()[0], timezone.now()
    if before <= theirs <= after:
        return 0.0
    return ((before if theirs < before else after) - theirs).total_seconds()


def broker() -> redis.Redis:
    """A connection to Redis that waits at most PATIENCE seconds."""
    return redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE)


def broker_answers() -> bool:
    """Whether Redis answers."""
    client = broker()
    try:
        return bool(client.ping())
    except (redis.RedisError, OSError):
        return False
    finally:
        client.close()


# --- /readyz ----------------------------------------------------------------------------------------------------
def examine() -> dict[str, Found]:
    """The result of each check by its name: `ok`, and what was measured against which limit."""
    found: dict[str, Found] = {"database": {"ok": True}}
    try:
        bounded(lambda: found.update(_of_the_database()))
    except (DatabaseError, InterfaceError) as error:
        log.warning("database_does_not_answer", error=type(error).__name__)
        unknown = {name: {"ok": False} for name in ("migrations", "clock", "notices", "beat") if name not in found}
        found |= {"database": {"ok": False}, **unknown}
    found["broker"] = {"ok": broker_answers()}
    return found


def _of_the_database() -> dict[str, Found]:
    apart = clock_apart_seconds()
    clock = {"ok": abs(apart) <= MOST_APART, "seconds_ahead": round(apart), "limit_seconds": MOST_APART}
    pending = len(pending_migrations())
    if pending:  # tables may be missing: ask nothing of them
        unknown = {"notices": {"ok": False}, "beat": {"ok": False}}
        return {"migrations": {"ok": False, "pending": pending}, "clock": clock, **unknown}
    now = timezone.now() - timedelta(seconds=apart)  # by the database's clock: ours may be what is wrong
    owed, age = oldest_owed_seconds(now), beat_age(now)
    return {
        "migrations": {"ok": True, "pending": 0},
        "clock": clock,
        "notices": {
            "ok": owed <= settings.READY_NOTICE_SECONDS,
            "oldest_owed_seconds": round(owed),
            "limit_seconds": settings.READY_NOTICE_SECONDS,
        },
        "beat": {
            "ok": age is not None and age <= settings.READY_BEAT_SECONDS,
            "last_seen_seconds": None if age is None else round(age),
            "limit_seconds": settings.READY_BEAT_SECONDS,
        },
    }


readiness = Remembered(examine)
