"""Reading CSV files from elsewhere: what makes a file unusable, what makes a row unreadable, and what is forgiven."""

import csv
import gzip
import io
import os
import random
import sys
import tracemalloc

import pytest

from foundation.files.reading import Row, UnusableInput, open_table, text_lines, with_formula_guard
from foundation.files.report import ErrorFile, Rejection, Report


@pytest.fixture(autouse=True)
def _in_english(settings):
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def write(tmp_path):
    def write_file(content, name="input.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    return write_file


def rows_of(path, **options):
    with open_table(path, **options) as table:
        return list(table)


def refusal_of(path, **options):
    with pytest.raises(UnusableInput) as refused:
        rows_of(path, **options)
    return str(refused.value)


@pytest.mark.parametrize(
    "content",
    [
        "id,name\n1,Pietà\n".encode(),
        b"\xef\xbb\xbf" + "id,name\n1,Pietà\n".encode(),
        "id,name\r\n1,Pietà\r\n".encode("utf-16"),
        b"\xfe\xff" + "id,name\n1,Pietà\n".encode("utf-16-be"),
        "id,name\n1,Pietà\n".encode("utf-32"),
        "id;name\n1;Pietà\n".encode(),
        "id\tname\n1\tPietà\n".encode(),
        "id|name\n1|Pietà".encode(),
        "\n\nid,name\n\n1,Pietà\n,\n".encode(),
        'id,name\r1,"Pietà"\r'.encode(),
        "id , name\n 1 ,  Pietà  \n".encode(),
        "id,name,\n1,Pietà,\n".encode(),
        gzip.compress("id,name\n1,Pietà\n".encode(), mtime=0),
    ],
)
def test_the_same_row_comes_out_of_every_dress(write, content):
    assert [row.cells for row in rows_of(write(content))] == [{"id": "1", "name": "Pietà"}]


def test_declared_encoding_is_used(write):
    assert rows_of(write("id\nPietà\n".encode("cp1252")), encoding="windows-1252")[0].cells == {"id": "Pietà"}


def test_byte_order_mark_beats_the_declared_encoding(write):
    path = write(b"\xef\xbb\xbf" + "id\nPietà\n".encode())
    assert rows_of(path, encoding="windows-1252")[0].cells == {"id": "Pietà"}


def test_text_that_does_not_decode_is_reported_by_byte_and_line(write):
    path = write(b"id,name\n1,Piet\xe0\n")
    sentence = refusal_of(path)
    assert sentence.startswith(f"{path}: The file is not utf-8: byte 0xE0 at offset 14 (line 2) does not decode.")


def test_bad_byte_is_counted_from_the_start_of_the_file_across_chunks(write, monkeypatch):
    monkeypatch.setattr("foundation.files.reading.CHUNK_BYTES", 5)
    sentence = refusal_of(write(b"\xef\xbb\xbfid\n" + "perché\n".encode() * 3 + b"\xff\n"))
    assert "byte 0xFF at offset 30 (line 5)" in sentence


def test_bad_byte_far_down_is_found_before_the_first_row(write):
    path = write(b"id\n" + b"1\n" * 300_000 + b"\xff\n")
    with pytest.raises(UnusableInput), open_table(path):
        pytest.fail("the table must not open")


def test_characters_and_line_endings_survive_chunk_borders(write, monkeypatch):
    monkeypatch.setattr("foundation.files.reading.CHUNK_BYTES", 1)
    rows = rows_of(write("id,name\r\n1,è€😀\r\n2,b\r\n"))
    assert rows == [Row(1, 2, {"id": "1", "name": "è€😀"}), Row(2, 3, {"id": "2", "name": "b"})]


@pytest.mark.parametrize(
    ("content", "options", "sentence"),
    [
        (b"", {}, "is empty"),
        (b"\xef\xbb\xbf", {}, "nothing but blank lines"),
        (b"\n\n\n", {}, "nothing but blank lines"),
        (b"PK\x03\x04rest", {}, "save it as CSV"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1rest", {}, "save it as CSV"),
        (b"id;name\n1;a\n", {"delimiter": ","}, "Wrong delimiter? Read with ',' the header is one column"),
        (b"id\tname\n1\ta\n", {"delimiter": ";"}, "it contains '\\t'"),
        (b"id,name\n", {"delimiter": "ab"}, "must be one character"),
        (b"id,name\n", {"encoding": "klingon"}, "no text encoding “klingon”"),
        (b"id,name\n", {"encoding": "base64"}, "no text encoding “base64”"),
        ("id,name\n1,a\n".encode("utf-16-le"), {}, "looks like UTF-16"),
        (b"id,name,id\n", {}, "has the column “id” twice"),
        (b'id,"name\n1,a\n', {}, "a quote in it is opened and never closed"),
        (b"Call id,name\n", {"required": ["Call Id"]}, "The column “Call Id” is missing. Is it “Call id”?"),
        (b"numero,nome\n", {"required": ["queued"]}, "The column “queued” is missing. The file has: numero, nome."),
        (
            gzip.compress(b"id\n" + random.Random(1).randbytes(9999).hex().encode())[:-20],
            {},
            "cannot be read to its end",
        ),
    ],
)
def test_unusable_file_is_refused_in_words_that_name_it_once(write, content, options, sentence):
    path = write(content)
    refusal = refusal_of(path, **options)
    assert sentence in refusal
    assert refusal.count(path) == 1


def test_absent_file_is_refused_by_name(tmp_path):
    assert refusal_of(str(tmp_path / "none.csv")) == f"There is no file “{tmp_path}/none.csv”."


def test_folder_is_refused(tmp_path):
    assert "is a folder" in refusal_of(str(tmp_path))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_forbidden_file_is_refused(write):
    path = write("id\n1\n")
    os.chmod(path, 0)
    assert "permission denied" in refusal_of(path)


def test_standard_input_is_read(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"id\n1\n")))
    assert [row.cells for row in rows_of("-")] == [{"id": "1"}]


