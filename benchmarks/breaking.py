"""An installation that is broken on purpose, and a mail server that remembers what it took."""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import environ
import psycopg2

from testbed.installation import Installation
from testbed.smtp_sink import Received, SmtpSink

from .measure import Failed

MESSAGE_ID = re.compile(rb"^Message-ID:\s*(<[^>]+>)", re.IGNORECASE | re.MULTILINE)
PATIENCE = 120  # seconds in which a killed process must be back


@dataclass
class RememberingSink(SmtpSink):
    """Remembers of each message it took the Message-ID and the moment (seconds since 1970), and nothing else."""

    keep: bool = False
    accepted: list[tuple[float, str]] = field(default_factory=list)

    def _take(self, received: Received) -> None:
        super()._take(received)
        found = MESSAGE_ID.search(received.body)
        self.accepted.append((time.time(), found[1].decode() if found else ""))

    @property
    def numbers(self) -> list[int]:
        """The numbers of the notices that were taken, one for each time."""
        return [number_of(message_id) for _at, message_id in self.accepted]


def number_of(message_id: str) -> int:
    """The number of the notice that a Message-ID belongs to; 0 for another's."""
    return int(message_id.split(".")[1]) if message_id.startswith("<notice.") else 0


class Begun(NamedTuple):
    """One of `benchmarks.inside` that has been started: its name, and its process."""

    what: str
    process: subprocess.Popen[str]


class Site(Installation):
    """The installation: its database, its commands, and the faults that can be made in it."""

    ready_seconds = 1_200  # the machine may be busy with other things

    # --- Its database, and its own commands
    def start(self) -> None:
        """Start everything, and find the database."""
        super().start()
        status = self.run(["vittoria_care/embedded/servers.py", "status"]).stdout
        config = environ.Env.db_url_config(status.splitlines()[0].split()[1])
        names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
        self.database = {name: config[key] for key, name in names.items() if config[key]}

    def servers_only(self) -> None:
        """Stop all but the private servers."""
        self.stop()
        started = self.run(["vittoria_care/embedded/servers.py", "start"])
        if started.returncode:
            raise Failed(started.stderr)

    def ask(self, statement: str, values: object = None) -> list[tuple[Any, ...]]:
        """Run a statement over a new connection, again while the database is away; returns its rows."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                with contextlib.closing(psycopg2.connect(**self.database, connect_timeout=2)) as connection:
                    connection.autocommit = True
                    with connection.cursor() as cursor:
                        cursor.execute(statement, values)
                        return cursor.fetchall() if cursor.description else []
            except (psycopg2.OperationalError, psycopg2.InterfaceError):
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)

    def worker_ends(self) -> int:
        """How often the worker has ended without being killed."""
        return self.log.read_text(errors="replace").count("demo   | worker has ended (exit code")

    def begin(self, what: str, *, as_owner: bool = False, **given: Any) -> Begun:
        """Start one of `benchmarks.inside`; as the owner of the tables where the application itself may not do it."""
        process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "benchmarks.inside", what],
            cwd=self.folder,
            env=self.environment | {"LOG_LEVEL": "ERROR", "DATABASE_AS_OWNER": str(as_owner).lower()},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdin is not None  # a pipe
        process.stdin.write(json.dumps(given))
        process.stdin.close()
        process.stdin = None
        return Begun(what, process)

    def answer_of(self, begun: Begun, seconds: float = 300) -> Any:
        """Return its answer; Failed, with the end of its output, when there is none."""
        what, process = begun
        try:
            answer, problems = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise Failed(f"{what} did not end within {seconds:.0f} seconds.") from None
        if process.returncode:
            raise Failed(f"{what} ended with {process.returncode}: {problems[-2000:]}")
        return json.loads(answer.strip().rpartition("\n")[2])

    def inside(self, what: str, *, wait: float = 300, as_owner: bool = False, **given: Any) -> Any:
        """Run one of `benchmarks.inside` to its end, within so many seconds, and return what it answered."""
        return self.answer_of(self.begin(what, as_owner=as_owner, **given), wait)

    # --- The faults. Each returns how many processes may have been sending a notice that moment.
    def kill_worker_process(self) -> int:
        """One of the worker's processes."""
        return self._kill(self.processes("-q worker")[1:2])

    def kill_worker(self) -> int:
        """The worker with its processes, all at once."""
        return max(0, self._kill(self.processes("-q worker")) - 1)

    def kill_of(self, words: str, *, first: int = 0, most: int | None = None) -> int:
        """So many of the processes with these words, the oldest first."""
        return self._kill(self.processes(words)[first : None if most is None else first + most])

    def kill_database(self) -> int:
        """PostgreSQL's first process. Each process of the worker may lose what it is writing down."""
        self._must(self._kill(self.processes("bin/postgres", "-D")))
        return len(self.processes("-q worker")[1:])

    def kill_broker(self) -> int:
        """Redis."""
        self._must(self._kill(self._broker()))
        return 0

    def empty_broker(self) -> int:
        """Redis, with all that it had written."""
        folder = self.folder / "var" / "redis"
        for kept in [*folder.glob("*.aof"), *folder.glob("*.rdb"), *folder.glob("appendonlydir")]:
            shutil.rmtree(kept) if kept.is_dir() else kept.unlink()
        return self.kill_broker()

    def kill_web(self) -> int:
        """The web server with its processes."""
        self._must(self._kill(self.processes("gunicorn")))
        return 0

    def kill_beat(self) -> int:
        """Beat."""
        self._must(self._kill(self.processes("-q beat")))
        return 0

    @contextmanager
    def second_beat(self) -> Iterator[None]:
        """Another beat beside the first."""
        with (self.folder / "var" / "log" / "second-beat.log").open("ab") as log:
            beat = subprocess.Popen(
                [sys.executable, "-m", "celery", "-A", "vittoria_care", "beat", "--pidfile="],
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        try:
            yield
        finally:
            beat.terminate()
            try:
                beat.wait(20)
            except subprocess.TimeoutExpired:
                beat.kill()
                beat.wait()

    @contextmanager
    def hanging_broker(self) -> Iterator[None]:
        """Let Redis accept connections and answer none."""
        pids = self._broker()
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)

    def keep_broker_away(self, seconds: float) -> None:
        """Kill Redis again as often as it is started."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self._kill(self._broker())
            time.sleep(0.02)

    def _broker(self) -> list[int]:
        return self.processes("redis-server")

    def _kill(self, pids: Iterable[int]) -> int:
        killed = 0
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                killed += 1
        return killed

    def _must(self, killed: int) -> None:
        if not killed:
            raise Failed("There was nothing to kill: what was killed before is not back.")


def folder_for_all() -> Path:
    """A new folder that the account of the private servers may enter too, when we are root."""
    folder = Path(tempfile.mkdtemp(prefix="vittoria-faults-"))
    folder.chmod(0o711)
    return folder
