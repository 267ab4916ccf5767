"""Command: add documents to a complaint that reached us by another way than its page."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from complaints.documents.keeping import Giver, keep_documents
from complaints.models import Complaint, ComplaintDocument, ComplaintEvent
from complaints.models.code import CodeList, code_of
from complaints.representation.commands import note_mandate
from complaints.services.moves import locked, write_event
from customers.models import User
from foundation.files.accepted import CheckedFile
from foundation.refusals import Refused

MOST = 200  # documents of one complaint


@transaction.atomic
def add_documents(
    complaint: Complaint,
    *,
    files: Sequence[CheckedFile],
    giver: str,
    way: str,
    given_on: date,
    is_mandate: bool = False,
    by: User,
) -> list[ComplaintDocument]:
    """Add documents that reached us by another way than the complaint's page, also after the answer.

    With `is_mandate` the first is the mandate of whoever writes for another. Refused without a file, for an unknown giver
    or way, for a day to come or before the complaint, and beyond 200 documents; FilesNotKept where there is no room.
    """
    complaint = locked(complaint)
    if not files:
        raise Refused(_("Choose a file."), code="no_file", field="files")
    if giver not in Giver.values:
        raise Refused(_("Say who gave it."), code="no_giver", field="giver")
    if way and code_of(CodeList.CHANNEL, way) is None:
        raise Refused(_("There is no such way of receipt."), code="unknown_code", field="way")
    if given_on > timezone.localdate():
        raise Refused(_("That day is still to come."), code="in_the_future", field="given_on")
    if given_on < complaint.first_received_on:
        raise Refused(
            _("A document of a complaint does not come before the complaint: look at the day again."),
            code="before_the_complaint",
            field="given_on",
        )
    if complaint.documents.count() + len(files) > MOST:
        raise Refused(
            _("A complaint holds at most %(most)d documents.") % {"most": MOST}, code="too_many_files", field="files"
        )
    write_event(
        complaint,
        ComplaintEvent.Kind.DOCUMENT,
        by=by,
        notice=None,
        files=[each.name for each in files],
        giver=str(Giver(giver).value),
    )
    kept = keep_documents(complaint, files, giver=giver, way=way, given_on=given_on, by=by)
    if is_mandate:
        note_mandate(complaint, key=kept[0].key, on=given_on, by=by)
    return kept
