"""The register as a file: every number of a year, ISO dates, nothing that a spreadsheet would run, exit codes."""

import csv
import re
from datetime import UTC, date, datetime
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from complaints.models import ComplaintEvent
from complaints.register import COLUMNS, register_of
from complaints.tests.factories import (
    ArbitratorAppealFactory,
    ComplaintEventFactory,
    ComplaintFactory,
    RegisterYearFactory,
    RegulatorRequestFactory,
)
from customers.models import AccessLog
from customers.tests.factories import AgencyFactory

pytestmark = pytest.mark.django_db


def rows(**options) -> list[dict[str, str]]:
    out = StringIO()
    call_command("complaints_register", year=2026, stdout=out, **options)
    return list(csv.DictReader(StringIO(out.getvalue())))


def test_every_number_of_the_year_is_there_in_its_order():
    for sequence in (3, 1, 2):
        ComplaintFactory(sequence=sequence)
    ComplaintFactory(year=RegisterYearFactory(year=2025), sequence=1)
    assert [row["number"] for row in rows()] == ["2026/1", "2026/2", "2026/3"]


def test_a_row_has_the_latest_request_of_ivass_and_the_latest_appeal():
    complaint = ComplaintFactory(sequence=17, answered=True)
    RegulatorRequestFactory(complaint=complaint, received_on=date(2026, 2, 2), due_on=date(2026, 3, 4))
    RegulatorRequestFactory(
        complaint=complaint, protocol="88/26", answered=True, sent_on=date(2026, 3, 12), due_on=date(2026, 4, 1)
    )
    mistaken = {"received_on": date(2026, 4, 2), "due_on": date(2026, 5, 2), "state": "cancelled"}
    RegulatorRequestFactory(complaint=complaint, **mistaken)
    ArbitratorAppealFactory(complaint=complaint, number="AAS-1", upheld=True, compliance="none", due_on=None)
    ComplaintFactory(sequence=18)
    known, none = ({name: row[name] for name in COLUMNS if name.startswith(("ivass_", "arbiter_"))} for row in rows())
    assert known == {
        "ivass_protocol": "88/26",
        "ivass_requested_on": "2026-03-02",
        "ivass_due_on": "2026-04-01",
        "ivass_replied_on": "2026-03-12",
        "ivass_outcome": "",
        "arbiter_number": "AAS-1",
        "arbiter_filed_on": "2026-03-01",
        "arbiter_replied_on": "",
        "arbiter_decided_on": "2026-04-20",
        "arbiter_decision": "upheld",
        "arbiter_compliance": "none",
    }
    assert set(none.values()) == {""}


def test_a_row_says_what_the_register_asks_for():
    complaint = ComplaintFactory(
        answered=True,
        sequence=17,
        province="PA",
        ramo="10",
        area="settlement",
        agency=AgencyFactory(code="A1"),
        received_by_intermediary_on=date(2026, 1, 8),
        economic_value="350.00",
        registered_at=datetime(2026, 1, 11, 23, 30, tzinfo=UTC),
    )
    (row,) = rows()
    wanted = {
        "number": "2026/17",
        "registered_on": "2026-01-12",
        "received_on": "2026-01-10",
        "received_by_intermediary_on": "2026-01-08",
        "due_on": "2026-02-22",
        "state": "answered",
        "closed_on": "2026-02-10",
        "elapsed_days": "33",
        "outcome": "rejected",
        "macro_area": "islands",
        "business": "motor_liability",
        "intermediary_code": "A1",
        "customer_code": complaint.customer.code,
        "treatable": "yes",
        "economic_value": "350.00",
        "handler": "",
    }
    assert {name: row[name] for name in wanted} == wanted
    assert tuple(row) == COLUMNS


def test_the_documentation_names_every_column_in_its_place():
    page = Path(settings.BASE_DIR, "docs", "formats", "complaints-register.md").read_text()
    rows = [line.split("|")[1] for line in page.splitlines() if line.startswith("| `")]
    assert tuple(re.findall(r"`(\w+)`", " ".join(rows))) == COLUMNS


def test_a_withdrawn_complaint_is_closed_on_the_day_it_was_withdrawn():
    complaint = ComplaintFactory(state="withdrawn")
    ComplaintEventFactory(
        complaint=complaint, kind=ComplaintEvent.Kind.WITHDRAWN, at=datetime(2026, 1, 15, 9, tzinfo=UTC)
    )
    (row,) = rows()
    assert (row["closed_on"], row["elapsed_days"]) == ("2026-01-15", "5")


