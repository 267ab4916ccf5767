"""Commands: enter that a court case, a mediation or an assisted negotiation began about a complaint's matter, and how it ended."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from complaints.models import Complaint, ComplaintEvent, Proceeding
from complaints.services.moves import locked, write_event
from complaints.terms import FIRST_RECEIPT
from customers.models import User
from foundation.refusals import Refused
from foundation.text import clean_line


@transaction.atomic
def enter_proceeding(complaint: Complaint, *, kind: str, begun_on: date, body: str = "", by: User) -> Proceeding:
    """Enter what began, at any time. The complaint's term does not change: no rule stops it.

    Refused for a day to come, and while one of the kind is open.
    """
    complaint = locked(complaint)
    if not FIRST_RECEIPT <= begun_on <= timezone.localdate():
        raise Refused(_("It began today or earlier."), code="not_that_day", field="begun_on")
    if complaint.proceedings.filter(kind=kind, ended_on__isnull=True).exists():
        raise Refused(_("One of this kind is open: enter its end first."), code="open_already", field="kind")
    entered = Proceeding.objects.create(
        complaint=complaint, kind=kind, begun_on=begun_on, body=clean_line(body)[:200], by=by
    )
    _write(entered, by, begun_on=begun_on.isoformat(), body=entered.body)
    return entered


@transaction.atomic
def end_proceeding(proceeding: Proceeding, *, ended_on: date, result: str, by: User) -> Proceeding:
    """Enter its last day and its result, once. Refused for a day before it began or to come, and without a result."""
    complaint = locked(proceeding.complaint)
    proceeding = Proceeding.objects.select_for_update().get(pk=proceeding.pk)
    if proceeding.ended_on is not None:
        raise Refused(_("Its end is entered already."), code="ended_already")
    if not proceeding.begun_on <= ended_on <= timezone.localdate():
        raise Refused(_("It ended between the day it began and today."), code="not_that_day", field="ended_on")
    if not (result := clean_line(result)[:500]):
        raise Refused(_("Say how it ended."), code="no_result", field="result")
    proceeding.complaint = complaint
    proceeding.ended_on, proceeding.result = ended_on, result
    proceeding.save(update_fields=["ended_on", "result"])
    _write(proceeding, by, ended_on=ended_on.isoformat(), result=result)
    return proceeding


def _write(proceeding: Proceeding, by: User, **details: str) -> None:
    write_event(
        proceeding.complaint,
        ComplaintEvent.Kind.PROCEEDING,
        by=by,
        notice=None,
        proceeding=str(proceeding.kind),
        **details,
    )
