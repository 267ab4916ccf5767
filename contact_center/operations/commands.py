"""Commands of operations that a person acts on: begin with a contact, carry out, refuse, withdraw. One end for both.

No operation remains open behind a closed contact, and none ended behind an open one: each command here ends the two
together, and `contacts.commands.wrap_up` refuses to close a contact whose operation is open.
Lock order: the contact, then what `customers.operations.commands` locks.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from contact_center.contacts import commands as contacts
from contact_center.contacts.moves import locked, move_contact, note_event, save_with_event
from contact_center.contacts.opening import team_in_turn
from contact_center.contacts.wrap_up_forms import OF_THE_TELEPHONE
from contact_center.due.targets import due_at
from contact_center.models import Contact, ContactEvent, Message, Topic, WrapUpCode
from customers.models import Claim, Customer, Operation, Policy, User
from customers.operations.commands import BY_THE_CUSTOMER, ask_operation
from customers.operations.forms import as_lines
from customers.operations.kinds import facts_shown, kind_of
from foundation.refusals import Refused
from notifications import operations as notices

DONE_CODE, REFUSED_CODE = "risolto", "informazione"  # of the codes that every installation begins with
CHANNELS = {
    Operation.Channel.PORTAL: Contact.Channel.PORTAL,
    Operation.Channel.APP: Contact.Channel.APP,
    Operation.Channel.WRITTEN: Contact.Channel.POST,
    # A call has its own contact, with its line and its times. What is asked in it besides is followed where the customer
    # can read it and write about it.
    Operation.Channel.PHONE: Contact.Channel.PORTAL,
}


@dataclass(frozen=True)
class Begun:
    """An operation as it was begun, the contact that carries it where a person must act, and whether this call began it."""

    operation: Operation
    contact: Contact | None
    is_new: bool


@transaction.atomic
def begin_operation(
    kind: str,
    *,
    customer: Customer,
    facts: Mapping[str, Any],
    submission_key: uuid.UUID,
    by: User,
    channel: str,
    policy: Policy | None = None,
    claim: Claim | None = None,
    contact: Contact | None = None,
    by_its_own_page: bool = False,
    is_private: bool = False,
) -> Begun:
    """Begin an operation: for oneself in the reserved area or the app, or as an agent for the customer of a contact.

    Where a person must act, `contact` carries it (a call, a letter); without one a contact is opened in the first level's
    queue, with the facts as its first message; of what is private (`is_private`) it is nobody's file's, and answered at the
    address of the asking person's sign-in. What needs nobody is done at once and opens none. The same
    `submission_key` again begins nothing. Refused as `ask_operation` refuses, for a contact of somebody else, one that is
    closed or one that carries an operation already.
    """
    if contact is not None:
        contact = _free(locked(contact), customer, submission_key)
    if notices.is_own_data(kind):
        done = notices.change_own_data(
            kind, facts=facts, key=submission_key, customer=customer, by=by, channel=channel
        )
        return Begun(done.operation, contact, done.is_new)
    asked = ask_operation(
        kind,
        customer=customer,
        policy=policy,
        claim=claim,
        facts=facts,
        submission_key=submission_key,
        by=by,
        channel=channel,
        by_its_own_page=by_its_own_page,
        is_private=is_private,
    )
    operation = asked.operation
    if not asked.is_new:
        return Begun(operation, contact_of(operation), is_new=False)
    contact = _open(operation, by) if contact is None else _attach(contact, operation, by)
    notices.announce(operation)
    if contact.state == Contact.State.IN_PROGRESS:
        operation = notices.start_operation(operation, by=by)
    return Begun(operation, contact, is_new=True)


def _free(contact: Contact, customer: Customer, submission_key: uuid.UUID) -> Contact:
    carried = contact.operation
    if carried is not None and carried.submission_key == submission_key:
        return contact
    if contact.customer_id != customer.pk:
        raise Refused(_("Say first who the person is: the contact is not this customer's."), code="not_this_person")
    if contact.state == Contact.State.CLOSED:
        raise Refused(_("%(number)s is closed: reopen it first.") % {"number": contact.number}, code="closed")
    if carried is not None:
        raise Refused(
            _("%(number)s carries %(operation)s already: begin the other from the customer's file.")
            % {"number": contact.number, "operation": carried.number},
            code="carries_one_already",
        )
    return contact


def _open(operation: Operation, by: User) -> Contact:
    """A contact of its topic in the queue; its text is in the language of the people who work it."""
    now = operation.asked_at
    is_theirs = operation.channel in BY_THE_CUSTOMER
    contact = Contact.objects.create(
        channel=CHANNELS[Operation.Channel(operation.channel)],
        kind=Contact.Kind.REQUEST,
        customer=None if operation.is_private else operation.customer,
        address=by.email if is_theirs else "",
        subject=_subject(operation),
        topic=topic_of(operation),
        operation=operation,
        claim=operation.claim,
        team_id=team_in_turn(operation.submission_key),
        started_at=now,
        due_at=due_at(kind=Contact.Kind.REQUEST, level=1, since=now),
    )
    Message.objects.create(
        contact=contact, direction=Message.Direction.INBOUND, text=text_of(operation), written_at=now
    )
    note_event(contact, ContactEvent.Kind.OPENED, by=None if is_theirs else by, operation=operation.number)
    return contact


def _attach(contact: Contact, operation: Operation, by: User) -> Contact:
    """Let the contact in hand carry it: a call remains one contact, whatever is asked in it."""
    contact.operation, contact.claim = operation, operation.claim or contact.claim
    contact.topic = contact.topic or topic_of(operation)
    contact.subject = contact.subject or _subject(operation)
    Message.objects.create(contact=contact, direction=Message.Direction.NOTE, author=by, text=text_of(operation))
    contact.version += 1
    contact.save(update_fields=["operation", "claim", "topic", "subject", "version"])
    return contact


def topic_of(operation: Operation) -> Topic | None:
    """The topic that its contact counts under, if it is one of today's."""
    return Topic.objects.valid_on(timezone.localdate()).filter(code=kind_of(operation).topic).first()


