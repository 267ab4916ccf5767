"""Commands of agents' states: what they report, what a sign-in and the telephone's events report for them.

Each works the states out again from the first moment that it changes (`contact_center.agents.timeline`), under a lock for each agent, and
writes what differs: a fact that comes twice, late or out of order ends in the same rows. Locks are taken in one order: the
call, its contact, then the agent.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from contact_center.agents import signal as desk_signal
from contact_center.agents.timeline import LONGEST_AFTER_CALL, Report, Span, Talk, timeline, whole
from contact_center.models import Agent, AgentState, Call, Contact, ContactEvent, PauseReason
from contact_center.models.agent_state import Cause, Reported, Telephone
from customers.models import User
from customers.sessions import ended_sessions, live_sessions
from foundation.refusals import Refused

_Kind = ContactEvent.Kind
# After one of these an agent has nothing to code of a call any more
RELEASES = [_Kind.CODED, _Kind.CLOSED, _Kind.ESCALATED, _Kind.ASSIGNED, _Kind.RELEASED]


def agent_of(user: User) -> Agent:
    """The agent that a user answers as; Refused for a user who is no agent (any more)."""
    agent = Agent.objects.of_user(user)
    if agent is None:
        raise Refused(_("Only an agent can do this: ask for an agent's record of your own."), code="not_an_agent")
    return agent


# --- What the agent reports -----------------------------------------------------------------------------------------
@transaction.atomic
def report_state(*, state: str, by: User, pause: PauseReason | None = None) -> AgentState:
    """Record what the agent does from now on; while they are on a call or after one, where they go back to.

    To report once more what holds already changes nothing. Refused for a user who is no agent, for a state that is not
    reported by people, for a pause without a reason or with one that is over, and for "ready" while a call of a line that
    blocks has no code.
    """
    agent = agent_of(by)
    if state not in (Reported.READY, Reported.PAUSE, Reported.WRITTEN, Reported.OFF):
        raise Refused(_("Choose what you are doing: ready, a pause, written work or off duty."), code="unknown_state")
    if state == Reported.PAUSE:
        if pause is None or not PauseReason.objects.valid_on(timezone.localdate()).filter(pk=pause.pk).exists():
            raise Refused(_("Choose a reason for the pause."), code="no_reason", field="pause")
    else:
        pause = None
    _lock([agent.pk])
    if state == Reported.READY:
        refuse_uncoded(agent)
    now, current = timezone.now(), AgentState.objects.open().filter(agent=agent).first()
    same = current is not None and (current.reported, current.pause_id) == (state, pause and pause.pk)
    if current is None or not same:
        _rewrite({agent.pk: now}, {agent.pk: Report(now, state, Cause.AGENT, pause and pause.pk)}, now)
    return AgentState.objects.open().select_related("pause").get(agent=agent)


def refuse_uncoded(agent: Agent) -> None:
    """Refused while a call that has ended waits for the agent's code, of a line on which that comes first."""
    waiting = Contact.objects.to_code().filter(owner=agent, line__blocks_uncoded=True, call__ended_at__isnull=False)
    contact = waiting.select_related("line").order_by("pk").first()
    if contact is not None:
        raise Refused(
            _("Code %(number)s first: on %(line)s a call gets its code before anything else.")
            % {"number": contact.number, "line": contact.line},
            code="uncoded_call",
        )


# --- What sign-ins report -------------------------------------------------------------------------------------------
@transaction.atomic
def note_sign_in(user: User) -> None:
    """An agent who was off is here, not ready yet; others remain what they are."""
    agent = Agent.objects.of_user(user)
    if agent is None:
        return
    _lock([agent.pk])
    current = AgentState.objects.open().filter(agent=agent).first()
    if current is None or current.reported == Reported.OFF:
        now = timezone.now()
        _rewrite({agent.pk: now}, {agent.pk: Report(now, Reported.SIGNED_IN, Cause.SIGN_IN)}, now)


@transaction.atomic
def note_sign_out(user: User) -> None:
    """An agent who signed out is off, unless they are signed in elsewhere too."""
    agent = Agent.objects.of_user(user)
    if agent is not None and not live_sessions(user, idle_since=_idle_since(timezone.now())).exists():
        _lock([agent.pk])
        _end_duty({agent.pk: timezone.now()}, Cause.SIGN_OUT)


def _idle_since(now: datetime) -> datetime | None:
    minutes = settings.STAFF_IDLE_MINUTES
    return now - timedelta(minutes=minutes) if minutes else None


def _end_duty(ends: Mapping[int, datetime], cause: Cause) -> int:
    """The agents are off from these moments on, or from their last report, if that came later. They are locked."""
    now = timezone.now()
    rows = AgentState.objects.open().filter(agent__in=ends).exclude(reported=Reported.OFF)
    reports = {
        row.agent_id: Report(max(whole(ends[row.agent_id]), row.reported_at), Reported.OFF, cause) for row in rows
    }
    _rewrite({agent_id: report.at for agent_id, report in reports.items()}, reports, now)
    return len(reports)


