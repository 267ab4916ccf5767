"""Write the locks: the exact version of every package and the hashes of all its files. Run by `make lock`.

requirements.lock holds everything, requirements-production.lock what runs alone, in the same versions, for every Python
from 3.11 and every platform: a marker shows where a package is needed. Versions that still fit the lists remain;
`make lock UPGRADE=yes` takes the newest. Exit code 2 if the lists cannot be resolved.
"""

import subprocess
import sys
from pathlib import Path

from uv import find_uv_bin

ROOT = Path(__file__).resolve().parent.parent
HEADER = "# Exact versions and hashes; `make lock` writes it."
EVERYTHING, PRODUCTION = ROOT / "requirements.lock", ROOT / "requirements-production.lock"


def main(arguments: list[str]) -> int:
    """Resolve the lists with uv, installing nothing; `--upgrade` forgets the versions of the earlier locks."""
    command = [find_uv_bin(), "pip", "compile", "--quiet", "--no-config", "--universal", "--python-version", "3.11"]
    command += ["--generate-hashes", "--no-annotate", "--no-header", *arguments]
    for lock, options in (
        (EVERYTHING, ["requirements-dev.txt"]),
        (PRODUCTION, ["requirements.txt", "--constraint", EVERYTHING]),
    ):
        if subprocess.run([*command, *options, "--output-file", lock], cwd=ROOT).returncode:
            return 2
        lock.write_text(f"{HEADER}\n{lock.read_text()}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