def _subject(operation: Operation) -> str:
    with translation.override(operation.customer.language):
        about = operation.claim or operation.policy
        name = str(kind_of(operation).action)
        return f"{name}: {about}" if about else name


def text_of(operation: Operation) -> str:
    """What was asked, as a message, in the customer's language: they read it too."""
    with translation.override(operation.customer.language):
        return f"{_subject(operation)} ({operation.number})\n\n{as_lines(facts_shown(operation))}".strip()


def contact_of(operation: Operation) -> Contact | None:
    """The contact that carries the operation, where a person must act."""
    return Contact.objects.filter(operation=operation).first()


@transaction.atomic
def carry_out(
    operation: Operation,
    *,
    by: User | None,
    answer: str = "",
    code: WrapUpCode | None = None,
    at: datetime | None = None,
) -> Operation:
    """Carry it out: our records change, the customer is informed, and its contact is answered and closed by the code.

    `by` is None for the company's own system. Refused where it has ended or cannot be done now: then nothing is done.
    """
    contact = _locked_contact(operation)
    operation = notices.complete_operation(operation, by=by, answer=answer.strip(), at=at)
    if contact is not None:
        _close(contact, code or code_named(DONE_CODE), by=by, answer=answer)
    return operation


@transaction.atomic
def refuse(
    operation: Operation,
    *,
    answer: str,
    by: User | None,
    code: WrapUpCode | None = None,
    at: datetime | None = None,
) -> Operation:
    """Refuse it with the reason, which the customer reads; its contact is answered and closed by the code."""
    contact = _locked_contact(operation)
    operation = notices.refuse_operation(operation, answer=answer, by=by, at=at)
    if contact is not None:
        _close(contact, code or code_named(REFUSED_CODE), by=by, answer=answer)
    return operation


@transaction.atomic
def start(operation: Operation, *, by: User | None) -> Operation:
    """Somebody works on it, as the company's system reports; an agent who takes its contact does the same."""
    _locked_contact(operation)
    return notices.start_operation(operation, by=by)


@transaction.atomic
def withdraw(operation: Operation, *, by: User) -> Operation:
    """The customer takes it back. Its contact is closed and counts in no figure: nobody was asked to resolve anything.

    A call that carried it was served all the same: it is closed as information given.
    """
    contact = _locked_contact(operation)
    operation = notices.withdraw_operation(operation, by=by)
    if contact is None or contact.state == Contact.State.CLOSED:
        return operation
    if contact.channel == Contact.Channel.PHONE:
        _close(contact, code_named(REFUSED_CODE), by=None, answer="")
        return operation
    if contact.state == Contact.State.WAITING:
        note_event(contact, ContactEvent.Kind.RESUMED, by=None)
    move_contact(contact, to=Contact.State.CLOSED)
    contact.outcome = Contact.Outcome.WITHDRAWN
    save_with_event(contact, ContactEvent.Kind.CLOSED, by=None, outcome=contact.outcome)
    return operation


def codes_that_close(contact: Contact) -> QuerySet[WrapUpCode]:
    """The codes by which the contact may be closed once its operation has ended."""
    codes = WrapUpCode.objects.valid_on(timezone.localdate()).filter(keeps_open=False)
    of_line = Q(lines=None) | Q(lines=contact.line_id) if contact.line_id else Q(lines=None)
    return codes.filter(of_line).exclude(outcome__in=OF_THE_TELEPHONE).distinct()


def code_named(code: str) -> WrapUpCode:
    """The wrap-up code of this name if it is in use, or else the first that closes a contact as resolved."""
    in_use = WrapUpCode.objects.valid_on(timezone.localdate()).filter(
        outcome=Contact.Outcome.RESOLVED, keeps_open=False, lines=None
    )
    found = in_use.filter(code=code).first() or in_use.order_by("position", "code").first()
    if found is None:
        raise Refused(_("No wrap-up code that resolves a contact is in use: add one first."), code="no_code")
    return found


def _locked_contact(operation: Operation) -> Contact | None:
    contact = contact_of(operation)
    return locked(contact) if contact is not None else None


def _close(contact: Contact, code: WrapUpCode, *, by: User | None, answer: str) -> None:
    """Answer in the thread and close; the notice of the operation is what the customer gets."""
    if contact.state == Contact.State.CLOSED:
        return
    if by is not None and contact.owner is None:
        contact = contacts.take(contact, by=by)
    if answer.strip():
        direction = Message.Direction.OUTBOUND
        Message.objects.create(contact=contact, direction=direction, author=by, text=answer.strip())
        note_event(contact, ContactEvent.Kind.REPLIED, by=by)
    if by is not None:
        contacts.wrap_up(contact, code=code, by=by)
    else:
        contacts.close_by_system(contact, code=code)
