"""Command: correct the days on which a complaint was received. Everything else about the term follows from them."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from complaints import kinds
from complaints.models import Complaint, ComplaintEvent
from complaints.services.clock import count_suspended_days
from complaints.services.moves import locked, save_version, write_event, write_to_complainant
from complaints.terms import FIRST_RECEIPT
from customers.models import User
from foundation.refusals import Refused


@transaction.atomic
def correct_receipt(
    complaint: Complaint, *, received_on: date, received_by_intermediary_on: date | None, reason: str, by: User
) -> Complaint:
    """Enter other days of receipt than those in the register, with the reason; the term is calculated again.

    At any time, because the register must be right after the answer too. The suspensions are added up again: one that
    began after the corrected term adds nothing. The complainant is informed of the new term while it runs; where the
    clock stands still, once it goes on. Refused without a reason, for a day after the registration or before there was
    a company, for an intermediary that had it after the company, and when nothing would change.
    """
    complaint = locked(complaint)
    if not (reason := reason.strip()):
        raise Refused(_("Say why the day of receipt is another."), code="no_reason", field="reason")
    if max(received_on, received_by_intermediary_on or received_on) > timezone.localdate(complaint.registered_at):
        raise Refused(
            _("A complaint cannot have been received after it was registered."),
            code="after_registration",
            field="received_on",
        )
    refuse_before_the_company(received_on, received_by_intermediary_on)
    refuse_later_intermediary(received_on, received_by_intermediary_on)
    wanted = {"received_on": received_on, "received_by_intermediary_on": received_by_intermediary_on}
    changed = {
        name: [_stored(before), _stored(day)]
        for name, day in wanted.items()
        if (before := getattr(complaint, name)) != day
    }
    if not changed:
        raise Refused(_("These are the days in the register already."), code="unchanged", field="received_on")
    term = complaint.due_on
    for name, day in wanted.items():
        setattr(complaint, name, day)
    count_suspended_days(complaint)
    save_version(complaint)
    running = complaint.state in (Complaint.State.RECEIVED, Complaint.State.UNDER_REVIEW)
    notice, copied = (
        write_to_complainant(
            kinds.CORRECTED,
            complaint,
            once=f"complaint-corrected:{complaint.pk}:{complaint.version}",
            words={
                "received_on": complaint.first_received_on,
                "due_on": complaint.due_on,
                "is_over": complaint.due_on < timezone.localdate(),
            },
        )
        if running and complaint.due_on != term
        else (None, {})
    )
    write_event(
        complaint,
        ComplaintEvent.Kind.CORRECTED,
        by=by,
        notice=notice,
        reason=reason,
        due_on=complaint.due_on.isoformat(),
        **changed,
        **copied,
    )
    return complaint


def refuse_before_the_company(received_on: date, received_by_intermediary_on: date | None) -> None:
    """Refused for a day on which there was no company yet to receive anything."""
    if min(received_on, received_by_intermediary_on or received_on) < FIRST_RECEIPT:
        raise Refused(
            _("Nothing can have been received before the company was founded, in %(year)d: look at the year.")
            % {"year": FIRST_RECEIPT.year},
            code="before_the_company",
        )


def refuse_later_intermediary(received_on: date, received_by_intermediary_on: date | None) -> None:
    """Refused for an intermediary that had it after the company: its day is for one that had it earlier (art. 8)."""
    if received_by_intermediary_on and received_by_intermediary_on > received_on:
        raise Refused(
            _(
                "The company had it before the intermediary: leave the day of the intermediary empty, because the term counts "
                "from the earlier one."
            ),
            code="intermediary_later",
            field="received_by_intermediary_on",
        )


def _stored(day: date | None) -> str | None:
    return day.isoformat() if day else None
