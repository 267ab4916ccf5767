"""The conversation on a claim: the contact that points at it, what the reporter writes, and the thread they see.

A claim has one open conversation at a time (the database holds it). Whoever works the contact answers with the same
commands as in any other.
"""

import uuid
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from contact_center.claims.reporting import OF_A_REPORT, open_conversation
from contact_center.contacts.attachments import keep_attachments
from contact_center.contacts.customer_messages import Added, add_customer_message, may_reopen
from contact_center.contacts.moves import save_with_event
from contact_center.models import Contact, ContactEvent, Message
from customers.models import Claim, User
from foundation.files.accepted import CheckedFile
from foundation.numbers import whole_number

THREAD_PAGE = 20


def conversation_of(claim: Claim) -> Contact | None:
    """The contact in which the claim is spoken of: the open one, else the latest; None before anybody wrote."""
    conversations = Contact.objects.about_claims().filter(claim=claim, customer=claim.customer_id)
    return conversations.order_by(F("closed_at").desc(nulls_first=True), "-pk").first()


@transaction.atomic
def write_about_claim(
    claim: Claim,
    *,
    text: str,
    key: uuid.UUID,
    by: User,
    files: Iterable[CheckedFile] = (),
    channel: str = Contact.Channel.PORTAL,
) -> Added:
    """Add what the reporter writes to the conversation, which goes back to work; the same `key` again adds nothing.

    One that was closed lately is reopened, one closed long ago goes on in a new contact; a claim nobody wrote about yet
    gets its first.
    """
    claim = Claim.objects.select_for_update(of=["self"]).select_related("policy", "customer").get(pk=claim.pk)
    before = Message.objects.select_related("contact").filter(contact__claim=claim, external_id=f"form:{key}").first()
    if before is not None:
        return Added(before.contact, before, is_new=False)
    contact, now = conversation_of(claim), timezone.now()
    if contact is not None and (contact.state != Contact.State.CLOSED or may_reopen(contact, now)):
        return add_customer_message(contact, text=text, key=key, files=files)
    with translation.override(claim.customer.language):
        subject = _("Claim %(number)s") % {"number": claim.number}
    opened = open_conversation(
        claim,
        channel=channel,
        kind=Contact.Kind.REQUEST,
        subject=subject,
        address=by.email,
        share=key,
        topic=contact.topic if contact else None,
        continues=contact,
    )
    message = Message.objects.create(
        contact=opened,
        direction=Message.Direction.INBOUND,
        text=text,
        external_id=f"form:{key}",
        written_at=opened.started_at,
    )
    save_with_event(opened, ContactEvent.Kind.RECEIVED, by=None, message=message.pk)
    keep_attachments(message, files)
    return Added(opened, message, is_new=True)


def thread_about(claim: Claim, *, before: str = "") -> dict[str, Any]:
    """What was written about the claim, in all its conversations, a page at a time with the newest first page.

    For templates/contact_center/parts/thread.html. Left out are internal notes, and the report itself, which the page of
    the claim shows by its questions. `before` is the key of the message to page back from.
    """
    conversations = Contact.objects.about_claims().filter(claim=claim, customer=claim.customer_id)
    written = Message.objects.filter(contact__in=conversations.order_by().values("pk"))
    written = written.exclude(direction=Message.Direction.NOTE).exclude(external_id__startswith=OF_A_REPORT)
    number = whole_number(before)
    if number is not None and (first := written.filter(pk=number).first()) is not None:
        earlier = Q(written_at__lt=first.written_at) | Q(written_at=first.written_at, pk__lt=first.pk)
        written = written.filter(earlier)
    page = list(written.order_by("-written_at", "-pk").prefetch_related("attachments")[: THREAD_PAGE + 1])
    shown = page[:THREAD_PAGE][::-1]
    return {"thread": shown, "earlier": shown[0].pk if len(page) > THREAD_PAGE else None}
