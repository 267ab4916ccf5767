"""A whole installation in a folder of its own: the sources, private servers, web, worker and beat, as `make demo` runs them.

For what needs real processes that may be killed: the journeys in a browser (e2e/) and the faults (benchmarks/faults.py).
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Self

from testbed.shell import Shell

ROOT = Path(__file__).resolve().parent.parent
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "var", "__pycache__", ".pytest_cache", ".ruff_cache", "docs")
READY_SECONDS = 240


class Installation:
    """A copy of this project that runs beside everything else and leaves nothing behind.

    `with Installation(folder) as site:` copies, starts and stops it. `environment` is added to its settings.
    """

    ready_seconds = READY_SECONDS

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder / "site"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("DJANGO_", "PYTEST_"))},
            "PORT": str(self.port),
            "SCALE": "small",
            "SITE_URL": self.url,
            **environment,
        }
        for name in ("DATABASE_URL", "REDIS_URL", "PYTHONPATH"):
            if name not in environment:
                self.environment.pop(name, None)
        self.demo: subprocess.Popen[bytes] | None = None
        self.shell = Shell(self.folder, self.environment | {"DATABASE_AS_OWNER": "true"}, self.log)

    def __enter__(self) -> Self:
        shutil.copytree(ROOT, self.folder, ignore=LEFT_OUT)
        for catalogue in ROOT.glob("locale/**/*.mo"):
            shutil.copy2(catalogue, self.folder / catalogue.relative_to(ROOT))
        try:
            self.start()
        except BaseException:
            self.__exit__()  # or its servers would go on
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            self.run(["vittoria_care/embedded/servers.py", "clean"])  # what the servers keep outside the folder
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self) -> None:
        """Start everything and wait until a page answers; RuntimeError with the last lines when none does."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.demo = subprocess.Popen(
                [sys.executable, "-m", "vittoria_care.demonstration.run"],
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        until = time.monotonic() + self.ready_seconds
        while not self.answers():
            if self.demo.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"The installation did not start:\n{self.last_lines()}")
            time.sleep(0.2)

    def stop(self) -> None:
        """Ask everything to stop, and see that it has."""
        self.shell.close()
        if self.demo is not None and self.demo.poll() is None:
            self.demo.send_signal(signal.SIGINT)
            try:
                self.demo.wait(60)
            except subprocess.TimeoutExpired:
                self.demo.kill()
                self.demo.wait()
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            self.run(["vittoria_care/embedded/servers.py", "stop"])

    # --- What can be done to it
    @property
    def log(self) -> Path:
        return self.folder / "var" / "log" / "installation.log"

    def last_lines(self, number: int = 30) -> str:
        """The end of what its processes wrote."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-number:]) if self.log.exists() else ""

    def answers(self, path: str = "/healthz") -> bool:
        """Whether the web server answers."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=3) as answer:  # noqa: S310 - our own loopback address
                return answer.status == 200
        except OSError:
            return False

    def run(self, arguments: list[str], **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a Python program of the installation to its end."""
        return subprocess.run(  # noqa: S603 - our own programs
            [sys.executable, *arguments],
            cwd=self.folder,
            env=self.environment | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )

    def manage(self, *arguments: str) -> str:
        """Run a management command and return what it printed; RuntimeError when it fails.

        As the owner of the tables: a stage is set with what the application itself may not do.
        """
        return self.shell.command(*arguments)

    def processes(self, *words: str) -> list[int]:
        """The living processes of this installation whose command line has all the words, the oldest first."""
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            with contextlib.suppress(OSError):
                line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                where = os.readlink(entry / "cwd")
                if (where.startswith(str(self.folder)) or str(self.folder) in line) and all(w in line for w in words):
                    found.append(int(entry.name))
        return sorted(found)

    def kill(self, *words: str) -> int:
        """kill -9 every process whose command line has the words; returns how many there were."""
        pids = self.processes(*words)
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return len(pids)


def free_port() -> int:
    """A port of the loopback address that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
