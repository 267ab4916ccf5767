"""Rules: by when a complaint must be answered, how long its clock may stand still, and when somebody is warned.

ISVAP Regulation 24/2008, arts. 8 and 10-ter: 45 calendar days from the earlier receipt. The day of receipt is not
counted and no holiday moves the term. The clock stands still only while the intermediary is heard, at most 15 days.
"""

from collections.abc import Iterable
from datetime import date, timedelta

ANSWER_DAYS = 45
SUSPENSION_DAYS = 15  # in all, over every suspension of a complaint
RUNGS = (30, 15, 7, 3, 0)  # days left at which somebody is warned
OVERDUE = -1  # the last rung

Span = tuple[date, date | None]  # first day, and the day the clock went on; None while it stands still


def suspended_days(suspensions: Iterable[Span], today: date) -> int:
    """Days the clock has stood still until today, at most 15. The first day counts, the day it goes on does not."""
    days = sum(max(0, ((ended_on or today) - started_on).days) for started_on, ended_on in suspensions)
    return min(SUSPENSION_DAYS, days)


def answer_due_on(
    received_on: date, received_by_intermediary_on: date | None, suspensions: Iterable[Span], today: date
) -> date:
    """The last day to answer, as things stand today: a suspension that goes on adds the days until today."""
    first = min(received_on, received_by_intermediary_on or received_on)
    return first + timedelta(days=ANSWER_DAYS + suspended_days(suspensions, today))


def goes_on_by(started_on: date, days_used: int) -> date:
    """The day the clock goes on by itself: a suspension ends when all of them together have lasted 15 days."""
    return started_on + timedelta(days=max(0, SUSPENSION_DAYS - days_used))


def rung(days_left: int) -> int | None:
    """The rung that was reached last: the nearest at or above the days left; OVERDUE past the term; None above all."""
    if days_left < 0:
        return OVERDUE
    return min((each for each in RUNGS if each >= days_left), default=None)
