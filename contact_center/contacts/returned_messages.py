"""Command: what a person answered to one of our notices becomes a contact, or goes on in the one that it answers."""

import uuid
from collections.abc import Iterable
from email import message_from_bytes
from email.message import Message as Mail

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contact_center.due.targets import due_at
from contact_center.models import Contact, ContactEvent, Message
from customers.models import Customer, User
from foundation.files.accepted import MESSAGE, CheckedFile, check_file
from foundation.refusals import Refused
from notifications.models import ReturnedMessage
from notifications.returns.commands import close_return
from notifications.returns.reading import decoded, text_in
from notifications.services import is_own_address

from .attachments import keep_attachments
from .customer_messages import add_customer_message
from .moves import note_event
from .opening import team_in_turn

TAKEN = (ReturnedMessage.Kind.ANSWER, ReturnedMessage.Kind.AUTOMATIC, ReturnedMessage.Kind.UNREADABLE)
SAME_MESSAGE = uuid.UUID("5f0d3c1e-4a0a-4f27-9a2e-1d6f6f1f8a55")
LONGEST = 50_000  # characters of a message; the whole is kept as it came


@transaction.atomic
def open_from_return(returned: ReturnedMessage, *, by: User) -> Contact:
    """Put what the person wrote, with its files, where it is answered; the returned message is dealt with.

    An answer about a contact, from an address of its customer or from where it was sent to, goes on there; anything else
    opens a contact. The customer is named only where the address is theirs: otherwise the agent says who it is. Refused for
    a message that was dealt with, or that no person wrote.
    """
    returned = (
        ReturnedMessage.objects.select_for_update(of=("self",)).select_related("notice__customer").get(pk=returned.pk)
    )
    if returned.state != ReturnedMessage.State.OPEN or returned.kind not in TAKEN:
        raise Refused(_("This was dealt with already, or nobody wrote it."), code="not_an_answer")
    customer, is_theirs = _writer(returned)
    files, left = _files(message_from_bytes(bytes(returned.raw)))
    text = text_in(bytes(returned.raw))[:LONGEST] or _("(There is no text that can be shown.)")
    before = _contact_of(returned) if is_theirs else None
    if before is not None:
        key = uuid.uuid5(SAME_MESSAGE, returned.digest)
        contact = add_customer_message(before, text=text, key=key, files=files).contact
    else:
        contact = _open(returned, customer if is_theirs else None, text, files, by=by)
    Message.objects.create(contact=contact, direction=Message.Direction.NOTE, author=by, text=_note(returned, left))
    close_return(returned, by=by, remark=contact.number, effect=ReturnedMessage.Effect.CONTACT)
    return contact


def _writer(returned: ReturnedMessage) -> tuple[Customer | None, bool]:
    """The customer whom the notice was written to, and whether the answer comes from an address of theirs."""
    notice = returned.notice
    if notice is None or not returned.sender:
        return None, False
    is_same = returned.sender == notice.address.lower()
    return notice.customer, is_same or (
        notice.customer is not None and is_own_address(notice.customer, returned.sender)
    )


def _contact_of(returned: ReturnedMessage) -> Contact | None:
    """The contact that the notice belongs to (`thread`), if any."""
    subject, _colon, number = (returned.notice.thread if returned.notice is not None else "").partition(":")
    return Contact.objects.filter(pk=int(number)).first() if subject == "request" and number.isdigit() else None


def _open(
    returned: ReturnedMessage, customer: Customer | None, text: str, files: Iterable[CheckedFile], *, by: User
) -> Contact:
    key, now = uuid.uuid5(SAME_MESSAGE, returned.digest), timezone.now()
    contact = Contact.objects.create(
        channel=Contact.Channel.EMAIL,
        kind=Contact.Kind.REQUEST,
        customer=customer,
        address=returned.sender,
        subject=returned.subject,
        team_id=team_in_turn(key),
        started_at=returned.received_at,
        due_at=due_at(kind=Contact.Kind.REQUEST, level=1, since=returned.received_at),
    )
    message = Message.objects.create(
        contact=contact,
        direction=Message.Direction.INBOUND,
        text=text,
        external_id=f"return:{returned.digest}",
        written_at=min(returned.received_at, now),
    )
    note_event(contact, ContactEvent.Kind.OPENED, by=by, channel=str(Contact.Channel.EMAIL), returned=returned.pk)
    keep_attachments(message, files)
    return contact


def _note(returned: ReturnedMessage, left: list[str]) -> str:
    """For who works on it: where the message is as it came, and what of it is not in the thread."""
    kept = _("It came by e-mail from %(address)s; as it came it is the returned message %(number)d.") % {
        "address": returned.sender or "–",
        "number": returned.pk,
    }
    files = _("Files that are only there: %(names)s.") % {"names": ", ".join(left)} if left else ""
    return " ".join(part for part in (kept, files) if part)


def _files(mail: Mail) -> tuple[list[CheckedFile], list[str]]:
    """The files of a mail that we take, and the names of those that we do not: these remain in the message as it came."""
    taken: list[CheckedFile] = []
    left: list[str] = []
    size = 0
    for part in mail.walk():
        content = part.get_payload(decode=True)
        name = part.get_filename()
        if not name or not isinstance(content, bytes):
            continue
        shown = decoded(str(name))
        size += len(content)
        try:
            if len(taken) >= MESSAGE.files or size > MESSAGE.together:
                raise ValidationError(_("There are too many."))
            taken.append(check_file(SimpleUploadedFile(shown, content)))
        except ValidationError:
            left.append(shown[:100])
    return taken, left
