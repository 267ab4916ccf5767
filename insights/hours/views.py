"""The page of half hours and its exports."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from contact_center.figures.hours import HoursReport, hours
from contact_center.figures.queues import queues
from foundation.files.spreadsheets import new_workbook
from foundation.requests import StaffRequest
from insights import figures_page as page
from insights.exports import csv_file, links, xlsx_file
from insights.pages import FIGURES
from insights.views import basis_differs, bound, ready_periods

from . import shown
from .forms import HoursForm


@require_safe
@login_required
@permission_required(FIGURES, raise_exception=True)
def hours_view(request: StaffRequest) -> HttpResponse:
    """The hours of the week, opening hours and waits of a period; every number leads to its list."""
    form, note = bound(HoursForm, request)
    context: dict[str, Any] = {
        "filters": form,
        "presets": ready_periods(request, form, "hours", kept=("line", "channel", "by")),
    }
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
        return csv_file(request, name, shown.COLUMNS, shown.table(found))
    return xlsx_file(name, new_workbook("half-hours", shown.COLUMNS, shown.table(found)))


def _found(form: HoursForm) -> HoursReport:
    return hours(form.period, line=form.chosen.line, channel=form.chosen.channel)


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
    return links("hours_csv", page.query_of(found.report.period, found.report.chosen), xlsx="hours_xlsx")
