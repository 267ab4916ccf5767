"""Command: a complainant adds words or files to a complaint."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from complaints import kinds
from complaints.models import AddedFile, Complaint, ComplaintAddition, ComplaintEvent
from complaints.services.handling import officers
from complaints.services.moves import locked, write_event
from foundation.files.accepted import CheckedFile
from foundation.files.keeping import keep_files
from foundation.refusals import Refused
from notifications.services import queue_notice

MOST = 50  # additions to one complaint; more is sent by post


@dataclass(frozen=True)
class Added:
    """An addition, and whether this call wrote it."""

    addition: ComplaintAddition
    is_new: bool


@transaction.atomic
def add_to_complaint(
    complaint: Complaint, *, text: str, submission_key: uuid.UUID, files: Iterable[CheckedFile] = ()
) -> Added:
    """Store what the complainant sent later, and inform the handler (else all officers). State and term do not change.

    The same key again adds nothing. It may come after the answer: it is read, and the complaint is not opened again.
    Refused without words or file, and after the 50th addition; FilesNotKept where there is no room for a file.
    """
    complaint, files = locked(complaint), list(files)
    if (before := complaint.additions.filter(submission_key=submission_key).first()) is not None:
        return Added(before, is_new=False)
    if not text.strip() and not files:
        raise Refused(_("Write something, or choose a file."), code="nothing_said")
    if complaint.additions.count() >= MOST:
        raise Refused(
            _("Much was added to this complaint already: send the rest by post or PEC to our Complaints Office."),
            code="too_many_additions",
        )
    addition = ComplaintAddition.objects.create(complaint=complaint, text=text.strip(), submission_key=submission_key)
    handler = complaint.handler
    people = [handler] if handler and handler.is_active else list(officers())
    words = {
        "number": complaint.number,
        "complainant": complaint.complainant_name,
        "files": len(files),
        "is_open": complaint.is_open,
    }
    notices = [
        queue_notice(kinds.ADDED, once=f"complaint-added:{addition.pk}:{person.pk}", words=words, user=person)
        for person in people
    ]
    write_event(
        complaint,
        ComplaintEvent.Kind.ADDED,
        by=None,
        notice=next(iter(notices), None),
        files=[each.name for each in files],
    )
    keep_files(AddedFile, files, addition=addition)
    return Added(addition, is_new=True)
