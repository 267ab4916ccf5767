"""Pages of the half-year return beside the frozen one: the draft, the complaints behind a number, corrections, files; the public statement."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from complaints.models import HalfYearReturn, PublicStatement, ReturnRow
from complaints.returns import page, rules
from complaints.returns.halves import Half, half_named
from complaints.returns.naming import COLUMN_NAMES, TABLE_NAMES, columns_named, line_name, measure_name
from complaints.returns.queries import (
    corrections_of,
    entries_behind,
    entries_now,
    light,
    line_in,
    lines_for,
    measure_in,
    newest,
    returned_elsewhere,
    rows_behind,
    unclassified,
)
from complaints.returns.statement import statement_of
from customers.access import record_download
from foundation.files.downloads import CSV, PDF, XLSX, download
from foundation.numbers import whole_number
from foundation.refusals import Refused
from foundation.requests import StaffRequest

SEES = "complaints.view_halfyearreturn"
PER_PAGE = 50
XML = "application/xml"
KINDS = {"csv": CSV, "xlsx": XLSX, "pdf": PDF, "xml": XML}
# The columns of the list behind a number.
COLUMNS = (
    *("received_on", "closed_on", "outcome", "ramo", "area", "reason", "channel", "distribution"),
    *("intermediary_kind", "is_treatable"),
)


def _admitted(request: StaffRequest) -> None:
    if not request.user.has_perm(SEES):
        raise PermissionDenied


def _half(name: str) -> Half:
    try:
        return half_named(name)
    except Refused as refusal:
        raise Http404(str(refusal)) from refusal


def _page(request: StaffRequest, template: str, title: Any, context: dict[str, Any]) -> HttpResponse:
    site = {**admin.site.each_context(request), "title": title, "opts": HalfYearReturn._meta}
    return TemplateResponse(request, template, site | context)


def _paged(request: HttpRequest, rows: Any) -> Page:
    return Paginator(rows, PER_PAGE).get_page(whole_number(request.GET.get("page", ""), most_digits=6) or 1)


def ways_between(request: HttpRequest, shown: Page) -> dict[str, str]:
    """The addresses of the page before and of the one after; "" where there is none."""
    asked = {name: str(value) for name, value in request.GET.items() if name != "page"}
    ways = {}
    if shown.has_previous():
        ways["before"] = f"?{urlencode({**asked, 'page': str(shown.previous_page_number())})}"
    if shown.has_next():
        ways["after"] = f"?{urlencode({**asked, 'page': str(shown.next_page_number())})}"
    return ways


@require_safe
def draft_view(request: StaffRequest, half: str) -> HttpResponse:
    """The return of a half as it would be frozen now, and the complaints that block it."""
    _admitted(request)
    asked = _half(half)
    entries = entries_now(asked)
    tables = rules.tables_of(entries, asked, lines_for(asked))
    blocking = list(unclassified(entries))
    shown = _paged(request, blocking)
    context = {
        "half": asked,
        "since": page.since_words(returned_elsewhere(asked)),
        "past": page.past_words(entries),
        "due": page.half_lines([asked], {}, timezone.localdate())[0],
        "blocking": len(blocking),
        "blocked": [
            (each.number, reverse("admin:complaints_complaint_change", args=[each.complaint_id]), columns_named(lacks))
            for each, lacks in shown.object_list
        ],
        "shown": shown,
        "ways": ways_between(request, shown),
        "heads": page.heads_of(tables),
        "tables": page.shown_tables(tables, revision=None),
        "frozen": newest(asked),
    }
    return _page(
        request, "office/return_draft.html", _("Draft of the return of %(half)s") % {"half": asked.name}, context
    )


@require_safe
def rows_view(request: StaffRequest) -> HttpResponse:
    """The complaints behind a number (`half`, `measure`, and `revision`, `table`, `line` where it has them), by pages."""
    _admitted(request)
    half = _half(request.GET.get("half", ""))
    table, key = request.GET.get("table", ""), request.GET.get("line", "")
    frozen: HalfYearReturn | None = None
    entries: list[rules.Entry] = []
    if asked := request.GET.get("revision", ""):
        number = whole_number(asked, most_digits=4)
        frozen = get_object_or_404(light(HalfYearReturn.objects.all()), half=half.name, revision=number)
        tables = frozen.tables
    else:
        entries = entries_now(half)
        tables = rules.tables_of(entries, half, lines_for(half))
    measure = measure_in(tables, request.GET.get("measure", ""))
    line = line_in(tables, table, key) if table else None
    if measure is None or (table and line is None):
        raise Http404
    words = line["words"] if line else ()
    found: Any = (
        rows_behind(frozen, measure, table=table, words=words)
        if frozen is not None
        else entries_behind(entries, half, measure, table=table, words=words)
    )
    shown = _paged(request, found)
    context = {
        "half": half,
        "frozen": frozen,
        "measure": measure_name(tables, measure.key),
        "place": f"{TABLE_NAMES[table]}: {line_name(line)}" if line else str(TABLE_NAMES["whole"]),
        "heads": [str(COLUMN_NAMES[each]) for each in COLUMNS],
        "rows": [_row(each) for each in shown.object_list],
        "shown": shown,
        "ways": ways_between(request, shown),
    }
    return _page(request, "office/return_rows.html", _("Complaints behind a number"), context)


def _row(row: ReturnRow | rules.Entry) -> tuple[str, str, list[str]]:
    values = [page.value_shown(name, getattr(row, name)) for name in COLUMNS]
    address = reverse("admin:complaints_complaint_change", args=[row.complaint_id])
    return row.number, address, values


@require_safe
def corrections_view(request: StaffRequest, pk: int) -> HttpResponse:
    """How the register differs now from a frozen return, by pages."""
    _admitted(request)
    frozen = get_object_or_404(light(HalfYearReturn.objects.all()), pk=pk)
    shown = _paged(request, corrections_of(frozen))
    context = {
        "frozen": frozen,
        "corrections": page.shown_differences([each.as_json() for each in shown.object_list]),
        "shown": shown,
        "ways": ways_between(request, shown),
    }
    title = _("Corrections since the return of %(half)s was frozen") % {"half": frozen}
    return _page(request, "office/return_corrections.html", title, context)


@require_safe
def file_view(request: StaffRequest, pk: int, kind: str) -> HttpResponseBase:
    """A file of a frozen return, as it was made when it was frozen."""
    _admitted(request)
    if kind not in KINDS:
        raise Http404
    frozen = get_object_or_404(HalfYearReturn.objects.only("half", "revision", kind), pk=pk)
    record_download(request.user, what=f"return {frozen.half}/{frozen.revision} ({kind})")
    return download(bytes(getattr(frozen, kind)), f"reclami-{frozen.half}-r{frozen.revision}.{kind}", KINDS[kind])


# --- The public statement ---------------------------------------------------------------------------------------------
@never_cache
@require_safe
def statement_view(request: HttpRequest, year: int | None = None) -> HttpResponse:
    """The yearly statement as it was published: of the newest year, or of one of the others."""
    published = PublicStatement.objects.select_related("first", "second").defer(
        *(f"{half}__{kind}" for half in ("first", "second") for kind in KINDS)
    )
    years = sorted(set(PublicStatement.objects.order_by().values_list("year", flat=True)), reverse=True)
    found = published.filter(year=year).first() if year is not None else published.first()
    if found is None and year is not None:
        raise Http404
    context = {"statement": statement_of(found) if found else None, "years": years}
    return render(request, "complaints/statement.html", context)
