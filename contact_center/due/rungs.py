"""Rule: up to which term a rung of alert has been reached. Plain values in, plain values out.

A rung is reached by all contacts of a calendar whose term is not later than one moment (`reached_until`), so the database can be
asked for all of them at once. Of two rungs that were both reached, the one with the earlier such moment came later.
"""

from datetime import datetime, timedelta

from contact_center.due.business_time import (
    NeverOpen,
    add_business_time,
    subtract_business_days,
    subtract_business_time,
)
from contact_center.due.targets import Target
from contact_center.models.term_rung import RungMoment


def reached_until(moment: str, amount: int, target: Target | None, now: datetime) -> datetime | None:
    """The latest term of which the rung has been reached by `now`; None where the rung says nothing.

    Without a target, as for an agreed hour of a kind that has none, time is that of the clock on the wall, and no share of it
    can be left. A calendar that is never open reaches nothing.
    """
    if moment == RungMoment.AT_TERM:
        return now
    if target is None:
        return _by_the_clock(moment, amount, now)
    try:
        if moment == RungMoment.SHARE_LEFT:
            return add_business_time(now, target.minutes * amount / 100, target.calendar)
        if moment == RungMoment.MINUTES_BEFORE:
            return add_business_time(now, amount, target.calendar)
        if moment == RungMoment.MINUTES_AFTER:
            return subtract_business_time(now, amount, target.calendar)
        return subtract_business_days(now, amount, target.calendar)
    except NeverOpen:
        return None


def _by_the_clock(moment: str, amount: int, now: datetime) -> datetime | None:
    if moment == RungMoment.SHARE_LEFT:
        return None
    if moment == RungMoment.MINUTES_BEFORE:
        return now + timedelta(minutes=amount)
    if moment == RungMoment.MINUTES_AFTER:
        return now - timedelta(minutes=amount)
    return now - timedelta(days=amount)
