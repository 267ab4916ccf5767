"""Calls that never were: a small day at the telephones, as a platform would report it. No clock, no database, no network.

`day` plays callers, lines and agents with a random generator, and gives the events of each call with their moments and
what truly happened; `with_faults` repeats, delays and loses some on their way.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

LESS_THAN_THE_LINE_BEFORE = 0.45  # of the calls of one line, the next one in order has this share
PATIENCE_SECONDS = 25.0  # the mean; a caller who waits longer hangs up
RING_SECONDS = 3.0
MISSED_RINGS = 0.08  # share of rings that nobody picks up
WITHHELD = 0.04
HOLDS = 0.15
TRANSFERS = 0.10
TRANSFER_ATTENDED = 0.4
PAUSE_SECONDS = 2.0  # an agent's breath between two calls


@dataclass(frozen=True, slots=True)
class Sent:
    """An event on its way: as the door takes it, and the second of the run at which it leaves."""

    leaves: float
    body: dict[str, Any]


@dataclass(slots=True)
class Story:
    """One call: its events, and what came of it ("answered" or "abandoned"; the agent who answered first; the line)."""

    call_id: str
    line: str
    events: list[Sent] = field(default_factory=list)
    disposition: str = "abandoned"
    agent: str = ""
    lost: int = 0  # events that never arrive

    def tell(self, start: datetime, second: float, kind: str, **facts: Any) -> None:
        """Add an event that happens, and leaves, at that second of the run."""
        at = (start + timedelta(seconds=second)).isoformat()
        body = {"call_id": self.call_id, "event_id": f"{self.call_id}-{len(self.events)}", "event": kind, "at": at}
        self.events.append(Sent(second, body | facts))


def day(
    rng: Random,
    *,
    start: datetime,
    seconds: float,
    calls_per_minute: float,
    talk_seconds: float,
    lines: Sequence[str],
    numbers: Sequence[str],
    agents: Sequence[str],
    name: str,
) -> list[Story]:
    """The calls that arrive within so many seconds (a Poisson stream) and are answered by whichever agent is free.

    `lines` are the codes of the lines, most called first.
    """
    shares = [LESS_THAN_THE_LINE_BEFORE**place for place in range(len(lines))]
    free_at = dict.fromkeys(agents, 0.0)
    stories: list[Story] = []
    second = rng.expovariate(calls_per_minute / 60)
    while second < seconds:
        line = rng.choices(lines, shares)[0]
        story = Story(f"{name}-{len(stories):05d}", line)
        caller = "anonymous" if rng.random() < WITHHELD or not numbers else rng.choice(numbers)
        story.tell(start, second, "queued", line=line, caller=caller)
        _play(rng, story, start, second, free_at, talk_seconds)
        stories.append(story)
        second += rng.expovariate(calls_per_minute / 60)
    return stories


def _play(
    rng: Random, story: Story, start: datetime, queued: float, free_at: dict[str, float], talk_seconds: float
) -> None:
    gives_up = queued + rng.expovariate(1 / PATIENCE_SECONDS)
    now = queued
    while True:
        agent = min(free_at, key=lambda each: (max(free_at[each], now), rng.random()))
        now = max(now, free_at[agent]) + 0.2
        picks_up = now + rng.uniform(0.4, RING_SECONDS)
        if picks_up > gives_up:
            if now < gives_up:
                story.tell(start, now, "ringing", agent=agent)
            story.tell(start, gives_up, "ended", reason="abandoned")
            return
        story.tell(start, now, "ringing", agent=agent)
        if rng.random() >= MISSED_RINGS:
            break
        story.tell(start, picks_up, "rang_out", agent=agent)
        free_at[agent] = picks_up + 10
        now = picks_up
    story.tell(start, picks_up, "answered", agent=agent)
    story.disposition, story.agent = "answered", agent
    ends = picks_up + rng.lognormvariate(0, 0.5) * talk_seconds
    free_at[agent] = ends + PAUSE_SECONDS
    if rng.random() < HOLDS:
        story.tell(start, picks_up + (ends - picks_up) * 0.3, "held", agent=agent)
        story.tell(start, picks_up + (ends - picks_up) * 0.5, "resumed", agent=agent)
    others = [each for each in free_at if each != agent]
    if others and rng.random() < TRANSFERS:
        other = min(others, key=lambda each: free_at[each])
        ready = max(ends, free_at[other])
        if rng.random() < TRANSFER_ATTENDED:
            story.tell(start, ready, "transferred", agent=agent, to_agent=other, attended=True)
        else:
            story.tell(start, ends, "transferred", agent=agent, to_agent=other)
            ready += 1
            story.tell(start, ready, "answered", agent=other)
        ends = ready + rng.lognormvariate(0, 0.5) * talk_seconds
        free_at[other] = ends + PAUSE_SECONDS
        free_at[agent] = max(free_at[agent], ready + PAUSE_SECONDS)
    story.tell(start, ends, "ended", reason="completed")


def with_faults(rng: Random, stories: Sequence[Story], share: float) -> list[Story]:
    """The stories as a bad line carries them: that share of the events comes twice, as many come late, and some never.

    One event in four of that share is lost; what is lost of a call is counted in it.
    """
    carried = []
    for story in stories:
        events, lost = [], 0
        for event in story.events:
            if rng.random() < share / 4:
                lost += 1
                continue
            late = rng.uniform(1, 8) if rng.random() < share else 0.0
            events.append(replace(event, leaves=event.leaves + late))
            if rng.random() < share:
                events.append(replace(event, leaves=event.leaves + late + rng.uniform(0, 4)))
        carried.append(replace(story, events=events, lost=lost))
    return carried
