"""Asterisk's queue_log as calls: a state machine over lines, without database and without Django.

A line is `epoch|callid|queue|agent|event|data…`. Lines of many calls are interleaved; one call may pass through
several queues under one callid, and each leg of it becomes a `LegRecord`. `QueueLog.feed` takes a line and gives
back the calls that have been quiet for `linger_lines` lines (a finished one may yet enter another queue);
`QueueLog.finish` gives back the rest, calls still in queue or in talk among them. A call that speaks again after it
was given out comes out a second time with what was new: `merge` joins the two, in whatever order they are read, and
joining the same again changes nothing.

An agent who asks a colleague in another queue before handing the caller over makes a call of their own, the
consultation: it is part of the caller's call, recognised by the ATTENDEDTRANSFER that joins the two.

Seconds come from the events' own data where these give them and the time stamps agree within two seconds; otherwise
the time stamps are believed and the contradiction is counted.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from foundation.numbers import is_digits, whole_number

from .records import ABANDONED, ANSWERED, KEY_EXIT, NO_AGENTS, OPEN, TIMED_OUT, TURNED_AWAY, CallRecord, LegRecord

LINGER_LINES = 5_000
OPEN_LINGER_LINES = 50_000
TOLERANCE_SECONDS = 2
_INTERFACE = re.compile(r"[A-Za-z]\w*/(\d{2,8})(?:[-@/].*)?")
LATEST_EPOCH = 32_503_680_000  # the year 3000; milliseconds written for seconds lie beyond it

ABOUT_AGENTS = frozenset(
    [
        "ADDMEMBER",
        "REMOVEMEMBER",
        "PAUSE",
        "UNPAUSE",
        "PAUSEALL",
        "UNPAUSEALL",
        "CONFIGRELOAD",
        "QUEUESTART",
        "AGENTLOGIN",
        "AGENTLOGOFF",
        "AGENTCALLBACKLOGIN",
        "AGENTCALLBACKLOGOFF",
        "PENALTY",
        "DID",
    ]
)
LEFT = {"ABANDON": ABANDONED, "EXITWITHTIMEOUT": TIMED_OUT, "EXITWITHKEY": KEY_EXIT, "EXITEMPTY": NO_AGENTS}
TRANSFERS = frozenset(("BLINDTRANSFER", "ATTENDEDTRANSFER", "TRANSFER"))
AWAY = frozenset(("JOINEMPTY", "FULL", "CLOSED"))
RANG = frozenset(("RINGNOANSWER", "RINGCANCELED", "AGENTDUMP"))
# RINGCANCELED: the caller left while it rang. Only the others are an agent's silence.
RANG_IN_VAIN = frozenset(("RINGNOANSWER", "AGENTDUMP"))
ENDS = frozenset(("COMPLETEAGENT", "COMPLETECALLER")) | TRANSFERS
OF_CALLS = frozenset(("ENTERQUEUE", "CONNECT", *LEFT, *ENDS, *AWAY, *RANG))


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the log, with its number from 1."""

    number: int
    at: datetime
    callid: str
    queue: str
    agent: str
    event: str
    data: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A line, or a call by its lines, that cannot be loaded. `why` is a word the caller puts into a sentence."""

    number: int
    text: str
    why: str  # fields, time, callid, queue
    value: str = ""
    lines: tuple[int, ...] = ()


@dataclass(slots=True)
class _LoggedLeg:
    """A leg of a call, in one queue, as far as the lines read so far describe it."""

    queue: str
    entered_at: datetime
    entry_known: bool
    agent: str = ""
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    disposition: str = OPEN
    stated_wait: int | None = None
    stated_talk: int | None = None


@dataclass(slots=True)
class _LoggedCall:
    """All that is known of one callid."""

    callid: str
    touched: int
    legs: list[_LoggedLeg] = field(default_factory=list)
    caller: str = ""
    transferred: bool = False
    rings: set[tuple[datetime, str]] = field(default_factory=set)
    first: tuple[int, str] = (0, "")
    numbers: list[int] = field(default_factory=list)
    unknown_queue: str = ""
    doubts: list[str] = field(default_factory=list)
    consultations: list[str] = field(default_factory=list)  # the callids that turned out to be part of this call

    @property
    def is_open(self) -> bool:
        return bool(self.legs) and self.legs[-1].ended_at is None


class QueueLog:
    """The machine. `queues` maps a queue to the code of its line; None lets a queue be its own line.

    `agents` gives the code of an agent's name in the log, None for a name that is the code itself.

    Counters: `lines` read, `ignored` (events about agents) and `unknown` events by name, `repeated` lines that added
    nothing. A call has its doubts by name ("wait", "talk": data against time stamps; "entry": queueing moment not
    in the file; "clock": it went backwards).
    """

    def __init__(
        self,
        queues: Mapping[str, str] | None = None,
        *,
        second_level_queues: Iterable[str] = (),
        agents: Callable[[str], str | None] | None = None,
        linger_lines: int = LINGER_LINES,
        open_linger_lines: int = OPEN_LINGER_LINES,
    ):
        self.queues = queues
        self.second_level = frozenset(second_level_queues)
        self.agents = agents
        self.linger, self.open_linger = linger_lines, open_linger_lines
        self.lines = 0
        self.repeated = 0
        self.ignored: Counter[str] = Counter()
        self.unknown: Counter[str] = Counter()
        # Both in the order of their last line, so that the one to give out is always the first.
        self._finished: dict[str, _LoggedCall] = {}
        self._running: dict[str, _LoggedCall] = {}
        self._part_of: dict[str, str] = {}  # callid of a consultation -> callid of the call it is part of

    def feed(self, number: int, text: str) -> Iterator[CallRecord | RefusedLine]:
        """Take one line; give out what it made ready. Blank lines are passed over."""
        self.lines += 1
        text = text.rstrip("\r\n")
        if text.strip():
            line = parse(number, text)
            if isinstance(line, RefusedLine):
                yield line
            elif line.event in OF_CALLS:
                self._take(line, text)
            elif line.event in ABOUT_AGENTS:
                self.ignored[line.event] += 1
            else:
                self.unknown[line.event] += 1
        for stories, patience in ((self._finished, self.linger), (self._running, self.open_linger)):
            while stories:
                story = next(iter(stories.values()))
                if self.lines - story.touched <= patience:
                    break
                yield self._give_out(stories.pop(story.callid))

    def finish(self) -> Iterator[CallRecord | RefusedLine]:
        """Give out every call that is left; those without an end are open."""
        for stories in (self._finished, self._running):
            while stories:
                yield self._give_out(stories.pop(next(iter(stories))))

    # --- One line

    def _take(self, line: Line, text: str) -> None:
        if line.callid in self._part_of:
            line = replace(line, callid=self._part_of[line.callid])
        consultation = None
        if line.event == "ATTENDEDTRANSFER" and (found := self._consultation_of(line)):
            call, consultation = found
            if call is None:
                self._forget(consultation)
                return
            line = replace(line, callid=call.callid)
        story = self._finished.pop(line.callid, None) or self._running.pop(line.callid, None)
        if story is None:
            story = _LoggedCall(line.callid, self.lines, first=(line.number, text))
        story.touched = self.lines
        if len(story.numbers) < 20:
            story.numbers.append(line.number)
        if self.queues is not None and line.queue not in self.queues:
            story.unknown_queue = story.unknown_queue or line.queue
        self._apply(story, line)
        if consultation is not None:
            self._join(story, consultation, line.at)
        (self._running if story.is_open else self._finished)[line.callid] = story

    def _consultation_of(self, line: Line) -> tuple[_LoggedCall | None, _LoggedCall] | None:
        """The caller's call and the agent's consultation that an attended transfer joins; None where it joins none.

        The call is None where the file does not have it. The line has either the callid of the consultation, with the queue and agent that the caller was with, or that
        of the caller's call; then the consultation is a call that the agent's extension has in another queue.
        """
        agent = self._agent(line)
        story = self._finished.get(line.callid) or self._running.get(line.callid)
        if story is None or not any(leg.queue == line.queue and leg.agent == agent for leg in story.legs):
            call = self._call_with(agent, line)
            if call is not None and (story is not None or _talk_fits(call, line)):
                return call, story or _LoggedCall(line.callid, self.lines)
            if call is None and story is not None and story.caller and story.caller == _extension(line.agent):
                # The file begins after the call did: what is stored of it goes on with its next event.
                return None, story
        elif extension := _extension(line.agent):
            for other in reversed(self._running.values()):
                if other is not story and other.caller == extension:
                    return story, other
        return None

    def _forget(self, story: _LoggedCall) -> None:
        self._finished.pop(story.callid, None)
        self._running.pop(story.callid, None)

    def _call_with(self, agent: str, line: Line) -> _LoggedCall | None:
        """The call that the agent is talking to in the queue of the line."""
        for story in reversed(self._running.values()):
            leg = story.legs[-1]
            if story.callid != line.callid and leg.queue == line.queue and leg.answered_at and leg.agent == agent:
                return story
        return None

    def _join(self, call: _LoggedCall, consultation: _LoggedCall, at: datetime) -> None:
        """Make the legs of a consultation those of the call, which was handed over at the moment."""
        self._forget(consultation)
        callids = [consultation.callid, *consultation.consultations]
        call.consultations += callids
        self._part_of |= dict.fromkeys(callids, call.callid)
        for leg in consultation.legs:
            if leg.answered_at is not None and leg.ended_at is None:  # the agents spoke first; the caller comes now
                leg.entered_at = leg.answered_at = max(at, leg.answered_at)
                leg.stated_wait = 0
        call.legs += consultation.legs
        call.rings |= consultation.rings
        call.numbers += consultation.numbers
        call.doubts += consultation.doubts
        call.unknown_queue = call.unknown_queue or consultation.unknown_queue

    def _apply(self, story: _LoggedCall, line: Line) -> None:
        if line.event == "ENTERQUEUE":
            self._enter(story, line)
        elif line.event in AWAY:
            self._turn_away(story, line)
        elif line.event in RANG:
            self._ring(story, line)
        elif line.event == "CONNECT":
            self._connect(story, line)
        elif line.event in LEFT:
            self._leave(story, line)
        else:
            self._end_talk(story, line)

    def _enter(self, story: _LoggedCall, line: Line) -> None:
        caller = line.data[1].strip() if len(line.data) > 1 else ""
        story.caller = story.caller or caller
        if any(leg.queue == line.queue and leg.entered_at == line.at and leg.entry_known for leg in story.legs):
            self.repeated += 1
            return
        story.legs.append(_LoggedLeg(line.queue, line.at, True))

    def _turn_away(self, story: _LoggedCall, line: Line) -> None:
        leg = _latest(story, line.queue, lambda each: each.ended_at is None and each.answered_at is None)
        if leg is None:
            if any(
                each.queue == line.queue and each.ended_at == line.at and each.disposition == TURNED_AWAY
                for each in story.legs
            ):
                self.repeated += 1
                return
            leg = _LoggedLeg(line.queue, line.at, True)
            story.legs.append(leg)
        leg.ended_at, leg.disposition = line.at, TURNED_AWAY

    def _ring(self, story: _LoggedCall, line: Line) -> None:
        if not _latest(story, line.queue):
            story.legs.append(_LoggedLeg(line.queue, line.at, False))
        if line.event in RANG_IN_VAIN:
            ring = (line.at, line.agent)
            self.repeated += ring in story.rings
            story.rings.add(ring)

    def _connect(self, story: _LoggedCall, line: Line) -> None:
        wait = _seconds(line.data, 0)
        leg = _latest(story, line.queue, lambda each: each.ended_at is None and each.answered_at is None)
        if leg is None:
            if any(each.queue == line.queue and each.answered_at == line.at for each in story.legs):
                self.repeated += 1
                return
            leg = self._leg_from_the_middle(story, line, wait)
        self._begin_earlier(leg, line, wait)
        leg.agent, leg.answered_at = self._agent(line), self._not_before(story, line, leg.entered_at)
        leg.stated_wait = wait

    def _leave(self, story: _LoggedCall, line: Line) -> None:
        wait = _seconds(line.data, 3 if line.event == "EXITWITHKEY" else 2)
        leg = _latest(story, line.queue, lambda each: each.ended_at is None and each.answered_at is None)
        if leg is None:
            if _latest(story, line.queue, lambda each: each.ended_at is None or each.ended_at == line.at):
                self.repeated += 1  # read before, or about a caller whom an agent already has
                return
            leg = self._leg_from_the_middle(story, line, wait)
        self._begin_earlier(leg, line, wait)
        leg.ended_at, leg.disposition = self._not_before(story, line, leg.entered_at), LEFT[line.event]
        leg.stated_wait = wait

    def _end_talk(self, story: _LoggedCall, line: Line) -> None:
        # Completion states wait, talk, position; a transfer the same three after where it went.
        hold, talk = _hold_and_talk(line)
        leg = _latest(story, line.queue, lambda each: each.ended_at is None)
        if leg is None:
            if _latest(story, line.queue, lambda each: each.answered_at is not None):
                self.repeated += 1  # a transfer and then a completion: the talk ended with the transfer
                story.transferred |= line.event in TRANSFERS
                return
            leg = self._leg_from_the_middle(story, line, (hold or 0) + (talk or 0) if talk is not None else None)
        if leg.answered_at is None:
            self._begin_earlier(leg, line, (hold or 0) + talk if talk is not None else None)
            leg.answered_at = max(line.at - timedelta(seconds=talk or 0), leg.entered_at)
            leg.stated_wait = hold
        leg.agent = leg.agent or self._agent(line)
        leg.ended_at, leg.disposition = self._not_before(story, line, leg.answered_at), ANSWERED
        leg.stated_talk = talk
        story.transferred |= line.event in TRANSFERS

    def _leg_from_the_middle(self, story: _LoggedCall, line: Line, before: int | None) -> _LoggedLeg:
        """A leg whose beginning the file does not have: entered `before` seconds ago, where the event states them."""
        leg = _LoggedLeg(line.queue, line.at - timedelta(seconds=before or 0), False)
        story.legs.append(leg)
        return leg

    def _begin_earlier(self, leg: _LoggedLeg, line: Line, before: int | None) -> None:
        """Where the moment of entering is not known, an event that states the seconds before it moves it back."""
        if not leg.entry_known and before is not None:
            leg.entered_at = min(leg.entered_at, line.at - timedelta(seconds=before))

    def _not_before(self, story: _LoggedCall, line: Line, earlier: datetime) -> datetime:
        """The moment of the line, or the earlier one when the clock has gone backwards between them."""
        story.doubts += ["clock"] * (line.at < earlier)
        return max(line.at, earlier)

    # --- One call

    def _give_out(self, story: _LoggedCall) -> CallRecord | RefusedLine:
        for callid in story.consultations:
            self._part_of.pop(callid, None)
        if story.unknown_queue:
            return RefusedLine(*story.first, "queue", story.unknown_queue, tuple(story.numbers))
        legs = []
        for logged in sorted(story.legs, key=lambda each: each.entered_at):
            story.doubts += ["entry"] * (not logged.entry_known and logged.stated_wait is None)
            leg = LegRecord(
                queue=logged.queue,
                line=self.line_of(logged.queue),
                entered_at=logged.entered_at,
                agent=logged.agent,
                answered_at=logged.answered_at,
                ended_at=logged.ended_at,
                disposition=logged.disposition,
                entry_known=logged.entry_known,
            )
            leg.wait_seconds = _believed(
                story, "wait", logged.stated_wait, logged.entered_at, logged.answered_at or logged.ended_at
            )
            leg.talk_seconds = _believed(story, "talk", logged.stated_talk, logged.answered_at, logged.ended_at)
            legs.append(leg)
        call = settle(
            story.callid,
            legs,
            caller=story.caller,
            transferred=story.transferred,
            ring_no_answer=len(story.rings),
            second_level_queues=self.second_level,
        )
        call.first_line, call.first_text = story.first
        call.doubts = tuple(story.doubts)
        return call

    def line_of(self, queue: str) -> str:
        """The code of the line a queue serves."""
        return queue if self.queues is None else self.queues.get(queue, "")

    def _agent(self, line: Line) -> str:
        name = "" if line.agent in ("NONE", "") else line.agent[:60]
        return (self.agents(name) or name) if self.agents and name else name


def _believed(
    story: _LoggedCall, name: str, stated: int | None, begun: datetime | None, ended: datetime | None
) -> int:
    if begun is None or ended is None:
        return 0
    measured = round((ended - begun).total_seconds())
    if stated is None:
        return measured
    if abs(stated - measured) > TOLERANCE_SECONDS:
        story.doubts.append(name)
        return measured
    return stated


def parse(number: int, text: str) -> Line | RefusedLine:
    """A line of the log taken apart; RefusedLine when it is none."""
    parts = text.split("|")
    if len(parts) < 5 or "\0" in text or not parts[4].strip():
        return RefusedLine(number, text, "fields", str(len(parts)))
    try:
        at = _moment(parts[0].strip())
    except ValueError:
        return RefusedLine(number, text, "time", parts[0])
    event = parts[4].strip().upper()
    callid = parts[1].strip()
    if event in OF_CALLS and (callid in ("", "NONE") or len(callid) > 120):
        return RefusedLine(number, text, "callid", callid[:40])
    return Line(number, at, callid, parts[2].strip()[:80], parts[3].strip(), event, tuple(parts[5:]))


def settle(
    callid: str,
    legs: list[LegRecord],
    *,
    caller: str,
    transferred: bool,
    ring_no_answer: int,
    second_level_queues: frozenset[str],
) -> CallRecord:
    """The call that its legs make; `legs` are in the order of entering and there is at least one.

    A leg without an end before a later leg ended, at the latest, when that one began. The first answer gives agent and
    moment, all legs the talk. Two agents who answered one after the other are a transfer too. First level solved it if it
    was answered, not transferred, and never came to a queue of the second level.
    """
    transferred = transferred or len({leg.agent for leg in legs if leg.answered_at and leg.agent}) > 1
    for place, (leg, following) in enumerate(pairwise(legs)):
        if leg.ended_at is None:
            ended_at = max(following.entered_at, leg.answered_at or leg.entered_at)
            answered = leg.answered_at is not None
            legs[place] = leg = replace(leg, ended_at=ended_at, disposition=ANSWERED if answered else ABANDONED)
            span = round((ended_at - (leg.answered_at or leg.entered_at)).total_seconds())
            if answered:
                leg.talk_seconds = span
            else:
                leg.wait_seconds = span
    first, last = legs[0], legs[-1]
    answer = next((leg for leg in legs if leg.answered_at is not None), None)
    answered_at = answer.answered_at if answer else None
    is_open = last.ended_at is None
    disposition = OPEN if is_open else ANSWERED if answer else last.disposition
    if answer is first or (answer is None and len(legs) == 1):
        wait = first.wait_seconds
    elif answered_at is not None:
        wait = round((answered_at - first.entered_at).total_seconds())
    else:
        wait = 0 if last.ended_at is None else round((last.ended_at - first.entered_at).total_seconds())
    to_second = any(leg.queue in second_level_queues for leg in legs)
    return CallRecord(
        external_id=callid,
        line=first.line,
        queued_at=first.entered_at,
        disposition=disposition,
        answered_at=answered_at,
        ended_at=None if is_open else max(leg.ended_at for leg in legs if leg.ended_at is not None),
        caller_stated=caller[:60],
        agent=answer.agent if answer else "",
        wait_seconds=wait,
        talk_seconds=sum(leg.talk_seconds for leg in legs),
        transferred=transferred,
        ring_no_answer=ring_no_answer,
        resolved=not transferred and not to_second if disposition == ANSWERED else None,
        legs=legs,
    )


def merge(known: CallRecord, reported: CallRecord, *, second_level_queues: frozenset[str] = frozenset()) -> CallRecord:
    """What is known of a call and what a file reports of it now, as one call.

    Legs are the same when the queue is and they began, or were answered, within two seconds of each other, or when the
    known one still waits for the end that is reported. Of two versions the one that knows more wins; of equals, the new.
    """
    legs = list(known.legs)
    places = []
    for new in reported.legs:
        place = _same_leg(legs, new)
        if place is None:
            place = len(legs)
            legs.append(new)
        else:
            legs[place] = _merge_legs(legs[place], new)
        places.append(place)
    in_turn = [legs[place] for place in _woven(len(known.legs), places)]
    legs = _without_twins(sorted(in_turn, key=lambda leg: leg.entered_at))
    call = settle(
        known.external_id,
        legs,
        caller=reported.caller_stated or known.caller_stated,
        transferred=bool(known.transferred or reported.transferred),
        ring_no_answer=max(known.ring_no_answer, reported.ring_no_answer),
        second_level_queues=second_level_queues,
    )
    call.caller = reported.caller if reported.caller_stated else known.caller
    call.doubts = reported.doubts
    return call


def _woven(known: int, reported: list[int]) -> list[int]:
    """The places of all legs in one order, for those of the same second: as reported now, and around that as known.

    `known` is how many legs there were (places 0 to known - 1), `reported` the places of those reported now, in their order.
    A known leg that is not reported again remains behind the last one before it that is, or comes first.
    """
    following: dict[int | None, list[int]] = {}
    before = None
    for place in range(known):
        if place in reported:
            before = place
        else:
            following.setdefault(before, []).append(place)
    order = following.get(None, [])
    for place in dict.fromkeys(reported):
        order += [place, *following.get(place, [])]
    return order


def _same_leg(legs: list[LegRecord], new: LegRecord) -> int | None:
    near = timedelta(seconds=TOLERANCE_SECONDS)
    same = [(place, leg) for place, leg in enumerate(legs) if leg.queue == new.queue]
    for place, leg in same:
        if leg.entered_at == new.entered_at:
            return place
    if new.entry_known:
        # A known beginning differs only from one that was worked out: that of a leg answered or ended as this one was.
        for place, leg in same:
            if leg.answered_at and leg.answered_at == new.answered_at:
                return place
            if leg.ended_at and leg.ended_at == new.ended_at:
                return place
            if new.ended_at is None and leg.ended_at and abs(leg.entered_at - new.entered_at) <= near:
                return place
            waits = leg.ended_at is None and leg.answered_at is None  # nobody waits twice in one queue
            left_at = new.answered_at or new.ended_at
            if waits and new.entered_at <= leg.entered_at and (left_at is None or leg.entered_at <= left_at):
                return place
        return None
    if new.answered_at is None and new.ended_at is None:  # no more than that it rang: part of the leg around it
        for place, leg in same:
            left_at = leg.answered_at or leg.ended_at
            if leg.entered_at <= new.entered_at and (left_at is None or new.entered_at <= left_at + near):
                return place
    for place, leg in same:
        if leg.answered_at and leg.answered_at == new.answered_at:
            return place
        if leg.ended_at and leg.ended_at == new.ended_at:
            return place
    for place, leg in same:
        if leg.ended_at is None and leg.entered_at <= (new.ended_at or new.answered_at or new.entered_at) + near:
            return place
    for place, leg in same:
        if abs(leg.entered_at - new.entered_at) <= near:
            return place
    return None


def _without_twins(legs: list[LegRecord]) -> list[LegRecord]:
    """The legs without those that only repeat the end of an earlier one in the same queue."""
    kept: list[LegRecord] = []
    for leg in legs:
        twin = any(
            leg.ended_at
            and leg.queue == each.queue
            and (leg.answered_at, leg.ended_at) == (each.answered_at, each.ended_at)
            for each in kept
        )
        if not twin:
            kept.append(leg)
    return kept


def _merge_legs(known: LegRecord, new: LegRecord) -> LegRecord:
    if not new.entry_known and new.entered_at != known.entered_at:
        # Only the end is new: the beginning that is known remains, and the seconds follow from it.
        new = replace(new, entered_at=known.entered_at, answered_at=new.answered_at or known.answered_at)
        begun = new.answered_at or new.ended_at
        measured = round((begun - new.entered_at).total_seconds()) if begun else 0
        if abs(measured - new.wait_seconds) > TOLERANCE_SECONDS:
            new.wait_seconds = measured
    if known.ended_at and not new.ended_at:
        return replace(known, entered_at=new.entered_at) if new.entry_known else known
    if known.answered_at and not new.answered_at and new.disposition in (OPEN, ANSWERED):
        return replace(
            known, ended_at=new.ended_at, disposition=new.disposition if new.ended_at else known.disposition
        )
    agent = new.agent or known.agent
    return replace(new, agent=agent) if agent != new.agent else new


def _latest(story: _LoggedCall, queue: str, wanted=lambda leg: True) -> _LoggedLeg | None:
    return next((leg for leg in reversed(story.legs) if leg.queue == queue and wanted(leg)), None)


def _extension(agent: str) -> str:
    """The extension in the name of an agent's interface: 4101 of PJSIP/4101 or Local/4101@from-queue/n; else ""."""
    found = _INTERFACE.fullmatch(agent)
    return found[1] if found else ""


