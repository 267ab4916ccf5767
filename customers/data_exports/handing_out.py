"""The one way by which an archive leaves: every door uses it, and so every opening is written down."""

import logging

from django.core.files.storage import default_storage
from django.http import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.data_exports.commands import DataExportEnded, DataExportNotReady, record_data_export_opening
from customers.models import DataExport, User
from foundation.dates import written_day
from foundation.files.downloads import download

log = logging.getLogger(__name__)

ZIP = "application/zip"


def hand_out(export: DataExport, *, by: User, door: str, is_real: bool = True) -> HttpResponseBase:
    """The archive as a download. DataExportNotReady before it is made, DataExportEnded after its end.

    With `is_real` False (a HEAD) nothing was opened. An archive that is lost is reported as one that ended.
    """
    if export.state in (DataExport.State.WAITING, DataExport.State.MAKING):
        raise DataExportNotReady(_("The copy of your data is not ready yet: we write to you when it is."))
    if not export.is_open_at(timezone.now()):
        day = export.expires_at or export.ended_at
        assert day is not None, "what ended has a moment of its end"
        ended_on = written_day(timezone.localdate(min(day, timezone.now())), "il")
        raise DataExportEnded(
            _("This copy of your data was deleted on %(day)s. You can ask for another one.") % {"day": ended_on}
        )
    if not default_storage.exists(str(export.file.name)):
        log.error("the copy %s of a customer's data has lost its file", export.pk)
        raise DataExportEnded(_("This copy of your data cannot be opened any more. You can ask for another one."))
    if is_real:
        record_data_export_opening(export, by=by, door=door)
    response = download(export.file.open("rb") if is_real else b"", export.name, ZIP)
    response.headers["Content-Length"] = str(export.size)
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
