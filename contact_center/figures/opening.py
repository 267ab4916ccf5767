"""Query: in which half hours of a period a line is open, by its calendar or the common one, for figures and their lists.

A half hour in which the line is open for any part is inside opening hours, as a whole: counts are kept by half hour, and a list has exactly
what its number counts. Special days and holidays are those of the calendar; hours are the ones that the calendar has now.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from typing import Any

from contact_center.catalogue.entries import first_moment
from contact_center.due.business_time import Calendar, Stretch
from contact_center.due.targets import Book, calendars_of
from contact_center.models import Contact, TollFreeLine

from .half_hours import HALF_HOUR
from .period import Period

SHORTEST = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class OpenHours:
    """The half hours in which each line is open; `common` are those of what has no calendar of its own."""

    common: tuple[Stretch, ...]
    by_line: dict[int, tuple[Stretch, ...]]

    def condition(self, moment: str, line: str) -> tuple[str, list[Any]]:
        """Whether the moment of a row is within the hours of its line, as SQL of these two columns, and its parameters."""
        own, parameters = [], []
        for pk, stretches in self.by_line.items():
            own.append("WHEN %s THEN %s::tstzmultirange")
            parameters += [pk, _multirange(stretches)]
        common = "%s::tstzmultirange"
        hours = f"CASE {line} {' '.join(own)} ELSE {common} END" if own else common
        return f"({moment} <@ {hours})", [*parameters, _multirange(self.common)]


def open_hours(period: Period) -> OpenHours | None:
    """The open half hours of the period; None where no calendar is in force. Three queries at most."""
    own = dict(TollFreeLine.objects.exclude(calendar=None).values_list("pk", "calendar"))
    calendars = calendars_of(set(own.values())) if own else {}
    book = Book()
    by_day: list[tuple[Calendar | None, Any]] = []
    for day in period.days():
        target = book.target(Contact.Kind.REQUEST, 1, first_moment(day))
        by_day.append((target.calendar if target else None, day))
    if not calendars and not any(calendar for calendar, _day in by_day):
        return None
    spans = []
    for _one, several in groupby(by_day, key=lambda each: id(each[0])):
        days = list(several)
        (calendar, first), (_calendar, last) = days[0], days[-1]
        if calendar is not None:
            spans.append((calendar.content, first, last))
    common = _half_hours_of(tuple(spans))
    of_calendars = {
        pk: _half_hours_of(((calendar.content, period.start, period.end),)) for pk, calendar in calendars.items()
    }
    return OpenHours(common, {line: of_calendars[calendar] for line, calendar in own.items()})


@lru_cache(maxsize=50)  # a page, its lists and its files ask for the same hours again and again
def _half_hours_of(spans: tuple[tuple[tuple[Any, ...], date, date], ...]) -> tuple[Stretch, ...]:
    """The open half hours of spans of days, each by a calendar of some content: nothing else decides them."""
    return half_hours_around(
        stretch
        for content, first, last in spans
        for calendar in (Calendar.of_content(content),)
        for day in Period(first, last).days()
        for stretch in calendar.open_on(day)
    )


def half_hours_around(stretches: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """Stretches of time, in order, widened to whole half hours; those that then touch are one."""
    found: list[Stretch] = []
    for stretch in stretches:
        start, end = _floor(stretch.start), _floor(stretch.end + HALF_HOUR - SHORTEST)
        if found and start <= found[-1].end:
            found[-1] = Stretch(found[-1].start, max(found[-1].end, end))
        else:
            found.append(Stretch(start, end))
    return tuple(found)


def _floor(moment: datetime) -> datetime:
    """The beginning of the half hour of a moment in UTC: where clocks show full half hours, UTC does too."""
    return moment.astimezone(UTC).replace(minute=moment.minute // 30 * 30, second=0, microsecond=0)


@lru_cache(maxsize=50)
def _multirange(stretches: tuple[Stretch, ...]) -> str:
    return "{" + ",".join(f"[{start.isoformat()},{end.isoformat()})" for start, end in stretches) + "}"
