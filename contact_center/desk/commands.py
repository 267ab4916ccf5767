"""Commands of an agent at the telephone: confirm who is calling, join the call to a matter, code it, hand it to the second level."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Min
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from contact_center.contacts import commands, kinds
from contact_center.contacts.correspondence import recipient_of
from contact_center.contacts.moves import locked, note_event, save_with_event
from contact_center.desk.identity_commands import own_call, uncoded_call
from contact_center.models import Call, Contact, ContactEvent, KnownPerson, Team, Topic, WrapUpCode
from contact_center.people.commands import Facts, name_person, write_card
from customers.access import open_with_reason
from customers.models import Claim, Customer, User
from foundation.refusals import Refused
from notifications.services import queue_notice

LONGEST_WRAP = timedelta(hours=1)  # what comes later is no after-call work: the code was forgotten


@transaction.atomic
def confirm_person(contact: Contact, *, customer: Customer, by: User) -> Contact:
    """Confirm who is calling, once they have said so. Refused for another's call, and for one that has been coded."""
    contact = uncoded_call(contact, by)
    return commands.link_customer(contact, customer=customer, by=by)


@transaction.atomic
def name_caller(contact: Contact, *, person: KnownPerson, by: User) -> Contact:
    """Record that somebody with a card is calling. Refused for another's call, and as `name_person`."""
    _agent, contact = own_call(contact, by)
    return name_person(contact, person=person, by=by)


@transaction.atomic
def write_caller_card(contact: Contact, facts: Facts, *, by: User) -> KnownPerson:
    """Write a card of a caller who is no customer. Refused for another's call, and as `write_card`."""
    _agent, contact = own_call(contact, by)
    return write_card(facts, contact=contact, by=by)


@transaction.atomic
def open_caller(contact: Contact, *, customer: Customer, kind: str, words: str, by: User) -> None:
    """Open the file of the person on the line, for the reason given. Refused for another's call, or a reason that is none."""
    _agent, contact = own_call(contact, by)
    open_with_reason(customer, by=by, what=f"call {contact.number}", kind=kind, words=words)


@transaction.atomic
def join_call(contact: Contact, *, matter: Claim | Contact, by: User) -> Contact:
    """Let the call be about an open claim, or go on from an open contact, of the person on the line; both sides show it.

    The same again writes nothing more; another claim takes the place of the one it was joined to. Refused for another's call
    and for one that has been coded, before the person is confirmed, for what is another person's, for what is closed
    meanwhile (a closed contact is reopened by a decision of its own, with who came back: `reopening`), for the call itself
    or what goes on from it, and where a claim was reported in this call.
    """
    contact = uncoded_call(contact, by)
    if contact.customer_id is None or matter.customer_id != contact.customer_id:
        raise Refused(_("Confirm the person first: only what is theirs can be joined to the call."), code="not_theirs")
    if isinstance(matter, Claim):
        if contact.claim_id == matter.pk:
            return contact
        matter = Claim.objects.get(pk=matter.pk)
        if matter.state not in Claim.OPEN_STATES:
            raise Refused(
                _(
                    "The claim %(number)s is closed (%(state)s), so the call is not joined to it: say in its note what it is about."
                )
                % {"number": matter.number, "state": matter.get_state_display()},
                code="matter_closed",
            )
        if contact.events.filter(kind=ContactEvent.Kind.CLAIM).exists():
            raise Refused(
                _("%(claim)s was reported in this call: it is about that one.") % {"claim": contact.claim},
                code="reported_another",
            )
        contact.claim = matter
        save_with_event(contact, ContactEvent.Kind.JOINED, by=by, claim=matter.number)
        return contact
    if contact.continues_id == matter.pk:
        return contact
    earlier = locked(matter)
    if earlier.pk == contact.pk or earlier.continues_id == contact.pk:
        raise Refused(_("A call cannot go on from itself."), code="from_itself")
    if earlier.state == Contact.State.CLOSED:
        raise Refused(
            _(
                "%(number)s was closed, so the call does not go on from it: code the call by itself, or reopen that one from"
                " its page first."
            )
            % {"number": earlier.number},
            code="matter_closed",
        )
    contact.continues = earlier
    save_with_event(contact, ContactEvent.Kind.JOINED, by=by, joined=earlier.number)
    note_event(earlier, ContactEvent.Kind.JOINED, by=by, joined=contact.number)
    return contact


@transaction.atomic
def code_call(
    contact: Contact,
    *,
    code: WrapUpCode,
    by: User,
    topic: Topic | None = None,
    note: str = "",
    invite: bool = False,
) -> Contact:
    """Wrap a call up, with a note for colleagues; `invite` sends the person the address of the complaint form.

    Refused for another's call, and for one that has been coded.
    """
    _agent, contact = own_call(contact, by)
    if contact.wrap_up_id:
        raise Refused(
            _("%(number)s has been coded already, as “%(code)s”.")
            % {"number": contact.number, "code": contact.wrap_up},
            code="coded_already",
        )
    contact = commands.wrap_up(contact, code=code, by=by, topic=topic)
    if note := note.strip():
        commands.add_note(contact, text=note, by=by)
    if invite and code.hints_complaint:
        invite_to_write(contact)
    _measure_wrap(contact, timezone.now())
    return contact


@transaction.atomic
def pass_on(
    contact: Contact, *, team: Team, reason: str, by: User, topic: Topic | None = None, text: str = ""
) -> Contact:
    """Hand a call to a second-level team, which finds it in its queue; the agent's part is done."""
    _agent, contact = own_call(contact, by)
    if topic is not None and topic.pk != contact.topic_id:
        contact.topic = topic
        contact.save(update_fields=["topic"])
    contact = commands.escalate(contact, team=team, reason=reason, by=by, text=text.strip())
    _measure_wrap(contact, timezone.now())
    return contact


def complaint_form_url() -> str:
    """Where a customer writes a complaint, whole, to be read out or sent; the page is of an app further up."""
    return settings.SITE_URL + reverse("complaint_form")


def invite_to_write(contact: Contact) -> bool:
    """Send a customer who complained by telephone the address of the written form; whether there was an address to send it to."""
    recipient = recipient_of(contact)
    if contact.customer is None or not recipient.address:
        return False
    with translation.override(recipient.language):
        label = _("Write a complaint")
    queue_notice(
        kinds.COMPLAINT_INVITATION,
        once=f"complaint-invitation:{contact.pk}",
        words={
            "number": contact.number,
            "action_url": complaint_form_url(),
            "action_label": label,
        },
        customer=contact.customer,
        address=recipient.address,
        language=recipient.language,
    )
    return True


def _measure_wrap(contact: Contact, now: datetime) -> None:
    """After-call work lasts from the end of the call until it is coded, or until the agent answers the next one."""
    call = Call.objects.select_for_update().filter(contact=contact, ended_at__isnull=False, wrap_seconds=0).first()
    if call is None or call.ended_at is None or call.ended_at >= now:
        return
    following = Call.objects.filter(agent=call.agent_id, queued_at__gt=call.queued_at, answered_at__gt=call.ended_at)
    next_answer = following.aggregate(first=Min("answered_at"))["first"]
    until = min(filter(None, (now, next_answer, call.ended_at + LONGEST_WRAP)))
    call.wrap_seconds = round((until - call.ended_at).total_seconds())
    call.save(update_fields=["wrap_seconds"])
