"""Commands: stop the clock for an enquiry to the intermediary, and let it go on, at the latest after 15 days.

Nobody stops or resumes it by hand: it follows from the enquiry (`complaints/intermediaries/commands.py`).
"""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from complaints import kinds
from complaints.models import Complaint, ComplaintEvent, Enquiry, Suspension
from complaints.services.moves import (
    locked,
    move_complaint,
    save_version,
    write_event,
    write_to_complainant,
)
from complaints.terms import SUSPENSION_DAYS, goes_on_by, suspended_days
from customers.models import User
from foundation.refusals import Refused
from notifications.models import Notice


def refuse_suspension(complaint: Complaint, today: date) -> None:
    """Refused where an enquiry of today cannot suspend the term: the state, the 15 days used up, or the term over."""
    if not complaint.can_become(Complaint.State.SUSPENDED):
        raise Refused(
            _("The term of complaint %(number)s cannot be suspended: it is %(state)s.")
            % {"number": complaint.number, "state": complaint.get_state_display()},
            code="wrong_state",
        )
    if complaint.suspended_days >= SUSPENSION_DAYS:
        raise Refused(_("The clock has stood still for 15 days already, and may no more."), code="no_days_left")
    if today > complaint.due_on:
        raise Refused(_("The term is over: it cannot be suspended any more."), code="term_over")


def suspend_clock(complaint: Complaint, *, enquiry: Enquiry, by: User) -> Suspension:
    """Stop the clock of a locked complaint from today, for the enquiry; the complainant is informed (art. 10-ter).

    Called by the command that sends the enquiry, and by nothing else. Refused as `refuse_suspension` says.
    """
    today = timezone.localdate()
    refuse_suspension(complaint, today)
    moved = move_complaint(complaint, to=Complaint.State.SUSPENDED)
    suspension = Suspension.objects.create(
        complaint=complaint, enquiry=enquiry, started_on=today, reason=enquiry.asked, by=by
    )
    until = goes_on_by(today, complaint.suspended_days)
    notice, copied = write_to_complainant(
        kinds.SUSPENDED,
        complaint,
        once=f"complaint-suspended:{suspension.pk}",
        words={"intermediary": complaint.intermediary, "latest_on": complaint.due_on + (until - today)},
    )
    write_event(
        complaint,
        ComplaintEvent.Kind.SUSPENDED,
        by=by,
        notice=notice,
        until=until.isoformat(),
        intermediary=complaint.intermediary,
        intermediary_told=enquiry.way,
        **copied,
        **moved,
    )
    return suspension


@transaction.atomic
def resume_clock(complaint: Complaint, *, by: User | None, on: date | None = None) -> Complaint:
    """Let the clock go on, and inform the complainant: from today, from an earlier day on which the position had arrived,
    or from the day on which it should have gone on by itself.

    It follows from the enquiry: from its position, from its end, or from its fifteenth day, when `by` is None. Refused when
    it does not stand still.
    """
    complaint = locked(complaint)
    if complaint.state != Complaint.State.SUSPENDED:  # one just received may become "under review" too
        raise Refused(
            _("The term of complaint %(number)s is not suspended.") % {"number": complaint.number},
            code="wrong_state",
        )
    moved = move_complaint(complaint, to=Complaint.State.UNDER_REVIEW)
    suspension = end_suspension(complaint, on=on)
    assert suspension.ended_on is not None, "it has just been ended"
    notice, copied = write_to_complainant(
        kinds.RESUMED,
        complaint,
        once=f"complaint-resumed:{suspension.pk}",
        words={
            "days": complaint.suspended_days,
            "due_on": complaint.due_on,
            "is_over": complaint.due_on < timezone.localdate(),
        },
    )
    write_event(
        complaint,
        ComplaintEvent.Kind.RESUMED,
        by=by,
        notice=notice,
        days=(suspension.ended_on - suspension.started_on).days,
        due_on=complaint.due_on.isoformat(),
        by_itself=True if by is None and suspension.enquiry.is_open else None,
        **copied,
        **moved,
    )
    return complaint


def close_enquiries(complaint: Complaint, *, why: str, by: User | None) -> None:
    """Close the enquiry of a locked complaint that waits for the intermediary, if any, and the suspension with it.

    For the commands that end a complaint: nobody waits for the position any more. The term is not resumed, because there is
    none any more.
    """
    enquiry = complaint.enquiries.select_for_update().filter(state=Enquiry.State.OPEN).first()
    if enquiry is not None:
        enquiry.state, enquiry.closed_at = Enquiry.State.CLOSED, timezone.now()
        enquiry.closed_by, enquiry.closed_why, enquiry.draft = by, why, ""
        enquiry.version += 1
        enquiry.save()
    if complaint.suspensions.filter(ended_on__isnull=True).exists():
        end_suspension(complaint)


def end_suspension(complaint: Complaint, *, on: date | None = None) -> Suspension:
    """End the open suspension of a locked row, today or `on` an earlier day, and add up its days: at most 15, none twice."""
    suspension = complaint.suspensions.select_related("enquiry").get(ended_on__isnull=True)
    last = goes_on_by(suspension.started_on, complaint.suspended_days)
    suspension.ended_on = max(suspension.started_on, min(on or timezone.localdate(), last))
    before = _days_of_ended(complaint)
    suspension.save(update_fields=["ended_on"])
    more = _days_of_ended(complaint) - before
    complaint.suspended_days = min(SUSPENSION_DAYS, complaint.suspended_days + more)
    save_version(complaint)
    return suspension


def count_suspended_days(complaint: Complaint) -> None:
    """Add up the suspensions that have ended, from the days of receipt as they are now. The caller saves."""
    if complaint.suspensions.filter(ended_on__isnull=False).exists():
        complaint.suspended_days = _days_of_ended(complaint)


def _days_of_ended(complaint: Complaint) -> int:
    ended = complaint.suspensions.filter(ended_on__isnull=False).values_list("started_on", "ended_on")
    return suspended_days(ended, timezone.localdate(), received_on=complaint.first_received_on)


def resume_lapsed(today: date) -> int:
    """Let every clock go on that has stood still for its 15 days; returns how many. May run again and late."""
    resumed = 0
    standing = Suspension.objects.filter(ended_on__isnull=True).select_related("complaint").order_by("pk")
    for suspension in standing:
        if goes_on_by(suspension.started_on, suspension.complaint.suspended_days) > today:
            continue
        try:
            resume_clock(suspension.complaint, by=None)
        except Refused:  # an officer was first
            continue
        resumed += 1
    return resumed


def no_longer_suspended(notices: Iterable[Notice], now: datetime) -> dict[int, str]:
    """Why some of these notices of a suspension are not true any more, by the id of the notice."""
    about = {notice.pk: notice.about_id for notice in notices}
    known = Suspension.objects.filter(pk__in=[pk for pk in about.values() if pk is not None], ended_on__isnull=False)
    over = set(known.values_list("pk", flat=True))
    reason = _("The clock of the complaint goes on meanwhile.")
    return {pk: reason for pk, suspension in about.items() if suspension in over}
