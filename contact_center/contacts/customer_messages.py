"""Commands of the people who wrote: one more message in their thread, which may wake what was waiting or closed."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from contact_center.contacts.attachments import keep_attachments
from contact_center.models import Contact, ContactEvent, Message, WebFormRequest
from foundation.files.accepted import CheckedFile

from .correspondence import recipient_of
from .links import main_of
from .moves import locked, move_contact, note_event, save_with_event
from .opening import open_request
from .reopening import CUSTOMER_WROTE, reopen
from .thanks import is_only_thanks

Kind, State = ContactEvent.Kind, Contact.State


@dataclass(frozen=True)
class Added:
    """A message as it was added: where it stands now, and whether this call wrote it."""

    contact: Contact
    message: Message
    is_new: bool


def may_reopen(contact: Contact, now: datetime) -> bool:
    """Whether a message would take the closed contact up again; later it opens a new one that goes on from it."""
    return contact.closed_at is not None and now <= contact.closed_at + timedelta(days=settings.REOPEN_DAYS)


@transaction.atomic
def add_customer_message(contact: Contact, *, text: str, key: uuid.UUID, files: Iterable[CheckedFile] = ()) -> Added:
    """Add what the customer wrote to the thread, and put the contact back to work. The same `key` again adds nothing.

    Waiting for the customer: it goes back to its owner or queue, and its clock runs again. Closed not more than
    REOPEN_DAYS ago: it is reopened. Closed longer ago: a new contact goes on from it. A message that only says thank you
    (`is_only_thanks`) leaves what is closed as it is. What follows another contact (`links`) remains closed: the message goes
    to that one as well.
    """
    contact, now = _locked_with_main(contact), timezone.now()
    external_id = f"form:{key}"
    if (before := Message.objects.filter(contact=contact, external_id=external_id).first()) is not None:
        return Added(contact, before, is_new=False)
    files = list(files)
    if (main := main_of(contact)) is not None:
        return _add_to_main(contact, main, text=text, key=key, files=files)
    thanks = contact.state == State.CLOSED and not files and is_only_thanks(text, contact.every_name)
    if contact.state == State.CLOSED and not thanks and not may_reopen(contact, now):
        return _continue(contact, text=text, key=key, files=files)
    if contact.state == State.CLOSED and not thanks:
        contact = reopen(contact, by=None, why=CUSTOMER_WROTE)
    elif contact.state == State.WAITING:
        move_contact(contact, to=State.IN_PROGRESS if contact.owner_id else State.OPEN)
        note_event(contact, Kind.RESUMED, by=None)
    message = Message.objects.create(
        contact=contact, direction=Message.Direction.INBOUND, text=text, external_id=external_id, written_at=now
    )
    save_with_event(contact, Kind.RECEIVED, by=None, message=message.pk, **({"thanks": True} if thanks else {}))
    keep_attachments(message, files)
    return Added(contact, message, is_new=True)


def _locked_with_main(contact: Contact) -> Contact:
    """The contact, locked; what it follows is locked with it, in the order of their numbers, as everybody does who locks two (`links`)."""
    main = main_of(contact)
    if main is None:
        return locked(contact)
    both = Contact.objects.select_for_update().filter(pk__in=(contact.pk, main.pk)).order_by("pk")
    found = {each.pk: each for each in both}
    return found[contact.pk]


def _add_to_main(contact: Contact, main: Contact, *, text: str, key: uuid.UUID, files: Sequence[CheckedFile]) -> Added:
    """Keep it in the thread in which it was written, and have it worked in the contact that this one follows: its files are there."""
    message = Message.objects.create(
        contact=contact, direction=Message.Direction.INBOUND, text=text, external_id=f"form:{key}"
    )
    save_with_event(contact, Kind.RECEIVED, by=None, message=message.pk, other_contact=main.number)
    add_customer_message(main, text=text, key=key, files=files)
    return Added(contact, message, is_new=True)


def _continue(contact: Contact, *, text: str, key: uuid.UUID, files: Iterable[CheckedFile]) -> Added:
    """Go on in the latest contact that continues this one, or in a new one."""
    opened_before = WebFormRequest.objects.select_related("contact").filter(submission_key=key).first()
    if opened_before is not None:
        return Added(opened_before.contact, opened_before.contact.messages.earliest("written_at", "pk"), is_new=False)
    later = Contact.objects.filter(continues=contact).order_by("-pk").first()
    if later is not None:
        return add_customer_message(later, text=text, key=key, files=files)
    form, customer, recipient = getattr(contact, "web_form", None), contact.customer, recipient_of(contact)
    opened = open_request(
        form=WebFormRequest.Form.OPEN,
        submission_key=key,
        channel=contact.channel if contact.channel != Contact.Channel.PHONE else Contact.Channel.PORTAL,
        name=form.name if form else str(customer or ""),
        email=form.email if form else recipient.address,
        phone=form.phone if form else "",
        tax_code=form.tax_code if form else "",
        policy_number=form.policy_number if form else "",
        subject=contact.subject,
        topic=contact.topic,
        text=text,
        files=files,
        customer=customer,
        continues=contact,
        language=recipient.language,
        privacy_version=form.privacy_version if form else settings.PRIVACY_NOTICE_VERSION,
    )
    return Added(opened.contact, opened.contact.messages.earliest("written_at", "pk"), is_new=opened.is_new)
