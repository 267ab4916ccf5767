"""One import of a source at a time: a lock of the database session, which goes with the process that holds it."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.utils.translation import gettext as _

from .reading import UnusableInput


@contextmanager
def one_import_of(command: str, source: str) -> Iterator[None]:
    """Let one run of an import command load a source at a time; UnusableInput for a second one."""
    key = lock_key(command, source)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        if not cursor.fetchone()[0]:
            raise UnusableInput(_("Another import of this source is running: wait until it has ended."))
        try:
            yield
        finally:
            if not connection.needs_rollback:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [key])


def lock_key(command: str, source: str) -> int:
    """The number of the advisory lock that an import of the source holds."""
    return int.from_bytes(hashlib.sha256(f"{command}:{source}".encode()).digest()[:8], "big", signed=True)
