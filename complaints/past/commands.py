"""Commands: take over an entry that was open in a past register, so that it is answered here; enter what its file lacked."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from complaints.models import Complaint, ComplaintEvent
from complaints.past.entries import noon_of
from complaints.services.moves import locked, move_complaint, save_version, write_event
from customers import roles
from customers.models import User
from foundation.refusals import Refused
from foundation.text import clean_line

Kind, State = ComplaintEvent.Kind, Complaint.State
DAY, OUTCOME = "closed_on", "outcome"  # what may be missing


@transaction.atomic
def take_over(complaint: Complaint, *, handler: User, by: User) -> Complaint:
    """Put an entry that was open in a past register under review here, under its old number.

    Its term is that of its receipt, 45 days after it (art. 8), and usually over: from now on its handler is warned about it as about any
    other. Nobody is written to. Refused for an entry that is not open in a past register, for somebody who is no active
    complaint officer, and without the complainant's name, to whom the answer would go.
    """
    complaint = locked(complaint)
    if complaint.state != Complaint.State.PAST_OPEN:
        raise Refused(
            _("Complaint %(number)s is %(state)s: only what was open in a past register is taken over.")
            % {"number": complaint.number, "state": complaint.get_state_display()},
            code="wrong_state",
        )
    if not handler.has_role([roles.COMPLAINT_OFFICER]):
        raise Refused(
            _("%(name)s is not a complaint officer.") % {"name": handler}, code="not_an_officer", field="handler"
        )
    if not complaint.complainant_name:
        raise Refused(
            _("The file had no name of the complainant: enter it first, by “Correct name or address”."), code="no_name"
        )
    complaint.handler = handler
    moved = move_complaint(complaint, to=Complaint.State.UNDER_REVIEW)
    write_event(
        complaint,
        ComplaintEvent.Kind.TAKEN_OVER,
        by=by,
        notice=None,
        handler=str(handler),
        due_on=complaint.due_on.isoformat(),
        **moved,
    )
    return complaint


def missing_of(complaint: Complaint) -> tuple[str, ...]:
    """What the file lacked of an entry that was closed in a past register: DAY, OUTCOME; () for any other complaint.

    A withdrawal has no outcome, and its day is that of its line in the history.
    """
    if not complaint.is_past or complaint.handler_id is not None:
        return ()
    if complaint.state == State.WITHDRAWN:
        return () if complaint.events.filter(kind=Kind.WITHDRAWN).exists() else (DAY,)
    if complaint.state != State.ANSWERED:
        return ()
    return (*([] if complaint.answered_at else [DAY]), *([] if complaint.outcome else [OUTCOME]))


@transaction.atomic
def complete_past(
    complaint: Complaint, *, closed_on: date | None = None, outcome: str = "", source: str, by: User
) -> Complaint:
    """Enter what the file lacked of an entry that was closed in a past register, with where it is read: the half-year return
    counts by it. What the file had remains, and no later file changes the entry any more.

    Refused where nothing is missing, or something else than what is given; for a day before the receipt or to come; without
    the source.
    """
    complaint = locked(complaint)
    missing, given = missing_of(complaint), {DAY: closed_on, OUTCOME: outcome}
    if not missing:
        raise Refused(
            _("Nothing is missing of complaint %(number)s that could be entered here.") % {"number": complaint.number},
            code="nothing_missing",
        )
    for name, value in given.items():
        if value and name not in missing:
            raise Refused(_("The register has this already."), code="known_already", field=name)
    if not any(given.values()):
        raise Refused(_("Enter what is missing."), code="nothing_said")
    if not (source := clean_line(source)):
        raise Refused(_("Say where it is read."), code="no_source", field="source")
    if outcome and outcome not in Complaint.Outcome.values:
        raise Refused(_("Give the outcome."), code="no_outcome", field=OUTCOME)
    if closed_on is not None and not complaint.first_received_on <= closed_on <= timezone.localdate():
        raise Refused(
            _("It was closed on the day of its receipt or later, and not after today."), code="not_that_day", field=DAY
        )
    changes: dict[str, list[str]] = {}
    if outcome:
        complaint.outcome, changes["outcome"] = outcome, ["", outcome]
    if closed_on is not None and complaint.state == State.ANSWERED:
        complaint.answered_at, changes["answered_at"] = noon_of(closed_on), ["", closed_on.isoformat()]
    save_version(complaint)
    if complaint.state == State.WITHDRAWN and closed_on is not None:
        ComplaintEvent.objects.create(
            complaint=complaint, kind=Kind.WITHDRAWN, by=by, details={"reason": source}, at=noon_of(closed_on)
        )
    else:
        write_event(complaint, Kind.CLASSIFIED, by=by, notice=None, reason=source, **changes)
    return complaint
