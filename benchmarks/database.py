"""The benchmark's own database, beside the default one on the same server: made, migrated, and dropped at the end."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import environ
import psycopg2
from psycopg2 import sql

MARK = "made by python -m benchmarks; may be dropped at any time"


LOCK = 71_489_100  # held in the default database while a benchmark runs


class NotOurs(RuntimeError):
    """The benchmark's database cannot be made: somebody else's has its name, another run uses it, or we may not."""


def beside(url: str) -> str:
    """The address of the benchmark's database: the default's, with `_bench` after the name."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=parts.path.rstrip("/") + "_bench"))


@contextmanager
def own_database(url: str) -> Iterator[str]:
    """Make the database and give its address; drop it on the way out. One left by a killed run is dropped first."""
    config = environ.Env.db_url_config(beside(url))
    name = config["NAME"]
    server = psycopg2.connect(
        dbname=environ.Env.db_url_config(url)["NAME"],
        user=config["USER"] or None,
        password=config["PASSWORD"] or None,
        host=config["HOST"] or None,
        port=config["PORT"] or None,
        **config.get("OPTIONS", {}),
    )
    server.autocommit = True
    try:
        with server.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
            if not cursor.fetchone()[0]:
                raise NotOurs("Another benchmark is running on this server: wait until it has ended.")
            _drop(cursor, name)
            try:
                cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            except psycopg2.errors.InsufficientPrivilege as error:
                raise NotOurs(f"The benchmark may not make its database “{name}”: {error}") from None
            cursor.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(name), sql.Literal(MARK)))
            try:
                yield beside(url)
            finally:
                _drop(cursor, name)
    finally:
        server.close()


def _drop(cursor, name: str) -> None:
    cursor.execute("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name])
    if found := cursor.fetchone():
        if found[0] != MARK:
            raise NotOurs(f"The database “{name}” exists and is not the benchmark's: rename it, or drop it yourself.")
        cursor.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
