"""Command: a copy of a customer's data is made. It writes to the person, so it lives here."""

from typing import IO

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from customers.data_exports.commands import keep_archive
from customers.models import DataExport
from foundation.dates import ROME
from notifications.data_export_kinds import DATA_EXPORT_READY
from notifications.services import tell_customer


@transaction.atomic
def finish_data_export(
    export: DataExport, archive: IO[bytes], *, size: int, sha256: str, rows: int, files: int
) -> DataExport:
    """Keep the archive (`customers.data_exports.commands.keep_archive`), and write to the person where they open it themselves.

    Somebody who asked in the reserved area or the app is written to at the address with which they sign in.
    """
    ready = keep_archive(export, archive, size=size, sha256=sha256, rows=rows, files=files)
    if ready.handing == DataExport.Handing.LINK:
        assert ready.expires_at is not None, "what is ready has its end"
        with translation.override(ready.language):
            label = _("Open My data")
        tell_customer(
            DATA_EXPORT_READY,
            once=f"{DATA_EXPORT_READY.code}:{ready.pk}",
            customer=ready.customer,
            address="" if ready.channel == DataExport.Channel.OFFICE else ready.asked_by.email,
            language=ready.language,
            words={
                "ends_on": timezone.localdate(ready.expires_at, ROME),
                "action_url": settings.SITE_URL + reverse("portal_my_data"),
                "action_label": label,
            },
        )
    return ready