@pytest.mark.parametrize("ramo", ["", "99"])
def test_an_unknown_line_or_province_leaves_its_place_empty(ramo):
    ComplaintFactory(ramo=ramo, province="ZZ")
    (row,) = rows()
    assert (row["business"], row["macro_area"]) == ("", "")


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_a_spreadsheet_runs_nothing_of_it(start, tmp_path):
    ComplaintFactory(subject=f'{start}HYPERLINK("http://x.example")')
    (row,) = rows()
    assert row["subject"].startswith("'" + start)
    file = tmp_path / "register.xlsx"
    call_command("complaints_register", year=2026, format="xlsx", output=str(file), stdout=StringIO())
    cell = load_workbook(file).active.cell(2, COLUMNS.index("subject") + 1)
    assert (cell.data_type, cell.value[:2]) == ("s", "'" + start)


def test_a_spreadsheet_has_dates_and_takes_any_text(tmp_path):
    ComplaintFactory(complainant_name="Anna 😀", subject="a\x0bb")
    file = tmp_path / "register.xlsx"
    call_command("complaints_register", year=2026, format="xlsx", output=str(file), stdout=StringIO())
    sheet = load_workbook(file).active
    assert sheet.max_row == 2
    assert sheet.cell(2, COLUMNS.index("received_on") + 1).value == datetime(2026, 1, 10)
    assert sheet.cell(2, COLUMNS.index("complainant") + 1).value == "Anna 😀"


@pytest.mark.parametrize(
    "options",
    [
        {"year": 1900},
        {"year": -1},
        {"year": 10**12},
        {"year": 2026, "format": "xlsx"},
        {"year": 2026, "output": "/nowhere/at/all.csv"},
    ],
)
def test_an_argument_that_cannot_be_used_ends_with_two(options):
    RegisterYearFactory()
    with pytest.raises(CommandError) as refused:
        call_command("complaints_register", stdout=StringIO(), **options)
    assert refused.value.returncode == 2


def test_a_file_is_replaced_only_when_the_new_one_is_complete(tmp_path, monkeypatch):
    ComplaintFactory()
    file = tmp_path / "register.csv"
    file.write_text("before")

    def broken(rows, **_how):
        yield "number\n"
        raise RuntimeError

    monkeypatch.setattr("complaints.management.commands.complaints_register.csv_lines", broken)
    with pytest.raises(RuntimeError):
        call_command("complaints_register", year=2026, output=str(file), stdout=StringIO())
    assert (file.read_text(), list(tmp_path.iterdir())) == ("before", [file])


def test_the_register_costs_the_same_at_one_complaint_and_at_three():
    counts = []
    for more in (1, 2):
        ComplaintFactory.create_batch(more, agency=AgencyFactory())
        with CaptureQueriesContext(connection) as captured:
            list(register_of(2026))
        counts.append(len(captured))
    assert counts == [6, 6]  # complaints, how they ended, letters, court cases, requests of IVASS, appeals


# --- In the back office ------------------------------------------------------------------------------------------------
def test_the_register_is_downloaded_from_the_list(officer):
    complaint = ComplaintFactory(sequence=5)
    client = Client()
    client.force_login(officer)
    command = reverse("admin:complaints_complaint_list_command", args=["scarica"])
    csv_file = client.get(client.post(command, {"year": 2026, "format": "csv"}).url)
    text = b"".join(csv_file.streaming_content).decode()
    assert [row["number"] for row in csv.DictReader(StringIO(text))] == [complaint.number]
    assert csv_file.headers["Content-Disposition"] == 'attachment; filename="reclami-2026.csv"'
    sheet = client.get(client.post(command, {"year": 2026, "format": "xlsx"}).url)
    assert load_workbook(BytesIO(b"".join(sheet.streaming_content))).active.max_row == 2
    looks = AccessLog.objects.order_by("pk").values_list("user", "customer", "what")
    assert list(looks) == [(officer.pk, None, "register 2026 (csv)"), (officer.pk, None, "register 2026 (xlsx)")]


@pytest.mark.parametrize("asked", ["", "?year=1900", "?year=x", "?year=2026&format=exe", "?year=²²²²"])
def test_a_register_that_is_none_is_not_found(officer, asked):
    RegisterYearFactory()
    client = Client()
    client.force_login(officer)
    assert client.get(reverse("admin:complaints_complaint_register") + asked).status_code == 404
    assert not AccessLog.objects.exists()
