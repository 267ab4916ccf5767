"""Pages of who supervises: the work and the states of the teams now; giving out contacts; ending a forgotten state.

The leader of a team sees that team, a manager all. Single states are shown by an agreement alone, as on the board of states.
"""

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.db.models import Count, Min, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from contact_center.agents import board as states
from contact_center.agents.words import shown_state
from contact_center.models import Agent, AgentState, Contact, Team
from contact_center.models.contact import OPEN_STATES
from contact_center.supervision import commands
from contact_center.supervision.forms import EndStateForm, GiveOutForm
from foundation.office.doors import for_staff
from foundation.office.drafts import taken
from foundation.office.read_only import clock
from foundation.refusals import Refused
from foundation.requests import StaffRequest

WORKS, WATCHES = "contact_center.change_contact", "contact_center.view_agentstate"
CONFLICT = 409
PER_PAGE = 50


def _page(request: StaffRequest, title: str, **more: Any) -> dict[str, Any]:
    request.current_app = admin.site.name
    law = {"by_person": states.by_person(), "agreement": settings.AGENT_STATES_AGREEMENT.strip()}
    return {**admin.site.each_context(request), "title": title, **law, **more}


# --- Now --------------------------------------------------------------------------------------------------------------
@for_staff(WORKS, WATCHES)
@require_safe
def supervision(request: StaffRequest) -> HttpResponse:
    """The queue of each team, the calls that wait, the states, and what each agent has open."""
    now, teams = timezone.now(), list(Team.objects.supervised_by(request.user))
    made = states.board(now)
    of_teams = {team.pk for team in teams}
    on_duty = [each for each in made.states if each.agent.team_id in of_teams]
    people = {row.agent_id: row for row in on_duty} if states.by_person() else {}
    open_ones = Count("owned_contacts", filter=Q(owned_contacts__state__in=OPEN_STATES))
    agents = Agent.objects.filter(team__in=teams, is_active=True).select_related("team").annotate(open_ones=open_ones)
    page = Paginator(agents.order_by("team", "-open_ones", "name", "pk"), PER_PAGE).get_page(request.GET.get("page"))
    context = _page(
        request,
        _("Supervision"),
        made_at=made.made_at,
        lines=[
            (line.shown_name, number, clock(int((now - first).total_seconds())) if first else "")
            for line, number, first in made.lines
        ],
        teams=_queues(request, teams),
        on_duty={row.team.pk if row.team else None: row for row in states.teams_now(on_duty, nobody_alone=True)},
        agents=[
            {
                "agent": each,
                "open": each.open_ones,  # type: ignore[attr-defined]  # annotated
                "shown": shown_state(people[each.pk], now) if each.pk in people else None,
                "is_self": each.user_id == request.user.pk,
            }
            for each in page
        ],
        page=page,
    )
    return TemplateResponse(request, "office/supervision/now.html", context)


def _queues(request: StaffRequest, teams: list[Team]) -> list[dict[str, Any]]:
    """The numbers of each team, and the lists that they count. One query for all teams."""
    now, queue = timezone.now(), reverse("admin:contact_center_contact_changelist")
    rows = Contact.objects.visible_to(request.user).open().filter(team__in=teams).order_by().values("team")
    counted = rows.annotate(
        open=Count("pk"),
        nobody=Count("pk", filter=Q(owner__isnull=True)),
        overdue=Count("pk", filter=Q(due_at__lt=now)),
        waiting=Count("pk", filter=Q(state=Contact.State.WAITING)),
        first=Min("due_at"),
    )
    found: dict[int, Any] = {row["team"]: row for row in counted}
    columns = (
        ("open", "open", ""),
        ("nobody", "open", "&part=nobody"),
        ("overdue", "overdue", ""),
        ("waiting", "waiting", ""),
    )
    return [
        {
            "team": team,
            "numbers": [
                (found.get(team.pk, {}).get(name, 0), f"{queue}?work={work}&team={team.pk}{part}")
                for name, work, part in columns
            ],
            "first": found.get(team.pk, {}).get("first"),
        }
        for team in teams
    ]


def _supervised(request: StaffRequest, pk: int) -> Agent:
    """The agent within reach; 404 for one of another team."""
    agent = get_object_or_404(Agent.objects.select_related("team"), pk=pk)
    if not commands.supervises(request.user, agent):
        raise Http404
    return agent


# --- Giving out -------------------------------------------------------------------------------------------------------
@for_staff(WORKS, WATCHES)
@require_http_methods(["GET", "HEAD", "POST"])
def give_out(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask to whom the open contacts of an agent go, and say first what would move; POST does it."""
    agent, refusal = _supervised(request, pk), None
    form = GiveOutForm(request.POST if request.method == "POST" else None, agent=agent, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            given = commands.give_out(
                agent, to=form.cleaned_data["to"], reason=form.cleaned_data["reason"], by=request.user
            )
        except Refused as refused:
            refusal = refused
        else:
            messages.success(request, _moved(given))
            return taken(request, redirect("supervision"))
    rows = commands.open_of(agent, request.user)
    context = _page(
        request,
        _("Give out the contacts of %(name)s") % {"name": agent},
        agent=agent,
        form=form,
        refusal=refusal,
        would=rows.count(),
        most=commands.MOST,
        shown=list(rows.select_related("topic")[:10]),
    )
    wrong = refusal is not None or bool(form.errors)
    return TemplateResponse(request, "office/supervision/give_out.html", context, status=CONFLICT if wrong else None)


def _moved(given: commands.Given) -> str:
    words = ngettext("%(moved)d contact was given out.", "%(moved)d contacts were given out.", given.moved)
    sentence = words % {"moved": given.moved}
    left = _("Still open: %(left)d.") % {"left": given.left}
    return f"{sentence} {left}" if given.left else sentence


# --- A state that was forgotten ---------------------------------------------------------------------------------------
@for_staff(WORKS, WATCHES)
@require_http_methods(["GET", "HEAD", "POST"])
def end_state(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask why an agent is put off duty; POST does it. Without the agreement the page says so alone."""
    agent, refusal = _supervised(request, pk), None
    form = EndStateForm(request.POST) if request.method == "POST" else None
    if form is not None and form.is_valid():
        try:
            commands.end_forgotten_state(agent, by=request.user, **form.cleaned_data)
        except Refused as refused:
            refusal = refused
        else:
            messages.success(request, _("%(name)s is off duty.") % {"name": agent})
            return taken(request, redirect("supervision"))
    current = AgentState.objects.open().select_related("pause").filter(agent=agent).first()
    if form is None and current is not None:
        form = EndStateForm(initial={"seen_since": current.began_at.isoformat()})
    shown = shown_state(current, timezone.now()) if states.by_person() else None
    context = _page(
        request,
        _("End the state of %(name)s") % {"name": agent},
        agent=agent,
        shown=shown,
        form=form if shown is not None and shown.state != "off" else None,
        refusal=refusal,
    )
    wrong = refusal is not None or bool(form is not None and form.errors)
    return TemplateResponse(request, "office/supervision/end_state.html", context, status=CONFLICT if wrong else None)
