"""The page of half hours and its exports."""

from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from contact_center.figures.hours import HoursReport, hours
from contact_center.figures.queues import queues
from foundation.addresses import address
from foundation.files.downloads import CSV, XLSX, download
from foundation.files.spreadsheets import csv_lines, write_xlsx
from foundation.requests import StaffRequest
from insights import figures_page as page
from insights.pages import FIGURES
from insights.views import basis_differs, bound, dialect_of

from . import shown
from .forms import HoursForm


@require_safe
@login_required
@permission_required(FIGURES, raise_exception=True)
def hours_view(request: StaffRequest) -> HttpResponse:
    """The hours of the week, opening hours and waits of a period; every number leads to its list."""
    form, note = bound(HoursForm, request)
    context: dict[str, Any] = {"filters": form, "presets": _presets(request, form)}
    if not form.is_valid():
        return render(request, "insights/hours.html", context, status=400)
    found = _found(form)
    report, measure = found.report, form.cleaned_data["by"] or "offered"
    if report.basis_differs:
        messages.warning(request, basis_differs())
    own = {*shown.MEASURES.values(), *shown.BESIDE_OPENING}
    context |= {
        "label": page.period_label(report.period) + (f" ({note})" if note else ""),
        "week": shown.week(found, measure),
        "tabs": _tabs(request, report.definitions, measure),
        "opening": shown.opening(found),
        "waits": shown.waits(found),
        "queues": shown.queues(queues(report.period, line=report.chosen.line, channel=report.chosen.channel), found),
        "exports": _exports(found),
        "definitions": [
            *shown.definitions(report),
            *page.shown_definitions(one for one in report.definitions if one.key in own),
        ],
        "computed_at": report.computed_at,
        "stale": report.is_stale,
    }
    return render(request, "insights/hours.html", context)


@require_safe
@login_required
@permission_required(FIGURES, raise_exception=True)
def hours_export_view(request: StaffRequest, kind: str) -> HttpResponseBase:
    """The counts by weekday, half hour and opening hours as CSV (`for=excel`: for a double click) or XLSX; 404 for unusable filters."""
    form, _note = bound(HoursForm, request)
    if not form.is_valid():
        raise Http404
    found = _found(form)
    name = f"half-hours-{form.period.start}-{form.period.end}.{kind}"
    if kind == "csv":
        text = "".join(csv_lines(shown.COLUMNS, shown.table(found), dialect=dialect_of(request)))
        return download(text.encode(), name, CSV)
    content = BytesIO()
    write_xlsx("half-hours", shown.COLUMNS, shown.table(found), content)
    return download(content.getvalue(), name, XLSX)


def _found(form: HoursForm) -> HoursReport:
    return hours(form.period, line=form.chosen.line, channel=form.chosen.channel)


def _presets(request: StaffRequest, form: HoursForm) -> list[dict[str, Any]]:
    """The ready periods, with the other filters kept."""
    kept = {name: value for name in ("line", "channel", "by") if (value := request.GET.get(name))}
    now = form.data.get("from"), form.data.get("to")
    found = []
    for label, period in page.presets(timezone.localdate()):
        dates = {"from": period.start.isoformat(), "to": period.end.isoformat()}
        url = f"{address('hours')}?{urlencode(dates | kept)}"
        found.append({"label": label, "url": url, "active": now == tuple(dates.values())})
    return found


def _tabs(request: StaffRequest, known: list[Any], measure: str) -> list[dict[str, Any]]:
    """The figures that the table of the week can show, with everything else of the address kept."""
    labels = {one.key: one.label for one in known}
    asked = request.GET.copy()
    found = []
    for word, key in shown.MEASURES.items():
        asked["by"] = word
        found.append({"label": labels[key], "url": f"?{asked.urlencode()}#week", "active": word == measure})
    return found


def _exports(found: HoursReport) -> list[dict[str, str]]:
    query = page.query_of(found.report.period, found.report.chosen)
    in_csv, in_xlsx = (f"{address(name)}?{urlencode(query)}" for name in ("hours_csv", "hours_xlsx"))
    return [
        {"label": "CSV", "url": in_csv},
        {"label": _("CSV for Excel"), "url": f"{in_csv}&for=excel"},
        {"label": "XLSX", "url": in_xlsx},
    ]
