"""The page “What changed”, and its exports."""

from datetime import date
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from contact_center.figures.definitions import define
from contact_center.figures.export import FOR_EXCEL, FOR_MACHINES
from foundation.addresses import address
from foundation.files.downloads import CSV, XLSX, download
from foundation.files.spreadsheets import csv_lines
from foundation.requests import StaffRequest
from insights.figures_page import period_label, shown_definitions
from insights.pages import FIGURES

from . import periods, sentence, shown
from .explanation import Explanation
from .export import COLUMNS, table, workbook
from .forms import AGAINST_WORDS, GROUPING_WORDS, ChangeForm, groupings

KEPT = ("measure", "by", "line", "topic", "agent", "team", "channel")


@require_safe
@login_required
@permission_required(FIGURES, raise_exception=True)
def what_changed_view(request: StaffRequest) -> HttpResponse:
    """What changed between two periods, and why; every part leads to its contacts."""
    today = timezone.localdate()
    form = _bound(request, today)
    context: dict[str, Any] = {"filters": form, "presets": _presets(request, form, today)}
    if not form.is_valid():
        return render(request, "insights/explaining/what_changed.html", context, status=400)
    found = form.asked.explained()
    against = form.cleaned_data["against"] or periods.BEFORE
    query = shown.query(found, against)
    context |= {
        "period": {
            "label": period_label(found.period),
            "against": period_label(found.against),
            "how": str(AGAINST_WORDS[against]) if against != periods.OTHER else "",
            "filters": shown.chosen_words(found.chosen),
        },
        "measure": str(found.figure.label),
        "sentence": sentence.in_one_sentence(found),
        "cost": sentence.cost(found),
        "direction": "same" if found.is_better is None else "better" if found.is_better else "worse",
        "steps": shown.next_steps(found),
        "notes": shown.notes(found, today),
        "aligned_url": _aligned(found, query),
        "chart": shown.chart(found),
        "groups": shown.group_table(found) if found.groups else None,
        "line_parts": shown.line_table(found),
        "tabs": [
            {
                "label": GROUPING_WORDS[one],
                "url": f"?{urlencode({**query, 'by': one})}#groups",
                "active": one == found.by,
            }
            for one in groupings(found.figure.key)
            if one != "topic" or not (found.chosen.agent or found.chosen.team)
        ],
        "definitions": shown_definitions([define(found.figure, found.formula, found.parameters.in_words)]),
        "exports": _exports(query),
        "computed_at": found.computed_at,
        "stale": found.is_stale,
    }
    return render(request, "insights/explaining/what_changed.html", context)


@require_safe
@login_required
@permission_required(FIGURES, raise_exception=True)
def changes_export_view(request: StaffRequest, kind: str) -> HttpResponseBase:
    """The explanation as CSV (`for=excel`: for a double click) or XLSX; 404 for what cannot be used."""
    form = _bound(request, timezone.localdate())
    if not form.is_valid():
        raise Http404
    found = form.asked.explained()
    name = f"changes-{found.period.start}-{found.period.end}.{kind}"
    if kind == "csv":
        dialect = FOR_EXCEL if request.GET.get("for") == "excel" else FOR_MACHINES
        return download("".join(csv_lines(COLUMNS, table(found), dialect=dialect)).encode(), name, CSV)
    content = BytesIO()
    workbook(found).save(content)
    return download(content.getvalue(), name, XLSX)


def _bound(request: HttpRequest, today: date) -> ChangeForm:
    """The form filled in from the address; where it has no dates, with the period that the page opens with."""
    data = request.GET.copy()
    if not data.get("from") and not data.get("to"):
        period, against = shown.first_shown(today)
        data["from"], data["to"] = period.start.isoformat(), period.end.isoformat()
        if not data.get("against"):
            data["against"] = against
    return ChangeForm(data)


def _presets(request: HttpRequest, form: ChangeForm, today: date) -> list[dict[str, Any]]:
    """The ready comparisons, with the figure and the filters kept."""
    kept = {name: value for name in KEPT if (value := request.GET.get(name))}
    now = tuple(form.data.get(name) for name in ("from", "to", "against"))
    words = shown.ready_words()
    found = []
    for key, (period, against) in periods.ready(today).items():
        asked = {"from": period.start.isoformat(), "to": period.end.isoformat(), "against": against}
        found.append(
            {
                "label": words[key],
                "url": f"{address('what_changed')}?{urlencode(asked | kept)}",
                "active": now == tuple(asked.values()),
            }
        )
    return found


def _aligned(found: Explanation, query: dict[str, str]) -> str | None:
    """The same comparison on the same weekdays; None where it is one already."""
    if not found.likeness.weekdays and not found.likeness.is_of_other_length:
        return None
    other = periods.on_the_same_weekdays(found.period, found.against)
    days = {"against": periods.OTHER, "against_from": other.start.isoformat(), "against_to": other.end.isoformat()}
    return f"?{urlencode(query | days)}"


def _exports(query: dict[str, str]) -> list[dict[str, str]]:
    excel = urlencode({**query, "for": "excel"})
    return [
        {"label": "CSV", "url": f"{address('changes_csv')}?{urlencode(query)}"},
        {"label": _("CSV for Excel"), "url": f"{address('changes_csv')}?{excel}"},
        {"label": "XLSX", "url": f"{address('changes_xlsx')}?{urlencode(query)}"},
    ]
