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
SEEN = VENV / ".seen"  # when the folder of packages last changed, at the time all of them were found whole
# Not the Python of an environment that is thrown away here; the name is private.
BASE = sys._base_executable  # type: ignore[attr-defined]
QUIETLY = ["install", "--quiet", "--no-input", "--disable-pip-version-check", "--require-hashes"]

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
            changed = last_change()
            if changed and SEEN.is_file() and SEEN.read_text() == changed:
                return 0
            if lacking() == []:
                SEEN.write_text(changed)
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


def last_change() -> str:
    """Return when something was last put into the folder of packages or taken from it ("" if there is none)."""
    return " ".join(str(folder.stat().st_mtime_ns) for folder in sorted(VENV.glob("lib/python*/site-packages")))


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
        made = subprocess.run([BASE, "-m", "venv", "--without-pip", VENV], capture_output=True, text=True)
        if made.returncode:
            shutil.rmtree(VENV)
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
    uv: str | Path | None = shutil.which("uv")
    if uv is None:
        entry = re.search(r"^uv==(?:.*\\\n)*.*\n", LOCK.read_text(), re.MULTILINE)
        assert entry is not None, "the lock names uv, which the lock is made with"
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as alone:
            alone.write(entry[0])
            alone.flush()
            # The pip of the Python outside saves the seconds that a pip of our own takes to be made
            for pip in (lambda: [BASE, "-m", "pip", "--python", PYTHON], own_pip):
                command = [*pip(), *QUIETLY, "--no-compile", "-r", alone.name]
                if subprocess.run(command, capture_output=True).returncode == 0:
                    uv = VENV / "bin" / "uv"
                    break
    if uv is not None:
        command = [uv, "pip", "install", "--quiet", "--no-config", "--python", PYTHON, "--require-hashes", "-r", LOCK]
        if subprocess.run(command, cwd=ROOT, stderr=subprocess.DEVNULL).returncode == 0:
            return ""
    # pip knows the machine's own mirrors of packages, where uv may not
    done = subprocess.run([*own_pip(), *QUIETLY, "-r", LOCK], cwd=ROOT, stderr=subprocess.PIPE, text=True)
    if "No module named pip" in done.stderr:
        return "this Python cannot make a pip: install its venv package (Debian: python3-venv)."
    return last_line(done.stderr) if done.returncode else ""


def own_pip() -> list[str | Path]:
    """Return how the environment's own pip is called, made first if there is none."""
    if not any(VENV.glob("lib/python*/site-packages/pip")):
        subprocess.run([PYTHON, "-m", "ensurepip"], capture_output=True)
    return [PYTHON, "-m", "pip"]


def works() -> bool:
    """Return whether the environment's Python runs, and is recent enough."""
    if Path(sys.prefix) == VENV:  # it runs this very script
        return sys.version_info >= (3, 11)
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
