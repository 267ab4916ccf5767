"""One writer of a call at a time, whether it comes by events, as a complete record or in a file.

Calls are locked by bucket, in one order, until the transaction ends: two requests with the same calls never wait for
each other, and a request of a thousand calls does not fill the server's table of locks.
"""

import zlib
from collections.abc import Iterable
from typing import Any

from django.db.backends.utils import CursorWrapper

BUCKETS = 256
SPACE = 0x56_43_43  # sets our numbers apart from those of other advisory locks
LOCK = f"SELECT count(pg_advisory_xact_lock({SPACE}, bucket)) FROM unnest(%(buckets)s::int[]) bucket"  # noqa: S608


def lock_of(source: str, external_ids: Iterable[str]) -> dict[str, Any]:
    """The parameters of LOCK for these calls, in the one order in which all take them."""
    return {"buckets": sorted({zlib.crc32(f"{source}\x1f{key}".encode()) % BUCKETS for key in external_ids})}


def lock_calls(cursor: CursorWrapper, source: str, external_ids: Iterable[str]) -> None:
    """Wait for whoever is writing one of these calls, and keep others waiting until the transaction ends."""
    cursor.execute(LOCK, lock_of(source, external_ids))
