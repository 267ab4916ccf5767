"""What all commands of call-backs share: setting the hour, ending one, confirming it in writing, waking the desks that show it."""

from datetime import datetime
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from contact_center.agents import signal as desk_signal
from contact_center.contacts import kinds
from contact_center.contacts.moves import move_contact, save_with_event, thread_of
from contact_center.due.business_time import Stretch
from contact_center.models import AgentState, CallBack, Contact, ContactEvent
from contact_center.models.agent_state import Reported
from customers.models import User
from foundation.dates import moment_in_full, written_moment
from foundation.telephones import shown_number
from notifications.services import is_enrolled, tell_customer

Kind, State = ContactEvent.Kind, Contact.State
SHOWN = ("starts_at", "ends_at", "rang_at", "begun_at")  # what another hour changes


# --- The hour and the end -------------------------------------------------------------------------------------------
def set_hour(call_back: CallBack, slot: Stretch) -> None:
    """Another hour: it is announced again when that comes, and nobody is calling."""
    call_back.starts_at, call_back.ends_at = slot
    call_back.rang_at = call_back.begun_at = None
    call_back.save(update_fields=SHOWN)


def name_hour(contact: Contact, call_back: CallBack, *, by: User | None) -> ContactEvent:
    """Write the hour in the contact, which is due then. The subject of what began otherwise remains."""
    if is_only_a_call_back(contact, call_back):
        contact.subject = subject_of(Stretch(call_back.starts_at, call_back.ends_at))
    agreed = save_with_event(contact, Kind.AGREED, by=by, call_at=call_back.starts_at.isoformat())
    wake(contact)
    return agreed


def is_only_a_call_back(contact: Contact, call_back: CallBack) -> bool:
    """Whether the contact is about nothing but being called: booked by the customer, or begun by us."""
    return call_back.source == CallBack.Source.CUSTOMER or contact.direction == Contact.Direction.OUTBOUND


def end(contact: Contact, call_back: CallBack, *, by: User | None, at: datetime, why: str = "called_off") -> None:
    """End a call-back that nobody is to make any more.

    A contact that is about nothing else is closed and counts in no figure: nobody was served. Any other goes on, due by its own clock.
    """
    if why == "called_off":
        call_back.cancelled_at = at
    call_back.begun_at = None
    call_back.save(update_fields=["cancelled_at", "begun_at", "settled_by"])
    if is_only_a_call_back(contact, call_back):
        contact.outcome = Contact.Outcome.WITHDRAWN
        move_contact(contact, to=State.CLOSED)
        save_with_event(contact, Kind.CLOSED, by=by, outcome=contact.outcome, why=why)
    else:
        save_with_event(contact, Kind.CALLED_OFF, by=by)
    wake(contact)


# --- Whose desks show it --------------------------------------------------------------------------------------------
def wake(*contacts: Contact) -> None:
    """Have the desks that announce these call-backs, or that announced them, show what is new; after the commit.

    Those of the owners, and of the ready members of the teams: one query for all.
    """
    owners = {contact.owner_id for contact in contacts}
    teams = {contact.team_id for contact in contacts}
    ready = Q(reported=Reported.READY)
    if None not in teams:
        ready &= Q(agent__team__in=teams)
    concerned = AgentState.objects.open().filter(Q(agent__in=owners - {None}) | ready, agent__user__isnull=False)
    if users := set(concerned.order_by().values_list("agent__user", flat=True)):
        transaction.on_commit(partial(desk_signal.changed, users), robust=True)


# --- Words ----------------------------------------------------------------------------------------------------------
def subject_of(slot: Stretch) -> str:
    """What the queue shows, in the language of the people who work on it."""
    with translation.override(settings.LANGUAGE_CODE):
        return _("Call back on %(when)s") % {"when": written_moment(slot.start, "il")}


def _when(call_back: CallBack, language: str) -> str:
    with translation.override(language):
        return moment_in_full(call_back.starts_at)


def confirm(call_back: CallBack, agreed: ContactEvent, *, language: str = "", is_moved: bool = False) -> None:
    """Owe the hour in writing, once for each time one was agreed; to a person whom we do not know, nothing."""
    if (customer := call_back.customer) is None:
        return
    language = language or customer.language
    words = {
        "number": call_back.contact.number,
        "when": _when(call_back, language),
        "until": timezone.localtime(call_back.ends_at).strftime("%H:%M"),
        "phone": shown_number(call_back.phone),
        "is_moved": is_moved,
    }
    if is_enrolled(customer):
        with translation.override(language):
            label = _("Change it or call it off")
        words |= {"action_url": settings.SITE_URL + reverse("portal_call_backs"), "action_label": label}
    tell_customer(
        kinds.CALL_BACK_BOOKED,
        once=f"call-back-booked:{agreed.pk}",
        words=words,
        customer=customer,
        language=language,
        thread=thread_of(call_back.contact),
    )


def confirm_cancelled(call_back: CallBack, *, language: str = "") -> None:
    """Owe in writing that nobody calls; to a person whom we do not know, nothing."""
    if (customer := call_back.customer) is None:
        return
    language = language or customer.language
    tell_customer(
        kinds.CALL_BACK_CANCELLED,
        once=f"call-back-cancelled:{call_back.pk}:{call_back.cancelled_at:%Y%m%d%H%M%S}",
        words={"number": call_back.contact.number, "when": _when(call_back, language)},
        customer=customer,
        language=language,
        thread=thread_of(call_back.contact),
    )


def write_not_reached(call_back: CallBack) -> None:
    """Owe the customer the news that we called in vain, with the number of their request; to nobody else."""
    if (customer := call_back.customer) is None:
        return
    tell_customer(
        kinds.CALL_BACK_NOT_REACHED,
        once=f"call-back-not-reached:{call_back.pk}:{call_back.starts_at:%Y%m%d%H%M}",
        words={
            "number": call_back.contact.number,
            "tries": call_back.tries,
            "phone": shown_number(call_back.phone),
        },
        customer=customer,
        thread=thread_of(call_back.contact),
    )
