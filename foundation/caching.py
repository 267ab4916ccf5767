"""The cache of the pages, which may be away, and the memory of attempts, which may not.

Redis answers for whatever only saves work: while it does not answer, the cache is an empty one, and no page fails. What
the sign-in library counts (attempts, codes that were used) is no cache but a limit: it is kept in PostgreSQL, so that
neither a Redis that is away nor one that was emptied gives anybody more attempts.
"""

import json
import logging
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cached_property, partial
from typing import Any, cast

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.dummy import DummyCache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from django.db import connection
from django.utils import timezone
from redis.exceptions import ConnectionError as NoConnection
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as NoAnswer

LEFT_ALONE_SECONDS = 30  # after Redis did not answer: so long its patience is not asked for again
COUNTED = ("allauth:", "allauth.")  # keys of the sign-in library

READ = "SELECT value FROM foundation_attempt WHERE key = %(key)s AND expires_at > %(now)s"
_WRITE = """
INSERT INTO foundation_attempt AS kept (key, value, expires_at) VALUES (%(key)s, %(value)s, %(until)s)
ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at
"""
SET = f"{_WRITE} RETURNING value"
ADD = f"{_WRITE} WHERE kept.expires_at <= %(now)s RETURNING value"
DELETE = "DELETE FROM foundation_attempt WHERE key = %(key)s RETURNING value"

# All in one command: each counter grows by its number and lives for so many seconds from now.
COUNT = """
for place, key in ipairs(KEYS) do
    redis.call('INCRBY', key, ARGV[place + 1])
    redis.call('EXPIRE', key, ARGV[1])
end
"""

log = logging.getLogger(__name__)


class OneClient(RedisCacheClient):
    """Asks its one server through one client: Django's makes one for each question, which costs more than to ask."""

    @cached_property
    def _made(self) -> dict[bool, Any]:
        """The client that writes and the one that reads."""
        return {}

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        """Django's, kept."""
        if write not in self._made:
            self._made[write] = super().get_client(key, write=write)
        return self._made[write]

    def count_many(self, numbers: Mapping[str, int], seconds: int) -> None:
        """Add each number to the counter of its key."""
        self.get_client(write=True).eval(COUNT, len(numbers), *numbers, seconds, *numbers.values())


class Cache(RedisCache):
    """Redis, or an empty cache while it cannot be asked; keys of COUNTED are in PostgreSQL."""

    _left_alone_until: dict[str, float] = {}  # by server, for all threads of the process

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = OneClient
        self._nothing = DummyCache("", params)
        self._attempts = AttemptsInDatabase(params)
        self._server = str(server)

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        return self._ask("add", key, value, timeout=timeout, version=version)

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        return self._ask("get", key, default, version=version)

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> None:
        self._ask("set", key, value, timeout=timeout, version=version)

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        return self._ask("touch", key, timeout=timeout, version=version)

    def delete(self, key: Any, version: Any = None) -> bool:
        return self._ask("delete", key, version=version)

    def has_key(self, key: Any, version: Any = None) -> bool:
        return self._ask("has_key", key, version=version)

    def incr(self, key: Any, delta: int = 1, version: Any = None) -> int:
        """One more; ValueError for a key that is not there, as every key is while Redis is away."""
        return self._ask("incr", key, delta, version=version)

    def get_many(self, keys: Any, version: Any = None) -> dict[Any, Any]:
        return self._ask_redis("get_many", keys, version=version)

    def set_many(self, data: dict[Any, Any], timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> list[Any]:
        return self._ask_redis("set_many", data, timeout=timeout, version=version)

    def delete_many(self, keys: Any, version: Any = None) -> None:
        self._ask_redis("delete_many", keys, version=version)

    def count_many(self, numbers: Mapping[str, int], seconds: int) -> None:
        """Add to counters, which are kept for so many seconds: one question, and of two who count at once neither is lost."""
        if not numbers:
            return
        with_prefix = {self.make_and_validate_key(key): number for key, number in numbers.items()}
        self._while_it_answers(lambda: cast(OneClient, self._cache).count_many(with_prefix, seconds), lambda: None)

    def clear(self) -> None:
        """Empty the cache; the attempts remain."""
        self._ask_redis("clear")

    def _ask(self, name: str, key: Any, *arguments: Any, **options: Any) -> Any:
        if str(key).startswith(COUNTED):
            return getattr(self._attempts, name)(key, *arguments, **options)
        return self._ask_redis(name, key, *arguments, **options)

    def _ask_redis(self, name: str, *arguments: Any, **options: Any) -> Any:
        return self._while_it_answers(
            partial(getattr(super(), name), *arguments, **options),
            partial(getattr(self._nothing, name), *arguments, **options),
        )

    def _while_it_answers(self, ask: Callable[[], Any], otherwise: Callable[[], Any]) -> Any:
        if time.monotonic() >= self._left_alone_until.get(self._server, 0):
            try:
                return ask()
            except RedisError as error:
                if isinstance(error, NoConnection | NoAnswer):
                    self._left_alone_until[self._server] = time.monotonic() + LEFT_ALONE_SECONDS
                log.warning("the cache does not answer, the page goes on without it: %s", type(error).__name__)
        return otherwise()


class AttemptsInDatabase(BaseCache):
    """A cache of small JSON values in PostgreSQL, one statement for each question.

    Django's own database cache counts its whole table at each write, and makes room by deleting rows that still count.
    """

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        """Store the value unless there is one that has not lapsed; returns whether it was stored."""
        return bool(_asked(ADD, **self._row(key, value, timeout, version)))

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        found = _asked(READ, key=self._named(key, version))
        return json.loads(found) if found else default

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> None:
        _asked(SET, **self._row(key, value, timeout, version))

    def delete(self, key: Any, version: Any = None) -> bool:
        return bool(_asked(DELETE, key=self._named(key, version)))

    def _row(self, key: Any, value: Any, timeout: Any, version: Any) -> dict[str, Any]:
        lapses = self.get_backend_timeout(timeout)
        until = datetime.max.replace(tzinfo=UTC) if lapses is None else datetime.fromtimestamp(lapses, UTC)
        return {"key": self._named(key, version), "value": json.dumps(value), "until": until}

    def _named(self, key: Any, version: Any) -> str:
        return self.make_and_validate_key(key, version=version)


def _asked(statement: str, **values: Any) -> str:
    """The one value that a statement on the table of attempts returns; empty where it touched no row."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values | {"now": timezone.now()})
        row = cursor.fetchone()
    return row[0] if row else ""
