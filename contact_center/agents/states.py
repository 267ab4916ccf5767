"""Commands of agents' states: what they report, what a sign-in and the telephone's events report for them.

Each works the states out again from the first moment that it changes (`contact_center.agents.timeline`), under a lock for each agent, and
writes what differs: a fact that comes twice, late or out of order ends in the same rows. Locks are taken in one order: the
call, its contact, then the agent.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

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
    pause_id = pause.pk if pause is not None else None
    same = current is not None and (current.reported, current.pause_id) == (state, pause_id)
    if current is None or not same:
        _show(_rewrite({agent.pk: now}, {agent.pk: Report(now, state, Cause.AGENT, pause_id)}, now))
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
        _show(_rewrite({agent.pk: now}, {agent.pk: Report(now, Reported.SIGNED_IN, Cause.SIGN_IN)}, now))


@transaction.atomic
def note_sign_out(user: User) -> None:
    """An agent who signed out is off, unless they are signed in elsewhere too."""
    agent = Agent.objects.of_user(user)
    if agent is not None and not live_sessions(user, idle_since=_idle_since(timezone.now())).exists():
        _lock([agent.pk])
        _end_duty({agent.pk: timezone.now()}, Cause.SIGN_OUT)


def end_state(agent: Agent) -> None:
    """The agent is off from now on, by somebody who supervises the team (`contact_center.supervision`). The caller has locked the agent."""
    _end_duty({agent.pk: timezone.now()}, Cause.SUPERVISOR)


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
    _show(_rewrite({agent_id: report.at for agent_id, report in reports.items()}, reports, now))
    return len(reports)


# --- What the telephone reports ---------------------------------------------------------------------------------------
@transaction.atomic
def follow_calls(since: Mapping[int, datetime]) -> set[int]:
    """Work out again the states of these agents from these moments on: their calls have changed.

    Returns the users whose states are others than before, for the caller to show them.
    """
    return _rewrite(since, {}, timezone.now())


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
        Q(call_state=Telephone.ON_CALL) & ~Exists(going_on)
        | Q(call_state=Telephone.AFTER_CALL) & (~Exists(to_code) | Q(began_at__lt=now - LONGEST_AFTER_CALL))
    )
    for row in doubtful:
        _show(follow_calls({row.agent_id: row.began_at}))
        count += 1
    return count


# --- Reading and writing ------------------------------------------------------------------------------------------------
def _lock(agent_ids: Iterable[int]) -> None:
    """Keep others from changing the states of these agents until the transaction ends."""
    locked = Agent.objects.select_for_update(no_key=True).filter(pk__in=sorted(agent_ids)).order_by("pk")
    list(locked.values_list("pk", flat=True))


# Two journeys to the database (a migration has the functions): the facts, with the agents locked, and what is written of them.
_FACTS = """
    SELECT agent_id, user_id, states::text, talks::text FROM contact_center_agent_facts(
        %(agents)s::bigint[], %(moments)s::timestamptz[], %(longest)s::interval, %(before)s::interval, %(releases)s::text[])
"""
_KEEP = """
    SELECT contact_center_keep_states(
        %s::bigint[], %s::bigint[], %s::timestamptz[], %s::bigint[], %s::text[], %s::text[], %s::bigint[],
        %s::timestamptz[], %s::text[], %s::bigint[], %s::timestamptz[], %s::timestamptz[])
"""
_COLUMNS = 9  # of a new row


@dataclass(slots=True)
class _Known:
    """The stored rows of an agent in the window by their beginning, the calls they spoke in, and the user who signs in as the agent."""

    rows: dict[datetime, tuple[int, Span]]
    talks: list[Talk]
    user_id: int | None


def _rewrite(since: Mapping[int, datetime], reports: Mapping[int, Report], now: datetime) -> set[int]:
    """Work out the states of agents from the facts, new reports among them, and write what differs.

    Locks the agents. Returns the users whose states are others than before.
    """
    if not since:
        return set()
    gone: list[int] = []
    ends: dict[int, datetime | None] = {}
    added: list[tuple[int, Span]] = []
    users: set[int] = set()
    for agent_id, known in _known(since).items():
        begin = min([whole(since[agent_id]), *known.rows])  # the first row in the window holds at its beginning
        reported = {span.report for _pk, span in known.rows.values()}
        # What came before the first report is implied.
        reported = {each for each in reported if each.cause != Cause.NOTHING or each.at <= begin}
        if agent_id in reports:
            report = reports[agent_id]
            reported = {each for each in reported if each.at != whole(report.at)} | {report}
        spans = {each.began_at: each for each in timeline(reported, known.talks, since=begin, now=now)}
        kept = [
            (pk, span, spans.pop(began_at))
            for began_at, (pk, span) in known.rows.items()
            if began_at in spans and _facts(spans[began_at]) == _facts(span)
        ]
        moved = {pk: new.ended_at for pk, span, new in kept if new.ended_at != span.ended_at}
        lost = {pk for pk, _span in known.rows.values()} - {pk for pk, _span, _new in kept}
        gone += lost
        ends |= moved
        added += [(agent_id, span) for span in spans.values()]
        if (lost or moved or spans) and known.user_id is not None:
            users.add(known.user_id)
    if gone or ends or added:
        _keep(gone, ends, added)
    return users


def _facts(span: Span) -> tuple[Report, str, int | None]:
    return span.report, span.telephone, span.contact_id


def _known(since: Mapping[int, datetime]) -> dict[int, _Known]:
    found: dict[int, _Known] = {}
    asked: dict[str, Any] = {
        "agents": list(since),
        "moments": list(since.values()),
        "longest": LONGEST_AFTER_CALL,
        "before": 2 * LONGEST_AFTER_CALL + timedelta(hours=settings.CALL_OPEN_HOURS),
        "releases": RELEASES,
    }
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, asked)
        for agent_id, user_id, states, talks in cursor.fetchall():
            rows = dict(_stored(*row) for row in json.loads(states or "[]"))
            spoke = [
                Talk(contact, datetime.fromisoformat(began), _moment(ended), _moment(released))
                for contact, began, ended, released in json.loads(talks or "[]")
            ]
            found[agent_id] = _Known(rows, spoke, user_id)
    return found


def _stored(
    pk: int,
    reported: str,
    cause: str,
    pause_id: int | None,
    reported_at: str,
    telephone: str,
    contact_id: int | None,
    began_at: str,
    ended_at: str | None,
) -> tuple[datetime, tuple[int, Span]]:
    began = datetime.fromisoformat(began_at)
    report = Report(datetime.fromisoformat(reported_at), reported, cause, pause_id)
    return began, (pk, Span(began, _moment(ended_at), report, telephone, contact_id))


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _keep(gone: list[int], ends: Mapping[int, datetime | None], added: list[tuple[int, Span]]) -> None:
    rows = [
        (
            *(agent_id, each.report.reported, each.report.cause, each.report.pause_id, each.report.at),
            *(each.telephone, each.contact_id, each.began_at, each.ended_at),
        )
        for agent_id, each in added
    ]
    columns = [[row[place] for row in rows] for place in range(_COLUMNS)]
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [gone, list(ends), list(ends.values()), *columns])


def _show(users: Iterable[int]) -> None:
    """Have the pages of these users show the state at their next question, once it is committed."""
    if users := set(users):
        transaction.on_commit(partial(desk_signal.changed, users), robust=True)