def test_quoted_line_break_counts_as_one_row_on_two_lines(write):
    rows = rows_of(write('id,note\n1,"first\nsecond"\n2,b\n'))
    assert [(row.number, row.line, row.cells["note"]) for row in rows] == [(1, 2, "first\nsecond"), (2, 4, "b")]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("1", "the row has 1 cells, the header 2"),
        ("1,2,3", "the row has 3 cells, the header 2"),
        ('1,"a" b', "the quotes of the row do not match (',' expected after '\"')"),
        ('1,"a', "the quotes of the row do not match (',' expected after '\"')"),
        ("1,a\0b", "the row contains a NUL character"),
    ],
)
def test_unreadable_row_is_reported_and_the_next_is_read(write, line, problem):
    rows = rows_of(write(f'id,name\n{line}\n2,"b"\n'))
    assert [(row.number, row.line, row.problem) for row in rows] == [(1, 2, problem), (2, 3, "")]


def test_quote_never_closed_costs_one_row_only(write):
    rows = rows_of(write('id,name\n1,"a\n' + "2,b\n" * 100))
    assert [bool(row.problem) for row in rows] == [True] + [False] * 100


def test_trailing_delimiter_is_forgiven(write):
    assert rows_of(write("id,name\n1,a,,\n"))[0] == Row(1, 2, {"id": "1", "name": "a"})


def test_blank_cells_that_a_spreadsheet_left_out_at_the_end_are_blank(write):
    assert rows_of(write("id,name,note,day\n1,a\n2,b,c,d\n"))[0] == Row(
        1, 2, {"id": "1", "name": "a", "note": "", "day": ""}
    )


def test_short_row_at_the_very_end_of_a_file_that_was_cut_is_refused(write):
    assert [bool(row.problem) for row in rows_of(write("id,name,note\n1,a,b\n2,c"))] == [False, True]


def test_very_long_line_costs_one_row_and_is_not_kept(write, monkeypatch):
    monkeypatch.setattr("foundation.files.reading.CHUNK_BYTES", 1000)
    monkeypatch.setattr("foundation.files.reading.LONGEST_LINE", 5000)
    rows = rows_of(write('id,name\n1,"' + "x" * 20_000 + "\r\n2,b\r\n3,c\n"))
    assert [(row.line, bool(row.problem)) for row in rows] == [(2, True), (3, False), (4, False)]
    assert len(rows[0].cells["name"]) < 1000


