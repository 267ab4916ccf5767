"""The pytest plugin that gives the suite its PostgreSQL and Redis, and keeps what it stores apart from everything else.

The servers are the private ones of `embedded.py`, or those at DATABASE_URL and REDIS_URL. Workers of pytest-xdist share
them: each has a test database and a prefix for its keys of its own.
"""

import pytest
from django.core.cache.backends.redis import RedisCache

from . import embedded


class OwnKeysCache(RedisCache):
    """A Redis cache that clears its own keys only: Django's own would empty a database that others may use as well."""

    def clear(self) -> bool:
        """Delete every key with this cache's prefix; returns whether there were any."""
        client = self._cache.get_client(write=True)
        keys = list(client.scan_iter(match=f"{self.key_prefix}:*", count=1000))
        return bool(keys and client.delete(*keys))


def pytest_configure(config: pytest.Config) -> None:
    """Start what the tests need before the first of them is collected; one line and exit code 2 if that cannot be."""
    try:
        embedded.ensure_running()
    except embedded.CannotStart as error:
        pytest.exit(str(error), returncode=2)


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    """Let no test find what an earlier one left in the cache (sessions, throttles, figures)."""
    from django.core.cache import cache

    cache.clear()
