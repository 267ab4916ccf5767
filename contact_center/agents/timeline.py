"""Rule: from what an agent reported and the calls they spoke in to the states they were in. No clock, no database.

Two axes, of which the telephone's hides the other: an agent is on a call while one of their calls lasts, and after a call
from its end until it is coded. What they report meanwhile is where they go back to. The same facts, in whatever order they
became known, give the same states.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from contact_center.models.agent_state import Cause, Reported, Telephone

LONGEST_AFTER_CALL = timedelta(hours=12)  # what is not coded by then was forgotten


@dataclass(frozen=True, slots=True)
class Report:
    """What was reported of an agent, from that moment on."""

    at: datetime
    reported: str
    cause: str
    pause_id: int | None = None


@dataclass(frozen=True, slots=True)
class Talk:
    """A call while the agent had the caller. `released_at` is when there was nothing left for them to code."""

    contact_id: int
    began_at: datetime
    ended_at: datetime | None = None
    released_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A state from a moment to the next one; the last has no end."""

    began_at: datetime
    ended_at: datetime | None
    report: Report
    telephone: str = Telephone.FREE
    contact_id: int | None = None


def whole(moment: datetime) -> datetime:
    """The second in which it was: states begin and end at whole seconds, so that what they last adds up."""
    return moment.replace(microsecond=0)


def timeline(reports: Iterable[Report], talks: Iterable[Talk], *, since: datetime, now: datetime) -> list[Span]:
    """The states from `since` on, each beginning where the one before ends; the last one is open.

    - On a call from the answer to the end, or to the moment at which somebody else had the caller; of two at once the later.
    - After a call from its end until it is coded, another report comes, or LONGEST_AFTER_CALL is over. There is none where the
      agent was reported off during the call.
    - Before anything was reported an agent is off.
    """
    since = whole(since)
    reports = sorted((replace(each, at=whole(each.at)) for each in reports), key=lambda each: each.at)
    if not reports or reports[0].at > since:
        reports.insert(0, Report(since, Reported.OFF, Cause.NOTHING))
    on_call, after_call = _stretches(list(talks), reports, now)
    moments = {since, *(each.at for each in reports)}
    moments |= {moment for began, ended, _contact in on_call + after_call for moment in (began, ended) if moment}
    spans: list[Span] = []
    for moment in sorted(moment for moment in moments if moment >= since):
        report = next(each for each in reversed(reports) if each.at <= moment)
        telephone, contact_id = _telephone_at(moment, on_call, after_call)
        span = Span(moment, None, report, telephone, contact_id)
        if not spans:
            spans = [span]
        elif span != replace(spans[-1], began_at=moment):
            spans[-1:] = [replace(spans[-1], ended_at=moment), span]
    return spans


Stretch = tuple[datetime, datetime | None, int]


def _stretches(talks: list[Talk], reports: Sequence[Report], now: datetime) -> tuple[list[Stretch], list[Stretch]]:
    """When the agent was on each call, and after it."""
    on_call: list[Stretch] = []
    after_call: list[Stretch] = []
    for talk in talks:
        began, ended = whole(talk.began_at), talk.ended_at and whole(talk.ended_at)
        on_call.append((began, ended, talk.contact_id))
        if ended is None or any(each.reported == Reported.OFF and began < each.at <= ended for each in reports):
            continue
        ends = [each.at for each in reports if each.at > ended][:1]
        if talk.released_at is not None:
            ends.append(max(whole(talk.released_at), ended))
        if ended + LONGEST_AFTER_CALL <= now:
            ends.append(ended + LONGEST_AFTER_CALL)
        after_call.append((ended, min(ends, default=None), talk.contact_id))
    return on_call, after_call


def _telephone_at(moment: datetime, on_call: list[Stretch], after_call: list[Stretch]) -> tuple[str, int | None]:
    for word, stretches in ((Telephone.ON_CALL, on_call), (Telephone.AFTER_CALL, after_call)):
        lasting = [each for each in stretches if each[0] <= moment and (each[1] is None or moment < each[1])]
        if lasting:
            return word, max(lasting, key=lambda each: (each[0], each[2]))[2]
    return Telephone.FREE, None
