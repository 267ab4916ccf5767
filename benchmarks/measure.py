"""The tools of every subject: a row of the result, medians of times, the time and memory of a child process."""

import gc
import json
import math
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
BEGAN = time.monotonic()


@dataclass(frozen=True, slots=True)
class Scale:
    """How much there is to measure on: calls over ten years, and customers with their share of policies."""

    calls: int = 715_000
    customers: int = 642_141

    @property
    def policies(self) -> int:
        """1.5 million for 642,141 customers, and in proportion."""
        return self.customers * 1_500_000 // 642_141

    @property
    def open_contacts(self) -> int:
        """200,000 in the queue beside 642,141 customers, and in proportion."""
        return self.customers * 200_000 // 642_141

    @property
    def imported_calls(self) -> int:
        """The calls of three of the ten years."""
        return self.calls * 3 // 10


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the result: what was measured, and its limit.

    `limit` is in the unit of `value`; `ratio` is value / limit. A row without an aim is for information and always ok.
    """

    name: str
    value: float
    unit: str
    limit: float | None = None
    aim: str = ""
    ok: bool = True

    def __post_init__(self) -> None:
        """Turn the numbers of a database or a clock into plain ones."""
        object.__setattr__(self, "value", _plain(self.value))
        object.__setattr__(self, "limit", None if self.limit is None else _plain(self.limit))
        object.__setattr__(self, "ok", bool(self.ok))

    @property
    def ratio(self) -> float | None:
        """How many times the limit the value is; None where there is no limit to divide by."""
        return self.value / self.limit if self.limit else None

    def as_json(self) -> dict[str, Any]:
        """The row as `var/bench.json` keeps it; infinite numbers and NaN are null there."""
        kept = {**asdict(self), "ratio": self.ratio}
        numbers = {name: _finite(kept[name]) for name in ("value", "limit", "ratio")}
        return {
            name: numbers.get(name, kept[name]) for name in ("name", "value", "unit", "limit", "ratio", "aim", "ok")
        }


def _plain(number: Any) -> int | float:
    return int(number) if isinstance(number, int) else float(number)


def _finite(number: float | None) -> float | None:
    return number if number is not None and math.isfinite(number) else None


def at_most(name: str, value: float, unit: str, limit: float, times: float = 1, *, aim: str) -> Row:
    """A row that is ok while the value is at most so many times the limit."""
    return Row(name, value, unit, limit, aim, _plain(value) <= _plain(limit) * times)


def at_least(name: str, value: float, unit: str, limit: float, times: float = 1, *, aim: str) -> Row:
    """A row that is ok from so many times the limit upwards: for rates."""
    return Row(name, value, unit, limit, aim, _plain(value) >= _plain(limit) * times)


# --- Time -----------------------------------------------------------------------------------------------------


def seconds_of(action: Callable[[], object]) -> float:
    """Seconds that one call takes."""
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def median_seconds(*actions: Callable[[], object], runs: int = 15, warm_up: int = 3) -> list[float]:
    """The median seconds of each action, after some calls that do not count.

    They take turns, so that whatever else the machine does meanwhile falls on all of them alike. As in a web process
    (gunicorn.conf.py), garbage is not looked for among what was there before.
    """
    for _turn in range(warm_up):
        for action in actions:
            action()
    gc.collect()
    gc.freeze()
    times: list[list[float]] = [[] for _action in actions]
    for _turn in range(runs):
        for action, taken in zip(actions, times, strict=True):
            taken.append(seconds_of(action))
    return [statistics.median(taken) for taken in times]


# --- Child processes ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Run:
    """What a child process took: wall-clock seconds, peak resident memory in MB (10^6 bytes), and its output."""

    seconds: float
    peak_mb: float
    output: str


class Failed(RuntimeError):
    """Something that was to be measured did not work; the message is for the person at the terminal."""


def run_child(*command: str, environment: Mapping[str, str] | None = None) -> Run:
    """Run a command to its end in the project's folder. Failed, with its last words, unless it exits with 0."""
    launcher = [sys.executable, "-I", "-S", str(ROOT / "benchmarks" / "launch.py"), *command]
    done = subprocess.run(  # noqa: S603
        launcher,
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    output, _newline, measured = done.stdout.rstrip("\n").rpartition("\n")
    if done.returncode:
        words = "\n".join(line for line in [*output.splitlines(), *done.stderr.splitlines()][-12:])
        raise Failed(f"{' '.join(command)} ended with code {done.returncode}:\n{words}")
    return Run(output=output, **json.loads(measured))


def manage(*arguments: str, environment: Mapping[str, str] | None = None) -> Run:
    """Run a management command the way a person does, on the benchmark's database."""
    settings = {"DJANGO_SETTINGS_MODULE": "vittoria_care.settings", **(environment or {})}
    return run_child(sys.executable, "manage.py", *arguments, environment=settings)


# --- What the person sees -------------------------------------------------------------------------------------


def say(text: str) -> None:
    """A line of progress on standard error, with the minutes since the start."""
    minutes, seconds = divmod(int(time.monotonic() - BEGAN), 60)
    print(f"[{minutes:2}:{seconds:02}] {text}", file=sys.stderr, flush=True)


def number(value: float | None) -> str:
    """A number as the table prints it: three significant figures, whole from a hundred upwards."""
    if value is None:
        return ""
    if not math.isfinite(value):
        return "–"
    if value >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 0.1 else f"{value:.3f}"


def table(rows: Iterable[Row]) -> str:
    """The rows as a table in Markdown, for the terminal and for docs/performance.md alike."""
    lines = [["what", "measured", "limit", "ratio", "aim", ""]]
    for row in rows:
        limit = f"{number(row.limit)} {row.unit}" if row.limit is not None else ""
        result = ("ok" if row.ok else "MISSED") if row.aim else ""
        lines.append([row.name, f"{number(row.value)} {row.unit}", limit, number(row.ratio), row.aim, result])
    widths = [max(len(line[place]) for line in lines) for place in range(len(lines[0]))]
    right = (False, True, True, True, False, False)
    rule = ["-" * (width - 1) + ":" if r else "-" * width for width, r in zip(widths, right, strict=True)]
    lines.insert(1, rule)
    return "\n".join(
        "| " + " | ".join(c.rjust(w) if r else c.ljust(w) for c, w, r in zip(line, widths, right, strict=True)) + " |"
        for line in lines
    )
