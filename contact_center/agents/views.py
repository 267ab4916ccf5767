"""Pages of agents' states: one's own, that of all who are on duty, and how a day went.

The law on what managers see of single people: `contact_center.agents.board`.
"""

from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from contact_center.agents import board as states
from contact_center.agents.forms import DayForm, StateForm
from contact_center.agents.states import report_state
from contact_center.agents.words import NAMES, ON_DUTY, TONES, cause_of, choices, name_of, shown_state
from contact_center.models import Agent, AgentState, PauseReason
from contact_center.models.agent_state import Reported
from foundation.office.doors import for_staff
from foundation.office.read_only import clock
from foundation.refusals import Refused
from foundation.requests import StaffRequest

WORK, WATCH = "contact_center.change_contact", "contact_center.view_agentstate"
CONFLICT = 409
PER_PAGE = 50


# --- One's own --------------------------------------------------------------------------------------------------------
@for_staff(WORK)
@require_http_methods(["GET", "HEAD", "POST"])
def own_state(request: StaffRequest) -> HttpResponse:
    """The agent's state, what they may report, and their day so far; POST reports. A script gets JSON."""
    agent = Agent.objects.of_user(request.user)
    refusal = None
    if request.method == "POST":
        by_script = request.headers.get("Accept") == "application/json"
        try:
            reported = _reported(request)
        except Refused as refused:
            refusal = refused
            if by_script:
                return JsonResponse({"code": refused.code, "words": str(refused)}, status=CONFLICT)
        else:
            if by_script:
                return HttpResponse(status=204)
            name = name_of(reported.reported, reported.pause)
            messages.success(request, _("Your state: %(state)s.") % {"state": name})
            return redirect(_after(request))
    context = _page(request, _("My state")) | {"agent": agent, "refusal": refusal}
    if agent is not None:
        context["ended"] = agent.ended_states.select_related("by").filter(at__gte=_ended_shown_since()).first()
        context |= _now_of(agent) | _day_of(request, agent, timezone.localdate())
    status = CONFLICT if refusal else None
    return TemplateResponse(request, "office/states/own.html", context, status=status)


def _ended_shown_since() -> datetime:
    """For a week the agent reads that somebody put them off duty, and why."""
    return timezone.now() - timedelta(days=7)


def _reported(request: StaffRequest) -> AgentState:
    form = StateForm(request.POST)
    given = form.cleaned_data if form.is_valid() else {"state": "", "pause": None}
    return report_state(by=request.user, **given)


def _after(request: StaffRequest) -> str:
    after = request.POST.get("next", "")
    hosts = {request.get_host()}
    if url_has_allowed_host_and_scheme(after, hosts, require_https=request.is_secure()):
        return after
    return reverse("own_state")


def _now_of(agent: Agent) -> dict[str, Any]:
    current = AgentState.objects.open().select_related("pause", "contact").filter(agent=agent).first()
    reasons = list(PauseReason.objects.valid_on(timezone.localdate()))
    return {
        "shown": shown_state(current, timezone.now()),
        "choices": choices(reasons, current),
        "goes_back_to": name_of(current.reported, current.pause) if current and current.call_state != "free" else "",
    }


# --- Who is in which state now ------------------------------------------------------------------------------------------
@for_staff(WATCH)
@require_safe
def states_board(request: StaffRequest) -> HttpResponse:
    """Lines with the calls that wait, teams with their people by state; and the people, where an agreement allows it."""
    context = _page(request, _("Who is on duty")) | _board()
    return TemplateResponse(request, "office/states/board.html", context)


@for_staff(WATCH)
@require_safe
def states_now(request: StaffRequest) -> HttpResponse:
    """The part of the page that its script asks for all the time."""
    return TemplateResponse(request, "office/states/board_now.html", _board())


def _board() -> dict[str, Any]:
    now, by_person = timezone.now(), states.by_person()
    made = states.board(now)
    rows = states.teams_now(made.states, nobody_alone=not by_person)
    shown = [(each, shown_state(each, now)) for each in made.states] if by_person else []
    return {
        "made_at": made.made_at,
        "age": max(0, int((now - made.made_at).total_seconds())),
        "lines": [
            {
                "name": line.shown_name,
                "number": number,
                "longest": clock(int((now - first).total_seconds())) if first else "",
            }
            for line, number, first in made.lines
        ],
        "columns": [(each.value, each.label, TONES.get(each.value, "")) for each in ON_DUTY],
        "teams": [
            {
                "name": _name_of_team(row),
                "people": row.people,
                "counts": [row.counts.get(each.value, 0) if row.shows_counts else None for each in ON_DUTY],
            }
            for row in rows
        ],
        "people": [{"agent": each.agent, "shown": words} for each, words in shown],
        **_law(),
    }


