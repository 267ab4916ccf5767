"""What customers settled alone, by month and kind: a figure of its own, and in no denominator of the first level.

Nobody of the service was asked, so nobody resolved it: an operation of this sort opens no contact, and the counts of
contacts and calls know nothing of it. Why it is asked of the rows and not kept by the day: docs/decisions/operations.md.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext as _

from customers.models import Operation
from customers.models.operation import OperationKind
from foundation.dates import ROME
from foundation.written_once import WrittenOnce

from .period import Period
from .query import Chosen

KEY = "self_service"
COLUMNS = ("month", "kind", "operations")


@dataclass(frozen=True)
class SelfService:
    """The operations settled by customers alone: `by_month` has the first day of each month, with the count of each kind."""

    by_month: dict[date, Counter[str]] = field(default_factory=dict)

    @property
    def by_kind(self) -> Counter[str]:
        """How many of each kind, the most frequent first."""
        total: Counter[str] = Counter()
        for counts in self.by_month.values():
            total.update(counts)
        return Counter(dict(total.most_common()))

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.by_kind.values())


def label() -> str:
    """What the figure is called."""
    return _("Settled by customers alone")


def definition() -> str:
    """What it counts."""
    return _(
        "Operations that customers asked for and that were done at once, without anybody of the service: payments, and "
        "changes of their own data. By the day on which they were done. They are no contacts: no figure of the first "
        "level counts them."
    )


def self_service(period: Period) -> SelfService:
    """Count the operations of the period, days in Italy, both ends included: one query over their index."""
    first = datetime.combine(period.start, time(0), tzinfo=ROME)
    after = datetime.combine(period.end + timedelta(days=1), time(0), tzinfo=ROME)
    by_month: dict[date, Counter[str]] = {month: Counter() for month in period.months()}
    for month, kind, count in _BY_MONTH.rows(first, after):
        by_month[month.date()][kind] = count
    return SelfService(by_month)


def _by_month(first: datetime, after: datetime) -> QuerySet:
    done = Operation.objects.filter(state=Operation.State.DONE, is_self_service=True)
    done = done.filter(ended_at__gte=first, ended_at__lt=after).order_by()
    months = done.annotate(month=TruncMonth("ended_at", tzinfo=ROME)).values_list("month", "kind")
    return months.annotate(count=Count("pk"))


_BY_MONTH = WrittenOnce(_by_month, datetime(1, 1, 2, tzinfo=UTC), datetime(1, 1, 3, tzinfo=UTC))


def is_known_with(chosen: Chosen) -> bool:
    """Whether the figure can be given: an operation of this sort has no line, topic, agent, team, channel or mass event."""
    return not any((chosen.line, chosen.topic, chosen.agent, chosen.team, chosen.channel, chosen.events))


def as_json(period: Period, chosen: Chosen) -> dict[str, Any] | None:
    """The figure for programs: the total, and by kind and month; None where it cannot be known."""
    if not is_known_with(chosen):
        return None
    found = self_service(period)
    return {
        "total": found.total,
        "by_kind": dict(found.by_kind),
        "by_month": {f"{month:%Y-%m}": dict(counts) for month, counts in found.by_month.items()},
    }


def as_rows(period: Period) -> list[list[Any]]:
    """A row for each month and kind that occurs, for the CSV."""
    found = self_service(period)
    return [
        [f"{month:%Y-%m}", kind, counts[kind]]
        for month, counts in found.by_month.items()
        for kind in OperationKind.values
        if counts[kind]
    ]
