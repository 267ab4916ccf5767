"""Commands: take a closed contact up again, and close again what turns out to need nothing more.

A customer who comes back shows that it was not resolved; a colleague who reopens to correct something shows nothing
about the customer, and a "thank you" leaves what was counted as it was.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from contact_center.models import Agent, Contact, ContactEvent, Message, WrapUpCode
from customers.models import User
from foundation.refusals import Refused

from .moves import locked, move_contact, note_event, save_with_event

Kind, State = ContactEvent.Kind, Contact.State
CUSTOMER_WROTE, NOT_RESOLVED = "customer_wrote", "not_resolved"  # why the customer's side reopened it


@transaction.atomic
def reopen(contact: Contact, *, by: User | None, why: str = "", came_back: bool | None = None) -> Contact:
    """Take a closed contact up again, with whoever had it; a message of the customer puts it into the team's queue.

    The customer who says that nothing was resolved (NOT_RESOLVED) is heard by whoever had it: it is theirs again, to be taken
    up, or the team's where they no longer answer. `came_back`: the customer did, and it counts as not resolved; left out, so it is when nobody of ours (`by`) reopens
    it. Otherwise it is only no longer coded. What was coded and answered before is kept in the event. Refused for a
    contact that is not closed, and for one about a claim whose conversation goes on in another.
    """
    contact = locked(contact)
    if contact.state != State.CLOSED:
        raise Refused(_("%(number)s is not closed.") % {"number": contact.number}, code="not_closed")
    assert contact.closed_at is not None, "a closed contact has its moment: the database holds it"
    refuse_beside_another(contact)
    _refuse_joined(contact)
    came_back = by is None if came_back is None else came_back
    former = {
        "outcome": contact.outcome,
        "code": contact.wrap_up_id,
        "confirmed": contact.confirmed,
        "closed_at": contact.closed_at.isoformat(),
    }
    if by is None or contact.owner is None:
        contact.owner = _who_had_it(contact) if why == NOT_RESOLVED else None
        move_contact(contact, to=State.OPEN)
    else:
        move_contact(contact, to=State.IN_PROGRESS)
    contact.wrap_up = contact.confirmed = None
    contact.outcome = Contact.Outcome.UNRESOLVED if came_back else Contact.Outcome.NOT_CODED
    contact.reopened_count += came_back
    save_with_event(contact, Kind.REOPENED, by=by, why=why, came_back=came_back, former=former)
    return contact


def _who_had_it(contact: Contact) -> Agent | None:
    """The owner, where they still answer."""
    owner = contact.owner
    answers = owner is not None and owner.is_active and owner.user is not None and owner.user.is_active
    return owner if answers else None


def _refuse_joined(contact: Contact) -> None:
    """What was closed because it follows another contact is parted from that, not reopened."""
    if contact.outcome == Contact.Outcome.JOINED:
        raise Refused(
            _("%(number)s follows another contact: part it from that instead.") % {"number": contact.number},
            code="joined",
        )


def refuse_beside_another(contact: Contact) -> None:
    """A claim has one open conversation: where it goes on in another contact, that one is worked."""
    conversations = Contact.objects.about_claims().filter(claim=contact.claim_id)
    if contact.claim_id is None or not conversations.filter(pk=contact.pk).exists():
        return
    if (other := conversations.open().first()) is not None:
        raise Refused(
            _("The conversation on this claim goes on in %(number)s.") % {"number": other.number},
            code="conversation_goes_on",
        )


def reopening_of(contact: Contact) -> ContactEvent | None:
    """The message of the customer that reopened the contact, while nothing has been done about it; else None.

    Nothing has been done while nobody answered and it went to no other level.
    """
    if contact.state == State.CLOSED or not contact.reopened_count:
        return None
    event = contact.events.filter(kind=Kind.REOPENED).order_by("-at", "-pk").first()
    if event is None or event.details.get("why") != CUSTOMER_WROTE or "former" not in event.details:
        return None
    answered = contact.messages.filter(direction=Message.Direction.OUTBOUND, written_at__gt=event.at)
    passed_on = contact.events.filter(kind=Kind.ESCALATED, pk__gt=event.pk)
    return None if answered.exists() or passed_on.exists() else event


@transaction.atomic
def close_as_thanks(contact: Contact, *, by: User) -> Contact:
    """Close a contact that the customer reopened only to say thank you: as it was coded, confirmed and counted before.

    Refused where the customer did not write, or where somebody has answered or passed it on since.
    """
    contact = locked(contact)
    event = reopening_of(contact)
    if event is None:
        raise Refused(
            _("%(number)s was not reopened by a message alone: wrap it up.") % {"number": contact.number},
            code="not_reopened_by_a_message",
        )
    code = WrapUpCode.objects.filter(pk=event.details["former"]["code"]).first()
    return close_as_before(contact, event, code=code, by=by)


def close_as_before(contact: Contact, event: ContactEvent, *, code: WrapUpCode | None, by: User) -> Contact:
    """Close the (locked) contact with what it was before the reopening `event`, which counts for nothing."""
    former = event.details["former"]
    if contact.state == State.WAITING:
        note_event(contact, Kind.RESUMED, by=by)
    move_contact(contact, to=State.CLOSED)
    contact.closed_at = datetime.fromisoformat(former["closed_at"])
    contact.outcome, contact.confirmed, contact.wrap_up = former["outcome"], former["confirmed"], code
    contact.reopened_count -= 1
    save_with_event(contact, Kind.CLOSED, by=by, outcome=contact.outcome, thanks=True)
    return contact


def is_still_resolved(event: ContactEvent, code: WrapUpCode) -> bool:
    """Whether a code only repeats what the customer had confirmed before the reopening `event`."""
    former = event.details["former"]
    return former["confirmed"] is True and former["outcome"] == code.outcome
