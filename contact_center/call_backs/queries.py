"""Query: the hours at which a call-back can still be booked, one customer's own call-backs, and those of an agent's day."""

from collections import Counter
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from contact_center.call_backs.slots import AHEAD, STILL_TAKEN, slots_from
from contact_center.due.business_time import Calendar, Stretch
from contact_center.due.targets import calendar_in_force, calendar_of
from contact_center.models import Agent, AgentState, CallBack, Contact, ServiceCalendar
from contact_center.models.agent_state import Reported, Telephone
from contact_center.models.call_back import CallBackQuerySet
from customers.models import Customer

MOST_SHOWN = 20


def line_hours(now: datetime, line_id: int | None = None) -> Calendar | None:
    """The calendar by which the line is open: its own, else that of all lines; None where no target names one.

    Without a line, that of all. One query, and one for the line.
    """
    of_line = ServiceCalendar.objects.filter(lines=line_id).first() if line_id is not None else None
    if of_line is not None:
        return calendar_of(of_line)
    return calendar_in_force(Contact.Kind.REQUEST, 1, timezone.localdate(now))


def free_slots(now: datetime, *, is_chosen: bool = False, line_id: int | None = None) -> list[Stretch]:
    """The hours that still have room: CALL_BACKS_PER_SLOT calls fit into each. Two queries, and one for the line.

    Those on offer; once one is chosen (`is_chosen`), also those that were on offer while the form was being filled in.
    """
    calendar = line_hours(now, line_id)
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


# --- An agent's -----------------------------------------------------------------------------------------------------
def ringing_for(agent: Agent, state: AgentState | None, now: datetime) -> CallBackQuerySet:
    """The call-backs that are announced to the agent now, the earliest first.

    To one who is ready and free, their own and their team's; to one at written work, their own. To nobody else: they find theirs in the list.
    """
    rings = CallBack.objects.ringing(now).select_related("contact", "customer").order_by("starts_at", "pk")
    if state is None or state.call_state != Telephone.FREE:
        return rings.none()
    if state.reported == Reported.READY:
        return rings.of_agent(agent)
    return rings.filter(contact__owner=agent) if state.reported == Reported.WRITTEN else rings.none()


def of_the_day(agent: Agent, now: datetime) -> list[CallBack]:
    """What the agent still has to call today, late ones too, and their team's whose hour has come. One query."""
    tomorrow = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    due = CallBack.objects.to_make().of_agent(agent).filter(starts_at__lt=tomorrow)
    due = due.exclude(contact__owner__isnull=True, starts_at__gt=now)
    return list(due.select_related("contact", "customer").order_by("starts_at", "pk")[:MOST_SHOWN])
