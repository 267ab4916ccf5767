"""Rule: what is due, in words: “in 2 h 10 min”, “late by 73 h of service” where nights and holidays do not count.

Where the service closes before then, the day and the hour come first: “Monday 7 at 10:00 (in 2 h of service)”. Whoever reads
“in 2 h” on a Saturday would think of the same Saturday.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contact_center.due.business_time import Calendar, business_seconds_between
from contact_center.due.targets import Book
from contact_center.models import Contact
from foundation.dates import ROME, with_weekday

SOON = 3600  # seconds of service under which something is due soon
MANY_HOURS = timedelta(hours=48)  # nobody counts more of them
FAR = timedelta(days=60)  # beyond, days of the calendar say enough


@dataclass(frozen=True)
class DueShown:
    """How the due time of a contact is shown. `tone` is due, soon, late, paused, done or none."""

    tone: str
    words: str
    at: datetime | None = None


def due_shown(contact: Contact, now: datetime, calendar: Calendar | None) -> DueShown:
    """The due time of a contact as it stands now, counted in the hours of the calendar (none: in hours)."""
    if contact.state == Contact.State.CLOSED:
        return DueShown("done", _("closed"), contact.closed_at)
    if contact.due_at is None:
        if contact.state == Contact.State.WAITING:
            return DueShown("paused", _("the clock stands"))
        return DueShown("none", _("no term"))
    late, (start, end) = contact.due_at < now, sorted((contact.due_at, now))
    seconds = _seconds(start, end, calendar)
    # The clock on the wall and the service's part at night, on Sundays and on holidays: then the words say which is meant.
    of_service = (end - start).total_seconds() - seconds >= 60
    time = {"time": length_in_words(seconds)}
    if late:
        words = _("%(time)s of service late") if of_service else _("%(time)s late")
        return DueShown("late", words % time if seconds >= 60 else _("late"), contact.due_at)
    tone = "soon" if seconds <= SOON else "due"
    if of_service and _day(contact.due_at) != _day(now):
        when = {
            "day": with_weekday(contact.due_at, "l j ").strip(),
            "hour": date_format(_local(contact.due_at), "H:i"),
        }
        words = _("%(day)s at %(hour)s (in %(time)s of service)")
        return DueShown(tone, words % (time | when), contact.due_at)
    words = _("in %(time)s of service") if of_service else _("in %(time)s")
    return DueShown(tone, words % time, contact.due_at)


def _local(moment: datetime) -> datetime:
    """The moment as clocks in Italy show it."""
    return moment.astimezone(ROME)


def _day(moment: datetime) -> date:
    return _local(moment).date()


def _seconds(start: datetime, end: datetime, calendar: Calendar | None) -> float:
    if calendar is None or end - start > FAR:
        return (end - start).total_seconds()
    return business_seconds_between(start, end, calendar)


def length_in_words(seconds: float) -> str:
    """A length of time in words: hours, with minutes below ten; days where it is longer than anybody counts in hours."""
    minutes = int(seconds) // 60
    if minutes >= FAR // timedelta(minutes=1):
        days = minutes // 1440
        return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}
    hours, minutes = divmod(minutes, 60)
    if not hours:
        return _("%(minutes)d min") % {"minutes": minutes}
    if not minutes or hours >= 10:
        return _("%(hours)d h") % {"hours": hours}
    return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}


def age_in_words(seconds: float) -> str:
    """How long something has waited, by the clock on the wall: up to MANY_HOURS as a length, then in whole days."""
    if seconds <= MANY_HOURS.total_seconds():
        return length_in_words(seconds)
    days = int(seconds) // 86_400
    return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}


def calendar_for(contact: Contact, book: Book) -> Calendar | None:
    """The calendar of the contact's target."""
    target = book.target(contact.kind, contact.level, contact.started_at)
    return target.calendar if target else None
