"""Query: the hours at which a call-back can still be booked, and one customer's own call-backs."""

from collections import Counter
from datetime import datetime

from django.conf import settings
from django.utils import timezone

from contact_center.call_backs.slots import AHEAD, STILL_TAKEN, slots_from
from contact_center.due.business_time import Calendar, Stretch
from contact_center.due.targets import calendar_in_force
from contact_center.models import CallBack, Contact
from customers.models import Customer


def line_hours(now: datetime) -> Calendar | None:
    """The calendar by which the lines are open; None where no target names one. One query."""
    return calendar_in_force(Contact.Kind.REQUEST, 1, timezone.localdate(now))


def free_slots(now: datetime, *, is_chosen: bool = False) -> list[Stretch]:
    """The hours that still have room: CALL_BACKS_PER_SLOT calls fit into each. Two queries.

    Those on offer; once one is chosen (`is_chosen`), also those that were on offer while the form was being filled in.
    """
    calendar = line_hours(now)
    offered = slots_from(now, calendar, ahead=STILL_TAKEN if is_chosen else AHEAD) if calendar else []
    if not offered:
        return []
    within = CallBack.objects.booked().filter(starts_at__range=(offered[0].start, offered[-1].start))
    taken = Counter(within.order_by().values_list("starts_at", flat=True))
    return [slot for slot in offered if taken[slot.start] < settings.CALL_BACKS_PER_SLOT]


def own_hours(customer: Customer, now: datetime) -> set[datetime]:
    """The hours ahead at which the customer is to be called already. One query."""
    own = CallBack.objects.booked().filter(customer=customer, starts_at__gt=now)
    return set(own.order_by().values_list("starts_at", flat=True))
