"""A call as a file reports it, before the database: plain values, and the rules that every call must keep."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

# Words of Call.disposition and CallLeg.disposition
OPEN = "open"
ANSWERED = "answered"
ABANDONED = "abandoned"
TIMED_OUT = "timed_out"
KEY_EXIT = "key_exit"
NO_AGENTS = "no_agents"
TURNED_AWAY = "turned_away"
DISPOSITIONS = (OPEN, ANSWERED, ABANDONED, TIMED_OUT, KEY_EXIT, NO_AGENTS, TURNED_AWAY)

LONGEST = timedelta(days=1)  # nothing in a call lasts longer: beyond it the file is wrong
FUTURE = timedelta(days=1)  # how far a clock elsewhere may be ahead of ours
AHEAD = timedelta(minutes=2)  # kept with a note from here: a clock, or a time zone, is not what it says it is
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # before it there are no figures (`figures.period`): a date left at zero


@dataclass(slots=True)
class LegRecord:
    """One leg of a call: its time in one queue. Seconds are whole; `line` is a code, or "" for the call's own line.

    `entry_known` is False when `entered_at` was worked out backwards from later events.
    """

    queue: str
    entered_at: datetime
    line: str = ""
    agent: str = ""
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    wait_seconds: int = 0
    talk_seconds: int = 0
    disposition: str = OPEN
    entry_known: bool = True


@dataclass(slots=True)
class CallRecord:
    """One call. `line`, `agent`, `topic` are codes; `customer` is a code or tax code; `caller` is E.164 or "".

    `resolved` says whether the first level solved an answered call (None: the file does not say). Seconds are whole
    and None where the file does not state them. `legs` is empty for a source that knows none.
    """

    external_id: str
    line: str
    queued_at: datetime
    disposition: str
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    caller: str = ""
    caller_stated: str = ""
    agent: str = ""
    topic: str = ""
    customer: str = ""
    wait_seconds: int | None = None
    talk_seconds: int | None = None
    hold_seconds: int | None = None
    wrap_seconds: int | None = None
    transferred: bool | None = False  # None: not stated, so that what is stored remains
    ring_no_answer: int = 0
    resolved: bool | None = None
    rating: int | None = None
    legs: list[LegRecord] = field(default_factory=list)
    first_line: int = 0  # where a log first mentions it
    first_text: str = ""
    doubts: tuple[str, ...] = ()  # what is doubtful in it, by name (`running.doubt_words`); counted once it is stored

    @property
    def is_answered(self) -> bool:
        return self.disposition == ANSWERED


def is_ahead(now: datetime, *moments: datetime | None) -> bool:
    """Whether one of the moments lies so far ahead of `now` that a clock or a time zone must be wrong."""
    return any(moment is not None and moment > now + AHEAD for moment in moments)


def broken_rule(call: CallRecord, *, now: datetime) -> str:
    """The name of the first rule the call breaks ("" when it keeps them all); `now` is the clock of the reader."""
    spans = [call.wait_seconds, call.talk_seconds, call.hold_seconds, call.wrap_seconds]
    spans += [span for leg in call.legs for span in (leg.wait_seconds, leg.talk_seconds)]
    if any(span is not None and span < 0 for span in spans):
        return "negative"
    if call.answered_at and call.answered_at < call.queued_at:
        return "answered_before_queued"
    if call.ended_at and call.ended_at < (call.answered_at or call.queued_at):
        return "ended_before_begun"
    if any(span is not None and span > LONGEST.total_seconds() for span in spans):
        return "too_long"
    if call.ended_at and call.ended_at - (call.answered_at or call.queued_at) > LONGEST:
        return "too_long"
    if call.queued_at < EARLIEST:
        return "too_early"
    if max(filter(None, (call.queued_at, call.answered_at, call.ended_at))) > now + FUTURE:
        return "future"
    if not call.is_answered and call.disposition != OPEN and (call.talk_seconds or call.answered_at):
        return "talk_unanswered"
    if not call.is_answered and call.resolved:
        return "resolved_unanswered"
    return ""
