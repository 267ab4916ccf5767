"""Commands on a customer's data that a colleague changes: the customer is informed, and so is the number or address of before.

The rows are `customers.contact_points.commands`' affair. A change takes hold at once; what protects the customer is that the
former number or address learns of it, with the number to call (docs/decisions/changing-a-persons-data.md).
"""

import uuid
from collections.abc import Mapping

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from customers.contact_points import commands
from customers.contact_points.commands import Changed, Why
from customers.contact_points.rules import seen_of, takes_texts
from customers.models import ContactPoint, Customer, DataChange, ProofCode, User
from customers.models.customer import ContactPointKind
from customers.models.data_change import ChangeKind, ChangeReason
from customers.operations.codes import make_code, use_code, void_codes
from foundation.masking import Kind, masked
from foundation.refusals import ChangedMeanwhile, Refused
from notifications import data_change_kinds as kinds
from notifications import operation_kinds
from notifications.channels import served
from notifications.enrolment import masked as masked_address
from notifications.kinds import EMAIL, PEC, SMS, NoticeKind
from notifications.operations import line_to_call
from notifications.services import queue_notice, tell_customer

WAY = {ContactPointKind.PHONE: SMS, ContactPointKind.EMAIL: EMAIL, ContactPointKind.PEC: PEC}


# --- Contact points -----------------------------------------------------------------------------------------------
@transaction.atomic
def add_point(customer: Customer, *, kind: str, value: str, why: Why, key: uuid.UUID, by: User) -> DataChange:
    """Add a number or address, and inform the customer where we wrote to them before. Refused as the command below refuses."""
    return _informed(commands.add_point(customer, kind=kind, value=value, why=why, key=key, by=by))


@transaction.atomic
def correct_point(
    customer: Customer, *, point: int, seen: str, value: str, why: Why, key: uuid.UUID, by: User
) -> DataChange:
    """Write another in its place, and inform the customer and the one of before. A code that waits for it is void."""
    changed = commands.correct_point(customer, point=point, seen=seen, value=value, why=why, key=key, by=by)
    void_codes(customer)
    return _informed(changed)


@transaction.atomic
def retire_point(customer: Customer, *, point: int, seen: str, why: Why, key: uuid.UUID, by: User) -> DataChange:
    """Use it no more, and inform the customer and the number or address itself. A code that waits for it is void."""
    changed = commands.retire_point(customer, point=point, seen=seen, why=why, key=key, by=by)
    void_codes(customer)
    return _informed(changed)


# --- Address and language -----------------------------------------------------------------------------------------
@transaction.atomic
def change_home(
    customer: Customer, *, home: Mapping[str, str], seen: str, why: Why, key: uuid.UUID, by: User
) -> DataChange:
    """Another postal address, which is confirmed to the customer."""
    return _informed(commands.change_home(customer, home=home, seen=seen, why=why, key=key, by=by))


@transaction.atomic
def change_language(customer: Customer, *, language: str, why: Why, key: uuid.UUID, by: User) -> DataChange:
    """Which language we write in, which is confirmed to the customer in it."""
    return _informed(commands.change_language(customer, language=language, why=why, key=key, by=by))


def _informed(changed: Changed) -> DataChange:
    change = changed.change
    if changed.is_new:
        customer = Customer.objects.get(pk=change.customer_id)  # as it is now: its language may be another
        with translation.override(customer.language):
            words = {"number": change.number, "what": in_words(change), "line": line_to_call()}
        tell_customer(kinds.DATA_CHANGED, once=f"data-changed:{change.pk}", words=words, customer=customer)
        if change.kind in (ChangeKind.CORRECTED, ChangeKind.RETIRED):
            _inform_former(change, customer)
    return change


def _inform_former(change: DataChange, customer: Customer) -> None:
    """Whoever took over the file learns nothing by it: the number or address of before alone is written to."""
    channel = WAY[ContactPointKind(change.point_kind)]
    if channel not in served() or (channel == SMS and not takes_texts(change.old)):
        return
    kind = _former_kind(change, by_text=channel == SMS)
    queue_notice(
        kind,
        once=f"{kind.code}:{change.number}",
        words={"number": change.number, "line": line_to_call()},
        channel=channel,
        customer=customer,
        address=change.old,
    )


def _former_kind(change: DataChange, *, by_text: bool) -> NoticeKind:
    if change.kind == ChangeKind.CORRECTED:
        return operation_kinds.PHONE_CHANGED if by_text else operation_kinds.EMAIL_CHANGED
    return kinds.PHONE_RETIRED if by_text else kinds.EMAIL_RETIRED


def in_words(change: DataChange) -> str:
    """What was changed, as a sentence of a notice; of a number or address a part, because the notice may go astray."""
    values = {"old": _shown(change, change.old), "new": _shown(change, change.new)}
    return _sentence(change) % values


def _shown(change: DataChange, value: str) -> str:
    if change.point_kind == ContactPointKind.PHONE:
        return masked(Kind.TELEPHONE, value)
    if change.point_kind:
        return masked_address(value) if value else ""
    if change.kind == ChangeKind.LANGUAGE:
        return str(dict(Customer._meta.get_field("language").flatchoices).get(value, value))
    return value


