"""Commands: stop the clock while the intermediary is heard, and let it go on, at the latest after 15 days."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from complaints import kinds
from complaints.models import Complaint, ComplaintEvent, Suspension
from complaints.services.moves import (
    EMAIL,
    POST,
    inform_complainant,
    inform_intermediary,
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


@transaction.atomic
def suspend_clock(complaint: Complaint, *, reason: str, by: User) -> Suspension:
    """Ask the intermediary and stop the clock from today; the complainant and the intermediary are informed.

    Only for the enquiry to the intermediary (art. 10-ter). Refused when no conduct of an intermediary is concerned,
    without a reason, when the 15 days are used up, or when the term is over already.
    """
    complaint = locked(complaint)
    today = timezone.localdate()
    if not complaint.is_heard:
        raise Refused(
            _(
                "The term is suspended only while an intermediary is heard: first record that the complaint is about "
                "the conduct of an intermediary, and which."
            ),
            code="no_intermediary",
        )
    if not (reason := reason.strip()):
        raise Refused(_("Say what is asked of the intermediary."), code="no_reason", field="reason")
    if complaint.suspended_days >= SUSPENSION_DAYS:
        raise Refused(_("The clock has stood still for 15 days already, and may no more."), code="no_days_left")
    if today > complaint.due_on:
        raise Refused(_("The term is over: it cannot be suspended any more."), code="term_over")
    moved = move_complaint(complaint, to=Complaint.State.SUSPENDED)
    suspension = Suspension.objects.create(complaint=complaint, started_on=today, reason=reason, by=by)
    until = goes_on_by(today, complaint.suspended_days)
    asked = inform_intermediary(
        kinds.ENQUIRY,
        complaint,
        once=f"complaint-enquiry:{suspension.pk}",
        words={
            "received_on": complaint.first_received_on,
            "text": complaint.text,
            "enquiry": reason,
            "answer_by": until,
        },
    )
    notices = inform_complainant(
        kinds.SUSPENDED,
        complaint,
        once=f"complaint-suspended:{suspension.pk}",
        words={"intermediary": complaint.intermediary, "latest_on": complaint.due_on + (until - today)},
    )
    write_event(
        complaint,
        ComplaintEvent.Kind.SUSPENDED,
        by=by,
        notice=next(iter(notices), None),
        until=until.isoformat(),
        intermediary=complaint.intermediary,
        intermediary_told=EMAIL if asked else POST,
        **moved,
    )
    return suspension


@transaction.atomic
def resume_clock(complaint: Complaint, *, by: User | None) -> Complaint:
    """Let the clock go on from today, or from the day it should have gone on by itself; the complainant is informed.

    `by` is None when it goes on by itself. Refused when it does not stand still.
    """
    complaint = locked(complaint)
    if complaint.state != Complaint.State.SUSPENDED:  # one just received may become "under review" too
        raise Refused(
            _("The term of complaint %(number)s is not suspended.") % {"number": complaint.number},
            code="wrong_state",
        )
    moved = move_complaint(complaint, to=Complaint.State.UNDER_REVIEW)
    suspension = end_suspension(complaint)
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
        by_itself=True if by is None else None,
        **copied,
        **moved,
    )
    return complaint


def end_suspension(complaint: Complaint) -> Suspension:
    """End the open suspension of a locked row and add up its days: never more than 15 in all, none twice."""
    suspension = complaint.suspensions.get(ended_on__isnull=True)
    last = goes_on_by(suspension.started_on, complaint.suspended_days)
    suspension.ended_on = min(timezone.localdate(), last)
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
