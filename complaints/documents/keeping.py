"""Keeping files as documents of a complaint: those that come with it, and those of the contact that it began as."""

from collections.abc import Iterable
from contextlib import ExitStack
from datetime import date

from django.core.files import File
from django.utils import timezone

from complaints.models import Complaint, ComplaintDocument
from contact_center.models import Contact, Message, MessageAttachment
from customers.models import User
from foundation.files.accepted import CheckedFile
from foundation.files.keeping import KeptFile, keep_files

Giver = ComplaintDocument.Giver


def keep_documents(
    complaint: Complaint,
    files: Iterable[CheckedFile],
    *,
    giver: str,
    way: str,
    given_on: date,
    by: User | None = None,
) -> list[ComplaintDocument]:
    """Store checked files as documents of the complaint, all or none. Call it last in the transaction.

    FilesNotKept where there is no room for one.
    """
    return keep_files(ComplaintDocument, files, complaint=complaint, giver=giver, way=way, given_on=given_on, by=by)


def take_over_files(complaint: Complaint, contact: Contact) -> list[ComplaintDocument]:
    """Copy what the person sent in the contact, with checksum and day: the contact's own files may go before these.

    A file whose bytes are lost is left out: the contact's page shows it as lost. FilesNotKept where there is no room.
    """
    rows = MessageAttachment.objects.filter(
        message__contact=contact, message__direction=Message.Direction.INBOUND
    ).select_related("message")
    kept: list[ComplaintDocument] = []
    for row in rows.order_by("pk"):
        with ExitStack() as opened:
            if (file := _opened(row, opened)) is None:
                continue
            kept += keep_files(
                ComplaintDocument,
                [file],
                complaint=complaint,
                giver=Giver.COMPLAINANT,
                way=complaint.received_by,
                given_on=timezone.localdate(row.message.written_at),
                taken_from=row.key,
            )
    return kept


def copies_of(files: Iterable[KeptFile], opened: ExitStack) -> list[CheckedFile]:
    """Files that were checked when they were kept, to be kept once more; `opened` closes them. Lost ones are left out."""
    return [copy for each in files if (copy := _opened(each, opened)) is not None]


def _opened(file: KeptFile, opened: ExitStack) -> CheckedFile | None:
    try:
        content = opened.enter_context(file.file.open("rb"))
    except FileNotFoundError:
        return None
    return CheckedFile(file.name, file.content_type, file.file.size, file.sha256, File(content, name="file"))
