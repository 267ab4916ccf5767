"""Commands: enter a complaint in the register, from a contact, from the public form, or by an officer's hand."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from complaints import kinds
from complaints.codes.checking import check_codes
from complaints.documents.keeping import Giver, keep_documents, take_over_files
from complaints.models import Complaint, ComplaintEvent, RegisterYear
from complaints.models.complaint import AGENT, CODED
from complaints.representation.entering import Represented, enter_represented
from complaints.services.correcting import refuse_before_the_company, refuse_later_intermediary
from complaints.services.moves import write_event, write_to_complainant
from complaints.triage.recording import record_decision
from contact_center.contacts.complaints import record_complaint
from contact_center.contacts.correspondence import recipient_of
from contact_center.models import Contact, Message, WebFormRequest
from customers.models import Agency, Claim, Customer, Policy, User
from foundation.files.accepted import CheckedFile
from foundation.refusals import Refused
from foundation.text import clean_line, clean_text
from notifications.quoting import quotable
from notifications.services import is_own_address


@dataclass(frozen=True, kw_only=True)
class Statement:
    """What the complainant states, and what is known about it when it is registered."""

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
    intermediary_address: str = ""
    complainant_kind: str = Complaint.Complainant.POLICYHOLDER
    proposer_kind: str = Complaint.Proposer.INTERESTED
    province: str = ""
    ramo: str = ""
    received_by: str = ""  # a word of the list of channels
    dated_on: date | None = None
    about_conduct: bool = False
    intermediary_kind: str = ""
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
    "intermediary_address",
    "province",
)


@transaction.atomic
def register_complaint(
    statement: Statement,
    *,
    by: User | None,
    contact: Contact | None = None,
    submission_key: uuid.UUID | None = None,
    files: Sequence[CheckedFile] = (),
    represented: Represented | None = None,
    mandate: Sequence[CheckedFile] = (),
    **details: Any,
) -> Complaint:
    """Enter a complaint under the next number of the year, and inform the complainant; returns it.

    `files` are kept as its documents. `represented` is the person for whom it is made, `mandate` the document that
    entitles whoever writes for them; without it the complaint is taken all the same, and the mandate is asked for.

    The same contact or submission key again returns the complaint there is. The year is that of the registration in
    Italy, whenever it was received. Its row is locked until the transaction ends, so numbers have no gap: a registration
    that fails gives its number back. `by` is None for the public form; `details` go into the event. Refused without text
    or name, or for a receipt in the future or before there was a company; FilesNotKept where there is no room for a file.
    """
    if contact is not None:
        contact = Contact.objects.select_for_update().get(pk=contact.pk)
    if (before := _known(contact, submission_key)) is not None:
        return before
    statement = _clean(statement)
    try:
        with transaction.atomic():
            complaint = _enter(statement, contact=contact, submission_key=submission_key)
    except IntegrityError:
        # The same submission at the same moment; anything else the database refuses is a bug.
        if (before := _known(contact, submission_key)) is None:
            raise
        return before
    is_typed = by is None and not _is_own(complaint)
    notice, copied = write_to_complainant(
        kinds.RECEIVED,
        complaint,
        once=f"complaint-received:{complaint.pk}",
        words={
            "subject": "" if is_typed else quotable(complaint.subject),
            "received_on": complaint.first_received_on,
            "due_on": complaint.due_on,
            "is_over": complaint.due_on < timezone.localdate(complaint.registered_at),
            "handler": "",
        },
        is_typed=is_typed,
    )
    write_event(
        complaint,
        ComplaintEvent.Kind.REGISTERED,
        by=by,
        notice=notice,
        contact=contact.number if contact else "",
        files=[each.name for each in (*files, *mandate)],
        **copied,
        **details,
    )
    if contact is not None:
        record_complaint(contact, number=complaint.number, by=by)
        record_decision(
            contact=contact, written_on=complaint.received_on, is_complaint=True, complaint=complaint, by=by
        )
    _keep_what_came(complaint, files=files, represented=represented, mandate=mandate, by=by)
    if contact is not None:
        take_over_files(complaint, contact)
    return complaint


def _keep_what_came(
    complaint: Complaint,
    *,
    files: Sequence[CheckedFile],
    represented: Represented | None,
    mandate: Sequence[CheckedFile],
    by: User | None,
) -> None:
    """The files last: what the database undoes, no folder knows of."""
    facts: dict[str, Any] = {
        "giver": Giver.COMPLAINANT,
        "way": complaint.received_by,
        "given_on": complaint.received_on,
        "by": by,
    }
    entitled = keep_documents(complaint, mandate, **facts) if mandate else []
    if represented is not None:
        known = (entitled[0].key, complaint.received_on) if entitled else None
        enter_represented(complaint, represented, mandate=known)
    if files:
        keep_documents(complaint, files, **facts)


def _is_own(complaint: Complaint) -> bool:
    """Whether it goes to somebody who signed in, at an address of theirs."""
    customer = complaint.customer
    return customer is not None and (not complaint.email or is_own_address(customer, complaint.email))


def _known(contact: Contact | None, submission_key: uuid.UUID | None) -> Complaint | None:
    """The complaint that the contact or the form has become already; one that was cancelled is none."""
    if contact is not None and (found := Complaint.objects.counted().filter(contact=contact).first()) is not None:
        return found
    return Complaint.objects.filter(submission_key=submission_key).first() if submission_key else None


def _enter(statement: Statement, *, contact: Contact | None, submission_key: uuid.UUID | None) -> Complaint:
    year, now = RegisterYear.locked_now()
    return Complaint.objects.create(
        year=year,
        sequence=year.take_number(),
        contact=contact,
        submission_key=submission_key,
        registered_at=now,
        **{name: getattr(statement, name) for name in Statement.__dataclass_fields__},
    )


def _clean(statement: Statement) -> Statement:
    """The statement with one-line fields on one line, so that none of them can become a header of an e-mail."""
    longest = {field.name: field.max_length for field in Complaint._meta.fields}
    tidy: dict[str, Any] = {name: clean_line(getattr(statement, name))[: longest[name]] for name in _ONE_LINE}
    tidy["text"] = clean_text(statement.text)
    if not tidy["text"] or not tidy["complainant_name"]:
        raise Refused(_("A complaint needs a text and the complainant’s name."), code="nothing_said")
    tidy["subject"] = tidy["subject"] or " ".join(tidy["text"].split())[:80]
    today = timezone.localdate()
    if max(statement.received_on, statement.received_by_intermediary_on or statement.received_on) > today:
        raise Refused(
            _("A complaint cannot have been received in the future."),
            code="received_in_the_future",
            field="received_on",
        )
    refuse_before_the_company(statement.received_on, statement.received_by_intermediary_on)
    refuse_later_intermediary(statement.received_on, statement.received_by_intermediary_on)
    if statement.dated_on and statement.dated_on > statement.received_on:
        raise Refused(_("A complaint was written before it was received."), code="after_the_receipt", field="dated_on")
    if statement.agency is not None and not statement.intermediary_kind:
        tidy["intermediary_kind"] = AGENT  # our agencies are in section A of the register of intermediaries
    first = min(statement.received_on, statement.received_by_intermediary_on or statement.received_on)
    check_codes({name: getattr(statement, name, "") for name in CODED}, received_on=first)
    return replace(statement, **tidy)


# By which way a contact's words came, as the register calls it
CHANNELS = {
    Contact.Channel.SITE_FORM: "site",
    Contact.Channel.PORTAL: "portal",
    Contact.Channel.APP: "app",
    Contact.Channel.EMAIL: "email",
    Contact.Channel.POST: "post",
}


# --- From a contact -------------------------------------------------------------------------------------------------
def is_written(contact: Contact) -> bool:
    """Whether the person put something in writing: what was only said is not a complaint (Reg. 24/2008, art. 2)."""
    return contact.began_in_writing or _inbound(contact).exists()


def conversation_text(contact: Contact, *, since: date | None = None) -> str:
    """What the person wrote in the contact, in their words and in order; `since` leaves out the days before."""
    written = _inbound(contact).values_list("text", "written_at")
    return "\n\n".join(text for text, at in written if since is None or timezone.localdate(at) >= since)


def days_written(contact: Contact) -> dict[date, str]:
    """The days in Italy on which the person wrote, oldest first, and the first words written on that day.

    One that the person began, neither by telephone nor at an office, began with something in writing, also where no message
    holds it.
    """
    days: dict[date, str] = {}
    if contact.began_in_writing:
        days[timezone.localdate(contact.started_at)] = contact.subject
    for text, at in _inbound(contact).values_list("text", "written_at"):
        day = timezone.localdate(at)
        days[day] = days.get(day) or clean_line(text)[:80]
    return dict(sorted(days.items()))


def statement_from(contact: Contact) -> Statement:
    """What the register needs from a contact: the complainant, the matter, and the day of receipt in Italy.

    That day is the first on which something was written: the contact's own, or after a call that of the writing. The
    address is never one that only the writer stated (`contact_center.contacts.correspondence`): whoever registers may
    choose it.
    """
    written = WebFormRequest.objects.filter(contact=contact).first()
    first = next(iter(days_written(contact)), timezone.localdate(contact.started_at))
    customer = contact.customer
    recipient = recipient_of(contact)
    return Statement(
        complainant_name=str(customer) if customer else contact.stated_name,
        subject=contact.subject,
        text=conversation_text(contact),
        received_on=first,
        address=recipient.address,
        language=recipient.language,
        phone=written.phone if written else "",
        tax_code=written.tax_code if written else "",
        reference=written.policy_number if written else "",
        province=customer.province if customer else "",
        received_by=CHANNELS.get(Contact.Channel(contact.channel), ""),
        customer=customer,
    )


@transaction.atomic
def register_from_contact(contact: Contact, *, by: User, **stated: Any) -> Complaint:
    """Register what a contact turned out to be; `stated` overrides what is read from it.

    The day of receipt is a day on which the person wrote in the contact (`days_written`), the first unless another is
    stated: a complaint may come late in the thread of an older request. The contact goes on by its own commands; its
    history records that it became a complaint. Refused for a call without anything in writing (code "not_written"),
    and for a day on which nothing was written ("not_written_then").
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
    day = stated.get("received_on", read.received_on)
    if day not in days_written(contact):
        raise Refused(
            _("Nothing was written in this contact on %(day)s: choose the day of the message that is the complaint.")
            % {"day": date_format(day, "SHORT_DATE_FORMAT")},
            code="not_written_then",
        )
    return register_complaint(replace(read, **stated), by=by, contact=contact)


def _inbound(contact: Contact) -> QuerySet[Message]:
    return contact.messages.filter(direction=Message.Direction.INBOUND).order_by("written_at", "pk")