def _talk_fits(story: _LoggedCall, line: Line) -> bool:
    """Whether the talk that the line states is that of the leg the call is in."""
    _hold, talk = _hold_and_talk(line)
    answered_at = story.legs[-1].answered_at
    if talk is None or answered_at is None:
        return False
    return abs((line.at - answered_at).total_seconds() - talk) <= TOLERANCE_SECONDS


def _seconds(data: tuple[str, ...], place: int) -> int | None:
    """The whole seconds in a field of the data; None when it is absent or no number."""
    text = data[place].strip() if place < len(data) else ""
    return whole_number(text, most_digits=8)


def _hold_and_talk(line: Line) -> tuple[int | None, int | None]:
    if line.event in ("COMPLETEAGENT", "COMPLETECALLER"):
        return _seconds(line.data, 0), _seconds(line.data, 1)
    data = line.data
    if line.event == "TRANSFER":  # extension, context, wait, talk and, from 1.8 on, position
        return _seconds(data, 2), _seconds(data, 3)
    if len(data) < 3:
        return None, None
    return _seconds(data, len(data) - 3), _seconds(data, len(data) - 2)


def _moment(text: str) -> datetime:
    whole, _dot, fraction = text.partition(".")
    if not is_digits(whole) or (fraction and not is_digits(fraction)):
        raise ValueError(text)
    seconds = int(whole)
    if seconds > LATEST_EPOCH:
        raise ValueError(text)
    return datetime.fromtimestamp(seconds, UTC) + timedelta(
        microseconds=int((fraction + "000000")[:6]) if fraction else 0
    )
