"""`python -m benchmarks`: measure, print the table, write var/bench.json. Exit code 0 when every aim is met, else 1.

The file is written after each subject, so a run that is stopped, or of which one subject fails, leaves what it measured.
"""

import argparse
import importlib
import json
import os
import sys
import traceback
from collections.abc import Iterator, Sequence

from vittoria_care.embedded import servers

from . import SUBJECTS, database
from .measure import ROOT, Row, Scale, say, table

RESULTS = ROOT / "var" / "bench.json"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the subjects asked for; 2 when they cannot be run at all."""
    options = _parser().parse_args(arguments)
    if options.list:
        for name in SUBJECTS:
            print(f"{name:11} {_first_line(name)}")
        return 0
    rows: list[Row] = []
    try:
        servers.ensure_running()
        with database.own_database(servers.owner_url()) as url:
            for subject in _measure_all(options.only or SUBJECTS, Scale(options.calls, options.customers), url):
                rows += subject
                _keep(rows)
    except (servers.CannotStart, database.NotOurs) as error:
        print(error, file=sys.stderr)
        return 2
    finally:
        if rows:
            print(table(rows))
    return 0 if all(row.ok for row in rows) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=SUBJECTS, metavar="NAME", help="these subjects alone")
    parser.add_argument("--list", action="store_true", help="name the subjects and end")
    parser.add_argument("--calls", type=int, default=Scale().calls, help="calls over ten years (%(default)s)")
    parser.add_argument("--customers", type=int, default=Scale().customers, help="customers (%(default)s)")
    return parser


def _first_line(name: str) -> str:
    """What a subject says of itself, without importing Django."""
    text = (ROOT / "benchmarks" / f"{name}.py").read_text(encoding="utf-8")
    return text.removeprefix('"""').partition("\n")[0].removesuffix('"""')


def _measure_all(names: Sequence[str], scale: Scale, url: str) -> Iterator[list[Row]]:
    """The rows of each subject; one that fails has a row that says so, and the others go on."""
    for name in ("DATABASE_OWNER_URL", "DATABASE_RETENTION_URL"):  # one account does everything here
        os.environ.pop(name, None)
    os.environ |= {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "benchmarks.settings"}
    import django
    from django.core.management import call_command
    from django.db import connections

    django.setup()
    try:
        say("migrate")
        call_command("migrate", verbosity=0)
        for name in names:
            say(f"{name}: {_first_line(name)}")
            yield _rows_of(name, scale)
            connections.close_all()  # a subject that failed leaves nothing half done to the next
    finally:
        connections.close_all()


def _rows_of(name: str, scale: Scale) -> list[Row]:
    rows: list[Row] = []
    try:
        for row in importlib.import_module(f"benchmarks.{name}").measure(scale):
            rows.append(row)
            say(table([row]).rpartition("\n")[2])
    except Exception as error:
        traceback.print_exc()
        rows.append(Row(f"{name}: {type(error).__name__}", 0, "", aim="works", ok=False))
    return rows


def _keep(rows: list[Row]) -> None:
    RESULTS.parent.mkdir(exist_ok=True)
    text = json.dumps([row.as_json() for row in rows], indent=2, ensure_ascii=False, allow_nan=False)
    RESULTS.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
