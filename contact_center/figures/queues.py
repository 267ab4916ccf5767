"""Query: how long callers were in each queue, from the stored days (`QueueDay`), and the calls behind it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from contact_center.models import CallLeg, Contact, QueueDay, TollFreeLine

from .period import Period
from .query import Named, Without

COUNTS = ("calls", "entered", "answered", "abandoned", "waits_known", "wait_seconds", "talks_known", "talk_seconds")


@dataclass(frozen=True, slots=True)
class QueueRow:
    """The queue of a line, as the first of its calls or as a later one. A mean is seconds over how many are known."""

    code: str
    name: str
    is_first: bool
    calls: int
    entered: int
    answered: int
    abandoned: int
    waits_known: int
    wait_seconds: int
    talks_known: int
    talk_seconds: int


def queues(period: Period, *, line: Named | Without | None = None, channel: str | None = None) -> list[QueueRow]:
    """The queues through which calls of the period passed, in the order of the lines, the first before the later. Two queries.

    None for another channel than the telephone, or for what has no line.
    """
    if isinstance(line, Without) or channel not in (None, Contact.Channel.PHONE):
        return []
    days = QueueDay.objects.filter(day__range=(period.start, period.end))
    if line is not None:
        days = days.filter(line=line.pk)
    sums = {f"sum_of_{name}": Sum(name) for name in COUNTS}
    rows = cast("Iterable[dict[str, Any]]", days.values("line", "is_first").annotate(**sums).order_by())
    found = {(row["line"], row["is_first"]): row for row in rows}
    return [
        QueueRow(one.code, one.shown_name, is_first, *(found[one.pk, is_first][f"sum_of_{name}"] for name in COUNTS))
        for one in TollFreeLine.objects.all()
        for is_first in (True, False)
        if (one.pk, is_first) in found
    ]


def through_queue(rows: QuerySet[Any], line_id: int, *, is_first: bool) -> QuerySet[Any]:
    """Those of the calls that were in the queue of a line, first or later; none of contacts."""
    if rows.model is Contact:
        return rows.none()
    legs = CallLeg.objects.filter(call=OuterRef("pk"))
    if not is_first:
        return rows.filter(Exists(legs.filter(line=line_id, position__gt=1)))
    return rows.filter(Exists(legs.filter(line=line_id, position=1)) | Q(line=line_id) & ~Exists(legs))
