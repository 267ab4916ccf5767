"""Query: in which half hours of a period a line is open, by its calendar or the common one, for figures and their lists.

A half hour in which the line is open for any part is inside opening hours, as a whole: counts are kept by half hour, and a list has exactly
what its number counts. Special days and holidays are those of the calendar; hours are the ones that the calendar has now.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
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
    common = half_hours_around(
        stretch for calendar, day in by_day if calendar is not None for stretch in calendar.open_on(day)
    )
    of_calendars = {
        pk: half_hours_around(stretch for day in period.days() for stretch in calendar.open_on(day))
        for pk, calendar in calendars.items()
    }
    return OpenHours(common, {line: of_calendars[calendar] for line, calendar in own.items()})


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


def _multirange(stretches: Iterable[Stretch]) -> str:
    return "{" + ",".join(f"[{start.isoformat()},{end.isoformat()})" for start, end in stretches) + "}"
