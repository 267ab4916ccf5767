"""The page of control charts: alerts and their notes, the chart of a figure with its limits, who gets the mail, and targets."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from contact_center.figures.definitions import define
from contact_center.models import TollFreeLine
from foundation.refusals import Refused
from foundation.requests import StaffRequest
from insights.exports import csv_file, links
from insights.models import FigureTarget, WatchAlert, WatchRound, WatchSubscription

from .commands import WATCHES, note_alert, set_target, subscribe
from .forms import ChartForm, NoteForm, TargetForm
from .queries import Watching, watching
from .rules import Judged, Step
from .showing import COLUMNS, SHOWN, alerts_shown, as_rows, chart, summary
from .targets import Targets
from .wording import ALL_LINES, figure_name, rules_written, target_written

NOTES = "insights.add_alertnote"
SUBSCRIBES = "insights.add_watchsubscription"
SETS = "insights.add_figuretarget"
PAGE = 20
FIRST = "first_level_coded"


@require_safe
@login_required
@permission_required(WATCHES, raise_exception=True)
def watching_view(request: StaffRequest) -> HttpResponse:
    """What left its limits, the last week of every figure, and one figure's chart; 400 for a figure or line that is not there."""
    return _page(request)


def _page(
    request: StaffRequest, *, note_form: NoteForm | None = None, of: WatchAlert | None = None, status: int = 200
) -> HttpResponse:
    today = timezone.localdate()
    weeks = watching(Step.WEEK, today, shown=SHOWN[Step.WEEK])
    form = ChartForm(_asked(request), lines=weeks.lines)
    context: dict[str, Any] = {
        "filters": form,
        "open_alerts": alerts_shown(_alerts(ended_on__isnull=True)),
        "note_form": note_form or NoteForm(),
        "note_of": of.pk if of else None,
        "may_note": request.user.has_perm(NOTES),
        "may_subscribe": request.user.has_perm(SUBSCRIBES),
        "is_subscribed": WatchSubscription.objects.filter(user=request.user.pk).exists(),
        "rules": rules_written(),
        "last_round": WatchRound.objects.order_by("-made_at").first(),
        **_ended_alerts(request),
    }
    if not form.is_valid():
        return render(request, "insights/watching/page.html", context, status=400)
    key, line, step = (form.cleaned_data[name] for name in ("figure", "line", "step"))
    targets = Targets()
    chosen = weeks if step == Step.WEEK else watching(Step.DAY, today, shown=SHOWN[Step.DAY])
    judged = chosen.judged(key, line, SHOWN[chosen.step])
    definition = define(chosen.figures[key].figure, chosen.parameters.formula, chosen.parameters.in_words)
    context |= {
        "summary": summary(weeks),
        "chart": chart(chosen, key, line, judged, targets) if judged else None,
        "definition": definition,
        "exports": links("watching_csv", {"figure": key, "line": line, "step": step}),
    }
    return render(request, "insights/watching/page.html", context, status=status)


@require_GET
@login_required
@permission_required(WATCHES, raise_exception=True)
def csv_view(request: StaffRequest) -> HttpResponseBase:
    """The chosen figure's periods with their limits, as CSV (`for=excel`: for a double click); 404 for an unusable choice."""
    form, chosen, judged = _chosen(request)
    if chosen is None:
        raise Http404
    key, line = form.cleaned_data["figure"], form.cleaned_data["line"]
    rows = as_rows(chosen, key, line, judged, Targets())
    return csv_file(request, f"control-{key}-{chosen.step}-{chosen.last}.csv", COLUMNS, rows)


@require_POST
@login_required
@permission_required(WATCHES, raise_exception=True)
@permission_required(NOTES, raise_exception=True)
def note_view(request: StaffRequest, pk: int) -> HttpResponse:
    """Note something about an alert, which acknowledges it; what is refused comes back with its text."""
    alert = get_object_or_404(WatchAlert, pk=pk)
    form = NoteForm(request.POST)
    if form.is_valid():
        try:
            note_alert(alert, text=form.cleaned_data["text"], by=request.user)
        except Refused as refusal:
            form.add_error("text", str(refusal))
        else:
            messages.success(request, _("The note was written."))
            return redirect("watching")
    return _page(request, note_form=form, of=alert, status=422)


