"""Everything that must be ready before the demonstration runs: the static files, the tables and the invented data."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, connections, transaction
from django.db.migrations.loader import MigrationLoader
from django.utils import translation

from vittoria_care.embedded import servers

from . import unchanged
from .terminal import CannotBegin, say
from .unchanged import LOADED


def prepare(scale: str, *, reset: bool) -> list[str]:
    """Make everything ready with the servers running; with `reset`, drop the data and load them again, no more.

    Returns the lines with the sign-ins. Raises CannotBegin.
    """
    unchanged.NOTE.unlink(missing_ok=True)
    digest = unchanged.sources_digest()
    if settings.PRODUCTION:
        raise CannotBegin("The demonstration is not for production: remove ENVIRONMENT=production.")
    django.setup()
    translation.activate("en")  # one language at the terminal: this module prints before catalogues can be read
    if reset:
        prepare_database(scale, reset=True)
        return []
    with ThreadPoolExecutor(1) as beside:  # the data wait for the database most of the time
        static_files = beside.submit(make_static_files)
        prepare_database(scale, reset=False)
        static_files.result()
    lines = sign_in_lines()
    connections.close_all()
    unchanged.write_note(digest=digest, scale=scale, sign_ins=lines)
    return lines


def make_static_files() -> None:
    """Collect the static files when they, or the packages that bring some, have changed since the last time."""

    digest = hashlib.sha256((servers.ROOT / "requirements.lock").read_bytes())
    for path in sorted((servers.ROOT / "static").rglob("*")):
        if path.is_file():
            digest.update(f"{path.relative_to(servers.ROOT)}\0".encode() + path.read_bytes())
    note = unchanged.STATIC
    if not note.is_file() or note.read_text() != digest.hexdigest():
        say("collecting static files")
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        note.write_text(digest.hexdigest())


def prepare_database(scale: str, *, reset: bool) -> None:
    """Bring the tables up to date and load the invented data once; with `reset`, drop everything first."""

    from customers.models import Customer  # noqa: PLC0415 - models only after django.setup()
    from vittoria_care.demonstration.data.posting import post_letters  # noqa: PLC0415

    try:
        connection.ensure_connection()
    except OperationalError as error:
        raise CannotBegin(
            f"The database cannot be reached: {str(error).splitlines()[0]}. Check DATABASE_URL."
        ) from error
    before = _loaded()
    if reset and not before and servers.is_given("DATABASE_URL"):
        raise CannotBegin("DATABASE_URL names a database that no demonstration was loaded into: nothing was dropped.")
    if not reset and _is_of_earlier_migrations():
        if servers.is_given("DATABASE_URL"):
            raise CannotBegin(
                "DATABASE_URL names a database of an earlier version, with other migrations: nothing was changed. Set it to "
                "an empty database, or start the version that made this one."
            )
        say("the private database was made by an earlier version, with other migrations: making it again")
        _drop_everything()
        before = None
    if reset or (before and before[1] == "begun"):
        say("dropping the demonstration's data" if reset else "the last loading was interrupted: starting again")
        _drop_everything()
        before = None
    call_command("migrate", interactive=False, verbosity=0)
    if before:
        if before[0] != scale:
            say(f"the database has the data of SCALE={before[0]}; to load the other: make demo-reset SCALE={scale}")
        return
    say(f"loading data, SCALE={scale} (once)")
    if not Customer.objects.exists():  # only what was begun on an empty database may be dropped after an interruption
        _remember(scale, "begun")
    try:
        call_command("load_demo", scale=scale, sign_ins=reset)  # a start prints them beside the addresses
    except CommandError as error:
        raise CannotBegin(str(error)) from error
    if scale == "small":  # of a whole portfolio these are tens of thousands: beat queues them at its hour
        call_command("send_deadline_alerts", now=True, verbosity=0)
        post_letters()
    _remember(scale, "done")


def _is_of_earlier_migrations() -> bool:
    """Return whether the database has a migration of ours that is no longer here, or tables that no migration made."""
    loader = MigrationLoader(connection)
    ours = {app.label for app in apps.get_app_configs() if Path(app.path).parent == servers.ROOT}
    applied = {key for key in loader.applied_migrations if key[0] in ours}
    unmade = ours - {app for app, _ in applied}
    tables = {model._meta.db_table for app in unmade for model in apps.get_app_config(app).get_models()}
    return bool(applied - set(loader.disk_migrations) or tables.intersection(connection.introspection.table_names()))


def _loaded() -> tuple[str, str] | None:

    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [LOADED])
        if cursor.fetchone()[0] is None:
            return None
        cursor.execute(f"SELECT scale, state FROM {LOADED}")  # noqa: S608
        return cursor.fetchone()


def _remember(scale: str, state: str) -> None:

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE IF NOT EXISTS {LOADED} (scale text NOT NULL, state text NOT NULL)")
        cursor.execute(f"DELETE FROM {LOADED}")  # noqa: S608
        cursor.execute(f"INSERT INTO {LOADED} VALUES (%s, %s)", [scale, state])  # noqa: S608


def _drop_everything() -> None:
    """Empty the database in one transaction, so that an interruption leaves it as it was; then forget the caches."""

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
    connection.close()
    cache.clear()


def sign_in_lines() -> list[str]:
    """Return the lines with the sign-ins: one person for each role, and some customers."""
    from .data.sign_ins import CODE_COMMAND, sign_ins  # noqa: PLC0415 - models only after django.setup()

    lines = [f"  {each.email:<40} {each.password}  {each.lands_on:<17} {each.role}" for each in sign_ins()]
    return [*lines, f"  Staff need a code as well; this command prints it: {CODE_COMMAND}"]
