"""Rule: time counted only while the service works. When a contact is due, how much was used, and the sum in steps.

Plain values in, plain values out: neither the clock nor the database is read here. Hours are local time, moments are
aware, and every stretch is half-open: a service that closes at 13:00 does not work at 13:00. A day on which the clocks
change counts the hours it really has. docs/decisions/business-time.md says why each of these.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import holidays
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from foundation.dates import ROME
from foundation.naming import in_language
from foundation.refusals import Refused

MIDNIGHT = time(0)  # as a closing time: the end of the day
FURTHEST = timedelta(days=3 * 366)  # a service that has not worked long enough by then is not looked at any further
UNITY_DAY_IS_A_SUNDAY_SINCE = 1977  # the first of November's
PROVINCES = frozenset(holidays.Italy.subdivisions)  # those whose patron saint is known

_UNITY_DAY = {"it_IT": "Giorno dell'unità nazionale", "en_US": "National Unity Day"}
_NEVER, _FOR_EVER = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)

Pause = tuple[datetime, datetime | None]  # from, until; None: it still lasts


class NeverOpen(Refused):
    """The calendar has not the hours that were asked of it within three years."""

    code = "never_open"


class Hours(NamedTuple):
    """A stretch of a day, local time; `closes` at 00:00 is midnight at the end of the day."""

    opens: time
    closes: time


class Special(NamedTuple):
    """A day unlike its weekday: closed without hours, or open with hours of its own, with a break between two of them."""

    name: str
    hours: Sequence[Hours] = ()


@dataclass(frozen=True)
class Calendar:
    """When a service works: hours by weekday (Monday is 0), Italian holidays, the patron saint of a province, days of its own.

    A day of its own is stronger than a holiday, and a holiday than its weekday.
    """

    hours: Sequence[Sequence[Hours]] = ((),) * 7
    province: str = ""
    special_days: dict[date, Special] = field(default_factory=dict)
    name: str = ""
    name_en: str = ""
    zone: ZoneInfo = ROME
    _whole: dict[date, "Worked"] = field(default_factory=dict, init=False, repr=False, compare=False)
    _seen: dict[date, tuple["Stretch", ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def shown_name(self) -> str:
        """The name in the reader's language, where it is known in it."""
        return in_language(self.name, self.name_en)

    @property
    def content(self) -> tuple[Any, ...]:
        """All that its hours follow from, to keep by it what was worked out: calendars of one content have the same hours."""
        days = sorted(
            (day, special._replace(hours=tuple(special.hours))) for day, special in self.special_days.items()
        )
        return tuple(map(tuple, self.hours)), self.province, tuple(days), self.zone

    @classmethod
    def of_content(cls, content: tuple[Any, ...]) -> "Calendar":
        """A calendar of this content, without a name."""
        hours, province, days, zone = content
        return cls(hours, province, dict(days), zone=zone)

    def open_on(self, day: date) -> tuple["Stretch", ...]:
        """The stretches of the day on which the service works, in order and apart from each other."""
        if (known := self._seen.get(day)) is None:
            known = self._seen[day] = _joined(
                Stretch(_moment(day, opens, self.zone), _moment(_end_day(day, closes), closes, self.zone))
                for opens, closes in self._hours_of(day)
            )
        return known

    def worked_on(self, day: date) -> "Worked":
        """The whole day at once: how long the service works, between which moments."""
        if (known := self._whole.get(day)) is None:
            stretches = self.open_on(day)
            first, last = (stretches[0].start, stretches[-1].end) if stretches else (_FOR_EVER, _NEVER)
            known = self._whole[day] = Worked(first, last, sum((e - s for s, e in stretches), timedelta()))
        return known

    def is_open(self, moment: datetime) -> bool:
        """Whether the service works at the moment."""
        return any(start <= moment < end for start, end in self.open_on(moment.astimezone(self.zone).date()))

    def opens_after(self, moment: datetime) -> datetime | None:
        """The next moment at which the service begins to work; None where it does not within three years."""
        day = moment.astimezone(self.zone).date()
        for number in range(FURTHEST.days):
            for stretch in self.open_on(day + timedelta(days=number)):
                if stretch.start > moment:
                    return stretch.start
        return None

    def closed_because(self, day: date) -> Any:
        """Why the service does not work on the day, in words; empty when it does."""
        if self._hours_of(day):
            return ""
        if (special := self.special_days.get(day)) is not None:
            return special.name
        return holiday_on(day, self.province) or _DAYS_OFF[day.weekday()]

    def _hours_of(self, day: date) -> Sequence[Hours]:
        if (special := self.special_days.get(day)) is not None:
            return special.hours
        return () if holiday_on(day, self.province) else self.hours[day.weekday()]


