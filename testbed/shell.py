"""Management commands and code in an installation, done at once: one process has loaded Django, and a fork of it does each.

A process of its own for each would load everything again, which takes longer than most of what is asked.
"""

import contextlib
import io
import json
import os
import select
import subprocess
import sys
import traceback
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.commands.shell import Command

ANSWER_SECONDS = 600


class Shell:
    """A process of the installation in `folder` that does what it is asked; it starts with the first question."""

    def __init__(self, folder: Path, environment: dict[str, str], log: Path) -> None:
        self.folder = folder
        self.environment = environment
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None

    def command(self, *arguments: str) -> str:
        """Run a management command and return what it printed; RuntimeError when it fails."""
        return self._ask(arguments=arguments)

    def code(self, code: str, given: dict[str, Any]) -> Any:
        """Run the code with the names given, and return what it leaves in `result` (a plain value); RuntimeError when it fails."""
        return self._ask(code=code, given=given)

    def close(self) -> None:
        """End the process, if there is one."""
        process, self.process = self.process, None
        if process is not None:
            process.kill()
            with process:  # closes its pipes, and waits for its end
                pass

    def _ask(self, **question: Any) -> Any:
        process = self.process = self.process or self._start()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(question).encode() + b"\n")
        process.stdin.flush()
        ready, _, _ = select.select([process.stdout], [], [], ANSWER_SECONDS)
        line = process.stdout.readline() if ready else b""
        if not line:
            self.close()
            raise RuntimeError(f"There was no answer; the end of {self.log} may say why.")
        answer = json.loads(line)
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["result"]

    def _start(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "manage.py", "shell", "-v", "0", "-c", "from testbed.shell import serve; serve()"],
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
            )


def serve() -> None:
    """Answer the questions of standard input, a line each, on what is standard output now; all else goes to the log."""
    names = Command().get_namespace(verbosity=0)
    answers = os.dup(1)
    os.dup2(2, 1)
    for line in sys.stdin:
        if (child := os.fork()) == 0:
            with os.fdopen(answers, "wb") as out:
                out.write(_answer(json.loads(line), names).encode() + b"\n")
            os._exit(0)  # what ends with the process is the parent's
        os.waitpid(child, 0)


def _answer(question: dict[str, Any], names: dict[str, Any]) -> str:
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            if "code" not in question:
                call_command(*question["arguments"], stdout=printed)
                return json.dumps({"result": printed.getvalue()})
            names = {**names, "result": None, **question["given"]}
            exec(question["code"], names)  # noqa: S102 - the tests' own
            return json.dumps({"result": names["result"]})
    except BaseException:
        return json.dumps({"error": printed.getvalue() + traceback.format_exc()})
