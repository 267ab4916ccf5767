"""Commands about a call-back whose hour has come: an agent calls, perhaps in vain; and what happens by itself until somebody does."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from contact_center.agents.states import agent_of
from contact_center.call_backs.agreeing import to_make
from contact_center.call_backs.hours import name_hour, set_hour, wake, write_not_reached
from contact_center.call_backs.queries import line_hours
from contact_center.call_backs.slots import QUARTER, SLOT, next_try
from contact_center.contacts.commands import release_by_system, take, wrap_up
from contact_center.contacts.moves import locked, save_with_event
from contact_center.due.business_time import Stretch
from contact_center.models import CallBack, Contact, ContactEvent, WrapUpCode
from customers.models import User

NOT_REACHED = "non-raggiunto"  # the code of those whom nobody reached (migration 0028)
MOST_AT_ONCE = 500

Kind, State = ContactEvent.Kind, Contact.State


@transaction.atomic
def begin_call_back(contact: Contact, *, by: User) -> CallBack:
    """An agent calls now: it is theirs, and is announced to nobody any more. Again, by the same agent: nothing changes.

    Of two agents the first has it. Refused where somebody else has the contact, and where no call-back is to be made.
    """
    agent, contact = agent_of(by), locked(contact)
    call_back = to_make(contact)
    wake(contact)  # those who have it on their screens, before it is one agent's
    if contact.owner_id != agent.pk or contact.state != State.IN_PROGRESS:
        contact = take(contact, by=by)
    if call_back.begun_at is None:
        call_back.begun_at = timezone.now()
        call_back.save(update_fields=["begun_at"])
        save_with_event(contact, Kind.CALLING, by=by, agent=agent.code)
    return call_back


@transaction.atomic
def record_no_answer(contact: Contact, *, by: User) -> CallBack:
    """Write down that nobody answered, and set the hour of the next try; what nobody has yet becomes the agent's.

    The next try is CALL_BACK_TRY_AGAIN_MINUTES later, while the service is open. After CALL_BACK_TRIES the contact is closed by the code of
    those who were not reached, and the customer is written to; where that code is not in use, it stays open for a code to be chosen.

    Refused for a contact without a call-back, for one that is closed, and for one that somebody else has.
    """
    agent, contact = agent_of(by), locked(contact)
    call_back = to_make(contact)
    if contact.owner_id != agent.pk:
        contact = take(contact, by=by)
    call_back.tries += 1
    call_back.begun_at = None
    call_back.save(update_fields=["tries", "begun_at"])
    save_with_event(contact, Kind.TRIED, by=by, agent=agent.code, tries=call_back.tries)
    if call_back.tries < settings.CALL_BACK_TRIES:
        now = timezone.now()
        set_hour(call_back, _next_hour(call_back, now))
        name_hour(contact, call_back, by=by)
    else:
        code = WrapUpCode.objects.valid_on(timezone.localdate()).filter(code=NOT_REACHED, needs_topic=False).first()
        if code is not None and code.lines.count() == 0:
            wrap_up(contact, code=code, by=by)
            write_not_reached(call_back)
    return call_back


def _next_hour(call_back: CallBack, now: datetime) -> Stretch:
    """The hour of the next try, at which the customer has no other call-back."""
    start = next_try(
        now, timedelta(minutes=settings.CALL_BACK_TRY_AGAIN_MINUTES), line_hours(now, call_back.contact.line_id)
    )
    if call_back.customer_id is not None:
        others = CallBack.objects.booked().filter(customer=call_back.customer_id).exclude(pk=call_back.pk)
        taken = set(others.filter(starts_at__gte=start).order_by().values_list("starts_at", flat=True))
        while start in taken:
            start += QUARTER
    return Stretch(start, start + SLOT)


# --- What runs by itself --------------------------------------------------------------------------------------------
def ring_call_backs(now: datetime) -> int:
    """Announce the call-backs whose hour has come, once at each hour; returns how many.

    First those of agents who have not called within CALL_BACK_OWN_MINUTES of the announcement go to their team.
    """
    hand_to_teams(now)
    with transaction.atomic():
        due = CallBack.objects.ringing(now).filter(rang_at__isnull=True)
        rings = list(due.select_for_update(of=("self",), skip_locked=True).select_related("contact")[:MOST_AT_ONCE])
        if rings:
            CallBack.objects.filter(pk__in=[each.pk for each in rings]).update(rang_at=now)
            wake(*(each.contact for each in rings))
    return len(rings)


def hand_to_teams(now: datetime) -> int:
    """Give to their teams the call-backs that their own agents have not begun in time; returns how many."""
    return sum(_hand_to_team(pk, now) for pk in _missed(now).values_list("pk", flat=True)[:MOST_AT_ONCE])


def _missed(now: datetime) -> QuerySet[CallBack]:
    since = now - timedelta(minutes=settings.CALL_BACK_OWN_MINUTES)
    owned = CallBack.objects.not_begun().filter(contact__owner__isnull=False, contact__team__isnull=False)
    return owned.filter(rang_at__lte=since, starts_at__lte=since).order_by("starts_at")


@transaction.atomic
def _hand_to_team(pk: int, now: datetime) -> int:
    contact = Contact.objects.select_for_update(of=("self",)).get(call_back=pk)
    call_back = _missed(now).select_for_update(of=("self",)).filter(pk=pk).first()
    if call_back is None:
        return 0
    wake(contact)
    contact = release_by_system(contact, why="not_made")
    CallBack.objects.filter(pk=pk).update(rang_at=None)
    wake(contact)
    return 1