class Worked(NamedTuple):
    """The work of a day: from its first moment to its last, `time` in all without the breaks."""

    first: datetime
    last: datetime
    time: timedelta


class Stretch(NamedTuple):
    """From a moment up to, not including, another; both in UTC."""

    start: datetime
    end: datetime

    @property
    def seconds(self) -> int:
        """How long it lasts."""
        return round((self.end - self.start).total_seconds())


_DAYS_OFF = (
    _("closed on Mondays"),
    _("closed on Tuesdays"),
    _("closed on Wednesdays"),
    _("closed on Thursdays"),
    _("closed on Fridays"),
    _("closed on Saturdays"),
    _("closed on Sundays"),
)


def holiday_on(day: date, province: str = "") -> str:
    """The name of the Italian holiday, in the reader's language; empty on other days."""
    language = "it_IT" if (get_language() or "it").startswith("it") else "en_US"
    return _holidays(day.year, province if province in PROVINCES else "", language).get(day, "")


@lru_cache(maxsize=512)
def _holidays(year: int, province: str, language: str) -> dict[date, str]:
    found = holidays.country_holidays("IT", subdiv=province or None, years=year, language=language)
    if year >= UNITY_DAY_IS_A_SUNDAY_SINCE:
        # A celebration, and no day of rest of its own (Law 54/1977, art. 1): who works on Sundays works on that one.
        found.pop_named(_UNITY_DAY[language], lookup="exact")
    return dict(found)


def _end_day(day: date, closes: time) -> date:
    return day + timedelta(days=1) if closes == MIDNIGHT else day


