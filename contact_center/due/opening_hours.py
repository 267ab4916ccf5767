"""When the lines and the desk are open, in few words: days with the same hours share a line."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import groupby

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from contact_center.due.business_time import Calendar, holiday_on
from contact_center.due.targets import calendar_in_force
from contact_center.models import Contact, OpeningPeriod


@dataclass(frozen=True)
class Hours:
    """Some days of the week and their hours, as a page shows them."""

    days: str
    times: str


SOON = timedelta(days=14)  # how far ahead a day unlike the others is announced


@dataclass(frozen=True)
class Announced:
    """A day of the coming weeks that is unlike its weekday: why, and its hours; none on which the service is closed."""

    day: date
    name: str
    times: str


def opening_hours(today: date | None = None) -> list[Hours]:
    """The hours of the calendar by which a request of today is due; empty where there is none."""
    calendar = _in_force(today or timezone.localdate())
    return hours_of(calendar) if calendar is not None else []


def hours_of(calendar: Calendar) -> list[Hours]:
    """The week of the calendar in words."""
    return hours_in_words((weekday, *each) for weekday, hours in enumerate(calendar.hours) for each in hours)


def days_unlike_others(today: date | None = None) -> list[Announced]:
    """The holidays on which the service would be open, and the special days, from today on for SOON."""
    today = today or timezone.localdate()
    calendar = _in_force(today)
    return unlike_others(calendar, today) if calendar is not None else []


def unlike_others(calendar: Calendar, today: date) -> list[Announced]:
    """The same of the calendar."""
    found = []
    for number in range(SOON.days + 1):
        day = today + timedelta(days=number)
        special = calendar.special_days.get(day)
        name = special.name if special else holiday_on(day, calendar.province)
        if not name or (special is None and not calendar.hours[day.weekday()]):
            continue
        hours = special.hours if special else ()
        found.append(Announced(day, name, ", ".join(_times(*each) for each in hours)))
    return found


def _in_force(today: date) -> Calendar | None:
    return calendar_in_force(Contact.Kind.REQUEST, 1, today)


def _times(opens: time, closes: time) -> str:
    """Midnight as a closing time is the end of the day."""
    return f"{opens:%H:%M}–{'24:00' if closes == time(0) else f'{closes:%H:%M}'}"


def hours_in_words(periods: Iterable[tuple[int, time, time]]) -> list[Hours]:
    """Periods (weekday, opens, closes) as lines of text: neighbouring days with the same hours are one line."""
    by_day: dict[int, list[tuple[time, time]]] = {}
    for day, opens, closes in sorted(periods):
        by_day.setdefault(day, []).append((opens, closes))
    small = (get_language() or "").startswith("it")  # Italian writes the days of the week small
    names = {day: str(name).lower() if small else str(name) for day, name in OpeningPeriod.Weekday.choices}
    lines = []
    # Neighbours share a group while day minus position is the same and so are the hours.
    numbered = enumerate(sorted(by_day))
    for (_run, hours), group in groupby(numbered, key=lambda each: (each[1] - each[0], by_day[each[1]])):
        days = [day for _position, day in group]
        first, last = names[days[0]], names[days[-1]]
        shown = first if len(days) == 1 else _("%(first)s to %(last)s") % {"first": first, "last": last}
        lines.append(Hours(shown[:1].upper() + shown[1:], ", ".join(_times(*each) for each in hours)))
    return lines
