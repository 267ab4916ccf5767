"""Commands: write down when a periodic task began and ended; hold the lease of the one process that may act."""

from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from foundation.models import Heartbeat

LEASE = """
INSERT INTO foundation_heartbeat AS held (name, holder, began_at) VALUES (%(name)s, %(holder)s, now())
ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, began_at = excluded.began_at
WHERE held.holder IN ('', excluded.holder) OR held.began_at < now() - make_interval(secs => %(lease_seconds)s)
RETURNING name
"""


def note_beginning(name: str) -> None:
    """Write down that the task of this name has begun."""
    began = {"began_at": timezone.now(), "ended_at": None, "ok": None}
    Heartbeat.objects.update_or_create(name=name, defaults=began)


def note_end(name: str, *, ok: bool) -> None:
    """Write down that the task of this name has ended, well or not."""
    Heartbeat.objects.filter(name=name).update(ended_at=timezone.now(), ok=ok)


def hold_lease(name: str, *, holder: str, lease: timedelta) -> bool:
    """Take or renew the lease of this name; returns whether it is the holder's. By the database's clock.

    It is free when it was given back, or was not renewed for as long as `lease`.
    """
    with connection.cursor() as cursor:
        cursor.execute(LEASE, {"name": name, "holder": holder, "lease_seconds": lease.total_seconds()})
        return cursor.fetchone() is not None


def give_lease_back(name: str, *, holder: str) -> None:
    """Let another take the lease at once."""
    Heartbeat.objects.filter(name=name, holder=holder).update(holder="", ended_at=timezone.now())


def last_beginnings() -> dict[str, datetime]:
    """When each periodic task last began, by name."""
    return dict(Heartbeat.objects.values_list("name", "began_at"))
