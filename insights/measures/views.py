"""The pages of measures: all of them with their effect, one of them, writing one, recording what came of it."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from contact_center.figures.unresolved.rules import rounded
from foundation.addresses import address
from foundation.office.changes import changes_of
from foundation.refusals import Refused
from foundation.requests import StaffRequest
from insights.exports import csv_file, links
from insights.models import Measure

from . import page
from .commands import begin_measure, change_measure, drop_measure, record_result
from .comparing import Answer, answer_of, answers
from .forms import MeasureForm, WordsForm, written
from .rights import BEGINS, CHANGES, SEES, may_begin, may_change

PER_PAGE = 20
COLUMNS = (
    *("title", "kind", "concerns", "from", "weeks", "owner", "state", "expected_points"),
    *("points", "low", "high", "verdict", "result_points", "result_low", "result_high", "result_until"),
)


@require_safe
@login_required
@permission_required(SEES, raise_exception=True)
def measures_view(request: StaffRequest) -> HttpResponse:
    """All measures, the latest first, with their effect by now."""
    pages = Paginator(Measure.objects.for_list(), PER_PAGE)
    shown = pages.get_page(request.GET.get("page"))
    today = timezone.localdate()
    context = {
        "rows": [page.overview_row(answer, today) for answer in answers(list(shown), today=today, whole=False)],
        "page": {
            "previous_url": f"?page={shown.previous_page_number()}" if shown.has_previous() else None,
            "next_url": f"?page={shown.next_page_number()}" if shown.has_next() else None,
            "shown": len(shown),
        },
        "may_begin": may_begin(request.user),
        "exports": links("measures_csv", {}),
    }
    return render(request, "insights/measures/list.html", context)


@require_GET
@login_required
@permission_required(SEES, raise_exception=True)
def export_view(request: StaffRequest) -> HttpResponseBase:
    """All measures with their effect by now, as CSV (`for=excel`: for a double click)."""
    today = timezone.localdate()
    found = answers(list(Measure.objects.for_list()), today=today, whole=False)
    return csv_file(request, f"measures-{today}.csv", COLUMNS, (_as_row(one) for one in found))


def _as_row(answer: Answer) -> list[Any]:
    measure, estimate = answer.measure, answer.effect.estimate
    numbers: list[Any] = [None] * 4
    if estimate is not None:
        ends = [round(end * 100, 2) for end in (estimate.low, estimate.high)]
        numbers = [rounded(estimate.value * 100, 2), *ends, estimate.verdict.value]
    return [
        measure.title,
        measure.kind,
        page.group_names(measure),
        measure.starts_on,
        measure.weeks,
        str(measure.owner),
        measure.state,
        measure.expected_points,
        *numbers,
        measure.result_points,
        measure.result_low,
        measure.result_high,
        measure.result_until,
    ]


@require_safe
@login_required
@permission_required(SEES, raise_exception=True)
def measure_view(request: StaffRequest, pk: int) -> HttpResponse:
    """A measure, its effect by now and the checks of it."""
    return _measure_page(request, pk)


def _measure_page(
    request: StaffRequest, pk: int, *, words: WordsForm | None = None, status: int = 200
) -> HttpResponse:
    measure = get_object_or_404(Measure.objects.for_list().select_related("ended_by", "written_by"), pk=pk)
    today = timezone.localdate()
    answer = answer_of(measure, today=today)
    is_open = measure.state == Measure.State.OPEN
    may = is_open and may_change(request.user)
    context = {
        "measure": measure,
        "groups": page.group_names(measure),
        "state": page.state_words(measure, today),
        "sentence": page.sentence(answer),
        "missing": page.missing_words(answer),
        "notes": page.notes(answer),
        "four": page.four_table(answer),
        "checks": page.checks_table(answer),
        "compared": page.compared_words(answer),
        "result": page.result_short(measure),
        "changes": page.changes_table(changes_of(measure, reader=request.user)),
        "may_change": may,
        "may_record": may and measure.owner_id == request.user.pk and answer.effect.estimate is not None,
        "words": words or WordsForm(),
    }
    return render(request, "insights/measures/measure.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required(BEGINS, raise_exception=True)
def begin_view(request: StaffRequest) -> HttpResponse:
    """Write a measure down; a row of the reasons fills in what it is about."""
    form = MeasureForm(request.POST) if request.method == "POST" else MeasureForm(initial=_proposed(request))
    if request.method == "POST" and form.is_valid():
        try:
            measure = begin_measure(form.plan, by=request.user)
        except Refused as refused:
            _mark(form, refused)
        else:
            _warn_of_overlap(request, measure, timezone.localdate())
            return redirect("measure", measure.pk)
    return _form_page(request, form, _("Begin a measure"), address("measures"))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required(CHANGES, raise_exception=True)
def change_view(request: StaffRequest, pk: int) -> HttpResponse:
    """Write a measure otherwise, while it is open."""
    measure = get_object_or_404(Measure, pk=pk)
    form = MeasureForm(request.POST) if request.method == "POST" else MeasureForm(initial=written(measure))
    if request.method == "POST" and form.is_valid():
        try:
            change_measure(measure, form.plan, version=form.cleaned_data["version"] or 0, by=request.user)
        except Refused as refused:
            _mark(form, refused)
        else:
            _warn_of_overlap(request, measure, timezone.localdate())
            return redirect("measure", measure.pk)
    return _form_page(request, form, _("Change the measure"), address("measure", measure.pk))


@require_http_methods(["POST"])
@login_required
@permission_required(CHANGES, raise_exception=True)
def end_view(request: StaffRequest, pk: int, how: str) -> HttpResponse:
    """Record the effect of now as the result, or give the measure up."""
    measure = get_object_or_404(Measure, pk=pk)
    form = WordsForm(request.POST)
    if not form.is_valid():
        return _measure_page(request, pk, words=form, status=400)
    command = record_result if how == "record" else drop_measure
    try:
        command(measure, words=form.cleaned_data["words"], by=request.user)
    except Refused as refused:
        form.add_error("words" if refused.field else None, str(refused))
        return _measure_page(request, pk, words=form, status=409)
    done = _("The result is recorded.") if how == "record" else _("The measure is given up.")
    messages.success(request, done)
    return redirect("measure", pk)


def _proposed(request: HttpRequest) -> dict[str, Any]:
    """What the address fills in: a topic, team and line by their codes, and a title."""
    asked = request.GET
    found: dict[str, Any] = {
        f"{name}s": [code] for name in ("topic", "team", "line") if (code := asked.get(name, "")[:100])
    }
    reason = asked.get("reason", "")
    kind = {"authority": Measure.Kind.AUTHORITY, "knowledge": Measure.Kind.GUIDE}.get(reason, Measure.Kind.OTHER)
    if "topics" in found:
        found.pop("teams", None)
    user_pk = request.user.pk
    return {"title": asked.get("about", "")[:200], "kind": kind, "owner": user_pk, **found}


def _mark(form: MeasureForm, refused: Refused) -> None:
    form.add_error(refused.field if refused.field in form.fields else None, str(refused))


def _warn_of_overlap(request: HttpRequest, measure: Measure, today: date) -> None:
    """Say which other measures concern the same group in the same weeks."""
    (answer,) = answers([measure], today=today, whole=False)
    if answer.overlapping:
        messages.warning(request, page.overlap(answer))


def _form_page(request: HttpRequest, form: MeasureForm, title: str, back_url: str) -> HttpResponse:
    context = {"form": form, "title": title, "back_url": back_url}
    return render(request, "insights/measures/form.html", context, status=400 if form.errors else 200)
