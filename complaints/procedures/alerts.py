"""Command: warn the people who follow a request of IVASS or an appeal that a term of ours comes near, and again past it.

The rungs are their own (15, 7, 3, 1 and 0 days left, then every five days past the term), and so are the keys of their notices:
`ivass-rung:17:7:2026-09-03` and `arbiter-rung:…`. A term that moved is another term, and is warned of again.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from complaints.models import ArbitratorAppeal, RegulatorRequest
from complaints.procedures import kinds
from complaints.procedures.steps import Procedure, locked, write_step
from complaints.procedures.terms import RUNGS, rung_of
from complaints.services.handling import people_to_warn
from complaints.terms import overdue_level
from notifications.models import Notice
from notifications.services import queue_notice

log = logging.getLogger(__name__)

ABOUT: dict[type, str] = {RegulatorRequest: "ivass", ArbitratorAppeal: "arbiter"}


def warn_of_procedures(today: date) -> int:
    """Warn of every rung that was reached and not yet warned of; returns of how many requests and appeals."""
    last = today + timedelta(days=max(RUNGS))
    rows: list[Procedure] = [
        *RegulatorRequest.objects.due_by(last).only("due_on").order_by("pk"),
        *ArbitratorAppeal.objects.due_by(last).only("due_on").order_by("pk"),
    ]
    owed = {key: row for row in rows if (key := _key(row, today))}
    warned = set(Notice.objects.filter(once__in=owed).values_list("once", flat=True))
    return sum(_warn(row, today) for key, row in owed.items() if key not in warned)


def _key(row: Procedure, today: date) -> str:
    """The key of the rung's notice; "" above all rungs, and where nothing is owed."""
    if row.due_on is None or not (name := rung_of(row.due_on, today)):
        return ""
    return f"{ABOUT[type(row)]}-rung:{row.pk}:{name}:{row.due_on.isoformat()}"


def _is_owed(row: Procedure) -> bool:
    return row.is_owed if isinstance(row, RegulatorRequest) else row.due_on is not None


@transaction.atomic
def _warn(row: Procedure, today: date) -> bool:
    """Warn the handler, and further people the longer the term is over; whether there was somebody to warn."""
    row = locked(row)  # type: ignore[type-var]  # one of the two, as it came
    key = _key(row, today)
    if not key or not _is_owed(row) or Notice.objects.filter(once=key).exists():
        return False  # it was sent meanwhile, or another worker was first
    assert row.due_on is not None, "it has a key"
    left = (row.due_on - today).days
    level = overdue_level(-left) - 1 if left < 0 else 0
    words: dict[str, Any] = {
        "protocol": str(row),
        "number": row.complaint.number,
        "due_on": row.due_on,
        "days_left": max(0, left),
        "days_late": max(0, -left),
    }
    kind = kinds.IVASS_TERM
    if isinstance(row, ArbitratorAppeal):
        kind, words["is_compliance"] = kinds.ARBITER_TERM, row.state == row.State.DECIDED
    people = people_to_warn(row.complaint, level=level, first=row.handler)
    notices = [
        queue_notice(kind, once=f"{key}:{person.pk}" if place else key, words=words, user=person)
        for place, person in enumerate(people)
    ]
    if not notices:
        log.warning("nobody to warn about %s: there is no complaint officer", key)
        return False
    write_step(
        row,
        "alerted",
        by=None,
        notice=notices[0],
        days_left=left,
        due_on=row.due_on.isoformat(),
        told=[str(person) for person in people],
    )
    return True


# --- Asked before a warning leaves -----------------------------------------------------------------------------------
def no_longer_due_to_ivass(notices: Iterable[Notice], now: datetime) -> dict[int, str]:
    """Why some of these warnings are not true any more, by the id of the notice."""
    return _no_longer(notices, RegulatorRequest.objects.in_bulk)


def no_longer_due_to_arbiter(notices: Iterable[Notice], now: datetime) -> dict[int, str]:
    """The same of appeals."""
    return _no_longer(notices, ArbitratorAppeal.objects.in_bulk)


def _no_longer(notices: Iterable[Notice], rows_of: Callable[[Any], dict[Any, Any]]) -> dict[int, str]:
    notices = list(notices)
    rows = rows_of({notice.about_id for notice in notices} - {None})
    reasons = {}
    for notice in notices:
        if (row := rows.get(notice.about_id)) is None:
            continue
        if not _is_owed(row):
            reasons[notice.pk] = _("What was due has been done meanwhile.")
        elif row.due_on.isoformat() not in notice.once:
            reasons[notice.pk] = _("The term has moved meanwhile.")
    return reasons
