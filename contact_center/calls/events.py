"""Rule: from the events that a telephone platform sends about one call to the call they describe. No clock, no database.

`fold` always reads the whole list: events may repeat, come late, in any order or not at all, and the same set of events
gives the same call. It consists of legs (`LegRecord`), one for each queue or agent the caller was with.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from .imports.queue_log import settle
from .imports.records import (
    ABANDONED,
    ANSWERED,
    KEY_EXIT,
    NO_AGENTS,
    OPEN,
    TIMED_OUT,
    TURNED_AWAY,
    CallRecord,
    LegRecord,
)

QUEUED = "queued"
RINGING = "ringing"
RANG_OUT = "rang_out"
PICKED_UP = "answered"
HELD = "held"
RESUMED = "resumed"
TRANSFERRED = "transferred"
ENDED = "ended"
WRAPPED = "wrapped"
KINDS = (QUEUED, RINGING, RANG_OUT, PICKED_UP, HELD, RESUMED, TRANSFERRED, ENDED, WRAPPED)

COMPLETED = "completed"
# Why a call ended, and what the leg in which it ended was, if nobody had answered it
REASONS = {
    COMPLETED: ANSWERED,
    "abandoned": ABANDONED,
    "timeout": TIMED_OUT,
    "key_exit": KEY_EXIT,
    "no_agents": NO_AGENTS,
    "turned_away": TURNED_AWAY,
}
LOST_END = "lost_end"  # reported by the sweeper, when no end came: any real one counts before it
UNANSWERED_RINGS = {"timeout", "no_agents"}  # an end for which the telephones that rang are to blame
CLOCKS = timedelta(seconds=5)  # by which two clocks of one platform may differ

# Events of the same moment are taken in the order that makes sense of them, which depends on where the caller is.
_NOWHERE = (QUEUED, RANG_OUT, RINGING, PICKED_UP, HELD, RESUMED, TRANSFERRED, ENDED)
_WAITING = (RANG_OUT, RINGING, PICKED_UP, TRANSFERRED, QUEUED, HELD, RESUMED, ENDED)
_TALKING = (HELD, RESUMED, TRANSFERRED, QUEUED, RANG_OUT, RINGING, PICKED_UP, ENDED)
_ON_HOLD = (RESUMED, HELD, TRANSFERRED, QUEUED, RANG_OUT, RINGING, PICKED_UP, ENDED)


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened to a call. `line`, `agent` and their `to_…` are codes; `key` is the event's own at the source."""

    key: str
    kind: str
    at: datetime
    line: str = ""
    agent: str = ""
    caller: str = ""
    reason: str = ""  # of an end: one of REASONS
    to_line: str = ""  # of a transfer
    to_agent: str = ""
    attended: bool = False  # the first agent spoke with the second before handing over


def fold(external_id: str, events: Iterable[Event]) -> CallRecord | None:
    """The call that the events describe; None while none of them names a line.

    - An answer, an end as completed or an attended transfer makes a call answered for good: no event takes that back.
    - The end is the first one after everything else; further ends add nothing.
    - Waiting in a second line is a leg of its own; so is talking to a second agent, and each talk ends where the next
      begins. An attended transfer hands over when it is reported, not when the second agent picked up.
    - A leg whose beginning was not reported begins with the first thing known of it.
    """
    known = sorted({event.key: event for event in events}.values(), key=lambda each: (each.at, each.key))
    if not any(event.line or event.to_line for event in known):
        return None
    end, other_ends = _ends_of(known)
    story = _CallSoFar(first_line=next(event.line or event.to_line for event in known if event.line or event.to_line))
    waiting = [event for event in known if event.kind not in (ENDED, WRAPPED) or event in other_ends]
    while waiting:
        event = _next_of(waiting, story.order)
        waiting.remove(event)
        story.take(event)
    if end is not None:
        story.end(end)
    if not story.legs:  # no more than that it was wrapped up: enough to know that it exists
        story.begin(known[0].at, known[0].line)
    if any(map(_implies_an_answer, known)):
        story.require_an_answer()
    call = settle(
        external_id,
        [leg.record() for leg in story.legs],
        caller=next((event.caller for event in known if event.caller), ""),
        transferred=story.transferred,
        ring_no_answer=story.rang_in_vain,
        second_level_queues=frozenset(),
    )
    call.resolved = None  # whoever answered says so, by a wrap-up code
    call.hold_seconds = sum(leg.held for leg in story.legs)
    call.wrap_seconds = _wrap_of(known, call.ended_at)
    return call