def _sentence(change: DataChange) -> str:
    return {
        (ChangeKind.ADDED, ContactPointKind.PHONE): _("a telephone number was added: %(new)s"),
        (ChangeKind.ADDED, ContactPointKind.EMAIL): _("an e-mail address was added: %(new)s"),
        (ChangeKind.ADDED, ContactPointKind.PEC): _("a certified address (PEC) was added: %(new)s"),
        (ChangeKind.CORRECTED, ContactPointKind.PHONE): _("the telephone number %(old)s is now %(new)s"),
        (ChangeKind.CORRECTED, ContactPointKind.EMAIL): _("the e-mail address %(old)s is now %(new)s"),
        (ChangeKind.CORRECTED, ContactPointKind.PEC): _("the certified address (PEC) %(old)s is now %(new)s"),
        (ChangeKind.RETIRED, ContactPointKind.PHONE): _("the telephone number %(old)s is used no more"),
        (ChangeKind.RETIRED, ContactPointKind.EMAIL): _("the e-mail address %(old)s is used no more"),
        (ChangeKind.RETIRED, ContactPointKind.PEC): _("the certified address (PEC) %(old)s is used no more"),
        (ChangeKind.ADDRESS, ""): _("our letters go to this address: %(new)s"),
        (ChangeKind.LANGUAGE, ""): _("we write to you in this language: %(new)s"),
    }[ChangeKind(change.kind), change.point_kind]


# --- Codes --------------------------------------------------------------------------------------------------------
@transaction.atomic
def send_code_to_point(customer: Customer, *, point: int, seen: str, key: uuid.UUID, by: User) -> ProofCode:
    """Send a code to one of the customer's numbers or addresses, which they read back; those sent before are void.

    The same `key` again sends nothing. ChangedMeanwhile where it is not as the page showed it. Refused for one that is
    verified, to which no code can go from here, and where too many were sent in the last hour.
    """
    customer = Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    before = ProofCode.objects.filter(key=key, customer=customer).first()
    if before is not None:
        return before
    row = ContactPoint.objects.filter(customer=customer, pk=point).first()
    if row is None or seen_of(row.value, row.verified_at) != seen:
        raise ChangedMeanwhile(_("Somebody else has changed this meanwhile: look at it once more."))
    if row.verified_at is not None:
        raise Refused(_("It is verified already."), code="verified", field="point")
    if reason := why_no_code(row.kind, row.value):
        raise Refused(reason, code="no_code", field="point")
    void_codes(customer)
    proof, code = make_code(kind=row.kind, value=row.value, facts={}, key=key, customer=customer, by=by, point=row.pk)
    channel = WAY[ContactPointKind(row.kind)]
    queue_notice(
        kinds.DESK_CODE_BY_SMS if channel == SMS else kinds.DESK_CODE_BY_EMAIL,
        once=f"proof-code:{proof.pk}",
        words={"code": code, "minutes": settings.PROOF_CODE_MINUTES},
        channel=channel,
        customer=customer,
        address=row.value,
        expires_at=proof.expires_at,
        is_typed=channel == EMAIL,
    )
    return proof


def why_no_code(kind: str, value: str) -> str:
    """Why no code can be sent to the number or address from here, or ""."""
    channel = WAY[ContactPointKind(kind)]
    if channel not in served():
        return _("No code can be sent there: this installation has no provider for it.")
    if channel == SMS and not takes_texts(value):
        return _("This is a fixed line: no text gets there, so it cannot be verified by a code.")
    return ""


def waiting_code(customer: Customer) -> ProofCode | None:
    """The code that a colleague had sent last and that is taken still, if there is one."""
    last = ProofCode.objects.filter(customer=customer, point__isnull=False).order_by("-created_at", "-pk").first()
    return last if last is not None and last.is_waiting else None


@transaction.atomic
def verify_with_code(proof: ProofCode, *, code: str, by: User) -> DataChange | Refused:
    """Note that the customer answered from the number or address to which the code went; the same code again does nothing more.

    A refusal is returned and not raised, so that a caller in a transaction stores the wrong try: for a code that is wrong, used,
    void, too old or tried five times, and where the number or address is another by now, which makes the code void.
    """
    customer = Customer.objects.select_for_update(no_key=True).get(pk=proof.customer_id)
    before = DataChange.objects.filter(key=proof.key, customer=customer).first()
    if before is not None:
        return before
    assert proof.point is not None, "a colleague had it sent"
    if not ContactPoint.objects.filter(customer=customer, pk=proof.point, value=proof.value).exists():
        void_codes(customer)
        return Refused(
            _("The code went to another number or address than the one of now: have another one sent."),
            code="code_void",
        )
    if (refusal := use_code(proof, code="".join(code.split()))) is not None:
        return refusal
    why = Why(ChangeReason.PHONE, _("code of %(at)s") % {"at": timezone.localtime(proof.created_at).strftime("%H:%M")})
    return commands.verify_point(customer, point=proof.point, value=proof.value, why=why, key=proof.key, by=by).change


@transaction.atomic
def void_waiting_codes(customer: Customer) -> int:
    """Make void the codes that colleagues had sent and that wait; returns how many."""
    customer = Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    return void_codes(customer)
