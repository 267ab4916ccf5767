"""The public page of the decisions of the Arbiter that were not complied with: for six months they stand on our site."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from complaints.models import ArbitratorAppeal

PER_PAGE = 50
COLUMNS = ("number", "kind", "decision", "decided_on", "compliance", "complied_on", "published_by_us_until")


@require_safe
def unfulfilled_decisions(request: HttpRequest) -> HttpResponse:
    """The decisions that have to stand on our site today, the latest first. Nothing on it says who appealed."""
    rows = ArbitratorAppeal.objects.published_on(timezone.localdate()).only(*COLUMNS)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "complaints/unfulfilled.html", {"table": _table(page), "page": _pager(page)})


def _table(page: Page) -> dict[str, Any]:
    """The rows as `components/data_table.html` shows them."""
    columns = (_("Appeal"), _("Kind of dispute"), _("Decision"), _("Decided on"), _("Compliance"), _("Shown until"))
    return {
        "caption": _("Decisions of the Arbiter that we have not complied with in full"),
        "columns": columns,
        "rows": [
            {
                "label": appeal.number,
                "url": None,
                "cells": [{"text": text, "url": None} for text in _cells(appeal)],
                "is_total": False,
            }
            for appeal in page
        ],
    }


def _cells(appeal: ArbitratorAppeal) -> list[str]:
    compliance = capfirst(appeal.get_compliance_display())
    if appeal.complied_on is not None:
        compliance = f"{compliance} ({_day(appeal.complied_on)})"
    return [
        capfirst(appeal.get_kind_display()),
        capfirst(appeal.get_decision_display()),
        _day(appeal.decided_on),
        compliance,
        _day(appeal.published_by_us_until),
    ]


def _day(day: Any) -> str:
    return date_format(day, "SHORT_DATE_FORMAT")


def _pager(page: Page) -> dict[str, Any]:
    """The links to the pages around it, as `components/pagination.html` shows them."""
    return {
        "previous_url": f"?page={page.previous_page_number()}" if page.has_previous() else None,
        "next_url": f"?page={page.next_page_number()}" if page.has_next() else None,
        "shown": len(page),
    }