# --- What the telephone reports ---------------------------------------------------------------------------------------
@transaction.atomic
def follow_calls(since: Mapping[int, datetime]) -> None:
    """Work out again the states of these agents from these moments on: their calls have changed."""
    if since:
        _lock(since)
        _rewrite(since, {}, timezone.now())


# --- What runs by itself ------------------------------------------------------------------------------------------------
def sweep_states(now: datetime) -> int:
    """Bring after the facts the states that no event will: sessions that ran out, calls whose end a file reported.

    Returns how many agents were looked at again.
    """
    on_duty = AgentState.objects.open().exclude(reported=Reported.OFF).filter(agent__user__isnull=False)
    users = dict(on_duty.values_list("agent__user", "agent"))
    ended = ended_sessions(users, now=now, idle_since=_idle_since(now))
    with transaction.atomic():
        over = {users[user_id]: at for user_id, at in ended.items()}
        _lock(over)
        count = _end_duty(over, Cause.SESSION_END) if over else 0
    going_on = Call.objects.filter(contact=OuterRef("contact"), ended_at__isnull=True)
    to_code = Contact.objects.to_code().filter(pk=OuterRef("contact"), owner=OuterRef("agent"))
    doubtful = AgentState.objects.open().filter(
        Q(telephone=Telephone.ON_CALL) & ~Exists(going_on)
        | Q(telephone=Telephone.AFTER_CALL) & (~Exists(to_code) | Q(began_at__lt=now - LONGEST_AFTER_CALL))
    )
    for row in doubtful:
        follow_calls({row.agent_id: row.began_at})
        count += 1
    return count


# --- Reading and writing ------------------------------------------------------------------------------------------------
def _lock(agent_ids: Iterable[int]) -> None:
    """Keep others from changing the states of these agents until the transaction ends."""
    locked = Agent.objects.select_for_update(no_key=True).filter(pk__in=sorted(agent_ids)).order_by("pk")
    list(locked.values_list("pk", flat=True))


# The rows from the report that held at the moment, or from as long before as a call may wait for its code.
_ROWS = """
    SELECT state.id, asked.agent_id, state.reported, state.cause, state.pause_id, state.reported_at, state.telephone,
        state.contact_id, state.began_at, state.ended_at, agent.user_id
    FROM unnest(%(agents)s::bigint[], %(moments)s::timestamptz[]) AS asked (agent_id, at)
    JOIN contact_center_agent agent ON agent.id = asked.agent_id
    CROSS JOIN LATERAL (SELECT greatest(asked.at - %(longest)s::interval, (
        SELECT reported_at FROM contact_center_agentstate earlier
        WHERE earlier.agent_id = asked.agent_id AND earlier.began_at <= asked.at ORDER BY earlier.began_at DESC LIMIT 1
    )) AS since) AS held
    LEFT JOIN contact_center_agentstate state
        ON state.agent_id = asked.agent_id AND (state.ended_at IS NULL OR state.ended_at > held.since)
    ORDER BY asked.agent_id, state.began_at
"""
# The calls in which the agent spoke: whole ones, and legs. An agent has to code a call that nobody had after them; they are done with it
# when its contact is coded, handed on or put back.
_TALKS = """
    SELECT asked.agent_id, talk.contact_id, talk.answered_at, talk.ended_at,
        CASE WHEN NOT talk.is_last THEN talk.ended_at ELSE COALESCE(
            (SELECT min(event.at) FROM contact_center_contactevent event
             WHERE event.contact_id = talk.contact_id AND event.at >= talk.answered_at
             AND event.kind = ANY(%(releases)s)),
            (SELECT COALESCE(talk.ended_at, talk.answered_at) FROM contact_center_contact contact
             WHERE contact.id = talk.contact_id AND (contact.state <> 'in_progress' OR contact.wrap_up_id IS NOT NULL
             OR contact.owner_id IS DISTINCT FROM asked.agent_id))
        ) END
    FROM unnest(%(agents)s::bigint[], %(since)s::timestamptz[]) AS asked (agent_id, at)
    CROSS JOIN LATERAL (
        SELECT call.contact_id, call.answered_at, call.ended_at, TRUE AS is_last
        FROM contact_center_call call
        WHERE call.agent_id = asked.agent_id AND call.answered_at IS NOT NULL AND call.contact_id IS NOT NULL
        AND call.queued_at > asked.at - %(before)s::interval
        AND (call.ended_at IS NULL OR call.ended_at > asked.at - %(longest)s::interval)
        AND NOT EXISTS (SELECT 1 FROM contact_center_callleg leg WHERE leg.call_id = call.id)
        UNION ALL
        SELECT call.contact_id, leg.answered_at, leg.ended_at, NOT EXISTS (
            SELECT 1 FROM contact_center_callleg later
            WHERE later.call_id = leg.call_id AND later.position > leg.position AND later.answered_at IS NOT NULL
        )
        FROM contact_center_callleg leg JOIN contact_center_call call ON call.id = leg.call_id
        WHERE leg.agent_id = asked.agent_id AND leg.answered_at IS NOT NULL AND call.contact_id IS NOT NULL
        AND call.queued_at > asked.at - %(before)s::interval
        AND (leg.ended_at IS NULL OR leg.ended_at > asked.at - %(longest)s::interval)
    ) AS talk
"""


