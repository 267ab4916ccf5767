"""The page of the plan, and its files."""

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from foundation.dates import with_weekday
from foundation.files.spreadsheets import new_workbook
from foundation.requests import StaffRequest
from insights.exports import csv_file, links, xlsx_file
from insights.models import Forecast
from insights.pages import FIGURES

from . import export, page
from .forms import PlanForm, asked_with_defaults
from .plan import Plan, default_week, latest_run, plan_of, weeks_of

FILES = {
    "plan": ("plan", export.PLAN_COLUMNS, export.plan_rows),
    "rota": ("rota", export.ROTA_COLUMNS, export.rota_rows),
}


@require_safe
@login_required
@permission_required(FIGURES, raise_exception=True)
def staffing_view(request: StaffRequest) -> HttpResponse:
    """The calls expected in a week, the agents that they take, what they cost and a rota; how far to trust it."""
    run = latest_run()
    if run is None:
        return render(request, "insights/staffing/page.html", {"run": None})
    form, given = _bound(request, run)
    context: dict[str, Any] = {"filters": form, "run": run}
    if not form.is_valid():
        return render(request, "insights/staffing/page.html", context, status=400)
    plan = plan_of(run, form.asked)
    days = page.days_of(plan)
    day = form.cleaned_data["day"] if form.cleaned_data["day"] in days else next(iter(days), None)
    context |= {
        "plan": plan,
        "name": page.name_of(plan.queue) if plan.queue else "",
        "missing_weeks": plan.queue.found.missing_weeks if plan.queue else 0,
        "queues": page.queues_table(plan, given),
        "days": page.days_table(plan, given),
        "scores": page.scores_table(plan),
        "measured": page.measured_table(plan),
        "definitions": page.definitions(),
        "exports": _exports(given),
    }
    if plan.pooled:
        replays = list(plan.pooled.found.replays.all())
        context |= {"replay": page.replay_table(replays), "by_states": bool(replays) and replays[0].by_states}
    if day is not None and plan.queue is not None:
        agents = form.cleaned_data["agents"]
        context |= {
            "day": day,
            "day_tabs": [
                {
                    "label": with_weekday(each, "l j"),
                    "url": f"?{urlencode({**given, 'day': each.isoformat()})}#day",
                    "active": each == day,
                }
                for each in days
            ],
            "charts": page.charts(plan, day),
            "rota": page.rota_table(plan, day),
            "rota_note": page.rota_note(plan, day),
            "tried": page.tried(plan.queue, agents, day) if agents is not None else "",
        }
    return render(request, "insights/staffing/page.html", context)


@require_safe
@login_required
@permission_required(FIGURES, raise_exception=True)
def staffing_file_view(request: StaffRequest, what: str, kind: str) -> HttpResponseBase:
    """The half hours or the rota of the week as CSV (`for=excel`: for a double click) or XLSX; 404 for unusable choices."""
    plan = _asked_plan(request)
    title, columns, rows = FILES[what]
    name = f"{title}-{plan.asked.week}.{kind}"
    if kind == "csv":
        return csv_file(request, name, columns, rows(plan))
    return xlsx_file(name, new_workbook(title, columns, rows(plan)))


def _asked_plan(request: StaffRequest) -> Plan:
    run = latest_run()
    if run is None:
        raise Http404
    form, _given = _bound(request, run)
    if not form.is_valid():
        raise Http404
    return plan_of(run, form.asked)


def _bound(request: StaffRequest, run: Forecast) -> tuple[PlanForm, dict[str, str]]:
    """The form filled in from the address, and the parameters it was filled in with."""
    default = default_week(run)
    given = asked_with_defaults(request.GET.dict(), default)
    return PlanForm(given, weeks=weeks_of(run), default=default), given


def _exports(given: dict[str, str]) -> list[dict[str, str]]:
    return [
        {"label": f"{label}: {one['label']}", "url": one["url"]}
        for what, label in (("rota", _("Rota")), ("plan", _("Half hours")))
        for one in links(f"staffing_{what}_csv", given, xlsx=f"staffing_{what}_xlsx")
    ]
