"""How a start is known that has nothing to prepare: by a note of what the last start that prepared everything left.

The note under `var/` holds a digest of the sources, the amount of data, the state of the table of migrations and the lines
with the sign-ins. A start that finds all of it unchanged needs no Django in its own process, and the web server can begin
to load at once. Whatever differs, or a database of somebody's own (DATABASE_URL), is prepared the careful way.
"""

import contextlib
import hashlib
import json
import os
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg2

from vittoria_care.embedded import servers

NOTE = servers.VAR / "demonstration.json"
LOADED = "vittoria_care_demo"  # a table with one row: what was loaded into this database
STATIC = servers.VAR / "static" / ".made-from"  # the digest of what the static files were collected from
APART = {"var", "docs", "node_modules", "__pycache__", "tests", "e2e", "benchmarks", "testbed", "scripts"}
STATE = f"SELECT scale, state, (SELECT count(*) FROM django_migrations), (SELECT max(id) FROM django_migrations) FROM {LOADED}"  # noqa: S608


@dataclass(frozen=True)
class Note:
    """What the last careful start left: its sources, its data, and the lines that it printed about signing in."""

    digest: str
    scale: str
    migrations: list[int]  # how many rows django_migrations has, and the highest id
    sign_ins: list[str]


def sources_digest() -> str:
    """Return what changes with any file of the project (its name, size or time), the Python and the kind of place."""
    digest = hashlib.sha256(f"{sys.version}\0{os.environ.get('ENVIRONMENT', '')}".encode())
    for name in (".env", "requirements.lock"):
        with contextlib.suppress(FileNotFoundError):
            _add(digest, servers.ROOT / name)
    for folder, folders, files in os.walk(servers.ROOT):
        folders[:] = sorted(name for name in folders if name not in APART and not name.startswith("."))
        for name in sorted(files):
            if Path(folder) != servers.ROOT and not name.startswith("."):
                _add(digest, Path(folder, name))
    return digest.hexdigest()


def _add(digest: "hashlib._Hash", path: Path) -> None:
    found = path.stat()
    digest.update(f"{path}\0{found.st_size}\0{found.st_mtime_ns}\0".encode())


def read_note(scale: str) -> Note | None:
    """Return the note if it is about these sources, this amount of data and the private database, and None otherwise."""
    if servers.is_given("DATABASE_URL") or servers.is_given("DATABASE_OWNER_URL") or not STATIC.is_file():
        return None
    try:
        note = Note(**json.loads(NOTE.read_text()))
    except (OSError, ValueError, TypeError):
        return None
    return note if (note.scale, note.digest) == (scale, sources_digest()) else None


def write_note(*, digest: str, scale: str, sign_ins: list[str]) -> None:
    """Leave the note for the next start, unless the database does not hold this amount of data, wholly loaded."""
    if servers.is_given("DATABASE_URL") or servers.is_given("DATABASE_OWNER_URL"):
        return
    loaded, state, *migrations = _state()
    if (loaded, state) == (scale, "done"):
        unfinished = NOTE.with_suffix(".unfinished")
        unfinished.write_text(json.dumps(asdict(Note(digest, scale, migrations, sign_ins))))
        unfinished.replace(NOTE)


def is_still_loaded(note: Note) -> bool:
    """Return whether the running private database is as the note says."""
    try:
        return _state() == (note.scale, "done", *note.migrations)
    except (psycopg2.Error, LookupError):
        return False


def _state() -> tuple[str, str, int, int]:
    """Return what the private database holds; LookupError if the one row is not there, psycopg2.Error as it comes."""
    with contextlib.closing(psycopg2.connect(**servers.owner_connection())) as database, database.cursor() as cursor:
        cursor.execute(STATE)
        row = cursor.fetchone()
    if row is None:
        raise LookupError(LOADED)
    return row
