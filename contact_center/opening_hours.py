"""When the lines and the desk are open, in few words: days with the same hours are told together."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time
from itertools import groupby

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from contact_center.models import Contact, OpeningPeriod, ServiceCalendar


@dataclass(frozen=True)
class Hours:
    """Some days of the week and their hours, as a page shows them."""

    days: str
    times: str


def opening_hours() -> list[Hours]:
    """The hours of the calendar by which requests are due; empty where there is none."""
    calendars = ServiceCalendar.objects.filter(targets__kind=Contact.Kind.REQUEST, targets__level=1)
    calendar = calendars.order_by("pk").first()
    if calendar is None:
        return []
    return told((each.weekday, each.opens, each.closes) for each in calendar.periods.all())


def told(periods: Iterable[tuple[int, time, time]]) -> list[Hours]:
    """Periods (weekday, opens, closes) as lines of text: neighbouring days with the same hours are one line."""
    by_day: dict[int, list[tuple[time, time]]] = {}
    for day, opens, closes in sorted(periods):
        by_day.setdefault(day, []).append((opens, closes))
    small = (get_language() or "").startswith("it")  # Italian writes the days of the week small
    names = {day: str(name).lower() if small else str(name) for day, name in OpeningPeriod.Weekday.choices}
    lines = []
    # Neighbours share a group while day minus position stays the same and so do the hours.
    numbered = enumerate(sorted(by_day))
    for (_run, hours), group in groupby(numbered, key=lambda each: (each[1] - each[0], by_day[each[1]])):
        days = [day for _position, day in group]
        first, last = names[days[0]], names[days[-1]]
        said = first if len(days) == 1 else _("%(first)s to %(last)s") % {"first": first, "last": last}
        # Midnight as a closing time is the end of the day.
        times = (f"{opens:%H:%M}–{'24:00' if closes == time(0) else f'{closes:%H:%M}'}" for opens, closes in hours)
        lines.append(Hours(said[:1].upper() + said[1:], ", ".join(times)))
    return lines