def _moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The moment at which a clock on the wall first shows the time.

    In the hour that spring leaves out no clock shows it: the moment is that of the change (which, in Italy, leaves out
    a whole hour from its beginning).
    """
    wall = datetime.combine(day, at)
    moment = wall.replace(tzinfo=zone).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == wall:
        return moment
    return wall.replace(minute=0, second=0, microsecond=0, tzinfo=zone).astimezone(UTC)


def _joined(stretches: Any) -> tuple[Stretch, ...]:
    """The same time without overlaps, in order; empty stretches are dropped."""
    joined: list[Stretch] = []
    for each in sorted(stretch for stretch in stretches if stretch.end > stretch.start):
        if joined and each.start <= joined[-1].end:
            joined[-1] = Stretch(joined[-1].start, max(joined[-1].end, each.end))
        else:
            joined.append(each)
    return tuple(joined)


def _stops(pauses: Sequence[Pause]) -> tuple[Stretch, ...]:
    """The pauses in order, those that touch or overlap as one; one that still lasts has no end."""
    return _joined(Stretch(start.astimezone(UTC), end.astimezone(UTC) if end else _FOR_EVER) for start, end in pauses)


def _stands_since(stops: Sequence[Stretch]) -> datetime | None:
    """Since when a pause that has not ended stops the clock."""
    return stops[-1].start if stops and stops[-1].end == _FOR_EVER else None


def _without(stretch: Stretch, stops: Sequence[Stretch]) -> Iterator[Stretch]:
    """What is left of a stretch when the pauses are taken out."""
    start = stretch.start
    for stop in stops:
        if stop.end <= start:
            continue
        if stop.start >= stretch.end:
            break
        if stop.start > start:
            yield Stretch(start, stop.start)
        start = stop.end
        if start >= stretch.end:
            return
    if start < stretch.end:
        yield Stretch(start, stretch.end)


def _days(start: datetime, end: datetime, calendar: Calendar) -> Iterator[date]:
    """The local days that a stretch of time touches."""
    day, last = start.astimezone(calendar.zone).date(), end.astimezone(calendar.zone).date()
    while day <= last:
        yield day
        day += timedelta(days=1)


def _open_between(
    start: datetime, end: datetime, calendar: Calendar, days: Iterable[date] | None = None
) -> Iterator[Stretch]:
    for day in days or _days(start, end, calendar):
        for stretch in calendar.open_on(day):
            cut = Stretch(max(stretch.start, start), min(stretch.end, end))
            if cut.end > cut.start:
                yield cut


# --- The pair -----------------------------------------------------------------------------------------------------
def add_business_time(
    start: datetime, minutes: float, calendar: Calendar, pauses: Sequence[Pause] = ()
) -> datetime | None:
    """The first moment by which the service has worked so many minutes since `start`, pauses left out.

    None while a pause that still lasts stops the clock before. NeverOpen when three years of the calendar are not
    enough. No minutes: `start` itself.
    """
    start, left = start.astimezone(UTC), timedelta(minutes=minutes)
    if not left:
        return start
    stops = _stops(pauses)
    stands = _stands_since(stops)
    furthest = stands or max([start, *(stop.end for stop in stops)]) + FURTHEST
    for stretch in _open_between(start, furthest, calendar):
        for part in _without(stretch, stops):
            if left <= part.end - part.start:
                return part.start + left
            left -= part.end - part.start
    if stands:
        return None
    raise NeverOpen(
        _("The calendar “%(calendar)s” is not open for %(minutes)d minutes in three years.")
        % {"calendar": calendar.shown_name, "minutes": minutes}
    )


def business_seconds_between(
    start: datetime, end: datetime, calendar: Calendar, pauses: Sequence[Pause] = ()
) -> float:
    """The seconds that the service worked from `start` up to `end`, pauses left out; 0 when `end` is not later."""
    start, end, stops = start.astimezone(UTC), end.astimezone(UTC), _stops(pauses)
    worked = timedelta()
    for day in _days(start, end, calendar):
        whole = calendar.worked_on(day)
        if (
            not stops and whole.first >= start and whole.last <= end
        ):  # most days of a long time: a list has many of them
            worked += whole.time
            continue
        for stretch in _open_between(start, end, calendar, (day,)):
            for part in _without(stretch, stops):
                worked += part.end - part.start
    return worked.total_seconds()


def subtract_business_time(end: datetime, minutes: float, calendar: Calendar) -> datetime:
    """The last moment since which the service has worked so many minutes by `end`. NeverOpen as in `add_business_time`."""
    end, left = end.astimezone(UTC), timedelta(minutes=minutes)
    day = end.astimezone(calendar.zone).date()
    last = day - FURTHEST
    while day >= last:
        for stretch in reversed(calendar.open_on(day)):
            worked = min(stretch.end, end) - stretch.start
            if worked <= timedelta():
                continue
            if left <= worked:
                return stretch.start + worked - left
            left -= worked
        day -= timedelta(days=1)
    raise NeverOpen(
        _("The calendar “%(calendar)s” is not open for %(minutes)d minutes in three years.")
        % {"calendar": calendar.shown_name, "minutes": minutes}
    )


def subtract_business_days(end: datetime, days: int, calendar: Calendar) -> datetime:
    """The last moment that lies so many days of service before `end`: on each of them the service is open.

    The same time of an earlier day, where it is open on the day of `end`; otherwise all of that earlier day is included.
    NeverOpen as in `add_business_time`.
    """
    local = end.astimezone(calendar.zone)
    day, left = local.date(), days
    last = day - FURTHEST
    is_open = bool(calendar.open_on(day))
    while left:
        if calendar.open_on(day):
            left -= 1
        day -= timedelta(days=1)
        if day < last:
            raise NeverOpen(
                _("The calendar “%(calendar)s” is not open on %(days)d days in three years.")
                % {"calendar": calendar.shown_name, "days": days}
            )
    if not is_open:
        return _moment(day + timedelta(days=1), MIDNIGHT, calendar.zone)
    while day > last and not calendar.open_on(day):
        day -= timedelta(days=1)
    return _moment(day, local.time(), calendar.zone)


# --- The sum, in steps --------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Step:
    """One line of the sum. `what` is counted, closed (a day or a part of it), paused, clocks or due."""

    what: str
    start: datetime
    end: datetime
    seconds: int = 0
    total: int = 0
    why: Any = ""


def explain(
    start: datetime, minutes: float, calendar: Calendar, pauses: Sequence[Pause] = (), until: datetime | None = None
) -> list[Step]:
    """The steps by which `add_business_time` gets where it gets, each stretch counted and each left out with its reason.

    The last is “due”, or “paused” while the clock stands still. `until` ends the steps there (the present, for a clock
    that is standing).
    """
    due = add_business_time(start, minutes, calendar, pauses)
    start, stops = start.astimezone(UTC), _stops(pauses)
    end = due or max([start, *(moment.astimezone(UTC) for moment in (_stands_since(stops), until) if moment)])
    steps, total = [], 0
    for day in _days(start, end, calendar):
        for step in _steps_of(day, Stretch(start, end), calendar, stops):
            total += step.seconds
            steps.append(Step(step.what, step.start, step.end, step.seconds, total, step.why))
    if due:
        steps.append(Step("due", due, due, 0, total, _("due")))
    return steps


def _steps_of(day: date, within: Stretch, calendar: Calendar, stops: Sequence[Stretch]) -> Iterator[Step]:
    """What happened on one day, in order: closed until it opens, counted, a break, counted, closed since."""
    begins = max(_moment(day, MIDNIGHT, calendar.zone), within.start)
    ends = min(_moment(day + timedelta(days=1), MIDNIGHT, calendar.zone), within.end)
    worked = calendar.open_on(day)
    if not worked:
        if ends > begins:
            yield Step("closed", begins, ends, why=calendar.closed_because(day))
        return
    at = begins
    for place, stretch in enumerate(worked):
        if at < stretch.start and at < ends:
            why = _("before the service opens") if place == 0 else _("break between two periods")
            yield Step("closed", at, min(stretch.start, ends), why=why)
        cut = Stretch(max(stretch.start, begins), min(stretch.end, ends))
        if cut.end > cut.start:
            yield from _counted(cut, calendar, stops)
        at = max(at, stretch.end)
    if at < ends:
        yield Step("closed", at, ends, why=_("after the service has closed"))


def _counted(stretch: Stretch, calendar: Calendar, stops: Sequence[Stretch]) -> Iterator[Step]:
    """A stretch of work with its pauses between the parts that count, and the change of the clocks where it has one."""
    at = stretch.start
    for part in (*_without(stretch, stops), Stretch(stretch.end, stretch.end)):
        if at < part.start:
            yield Step("paused", at, part.start, why=_("waiting for the customer"))
        if part.seconds or part.end > part.start:
            yield Step("counted", part.start, part.end, part.seconds, why=_("the service works"))
            if change := _clocks_changed(part, calendar.zone):
                yield Step("clocks", part.start, part.end, why=change)
        at = part.end


def _clocks_changed(stretch: Stretch, zone: ZoneInfo) -> Any:
    before, after = (_offset(moment, zone) for moment in stretch)
    if before == after:
        return ""
    if after > before:
        return _("the clocks go forward: an hour less than the clock shows")
    return _("the clocks go back: an hour more than the clock shows")


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    offset = moment.astimezone(zone).utcoffset()
    assert offset is not None, "a moment in a zone has an offset"
    return offset
