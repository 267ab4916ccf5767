"""Write requirements.lock: the exact version of every package, resolved in an empty environment. Run by `make lock`."""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HEAD = "# Exact versions of everything, used as a constraint; `make lock` writes it.\n"


def main() -> int:
    """Resolve the lists with pip, installing nothing."""
    lists = [ROOT / "requirements-dev.txt"]
    lock = ROOT / "requirements.lock"
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed"]
        command += ["--disable-pip-version-check", "--no-input", "--report", str(report)]
        done = subprocess.run([*command, *(f"-r{path}" for path in lists)], cwd=ROOT)
        if done.returncode:
            return 2
        lock.write_text(HEAD + "".join(f"{line}\n" for line in pinned(report, lock)))
    return 0


def pinned(report: Path, lock: Path) -> list[str]:
    """Return a line per package; a marker of the earlier lock stays, and so do packages only other platforms need."""

    def plain(name: str) -> str:
        return re.sub("[-_.]+", "-", name).lower()

    lines = {}
    for line in lock.read_text().splitlines() if lock.exists() else []:
        name, marked, marker = line.partition(";")
        if marked and "==" in name:
            lines[plain(name.split("==")[0].strip())] = (name.strip(), f" ; {marker.strip()}")
    for entry in json.loads(report.read_text())["install"]:
        name = plain(entry["metadata"]["name"])
        _, marker = lines.get(name, ("", ""))
        lines[name] = (f"{name}=={entry['metadata']['version']}", marker)
    return [f"{pin}{marker}" for _, (pin, marker) in sorted(lines.items())]


if __name__ == "__main__":
    sys.exit(main())
