"""Commands: enter a complaint in the register, from a contact, from the public form, or by an officer's hand."""

import re
import uuid
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from complaints import kinds
from complaints.models import Complaint, ComplaintEvent, RegisterYear
from complaints.services.moves import tell_complainant, write_event
from contact_center.models import Contact, ContactEvent, Message, WebFormRequest
from customers.models import Agency, Claim, Customer, Policy, User
from customers.refusals import Refused
from notifications.quoting import quotable
from notifications.services import is_own_address

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, kw_only=True)
class Statement:
    """What the complainant says, and what is known about it when it is registered."""

    complainant_name: str
    subject: str
    text: str
    received_on: date
    received_by_intermediary_on: date | None = None
    address: str = ""
    language: str = "it"
    phone: str = ""
    tax_code: str = ""
    reference: str = ""
    intermediary_stated: str = ""
    complainant_kind: str = Complaint.Complainant.POLICYHOLDER
    proposer_kind: str = Complaint.Proposer.INTERESTED
    province: str = ""
    ramo: str = ""
    about_conduct: bool = False
    customer: Customer | None = None
    policy: Policy | None = None
    claim: Claim | None = None
    agency: Agency | None = None
    follows: Complaint | None = None


_ONE_LINE = (
    "complainant_name",
    "subject",
    "address",
    "phone",
    "tax_code",
    "reference",
    "intermediary_stated",
    "province",
)


@transaction.atomic
def register_complaint(
    statement: Statement,
    *,
    by: User | None,
    contact: Contact | None = None,
    submission_key: uuid.UUID | None = None,
    **details: Any,
) -> Complaint:
    """Enter a complaint under the next number of the year, and tell the complainant; returns it.

    The same contact or submission key again returns the complaint there is. The year is that of the registration in
    Italy, whenever it was received. Its row is locked until the transaction ends, so numbers have no gap: a registration
    that fails gives its number back. `by` is None for the public form; `details` go into the event. Refused without text
    or name, or for a receipt in the future.
    """
    if contact is not None:
        contact = Contact.objects.select_for_update().get(pk=contact.pk)
    if (before := _known(contact, submission_key)) is not None:
        return before
    statement = _clean(statement)
    now = timezone.now()
    try:
        with transaction.atomic():
            complaint = _enter(statement, contact=contact, submission_key=submission_key, now=now)
    except IntegrityError:
        # The same submission at the same moment; anything else the database refuses is a bug.
        if (before := _known(contact, submission_key)) is None:
            raise
        return before
    is_typed = by is None and not _is_own(complaint)
    told = tell_complainant(
        kinds.RECEIVED,
        complaint,
        once=f"complaint-received:{complaint.pk}",
        words={
            "subject": "" if is_typed else quotable(complaint.subject),
            "received_on": complaint.first_received_on,
            "due_on": complaint.due_on,
            "handler": "",
        },
        is_typed=is_typed,
    )
    write_event(
        complaint,
        ComplaintEvent.Kind.REGISTERED,
        by=by,
        notice=next(iter(told), None),
        contact=contact.number if contact else "",
        **details,
    )
    if contact is not None:
        ContactEvent.objects.create(
            contact=contact, kind=ContactEvent.Kind.CORRECTED, by=by, details={"complaint": complaint.number}
        )
    return complaint


def _is_own(complaint: Complaint) -> bool:
    """Whether it goes to somebody who signed in, at an address of theirs."""
    customer = complaint.customer
    return customer is not None and (not complaint.email or is_own_address(customer, complaint.email))


def _known(contact: Contact | None, submission_key: uuid.UUID | None) -> Complaint | None:
    if contact is not None and (found := Complaint.objects.filter(contact=contact).first()) is not None:
        return found
    return Complaint.objects.filter(submission_key=submission_key).first() if submission_key else None


def _enter(
    statement: Statement, *, contact: Contact | None, submission_key: uuid.UUID | None, now: datetime
) -> Complaint:
    number = timezone.localdate(now).year
    RegisterYear.objects.bulk_create([RegisterYear(year=number)], ignore_conflicts=True)
    year = RegisterYear.objects.select_for_update().get(pk=number)
    year.last_number += 1
    year.save(update_fields=["last_number"])
    return Complaint.objects.create(
        year=year,
        sequence=year.last_number,
        contact=contact,
        submission_key=submission_key,
        registered_at=now,
        **{name: getattr(statement, name) for name in Statement.__dataclass_fields__},
    )


def _clean(statement: Statement) -> Statement:
    """The statement with one-line fields on one line, so that none of them can become a header of an e-mail."""
    tidy: dict[str, Any] = {
        name: " ".join(_CONTROLS.sub(" ", getattr(statement, name)).split())[: _longest(name)] for name in _ONE_LINE
    }
    tidy["text"] = _CONTROLS.sub("", statement.text).strip()
    if not tidy["text"] or not tidy["complainant_name"]:
        raise Refused(_("A complaint needs a text and the name of who complains."), code="nothing_said")
    tidy["subject"] = tidy["subject"] or " ".join(tidy["text"].split())[:80]
    today = timezone.localdate()
    if max(statement.received_on, statement.received_by_intermediary_on or statement.received_on) > today:
        raise Refused(_("A complaint cannot have been received in the future."), code="received_in_the_future")
    return replace(statement, **tidy)


def _longest(name: str) -> int:
    return Complaint._meta.get_field(name).max_length


# --- From a contact -------------------------------------------------------------------------------------------------
def is_written(contact: Contact) -> bool:
    """Whether the contact holds something in writing: a phone call alone is not a complaint (Reg. 24/2008, art. 2)."""
    return contact.channel != Contact.Channel.PHONE or _inbound(contact).exists()


def text_of(contact: Contact) -> str:
    """What the person wrote in the contact, in their words and in order."""
    return "\n\n".join(_inbound(contact).values_list("text", flat=True))


def statement_from(contact: Contact) -> Statement:
    """What a contact says for the register: who, what, and the day in Italy on which it was received.

    That day is the contact's own; for a call that somebody followed up in writing, it is the writing's.
    """
    written = WebFormRequest.objects.filter(contact=contact).first()
    first = contact.started_at
    if contact.channel == Contact.Channel.PHONE:
        first = _inbound(contact).values_list("written_at", flat=True).first() or first
    customer = contact.customer
    email = written.email if written else contact.address if "@" in contact.address else ""
    return Statement(
        complainant_name=str(customer) if customer else written.name if written else "",
        subject=contact.subject,
        text=text_of(contact),
        received_on=timezone.localdate(first),
        address=email,
        language=written.language if written else "it",
        phone=written.phone if written else "",
        tax_code=written.tax_code if written else "",
        reference=written.policy_number if written else "",
        province=customer.province if customer else "",
        customer=customer,
    )


@transaction.atomic
def register_from_contact(contact: Contact, *, by: User, **stated: Any) -> Complaint:
    """Register what a contact turned out to be; `stated` overrides what is read from it, but never the day of receipt.

    The contact stays as it is and goes on by its own commands; its history says that it became a complaint. Refused
    (code "not_written") for a call without anything in writing.
    """
    contact = Contact.objects.select_for_update().get(pk=contact.pk)
    if (before := _known(contact, None)) is not None:
        return before
    if not is_written(contact):
        raise Refused(
            _("A complaint is made in writing: send the caller the form, and register what they write."),
            code="not_written",
        )
    read = statement_from(contact)
    return register_complaint(replace(read, **(stated | {"received_on": read.received_on})), by=by, contact=contact)


def _inbound(contact: Contact):
    return contact.messages.filter(direction=Message.Direction.INBOUND).order_by("written_at", "pk")
