"""The legs of a call, its waits in queues, as they are stored."""

from contact_center.calls.imports.records import LegRecord
from contact_center.models import CallLeg

LONGEST_QUEUE = 80


def leg_row(call_id: int, position: int, leg: LegRecord, *, line_id: int, agent_id: int | None) -> CallLeg:
    """The row of a leg, not saved; `position` counts from 1."""
    return CallLeg(
        call_id=call_id,
        position=position,
        line_id=line_id,
        queue=leg.queue[:LONGEST_QUEUE],
        agent_id=agent_id,
        entered_at=leg.entered_at,
        answered_at=leg.answered_at,
        ended_at=leg.ended_at,
        wait_seconds=leg.wait_seconds,
        talk_seconds=leg.talk_seconds,
        disposition=leg.disposition,
    )
