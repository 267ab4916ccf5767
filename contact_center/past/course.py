"""Rule: the course of a ticket from its events: when it was opened, escalated, reopened and closed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from contact_center.models import ContactEvent

Kind = ContactEvent.Kind


@dataclass(frozen=True, slots=True)
class Step:
    """An event as far as the course goes."""

    at: datetime
    kind: str


@dataclass(frozen=True, slots=True)
class CourseOfTicket:
    """What the events of a ticket come to. `closed_at` is None for one that was still open at its last event."""

    started_at: datetime
    last_at: datetime
    closed_at: datetime | None
    escalated_at: datetime | None
    reopened: int


def course_of(steps: Sequence[Step]) -> CourseOfTicket:
    """The course of a ticket that has events; those of one moment stand in the order of the file.

    It is closed at its last closing event, unless it was reopened after that; what was only written down later leaves it closed.
    """
    ordered = sorted(steps, key=lambda step: step.at)  # stable
    closed_at: datetime | None = None
    for step in ordered:
        if step.kind == Kind.CLOSED:
            closed_at = step.at
        elif step.kind == Kind.REOPENED:
            closed_at = None
    return CourseOfTicket(
        started_at=ordered[0].at,
        last_at=ordered[-1].at,
        closed_at=closed_at,
        escalated_at=next((step.at for step in ordered if step.kind == Kind.ESCALATED), None),
        reopened=sum(step.kind == Kind.REOPENED for step in ordered),
    )
