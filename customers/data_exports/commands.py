"""Commands: ask for a copy of a customer's data, have it made, hand it over, delete it at its end.

What writes to the person when the copy is ready is in `notifications.data_exports`; what is in it is decided at the top, where
all apps are known (`vittoria_care.privacy.exporting`).
"""

import logging
from contextlib import suppress
from datetime import datetime, timedelta
from typing import IO

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.data_exports.rules import FRESH, GIVEN_UP_BY_WORKER, next_try_in
from customers.models import Customer, DataExport, DataExportOpening, User
from customers.models.data_export import NEXT, DataExportQuerySet, stored_under
from foundation.refusals import Refused

log = logging.getLogger(__name__)

State = DataExport.State
ENDED_AT_ONCE = 500


class TooManyDataExports(Refused):
    """So many copies were asked for in a day already."""

    code = "too_many_data_exports"


class DataExportEnded(Refused):
    """The copy cannot be opened any more: its time is over, or it was deleted."""

    code = "data_export_ended"


class DataExportNotReady(Refused):
    """The copy is still being made."""

    code = "data_export_not_ready"


class DataExportTaken(Refused):
    """Another worker makes the copy, or it was ended meanwhile."""

    code = "data_export_taken"


# --- Asking ----------------------------------------------------------------------------------------------------------
@transaction.atomic
def ask_data_export(
    customer: Customer,
    *,
    by: User,
    channel: str,
    language: str = "",
    reason: str = "",
    handing: str = DataExport.Handing.LINK,
) -> DataExport:
    """Ask for a copy of everything about the customer, and return it; a worker makes it soon.

    One that is under way, or was asked for less than `rules.FRESH` ago and can be opened, is returned as it is: asked
    twice, it is made once. An earlier one that is older is ended when the new one is ready. TooManyDataExports beyond
    DATA_EXPORTS_PER_DAY in 24 hours. `reason` is obligatory for the back office.
    """
    Customer.objects.select_for_update(of=["self"], no_key=True).get(pk=customer.pk)
    now = timezone.now()
    own = DataExport.objects.filter(customer=customer, handing=handing)
    if (before := own.under_way().first()) is not None:
        return before
    fresh = own.can_be_opened(now).filter(asked_at__gt=now - FRESH)
    if (before := fresh.order_by("-asked_at").first()) is not None:
        return before
    most = settings.DATA_EXPORTS_PER_DAY
    if own.filter(asked_at__gt=now - timedelta(days=1)).count() >= most:
        sentence = ngettext(
            "A copy of your data can be asked for %(count)d time in 24 hours: please try again tomorrow.",
            "A copy of your data can be asked for %(count)d times in 24 hours: please try again tomorrow.",
            most,
        )
        raise TooManyDataExports(sentence % {"count": most})
    return DataExport.objects.create(
        customer=customer,
        channel=channel,
        handing=handing,
        asked_by=by,
        reason=reason.strip(),
        language=language or customer.language,
        asked_at=now,
        try_after=now,
    )


# --- Making, by a worker -----------------------------------------------------------------------------------------------
@transaction.atomic
def claim_data_export(now: datetime) -> DataExport | None:
    """The copy that is to be made next, marked as ours; None where none waits. Two workers never get the same one.

    One whose worker gave no sign for `rules.GIVEN_UP_BY_WORKER` is made again, and what that worker wrote is deleted.
    """
    waits = Q(state=State.WAITING, try_after__lte=now)
    left = Q(state=State.MAKING, claimed_at__lt=now - GIVEN_UP_BY_WORKER)
    rows = DataExport.objects.select_for_update(skip_locked=True, of=["self"]).select_related("customer")
    export = rows.filter(waits | left).order_by("try_after", "pk").first()
    if export is None:
        return None
    if export.file:
        _delete_file(export.file.name)
    export.state, export.claimed_at, export.tries = State.MAKING, now, export.tries + 1
    export.file.name = stored_under(export, "")
    export.save(update_fields=["state", "claimed_at", "tries", "file"])
    return export


def still_making(export: DataExport) -> None:
    """Give a sign that the worker is alive; DataExportTaken where the copy is not this worker's any more."""
    now = timezone.now()
    if not _claimed(export).update(claimed_at=now):
        raise DataExportTaken("Another worker makes this copy.")
    export.claimed_at = now