@dataclass(slots=True)
class _Kept:
    """The stored rows of an agent in the window, and the user who signs in as the agent."""

    rows: dict[datetime, tuple[int, Span]]
    user_id: int | None = None


def _rewrite(since: Mapping[int, datetime], reports: Mapping[int, Report], now: datetime) -> None:
    """Work out the states of locked agents from the facts, new reports among them, and write what differs."""
    if not since:
        return
    kept = _kept_rows(since)
    begins = {
        agent_id: min([whole(since[agent_id]), *kept[agent_id].rows]) for agent_id in since
    }  # the first row in the window holds at its beginning
    talks = _talks(begins)
    changed: set[int] = set()
    gone: list[int] = []
    ends: dict[int, datetime | None] = {}
    added: list[AgentState] = []
    for agent_id, begin in begins.items():
        stored = kept[agent_id]
        known = {span.report for _pk, span in stored.rows.values()}
        known = {
            each for each in known if each.cause != Cause.NOTHING or each.at <= begin
        }  # what came before is implied
        if agent_id in reports:
            report = reports[agent_id]
            known = {each for each in known if each.at != whole(report.at)} | {report}
        spans = {each.began_at: each for each in timeline(known, talks[agent_id], since=begin, now=now)}
        for began_at, (pk, span) in stored.rows.items():
            new = spans.get(began_at)
            if new is None or _facts(new) != _facts(span):
                gone.append(pk)
            else:
                del spans[began_at]
                if new.ended_at != span.ended_at:
                    ends[pk] = new.ended_at
                else:
                    continue
            changed.add(agent_id)
        added += [_row(agent_id, span) for span in spans.values()]
        if spans:
            changed.add(agent_id)
    if gone:
        AgentState.objects.filter(pk__in=gone).delete()
    for pk, ended_at in ends.items():
        AgentState.objects.filter(pk=pk).update(ended_at=ended_at)
    AgentState.objects.bulk_create(added)
    if users := {user for agent_id in changed if (user := kept[agent_id].user_id) is not None}:
        transaction.on_commit(partial(desk_signal.changed, users), robust=True)


def _facts(span: Span) -> tuple[Report, str, int | None]:
    return span.report, span.telephone, span.contact_id


def _row(agent_id: int, span: Span) -> AgentState:
    return AgentState(
        agent_id=agent_id,
        reported=span.report.reported,
        cause=span.report.cause,
        pause_id=span.report.pause_id,
        reported_at=span.report.at,
        telephone=span.telephone,
        contact_id=span.contact_id,
        began_at=span.began_at,
        ended_at=span.ended_at,
    )


def _kept_rows(since: Mapping[int, datetime]) -> dict[int, _Kept]:
    found: dict[int, _Kept] = {agent_id: _Kept({}) for agent_id in since}
    with connection.cursor() as cursor:
        asked = {"agents": list(since), "moments": list(since.values()), "longest": LONGEST_AFTER_CALL}
        cursor.execute(_ROWS, asked)
        for pk, agent_id, *facts, user_id in cursor.fetchall():
            found[agent_id].user_id = user_id
            if pk is None:  # the first time
                continue
            reported, cause, pause_id, reported_at, telephone, contact_id, began_at, ended_at = facts
            report = Report(reported_at, reported, cause, pause_id)
            found[agent_id].rows[began_at] = pk, Span(began_at, ended_at, report, telephone, contact_id)
    return found


def _talks(begins: Mapping[int, datetime]) -> dict[int, list[Talk]]:
    found: dict[int, list[Talk]] = defaultdict(list)
    with connection.cursor() as cursor:
        longest, before = LONGEST_AFTER_CALL, 2 * LONGEST_AFTER_CALL + timedelta(hours=settings.CALL_OPEN_HOURS)
        asked = {"agents": list(begins), "since": list(begins.values()), "releases": RELEASES}
        cursor.execute(_TALKS, asked | {"longest": longest, "before": before})
        for agent_id, *facts in cursor.fetchall():
            found[agent_id].append(Talk(*facts))
    return found
