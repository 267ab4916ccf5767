"""Rule: at which hours a customer may ask to be called, and an agent may agree to call. Plain values in and out; neither the clock nor the database is read."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from contact_center.due.business_time import Calendar, Stretch

SLOT = timedelta(minutes=30)  # the length of an hour that is offered
AHEAD = timedelta(minutes=30)  # how far ahead an hour is offered
STILL_TAKEN = timedelta(minutes=15)  # what is left when it is chosen: people need a while to fill in a form
DAYS = 5  # days on which the line is open
FURTHEST = timedelta(
    days=30
)  # a calendar that is closed for longer offers nothing, and nothing is agreed further ahead
QUARTER = timedelta(minutes=15)  # an agent agrees on any quarter of an hour


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


# --- An hour that an agent agrees -----------------------------------------------------------------------------------
def is_on_the_quarter(moment: datetime) -> bool:
    """Whether the moment is a whole quarter of an hour."""
    return moment.minute % 15 == 0 and moment.second == moment.microsecond == 0


def agreed_hour(start: datetime, calendar: Calendar | None) -> Stretch | None:
    """From `start` for SLOT, or up to the end of the opening hours if that comes first; None where the service is closed then.

    Without a calendar every hour is open.
    """
    if calendar is None:
        return Stretch(start, start + SLOT)
    for stretch in calendar.open_on(start.astimezone(calendar.zone).date()):
        if stretch.start <= start < stretch.end:
            return Stretch(start, min(start + SLOT, stretch.end))
    return None


def first_open(since: datetime, calendar: Calendar | None) -> datetime:
    """`since`, or the moment at which the service opens next; `since` where it opens no more within FURTHEST."""
    if calendar is None or calendar.is_open(since):
        return since
    opens = calendar.opens_after(since)
    return opens if opens is not None and opens - since <= FURTHEST else since


def next_try(now: datetime, after: timedelta, calendar: Calendar | None) -> datetime:
    """The quarter of an hour at which to call again: `after` from now at the soonest, while the service is open."""
    begun = (now + after).replace(second=0, microsecond=0)
    rounded = begun + (-timedelta(minutes=begun.minute)) % QUARTER
    return first_open(rounded, calendar)


def hours_on(day: date, calendar: Calendar) -> str:
    """The opening hours of the day, such as "08:30–13:00, 14:00–18:00"; "" where the service is closed."""
    return ", ".join(
        f"{stretch.start.astimezone(calendar.zone):%H:%M}–{stretch.end.astimezone(calendar.zone):%H:%M}"
        for stretch in calendar.open_on(day)
    )
