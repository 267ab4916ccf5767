"""Refused rows, corrected and imported again: each becomes the call it was, and no other call is touched."""

import pytest

from contact_center.models import Call

from .test_import_calls_loading import _setting, load  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db

BY_CELLS = """
[id]
columns = ["queued_at", "line"]
[moments.queued]
column = "queued_at"
[line]
column = "line"
[durations.wait]
column = "wait"
[durations.talk]
column = "talk"
[caller]
column = "caller"
[outcome.answered]
column = "answered"
yes = "yes"
"""
HEADER = "queued_at,line,wait,talk,caller,answered\n"
FIRST = "2026-05-04 10:00:00,customers,5,60,+39 02 48219001,yes\n"
SECOND = "2026-05-04 10:00:00,customers,7,sixty,+39 02 48219002,yes\n"


@pytest.fixture
def refused(load, tmp_path):  # noqa: F811
    """Import a text with a key made of cells; returns the error file that came of it."""

    def run(text, **options):
        load(text, map_text=BY_CELLS, errors=str(tmp_path / "errors.csv"), **options)
        return (tmp_path / "errors.csv").read_bytes().decode("utf-8-sig")

    return run


def talks():
    return set(Call.objects.values_list("caller", "talk_seconds"))


@pytest.mark.parametrize(
    "saved",
    [
        lambda text: text,
        lambda text: "\ufeff" + text,
        lambda text: "\ufeff" + text.replace(",", ";"),
        lambda text: "\ufeff" + text.replace(",", "\t"),
    ],
)
def test_corrected_row_becomes_the_call_it_was_and_touches_no_other(refused, load, saved):  # noqa: F811
    corrected = saved(refused(HEADER + FIRST + SECOND).replace(",7,sixty,", ",7,90,"))
    assert load(corrected, map_text=BY_CELLS) == (0, {"created": 1})
    assert talks() == {("+390248219001", 60), ("+390248219002", 90)}
    assert load(corrected, map_text=BY_CELLS) == (0, {"unchanged": 1})


def test_error_file_and_then_the_corrected_file_itself_change_nothing_more(refused, load):  # noqa: F811
    load(refused(HEADER + FIRST + SECOND).replace(",7,sixty,", ",7,90,"), map_text=BY_CELLS)
    whole = HEADER + FIRST + SECOND.replace("sixty", "90")
    assert load(whole, map_text=BY_CELLS) == (0, {"unchanged": 2})


def test_row_refused_twice_keeps_its_key(refused, load):  # noqa: F811
    again = refused(refused(HEADER + FIRST + SECOND))
    assert load(again.replace(",7,sixty,", ",7,90,"), map_text=BY_CELLS) == (0, {"created": 1})
    assert talks() == {("+390248219001", 60), ("+390248219002", 90)}


def test_row_whose_key_was_corrected_into_that_of_another_call_is_refused(refused, load):  # noqa: F811
    wrong_day = SECOND.replace("sixty", "90").replace("2026-05-04", "2026-02-31")
    corrected = refused(HEADER + FIRST + wrong_day).replace(
        ",2026-02-31 10:00:00,customers,", ",2026-05-04 10:00:00,customers,"
    )
    assert load(corrected, map_text=BY_CELLS) == (1, {"rejected": 1})
    assert talks() == {("+390248219001", 60)}


def test_row_whose_key_was_corrected_into_a_free_one_is_loaded(refused, load):  # noqa: F811
    wrong_day = SECOND.replace("sixty", "90").replace("2026-05-04", "2026-02-31")
    corrected = refused(HEADER + FIRST + wrong_day).replace(
        ",2026-02-31 10:00:00,customers,", ",2026-05-05 10:00:00,customers,"
    )
    assert load(corrected, map_text=BY_CELLS) == (0, {"created": 1})
    assert load(corrected, map_text=BY_CELLS) == (0, {"unchanged": 1})


def test_row_with_too_many_cells_keeps_its_key_too(refused, load):  # noqa: F811
    broken = SECOND.replace("sixty", "90").rstrip() + ",more\n"
    corrected = refused(HEADER + broken + FIRST)
    assert load(corrected, map_text=BY_CELLS) == (0, {"created": 1})
    assert talks() == {("+390248219001", 60), ("+390248219002", 90)}


def test_error_file_without_its_keys_overwrites_nothing(refused, load):  # noqa: F811
    rows = [line.split(",") for line in refused(HEADER + FIRST + SECOND).replace("sixty", "90").splitlines()]
    place = rows[0].index("row key")
    text = "\n".join(",".join(row[:place] + row[place + 1 :]) for row in rows) + "\n"
    assert load(text, map_text=BY_CELLS) == (1, {"rejected": 1})
    assert talks() == {("+390248219001", 60)}


def test_identical_rows_are_one_where_the_mapping_says_so(load, monkeypatch):  # noqa: F811
    monkeypatch.setattr("contact_center.calls.imports.running.CHUNK_ROWS", 2)
    other = SECOND.replace("sixty", "90")
    rules = BY_CELLS.replace("[id]", '[id]\nsame_rows = "one"')
    text = HEADER + FIRST + FIRST + other + FIRST + other
    assert load(text, map_text=rules) == (0, {"created": 2, "duplicates": 3})
    assert load(text, map_text=rules) == (0, {"unchanged": 2, "duplicates": 3})