@require_POST
@login_required
@permission_required(WATCHES, raise_exception=True)
@permission_required(SUBSCRIBES, raise_exception=True)
def subscribe_view(request: StaffRequest) -> HttpResponse:
    """Have the alerts sent by mail, or not any more."""
    wants = request.POST.get("wants") == "1"
    subscribe(by=request.user, wants=wants)
    messages.success(
        request, _("New alerts will be sent to you by mail.") if wants else _("No alerts are sent to you any more.")
    )
    return redirect("watching")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required(WATCHES, raise_exception=True)
def targets_view(request: StaffRequest) -> HttpResponse:
    """The targets of figures, newest first, each with who set it and when; a form for those who may set one."""
    lines = {line.code: line for line in TollFreeLine.objects.filter(is_active=True).order_by("position", "code")}
    may_set = request.user.has_perm(SETS)
    form = TargetForm(lines=lines)
    if request.method == "POST":
        form = TargetForm(request.POST, lines=lines)
        if not may_set:
            raise PermissionDenied
        if form.is_valid():
            given = form.cleaned_data
            try:
                set_target(
                    figure=given["figure"],
                    line=form.chosen_line,
                    value=given["value"],
                    valid_from=given["valid_from"],
                    by=request.user,
                )
            except Refused as refusal:
                form.add_error(refusal.field or None, str(refusal))
            else:
                messages.success(request, _("The target was set."))
                return redirect("watching_targets")
    before = _number(request.GET.get("before", ""))
    rows = FigureTarget.objects.select_related("line", "set_by").order_by("-pk")
    found = list((rows.filter(pk__lt=before) if before else rows)[: PAGE + 1])
    shown = [
        {
            "figure": figure_name(each.figure),
            "line": each.line.shown_name if each.line else str(ALL_LINES),
            "value": target_written(each.figure, each.value),
            "valid_from": each.valid_from,
            "set_by": each.set_by,
            "set_at": each.set_at,
        }
        for each in found[:PAGE]
    ]
    context = {
        "form": form,
        "may_set": may_set,
        "rows": shown,
        "older": found[PAGE - 1].pk if len(found) > PAGE else None,
    }
    return render(request, "insights/watching/targets.html", context, status=422 if form.errors else 200)


# --- What is asked
def _asked(request: StaffRequest) -> dict[str, str]:
    asked = {name: request.GET.get(name, "") for name in ("figure", "line", "step")}
    return asked | {"figure": asked["figure"] or FIRST, "step": asked["step"] or Step.WEEK.value}


def _chosen(request: StaffRequest) -> tuple[ChartForm, Watching | None, list[Judged]]:
    asked = _asked(request)
    step = Step.DAY if asked["step"] == Step.DAY else Step.WEEK
    found = watching(step, timezone.localdate(), shown=SHOWN[step])
    form = ChartForm(asked, lines=found.lines)
    if not form.is_valid():
        return form, None, []
    return form, found, found.judged(asked["figure"], asked["line"], SHOWN[step])


def _alerts(**which: Any) -> Any:
    return WatchAlert.objects.filter(**which).select_related("line").prefetch_related("notes__by")


def _ended_alerts(request: StaffRequest) -> dict[str, Any]:
    rows = _alerts(ended_on__isnull=False).order_by("-pk")
    if before := _number(request.GET.get("before", "")):
        rows = rows.filter(pk__lt=before)
    found = list(rows[: PAGE + 1])
    return {"ended_alerts": alerts_shown(found[:PAGE]), "older": found[PAGE - 1].pk if len(found) > PAGE else None}


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
