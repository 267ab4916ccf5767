"""Command: keep the documents of a request or an appeal as they came in or went out, with their checksum."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from complaints.models import ProcedureFile, RegulatorRequest
from complaints.procedures.steps import ProcedureT, locked, write_step
from customers.models import User
from foundation.files.accepted import CheckedFile
from foundation.files.keeping import keep_files
from foundation.refusals import Refused

MOST = 100  # documents of one request or appeal


@transaction.atomic
def add_documents(row: ProcedureT, *, files: Iterable[CheckedFile], direction: str, by: User) -> list[ProcedureFile]:
    """Keep checked files of a request or an appeal, all or none, and write their names and checksums in the history.

    At any time, for papers come after the end as well. Refused without a file, beyond the 100th, and for one that is entered by
    mistake; FilesNotKept where there is no room.
    """
    row, files = locked(row), list(files)
    if not files:
        raise Refused(_("Choose a file."), code="no_file", field="files")
    if row.state == row.State.CANCELLED:
        raise Refused(_("%(number)s was entered by mistake.") % {"number": row}, code="cancelled")
    if row.files.count() + len(files) > MOST:
        raise Refused(
            _("At most %(most)d documents are kept here: put several into one file.") % {"most": MOST},
            code="too_many_files",
            field="files",
        )
    return keep_documents(row, files=files, direction=direction, by=by)


def keep_documents(row: ProcedureT, *, files: list[CheckedFile], direction: str, by: User) -> list[ProcedureFile]:
    """The same for a row that is locked or new, without asking; [] for no file."""
    if not files:
        return []
    of = {"request": row} if isinstance(row, RegulatorRequest) else {"appeal": row}
    kept = keep_files(ProcedureFile, files, direction=direction, by=by, **of)
    write_step(
        row,
        "documents",
        by=by,
        files=[f"{each.name} (SHA-256 {each.sha256[:12]}…)" for each in files],
        direction=str(direction),
    )
    return kept
