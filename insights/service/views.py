"""The page of all of the service, and its exports."""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from contact_center.figures.definitions import Ratio
from foundation.files.spreadsheets import new_workbook
from foundation.requests import StaffRequest
from insights import figures_page as page
from insights.exports import csv_file, links, xlsx_file
from insights.forms import FiguresForm
from insights.pages import FIGURES
from insights.service.lines import Line, Section, at_risk, sections
from insights.views import bound, ready_periods

COLUMNS = ("part", "key", "value", "of", "ratio", "mean", "value_before", "of_before", "ratio_before", "mean_before")


class PeriodForm(FiguresForm):
    """A period alone: the parts of the service have no filters in common."""

    def __init__(self, data: Any, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields = {name: self.fields[name] for name in ("from", "to")}


@require_safe
@login_required
@permission_required(FIGURES, raise_exception=True)
def service_view(request: StaffRequest) -> HttpResponse:
    """All parts of the service that the reader may see in a period beside the year before, and what is late now."""
    form, note = bound(PeriodForm, request)
    now = timezone.now()
    context: dict[str, Any] = {"filters": form, "presets": ready_periods(request, form, "service", kept=())}
    if not form.is_valid():
        return render(request, "insights/service.html", context, status=400)
    found = sections(request.user, form.period, now)
    numbers = page.Numbers()
    asked = {"from": form.period.start.isoformat(), "to": form.period.end.isoformat()}
    context |= {
        "label": page.period_label(form.period) + (f" ({note})" if note else ""),
        "before": page.period_label(form.period.a_year_before()),
        "risks": [
            {
                "label": risk.label,
                "value": numbers.whole(risk.number - 1) + "+" if risk.is_more else numbers.whole(risk.number),
                "hint": risk.hint,
                "url": risk.url,
                "tone": "bad" if risk.is_bad else "",
            }
            for risk in at_risk(request.user, now)
        ],
        "tables": [_table(section, numbers) for section in found],
        "definitions": [
            {
                "term": f"{section.title}: {line.label}",
                "text": line.meaning,
                "formula": "",
                "key": f"{section.key}-{line.key}",
            }
            for section in found
            for line in section.lines
        ],
        "exports": links("service_csv", asked, xlsx="service_xlsx"),
    }
    return render(request, "insights/service.html", context)


@require_safe
@login_required
@permission_required(FIGURES, raise_exception=True)
def service_export_view(request: StaffRequest, kind: str) -> HttpResponseBase:
    """The same as CSV (`for=excel`: for a double click) or XLSX; 404 for a period that cannot be used."""
    form, _note = bound(PeriodForm, request)
    if not form.is_valid():
        raise Http404
    rows = list(_rows(sections(request.user, form.period, timezone.now())))
    name = f"service-{form.period.start}-{form.period.end}.{kind}"
    if kind == "csv":
        return csv_file(request, name, COLUMNS, rows)
    return xlsx_file(name, new_workbook("service", COLUMNS, rows))


def _rows(found: list[Section]) -> Iterator[list[Any]]:
    for section in found:
        for line in section.lines:
            yield [section.key, line.key, *_values(line), *_values(line.before or Line("", "", ""))]


def _values(line: Line) -> list[Any]:
    ratio = Ratio(line.value, line.of).rounded(6) if line.is_share else None
    return [line.value, line.of, ratio, None if line.mean is None else round(line.mean, 6)]


def _table(section: Section, numbers: page.Numbers) -> dict[str, Any]:
    return {
        "caption": section.title,
        "columns": [_("Number"), _("In the period"), _("A year before")],
        "rows": [
            {
                "label": line.label,
                "url": None,
                "cells": [
                    {"text": _written(line, numbers), "url": line.url or None},
                    {
                        "text": _written(line.before, numbers) if line.before else numbers.nothing,
                        "url": line.before.url if line.before else None,
                    },
                ],
                "is_total": False,
            }
            for line in section.lines
        ],
    }


def _written(line: Line, numbers: page.Numbers) -> str:
    """1.234; 98,24 % (70 su 71); or a mean with one decimal, and of how many it is."""
    if line.is_share:
        if not line.of or line.value is None:
            return numbers.nothing
        words = {
            "share": numbers.percent_sign(Ratio(line.value, line.of)),
            "number": numbers.whole(line.value),
            "of": numbers.whole(line.of),
        }
        return _("%(share)s (%(number)s of %(of)s)") % words
    if line.key in ("days", "stars"):
        if line.mean is None:
            return numbers.nothing
        return _("%(mean)s (of %(number)s)") % {
            "mean": numbers.decimals(line.mean, 1),
            "number": numbers.whole(line.value),
        }
    return numbers.whole(line.value)