@transaction.atomic
def keep_archive(
    export: DataExport, archive: IO[bytes], *, size: int, sha256: str, rows: int, files: int
) -> DataExport:
    """Store the archive that a worker made: from now on the person can take it, for DATA_EXPORT_DAYS days.

    The earlier ones of the customer are ended. OSError where it cannot be written; DataExportTaken where the copy is not
    this worker's any more, and nothing is kept then.
    """
    name = export.file.name
    stored = default_storage.save(str(name), File(archive))
    try:
        mine = _claimed(export).select_for_update(of=["self"]).first()
        if mine is None:
            raise DataExportTaken("Another worker makes this copy.")
        now = timezone.now()
        mine.file.name = stored
        mine.size, mine.sha256, mine.rows, mine.files, mine.problem = size, sha256, rows, files, ""
        mine.ready_at, mine.expires_at = now, now + timedelta(days=settings.DATA_EXPORT_DAYS)
        _move(mine, State.READY)
        mine.save()
        earlier = DataExport.objects.filter(customer=mine.customer_id, handing=mine.handing, state=State.READY)
        for each in earlier.exclude(pk=mine.pk).select_for_update(of=["self"]):
            _end(each, now)
    except BaseException:
        _delete_file(stored)
        raise
    return mine


@transaction.atomic
def postpone_data_export(export: DataExport, *, problem: str) -> None:
    """It could not be made now: say why, and try again later. Nothing where another worker has it."""
    mine = _claimed(export).select_for_update(of=["self"]).first()
    if mine is None:
        return
    _delete_file(mine.file.name)
    mine.file.name = ""
    mine.problem = problem[:300]
    mine.try_after = timezone.now() + next_try_in(mine.tries)
    mine.claimed_at = None
    _move(mine, State.WAITING)
    mine.save(update_fields=["file", "problem", "try_after", "claimed_at", "state"])


def _claimed(export: DataExport) -> DataExportQuerySet:
    """The row, as long as it is this worker's."""
    return DataExport.objects.filter(pk=export.pk, state=State.MAKING, file=export.file.name)


# --- Handing over -------------------------------------------------------------------------------------------------------
def record_data_export_opening(export: DataExport, *, by: User, door: str) -> DataExportOpening:
    """Write down that the archive was taken. Each time is a row of its own."""
    return DataExportOpening.objects.create(export=export, user=by, door=door)


# --- The end ------------------------------------------------------------------------------------------------------------
@transaction.atomic
def end_data_export(export: DataExport) -> DataExport:
    """Delete the archive before its time, or give up one that nobody makes yet. Done twice, it is done once.

    DataExportNotReady while a worker is making it: it would come back.
    """
    export = DataExport.objects.select_for_update(of=["self"]).get(pk=export.pk)
    if export.state == State.MAKING:
        raise DataExportNotReady(_("The copy is just being made: please wait until it is ready, then delete it."))
    if export.state != State.ENDED:
        _end(export, timezone.now())
    return export


def end_data_exports(now: datetime) -> int:
    """Delete the archives whose time is over; returns how many. A file that cannot be deleted now is met again next time."""
    over = DataExport.objects.filter(state=State.READY, expires_at__lte=now).order_by("expires_at")
    ended = 0
    for pk in over.values_list("pk", flat=True)[:ENDED_AT_ONCE]:
        with transaction.atomic():
            locked = DataExport.objects.select_for_update(skip_locked=True, of=["self"])
            export = locked.filter(pk=pk, state=State.READY).first()
            if export is not None:
                _end(export, now)
                ended += 1
    return ended


def _end(export: DataExport, now: datetime) -> None:
    """The file goes after the commit: a row that says “ready” never lacks its file."""
    name = export.file.name
    _move(export, State.ENDED)
    export.ended_at, export.file.name = now, ""
    export.save(update_fields=["state", "ended_at", "file"])
    if name:
        transaction.on_commit(lambda: _delete_file(name))


def _move(export: DataExport, state: str) -> None:
    assert state in NEXT[export.state], f"a copy that is {export.state} cannot become {state}"
    export.state = state


def _delete_file(name: str | None) -> None:
    if not name:
        return
    try:
        with suppress(FileNotFoundError):
            default_storage.delete(name)
    except OSError as error:
        log.error("the archive of a copy of somebody's data cannot be deleted: %s: %s", name, error)
