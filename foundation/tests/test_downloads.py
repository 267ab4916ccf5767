from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import load_workbook

from foundation.files.downloads import CSV, PDF, download
from foundation.files.spreadsheets import EXCEL, MACHINES, csv_lines, write_xlsx

ROW = [None, "=1+1", "Anna\nBianchi\x07", date(2026, 3, 8), datetime(2026, 3, 8, 9, 30), Decimal("1.5"), 7]


def body(response):
    return b"".join(response.streaming_content) if response.streaming else response.content


@pytest.mark.parametrize("content", [b"a,b", iter(["a,", "b"]), BytesIO(b"a,b")])
def test_a_file_is_sent_whole_whatever_it_is_made_of(content):
    response = download(content, "tavola.csv", CSV)
    assert body(response) == b"a,b"
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"


def test_a_file_is_kept_nowhere_and_is_what_it_says():
    headers = download(b"%PDF-", "lettera.pdf", PDF).headers
    assert headers["Content-Disposition"] == 'attachment; filename="lettera.pdf"'
    assert headers["Cache-Control"] == "private, no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_a_file_may_be_shown_in_the_browser():
    headers = download(b"%PDF-", "lettera.pdf", PDF, is_shown=True).headers
    assert headers["Content-Disposition"] == 'inline; filename="lettera.pdf"'


@pytest.mark.parametrize(
    ("dialect", "lines"),
    [
        (MACHINES, ["a,b\r\n", ",'=1+1,Anna Bianchi,2026-03-08,2026-03-08T09:30:00,1.5,7\r\n"]),
        (EXCEL, ["\ufeffa;b\r\n", ";'=1+1;Anna Bianchi;08/03/2026;08/03/2026 09:30:00;1,5;7\r\n"]),
    ],
)
def test_a_csv_is_for_machines_or_for_a_double_click(dialect, lines):
    assert list(csv_lines(["a", "b"], [ROW], dialect=dialect)) == lines


def test_a_workbook_has_days_as_days_and_no_formulas():
    file = BytesIO()
    write_xlsx("tavola", ["a"], [ROW], file)
    sheet = load_workbook(file)["tavola"]
    assert [cell.value for cell in sheet[2]][1:4] == ["'=1+1", "Anna Bianchi", datetime(2026, 3, 8)]
    assert sheet["D2"].number_format == "yyyy-mm-dd"
    assert sheet["A1"].font.bold
