"""The demonstration: everything the product needs, in one terminal. `make demo` runs `python -m vittoria_care.demonstration.run`.

The database and its invented data are made ready first; then three children run until Ctrl-C: the web server, a Celery
worker and Celery beat. Their lines are logged in var/log, and those that matter are shown here under their names. A child
that ends by itself is started again, and so is a private server. PORT is the port of the web server (8000), SCALE the
amount of data that is loaded once (small or full).
"""

import contextlib
import hashlib
import os
import re
import selectors
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import django
from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, connections, transaction
from django.db.migrations.loader import MigrationLoader
from django.utils import translation

from vittoria_care.embedded import servers

VAR = servers.VAR
LOADED = "vittoria_care_demo"  # a table with one row: what was loaded into this database
WAIT_SECONDS = 180  # for the first answer of the web server: the first time, every module is compiled before it
STOP_SECONDS = 8  # for a child to finish what it has in hand
LONGEST_PAUSE = 30  # seconds between two attempts to start a child that keeps ending
ROUTINE = re.compile(rb"\d\d:\d\d:\d\d \[(?:info|debug) *\]")  # how a line begins that is logged and not shown

# Run in each child before its program: should this process be killed, the kernel tells the child to stop.
UNTIL_WE_END = """
import ctypes, os, signal, sys
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)
if os.getppid() != int(sys.argv[1]):
    sys.exit(1)
os.execv(sys.argv[2], sys.argv[2:])
"""


class CannotBegin(Exception):
    """The demonstration cannot go on; the message is one sentence for the person at the terminal."""


# --- Before it runs --------------------------------------------------------------------------------------------------


def free_port(text: str) -> int:
    """Return the port if the web server may listen there; CannotBegin if it is no port, taken, or not allowed."""
    try:
        port = int(text)
        if not 0 < port < 65_536:
            raise ValueError
    except ValueError:
        raise CannotBegin(f"PORT={text} is not a port: choose a number from 1 to 65535.") from None
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise CannotBegin(
                f"This account may not use port {port}: choose another, as in `make demo PORT=8001`."
            ) from None
        except OSError:
            raise CannotBegin(f"Port {port} is taken: choose another, as in `make demo PORT={port + 1}`.") from None
    return port


def make_static_files() -> None:
    """Collect the static files when they, or the packages that bring some, have changed since the last time."""

    digest = hashlib.sha256((servers.ROOT / "requirements.lock").read_bytes())
    for path in sorted((servers.ROOT / "static").rglob("*")):
        if path.is_file():
            digest.update(f"{path.relative_to(servers.ROOT)}\0".encode() + path.read_bytes())
    note = VAR / "static" / ".made-from"
    if not note.is_file() or note.read_text() != digest.hexdigest():
        say("collecting static files")
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        note.write_text(digest.hexdigest())


def prepare_database(scale: str, *, reset: bool) -> None:
    """Bring the tables up to date and load the invented data once; with `reset`, drop everything first."""

    from customers.models import Customer  # noqa: PLC0415 - models only after django.setup()

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


def print_sign_ins() -> None:
    """Print the sign-ins: one person for each role, and some customers."""
    from .data.sign_ins import CODE_COMMAND, sign_ins  # noqa: PLC0415 - models only after django.setup()

    for each in sign_ins():
        print(f"  {each.email:<40} {each.password}  {each.lands_on:<17} {each.role}", flush=True)
    print(f"  Staff need a code as well; this command prints it: {CODE_COMMAND}", flush=True)


# --- While it runs ---------------------------------------------------------------------------------------------------


