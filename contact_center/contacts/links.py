"""Two contacts that are one matter: joined, the one is worked and the other follows it; parted, each goes its own way again.

What follows is closed at once, with an outcome that counts in no figure: the matter counts once, as the main contact. Only
contacts of the same person follow each other. Those of different people are joined as a hint to the agents: what is written to
one person is not shown to another, so each is answered by itself.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contact_center.models import CallBack, Contact, ContactEvent, ContactLink, Message
from customers.models import Operation, User
from foundation.refusals import Refused

from .correspondence import Recipient, stated_address
from .moves import move_contact, note_event, save_with_event
from .reopening import refuse_beside_another

Kind, State, Outcome = ContactEvent.Kind, Contact.State, Contact.Outcome


def is_same_person(one: Contact, other: Contact) -> bool:
    """Whether both are of one person as far as anybody knows: the same customer; or, of nobody known, the same address."""
    if one.customer_id or other.customer_id:
        return one.customer_id == other.customer_id
    return bool(one.address) and one.address.lower() == other.address.lower()


def _both_locked(one: Contact, other: Contact) -> tuple[Contact, Contact]:
    """Both rows as they are now, locked in the order of their numbers, as everybody does who locks two."""
    found = {
        each.pk: each for each in Contact.objects.select_for_update().filter(pk__in=(one.pk, other.pk)).order_by("pk")
    }
    return found[one.pk], found[other.pk]


@transaction.atomic
def join_contacts(other: Contact, *, main: Contact, by: User, why: str = "") -> ContactLink:
    """Have `other` follow `main`: of the same person, it is closed with it (`ContactOutcome.JOINED`); of different people it is a hint.

    Refused for one with itself, for a main contact that is closed or follows another, for another that follows one or is followed,
    for a contact that the user may not see, without a reason (`why`) for different people, for one whose person is still to be
    called back, for a call that has still to be coded, and for one that carries an operation which has not ended.
    """
    if main.pk == other.pk:
        raise Refused(_("A contact cannot be joined to itself."), code="itself", field="number")
    if Contact.objects.visible_to(by).filter(pk__in=(main.pk, other.pk)).count() != 2:
        raise Refused(_("There is no such contact."), code="not_found", field="number")
    main, other = _both_locked(main, other)
    _refuse_join(main, other)
    is_same = is_same_person(main, other)
    if not is_same and not why.strip():
        raise Refused(
            _("They are of different people: write why they are one matter."), code="different_people", field="why"
        )
    link = ContactLink.objects.create(
        main=main, other=other, is_same_person=is_same, why=why.strip(), linked_by=by, linked_at=timezone.now()
    )
    note_event(main, Kind.JOINED, by=by, other_contact=other.number, why=link.why)
    if is_same and other.state != State.CLOSED:
        other.outcome = Outcome.JOINED
        move_contact(other, to=State.CLOSED)
    save_with_event(other, Kind.JOINED, by=by, other_contact=main.number, why=link.why)
    return link


def _refuse_join(main: Contact, other: Contact) -> None:
    standing = ContactLink.objects.standing()
    if main.state == State.CLOSED:
        raise Refused(
            _("%(number)s is closed: join from the page of the contact that is still open.") % {"number": main.number},
            code="main_is_closed",
        )
    if standing.filter(other=main).exists():
        raise Refused(
            _("%(number)s follows another contact itself: join to that one.") % {"number": main.number},
            code="main_follows",
        )
    if standing.filter(other=other).exists():
        raise Refused(
            _("%(number)s is joined to another contact already.") % {"number": other.number},
            code="joined_already",
            field="number",
        )
    if standing.filter(main=other).exists():
        raise Refused(
            _("Other contacts follow %(number)s: join from its own page.") % {"number": other.number},
            code="has_followers",
            field="number",
        )
    if is_same_person(main, other) and CallBack.objects.to_make().filter(contact=other).exists():
        raise Refused(
            _("%(number)s has a call-back to make: make it or call it off first, or join from its own page.")
            % {"number": other.number},
            code="call_back_to_make",
            field="number",
        )
    if other.channel == Contact.Channel.PHONE and other.state != State.CLOSED and not other.wrap_up_id:
        raise Refused(
            _("%(number)s is a call that has still to be coded: code it first.") % {"number": other.number},
            code="to_code",
            field="number",
        )
    if other.operation is not None and other.operation.state in Operation.OPEN_STATES:
        raise Refused(
            _("%(number)s carries %(operation)s, which is still open: carry it out or refuse it.")
            % {"number": other.number, "operation": other.operation.number},
            code="operation_open",
            field="number",
        )


@transaction.atomic
def part_contacts(link: ContactLink, *, by: User, why: str) -> ContactLink:
    """Have the other contact go its own way again: what the joining closed is open again, in its queue.

    Refused without a reason, for a link that was parted, and for one about a claim whose conversation goes on in another contact.
    """
    if not (why := why.strip()):
        raise Refused(_("Write why: the history keeps it."), code="no_reason", field="why")
    main, other = _both_locked(link.main, link.other)
    link = ContactLink.objects.select_for_update().get(pk=link.pk)
    if link.parted_at is not None:
        raise Refused(_("They were parted already."), code="parted_already")
    is_opened = other.state == State.CLOSED and other.outcome == Outcome.JOINED
    if is_opened:
        refuse_beside_another(other)
    link.parted_by, link.parted_at, link.why_parted = by, timezone.now(), why
    link.save(update_fields=["parted_by", "parted_at", "why_parted"])
    note_event(main, Kind.PARTED, by=by, other_contact=other.number, why=why)
    if is_opened:
        other.outcome = Outcome.NOT_CODED
        other.owner = None
        move_contact(other, to=State.OPEN)
    save_with_event(other, Kind.PARTED, by=by, other_contact=main.number, why=why)
    return link


def main_of(contact: Contact) -> Contact | None:
    """The contact of the same person that this one follows, to which what is written goes; or None."""
    link = ContactLink.objects.standing().select_related("main").filter(other=contact, is_same_person=True).first()
    return link.main if link is not None and is_same_person(link.main, contact) else None


def show_answer_to_followers(contact: Contact, message: Message, recipient: Recipient) -> None:
    """Show the answer in the threads of the contacts that follow this one; it was sent once, with this one.

    As with an answer of their own: what did not go to the address that they came from is not on their tracking page.
    """
    links = ContactLink.objects.standing().filter(main=contact, is_same_person=True)
    for link in links.select_related("other__customer", "other__web_form").order_by("pk"):
        if not is_same_person(contact, link.other):
            continue
        stated = stated_address(link.other)
        went_there = not stated or stated.lower() == recipient.address.lower()
        Message.objects.create(
            contact=link.other,
            direction=Message.Direction.OUTBOUND,
            author=message.author,
            text=message.text,
            sent_to="" if went_there else recipient.address,
            written_at=message.written_at,
        )
