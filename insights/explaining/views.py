"""The page “What changed”, and its exports."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from contact_center.figures.definitions import define
from foundation.addresses import address
from foundation.requests import StaffRequest
from insights.exports import csv_file, links, xlsx_file
from insights.figures_page import period_label, shown_definitions
from insights.measures.rights import may_begin
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
        "steps": shown.next_steps(found, may_begin=may_begin(request.user)),
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
        "exports": links("changes_csv", query, xlsx="changes_xlsx"),
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
        return csv_file(request, name, COLUMNS, table(found))
    return xlsx_file(name, workbook(found))


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
