"""The files of the managers' pages: a table as CSV, for programs or for a double click in Excel, and as XLSX; the links to them."""

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from openpyxl import Workbook

from contact_center.figures.export import FOR_EXCEL, FOR_MACHINES
from foundation.addresses import address
from foundation.files.downloads import CSV, XLSX, download
from foundation.files.spreadsheets import Dialect, csv_lines


def dialect_of(request: HttpRequest) -> Dialect:
    """For a double click in Excel where the address asks so (`for=excel`), else for programs."""
    return FOR_EXCEL if request.GET.get("for") == "excel" else FOR_MACHINES


def csv_file(
    request: HttpRequest, name: str, columns: Sequence[str], rows: Iterable[Iterable[Any]]
) -> HttpResponseBase:
    """The rows as a CSV file of the name, in the dialect that the address asks for."""
    return download("".join(csv_lines(columns, rows, dialect=dialect_of(request))).encode(), name, CSV)


def xlsx_file(name: str, book: Workbook) -> HttpResponseBase:
    """The workbook as a file of the name."""
    content = BytesIO()
    book.save(content)
    return download(content.getvalue(), name, XLSX)


def links(csv: str, query: dict[str, str], *, xlsx: str = "") -> list[dict[str, str]]:
    """The links to the files of a page, as {label, url}; `csv` and `xlsx` are names of addresses."""
    found = [
        {"label": "CSV", "url": _with(csv, query)},
        {"label": _("CSV for Excel"), "url": _with(csv, query | {"for": "excel"})},
    ]
    return [*found, {"label": "XLSX", "url": _with(xlsx, query)}] if xlsx else found


def _with(name: str, query: dict[str, str]) -> str:
    return f"{address(name)}?{urlencode(query)}" if query else address(name)
