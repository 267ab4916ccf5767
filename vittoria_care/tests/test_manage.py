"""`manage.py` itself: what it says when a command cannot begin, or is not let end."""

import os
import subprocess
import sys

import pytest
from django.db import connection

from vittoria_care import embedded

NOWHERE = "postgres://care:secret@127.0.0.1:1/care"  # no server listens on port 1


def manage(*arguments, database=NOWHERE, **options):
    """Run manage.py, with a database that is not there unless another is given."""
    addresses = {"DATABASE_URL": database, "REDIS_URL": embedded.redis_url()}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=embedded.ROOT,
        env=os.environ | addresses,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def test_a_database_that_cannot_be_reached_is_told_in_one_line_with_exit_code_2():
    done = manage("figures", "--from", "2019-01-01", "--to", "2019-12-31")

    assert done.returncode == 2
    [sentence] = done.stderr.splitlines()
    assert sentence.startswith("The database cannot be reached: ")
    assert sentence.endswith("Check DATABASE_URL.")
    assert "secret" not in sentence


@pytest.mark.django_db(transaction=True)
def test_a_database_without_tables_is_told_in_one_line_with_exit_code_2():
    empty = f"{connection.settings_dict['NAME']}_empty"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {empty}")
        cursor.execute(f"CREATE DATABASE {empty}")
    try:
        server = embedded.database_url().rpartition("/")[0]
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
