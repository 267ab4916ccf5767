"""The pages of the frozen periods."""

from http import HTTPStatus
from io import StringIO
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from contact_center.figures import export, figures
from contact_center.figures.definitions import BY_KEY, all_values, value_of
from contact_center.figures.freezing import (
    FREEZES,
    UNFREEZES,
    corrected_since,
    freeze_period,
    frozen_report,
    is_provisional,
    unfreeze_period,
)
from contact_center.figures.period import Period
from contact_center.figures.query import Chosen, FiguresReport, current_parameters
from contact_center.models import Contact, FrozenPeriod
from foundation.addresses import address
from foundation.files.downloads import CSV, download
from foundation.office.links import change_address
from foundation.refusals import Refused
from foundation.requests import StaffRequest
from insights.exports import dialect_of
from insights.figures_page import Numbers, period_label, query_of
from insights.frozen.forms import ChoosePeriodForm, FreezeForm, UnfreezeForm
from insights.frozen.ready_periods import read_period
from insights.pages import FIGURES

PER_PAGE = 25
CORRECTIONS_PER_PAGE = 50
# The figures that the page shows as frozen and as they are now.
SHOWN = (
    "first_level_coded",
    "first_level_corrected",
    "handled",
    "offered",
    "answered",
    "abandoned",
    "service_level",
    "abandonment",
    "asa_seconds",
    "aht_seconds",
)


