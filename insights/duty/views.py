"""The page of time on duty and its exports: how long which state lasted, and how much of the time was occupied."""

from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from contact_center.agents.board import FEWEST, by_person
from contact_center.agents.words import NAMES, ON_DUTY
from contact_center.figures.duty import SEVERAL, Duty, DutyBy, DutyReport, duty, together
from contact_center.models import Agent, FiguresBasis
from foundation.addresses import address
from foundation.files.spreadsheets import new_workbook
from foundation.office.read_only import clock
from foundation.requests import StaffRequest
from insights import figures_page as page
from insights.exports import csv_file, links, xlsx_file
from insights.pages import WATCHES
from insights.views import bound, ready_periods

from .forms import BY, DutyForm

COLUMNS = (
    *("key", "label", "people", *(each.value for each in ON_DUTY), "on_duty"),
    *("occupancy_numerator", "occupancy_denominator", "occupancy"),
)


@require_safe
@login_required
@permission_required(WATCHES, raise_exception=True)
def duty_view(request: StaffRequest) -> HttpResponse:
    """The time on duty of a period; a day leads to its page, and an agent's row to nobody else's."""
    allowed = by_person()
    form, note = bound(partial(DutyForm, by_person=allowed), request)
    context: dict[str, Any] = {
        "filters": form,
        "presets": ready_periods(request, form, "duty", kept=("by",)),
        "agreement": settings.AGENT_STATES_AGREEMENT.strip(),
        "fewest": FEWEST,
    }
    if not form.is_valid():
        return render(request, "insights/duty.html", context, status=400)
    by: DutyBy = form.cleaned_data["by"] or "team"
    found = duty(form.period, by=by, by_person=allowed)
    context |= {
        "label": page.period_label(form.period) + (f" ({note})" if note else ""),
        "table": _table(found, by, form) if found.rows else None,
        "left_out": found.left_out,
        "tabs": _tabs(request, by, allowed=allowed),
        "exports": _exports(form, by),
        "definitions": _definitions(),
        "computed_at": FiguresBasis.objects.values_list("computed_at", flat=True).first(),
    }
    return render(request, "insights/duty.html", context)


@require_safe
@login_required
@permission_required(WATCHES, raise_exception=True)
def duty_export_view(request: StaffRequest, kind: str) -> HttpResponseBase:
    """The same as CSV (`for=excel`: for a double click) or XLSX, in seconds; 404 for what cannot be used."""
    allowed = by_person()
    form, _note = bound(partial(DutyForm, by_person=allowed), request)
    if not form.is_valid():
        raise Http404
    by: DutyBy = form.cleaned_data["by"] or "team"
    rows = list(_export_rows(duty(form.period, by=by, by_person=allowed)))
    name = f"duty-{by}-{form.period.start}-{form.period.end}.{kind}"
    if kind == "csv":
        return csv_file(request, name, COLUMNS, rows)
    return xlsx_file(name, new_workbook("duty", COLUMNS, rows))


def _export_rows(found: DutyReport) -> Iterator[list[Any]]:
    for row in found.rows:
        share = row.occupancy
        yield [
            *(row.key, row.label, row.people),
            *(getattr(row, each.value) for each in ON_DUTY),
            *(row.total, share.numerator, share.denominator, share.rounded(6)),
        ]


# --- The table --------------------------------------------------------------------------------------------------------
def _table(found: DutyReport, by: str, form: DutyForm) -> dict[str, Any]:
    heads = {"team": _("Team"), "day": _("Day"), "agent": _("Agent")}
    limit = page.DAYS_SHOWN if by == "day" else page.ROWS_SHOWN
    shown, rest = (
        (found.rows[-limit:], found.rows[:-limit]) if by == "day" else (found.rows[:limit], found.rows[limit:])
    )
    numbers = page.Numbers()
    ids = dict(Agent.objects.values_list("code", "pk")) if by == "agent" else {}
    one_day = form.period.start if form.period.start == form.period.end else None
    rows = [_row(_label(row, by), row, numbers, by, _url(row, by, ids, one_day)) for row in shown]
    if rest:
        rows.append(_row(_("Earlier") if by == "day" else _("All others"), together(rest), numbers, by, None))
    total = _row(_("Total"), found.total, numbers, by, None) | {"is_total": True}
    if by == "team":  # the most of several teams need not have been on one day
        total["cells"][0]["text"] = "–"
    rows.append(total)
    title = _("Time on duty")
    return {
        "caption": f"{title}, {page.period_label(form.period)}",
        "columns": [
            heads[by],
            *([] if by == "agent" else [_("People")]),
            *(str(each.label).capitalize() for each in ON_DUTY),
            _("On duty"),
            _("Occupancy"),
        ],
        "rows": rows,
    }


def _row(label: str, row: Duty, numbers: page.Numbers, by: str, url: str | None) -> dict[str, Any]:
    texts = [] if by == "agent" else [numbers.whole(row.people)]
    texts += [clock(getattr(row, each.value)) for each in ON_DUTY]
    texts += [clock(row.total), numbers.percent_sign(row.occupancy)]
    return {"label": label, "url": url, "cells": [{"text": text, "url": None} for text in texts], "is_total": False}


def _label(row: Duty, by: str) -> str:
    if by == "day":
        return date_format(date.fromisoformat(row.key), "SHORT_DATE_FORMAT")
    if row.key == SEVERAL:
        return _("teams with fewer than %(number)d people on duty") % {"number": FEWEST}
    if by == "agent":
        return row.label or _("agents whose states are no longer kept")
    return row.label or _("no team")


def _url(row: Duty, by: str, ids: dict[str, int], one_day: date | None) -> str | None:
    """The states behind a row: of a day, or of an agent's day."""
    if by == "day":
        return f"{address('states_day')}?{urlencode({'day': row.key})}"
    if by == "agent" and one_day is not None and row.key in ids:
        return f"{address('states_of_agent', ids[row.key])}?{urlencode({'day': one_day.isoformat()})}"
    return None


def _definitions() -> list[dict[str, str]]:
    names = {state: str(name) for state, name in NAMES.items()}
    own = [
        (
            "duty",
            _("Time on duty"),
            _(
                "The seconds in which an agent was in any state but off duty, by the day in Italy on which they passed. The states"
                " never overlap and leave no gap, so that they add up to it exactly. A state that goes on counts until the figures were computed."
            ),
            " + ".join(names[each.value] for each in ON_DUTY),
        ),
        (
            "occupancy",
            _("Occupancy"),
            _(
                "Share of the time at the telephone in which agents handled calls: on a call (with holds) or after one, over that"
                " and being ready. Pauses, written work and the time before being ready are in neither. After a call lasts until"
                " it is coded. There is no norm for it."
            ),
            _("(on a call + after a call) / (on a call + after a call + ready)"),
        ),
        (
            "people",
            _("People"),
            _("The most people who were on duty on one day of the period."),
            "",
        ),
    ]
    return [{"key": key, "term": term, "text": text, "formula": formula} for key, term, text, formula in own]


# --- Addresses --------------------------------------------------------------------------------------------------------
def _tabs(request: StaffRequest, by: str, *, allowed: bool) -> list[dict[str, Any]]:
    asked = request.GET.copy()
    found = []
    for word, label in BY if allowed else BY[:-1]:
        asked["by"] = word
        found.append({"label": label, "url": f"?{asked.urlencode()}", "active": word == by})
    return found


def _exports(form: DutyForm, by: str) -> list[dict[str, str]]:
    query = {"from": form.period.start.isoformat(), "to": form.period.end.isoformat(), "by": by}
    return links("duty_csv", query, xlsx="duty_xlsx")
