"""`import_daily_counts`: what another system counted by day and line, used where there are no calls, never counted twice."""

import csv
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import translation

from contact_center.models import DayCount, TollFreeLine
from contact_center.tests.factories import CallFactory, DayCountFactory

pytestmark = pytest.mark.django_db

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
HEADER = "day,line,offered,answered,abandoned\n"


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def load(tmp_path, capsys):
    """Load a text under a source; returns the exit code, the last line printed and the reasons of the refused rows."""

    def run(text: str, *, source: str = "centralino", header: str = HEADER, **options):
        path, errors = tmp_path / "counts.csv", tmp_path / "errors.csv"
        path.write_text(header + text)
        code: int | str | None = 0
        try:
            call_command("import_daily_counts", str(path), source=source, errors=str(errors), **options)
        except SystemExit as left:
            code = left.code
        with errors.open(encoding="utf-8-sig", newline="") as file:
            refused = [(row["column"], row["reason"]) for row in csv.DictReader(file)]
        return code, capsys.readouterr().out.strip().splitlines()[-1], refused

    return run


def stored() -> list[tuple]:
    return list(DayCount.objects.order_by("day").values_list("day", "line__code", "offered", "answered", "abandoned"))


def test_a_row_becomes_the_counters_of_a_day_and_line(load):
    code, line, refused = load("2026-05-04,campers,10,8,\n")
    assert (code, refused, "created=1" in line) == (0, [], True)
    assert stored() == [(date(2026, 5, 4), "campers", 10, 8, None)]


def test_the_same_file_twice_changes_nothing(load):
    load("2026-05-04,campers,10,8,2\n")
    _code, line, _refused = load("2026-05-04,campers,10,8,2\n")
    assert "unchanged=1" in line
    assert DayCount.objects.get().history.count() == 0


def test_changed_numbers_take_the_place_of_the_earlier_ones_which_the_history_keeps(load):
    load("2026-05-04,campers,10,8,2\n")
    _code, line, _refused = load("2026-05-04,campers,11,8,3\n")
    assert "updated=1" in line
    assert stored() == [(date(2026, 5, 4), "campers", 11, 8, 3)]
    assert [row.offered for row in DayCount.objects.get().history.all()] == [10]


def test_a_dry_run_stores_nothing(load):
    _code, line, _refused = load("2026-05-04,campers,10,8,2\n", dry_run=True)
    assert ("created=1" in line, stored()) == (True, [])


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        (
            "2026-05-04,campers,10,11,0",
            "answered",
            "11 is more than 10 in the column “offered”, which it is a part of",
        ),
        (
            "2026-05-04,campers,10,8,3",
            "offered",
            "answered, abandoned and left otherwise are 11 together, more than the 10 offered",
        ),
        ("2026-05-04,campers,-1,0,0", "offered", "the number is negative"),
        ("2026-05-04,campers,ten,0,0", "offered", "is no whole number"),
        ("2026-05-04,campers,,8,0", "offered", "is blank"),
        ("2026-05-04,campers,9999999,8,0", "offered", "is more than a line can have in a day"),
        ("2026-05-04,camper vans,10,8,0", "line", "there is no line “camper vans”"),
        ("2026-05-20,campers,10,8,0", "day", "this day is not over yet"),
        ("2027-05-04,campers,10,8,0", "day", "this day is not over yet"),
        ("1970-01-01,campers,10,8,0", "day", "lies before 1990"),
    ],
)
@time_machine.travel(datetime(2026, 5, 20, 12, tzinfo=UTC), tick=False)
def test_an_impossible_row_is_refused_with_its_reason_and_the_others_are_loaded(load, row, column, reason):
    code, line, refused = load(f"{row}\n2026-05-05,claims,3,3,0\n")
    assert (code, refused) == (1, [(column, reason)])
    assert "created=1" in line
    assert "rejected=1" in line


def test_a_day_that_cannot_be_read_is_refused(load):
    code, _line, refused = load("2026-13-44,campers,10,8,0\n")
    assert (code, refused[0][0]) == (1, "day")


def test_a_day_and_line_with_calls_is_refused(load):
    call = CallFactory(line=TollFreeLine.objects.get(code="campers"))
    code, _line, refused = load(f"{call.day or date(2026, 5, 4)},campers,10,8,0\n2026-05-04,claims,3,3,0\n")
    assert code == 1
    assert "their figures are counted from these" in refused[0][1]
    assert [row[1] for row in stored()] == ["claims"]


def test_a_day_and_line_that_another_system_counted_is_refused(load):
    load("2026-05-04,campers,10,8,2\n")
    code, _line, refused = load("2026-05-04,campers,11,8,2\n", source="altro")
    assert (code, "“centralino” has counted" in refused[0][1]) == (1, True)
    assert stored() == [(date(2026, 5, 4), "campers", 10, 8, 2)]


def test_a_row_that_repeats_another_is_counted_as_such_and_one_that_contradicts_it_is_refused(load):
    row = "2026-05-04,campers,10,8,2\n"
    code, line, refused = load(f"{row}{row}2026-05-04,campers,12,8,2\n")
    assert (code, "duplicates=1" in line) == (1, True)
    assert refused == [("day", "row 1 of the file has other counts of the same day and line")]


def test_the_worked_example_of_another_shape_does_what_its_page_says(capsys, tmp_path):
    errors = tmp_path / "errors.csv"
    with pytest.raises(SystemExit) as left:
        call_command(
            "import_daily_counts",
            str(EXAMPLES / "daily-counts.csv"),
            map=str(EXAMPLES / "daily-counts-map.toml"),
            source="centralino",
            errors=str(errors),
        )
    assert left.value.code == 1
    found = DayCount.objects.order_by("line__code").values_list(
        "line__code", "offered", "answered", "answered_in_time", "wait_seconds", "exited"
    )
    assert list(found) == [
        ("campers", 118, 112, 96, 112 * 14, None),
        ("claims", 1164, 1151, 1020, 1151 * 22, None),
        ("customers", 41, 40, 38, 40 * 9, None),
    ]
    assert "read=6 created=3 updated=0 unchanged=0 duplicates=0 rejected=3" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[day]\ncolumn = 'day'\n", "lacks the section [line]"),
        ("[day]\ncolumn = 'day'\n[line]\nconstant = 'campers'\n[counts]\noffered = 'offered'\n", "answered"),
        (
            "[day]\ncolumn = 'day'\n[line]\nconstant = 'vans'\n[counts]\noffered = 'offered'\nanswered = 'answered'\n",
            "“vans”, which does not exist",
        ),
        (
            "[day]\ncolumn = 'day'\n[line]\nconstant = 'campers'\n[counts]\noffred = 'o'\noffered = 'offered'\nanswered = 'answered'\n",
            "unknown key [counts] offred",
        ),
    ],
)
def test_a_mapping_that_cannot_be_used_stops_the_import(tmp_path, text, words):
    path, mapping = tmp_path / "counts.csv", tmp_path / "map.toml"
    path.write_text(f"{HEADER}2026-05-04,campers,10,8,2\n")
    mapping.write_text(text)
    with pytest.raises(CommandError) as error:
        call_command("import_daily_counts", str(path), map=str(mapping), source="centralino")
    assert (error.value.returncode, words in str(error.value)) == (2, True)
    assert stored() == []


def test_the_database_refuses_a_second_count_of_a_day_and_line_and_parts_beyond_their_whole():
    one = DayCountFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        DayCountFactory(line=one.line, source="altro")
    with pytest.raises(IntegrityError), transaction.atomic():
        DayCountFactory(answered=11)
