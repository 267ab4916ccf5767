"""Many rows into the database: COPY, a batch at a time, while the next batch is being made."""

import io
import queue
import threading
import time
from collections.abc import Iterable
from typing import Any, Protocol, Self

from django.db import connection, models
from django.utils.formats import number_format

BATCH_ROWS = 40_000
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def cell(value: Any) -> str:
    """One value in the text format of COPY. Rows made by the million are written out by their makers instead."""
    if value is None:
        return "\\N"
    if value is True:
        return "t"
    if value is False:
        return "f"
    if isinstance(value, str):
        return value.translate(_ESCAPES)
    return str(value)


def _column(model: type[models.Model], name: str) -> str:
    """The column of a field, as the table names it."""
    field = model._meta.get_field(name)
    assert isinstance(field, models.Field)  # the other side of a relation has no column
    assert field.column is not None
    return field.column


class Table:
    """The rows of one table that wait to be copied, each a line in the text format of COPY without its end."""

    def __init__(self, model: type[models.Model], columns: Iterable[str]):
        names = ", ".join(f'"{_column(model, name)}"' for name in columns)
        self.copy = f'COPY "{model._meta.db_table}" ({names}) FROM STDIN'
        self.rows: list[str] = []
        self.add_line = self.rows.append

    def add(self, *values: Any) -> None:
        """Add a row from its values, in the order of the columns."""
        self.rows.append("\t".join(map(cell, values)))


class Copier:
    """Copies the rows of some tables, in the order in which the tables were declared, in a thread of its own.

    The thread uses the caller's connection and so the caller's transaction: nobody else may use it before the `with` block ends.
    """

    def __init__(self) -> None:
        self.tables: list[Table] = []
        self._waiting: queue.Queue[list[tuple[str, str]] | None] = queue.Queue(maxsize=1)
        self._problem: BaseException | None = None
        connection.ensure_connection()
        self._raw = connection.connection
        self._thread = threading.Thread(target=self._work, name="copy", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        if error[0] is None:
            self.flush()
        self._waiting.put(None)
        self._thread.join()
        if error[0] is None:
            self._raise()

    def table(self, model: type[models.Model], *columns: str) -> Table:
        """Declare a table to be filled; those declared first are copied first, so that foreign keys find their rows."""
        made = Table(model, columns)
        self.tables.append(made)
        return made

    def flush_if_full(self) -> None:
        """Hand the waiting rows to the thread, once there are enough."""
        if sum(len(table.rows) for table in self.tables) >= BATCH_ROWS:
            self.flush()

    def flush(self) -> None:
        """Hand the waiting rows to the thread; blocks while it has one batch in hand and another waits."""
        self._raise()
        batch = []
        for table in self.tables:
            if table.rows:
                batch.append((table.copy, "\n".join(table.rows) + "\n"))
                table.rows.clear()
        if batch:
            self._waiting.put(batch)

    def _raise(self) -> None:
        if self._problem:
            raise self._problem

    def _work(self) -> None:
        while True:
            batch = self._waiting.get()
            try:
                if batch is None:
                    return
                if self._problem is None:
                    with self._raw.cursor() as cursor:
                        for sql, text in batch:
                            cursor.copy_expert(sql, io.StringIO(text), size=1 << 18)
            except BaseException as problem:  # raised again where the rows are made
                self._problem = problem
            finally:
                self._waiting.task_done()


def next_id(model: type[models.Model]) -> int:
    """The first number above all ids of a table."""
    return (model._default_manager.aggregate(highest=models.Max("pk"))["highest"] or 0) + 1


def move_sequences(*given: type[models.Model]) -> None:
    """Set the sequences of the tables to the highest id, after rows with given ids."""
    with connection.cursor() as cursor:
        for model in given:
            table = model._meta.db_table
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('\"{table}\"', 'id'), GREATEST(max(id), 1)) FROM \"{table}\""  # noqa: S608 - names of our own tables
            )


def analyze(*filled: type[models.Model]) -> None:
    """Refresh the planner's statistics of the tables; outside a transaction also mark their pages as all visible."""
    command = "ANALYZE" if connection.in_atomic_block else "VACUUM (ANALYZE)"
    with connection.cursor() as cursor:
        for model in filled:
            cursor.execute(f'{command} "{model._meta.db_table}"')


class Stream(Protocol):
    """A terminal, a file, or the standard output of a management command."""

    def isatty(self) -> bool:
        """Whether it is a terminal."""

    def write(self, text: str, /) -> object:
        """Add a text as it is."""

    def flush(self) -> None:
        """Show what was written."""


class Progress:
    """The step in hand and its progress: rewritten in place on a terminal, a line per step anywhere else."""

    def __init__(self, stream: Stream):
        self._stream = stream
        self._terminal = stream.isatty()
        self._step, self._started, self._shown = "", 0.0, 0.0

    def step(self, text: str) -> None:
        """Begin a step, ending the one before with the time it took."""
        self.end()
        self._step, self._started = text, time.monotonic()
        if self._terminal:
            self._stream.write(f"{text} …")
            self._stream.flush()

    def at(self, done: int, total: int) -> None:
        """Show how much of the step is done (terminal only)."""
        now = time.monotonic()
        if self._terminal and now - self._shown > 0.3:
            self._shown = now
            self._stream.write(f"\r\x1b[K{self._step} … {number_format(done)} / {number_format(total)}")
            self._stream.flush()

    def end(self) -> None:
        """End the step that is under way."""
        if self._step:
            took = number_format(time.monotonic() - self._started, 1)
            self._stream.write(("\r\x1b[K" if self._terminal else "") + f"{self._step}: {took} s\n")
        self._step = ""