@require_safe
@login_required
@permission_required(FIGURES, raise_exception=True)
def periods_view(request: StaffRequest) -> HttpResponse:
    """The frozen periods, the newest first, and what can be frozen."""
    rows = FrozenPeriod.objects.select_related("frozen_by", "unfrozen_by")
    found = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": _pages(found),
        "rows": [_row(frozen) for frozen in found],
        "form": ChoosePeriodForm() if request.user.has_perm(FREEZES) else None,
    }
    return render(request, "insights/frozen/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required((FIGURES, FREEZES), raise_exception=True)
def freeze_view(request: StaffRequest) -> HttpResponseBase:
    """Ask (GET) before a closed period is frozen (POST); without a period back to where one is chosen; 404 for a word that is none."""
    word = request.GET.get("period", "")
    if not word:
        return HttpResponseRedirect(address("frozen_periods"))
    period = read_period(word)
    if period is None:
        raise Http404
    form = FreezeForm(request.POST or None)
    status = HTTPStatus.OK
    if request.method == "POST" and form.is_valid():
        try:
            frozen = freeze_period(
                period,
                by=request.user,
                note=form.cleaned_data["note"],
                though_provisional=form.cleaned_data["though_provisional"],
            )
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            status = HTTPStatus.CONFLICT
        else:
            messages.success(request, _("%(period)s is frozen.") % {"period": period_label(period)})
            return HttpResponseRedirect(address("frozen_period", frozen.pk))
    elif request.method == "POST":
        status = HTTPStatus.BAD_REQUEST
    days = current_parameters().repeat_contact_days
    provisional = is_provisional(period, today=timezone.localdate(), repeat_contact_days=days)
    if not provisional:
        form.fields.pop("though_provisional")
    report = figures(period)
    context = {
        "form": form,
        "label": period_label(period),
        "is_provisional": provisional,
        "days": days,
        "values": _values(report),
        "back_url": address("frozen_periods"),
    }
    return render(request, "insights/frozen/freeze.html", context, status=status)


@require_safe
@login_required
@permission_required(FIGURES, raise_exception=True)
def period_view(request: StaffRequest, pk: int) -> HttpResponse:
    """A frozen period: its figures as they were and as they are now, and the contacts corrected since."""
    frozen = get_object_or_404(FrozenPeriod.objects.select_related("frozen_by", "unfrozen_by"), pk=pk)
    period = Period(frozen.start, frozen.end)
    may_see = request.user.has_perm("contact_center.view_contact")
    corrected = corrected_since(frozen, user=request.user) if may_see else Contact.objects.none()
    found = Paginator(corrected.select_related("topic", "agent"), CORRECTIONS_PER_PAGE).get_page(
        request.GET.get("page")
    )
    kept, now = frozen_report(frozen), figures(period)
    context = {
        "frozen": _row(frozen),
        "note": frozen.note,
        "is_provisional": frozen.is_provisional,
        "unfrozen": {"by": str(frozen.unfrozen_by), "at": frozen.unfrozen_at, "why": frozen.why_unfrozen}
        if frozen.unfrozen_at
        else None,
        "table": _beside(kept, now),
        "thresholds_differ": kept.parameters != now.parameters,
        "page": _pages(found),
        "corrected_number": Numbers().whole(found.paginator.count),
        "corrected": [_correction(contact) for contact in found],
        "may_see": may_see,
        "exports": [
            {"label": "CSV", "url": address("frozen_period_csv", pk)},
            {"label": _("CSV for Excel"), "url": f"{address('frozen_period_csv', pk)}?for=excel"},
        ],
        "unfreeze_url": address("unfreeze_period", pk)
        if frozen.unfrozen_at is None and request.user.has_perm(UNFREEZES)
        else "",
        "figures_url": f"{address('figures')}?{urlencode(query_of(period, Chosen()))}",
        "back_url": address("frozen_periods"),
    }
    return render(request, "insights/frozen/period.html", context)


@require_safe
@login_required
@permission_required(FIGURES, raise_exception=True)
def period_csv_view(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The figures of the period by line as they were frozen, as CSV (`for=excel`: for a double click)."""
    frozen = get_object_or_404(FrozenPeriod, pk=pk)
    text = StringIO()
    export.write_csv(frozen_report(frozen, by="line"), text, dialect_of(request))
    return download(text.getvalue().encode(), f"frozen-{frozen.start}-{frozen.end}.csv", CSV)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required((FIGURES, UNFREEZES), raise_exception=True)
def unfreeze_view(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Ask (GET) before a period is unfrozen (POST)."""
    frozen = get_object_or_404(FrozenPeriod.objects.select_related("frozen_by"), pk=pk)
    form = UnfreezeForm(request.POST or None)
    status = HTTPStatus.OK
    if request.method == "POST":
        status = HTTPStatus.BAD_REQUEST
        if form.is_valid():
            try:
                unfreeze_period(frozen, by=request.user, why=form.cleaned_data["why"])
            except Refused as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
                status = HTTPStatus.CONFLICT
            else:
                messages.success(request, _("%(period)s is no longer frozen.") % {"period": _row(frozen)["label"]})
                return HttpResponseRedirect(address("frozen_period", pk))
    context = {"form": form, "frozen": _row(frozen), "back_url": address("frozen_period", pk)}
    return render(request, "insights/frozen/unfreeze.html", context, status=status)


def _pages(found: Page) -> dict[str, Any]:
    """The pages before and after, as `components/pagination.html` takes them."""
    return {
        "previous_url": f"?page={found.previous_page_number()}" if found.has_previous() else None,
        "next_url": f"?page={found.next_page_number()}" if found.has_next() else None,
        "shown": len(found),
    }


def _row(frozen: FrozenPeriod) -> dict[str, Any]:
    return {
        "label": period_label(Period(frozen.start, frozen.end)),
        "url": address("frozen_period", frozen.pk),
        "by": frozen.words["by"],
        "at": frozen.frozen_at,
        "note": frozen.note,
        "is_standing": frozen.unfrozen_at is None,
    }


def _values(report: FiguresReport) -> list[dict[str, str]]:
    """The figures of a report, written."""
    numbers = Numbers()
    values, names = all_values(report.totals, report.parameters.formula), _names(report)
    return [{"label": names[key], "value": numbers.value(BY_KEY[key], values[key])} for key in SHOWN]


def _names(report: FiguresReport) -> dict[str, str]:
    return {one.key: one.label for one in report.definitions}


def _beside(kept: FiguresReport, now: FiguresReport) -> dict[str, Any]:
    """A table of the figures as they were frozen and as they are now."""
    numbers, names = Numbers(), _names(kept)
    rows = []
    for key in SHOWN:
        figure = BY_KEY[key]
        values = [value_of(figure, one.totals, one.parameters.formula) for one in (kept, now)]
        written = [numbers.value(figure, value) for value in values]
        rows.append(
            {
                "label": names[key],
                "url": None,
                "cells": [
                    *({"text": text, "url": None} for text in written),
                    {"text": _("unchanged") if values[0] == values[1] else _("changed"), "url": None},
                ],
                "is_total": False,
            }
        )
    return {
        "caption": _("As frozen, and now"),
        "columns": [_("Figure"), _("As frozen"), _("Now"), _("State")],
        "rows": rows,
    }


def _correction(contact: Any) -> dict[str, Any]:
    """A contact as it was when its period was frozen, and as it is."""
    then, now = (
        _coded(outcome, level, reopened)
        for outcome, level, reopened in (
            (contact.was_outcome, contact.was_level, contact.was_reopened_count),
            (contact.outcome, contact.level, contact.reopened_count),
        )
    )
    more = []
    if contact.was_topic_id != contact.topic_id:
        more.append(_("topic"))
    if contact.was_agent_id != contact.agent_id:
        more.append(_("agent"))
    if contact.was_line_id != contact.line_id:
        more.append(_("line"))
    if contact.was_started_at != contact.started_at:
        more.append(_("moment of arrival"))
    if contact.was_confirmed != contact.confirmed:
        more.append(_("answer of the customer"))
    return {
        "number": contact.number,
        "url": change_address(contact),
        "arrived": contact.started_at,
        "changed_at": contact.changed_at,
        "then": then,
        "now": now,
        "more": ", ".join(more),
    }


def _coded(outcome: str, level: int, reopened: int) -> str:
    words = [str(Contact.Outcome(outcome).label), _("level %(level)d") % {"level": level}]
    return ", ".join([*words, _("reopened")] if reopened else words)