@dataclass
class Child:
    """One of the programs, its log file, and how its last starts went."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = 0.0
    start_at: float = 0.0
    rest: bytes = b""

    def start(self) -> None:
        """Start the program in a session of its own: the terminal's Ctrl-C reaches us alone, and we stop in order."""
        wrapper = [sys.executable, "-I", "-S", "-c", UNTIL_WE_END, str(os.getpid()), sys.executable]
        self.process = subprocess.Popen(  # noqa: S603
            [*wrapper, *self.command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, "DATABASE_AS_OWNER": "false", **self.environment},
            cwd=servers.ROOT,
            start_new_session=True,
        )
        os.set_blocking(self.output.fileno(), False)
        self.started = time.monotonic()

    @property
    def output(self) -> IO[bytes]:
        """What the program prints; there is one from its start until its process is forgotten."""
        assert self.process is not None
        assert self.process.stdout is not None
        return self.process.stdout

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def signal(self, number: int) -> None:
        """Send a signal to the program itself."""
        if self.process is not None:
            self.process.send_signal(number)

    def end_remains(self) -> None:
        """Kill the processes that a program left in its group when it ended."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)


class Demonstration:
    """The children and their lines, from the first start to the last stop."""

    def __init__(self, port: int) -> None:
        (VAR / "log").mkdir(parents=True, exist_ok=True)
        celery = ["-W", "ignore:You're running the worker with superuser", "-m", "celery", "-A", "vittoria_care"]
        alone = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        self.port = port
        self.children = [
            Child("web", ["-m", "gunicorn"], {"PORT": str(port), "BIND": f"127.0.0.1:{port}"}),
            Child("worker", [*celery, "-q", "worker", "--concurrency", "2", "--loglevel", "INFO", *alone]),
            Child("beat", [*celery, "-q", "beat", "--loglevel", "INFO", "--pidfile="]),
        ]
        self.selector = selectors.DefaultSelector()
        self.servers_at = self.servers_pause = 0.0
        self.stopping = 0
        self.announced = False
        self.quiet = False

    def run(self) -> None:
        """Keep the children running until a signal asks to stop; then stop them all."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._asked_to_stop)
        begun = time.monotonic()
        try:
            for child in self.children:
                self._start(child)
            while not self.stopping:
                self._pass_lines_on(0.2)
                self._look_after_servers()
                self._look_after_children()
                if not self.announced and self._web_answers():
                    self._announce()
                if not self.announced and time.monotonic() - begun > WAIT_SECONDS:
                    raise CannotBegin(
                        f"The web server did not answer within {WAIT_SECONDS} seconds; see var/log/web.log."
                    )
        finally:
            self._stop_all()

    def _asked_to_stop(self, number: int, frame: Any) -> None:
        self.stopping += 1

    def _start(self, child: Child) -> None:
        child.start()
        self.selector.register(child.output, selectors.EVENT_READ, child)

    def _look_after_servers(self) -> None:
        """Start a private server again when it has ended; the children reconnect by themselves."""
        if time.monotonic() < self.servers_at:
            return
        if lost := servers.gone():
            say(f"{' and '.join(lost)} has ended: starting again")
            try:
                servers.ensure_running()
            except servers.CannotStart as error:
                say(str(error))
            self.servers_pause = min(max(self.servers_pause * 2, 1.0), LONGEST_PAUSE)
        else:
            self.servers_pause = 1.0
        self.servers_at = time.monotonic() + self.servers_pause

    def _look_after_children(self) -> None:
        now = time.monotonic()
        for child in self.children:
            if child.process is not None and child.process.poll() is not None:
                self._read(child)
                self._forget(child)
                child.end_remains()
                child.pause = 1.0 if now - child.started > 60 else min(max(child.pause * 2, 1.0), LONGEST_PAUSE)
                child.start_at = now + child.pause
                say(f"{child.name} has ended ({_how(child.process.returncode)}); again in {child.pause:.0f} s")
                child.process = None
            elif child.process is None and now >= child.start_at:
                self._start(child)

    def _forget(self, child: Child) -> None:
        with contextlib.suppress(KeyError, ValueError):
            self.selector.unregister(child.output)
        child.output.close()

    def _pass_lines_on(self, seconds: float) -> None:
        for key, _ in self.selector.select(seconds):
            if not self._read(key.data):
                self.selector.unregister(key.fileobj)

    def _read(self, child: Child) -> bool:
        """Log what the child has printed, and show what is not routine; returns False when no more will come."""
        try:
            printed = os.read(child.output.fileno(), 65_536)
        except BlockingIOError:
            return True
        except (OSError, ValueError):
            return False
        *lines, child.rest = (child.rest + printed).split(b"\n")
        if not printed and child.rest:
            lines, child.rest = [child.rest], b""
        with open(VAR / "log" / f"{child.name}.log", "ab") as log:
            for line in lines:
                if line.strip():
                    log.write(line + b"\n")
                    if not ROUTINE.match(line):
                        self._show(f"{child.name:6} | {line.decode(errors='replace')}")
        return bool(printed)

    def _show(self, line: str) -> None:
        if not self.quiet:
            try:
                print(line, flush=True)
            except OSError:  # the terminal is gone
                self.quiet = True
                self.stopping += 1

    def _web_answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2):
                return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False

    def _announce(self) -> None:
        self.announced = True
        here = f"http://localhost:{self.port}"
        self._show("")
        self._show(f"Vittoria Care is ready:  {here}/")
        for what, path in (
            ("back office", "backoffice/"),
            ("figures", "dashboard/"),
            ("mail sent", "demo/posta/"),
        ):
            self._show(f"  {what:14} {here}/{path}")
        print_sign_ins()
        self._show("To make the telephone ring at the agent's desk (backoffice/scrivania/), run in another terminal:")
        self._show(
            f"  .venv/bin/python manage.py simulate_calls --rate 6 --agents 4101 --url http://127.0.0.1:{self.port}"
        )
        self._show("Errors and slow requests appear below; all lines are in var/log. Ctrl-C stops everything.\n")

    def _stop_all(self) -> None:
        """Stop the web server, the worker and beat; after STOP_SECONDS, kill what still runs."""
        if self.announced:
            say("stopping")
        asked = self.stopping
        for child in self.children:
            child.signal(signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while any(child.is_running() for child in self.children):
            self._pass_lines_on(0.05) if self.selector.get_map() else time.sleep(0.05)
            if time.monotonic() > deadline or self.stopping > asked + 1:
                break
        for child in self.children:
            child.end_remains()
            if child.process is not None:
                child.process.wait()
                while self._read(child):
                    pass
                self._forget(child)


def _how(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def say(sentence: str) -> None:
    """Show a line of the demonstration itself."""
    with contextlib.suppress(OSError):
        print(f"demo   | {sentence}", flush=True)


def main(arguments: list[str]) -> int:
    """Prepare, then run; with `--reset`, only drop the data and load it again. Returns the exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vittoria_care.settings")
    os.environ["DATABASE_AS_OWNER"] = "true"  # this process makes the tables; its children only work with them
    scale = os.environ.get("SCALE", "") or "small"
    try:
        if scale not in ("small", "full"):
            raise CannotBegin(f"SCALE={scale} is unknown: choose small or full.")
        port = None if "--reset" in arguments else free_port(os.environ.get("PORT", "") or "8000")
        servers.ensure_running()

        if settings.PRODUCTION:
            raise CannotBegin("The demonstration is not for production: remove ENVIRONMENT=production.")
        django.setup()
        translation.activate("en")  # one language at the terminal: this module prints before catalogues can be read
        if port is not None:
            make_static_files()
        prepare_database(scale, reset=port is None)
        if port is not None:
            connections.close_all()
            Demonstration(port).run()
    except (CannotBegin, servers.CannotStart) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
