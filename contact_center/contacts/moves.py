"""What every command of a contact shares: the locked row, the one way to change its state, the event that says so."""

from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from contact_center.agents import signal as desk_signal
from contact_center.agents.states import RELEASES, follow_calls
from contact_center.contacts.priority import recompute_priority
from contact_center.due.targets import recompute_due
from contact_center.models import Agent, AgentState, Contact, ContactEvent
from customers.models import User
from foundation.refusals import Refused


def locked(contact: Contact) -> Contact:
    """The row as it is now, locked until the transaction ends."""
    return Contact.objects.select_for_update().get(pk=contact.pk)


def thread_of(contact: Contact) -> str:
    """The conversation that the contact's e-mails belong to."""
    return f"request:{contact.pk}"


def move_contact(contact: Contact, *, to: str) -> None:
    """Set the state; Refused where the table of moves (`Contact.NEXT`) does not have it. The caller saves."""
    if to == contact.state:
        return
    if to not in Contact.NEXT[Contact.State(contact.state)]:
        raise Refused(
            _("%(number)s is “%(state)s”: this cannot be done to it now.")
            % {"number": contact.number, "state": contact.get_state_display()},
            code="not_in_this_state",
        )
    contact.state = to
    contact.closed_at = timezone.now() if to == Contact.State.CLOSED else None
    if to == Contact.State.CLOSED:
        contact.follow_up_on = None  # what is closed reminds nobody


def save_with_event(contact: Contact, kind: str, *, by: User | None, **details: Any) -> ContactEvent:
    """Write what happened, set what it makes of the due time and of the priority, and save the contact as a new version.

    The desks of the agent who has the call, and of the one who had it before, are woken after the commit; the states of those
    who are at a call or have one to code follow it.
    """
    event = note_event(contact, kind, by=by, **details)
    recompute_due(contact)
    recompute_priority(contact)
    contact.version += 1
    busy = wake_desks(contact) if contact.channel == Contact.Channel.PHONE else []
    contact.save()
    if kind in RELEASES:
        follow_calls(dict.fromkeys(busy, timezone.now()))  # their desks are woken already
    return event


def wake_desks(contact: Contact) -> list[int]:
    """Have the desks of the agents concerned show what is new; returns those who are not free by the telephone's events."""
    had = Contact.objects.filter(pk=contact.pk).values("owner")
    at_a_call = AgentState.objects.open().filter(agent=OuterRef("pk")).exclude(call_state=AgentState.Telephone.FREE)
    concerned = Agent.objects.filter(Q(pk=contact.owner_id) | Q(pk__in=had))
    found = list(concerned.values_list("pk", "user_id", Exists(at_a_call)))
    if users := [user_id for _pk, user_id, _busy in found if user_id is not None]:
        transaction.on_commit(partial(desk_signal.changed, users), robust=True)
    return [pk for pk, _user_id, busy in found if busy]


def note_event(contact: Contact, kind: str, *, by: User | None, **details: Any) -> ContactEvent:
    """Write one more thing that happened in the same command."""
    return ContactEvent.objects.create(contact=contact, kind=kind, by=by, details=details)
