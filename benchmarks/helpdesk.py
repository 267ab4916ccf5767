"""The pages that people wait for, beside those of django-helpdesk on the same machine, in turns.

Milliseconds say as much of the machine as of the product; the ratio to another product's page says more. It is installed
beside, in var/, and works in a schema of its own in the benchmark's database.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import IO, cast

from django.db import connection
from uv import find_uv_bin

from contact_center.models import Contact

from . import data
from .measure import ROOT, Failed, Row, Scale, at_most, median_seconds
from .public_form import Visitors
from .queue import QUEUE, agents_client

PACKAGES = ("django-helpdesk==2.6.1", "django==5.2.19", "psycopg2-binary==2.9.13", "setuptools<85")
VENV = ROOT / "var" / "helpdesk"
RUNS, WARM_UP = 30, 5
# The aims were set in milliseconds where a ticket's page took 32 ms and the public form 12.
CONTACT, FORM, QUEUE_PAGE = 30 / 32, 12 / 12, 40 / 32


def measure(scale: Scale) -> Iterator[Row]:
    """The queue, a contact's page and the public form; theirs with 20,000 tickets, ours with the whole portfolio."""
    data.portfolio(scale)
    data.queue(scale.open_contacts, scale)
    client, visitors = agents_client(), Visitors(RUNS + WARM_UP)
    contact = Contact.objects.exclude(customer=None).order_by("due_at")[10]
    with _their_site() as ask:
        queue, page, form, ticket, theirs = median_seconds(
            partial(client.get, QUEUE),
            partial(client.get, f"{QUEUE}{contact.pk}/change/"),
            visitors.send,
            partial(ask, "page"),
            partial(ask, "form"),
            runs=RUNS,
            warm_up=WARM_UP,
        )
        yield Row("django-helpdesk: queries of a ticket's page", ask("page"), "")
        yield Row("django-helpdesk: queries of the public form", ask("form"), "")
    yield _row("page of one contact, against django-helpdesk's page of a ticket", page, ticket, CONTACT)
    yield _row("public form sent, against django-helpdesk's", form, theirs, FORM)
    yield _row("queue page of 50, against django-helpdesk's page of a ticket", queue, ticket, QUEUE_PAGE)


def _row(name: str, ours: float, theirs: float, times: float) -> Row:
    return at_most(name, ours * 1000, "ms", theirs * 1000, times, aim=f"at most {times:.2f} times")


@contextmanager
def _their_site() -> Iterator[Callable[[str], int]]:
    """Their site, running in a process of its own: a function that has it do one thing and returns the queries."""
    command = [str(_their_python()), "-I", str(ROOT / "benchmarks" / "helpdesk_site.py")]
    names = ("NAME", "USER", "PASSWORD", "HOST", "PORT")
    place = json.dumps({name: connection.settings_dict[name] for name in names})
    with (
        tempfile.TemporaryFile("w+") as words,
        subprocess.Popen(  # noqa: S603
            command, env={"DATABASE": place}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=words, text=True
        ) as site,
    ):
        asked, answers = cast("IO[str]", site.stdin), cast("IO[str]", site.stdout)

        def answer() -> str:
            if not (line := answers.readline()):
                words.seek(0)
                raise Failed(f"django-helpdesk ended:\n{words.read()[-2000:]}")
            return line.strip()

        def ask(what: str) -> int:
            asked.write(f"{what}\n")
            asked.flush()
            return int(answer())

        answer()
        try:
            yield ask
        finally:
            asked.close()


def _their_python() -> str:
    """The interpreter that has it; it is installed once. Failed where that cannot be."""
    python, complete = VENV / "bin" / "python", VENV / ".installed"
    if not complete.exists() or complete.read_text() != repr(PACKAGES):
        for command in (
            ["venv", "--quiet", "--clear", "--python", sys.executable, str(VENV)],
            ["pip", "install", "--quiet", "--python", str(python), *PACKAGES],
        ):
            done = subprocess.run([find_uv_bin(), *command], capture_output=True, text=True)  # noqa: S603
            if done.returncode:
                raise Failed(f"django-helpdesk cannot be installed:\n{done.stderr[-2000:]}")
        complete.write_text(repr(PACKAGES))
    return str(python)
