"""Command of the telephone platform: take in what happens to calls that we make.

Every event carries the agent and the number called, so that it does not matter in which order they come or how often: the
first makes the call and its contact, the others move its moments. One that the agent wrote down before is that call, not a second.
Such a call is in no table that the figures count.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from contact_center.calls.events import ENDED, PICKED_UP
from contact_center.calls.imports.loading import Result
from contact_center.calls.locks import lock_calls
from contact_center.contacts.moves import note_event
from contact_center.contacts.outgoing import same_call
from contact_center.due.targets import due_at
from contact_center.models import Agent, Contact, ContactEvent, OutgoingCall
from foundation.files.report import Outcome


@dataclass(frozen=True, slots=True)
class OutgoingEvent:
    """One thing that happened to a call of ours: dialled, ringing, answered, ended. `agent` is a code, `number` E.164."""

    kind: str
    at: datetime
    agent: str
    number: str


@transaction.atomic
def record_outgoing(received: Iterable[tuple[str, OutgoingEvent]], *, source: str) -> list[Result]:
    """Keep what the events say of the calls with these keys; the result of each. An agent that is named exists."""
    received = list(received)
    agents = {each.code: each for each in Agent.objects.filter(code__in={event.agent for _key, event in received})}
    with connection.cursor() as cursor:
        lock_calls(cursor, source, [key for key, _event in received])
    return [Result(_keep(source, key, event, agents[event.agent])) for key, event in received]


def _keep(source: str, key: str, event: OutgoingEvent, agent: Agent) -> Outcome:
    call = OutgoingCall.objects.filter(source=source, external_id=key).first()
    is_taken_over = False
    if call is None and (written := same_call(agent, event.number, event.at, by_hand=True)) is not None:
        # Somebody wrote it down first: its moments are measured from now on, and it has one contact.
        call, is_taken_over = written, True
        call.source, call.external_id, call.called_at = source, key, event.at
    if is_new := call is None:
        call = OutgoingCall(
            contact=_open_contact(event, agent),
            source=source,
            external_id=key,
            number=event.number,
            agent=agent,
            called_at=event.at,
        )
    before = (call.called_at, call.answered_at, call.ended_at)
    call.called_at = min(call.called_at, event.at)
    if event.kind == PICKED_UP:
        call.answered_at = min(call.answered_at or event.at, event.at)
    elif event.kind == ENDED:
        call.ended_at = max(call.ended_at or event.at, event.at)
    if not (is_new or is_taken_over) and before == (call.called_at, call.answered_at, call.ended_at):
        return Outcome.UNCHANGED
    if call.answered_at is not None:
        call.reached = True
        if call.ended_at is not None:
            call.talk_seconds = max(0, round((call.ended_at - call.answered_at).total_seconds()))
    elif call.ended_at is not None:
        call.reached, call.talk_seconds = False, None
    call.save()
    return Outcome.CREATED


def _open_contact(event: OutgoingEvent, agent: Agent) -> Contact:
    """The conversation, with whoever called: to be coded as any other, and to nobody in particular yet."""
    now = timezone.now()
    started_at = min(event.at, now)  # the platform's clock may be ahead of ours
    contact = Contact.objects.create(
        channel=Contact.Channel.PHONE,
        direction=Contact.Direction.OUTBOUND,
        kind=Contact.Kind.REQUEST,
        address=event.number,
        agent=agent,
        owner=agent,
        team_id=agent.team_id,
        state=Contact.State.IN_PROGRESS,
        started_at=started_at,
        due_at=due_at(kind=Contact.Kind.REQUEST, level=1, since=started_at),
    )
    note_event(contact, ContactEvent.Kind.OPENED, by=agent.user, channel="phone", agent=agent.code)
    return contact
