"""Where the processes of the web server and of the worker write their counts, so that one of them can add all up.

Kept apart from the metrics themselves: the place must be known before the first of them is made.
"""

import os
from pathlib import Path

from prometheus_client import values

from vittoria_care.embedded import servers

FOLDER = servers.VAR / "metrics"


def share(kind: str) -> None:
    """Let this process and its children write under var/metrics/<kind>; removes what dead processes left there."""
    folder = FOLDER / kind
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*_*.db"):
        if not _is_alive(path.stem.rpartition("_")[2]):
            path.unlink(missing_ok=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
    values.ValueClass = values.get_value_class()  # chosen when it was imported, which may be earlier


def all_files() -> list[Path]:
    """Every file of counts on this machine."""
    return sorted(FOLDER.glob("*/*.db"))


def _is_alive(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True
