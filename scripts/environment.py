"""Make `.venv` hold exactly what requirements.lock lists, once: run by `make` before anything else.

Every file is checked against the hashes of the lock. pip alone can do it; uv does it in a fraction of the time, so it is
used where the machine has it, or fetched first from the lock itself.

A stamp in the environment (`.installed`) keeps a digest of the lock, so that only a change of its content
installs again. An installation that was interrupted, or that lost a package since, is thrown away and made again. An
environment that is a symbolic link belongs to another work tree: it is checked and used, never changed. Exit code 2 and
one line if it cannot be done.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCK = ROOT / "requirements.lock"
STAMP, BEGUN = VENV / ".installed", VENV / ".installing"

MISSING = """
import importlib.metadata, re, sys
def is_whole(d):  # each folder or module that it brought is still there
    paths = [line.rpartition(",sha256=")[0] for line in (d.read_text("RECORD") or "").splitlines()]
    return all(d.locate_file(name).exists() for name in {path.strip('"').split("/")[0] for path in paths} - {""})
installed = {
    re.sub("[-_.]+", "-", d.metadata["Name"]).lower(): d.version
    for d in importlib.metadata.distributions() if is_whole(d)
}
from packaging.requirements import Requirement
for line in open(sys.argv[1]):
    line = line.split("#")[0].split("\\\\")[0].strip()
    if line and not line.startswith("-"):
        wanted = Requirement(line)
        if not wanted.marker or wanted.marker.evaluate():
            if not wanted.specifier.contains(installed.get(re.sub("[-_.]+", "-", wanted.name).lower(), "0.dev0"), True):
                print(line.split(";")[0].strip())
"""


def main() -> int:
    """Bring the environment up to date; returns the exit code."""
    with open(LOCK) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two makes at once: the second waits, and finds everything done
        digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()
        if VENV.is_symlink():
            return check_borrowed()
        if STAMP.is_file() and STAMP.read_text() == digest and works() and not BEGUN.exists():
            if lacking() == []:
                return 0
            BEGUN.touch()  # something was taken away by hand; pip would believe what is left of it
        return install(digest)


def check_borrowed() -> int:
    """See that the environment `.venv` points to has the versions of the lock."""
    if not works():
        return refuse(f".venv points to {os.readlink(VENV)}, where no Python runs: remove the link and try again.")
    packages = lacking()
    if packages != []:
        what = ", ".join(packages[:5]) if packages else "packaging"
        return refuse(
            f".venv points to {os.readlink(VENV)}, which lacks {what}: remove the link, or install it there."
        )
    return 0


def lacking() -> list[str] | None:
    """Return the packages of the lock that are not there, not whole or of another version; None if it is not known."""
    found = subprocess.run([PYTHON, "-c", MISSING, LOCK], capture_output=True, text=True)
    return None if found.returncode else found.stdout.split("\n")[:-1]


def install(digest: str) -> int:
    """Make the environment if need be, install everything, and leave the stamp as the last act."""
    if VENV.exists() and (BEGUN.exists() or not works()):
        print("The installation in .venv was interrupted or is broken: making it again.", file=sys.stderr)
        shutil.rmtree(VENV)
    if not VENV.exists():
        print(f"Making .venv with Python {sys.version.split()[0]}", file=sys.stderr, flush=True)
        VENV.mkdir()
        BEGUN.touch()
        # Not the Python of the environment that was thrown away just now; the name is private.
        base = sys._base_executable  # type: ignore[attr-defined]
        made = subprocess.run([base, "-m", "venv", VENV], capture_output=True, text=True)
        if made.returncode:
            shutil.rmtree(VENV)
            if "ensurepip" in made.stdout + made.stderr:
                return refuse("This Python cannot make environments: install its venv package (Debian: python3-venv).")
            return refuse(f"The environment could not be made: {last_line(made.stdout + made.stderr)}")
    BEGUN.touch()
    STAMP.unlink(missing_ok=True)
    print("Installing packages (once)", file=sys.stderr, flush=True)
    if reason := install_packages():
        return refuse(f"Packages could not be installed: {reason}")
    BEGUN.unlink()
    STAMP.write_text(digest)
    return 0


def install_packages() -> str:
    """Install what the lock lists, by uv or else by pip; returns why it could not be done, or ""."""
    pip: list[str | Path] = [
        PYTHON,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-input",
        "--disable-pip-version-check",
        "--require-hashes",
    ]
    uv: str | Path | None = shutil.which("uv")
    if uv is None:
        entry = re.search(r"^uv==(?:.*\\\n)*.*\n", LOCK.read_text(), re.MULTILINE)
        assert entry is not None, "the lock names uv, which the lock is made with"
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as alone:
            alone.write(entry[0])
            alone.flush()
            if subprocess.run([*pip, "--no-compile", "-r", alone.name], capture_output=True).returncode == 0:
                uv = VENV / "bin" / "uv"
    commands = [pip]
    if uv is not None:
        commands.insert(0, [uv, "pip", "install", "--quiet", "--no-config", "--python", PYTHON, "--require-hashes"])
    for command in commands:  # pip knows the machine's own mirrors of packages, where uv may not
        done = subprocess.run([*command, "-r", LOCK], cwd=ROOT, stderr=subprocess.PIPE, text=True)
        if done.returncode == 0:
            return ""
    return last_line(done.stderr)


def works() -> bool:
    """Return whether the environment's Python runs, and is recent enough."""
    try:
        probe = "import sys; sys.exit(sys.version_info < (3, 11))"
        return subprocess.run([PYTHON, "-c", probe], capture_output=True).returncode == 0
    except OSError:
        return False


def last_line(text: str) -> str:
    """Return the last line with a reason in it."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith(("[notice]", "WARNING"))]
    return lines[-1] if lines else "no reason was given"


def refuse(sentence: str) -> int:
    """Print why it cannot go on."""
    print(sentence, file=sys.stderr)
    return 2


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        sys.exit(refuse(f"The environment could not be made: {error.strerror} ({error.filename})."))
