"""Commands on operations alone: ask, begin, complete, refuse, withdraw. Whom it informs is decided further up.

Lock order: the customer, the policy or claim, the operation. Each change of state writes a step.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import Claim, Customer, Operation, OperationEvent, Policy, User
from customers.operations.kinds import KINDS, kind_of, may_be_withdrawn
from customers.operations.subjects import subject_of
from foundation.refusals import Refused

State, Channel = Operation.State, Operation.Channel
BY_THE_CUSTOMER = (Channel.PORTAL, Channel.APP)


class AskedAlready(Refused):
    """The same is asked for already and has not ended."""

    code = "asked_already"

    def __init__(self, operation: Operation):
        sentence = _("This was asked for already, and is still open: %(number)s.") % {"number": operation.number}
        super().__init__(sentence)
        self.operation = operation


@dataclass(frozen=True)
class Asked:
    """An operation as it was asked for, and whether this call wrote it."""

    operation: Operation
    is_new: bool


@transaction.atomic
def ask_operation(
    kind: str,
    *,
    customer: Customer,
    facts: Mapping[str, Any],
    submission_key: uuid.UUID,
    by: User,
    channel: str,
    policy: Policy | None = None,
    claim: Claim | None = None,
    by_its_own_page: bool = False,
    is_private: bool = False,
) -> Asked:
    """Write down what the customer asks for; what needs nobody's work is done at once.

    `by_its_own_page` is for what asks for more than facts, such as a document; `is_private` for what is the asking person's
    affair alone. The same `submission_key` again writes nothing and returns what it wrote. AskedAlready where the same is open,
    Refused where it is not the customer's, or not possible now: the checks are made again on locked rows.
    """
    entry = KINDS[kind]
    if not entry.is_asked and not by_its_own_page:
        raise Refused(_("This cannot be asked for here."), code="not_asked")
    customer = Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    before = Operation.objects.filter(submission_key=submission_key).first()
    if before is not None:
        if before.customer_id != customer.pk:
            raise Refused(_("This page belongs to somebody else: open it again."), code="not_yours")
        return Asked(before, is_new=False)
    if policy is not None:
        policy = Policy.objects.select_for_update(no_key=True).get(pk=policy.pk)
    if claim is not None:
        claim = Claim.objects.select_for_update(no_key=True).select_related(None).get(pk=claim.pk)
    subject = subject_of(customer, policy=policy, claim=claim, today=timezone.localdate())
    if not subject.belongs_to(customer):
        raise Refused(
            _("Only the policyholder, or the person who reported the claim, can ask for this."), code="not_yours"
        )
    if entry.is_one_at_a_time and (twin := subject.open_of([kind])) is not None:
        raise AskedAlready(twin)
    if reason := entry.why_not(subject):
        raise Refused(reason, code="not_possible")
    if reason := entry.outdated(subject, facts):
        raise Refused(reason, code="outdated")
    operation = _write(
        entry.code,
        customer,
        policy,
        claim,
        facts,
        submission_key,
        by,
        channel,
        needs_nobody=not entry.needs_person,
        is_private=is_private,
    )
    entry.at_once(operation, subject.today)
    if not entry.needs_person:
        operation = complete_operation(operation, by=by)
    return Asked(operation, is_new=True)


@transaction.atomic
def record_self_service(
    kind: str,
    *,
    customer: Customer,
    facts: Mapping[str, Any],
    submission_key: uuid.UUID,
    by: User,
    channel: str = Channel.PORTAL,
    policy: Policy | None = None,
    claim: Claim | None = None,
) -> Asked:
    """Write down what the customer has settled alone by a way of its own, such as a payment: done as it is written.

    Nothing is checked or changed beside the row: the command that calls it has done both. The same key again writes
    nothing.
    """
    customer = Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    before = Operation.objects.filter(submission_key=submission_key, customer=customer).first()
    if before is not None:
        return Asked(before, is_new=False)
    operation = _write(kind, customer, policy, claim, facts, submission_key, by, channel, needs_nobody=True)
    return Asked(_move(operation, to=State.DONE, by=by), is_new=True)


def _write(
    kind: str,
    customer: Customer,
    policy: Policy | None,
    claim: Claim | None,
    facts: Mapping[str, Any],
    submission_key: uuid.UUID,
    by: User,
    channel: str,
    *,
    needs_nobody: bool,
    is_private: bool = False,
) -> Operation:
    operation = Operation.objects.create(
        kind=kind,
        customer=customer,
        policy=policy,
        claim=claim,
        facts=dict(facts),
        submission_key=submission_key,
        begun_by=by,
        channel=channel,
        is_self_service=needs_nobody and channel in BY_THE_CUSTOMER,
        is_private=is_private,
    )
    OperationEvent.objects.create(operation=operation, new=State.ASKED, by=by, at=operation.asked_at)
    return operation


@transaction.atomic
def start_operation(operation: Operation, *, by: User | None) -> tuple[Operation, bool]:
    """Somebody works on it; whether this call began it. One that was begun or has ended is left as it is."""
    operation = locked(operation)
    if operation.state != State.ASKED:
        return operation, False
    return _move(operation, to=State.IN_PROGRESS, by=by), True


@transaction.atomic
def complete_operation(
    operation: Operation, *, by: User | None, answer: str = "", at: datetime | None = None
) -> Operation:
    """It is carried out: our records change as its kind says. Refused where it has ended, or cannot be done now.

    `at` is when, where that was before now; `by` is None for the company's own system.
    """
    operation = locked(operation)
    refuse_ended(operation)
    kind_of(operation).carried_out(operation, timezone.localdate())
    return _move(operation, to=State.DONE, by=by, answer=answer, at=at)


@transaction.atomic
def refuse_operation(operation: Operation, *, answer: str, by: User | None, at: datetime | None = None) -> Operation:
    """It is not carried out, for a reason that the customer reads. Refused without one, or where it has ended."""
    operation = locked(operation)
    refuse_ended(operation)
    if not answer.strip():
        raise Refused(_("Write the reason: the customer reads it."), code="no_reason", field="answer")
    return _move(operation, to=State.REFUSED, by=by, answer=answer.strip(), at=at)


@transaction.atomic
def withdraw_operation(operation: Operation, *, by: User) -> Operation:
    """The customer takes it back. Refused where it has ended, or where asking for it has already had its effect."""
    operation = locked(operation)
    refuse_ended(operation)
    if not may_be_withdrawn(operation):
        raise Refused(_("This cannot be withdrawn: write to us about it."), code="not_withdrawn")
    return _move(operation, to=State.WITHDRAWN, by=by)


def locked(operation: Operation) -> Operation:
    """The row as it is now, locked until the transaction ends."""
    return Operation.objects.select_for_update(of=["self"]).select_related("customer").get(pk=operation.pk)


def refuse_ended(operation: Operation) -> None:
    """Refused for an operation that has ended."""
    if operation.state not in Operation.OPEN_STATES:
        words = {"number": operation.number, "state": operation.get_state_display()}
        raise Refused(_("%(number)s has ended: %(state)s.") % words, code="ended")


def _move(
    operation: Operation, *, to: str, by: User | None, answer: str = "", at: datetime | None = None
) -> Operation:
    """The one way to change the state: by the table, with a step."""
    if to not in Operation.NEXT[State(operation.state)]:
        refuse_ended(operation)
        raise Refused(_("This cannot be done to it now."), code="not_in_this_state")
    old, operation.state, now = operation.state, to, at or timezone.now()
    if to not in Operation.OPEN_STATES:
        operation.ended_at, operation.ended_by, operation.answer = now, by, answer
    operation.save(update_fields=["state", "ended_at", "ended_by", "answer"])
    OperationEvent.objects.create(operation=operation, old=old, new=to, by=by, detail=answer[:500], at=now)
    return operation
