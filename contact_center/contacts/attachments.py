"""Files that customers and agents send with their messages: how they are kept, and to whom they are handed out."""

import uuid
from collections.abc import Iterable

from django.db.models import Q
from django.http import Http404

from contact_center.models import Contact, Message, MessageAttachment
from customers.models import ReservedAreaAccount, User
from foundation.files.accepted import CheckedFile
from foundation.files.keeping import keep_files


def keep_attachments(message: Message, files: Iterable[CheckedFile]) -> list[MessageAttachment]:
    """Store the files of a message. Call it last in the transaction: what the database undoes, no folder knows of."""
    return keep_files(MessageAttachment, files, message=message)


def attachment_for(user: User, key: uuid.UUID, *, account: ReservedAreaAccount | None) -> MessageAttachment:
    """The file, for staff who may read messages and for who acts for the customer of its thread; else Http404.

    `account` is the one by which the person acts. An heir reads no correspondence.
    """
    found = MessageAttachment.objects.select_related("message__contact").filter(key=key)
    if user.has_perm("contact_center.view_message"):
        found = found.filter(message__contact__in=Contact.objects.visible_to(user).order_by().values("pk"))
    elif account is not None and not account.is_of_heir:
        found = found.filter(
            ~Q(message__direction=Message.Direction.NOTE), message__contact__customer=account.customer_id
        )
    else:
        raise Http404
    attachment = found.first()
    if attachment is None:
        raise Http404
    return attachment
