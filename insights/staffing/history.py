"""Queries: the half hours that were, when lines are open, how long calls took and how long people waited, who was there."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from statistics import median

from django.db.models import Min, Q
from django.utils import timezone

from contact_center.due.business_time import Calendar, holiday_on
from contact_center.due.targets import calendar_in_force, calendars_of
from contact_center.figures.half_hours import arrivals, half_hours_of
from contact_center.figures.period import Period
from contact_center.models import AgentState, Call, Contact, HalfHourFigures, TollFreeLine

from .forecast import Counted, Slot

HISTORY_WEEKS = 40  # of which the profile is made and tested
MEASURED_WEEKS = 8  # of which handling time and patience are measured
AWAY_AFTER = timedelta(minutes=30)  # without a call, where no states were recorded
USUAL_GAPS = 6  # or after so many times the usual time between two calls, where few come
_HALF_HOUR = timedelta(minutes=30)
_WORKING = ("ready", "on_call", "after_call")


@dataclass(frozen=True)
class Opening:
    """The half hours of a day in which a line is open: by its calendar, or without one those in which people have called."""

    calendar: Calendar | None
    called: frozenset[tuple[int, int]] = frozenset()  # weekday and place

    def slots_on(self, day: date) -> Iterator[Slot]:
        """The half hours of the day, in order. A half hour that is open in part counts."""
        if self.calendar is None:
            for moment in half_hours_of(day):
                place = place_of(moment)
                if (day.weekday(), place) in self.called and not holiday_on(day):
                    yield Slot(moment, day, place)
            return
        stretches = self.calendar.open_on(day)
        is_holiday = bool(holiday_on(day, self.calendar.province))
        for moment in half_hours_of(day) if stretches else ():
            if any(start < moment + _HALF_HOUR and end > moment for start, end in stretches):
                yield Slot(moment, day, place_of(moment), is_holiday)


def place_of(moment: datetime) -> int:
    """The half hour of the day on a clock in Italy: 0 is midnight, 47 half past eleven at night."""
    local = timezone.localtime(moment)
    return local.hour * 2 + local.minute // 30


def first_day_counted() -> date | None:
    """The first day of which half hours of calls are counted; None without any."""
    return HalfHourFigures.objects.filter(channel=Contact.Channel.PHONE).aggregate(first=Min("day"))["first"]


def openings(lines: Sequence[TollFreeLine], today: date) -> dict[int | None, Opening]:
    """When the lines are open, by their ids, under the calendars of today; None: when any is. Two queries."""
    own = calendars_of({line.calendar_id for line in lines if line.calendar_id is not None})
    common = calendar_in_force(Contact.Kind.REQUEST, 1, today)
    return {line.pk: Opening(own.get(line.calendar_id or 0) or common) for line in lines}


def history_of(
    openings: Mapping[int | None, Opening], period: Period, line: TollFreeLine
) -> tuple[list[Counted], Opening]:
    """The open half hours of the line in the period, those without calls too, and when it is open. One query."""
    found = arrivals(period, line=line)
    opening = openings[line.pk]
    if opening.calendar is None:
        opening = Opening(None, frozenset((each.day.weekday(), each.half_hour) for each in found))
    calls = {each.begins_at: each.offered for each in found}
    # a line that is new has no history before its first call
    first = min((each.day for each in found), default=period.end + timedelta(days=1))
    slots = (slot for day in Period(first, period.end).days() for slot in opening.slots_on(day))
    return [Counted(slot, calls.get(slot.starts_at, 0)) for slot in slots], opening


def together(histories: Iterable[Sequence[Counted]]) -> list[Counted]:
    """The half hours of several lines as one: open when any is, all their calls; a holiday when it is one for all that are open."""
    found: dict[datetime, Counted] = {}
    for history in histories:
        for slot, calls in history:
            before = found.get(slot.starts_at)
            found[slot.starts_at] = Counted(
                slot._replace(is_holiday=slot.is_holiday and (before is None or before.slot.is_holiday)),
                calls + (before.calls if before else 0),
            )
    return [found[moment] for moment in sorted(found)]


# --- How long ---------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Measured:
    """Calls of the last weeks: seconds of talk, hold and after-call work; seconds waited, and whether the caller gave up."""

    handling: Sequence[float]
    waits: Sequence[tuple[float, bool]]

    @property
    def mean_handling(self) -> float | None:
        """The mean handling time; None without a call."""
        return sum(self.handling) / len(self.handling) if self.handling else None


def measured(period: Period) -> dict[int | None, Measured]:
    """What was measured of the calls of each line, and of all (None). One query, of a few weeks."""
    rows = Call.objects.filter(
        day__range=(period.start, period.end),
        disposition__in=[Call.Disposition.ANSWERED, Call.Disposition.ABANDONED],
    ).values_list("line_id", "disposition", "wait_seconds", "talk_seconds", "hold_seconds", "wrap_seconds")
    handling: dict[int | None, list[float]] = {None: []}
    waits: dict[int | None, list[tuple[float, bool]]] = {None: []}
    for line, disposition, wait, talk, hold, wrap in rows.iterator():
        has_left = disposition == Call.Disposition.ABANDONED
        for key in (line, None):
            if wait is not None:
                waits.setdefault(key, []).append((wait, has_left))
            if not has_left and talk is not None and talk + hold + wrap > 0:
                handling.setdefault(key, []).append(talk + hold + wrap)
    return {key: Measured(handling.get(key, []), waits.get(key, [])) for key in {*handling, *waits}}


# --- A week that is over ----------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Week:
    """The calls of a week in the order of arrival, and the agents who were there: (from this second on, how many)."""

    arrivals: Sequence[float]  # seconds from its beginning
    calls: Sequence[tuple[float, float | None, float | None]]  # arrival, wait if answered, wait if given up
    agents: Sequence[tuple[float, int]]
    by_states: bool
    half_hours: Sequence[tuple[int, float]]  # calls, agents on average


def week_of(monday: date) -> Week:
    """The week from the Monday on, all lines as one queue. Three queries at most."""
    begins = half_hours_of(monday)[0]
    ends = half_hours_of(monday + timedelta(days=7))[0]
    rows = Call.objects.filter(
        queued_at__gte=begins,
        queued_at__lt=ends,
        disposition__in=[Call.Disposition.ANSWERED, Call.Disposition.ABANDONED],
        wait_seconds__isnull=False,
    ).order_by("queued_at", "pk")
    calls, talks = [], []
    for queued_at, disposition, wait, agent, answered_at, ended_at, wrap in rows.values_list(
        "queued_at", "disposition", "wait_seconds", "agent_id", "answered_at", "ended_at", "wrap_seconds"
    ):
        at = (queued_at - begins).total_seconds()
        has_left = disposition == Call.Disposition.ABANDONED
        waited = float(wait or 0)
        calls.append((at, None if has_left else waited, waited if has_left else None))
        if agent is not None and answered_at is not None and ended_at is not None:
            talks.append((agent, answered_at, ended_at + timedelta(seconds=wrap)))
    spans = _recorded(begins, ends)
    known = {(agent, timezone.localdate(start)) for agent, start, _end in spans}
    others = [talk for talk in talks if (talk[0], timezone.localdate(talk[1])) not in known]
    by_states = bool(spans) and not others
    # whoever is on a call is there, whatever was recorded
    steps = _steps(_joined([*spans, *_from_calls(others), *talks]), begins)
    length = int((ends - begins).total_seconds())
    return Week([at for at, *_waits in calls], calls, steps, by_states, _by_half_hour(calls, steps, length))


Presence = tuple[int, datetime, datetime]  # agent, from, until


def _recorded(begins: datetime, ends: datetime) -> list[Presence]:
    """When agents were ready, on a call or after one, by their recorded states."""
    rows = AgentState.objects.filter(Q(ended_at__gt=begins) | Q(ended_at__isnull=True), began_at__lt=ends)
    return [
        (agent, max(began, begins), min(ended or ends, ends))
        for agent, began, ended in rows.filter(state__in=_WORKING).values_list("agent_id", "began_at", "ended_at")
    ]


def _from_calls(talks: Iterable[Presence]) -> list[Presence]:
    """The same from calls alone: an agent is there from call to call of a day, and away where none came for too long."""
    of_days: dict[tuple[int, date], list[Presence]] = {}
    for talk in sorted(talks):
        of_days.setdefault((talk[0], timezone.localdate(talk[1])), []).append(talk)
    gaps: dict[int, list[float]] = {}  # seconds
    for (agent, _day), calls in of_days.items():
        gaps.setdefault(agent, []).extend((after[1] - before[2]).total_seconds() for before, after in pairwise(calls))
    longest = {
        agent: max(AWAY_AFTER, timedelta(seconds=USUAL_GAPS * median(each))) for agent, each in gaps.items() if each
    }
    return [
        (agent, before[2], after[1])
        for (agent, _day), calls in of_days.items()
        for before, after in pairwise(calls)
        if timedelta() < after[1] - before[2] <= longest[agent]
    ]


def _joined(spans: Iterable[Presence]) -> list[tuple[datetime, datetime]]:
    """The spans of each agent without overlaps."""
    found: list[tuple[datetime, datetime]] = []
    last: int | None = None
    for agent, start, end in sorted(spans):
        if agent == last and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
        last = agent
    return found


def _steps(spans: Iterable[tuple[datetime, datetime]], begins: datetime) -> list[tuple[float, int]]:
    changes: dict[float, int] = {}
    for start, end in spans:
        for moment, by in ((start, 1), (end, -1)):
            at = (moment - begins).total_seconds()
            changes[at] = changes.get(at, 0) + by
    there, steps = 0, []
    for at in sorted(changes):
        there += changes[at]
        steps.append((at, there))
    return steps


def _by_half_hour(
    calls: Sequence[tuple[float, float | None, float | None]], steps: Sequence[tuple[float, int]], length: int
) -> list[tuple[int, float]]:
    """Calls and the mean number of agents in each half hour that has either."""
    number = length // 1800
    offered, seconds = [0] * number, [0.0] * number
    for at, *_waits in calls:
        offered[min(int(at // 1800), number - 1)] += 1
    for (start, there), (end, _next) in pairwise([*steps, (float(length), 0)]):
        place = int(start // 1800)
        while there and start < end and place < number:
            until = min(end, (place + 1) * 1800.0)
            seconds[place] += there * (until - start)
            start, place = until, place + 1
    return [(calls, each / 1800) for calls, each in zip(offered, seconds, strict=True) if calls or each]