def test_line_longer_than_some_megabytes_is_read_in_linear_time(write):
    [row] = rows_of(write("id,name\n1," + "x" * 9_000_000 + "\n"))
    assert row.problem == "the line is longer than 4 MB"


def test_cell_that_is_too_long_is_reported(write):
    rows = rows_of(write("id,name\n1," + "x" * 200_000 + "\n2,b\n"))
    assert [row.problem for row in rows] == ["a cell is longer than 131072 characters", ""]


def test_column_without_a_name_is_called_by_its_place(write):
    assert rows_of(write("id,,name\n1,x,a\n"))[0].cells == {"id": "1", "#2": "x", "name": "a"}


def test_reading_keeps_one_chunk_in_memory(write):
    path = write("id,name\n" + "1,abcdefghij\n" * 30_000)
    with open_table(path) as table:
        tracemalloc.start()
        count = sum(1 for _row in table)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert count == 30_000
    assert peak < 2_000_000


def test_text_lines_serve_files_that_are_no_tables(write):
    with open(write("a|b\r\nc"), "rb") as source:
        assert list(text_lines(source)) == ["a|b\r\n", "c"]


# --- The report -----------------------------------------------------------------------------------------------------


def test_error_file_holds_reason_and_cells_and_runs_no_formula(write, tmp_path):
    [row] = rows_of(write("id,note\n1,=1+1\n"))
    errors = ErrorFile(str(tmp_path / "errors.csv"), ["id", "note"])
    errors.write(Rejection(row, "note", "=1+1", "not a note", "write words"))
    errors.close()
    with open(tmp_path / "errors.csv", encoding="utf-8-sig", newline="") as file:
        [written] = csv.DictReader(file)
    assert written == {
        "row": "1",
        "line": "2",
        "column": "note",
        "value": "'=1+1",
        "reason": "not a note",
        "hint": "write words",
        "id": "1",
        "note": "'=1+1",
    }


def test_corrected_error_file_can_be_read_whatever_was_declared(write, tmp_path):
    [row] = rows_of(write("id;phone\n1;+39023\n".encode("utf-16")))
    errors = ErrorFile(str(tmp_path / "errors.csv"), ["id", "phone"])
    errors.write(Rejection(row, "phone", "+39023", "too short"))
    errors.close()
    again = rows_of(str(tmp_path / "errors.csv"), delimiter=";", encoding="utf-16", required=["id", "phone"])
    assert again == [Row(1, 2, {"id": "1", "phone": "+39023"})]


ERROR_FILE = (
    "row,line,column,value,reason,hint,id,queued_at,original line,talk_seconds,caller\r\n"
    "2,3,talk_seconds,sixty,“sixty” is not a number of seconds,Correct the cell.,k2,2026-05-04 10:00:00,customers,60,"
    "'+39 02 48219002\r\n"
)


@pytest.mark.parametrize(
    "saved",
    [
        ("\ufeff" + ERROR_FILE.replace(",", ";")).encode(),
        ERROR_FILE.replace(",", ";").encode(),
        ERROR_FILE.replace(",", ";").encode("windows-1252"),
        ERROR_FILE.replace(",", "\t").encode("utf-16"),
        ERROR_FILE.encode(),
    ],
)
@pytest.mark.parametrize("declared", [{}, {"delimiter": ",", "encoding": "windows-1252"}])
def test_error_file_that_a_spreadsheet_saved_is_known_as_ours(write, saved, declared):
    [row] = rows_of(write(saved), **declared)
    assert row.cells == {
        "id": "k2",
        "queued_at": "2026-05-04 10:00:00",
        "line": "customers",
        "talk_seconds": "60",
        "caller": "+39 02 48219002",
    }


def test_error_file_opens_in_a_spreadsheet_as_its_input_does(tmp_path):
    ErrorFile(str(tmp_path / "errors.csv"), ["id", "name"], delimiter=";").close()
    content = (tmp_path / "errors.csv").read_bytes()
    assert content == "\ufeffrow;line;column;value;reason;hint;id;name\r\n".encode()


