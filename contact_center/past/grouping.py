"""The rows of a file by their ticket, on disk, so that the memory of a process remains flat however the file is ordered."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from foundation.files.reading import Row

CACHE_KIB = 32 * 1024


class RowsByTicket:
    """Rows in a private temporary file that goes when it is closed; given back ticket by ticket, in the order of the file.

    The tickets come in the order of their first rows, so that a file whose tickets stand together is read as it was written.
    """

    def __init__(self, header: Sequence[str]) -> None:
        self.header = list(header)
        self._database = sqlite3.connect("")
        for setting in ("synchronous = OFF", "journal_mode = OFF", f"cache_size = -{CACHE_KIB}"):
            self._database.execute(f"PRAGMA {setting}")
        self._database.execute("CREATE TABLE ticket (key TEXT PRIMARY KEY, first INTEGER) WITHOUT ROWID")
        self._database.execute(
            "CREATE TABLE row (first INTEGER, number INTEGER, key TEXT, line INTEGER, cells TEXT, "
            "PRIMARY KEY (first, number)) WITHOUT ROWID"
        )

    def keep(self, rows: Iterable[tuple[str, Row]]) -> None:
        """Keep rows with the key of their ticket."""
        kept = list(rows)
        with self._database as database:
            database.executemany(
                "INSERT OR IGNORE INTO ticket VALUES (?, ?)", ((key, row.number) for key, row in kept)
            )
            database.executemany(
                "INSERT INTO row SELECT first, ?, key, ?, ? FROM ticket WHERE key = ?",
                ((row.number, row.line, json.dumps(list(row.cells.values())), key) for key, row in kept),
            )

    def tickets(self) -> Iterator[tuple[str, Iterator[Row]]]:
        """Each ticket with its rows; these are to be read before the next ticket is asked for."""
        found = self._database.execute("SELECT key, number, line, cells FROM row ORDER BY first, number")
        for key, rows in groupby(found, key=lambda each: each[0]):
            yield key, (self._row(*each[1:]) for each in rows)

    def _row(self, number: int, line: int, cells: str) -> Row:
        return Row(number, line, dict(zip(self.header, json.loads(cells), strict=False)))

    def close(self) -> None:
        """Forget them."""
        self._database.close()
