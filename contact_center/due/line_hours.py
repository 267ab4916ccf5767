"""The lines as people see them: the number, and while nobody answers it, that it is closed and when it opens again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from contact_center.due.business_time import Calendar
from contact_center.due.opening_hours import Announced, Hours, hours_of, unlike_others
from contact_center.due.targets import calendar_in_force, calendars_of
from contact_center.models import Contact, TollFreeLine
from foundation.dates import with_weekday


@dataclass(frozen=True)
class ShownLine:
    """A line on a page. `closed` is empty while it is open; `hours` are there where they are the line's own."""

    shown_name: str
    shown_serves: str
    number: str
    spoken_number: str
    closed: str = ""
    hours: list[Hours] = field(default_factory=list)


@dataclass(frozen=True)
class Telephone:
    """What a page says of the telephone: the lines, the common hours, and the days of the coming weeks that are unlike them."""

    lines: list[ShownLine]
    hours: list[Hours]
    unlike_others: list[Announced]


def telephone(now: datetime) -> Telephone:
    """The active lines in their order and the common hours, as they are at the moment. Three queries, two where no line has hours of its own."""
    today = timezone.localdate(now)
    lines = list(TollFreeLine.objects.filter(is_active=True))
    own = calendars_of({line.calendar_id for line in lines if line.calendar_id is not None})
    common = calendar_in_force(Contact.Kind.REQUEST, 1, today)
    return Telephone(
        [_shown(line, own, common, now) for line in lines],
        hours_of(common) if common is not None else [],
        unlike_others(common, today) if common is not None else [],
    )


def _shown(line: TollFreeLine, own: Mapping[int, Calendar], common: Calendar | None, now: datetime) -> ShownLine:
    theirs = own.get(line.calendar_id or 0)
    calendar = theirs or common
    closed = closed_words(calendar, now) if calendar is not None else ""
    if closed and line.shown_closed_message:
        closed = f"{line.shown_closed_message} {closed}"
    return ShownLine(
        line.shown_name,
        line.shown_serves,
        line.number,
        line.spoken_number,
        closed,
        hours_of(theirs) if theirs is not None and theirs != common else [],
    )


def closed_words(calendar: Calendar, now: datetime) -> str:
    """That the service is closed and when it opens again, with weekday and date; empty while it is open."""
    if calendar.is_open(now):
        return ""
    opens = calendar.opens_after(now)
    if opens is None:
        return _("Closed now.")
    local = timezone.localtime(opens)
    words = {"day": with_weekday(local, "l j F"), "time": f"{local:%H:%M}"}
    today = timezone.localdate(now)
    if local.date() == today:
        return _("Closed now: it opens today, %(day)s, at %(time)s.") % words
    if local.date() == today + timedelta(days=1):
        return _("Closed now: it opens tomorrow, %(day)s, at %(time)s.") % words
    return _("Closed now: it opens on %(day)s at %(time)s.") % words
