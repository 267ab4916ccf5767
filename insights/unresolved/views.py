"""The page of why contacts are not resolved at first level, its exports, and the words of those who said “no”."""

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from contact_center.figures.lists import Place, rows_next_to
from contact_center.figures.query import current_parameters
from contact_center.figures.unresolved import export
from contact_center.figures.unresolved.hand_overs import Lost, hand_overs
from contact_center.figures.unresolved.query import UnresolvedReport, unresolved
from contact_center.figures.unresolved.rules import what_if
from foundation.addresses import address
from foundation.requests import StaffRequest
from insights import figures_page
from insights.exports import csv_file, links, xlsx_file
from insights.measures.rights import may_begin
from insights.pages import FIGURES
from insights.unresolved import page, words
from insights.unresolved.forms import BY, USUAL, UnresolvedForm, WhatIfForm
from insights.views import bound, ready_periods

FILTERS = ("line", "topic", "agent", "team", "channel")
WORDS_SHOWN = 10


@require_safe
@login_required
@permission_required(FIGURES, raise_exception=True)
def unresolved_view(request: StaffRequest) -> HttpResponse:
    """Why contacts of a period were not resolved at first level, what it costs, and what would be if some were."""
    form, note = bound(UnresolvedForm, request)
    presets = ready_periods(request, form, "unresolved", kept=(*FILTERS, "by", *USUAL))
    context: dict[str, Any] = {"filters": form, "presets": presets}
    if not form.is_valid():
        return render(request, "insights/unresolved/page.html", context, status=400)
    report, today = _report(form), timezone.localdate()
    by = form.cleaned_data["by"] or "reason"
    question = WhatIfForm(request.GET)
    answer = None
    if question.is_valid():
        counts = [group.contacts for group in report.reasons_of_topics()]
        answer = what_if(handled=report.handled, first_level=report.first_level, counts=counts, **question.arguments)
    query = figures_page.query_of(form.period, form.chosen)
    context |= {
        "label": figures_page.period_label(report.period) + (f" ({note})" if note else ""),
        "handled": report.handled,
        "cards": page.cards(report) if report.handled else [],
        "chart": page.chart(report, by, may_begin=may_begin(request.user)) if report.misses else None,
        "cuts": _cuts(request, by),
        "question": question,
        "kept": [*query.items(), ("by", by)],
        "answer": page.answer_words(answer) if answer and answer.among else "",
        "sent_back": page.sent_back(report),
        "pairs": page.pairs(report),
        "hand_overs": page.hand_overs(report, _lost(report)),
        "exports": links("unresolved_csv", query, xlsx="unresolved_xlsx"),
        "definitions": page.definitions(),
        "computed_at": report.figures.computed_at,
        "stale": report.figures.is_stale,
    }
    if request.user.has_perm(words.SEES):
        rows = words.answers_no(
            form.period, form.chosen, report.figures.parameters, user=request.user, today=today
        ).order_by("-answered_at", "-pk")
        found = list(rows[: WORDS_SHOWN + 1])
        context["words"] = words.table(found[:WORDS_SHOWN], request.user, _("Not resolved, says the customer"))
        context["words_url"] = _address("unresolved_words", query) if len(found) > WORDS_SHOWN else ""
    return render(request, "insights/unresolved/page.html", context)


@require_safe
@login_required
@permission_required((FIGURES, words.SEES), raise_exception=True)
def words_view(request: StaffRequest) -> HttpResponse:
    """All the answers “no” of the period with their words, newest first; 404 for unusable filters."""
    form, _note = bound(UnresolvedForm, request)
    if not form.is_valid():
        raise Http404
    rows = words.answers_no(
        form.period, form.chosen, current_parameters(), user=request.user, today=timezone.localdate()
    ).order_by("-answered_at", "-pk")
    found = rows_next_to(Place.read(request.GET.get("place", "")), rows, words.MOMENT)
    query = figures_page.query_of(form.period, form.chosen)
    heading = _("Not resolved, says the customer")
    context = {
        "heading": f"{heading}, {figures_page.period_label(form.period)}",
        "table": words.table(found.rows, request.user, heading),
        "page": {
            "previous_url": _address("unresolved_words", query, place=str(found.newer)) if found.newer else None,
            "next_url": _address("unresolved_words", query, place=str(found.older)) if found.older else None,
            "shown": len(found.rows),
        },
        "back_url": _address("unresolved", query),
    }
    return render(request, "insights/unresolved/words.html", context)


@require_safe
@login_required
@permission_required(FIGURES, raise_exception=True)
def export_view(request: StaffRequest, kind: str) -> HttpResponseBase:
    """The reasons by topic and team as CSV (`for=excel`: for a double click) or XLSX; 404 for unusable filters."""
    form, _note = bound(UnresolvedForm, request)
    if not form.is_valid():
        raise Http404
    report = _report(form)
    name = f"unresolved-{report.period.start}-{report.period.end}.{kind}"
    if kind == "csv":
        return csv_file(request, name, export.COLUMNS, export.table(report))
    return xlsx_file(name, export.workbook(report, _lost(report)))


def _report(form: UnresolvedForm) -> UnresolvedReport:
    chosen = {name: getattr(form.chosen, name) for name in FILTERS}
    return unresolved(form.period, **chosen)


def _lost(report: UnresolvedReport) -> list[Lost]:
    return hand_overs(report.period, report.chosen, report.figures.parameters, today=timezone.localdate())


def _cuts(request: HttpRequest, by: str) -> list[dict[str, Any]]:
    asked = request.GET.copy()
    found = []
    for value, label in BY:
        asked["by"] = value
        found.append({"label": label, "url": f"?{asked.urlencode()}#pareto", "active": value == by})
    return found


def _address(name: str, query: dict[str, str], **more: str) -> str:
    return f"{address(name)}?{urlencode(query | more)}"
