"""The demonstration: everything the product needs, in one terminal. `make demo` runs `python -m vittoria_care.demonstration.run`.

The database and its invented data are made ready first (preparation.py), unless nothing has changed since the last start
(unchanged.py); then six children run until Ctrl-C: the web server, four Celery workers (what is urgent, alerts to many, promotions, the rest), and Celery beat. Their lines are
logged in var/log, and those that matter are shown here under their names. A child that ends by itself is started again,
and so is a private server. PORT is the port of the web server (8000), SCALE the amount of data that is loaded once (small
or full).
"""

import contextlib
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
from typing import IO, Any, Self

from vittoria_care.embedded import servers

from . import unchanged
from .terminal import CannotBegin, say

VAR = servers.VAR
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
os.nice(int(sys.argv[2]))
os.execv(sys.argv[3], sys.argv[3:])
"""
BEHIND_THE_PAGES = 10  # how far the worker and beat stand back (nice) when a page wants the same processor


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


# --- While it runs ---------------------------------------------------------------------------------------------------


@dataclass
class Child:
    """One of the programs, its log file, and how its last starts went."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)
    nice: int = 0
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = 0.0
    start_at: float = 0.0
    rest: bytes = b""

    def start(self) -> None:
        """Start the program in a session of its own: the terminal's Ctrl-C reaches us alone, and we stop in order."""
        wrapper = [sys.executable, "-I", "-S", "-c", UNTIL_WE_END, str(os.getpid()), str(self.nice), sys.executable]
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
    """The children and their lines, from the first start to the last stop, which the end of the `with` block brings.

    Until the first page has answered, the web server has the machine to itself: it starts with one process, and its second
    one, the worker and beat follow.
    """

    def __init__(self, port: int) -> None:
        (VAR / "log").mkdir(parents=True, exist_ok=True)
        celery = ["-W", "ignore:You're running the worker with superuser", "-m", "celery", "-A", "vittoria_care"]
        alone = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        self.port = port
        alone_at_first = {} if servers.is_given("WEB_CONCURRENCY") else {"WEB_CONCURRENCY": "1"}
        self.web = Child("web", ["-m", "gunicorn"], {"PORT": str(port), "BIND": f"127.0.0.1:{port}", **alone_at_first})
        self.children = [
            self.web,
            Child(
                "worker",
                [*celery, "-q", "worker", "-Q", "celery,planning", "--concurrency", "1", "--loglevel", "INFO", *alone],
                nice=BEHIND_THE_PAGES,
            ),
            Child(
                "urgent",
                [*celery, "-q", "worker", "-Q", "urgent", "--concurrency", "1", "--loglevel", "INFO", *alone],
                nice=BEHIND_THE_PAGES,
            ),
            Child(
                "bulk",
                [*celery, "-q", "worker", "-Q", "bulk,slow", "--concurrency", "1", "--loglevel", "INFO", *alone],
                nice=BEHIND_THE_PAGES,
            ),
            Child(
                "promos",
                [*celery, "-q", "worker", "-Q", "promotions", "--concurrency", "1", "--loglevel", "INFO", *alone],
                nice=BEHIND_THE_PAGES,
            ),
            Child("beat", [*celery, "-q", "beat", "--loglevel", "INFO", "--pidfile="], nice=BEHIND_THE_PAGES),
        ]
        self.selector = selectors.DefaultSelector()
        self.servers_at = self.servers_pause = 0.0
        self.stopping = 0
        self.announced = False
        self.quiet = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._stop_all()

    def start_web(self) -> None:
        """Let the web server load its modules already; it waits for the private servers by itself."""
        self._start(self.web)

    def run(self, sign_ins: list[str]) -> None:
        """Keep the children running until a signal asks to stop; print the lines of `sign_ins` with the first answer."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._asked_to_stop)
        begun = time.monotonic()
        while not self.stopping:
            self._look_after_children()
            self._pass_lines_on(0.2 if self.announced else 0.03)
            self._look_after_servers()
            if not self.announced and self._web_answers():
                self._announce(sign_ins)
            if not self.announced and time.monotonic() - begun > WAIT_SECONDS:
                raise CannotBegin(f"The web server did not answer within {WAIT_SECONDS} seconds; see var/log/web.log.")

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
        for child in self.children if self.announced else self.children[:1]:
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
        """Return whether the first page is there; asking for it loads the modules of every page."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=2):
                return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False

    def _announce(self, sign_ins: list[str]) -> None:
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
        for line in sign_ins:
            self._show(line)
        self._show("To make the telephone ring at the agent's desk (backoffice/scrivania/), run in another terminal:")
        self._show(
            f"  .venv/bin/python manage.py simulate_calls --rate 6 --agents 4101 --url http://127.0.0.1:{self.port}"
        )
        self._show("Errors and slow requests appear below; all lines are in var/log. Ctrl-C stops everything.\n")
        if self.web.environment.pop("WEB_CONCURRENCY", None):
            self.web.signal(signal.SIGTTIN)  # gunicorn: one process more

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


def run_unchanged(port: int, scale: str) -> bool:
    """Run with what the last start left; return False, with nothing running, if anything has changed since."""
    note = unchanged.read_note(scale)
    if note is None:
        return False
    with Demonstration(port) as demonstration:
        demonstration.start_web()
        servers.ensure_running()
        if not unchanged.is_still_loaded(note):
            return False
        demonstration.run(note.sign_ins)
    return True


def run_prepared(port: int | None, scale: str) -> None:
    """Prepare everything and run; without a port, only drop the data and load them again."""
    servers.ensure_running()
    from .preparation import prepare  # noqa: PLC0415 - its Django takes longer than all of a start that prepares nothing

    sign_ins = prepare(scale, reset=port is None)
    if port is not None:
        with Demonstration(port) as demonstration:
            demonstration.run(sign_ins)


def main(arguments: list[str]) -> int:
    """Prepare what has to be, then run; with `--reset`, only drop the data and load it again. Returns the exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vittoria_care.settings")
    os.environ["DATABASE_AS_OWNER"] = "true"  # this process makes the tables; its children only work with them
    scale = os.environ.get("SCALE", "") or "small"
    try:
        if scale not in ("small", "full"):
            raise CannotBegin(f"SCALE={scale} is unknown: choose small or full.")
        port = None if "--reset" in arguments else free_port(os.environ.get("PORT", "") or "8000")
        if port is None or not run_unchanged(port, scale):
            run_prepared(port, scale)
    except (CannotBegin, servers.CannotStart) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
