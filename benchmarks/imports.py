"""Loading files with the import commands, against a raw COPY of the same rows; memory flat."""

import csv
import statistics
import tempfile
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

from django.db import connection

from . import data
from .measure import ROOT, Row, Run, Scale, at_least, at_most, manage, say, seconds_of

COPY_TIMES = 6  # an import may take so many times a raw COPY of what it stored
MEMORY_TIMES = 1.3  # and the whole file so many times the memory of a tenth of it
ROWS_PER_MINUTE = 100_000
PORTFOLIO = ("customers_customer", "customers_contactpoint")
CALLS = ("contact_center_contact", "contact_center_call")


def measure(scale: Scale) -> Iterator[Row]:
    """Customers, then calls of theirs from a CSV and from a queue log; each file whole, and a tenth of it for memory."""
    (ROOT / "var").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ROOT / "var", prefix="bench-") as name:
        folder = Path(name)
        yield from _customers(scale, folder)
        yield from _calls(scale, folder)
        yield from _queue_log(scale, folder)
    data.truncate(*CALLS)


def _customers(scale: Scale, folder: Path) -> Iterator[Row]:
    count, tenth = scale.customers, scale.customers // 10
    data.truncate(*PORTFOLIO)
    data.agencies()
    whole, part = folder / "customers.csv", folder / "tenth.csv"
    _write(whole, data.Person._fields, data.people(count))
    _write(part, data.Person._fields, data.people(tenth))

    say(f"import_customers: {tenth:,}")
    little = manage("import_customers", str(part))
    data.truncate(*PORTFOLIO)
    say(f"import_customers: {count:,}")
    first = manage("import_customers", str(whole))
    _expect(PORTFOLIO[0], count)
    say("import_customers: the same file again")
    again = manage("import_customers", str(whole))
    copied = _copied(PORTFOLIO, folder, turns=3)
    aim = f"at most {COPY_TIMES} times a raw COPY of the same rows"
    yield at_most(f"import of {count:,} customers", first.seconds, "s", copied, COPY_TIMES, aim=aim)
    yield _flat(f"import of {count:,} customers: memory", first, little)
    yield Row("the same customers again, nothing changed", again.seconds, "s", copied)


def _calls(scale: Scale, folder: Path) -> Iterator[Row]:
    count = scale.imported_calls
    data.centre()
    data.truncate(*CALLS)
    whole, part = folder / "calls.csv", folder / "tenth.csv"
    for path, many in ((whole, count), (part, count // 10)):
        _write(path, data.CallOfFile._fields, data.calls_of_file(many, scale.customers))

    options = ("--format", "csv", "--source")
    say(f"import_calls: CSV of {count // 10:,}, then of {count:,}")
    little = manage("import_calls", str(part), *options, "bench-tenth")
    data.truncate(*CALLS)
    first = manage("import_calls", str(whole), *options, "bench-csv")
    _expect(CALLS[1], count)
    say("import_calls: the same file again")
    again = manage("import_calls", str(whole), *options, "bench-csv")
    yield _rate(f"import of {count:,} calls from a CSV", count, first)
    yield _flat(f"import of {count:,} calls from a CSV: memory", first, little)
    copied = _copied(CALLS, folder)
    yield Row("the same import, against a raw COPY of what it stored", first.seconds, "s", copied)
    yield Row("the same calls again, nothing changed", again.seconds, "s", copied)


def _queue_log(scale: Scale, folder: Path) -> Iterator[Row]:
    count = scale.imported_calls
    data.truncate(*CALLS)
    whole, part, mapping = folder / "queue_log", folder / "tenth_log", folder / "map.toml"
    mapping.write_text('[agent]\nunknown = "create"\n', encoding="utf-8")
    for path, many in ((whole, count), (part, count // 10)):
        with path.open("w", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in data.queue_log(many, scale.customers))

    options = ("--format", "asterisk-queue-log", "--map", str(mapping), "--source")
    say(f"import_calls: queue log of {count // 10:,} calls, then of {count:,}")
    little = manage("import_calls", str(part), *options, "bench-tenth")
    data.truncate(*CALLS)
    first = manage("import_calls", str(whole), *options, "bench-log")
    _expect(CALLS[1], count)
    yield _rate(f"import of {count:,} calls from a queue log", count, first)
    yield _flat(f"import of {count:,} calls from a queue log: memory", first, little)


def _write(path: Path, header: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


def _expect(table: str, rows: int) -> None:
    """An import that loses rows would be a fast one."""
    assert (found := data.count(table)) == rows, f"{table} has {found} rows after an import of {rows}"


def _rate(name: str, rows: int, run: Run) -> Row:
    aim = f"at least {ROWS_PER_MINUTE:,} a minute"
    return at_least(name, rows / run.seconds * 60, "calls/min", ROWS_PER_MINUTE, aim=aim)


def _flat(name: str, whole: Run, tenth: Run) -> Row:
    aim = f"at most {MEMORY_TIMES} times that of a tenth of the file"
    return at_most(name, whole.peak_mb, "MB", tenth.peak_mb, MEMORY_TIMES, aim=aim)


def _copied(tables: Iterable[str], folder: Path, *, turns: int = 1) -> float:
    """The seconds of a raw COPY of all that the tables hold into the same tables, emptied: the median of the turns.

    Between one table and the next the first is analysed, outside the time: else the check of a foreign key is planned
    for a table that was empty, reads it whole for each row, and the limit is none.
    """
    say(f"raw COPY into {', '.join(tables)}")
    files = [(table, _columns(table), folder / f"{table}.copy") for table in tables]
    for table, columns, path in files:
        with path.open("wb") as file:
            _copy_by_file(f"COPY {table} ({columns}) TO STDOUT", file)

    def load(table: str, columns: str, path: Path) -> None:
        with path.open("rb") as file:
            _copy_by_file(f"COPY {table} ({columns}) FROM STDIN", file)

    times = []
    for _turn in range(turns):
        data.truncate(*tables)
        taken = 0.0
        for each in files:
            taken += seconds_of(partial(load, *each))
            data.execute(f"ANALYZE {each[0]}")
        times.append(taken)
    return statistics.median(times)


def _columns(table: str) -> str:
    """The columns that can be written: not those that the database computes."""
    found = data.execute(
        "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute "
        "WHERE attrelid = %(table)s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''",
        {"table": table},
    )
    return found[0][0]


def _copy_by_file(statement: str, file) -> None:
    with connection.cursor() as cursor:
        cursor.cursor.copy_expert(statement, file)
