"""`python -m benchmarks`: measure, print the table, write var/bench.json. Exit code 0 when every aim is met, else 1."""

import argparse
import importlib
import json
import os
import sys
import traceback
from collections.abc import Sequence

from vittoria_care import embedded

from . import SUBJECTS, database
from .measure import ROOT, Row, Scale, say, table


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the subjects asked for; 2 when they cannot be run at all."""
    options = _parser().parse_args(arguments)
    if options.list:
        for name in SUBJECTS:
            print(f"{name:11} {_first_line(name)}")
        return 0
    try:
        embedded.ensure_running()
        with database.own_database(embedded.owner_url()) as url:
            rows = _measure_all(options.only or SUBJECTS, Scale(options.calls, options.customers), url)
    except (embedded.CannotStart, database.NotOurs) as error:
        print(error, file=sys.stderr)
        return 2
    print(table(rows))
    _keep(rows)
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


def _measure_all(names: Sequence[str], scale: Scale, url: str) -> list[Row]:
    """The rows of all subjects; one that fails leaves a row that says so, and the others go on."""
    for name in ("DATABASE_OWNER_URL", "DATABASE_RETENTION_URL"):  # one account does everything here
        os.environ.pop(name, None)
    os.environ |= {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "benchmarks.settings"}
    import django
    from django.core.management import call_command
    from django.db import connections

    django.setup()
    rows: list[Row] = []
    try:
        say("migrate")
        call_command("migrate", verbosity=0)
        for name in names:
            say(f"{name}: {_first_line(name)}")
            try:
                for row in importlib.import_module(f"benchmarks.{name}").measure(scale):
                    rows.append(row)
                    say(table([row]).rpartition("\n")[2])
            except Exception as error:
                traceback.print_exc()
                rows.append(Row(f"{name}: {type(error).__name__}", 0, "", aim="works", ok=False))
    finally:
        connections.close_all()
    return rows


def _keep(rows: list[Row]) -> None:
    path = ROOT / "var" / "bench.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps([row.as_json() for row in rows], indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
