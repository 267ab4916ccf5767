import json
import math
import sys
from contextlib import contextmanager
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from benchmarks import __main__ as main_module
from benchmarks import database, measure
from benchmarks.measure import Failed, Row, at_least, at_most, median_seconds, run_child, table

FROM_DATABASE: Any = Decimal  # what a query returns has no type for the checker


def test_a_value_is_held_to_a_number_of_times_its_limit():
    assert at_most("import", 12.0, "s", 2.0, 6, aim="at most 6 times").ok
    assert not at_most("import", 12.1, "s", 2.0, 6, aim="at most 6 times").ok
    assert at_least("rate", 100.0, "rows/min", 100.0, aim="at least 100").ok
    assert not at_least("rate", 99.9, "rows/min", 100.0, aim="at least 100").ok


def test_a_row_is_kept_with_its_ratio():
    row = at_most("page", 30.0, "ms", 10.0, 4, aim="at most 4 times")
    assert row.as_json() == {
        "name": "page",
        "value": 30.0,
        "unit": "ms",
        "limit": 10.0,
        "ratio": 3.0,
        "aim": "at most 4 times",
        "ok": True,
    }


def test_a_row_for_information_has_no_ratio():
    assert Row("rebuild", 40.0, "s").as_json()["ratio"] is None
    assert Row("whole tables read", 0, "", 0, "none").ratio is None


def test_actions_take_turns_and_the_warm_up_does_not_count(monkeypatch):
    clock, order = iter(range(1000)), []
    monkeypatch.setattr(measure.time, "perf_counter", lambda: next(clock))
    medians = median_seconds(lambda: order.append("a"), lambda: order.append("b"), runs=3, warm_up=1)
    assert order == ["a", "b"] * 4
    assert medians == [1, 1]


def test_a_child_is_measured_by_itself():
    small = run_child(sys.executable, "-c", "print('two\\nlines')")
    held = bytearray(300_000_000)  # the parent's memory is not the child's
    large = run_child(sys.executable, "-c", "x = bytearray(100_000_000)")
    assert small.output.strip() == "two\nlines"
    assert 90 < large.peak_mb - small.peak_mb < 110
    assert 0 < small.peak_mb < large.peak_mb < len(held) / 1_000_000


def test_a_child_that_fails_is_reported_with_its_last_words():
    with pytest.raises(Failed, match=r"code 3(.|\n)*no such file of mine"):
        run_child(sys.executable, "-c", "import sys; print('no such file of mine'); sys.exit(3)")


def test_the_table_is_markdown_of_even_width():
    rows = [at_most("page", 0.0304, "s", 0.01, 4, aim="at most 4 times"), Row("rebuild", 1234.0, "s")]
    lines = table(rows).splitlines()
    assert [line.split("|")[1].strip() for line in lines] == ["what", "-" * 7, "page", "rebuild"]
    assert len({len(line) for line in lines}) == 1
    assert "1,234 s" in lines[3]
    assert "3.04" in lines[2]


def test_a_missed_aim_is_seen():
    assert "MISSED" in table([at_most("page", 5.0, "s", 1.0, 4, aim="at most 4 times")])


@pytest.mark.parametrize(
    ("url", "beside"),
    [
        ("postgres://u:p@host:5432/care", "postgres://u:p@host:5432/care_bench"),
        ("postgres://u@:5432//deep/folder/run/care", "postgres://u@:5432//deep/folder/run/care_bench"),
        ("postgres://host/care?sslmode=require", "postgres://host/care_bench?sslmode=require"),
    ],
)
def test_the_database_lies_beside_the_default(url, beside):
    assert database.beside(url) == beside


@pytest.mark.parametrize(
    "row",
    [
        Row("rebuild", 40.0, "s"),
        Row("gaps", FROM_DATABASE("3"), "", FROM_DATABASE("0"), "none", ok=False),
        at_most("copy", FROM_DATABASE("1.5"), "s", 0.5, 6, aim="at most 6 times"),
        at_least("rate", 1, "rows/s", FROM_DATABASE("2.5"), 0.5, aim="at least half"),
        Row("never ended", math.inf, "s", math.nan, "ends", ok=False),
        Row("failed", 0, "", aim="works", ok=False),
    ],
    ids=lambda row: row.name,
)
def test_a_row_of_every_kind_is_json(row):
    kept = json.loads(json.dumps(row.as_json(), allow_nan=False))
    assert list(kept) == ["name", "value", "unit", "limit", "ratio", "aim", "ok"]
    assert table([row])


@pytest.fixture
def subjects(monkeypatch, tmp_path):
    """A run of subjects that are given here, without a database; returns its exit code and what it wrote."""

    def run(**measures):
        @contextmanager
        def no_database(url):
            yield url

        def rows_of(names, scale, url):
            for name in names:
                monkeypatch.setitem(sys.modules, f"benchmarks.{name}", SimpleNamespace(measure=measures[name]))
                yield main_module._rows_of(name, scale)

        monkeypatch.setattr(main_module, "SUBJECTS", tuple(measures))
        monkeypatch.setattr(main_module, "RESULTS", tmp_path / "bench.json")
        monkeypatch.setattr(main_module, "_measure_all", rows_of)
        monkeypatch.setattr(main_module.database, "own_database", no_database)
        monkeypatch.setattr(main_module.servers, "ensure_running", lambda: None)
        monkeypatch.setattr(main_module.servers, "database_url", lambda: "")
        try:
            code = main_module.main([])
        except KeyboardInterrupt:
            code = None
        return code, [row["name"] for row in json.loads((tmp_path / "bench.json").read_text())]

    return run


def well(scale):
    yield Row("well", 1, "")


def failing(scale):
    yield Row("before it failed", 1, "")
    raise ValueError


def stopped(scale):
    raise KeyboardInterrupt


def test_a_subject_that_fails_does_not_lose_the_others(subjects):
    assert subjects(failing=failing, well=well) == (1, ["before it failed", "failing: ValueError", "well"])


def test_a_run_that_is_stopped_leaves_what_it_measured(subjects):
    assert subjects(well=well, stopped=stopped) == (None, ["well"])
