"""Rule: at which hours a customer may ask to be called. Plain values in and out; neither the clock nor the database is read."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from contact_center.due.business_time import Calendar, Stretch

SLOT = timedelta(minutes=30)  # the length of an hour that is offered
AHEAD = timedelta(minutes=30)  # how far ahead an hour is offered
STILL_TAKEN = timedelta(minutes=15)  # what is left when it is chosen: people need a while to fill in a form
DAYS = 5  # days on which the line is open
FURTHEST = timedelta(days=30)  # a calendar that is closed for longer offers nothing


def slots_from(now: datetime, calendar: Calendar, *, ahead: timedelta = AHEAD) -> list[Stretch]:
    """The hours on offer, in order: whole stretches of SLOT within the opening hours of the next DAYS days that have one.

    The first begins `ahead` from now at the soonest: STILL_TAKEN asks what may be chosen of a list that was shown before. Empty where the calendar is closed for FURTHEST.
    """
    earliest = now + ahead
    first = earliest.astimezone(calendar.zone).date()
    found: list[Stretch] = []
    days = 0
    for number in range(FURTHEST.days):
        opened = calendar.open_on(first + timedelta(days=number))
        of_day = [slot for stretch in opened for slot in _cut(stretch) if slot.start >= earliest]
        found += of_day
        days += bool(of_day)
        if days == DAYS:
            break
    return found


def _cut(stretch: Stretch) -> Iterator[Stretch]:
    """The stretch in pieces of SLOT from its beginning; what is left over at its end is no hour."""
    start = stretch.start
    while start + SLOT <= stretch.end:
        yield Stretch(start, start + SLOT)
        start += SLOT
