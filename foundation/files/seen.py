"""The keys that a file had so far, on disk, so that the memory of a process remains flat however long the file is."""

import sqlite3
from collections.abc import Iterable, Mapping


class SeenKeys:
    """Keys with a fingerprint of their row and a number, in a private temporary file that goes when it is closed."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("")
        self._database.execute("PRAGMA synchronous = OFF")
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.execute("CREATE TABLE seen (key TEXT PRIMARY KEY, fingerprint, number INTEGER) WITHOUT ROWID")

    def among(self, keys: Iterable[str]) -> dict[str, tuple[int | str, int]]:
        """Fingerprint and number of those of the keys that were remembered."""
        ask = self._database.execute
        found = ((key, ask("SELECT fingerprint, number FROM seen WHERE key = ?", (key,)).fetchone()) for key in keys)
        return {key: seen for key, seen in found if seen}

    def remember(self, rows: Mapping[str, tuple[int | str, int]]) -> None:
        """Remember fingerprint and number of keys, in place of earlier ones."""
        with self._database:
            self._database.executemany(
                "INSERT OR REPLACE INTO seen VALUES (?, ?, ?)", ((key, *seen) for key, seen in rows.items())
            )

    def close(self) -> None:
        """Forget them."""
        self._database.close()
