"""One writer of a call at a time, whether it comes by events, as a complete record or in a file."""

import zlib
from collections.abc import Iterable

BUCKETS = 256  # a request of a thousand calls must not fill the server's table of locks
_SPACE = 0x56_43_43  # sets our numbers apart from those of other advisory locks


def lock_calls(cursor, source: str, external_ids: Iterable[str]) -> None:
    """Wait for whoever is writing one of these calls, and keep others waiting until the transaction ends.

    Calls are locked by bucket, in one order, so that two requests with the same calls never wait for each other.
    """
    buckets = {zlib.crc32(f"{source}\x1f{key}".encode()) % BUCKETS for key in external_ids}
    cursor.execute(
        "SELECT count(pg_advisory_xact_lock(%s, bucket)) FROM unnest(%s::int[]) bucket", [_SPACE, sorted(buckets)]
    )
