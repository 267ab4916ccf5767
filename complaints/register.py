"""Query: the register of a year, as the file that the supervisor or the internal audit asks for.

`docs/formats/complaints-register.md` describes the columns. Rows are read in chunks, so that memory stays flat.
"""

import csv
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import lru_cache
from typing import Any, BinaryIO

from django.core.exceptions import ValidationError
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from complaints.models import Complaint, ComplaintEvent
from contact_center.figures.export import cell_text
from customers import rami
from customers.imports.reading import with_formula_guard
from customers.provinces import province

CHUNK = 500
COLUMNS = (
    "number",
    "year",
    "sequence",
    "registered_on",
    "received_on",
    "received_by_intermediary_on",
    "due_on",
    "state",
    "closed_on",
    "elapsed_days",
    "suspended_days",
    "outcome",
    "complainant",
    "complainant_kind",
    "proposer_kind",
    "customer_code",
    "address",
    "province",
    "macro_area",
    "business",
    "ramo",
    "area",
    "reason",
    "subject",
    "policy",
    "claim",
    "intermediary_code",
    "intermediary",
    "about_conduct",
    "treatable",
    "not_treatable_reason",
    "economic_value",
    "follows",
    "began_as",
    "handler",
)


def register_of(year: int, *, queryset: QuerySet[Complaint] | None = None) -> Iterator[list[Any]]:
    """The rows of a year in the order of their numbers, each in the order of COLUMNS: texts, dates, numbers and None.

    `queryset` narrows them to what a reader may see.
    """
    complaints = Complaint.objects.all() if queryset is None else queryset
    withdrawn = ComplaintEvent.objects.filter(complaint=OuterRef("pk"), kind=ComplaintEvent.Kind.WITHDRAWN)
    rows = (
        complaints.filter(year=year)
        .select_related("customer", "agency", "policy", "claim", "follows", "contact", "handler")
        .defer("text", "answer", "reasons", "contact__notes")
        .annotate(withdrawn_at=Subquery(withdrawn.values("at")[:1]))
        .order_by("sequence")
    )
    return (_row(complaint) for complaint in rows.iterator(chunk_size=CHUNK))


def _row(complaint: Complaint) -> list[Any]:
    closed_at = complaint.answered_at or complaint.withdrawn_at
    closed_on = timezone.localdate(closed_at) if closed_at else None
    return [
        complaint.number,
        complaint.year_id,
        complaint.sequence,
        timezone.localdate(complaint.registered_at),
        complaint.received_on,
        complaint.received_by_intermediary_on,
        complaint.due_on,
        complaint.state,
        closed_on,
        (closed_on - complaint.first_received_on).days if closed_on else None,
        complaint.suspended_days,
        complaint.outcome,
        complaint.complainant_name,
        complaint.complainant_kind,
        complaint.proposer_kind,
        complaint.customer.code if complaint.customer else None,
        complaint.address,
        complaint.province,
        _macro_area(complaint.province, complaint.received_on),
        _business(complaint.ramo),
        complaint.ramo,
        complaint.area,
        complaint.reason,
        complaint.subject,
        complaint.policy.number if complaint.policy else None,
        complaint.claim.number if complaint.claim else None,
        complaint.agency.code if complaint.agency else None,
        complaint.agency.name if complaint.agency else complaint.intermediary_stated,
        _yes(complaint.about_conduct),
        _yes(complaint.treatable),
        complaint.not_treatable_reason,
        complaint.economic_value,
        complaint.follows.number if complaint.follows else None,
        complaint.contact.number if complaint.contact else None,
        str(complaint.handler) if complaint.handler else None,
    ]


def _yes(value: bool) -> str:
    return "yes" if value else "no"


@lru_cache(maxsize=1_000)
def _macro_area(code: str, on: date) -> str:
    try:
        return str(province(code, on).area.value) if code else ""
    except ValidationError:
        return ""


def _business(ramo: str) -> str:
    """The segment by which the supervisor publishes: life, motor liability, other non-life."""
    if not ramo:
        return ""
    if ramo == rami.MOTOR_LIABILITY:
        return "motor_liability"
    try:
        return "life" if rami.ramo(ramo).business == rami.Business.LIFE else "other_non_life"
    except ValidationError:
        return ""


# --- Files ----------------------------------------------------------------------------------------------------------
class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_lines(rows: Iterable[list[Any]]) -> Iterator[str]:
    """The register as CSV, line by line: commas, ISO dates, nothing where there is no value, formulas disarmed."""
    writer = csv.writer(_Echo())
    yield writer.writerow(COLUMNS)
    for row in rows:
        yield writer.writerow([cell_text(value) for value in row])


def write_xlsx(rows: Iterable[list[Any]], file: BinaryIO) -> None:
    """The register as a spreadsheet of one sheet; dates are dates, formulas disarmed."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("register")
    sheet.freeze_panes = "A2"
    sheet.append([_heading(sheet, column) for column in COLUMNS])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    book.save(file)


def _heading(sheet: Any, text: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, text)
    cell.font = Font(bold=True)
    return cell


def _cell(sheet: Any, value: Any) -> Any:
    if isinstance(value, date) and not isinstance(value, datetime):
        cell = WriteOnlyCell(sheet, value)
        cell.number_format = "yyyy-mm-dd"
        return cell
    return with_formula_guard(ILLEGAL_CHARACTERS_RE.sub("", value)) if isinstance(value, str) else value
