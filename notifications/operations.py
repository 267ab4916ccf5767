"""Commands on operations that write to the customer: own data proved by a code, and the notice of each step.

They live here and not beside the rows, because they write. What opens or closes a contact is further up.
"""

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from customers.models import Customer, Operation, ProofCode, User
from customers.models.operation import OperationKind
from customers.operations import commands
from customers.operations.codes import make_code, use_code
from customers.operations.commands import Asked
from customers.operations.forms import as_lines
from customers.operations.kinds import KINDS, facts_shown, kind_of, may_be_withdrawn
from foundation.refusals import Refused
from foundation.slots import Slot
from foundation.telephones import shown_number
from notifications import operation_kinds as kinds
from notifications.channels import served
from notifications.kinds import EMAIL, SMS, NoticeKind
from notifications.services import queue_notice, tell_customer

State = Operation.State
# The number that the person who did not ask for a change calls, in E.164; "" for none. The lines are further up.
LINE_TO_CALL: Slot[Callable[[], str]] = Slot("the line to call about a change that was not asked for")
STEPS: Mapping[str, NoticeKind] = {
    State.ASKED: kinds.OPERATION_RECEIVED,
    State.IN_PROGRESS: kinds.OPERATION_STARTED,
    State.DONE: kinds.OPERATION_DONE,
    State.REFUSED: kinds.OPERATION_REFUSED,
    State.WITHDRAWN: kinds.OPERATION_WITHDRAWN,
}


def line_to_call() -> str:
    """The number that a person calls about a change that they did not ask for, as people write it; "" for none."""
    line = next((number for ask in LINE_TO_CALL if (number := ask())), "")
    return shown_number(line) if line else ""


def announce(operation: Operation) -> None:
    """Owe the notice of the step that the operation has come to, once for each.

    Of one that is the asking person's alone the person gets it, at the address they sign in with, and the customer none.
    """
    kind, customer, entry = STEPS[operation.state], operation.customer, kind_of(operation)
    person = operation.begun_by if operation.is_private else None
    with translation.override(person.language if person is not None else customer.language):
        known = {
            "number": operation.number,
            "what": str(entry.name),
            "about": _about(operation),
            "facts": as_lines(facts_shown(operation)),
            "then": str(entry.then),
            "answer": operation.answer,
            "withdraws": may_be_withdrawn(operation),
        }
    words = {name: value for name, value in known.items() if name in kind.needs}
    once = f"{kind.code}:{operation.pk}"
    if person is not None:
        queue_notice(kind, once=once, words=words, user=person)
    else:
        tell_customer(kind, once=once, words=words, customer=customer)


def _about(operation: Operation) -> str:
    if operation.claim is not None:
        return _("claim %(number)s") % {"number": operation.claim}
    return _("policy %(number)s") % {"number": operation.policy} if operation.policy is not None else ""


# --- One's own data ------------------------------------------------------------------------------------------------
PROVED = {OperationKind.PHONE: SMS, OperationKind.EMAIL: EMAIL}


def can_be_proved(kind: str) -> bool:
    """Whether a code of this kind can be sent from here: by SMS only where a provider is connected."""
    return PROVED[OperationKind(kind)] in served()


@transaction.atomic
def send_code(kind: str, *, facts: Mapping[str, Any], key: uuid.UUID, customer: Customer, by: User) -> ProofCode:
    """Send a code to the new number or address; the same `key` again sends nothing and returns the row that is there.

    Refused where it cannot be sent from here, and where too many were sent in the last hour.
    """
    if not can_be_proved(kind):
        raise Refused(
            _("We cannot send a code by SMS just now: call us or write to us to change the number."), code="no_sms"
        )
    value, channel = facts[kind], PROVED[OperationKind(kind)]
    proof, code = make_code(kind=kind, value=value, facts=facts, key=key, customer=customer, by=by)
    if code:
        queue_notice(
            kinds.CODE_BY_SMS if channel == SMS else kinds.CODE_BY_EMAIL,
            once=f"proof-code:{proof.pk}",
            words={"code": code, "minutes": settings.PROOF_CODE_MINUTES},
            channel=channel,
            customer=customer,
            address=value,
            expires_at=proof.expires_at,
            is_typed=channel == EMAIL,
        )
    return proof


def change_proved(proof: ProofCode, *, code: str, by: User, channel: str) -> Operation:
    """Change the number or address that the code was sent to; the same code again returns what it did.

    Refused for a code that is wrong, was used, is too old or was tried five times; a wrong try is counted all the same.
    """
    with transaction.atomic():
        done = Operation.objects.filter(submission_key=proof.key, customer=proof.customer_id).first()
        if done is not None:
            return done
        refusal = use_code(proof, code=code)
        if refusal is None:
            asked = change_own_data(
                proof.kind, facts=proof.facts, key=proof.key, customer=proof.customer, by=by, channel=channel
            )
            return asked.operation
    raise refusal


@transaction.atomic
def change_own_data(
    kind: str, *, facts: Mapping[str, Any], key: uuid.UUID, customer: Customer, by: User, channel: str
) -> Asked:
    """Change a customer's own data at once, inform them, and inform the earlier number or address with how to object.

    A number or address is taken as it is: whoever calls this has had it proved, or is an agent, for whom it is stated.
    """
    earlier = facts.get("replaces") or ""
    with transaction.atomic():
        asked = commands.ask_operation(
            kind, customer=customer, facts=facts, submission_key=key, by=by, channel=channel
        )
    if asked.is_new:
        announce(asked.operation)
        if earlier and earlier != facts.get(kind):
            _inform_earlier(asked.operation, earlier)
    return asked


def _inform_earlier(operation: Operation, earlier: str) -> None:
    """One who took over the reserved area learns nothing by it: the earlier address alone is written to."""
    channel = PROVED[OperationKind(operation.kind)]
    if channel not in served():
        return
    kind = kinds.PHONE_CHANGED if channel == SMS else kinds.EMAIL_CHANGED
    queue_notice(
        kind,
        once=f"{kind.code}:{operation.pk}",
        words={"number": operation.number, "line": line_to_call()},
        channel=channel,
        customer=operation.customer,
        address=earlier,
    )


# --- The steps -----------------------------------------------------------------------------------------------------
@transaction.atomic
def start_operation(operation: Operation, *, by: User | None) -> Operation:
    """Somebody works on it; where it takes longer, the customer is informed."""
    operation, has_begun = commands.start_operation(operation, by=by)
    if has_begun and kind_of(operation).takes_longer:
        announce(operation)
    return operation


@transaction.atomic
def complete_operation(
    operation: Operation, *, by: User | None, answer: str = "", at: datetime | None = None
) -> Operation:
    """Carried out, and the customer informed. Refused as `customers.operations.commands` refuses."""
    operation = commands.complete_operation(operation, by=by, answer=answer, at=at)
    announce(operation)
    return operation


@transaction.atomic
def refuse_operation(operation: Operation, *, answer: str, by: User | None, at: datetime | None = None) -> Operation:
    """Not carried out, and the customer informed of the reason."""
    operation = commands.refuse_operation(operation, answer=answer, by=by, at=at)
    announce(operation)
    return operation


@transaction.atomic
def withdraw_operation(operation: Operation, *, by: User) -> Operation:
    """Taken back by the customer, which is confirmed to them."""
    operation = commands.withdraw_operation(operation, by=by)
    announce(operation)
    return operation


def is_own_data(kind: str) -> bool:
    """Whether the kind changes a customer's own data at once."""
    return not KINDS[kind].needs_person and KINDS[kind].is_asked