def _implies_an_answer(event: Event) -> bool:
    attended = event.kind == TRANSFERRED and event.attended and event.to_agent
    return event.kind == PICKED_UP or event.reason == COMPLETED or bool(attended)


def _ends_of(known: list[Event]) -> tuple[Event | None, list[Event]]:
    """The end of the call, and those that only ended a leg, because something followed them.

    The end is the first that nothing follows, or else the last one that is reported. Where nobody reported an answer, an
    end as completed comes before all others: it implies one.
    """
    ends = [event for event in known if event.kind == ENDED and event.reason != LOST_END]
    if not ends:
        lost = next((event for event in known if event.reason == LOST_END), None)
        return lost and replace(lost, at=known[-1].at), []  # it ended after the last thing that is known of it
    last = max((event.at for event in known if event.kind in (QUEUED, PICKED_UP, TRANSFERRED)), default=ends[0].at)
    final = [event for event in ends if event.at >= last]
    if not any(event.kind == PICKED_UP for event in known):
        final.sort(key=lambda event: event.reason != COMPLETED)
    end = final[0] if final else ends[-1]
    return end, [event for event in ends if event.at < last and event is not end]


def _next_of(waiting: list[Event], order: tuple[str, ...]) -> Event:
    """Of the earliest events, the one that fits where the caller is now."""
    same = [event for event in waiting if event.at == waiting[0].at]
    return min(same, key=lambda event: (order.index(event.kind), event.key))


def _wrap_of(known: list[Event], ended_at: datetime | None) -> int | None:
    wrapped = max((event.at for event in known if event.kind == WRAPPED), default=None)
    if wrapped is None or ended_at is None:
        return None
    return max(0, _seconds(ended_at, wrapped))


def _seconds(begun: datetime, ended: datetime) -> int:
    return round((ended - begun).total_seconds())


@dataclass(slots=True)
class _Leg:
    line: str
    entered_at: datetime
    entry_known: bool
    agent: str = ""
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    disposition: str = OPEN
    held: int = 0
    held_since: datetime | None = None
    unannounced: bool = False  # the agent picked up while another was talking, before a transfer was reported

    @property
    def latest(self) -> datetime:
        return self.answered_at or self.entered_at

    def close(self, at: datetime, disposition: str) -> None:
        self.ended_at = max(at, self.latest)
        self.disposition = ANSWERED if self.answered_at else disposition
        self.resume(self.ended_at)

    def resume(self, at: datetime) -> None:
        if self.held_since is not None:
            self.held += max(0, _seconds(self.held_since, at))
            self.held_since = None

    def record(self) -> LegRecord:
        begun = self.answered_at or self.ended_at
        talk = _seconds(self.answered_at, self.ended_at) if self.answered_at and self.ended_at else 0
        self.held = min(self.held, talk)
        return LegRecord(
            queue=self.line,
            line=self.line,
            entered_at=self.entered_at,
            agent=self.agent if self.answered_at else "",
            answered_at=self.answered_at,
            ended_at=self.ended_at,
            wait_seconds=_seconds(self.entered_at, begun) if begun else 0,
            talk_seconds=talk - self.held,
            disposition=self.disposition,
            entry_known=self.entry_known,
        )


