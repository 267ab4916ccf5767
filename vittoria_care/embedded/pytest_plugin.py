"""The pytest plugin that gives the suite its PostgreSQL and Redis, and keeps what it stores apart from everything else.

The servers are the private ones of `servers.py`, or those at DATABASE_URL and REDIS_URL. Workers of pytest-xdist share
them: each has a test database and a prefix for its keys of its own. A test database is a copy of a template that is
migrated once and kept until a migration or a package changes, so that one test answers within seconds.
"""

import gc
import hashlib
from collections.abc import Iterator
from typing import Any

import django.urls
import pytest
from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import TransactionTestCase
from django.utils import translation

from complaints.models.code import KNOWN
from foundation.caching import Cache
from notifications.texts.in_force import KEPT

from . import servers
from .suite_database import SuiteDatabase

TEMPLATE_LOCK = 7_406_112  # the advisory lock under which the template is made: of two workers one makes it


class OwnKeysCache(Cache):
    """The project's cache, which clears its own keys only: Django's own would empty a database that others may use as well."""

    def clear(self) -> None:
        """Delete every key with this cache's prefix."""
        client = self._cache.get_client(write=True)
        if keys := list(client.scan_iter(match=f"{self.key_prefix}:*", count=1000)):
            client.delete(*keys)


def pytest_configure(config: pytest.Config) -> None:
    """Start the servers before the first test is collected; where that fails, print one line and exit with code 2."""
    try:
        servers.ensure_running()
    except servers.CannotStart as error:
        pytest.exit(str(error), returncode=2)
    _keep_resolvers()


def _keep_resolvers() -> None:
    """Let a test with addresses of its own (`pytest.mark.urls`) leave the resolvers of all addresses as they are.

    Django keeps one for each list of addresses by its name, and no list changes while the suite runs. Emptied before and after
    each such test, the two were made again, of nine hundred addresses each: a quarter of a second every time.
    """
    django.urls.clear_url_caches = lambda: None


def pytest_collection_finish(session: pytest.Session) -> None:
    """Look for garbage less often, and not among the modules, which stay: it took a seventh of the suite's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def schema_digest() -> str:
    """Return eight characters that change with any migration, the table of permissions or any version of a package."""

    digest = hashlib.sha256((settings.BASE_DIR / "requirements.lock").read_bytes())
    digest.update((settings.BASE_DIR / "vittoria_care" / "permissions.py").read_bytes())  # granted after a migrate
    for app in apps.get_app_configs():
        for path in sorted((settings.BASE_DIR / app.label / "migrations").glob("*.py")):
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:8]


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_blocker: Any,
    django_db_modify_db_settings: None,
) -> Iterator[None]:
    """Copy the migrated template into a database of this worker's own, and drop the copy at the end."""

    wanted = connection.settings_dict["TEST"]["NAME"]
    with django_db_blocker.unblock():
        template = _template(
            wanted.removesuffix(f"_{request.config.workerinput['workerid']}")
            if hasattr(request.config, "workerinput")
            else wanted
        )
        database = SuiteDatabase(template, wanted)
    with pytest.MonkeyPatch.context() as patch:
        # After a test with transactions of its own: whatever it left, and whatever it took away, the next finds it whole.
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: database.restore())
        yield
    with django_db_blocker.unblock():
        database.drop()


def _template(prefix: str) -> str:
    """Return the name of the migrated template. Makes it if there is none, and drops those of other migrations."""

    name = f"{prefix}_at_{schema_digest()}"
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [TEMPLATE_LOCK])  # the end of the session gives it back
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [f"{prefix}_at_"])
        found = {row[0] for row in cursor.fetchall()}
        for other in found - {name}:
            cursor.execute(f'DROP DATABASE IF EXISTS "{other}" WITH (FORCE)')
        if name not in found:
            unfinished = f"{name}_unfinished"
            cursor.execute(f'CREATE DATABASE "{unfinished}"')
            SuiteDatabase.point_at(unfinished)
            call_command("migrate", verbosity=0, interactive=False)
            connection.close()
            cursor.execute(f'ALTER DATABASE "{unfinished}" RENAME TO "{name}"')
    return name


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    """Let no test find what an earlier one left in the cache (sessions, throttles, figures)."""

    cache.clear()


@pytest.fixture(autouse=True)
def texts_of_the_files() -> None:
    """Let notices be made of the project's own texts, without a question, until a test approves another and commits."""

    KEPT.suppose_none()


@pytest.fixture(autouse=True)
def codes_as_they_are() -> None:
    """Let the codes of the register be read again: an earlier test may have changed one, and its change is gone."""

    KNOWN.forget()


@pytest.fixture(autouse=True)
def default_language() -> None:
    """Let every test begin in Italian: a page that an earlier one read in English leaves its language to the thread."""

    translation.deactivate()