def _name_of_team(row: states.TeamRow) -> str:
    if row.is_several:
        return _("teams with fewer than %(number)d people on duty") % {"number": states.FEWEST}
    return str(row.team) if row.team else _("no team")


def _law() -> dict[str, Any]:
    return {"by_person": states.by_person(), "agreement": settings.AGENT_STATES_AGREEMENT.strip()}


# --- How a day went -------------------------------------------------------------------------------------------------------
@for_staff(WATCH)
@require_safe
def states_day(request: StaffRequest) -> HttpResponse:
    """How long which state lasted on a day, by team, and by person where an agreement allows it."""
    form, day = _asked_day(request)
    context = _page(request, _("How a day went")) | {"form": form, "day": day, **_law()}
    if day is None:
        return TemplateResponse(request, "office/states/day.html", context, status=400)
    sums = states.sums_of(states.of_the_day(day, timezone.now()))
    agents = list(Agent.objects.filter(pk__in=sums).select_related("team"))
    rows = states.team_rows([(each.team, sums[each.pk]) for each in agents], nobody_alone=not context["by_person"])
    page = Paginator(agents, PER_PAGE).get_page(request.GET.get("page")) if context["by_person"] else None
    context |= {
        "columns": [each.label for each in ON_DUTY],
        "teams": [
            {"name": _name_of_team(row), "people": row.people, **_times(row.counts if row.shows_counts else None)}
            for row in rows
        ],
        "people": [{"agent": each, **_times(sums[each.pk])} for each in page] if page else [],
        "page": page,
    }
    return TemplateResponse(request, "office/states/day.html", context)


@for_staff(WATCH)
@require_safe
def states_of_agent(request: StaffRequest, pk: int) -> HttpResponse:
    """The day of one agent, state by state; without an agreement that allows to look at single people the page says so alone."""
    agent = get_object_or_404(Agent, pk=pk)
    form, day = _asked_day(request)
    context = _page(request, str(agent)) | {"form": form, "agent": agent, "day": day, **_law()}
    if not states.by_person():
        return TemplateResponse(request, "office/states/agent.html", context | {"day": None})
    if day is None:
        return TemplateResponse(request, "office/states/agent.html", context, status=400)
    return TemplateResponse(request, "office/states/agent.html", context | _day_of(request, agent, day))


def _asked_day(request: StaffRequest) -> tuple[DayForm, date | None]:
    form = DayForm(request.GET or {"day": ""})
    if not form.is_valid():
        return form, None
    day = form.cleaned_data["day"]
    return DayForm(initial={"day": day}), day


def _times(counts: dict[str, int] | None) -> dict[str, Any]:
    """The seconds of each column as people read them, and their sum; None where they are not shown."""
    if counts is None:
        return {"times": [None for _each in ON_DUTY], "total": None}
    return {"times": [clock(counts.get(each.value, 0)) for each in ON_DUTY], "total": clock(sum(counts.values()))}


def _day_of(request: StaffRequest, agent: Agent, day: date) -> dict[str, Any]:
    """The states of the agent's day, one after the other, and what they last together."""
    now = timezone.now()
    found = states.of_the_day(day, now).filter(agent=agent)
    counts = states.sums_of(found).get(agent.pk, {})
    page = Paginator(found.select_related("pause", "contact").order_by("-began_at"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    pauses = found.filter(state=Reported.PAUSE).select_related("pause")
    return {
        "day": day,
        "spans": [
            {
                "starts": each.starts,  # type: ignore[attr-defined]  # annotated
                "stops": None if each.ended_at is None else each.stops,  # type: ignore[attr-defined]
                "name": name_of(each.state, each.pause),
                "tone": TONES.get(each.state, ""),
                "cause": cause_of(each),
                "lasted": clock(int(each.lasted.total_seconds())),  # type: ignore[attr-defined]
            }
            for each in page
        ],
        "page": page,
        "sums": [(NAMES[each.value], clock(counts[each.value])) for each in ON_DUTY if counts.get(each.value)],
        "pauses": [(name, clock(seconds)) for name, seconds in states.by_reason(pauses).items()],
        "total": clock(sum(counts.values())),
    }


def _page(request: StaffRequest, title: str) -> dict[str, Any]:
    request.current_app = admin.site.name
    return {**admin.site.each_context(request), "title": title}
