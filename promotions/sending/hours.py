"""Rule: when promotions leave. On working days from nine in the morning to seven in the evening, Italian time.

A trial of the whole installation may set PROMOTIONS_AT_ALL_HOURS: a night of faults is no working day.
"""

from datetime import datetime, time, timedelta

from django.conf import settings

from contact_center.due.business_time import Calendar, Hours
from foundation.dates import ROME

OPENS, CLOSES = time(9), time(19)
MOST_DAYS = 30  # no run of holidays is as long
_CALENDAR = Calendar(hours=((Hours(OPENS, CLOSES),),) * 5 + ((), ()), name="promotions")


def next_opening(moment: datetime) -> datetime:
    """The moment itself when promotions leave then, else the next one at which they do."""
    if settings.PROMOTIONS_AT_ALL_HOURS:
        return moment
    day = moment.astimezone(ROME).date()
    for number in range(MOST_DAYS):
        for stretch in _CALENDAR.open_on(day + timedelta(days=number)):
            if moment < stretch.end:
                return max(moment, stretch.start)
    raise ValueError(f"Nothing is open within {MOST_DAYS} days of {moment}.")


def leaves_at(moment: datetime) -> bool:
    """Whether promotions leave at the moment."""
    return next_opening(moment) == moment