@dataclass(slots=True)
class _CallSoFar:
    """The legs so far; the caller is in the last one while that has no end."""

    first_line: str
    legs: list[_Leg] = field(default_factory=list)
    transferred: bool = False
    rang_in_vain: int = 0
    ringing: dict[str, datetime] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)  # rang in vain, and counted

    @property
    def leg(self) -> _Leg | None:
        return self.legs[-1] if self.legs and self.legs[-1].ended_at is None else None

    @property
    def order(self) -> tuple[str, ...]:
        if (leg := self.leg) is None:
            return _NOWHERE
        if leg.answered_at is None:
            return _WAITING
        return _ON_HOLD if leg.held_since else _TALKING

    def begin(self, at: datetime, line: str, *, entry_known: bool = False, agent: str = "") -> _Leg:
        line = line or (self.legs[-1].line if self.legs else self.first_line)
        self.legs.append(_Leg(line, at, entry_known, agent))
        return self.legs[-1]

    def take(self, event: Event) -> None:
        {
            QUEUED: self._queued,
            RINGING: self._ringing,
            RANG_OUT: self._rang_out,
            PICKED_UP: self._answered,
            HELD: self._held,
            RESUMED: self._resumed,
            TRANSFERRED: self._transferred,
            ENDED: self.end,
        }[event.kind](event)

    def _queued(self, event: Event) -> None:
        leg = self.leg
        line = event.line or (leg.line if leg else "")
        if leg is None:
            self.begin(event.at, line, entry_known=True)
        elif leg.answered_at is not None:
            if line == leg.line and not leg.entry_known and event.at - leg.answered_at <= CLOCKS:
                leg.entry_known = True  # its own queueing, by a clock that is a little ahead
                return
            self.transferred = True
            leg.close(event.at, ANSWERED)
            self.begin(event.at, line, entry_known=True)
        elif line != leg.line:
            leg.close(event.at, TIMED_OUT)  # it overflowed into another line
            self.begin(event.at, line, entry_known=True)
        elif not leg.entry_known:
            leg.entry_known = True

    def _ringing(self, event: Event) -> None:
        self._silence(event.at)
        self.silent.discard(event.agent)
        self.ringing.setdefault(event.agent, event.at)
        if self.leg is None:
            self.begin(event.at, event.line)

    def _silence(self, at: datetime) -> None:
        """Count those that rang before this moment, unanswered: it rings elsewhere now."""
        before = {agent for agent, since in self.ringing.items() if since < at}
        self.rang_in_vain += len(before)
        self.silent |= before
        for agent in before:
            del self.ringing[agent]

    def _rang_out(self, event: Event) -> None:
        if event.agent not in self.silent:
            self.rang_in_vain += 1
        self.silent.discard(event.agent)
        self.ringing.pop(event.agent, None)
        if self.leg is None:
            self.begin(event.at, event.line)

    def _answered(self, event: Event) -> None:
        leg = self.leg
        self.ringing.clear()
        if leg is not None and leg.answered_at is not None:
            if not event.agent or event.agent == leg.agent:
                return
            if not leg.agent:
                leg.agent = event.agent
                return
            self.transferred = True
            leg.close(event.at, ANSWERED)
            leg = self.begin(event.at, event.line)
            leg.unannounced = True
        elif leg is None:
            leg = self.begin(event.at, event.line)
        leg.answered_at, leg.disposition = event.at, OPEN
        leg.agent = event.agent or leg.agent

    def _held(self, event: Event) -> None:
        if (leg := self.leg) is not None and leg.answered_at is not None and leg.held_since is None:
            leg.held_since = event.at

    def _resumed(self, event: Event) -> None:
        if (leg := self.leg) is not None:
            leg.resume(event.at)

    def _transferred(self, event: Event) -> None:
        leg = self.leg
        if leg is None:
            if not self.legs:  # that it was answered before is not known: nothing but where it went
                self.begin(event.at, event.to_line or event.line, agent=event.to_agent)
            return
        if leg.answered_at is not None and event.to_agent and event.to_agent == leg.agent:
            self.transferred = True
            if leg.unannounced and len(self.legs) > 1:  # they spoke with each other first: handed over now
                earlier = self.legs[-2]
                earlier.ended_at = leg.entered_at = leg.answered_at = event.at
                leg.unannounced = False
            return
        if leg.answered_at is None:
            leg.close(event.at, TIMED_OUT)
        else:
            self.transferred = True
            leg.close(event.at, ANSWERED)
        if event.to_line or event.to_agent:
            following = self.begin(event.at, event.to_line, agent=event.to_agent)
            if event.attended and event.to_agent:
                following.answered_at = event.at

    def end(self, event: Event) -> None:
        """End the leg that the caller is in: of the call, or one that another followed."""
        leg = self.leg or (None if self.legs else self.begin(event.at, event.line))
        if leg is None:
            return
        if event.reason in UNANSWERED_RINGS:
            self.rang_in_vain += len(self.ringing)
        self.ringing.clear()
        if event.reason == COMPLETED and leg.answered_at is None:
            leg.answered_at = max(
                event.at, leg.entered_at
            )  # somebody spoke with the caller; nobody reported since when
            leg.agent = event.agent or leg.agent
        leg.close(event.at, REASONS.get(event.reason, ABANDONED))

    def require_an_answer(self) -> None:
        """A call that was reported as answered is so, in the last leg at the latest."""
        if not any(leg.answered_at for leg in self.legs):
            last = self.legs[-1]
            last.answered_at = last.ended_at or last.entered_at
            last.disposition = ANSWERED if last.ended_at else OPEN
