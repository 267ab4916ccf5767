"""Command: the second level sends back what was handed to it by mistake, and it is counted.

Who was handed a case that another should have had, or that lacked the facts, sends it back to the team it came from. Nobody
of the second level has answered the customer then, so it counts for the level it goes back to. A case that the second level
began to answer is its own: it passes it on to another second-level team (`commands.escalate`) or closes it.
"""

from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contact_center.models import Agent, Contact, ContactEvent, Message, Team
from customers.models import User
from foundation.refusals import Refused

from .mentions import note_mentions
from .moves import locked, move_contact, note_event, save_with_event

Kind, State = ContactEvent.Kind, Contact.State


class SentBack(models.TextChoices):
    """Why a case is sent back."""

    WRONG_TEAM = "wrong_team", gettext_lazy("it belongs to another team")
    FIRST_LEVEL = "first_level", gettext_lazy("the first level can resolve it")
    FACTS_MISSING = "facts_missing", gettext_lazy("facts are missing")


def handed_over(contact: Contact) -> ContactEvent | None:
    """How the contact came to the team that has it; None where that cannot be undone: closed, answered since, or never handed over."""
    if contact.level != 2 or contact.state == State.CLOSED:
        return None
    event = contact.events.filter(kind=Kind.ESCALATED).order_by("-at", "-pk").first()
    if (
        event is None
        or contact.messages.filter(direction=Message.Direction.OUTBOUND, written_at__gt=event.at).exists()
    ):
        return None
    return event


@transaction.atomic
def send_back(contact: Contact, *, reason: str, text: str, by: User) -> Contact:
    """Give the contact back to the team that handed it over, with a note that says what is to be done.

    The agent who handed it over finds it among their own, if they still answer; else it waits in the queue of their team.
    From the first level it came, to the first level it goes: its clock is the one it had. Refused where `handed_over` finds
    nothing to undo, for a reason that is none of `SentBack`, and without a text.
    """
    contact = locked(contact)
    event = handed_over(contact)
    if event is None:
        raise Refused(
            _("%(number)s cannot be sent back: it is closed, or it was answered since it came.")
            % {"number": contact.number},
            code="not_to_send_back",
        )
    if reason not in SentBack.values:
        raise Refused(_("Say why it goes back."), code="no_reason", field="reason")
    if not (text := text.strip()):
        raise Refused(_("Write what is to be done: your colleague reads it first."), code="no_text", field="text")
    had_it = contact.team
    if contact.state == State.WAITING:
        note_event(contact, Kind.RESUMED, by=by)
    move_contact(contact, to=State.OPEN)
    came_from = event.details.get("from_team", "")
    contact.team = Team.objects.filter(code=came_from).first() if came_from else None
    if contact.team is None or contact.team.level == 1:
        contact.level, contact.escalation, contact.escalated_at = 1, Contact.Escalation.NONE, None
    contact.owner = Agent.objects.filter(user=event.by_id, is_active=True).first() if event.by_id else None
    contact.sent_back_count += 1
    note = Message.objects.create(contact=contact, direction=Message.Direction.NOTE, author=by, text=text)
    note_mentions(note, by=by)
    details = {
        "from_team": had_it.code if had_it else "",
        "team": came_from,
        "sent_back": reason,
        "to_level": contact.level,
    }
    save_with_event(contact, Kind.SENT_BACK, by=by, **details)
    return contact
