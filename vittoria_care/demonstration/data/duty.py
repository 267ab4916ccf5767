"""How the agents spent the last working days: at the telephone as their calls say, with pauses, and off in the evening."""

from collections import defaultdict
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from contact_center.agents.timeline import Report, Span, Talk, timeline
from contact_center.models import Agent, AgentState, Call, PauseReason
from contact_center.models.agent_state import Cause, Reported
from foundation.dates import ROME

from .profiles import Plan, is_working_day

DAYS = 4  # working days before the present
# When, what, and by which pause reason; the minutes by which an agent differs from the others are added.
SHIFT: tuple[tuple[time, str, str], ...] = (
    (time(8, 10), Reported.SIGNED_IN, ""),
    (time(8, 20), Reported.READY, ""),
    (time(10, 30), Reported.PAUSE, "caffe"),
    (time(10, 45), Reported.READY, ""),
    (time(12, 45), Reported.PAUSE, "pranzo"),
    (time(13, 30), Reported.READY, ""),
    (time(15, 30), Reported.WRITTEN, ""),
    (time(16, 15), Reported.READY, ""),
    (time(18, 45), Reported.OFF, ""),
)
CAUSES: dict[str, str] = {Reported.SIGNED_IN: Cause.SIGN_IN, Reported.OFF: Cause.SIGN_OUT}
DIFFER = 25  # minutes, by the agent's place: nobody leaves the telephones alone at noon


def make_duty(plan: Plan) -> int:
    """Write the states of the last working days; returns how many."""
    days = _days(plan)
    first = datetime.combine(days[0], time(), ROME)
    calls = Call.objects.filter(answered_at__gte=first, agent__user__isnull=False, contact__isnull=False)
    talks: dict[int, list[Talk]] = defaultdict(list)
    for agent_id, contact, began, ended, wrap in calls.order_by("answered_at").values_list(
        "agent", "contact", "answered_at", "ended_at", "wrap_seconds"
    ):
        released = ended + timedelta(seconds=wrap) if ended else None
        if began is not None and timezone.localdate(began) in days:
            talks[agent_id].append(Talk(contact, began, ended, released))
    pauses = dict(PauseReason.objects.values_list("code", "pk"))
    rows: list[AgentState] = []
    agents = Agent.objects.filter(is_active=True, user__isnull=False, team__level=1).order_by("code")
    for number, agent in enumerate(agents):
        reports = [report for day in days for report in _shift(number, day, pauses)]
        spans = timeline(reports, talks[agent.pk], since=reports[0].at, now=plan.as_of)
        rows += [_row(agent, span) for span in spans]
    return len(AgentState.objects.bulk_create(rows))


def _days(plan: Plan) -> list[date]:
    found: list[date] = []
    day = plan.today
    while len(found) < DAYS:
        day -= timedelta(days=1)
        if is_working_day(day):
            found.insert(0, day)
    return found


def _shift(number: int, day: date, pauses: dict[str, int]) -> list[Report]:
    later = timedelta(minutes=number * 7 % DIFFER)
    return [
        Report(
            datetime.combine(day, at, ROME) + later,
            reported,
            CAUSES.get(reported, Cause.AGENT),
            pauses.get(reason),
        )
        for at, reported, reason in SHIFT
    ]


def _row(agent: Agent, span: Span) -> AgentState:
    return AgentState(
        agent=agent,
        reported=span.report.reported,
        cause=span.report.cause,
        pause_id=span.report.pause_id,
        reported_at=span.report.at,
        call_state=span.telephone,
        contact_id=span.contact_id,
        began_at=span.began_at,
        ended_at=span.ended_at,
    )