def test_key_of_a_row_comes_back_with_the_error_file(write, tmp_path):
    [row] = rows_of(write("id,row key\n1,mine\n"))
    errors = ErrorFile(str(tmp_path / "errors.csv"), ["id", "row key"], keyed=True)
    errors.write(Rejection(row, "id", "1", "unknown", key="abc-2"))
    errors.close()
    [again] = rows_of(str(tmp_path / "errors.csv"))
    assert (again.key, again.cells) == ("abc-2", {"id": "1", "row key": "mine"})


def test_input_with_a_column_called_as_ours_survives_the_error_file(write, tmp_path):
    [row] = rows_of(write("id,line\n1,customers\n"))
    errors = ErrorFile(str(tmp_path / "errors.csv"), ["id", "line"])
    errors.write(Rejection(row, "id", "1", "unknown"))
    errors.close()
    with open(tmp_path / "errors.csv", encoding="utf-8-sig", newline="") as file:
        [written] = csv.DictReader(file)
    assert (written["line"], written["original line"]) == ("2", "customers")
    assert rows_of(str(tmp_path / "errors.csv"))[0].cells == {"id": "1", "line": "customers"}


def test_error_file_may_not_be_the_input(write):
    path = write("id\n1\n")
    with pytest.raises(UnusableInput, match="may not be the file that is read"):
        ErrorFile(path, ["id"], input_path=path)


def test_error_file_is_for_its_owner_alone(tmp_path):
    ErrorFile(str(tmp_path / "errors.csv"), ["id"]).close()
    assert os.stat(tmp_path / "errors.csv").st_mode & 0o077 == 0


def test_error_file_that_cannot_be_written_is_refused(tmp_path):
    with pytest.raises(UnusableInput, match="cannot be written"):
        ErrorFile(str(tmp_path / "none" / "errors.csv"), ["id"])


def test_report_counts_each_row_once():
    report = Report(read=3, created=1, unchanged=1)
    report.reject(Rejection(Row(3, 4, {}), "id", "", "blank"))
    assert report.is_balanced
    assert report.exit_code == 1
    assert report.one_line.startswith("read=3 created=1 updated=0 unchanged=1 duplicates=0 rejected=1 ")


def test_summary_shows_the_first_row_of_each_refusal_with_its_value_and_hint():
    report = Report(read=4)
    report.reject(Rejection(Row(2, 3, {}), "wait", "-5", "negative", "Check the units."))
    report.reject(Rejection(Row(3, 4, {}), "wait", "-7", "negative", "Check the units."))
    report.reject(Rejection(Row(4, 5, {}), "line", "sea", "there is no line “sea”"))
    report.reject(Rejection(Row(5, 6, {}), "", "", "the row has 1 cells, the header 2"))
    assert report.summary()[1:4] == [
        "  refused 2: wait: negative (first in row 2: “-5”). Check the units.",
        "  refused 1: line: there is no line “sea” (first in row 4)",
        "  refused 1: the row has 1 cells, the header 2 (first in row 5)",
    ]


def test_refusals_are_grouped_by_column_and_rule_with_one_value_as_an_example():
    report = Report(read=30)
    for number in range(30):
        text = f"{number + 1}/31/2026"
        row = Row(number + 1, number + 2, {})
        report.reject(Rejection(row, "queued_at", text, f"“{text}” is not a moment as iso", "Correct the cell."))
    assert report.summary()[1:3] == [
        "  refused 30: queued_at: “1/31/2026” is not a moment as iso (first in row 1). Correct the cell.",
        "Give --errors FILE to have the refused rows written out.",
    ]


def test_report_that_lost_a_row_is_a_bug():
    with pytest.raises(AssertionError):
        Report(read=2, created=1).summary()


@pytest.mark.parametrize("text", ["=1", "+39", "-1", "@x", "\tx", "\rx"])
def test_formulas_are_guarded(text):
    assert with_formula_guard(text) == "'" + text
