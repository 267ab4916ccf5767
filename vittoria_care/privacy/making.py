"""Make the copies of customers' data that were asked for: what the worker does.

A worker that is killed leaves a row that says “being made”: after a while it is made again from the start. A full disk, or
anything else that goes wrong, is said in words on the row and tried later; it holds up nobody else's copy.
"""

import errno
import hashlib
import logging
import tempfile
from typing import IO

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from customers.data_exports.commands import (
    DataExportTaken,
    claim_data_export,
    postpone_data_export,
    still_making,
)
from customers.models import DataExport
from notifications.data_exports import finish_data_export
from vittoria_care.privacy.exporting import CHUNK, Contents, person_of, write_archive
from vittoria_care.privacy.rules import RULES

log = logging.getLogger(__name__)

MOST_OF_A_RUN = 20  # another run, or another worker, takes the next ones


def make_data_exports() -> int:
    """Make what waits, one after the other; returns how many are ready now."""
    made = 0
    for _turn in range(MOST_OF_A_RUN):
        export = claim_data_export(timezone.now())
        if export is None:
            break
        made += make_data_export(export)
    return made


def make_data_export(export: DataExport) -> bool:
    """Make one that this worker has claimed; False where it has to be tried later, or another worker has it."""
    try:
        with tempfile.TemporaryFile() as archive:
            contents = write_archive(
                export.customer,
                person_of(export.customer),
                RULES,
                archive,
                language=export.language,
                made_at=timezone.now(),
                still_at_it=lambda: still_making(export),
            )
            still_making(export)
            size, sha256 = _measured(archive)
            finish_data_export(export, archive, size=size, sha256=sha256, rows=contents.all_rows, files=contents.files)
    except DataExportTaken:
        log.warning("data export %s: another worker makes it", export.pk)
        return False
    except Exception as error:  # whatever it is, the person waits for a copy, and the next one must not wait behind it
        log.exception("data export %s could not be made", export.pk)
        postpone_data_export(export, problem=_problem(error, export.language))
        return False
    _report_lost(export, contents)
    return True


def _measured(archive: IO[bytes]) -> tuple[int, str]:
    """Size and SHA-256 of the archive, which stands at its beginning afterwards."""
    archive.seek(0)
    size, digest = 0, hashlib.sha256()
    while chunk := archive.read(CHUNK):
        size += len(chunk)
        digest.update(chunk)
    archive.seek(0)
    return size, digest.hexdigest()


def _problem(error: Exception, language: str) -> str:
    """What the person reads of it: nothing of the inside."""
    with translation.override(language):
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            return _("There is no room for the copy just now. We try again by ourselves.")
        return _("The copy could not be made just now. We try again by ourselves.")


def _report_lost(export: DataExport, contents: Contents) -> None:
    for path in contents.lost:
        log.error("data export %s: the file %s is lost", export.pk, path)
