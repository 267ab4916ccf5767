"""Command: warn the people who follow a complaint that its term comes near, and again while it is past.

A rung is a number of days before the term; it is warned of once for each term that the complaint has. Past the term
the warning is repeated every few days and goes up: to the handler, to the head of the office, to the managers.
"""

import logging
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from complaints import kinds
from complaints.models import Complaint, ComplaintEvent
from complaints.services.handling import people_to_warn
from complaints.services.moves import locked, write_event
from complaints.terms import OVERDUE, RUNGS, overdue_level, rung
from notifications.models import Notice
from notifications.services import queue_notice

log = logging.getLogger(__name__)


def warn_of_terms(today: date) -> int:
    """Warn of every rung that was reached and not yet warned of; returns for how many complaints.

    It asks what is owed, not what falls today: after days without a worker only the nearest rung is warned of. A term
    that moved is another term, and is warned of again. While a clock stands still there are no warnings.
    """
    near = Complaint.objects.running().filter(due_on__lte=today + timedelta(days=max(RUNGS)))
    owed = {key: complaint for complaint in near.only("pk", "due_on") if (key := _key(complaint, today))}
    warned = set(Notice.objects.filter(once__in=owed).values_list("once", flat=True))
    return sum(_warn(complaint, today) for key, complaint in owed.items() if key not in warned)


def _key(complaint: Complaint, today: date) -> str:
    """The key of the rung's notice, such as complaint-rung:17:7:2026-09-03; "" above all rungs."""
    left = (complaint.due_on - today).days
    name: int | str | None = rung(left)
    if name is None:
        return ""
    if name == OVERDUE:
        level = overdue_level(-left)
        name = "overdue" if level == 1 else f"overdue-{level}"
    return f"complaint-rung:{complaint.pk}:{name}:{complaint.due_on.isoformat()}"


@transaction.atomic
def _warn(complaint: Complaint, today: date) -> bool:
    """Warn the handler, and further people the longer the term is over; whether there was somebody to warn."""
    complaint = locked(complaint)
    key = _key(complaint, today)
    if not key or not Complaint.objects.running().filter(pk=complaint.pk).exists():
        return False  # it was answered meanwhile
    if Notice.objects.filter(once=key).exists():
        return False  # another worker was first
    left = (complaint.due_on - today).days
    people = people_to_warn(complaint, level=overdue_level(-left) - 1 if left < 0 else 0)
    words = {
        "number": complaint.number,
        "complainant": complaint.complainant_name,
        "subject": complaint.subject,
        "due_on": complaint.due_on,
        "days_left": max(0, left),
        "days_late": max(0, -left),
    }
    notices = [
        queue_notice(kinds.TERM, once=f"{key}:{person.pk}" if place else key, words=words, user=person)
        for place, person in enumerate(people)
    ]
    if not notices:
        log.warning("nobody to warn about complaint %s: there is no complaint officer", complaint.number)
        return False
    write_event(
        complaint,
        ComplaintEvent.Kind.ALERTED,
        by=None,
        notice=notices[0],
        days_left=left,
        due_on=complaint.due_on.isoformat(),
        told=[str(person) for person in people],
    )
    return True


def no_longer_due(notices: Iterable[Notice], now: datetime) -> dict[int, str]:
    """Why some of these warnings are not true any more, by the id of the notice."""
    notices = list(notices)
    complaints = Complaint.objects.in_bulk({notice.about_id for notice in notices} - {None})
    reasons = {}
    for notice in notices:
        complaint = complaints.get(notice.about_id)
        if complaint is None:
            continue
        if not complaint.is_open:
            reasons[notice.pk] = _("The complaint was closed meanwhile.")
        elif complaint.due_on.isoformat() not in notice.once:
            reasons[notice.pk] = _("The term has moved meanwhile.")
    return reasons
