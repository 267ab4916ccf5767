"""Rules: by when a complaint must be answered, how long its clock may stand still, and when somebody is warned.

ISVAP Regulation 24/2008, arts. 8 and 10-ter: 45 calendar days from the earlier receipt. The day of receipt is not
counted and no holiday moves the term. The clock stands still only while the intermediary is heard, at most 15 days.
"""

from collections.abc import Iterable
from datetime import date, timedelta

ANSWER_DAYS = 45
SUSPENSION_DAYS = 15  # in all, over every suspension of a complaint
RUNGS = (30, 15, 7, 3, 1, 0)  # days left at which somebody is warned
OVERDUE = -1  # the rung below them all
OVERDUE_EVERY = 5  # days after which a complaint past its term is warned of again, one level higher
AWAY_DAYS = 3  # a person who has not signed in for longer is taken to be away: others are warned as well

FIRST_RECEIPT = date(1921, 1, 1)  # the company was founded in 1921: nothing was received before
FAR_BACK_DAYS = 365  # a receipt longer ago than this is asked about again

Span = tuple[date, date | None]  # first day, and the day the clock went on; None while it stands still


def first_receipt(received_on: date, received_by_intermediary_on: date | None) -> date:
    """The day the term counts from: the earlier receipt, by the company or by the intermediary."""
    return min(received_on, received_by_intermediary_on or received_on)


def suspended_days(suspensions: Iterable[Span], today: date, *, received_on: date) -> int:
    """Days the clock has stood still until today, at most 15. The first day counts, the day it goes on does not.

    `received_on` is the earlier receipt. A day is counted once, though two suspensions cover it. A suspension that
    began after the term was over adds nothing: a term that has passed cannot be prolonged.
    """
    days, counted_until = 0, date.min
    for started_on, ended_on in sorted(suspensions, key=lambda span: span[0]):
        if started_on > received_on + timedelta(days=ANSWER_DAYS + days):
            break
        since = max(started_on, counted_until)
        until = ended_on or today
        days = min(SUSPENSION_DAYS, days + max(0, (until - since).days))
        counted_until = max(counted_until, until)
    return days


def answer_due_on(
    received_on: date, received_by_intermediary_on: date | None, suspensions: Iterable[Span], today: date
) -> date:
    """The last day to answer, as things stand today: a suspension that goes on adds the days until today."""
    first = first_receipt(received_on, received_by_intermediary_on)
    return first + timedelta(days=ANSWER_DAYS + suspended_days(suspensions, today, received_on=first))


def goes_on_by(started_on: date, days_used: int) -> date:
    """The day the clock goes on by itself: a suspension ends when all of them together have lasted 15 days."""
    return started_on + timedelta(days=max(0, SUSPENSION_DAYS - days_used))


def rung(days_left: int) -> int | None:
    """The rung that was reached last: the nearest at or above the days left; OVERDUE past the term; None above all."""
    if days_left < 0:
        return OVERDUE
    return min((each for each in RUNGS if each >= days_left), default=None)


def overdue_level(days_late: int) -> int:
    """How often a complaint past its term has been due for a warning: 1 from the first day late, 2 five days later …"""
    return 1 + (days_late - 1) // OVERDUE_EVERY


def warned_from(due_on: date, level: int) -> date:
    """The day from which a warning of a term that is over goes so many levels up: 0 the first day late, 1 five days later …"""
    return due_on + timedelta(days=1 + level * OVERDUE_EVERY)


def is_far_back(received_on: date, today: date) -> bool:
    """Whether a receipt is so long ago that it is probably a slip of the pen."""
    return (today - received_on).days > FAR_BACK_DAYS
