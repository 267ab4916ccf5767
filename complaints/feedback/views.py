"""The pages of opinions: the public one under /contatti/opinione/, and the figures in the back office."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from complaints.feedback.commands import send_feedback
from complaints.feedback.figures import BASES, COLUMNS, Figures, Ratings, Share, csv_rows, figures_of
from complaints.feedback.forms import FiguresForm, OwnOpinionForm, SiteOpinionForm
from complaints.feedback.office import accuracy_in_words
from complaints.models import Feedback
from customers.acting import acting_customer
from customers.models import Customer
from customers.models.account import Right
from foundation.files.downloads import CSV, download
from foundation.files.spreadsheets import EXCEL, MACHINES, csv_lines
from foundation.form_guard import allowed
from foundation.refusals import Refused
from foundation.requests import StaffRequest

SEES = "complaints.view_feedback_figures"
PER_HOUR = 20  # from one address
TOO_MANY = 429

OpinionForm = SiteOpinionForm | OwnOpinionForm


# --- The public page ------------------------------------------------------------------------------------------------
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def opinion_view(request: HttpRequest) -> HttpResponse:
    """Stars and words about the site, the reserved area or the app; whoever has signed in gives their own."""
    customer = acting_customer(request, Right.ASK)
    form, status = take_opinion(request, customer, source=Feedback.Source.SITE)
    if form is None:
        return redirect("opinion_thanks")
    context = {"form": form, "customer": customer}
    return render(request, "complaints/opinion.html", context, status=status)


def take_opinion(request: HttpRequest, customer: Customer | None, *, source: str) -> tuple[OpinionForm | None, int]:
    """The form as it is shown, with its status; none once the opinion was kept, or a machine fell into the trap."""
    form_class: Callable[..., OpinionForm] = SiteOpinionForm if customer is None else OwnOpinionForm
    if request.method != "POST":
        return form_class(), 200
    form = form_class(request.POST)
    if not form.is_valid():
        return form, 200
    if form.is_trapped:
        return None, 302
    if not allowed(request, "feedback", PER_HOUR, 3600):
        form.add_error(
            None,
            _(
                "Many opinions have come from where you are. What you wrote is still here: please send it again in an hour."
            ),
        )
        return form, TOO_MANY
    try:
        send_feedback(
            customer=customer,
            source=source,
            submission_key=form.cleaned_data["submission_key"],
            language=get_language() or "it",
            privacy_version=settings.PRIVACY_NOTICE_VERSION,
            **form.opinion(),
        )
    except Refused as refusal:
        form.add_error(refusal.field or None, str(refusal))
        return form, 409
    return None, 302


@never_cache
@require_safe
def thanks_view(request: HttpRequest) -> HttpResponse:
    """What follows an opinion: thanks, and where to go if something has to be done."""
    return render(request, "complaints/opinion_thanks.html")


# --- The figures ----------------------------------------------------------------------------------------------------
def figures_view(request: StaffRequest) -> HttpResponseBase:
    """The figures of opinions on the days asked for; as CSV by `format` (csv, csv-excel). 404 for a file of unusable days."""
    if not request.user.has_perm(SEES):
        raise PermissionDenied
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    today = timezone.localdate()
    asked = {
        "first": request.GET.get("first") or f"{today - timedelta(days=180):%Y-%m-%d}",
        "last": request.GET.get("last") or f"{today:%Y-%m-%d}",
        "source": request.GET.get("source", ""),
    }
    form = FiguresForm(asked)
    wanted = request.GET.get("format")
    context: dict[str, Any] = {"form": form, "presets": _presets(today, asked["source"])}
    if form.is_valid():
        given = form.cleaned_data
        figures = figures_of(
            given["first"], given["last"], source=given["source"], user=request.user, now=timezone.now()
        )
        if wanted is not None:
            return _file(figures, wanted)
        kept = {**asked, "first": f"{figures.first:%Y-%m-%d}", "last": f"{figures.last:%Y-%m-%d}"}
        context |= _shown(figures) | {
            "files": [
                ("CSV", f"?{urlencode({**kept, 'format': 'csv'})}"),
                (_("CSV for Excel"), f"?{urlencode({**kept, 'format': 'csv-excel'})}"),
            ]
        }
    elif wanted is not None:
        raise Http404
    site = {**admin.site.each_context(request), "title": _("Figures of feedback"), "opts": Feedback._meta}
    return TemplateResponse(request, "office/feedback_figures.html", site | context)


def _file(figures: Figures, wanted: str) -> HttpResponseBase:
    if wanted not in ("csv", "csv-excel"):
        raise Http404
    dialect = EXCEL if wanted == "csv-excel" else MACHINES
    lines = csv_lines(COLUMNS, csv_rows(figures), dialect=dialect)
    return download("".join(lines).encode(), f"feedback-{figures.first}-{figures.last}.csv", CSV)


def _presets(today: date, source: str) -> list[tuple[str, str]]:
    month = today.replace(day=1)
    spans = [
        (_("This month"), month),
        (_("Last 90 days"), today - timedelta(days=89)),
        (_("Last 365 days"), today - timedelta(days=364)),
    ]
    here = reverse("admin:complaints_feedback_figures")
    return [
        (label, f"{here}?{urlencode({'first': first.isoformat(), 'last': today.isoformat(), 'source': source})}")
        for label, first in spans
    ]


def _shown(figures: Figures) -> dict[str, Any]:
    """The figures in words and written numbers, for the page."""
    coverage, labels = figures.coverage, _labels()
    groups = []
    for title, names in _groups():
        rows = []
        for name in names:
            base = BASES[name]
            share = Share(getattr(coverage, name), getattr(coverage, base)) if base else None
            rows.append(
                {
                    "label": labels[name],
                    "number": getattr(coverage, name),
                    "base": share.base if share else None,
                    "percent": _written(share.percent) if share else "",
                }
            )
        groups.append({"title": title, "rows": rows})
    return {
        "figures": figures,
        "groups": groups,
        "ratings": [
            (_("with words"), _ratings(figures.with_text)),
            (_("without words, given to us"), _ratings(figures.without_text)),
            (
                _("counted by the stores, the written reviews among them"),
                _ratings(figures.counted if figures.has_counts else None),
            ),
        ],
        "versions": [
            {
                "version": line.version or _("not stated"),
                "with_text": _ratings(line.with_text),
                "without_text": _ratings(line.without_text),
                "counted": _ratings(line.counted if figures.has_counts else None),
                "change": _signed(line.change),
            }
            for line in figures.versions
        ],
        "themes": [
            {
                "name": line.theme.shown_name if line.theme else _("without a theme yet"),
                "number": line.number,
                "ratings": _ratings(line.ratings),
                "negative": _written(line.negative_share.percent),
                "months": [line.by_month.get(month, 0) for month in figures.months],
            }
            for line in figures.themes
        ],
        "accuracy": accuracy_in_words(),
        "target_hours": settings.FEEDBACK_ACKNOWLEDGE_HOURS,
    }


def _ratings(ratings: Ratings | None) -> dict[str, Any]:
    """Number and mean of ratings as the page writes them; None is not known."""
    if ratings is None:
        return {"number": None, "mean": "–", "is_small": False}
    return {"number": ratings.number, "mean": _written(ratings.mean), "is_small": ratings.is_small}


def _written(number: Decimal | None) -> str:
    """With all its decimals: one column has as many in each row."""
    return "–" if number is None else formats.number_format(number, use_l10n=True, force_grouping=True)


def _signed(change: Decimal | None) -> str:
    return f"{'+' if change and change > 0 else ''}{_written(change)}"


def _groups() -> list[tuple[str, tuple[str, ...]]]:
    return [
        (_("What was given"), ("given", "with_text", "not_rated")),
        (_("What it is about"), ("themed", "unclear", "not_themed")),
        (_("What became of it"), ("answered", "complaints", "contacts", "closed", "waiting", "late", "not_posted")),
        (
            _("Thanks for it"),
            ("reachable", "unreachable", "reach_not_recorded", "acknowledged", "acknowledged_in_time"),
        ),
        (_("Answered within the target"), ("due_known", "answered_in_time")),
    ]


def _labels() -> dict[str, str]:
    return {
        "given": _("opinions"),
        "with_text": _("with words"),
        "not_rated": _("whose rating was not stated"),
        "themed": _("with a theme"),
        "unclear": _("that could not be interpreted"),
        "not_themed": _("that nobody has given a theme yet"),
        "answered": _("answered"),
        "complaints": _("became a complaint"),
        "contacts": _("became a request"),
        "closed": _("closed without an answer"),
        "waiting": _("waiting"),
        "late": _("waiting, past the target"),
        "not_posted": _("answers not at the store yet"),
        "reachable": _("whose author can be written to"),
        "unreachable": _("with nobody to write to"),
        "reach_not_recorded": _("of which this was not recorded"),
        "acknowledged": _("thanked for"),
        "acknowledged_in_time": _("thanked for in time"),
        "due_known": _("answered, with a target known"),
        "answered_in_time": _("answered in time"),
    }
