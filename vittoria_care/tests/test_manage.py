"""`manage.py` itself: what it says when a command cannot begin, or is not let end."""

import os
import subprocess
import sys

import pytest
from django.db import connection

from vittoria_care.embedded import servers

NOWHERE = "postgres://care:secret@127.0.0.1:1/care"  # no server listens on port 1


def manage(*arguments, database=NOWHERE, **options):
    """Run manage.py, with a database that is not there unless another is given."""
    addresses = {"DATABASE_URL": database, "REDIS_URL": servers.redis_url()}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=servers.ROOT,
        env=os.environ | addresses,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def test_a_database_that_cannot_be_reached_is_reported_in_one_line_with_exit_code_2():
    done = manage("figures", "--from", "2019-01-01", "--to", "2019-12-31")

    assert done.returncode == 2
    [sentence] = done.stderr.splitlines()
    assert sentence.startswith("The database cannot be reached: ")
    assert sentence.endswith("Check DATABASE_URL.")
    assert "secret" not in sentence


UNREADABLE = {
    "no address": ("here", "it does not begin with postgres://"),
    "not a URL": ("not a url: secret", "it does not begin with postgres://"),
    "another engine": ("mysql://care:secret@127.0.0.1/care", "it does not begin with postgres://"),
    "no database": ("postgres://care:secret@127.0.0.1:5432", "it names no database"),
    "nothing but the scheme": ("postgres://", "it names no database"),
    "a port in words": ("postgres://care:secret@127.0.0.1:port/care", "its port is not a number"),
    "a port too high": ("postgres://care:secret@127.0.0.1:99999/care", "its port is not a number"),
    "a percent-encoded folder": ("postgres://care@%2Fvar%2Frun/care", "the folder of a socket goes after the port"),
}


@pytest.mark.parametrize(("url", "why"), UNREADABLE.values(), ids=UNREADABLE)
def test_an_address_that_cannot_be_read_is_reported_in_one_line_with_exit_code_2(url, why):
    done = manage("figures", "--from", "2019-01-01", "--to", "2019-12-31", database=url)

    assert done.returncode == 2
    [sentence] = done.stderr.splitlines()
    assert sentence.startswith(f"DATABASE_URL cannot be read: {why}. ")
    assert "secret" not in sentence


def test_the_demonstration_says_so_too():
    done = subprocess.run(
        [sys.executable, "-m", "vittoria_care.demonstration.run", "--reset"],
        cwd=servers.ROOT,
        env=os.environ | {"DATABASE_URL": "here", "REDIS_URL": servers.redis_url()},
        capture_output=True,
        text=True,
    )

    assert (done.returncode, done.stdout) == (2, "")
    [sentence] = done.stderr.splitlines()
    assert sentence.startswith("DATABASE_URL cannot be read: ")


READABLE = [
    "postgres://care@:5432//var/run/postgresql/care",
    "postgres:///care",
    "postgresql://care:p%40ss@db.example/care?sslmode=require",
    "postgres://care@[::1]:5432/care",
    "postgres://?service=care",
    "postgres://care:p#w@127.0.0.1:5432/care",
]


@pytest.mark.parametrize("url", READABLE)
def test_an_address_that_can_be_read_is_left_to_the_server(url, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")

    servers.ensure_running()


@pytest.mark.django_db(transaction=True)
def test_a_database_without_tables_is_reported_in_one_line_with_exit_code_2():
    empty = f"{connection.settings_dict['NAME']}_empty"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {empty}")
        cursor.execute(f"CREATE DATABASE {empty}")
    try:
        server = servers.owner_url().rpartition("/")[0]
        done = manage("figures", "--from", "2019-01-01", "--to", "2019-12-31", database=f"{server}/{empty}")
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {empty}")

    assert (done.returncode, done.stderr) == (
        2,
        "The database lacks tables or columns of this version: run `manage.py migrate` first.\n",
    )


def test_an_interrupted_command_says_so_without_a_trace():
    done = manage("shell", "--no-imports", "-c", "raise KeyboardInterrupt")

    assert (done.returncode, done.stderr) == (130, "Interrupted.\n")


def test_a_reader_who_has_enough_is_no_error():
    read, write = os.pipe()
    os.close(read)

    with os.fdopen(write, "w") as pipe:
        done = manage("help", stdout=pipe)

    assert (done.returncode, done.stderr) == (141, "")
