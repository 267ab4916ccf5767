"""Queries of the page of sending: days by kind and channel, what waits longest, what failed and why, how fast it goes, its cost.

Every question is bounded: past days are read where they were counted (`SendingDay`), the day that is not over from its own
notices, and what waits or failed from indexes that hold nothing else.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone

from foundation.dates import ROME
from foundation.requests import Reader
from foundation.slots import Slot
from notifications.channels import Channel
from notifications.kinds import name_of
from notifications.models import Notice, SendingDay
from notifications.sendings.causes import Cause, cause_of
from notifications.sendings.counting import NUMBERS, counted_now

State = Notice.State

MOST_FAILURES = 2_000  # looked at; the newest
FAILED_WITHIN = timedelta(days=60)
OLDEST = 10
RETRIED_FOR = timedelta(days=4)  # a notice is sent within these days of its writing, or never
LONGEST_BY_HOUR = 2  # days; longer spans are drawn by day

SENT_BY_TIME = """
    SELECT date_trunc(%(unit)s, notice.sent_at AT TIME ZONE 'Europe/Rome') AS at, count(*)
    FROM notifications_notice AS notice
    WHERE notice.created_at >= %(written_since)s AND notice.created_at < %(until)s
      AND notice.sent_at >= %(since)s AND notice.sent_at < %(until)s
    GROUP BY 1 ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Line:
    """The numbers of a kind on a channel, over some days."""

    kind: str
    name: str
    channel: str
    channel_name: str
    numbers: dict[str, Any]


@dataclass(slots=True)
class Failures:
    """The notices that failed for one cause: how many, and the newest of them."""

    cause: Cause
    number: int = 0
    newest: list[int] = field(default_factory=list)
    examples: list[str] = field(default_factory=list)  # words as they were kept


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign that is being sent, or was lately: of an app further up."""

    name: str
    url: str
    state: str
    total: int
    done: int
    waiting: int
    left_out: int
    began_at: datetime | None


# What the apps further up are sending: (reader, most) in, the newest first.
CAMPAIGNS: Slot[Callable[[Reader, int], list[Campaign]]] = Slot("the campaigns on the page of sending")


def lines_of(first: date, last: date, now: datetime) -> list[Line]:
    """The days from `first` to `last` by kind and channel, the most written first; today as it stands this moment."""
    today = timezone.localdate(now, ROME)
    sums: dict[tuple[str, str], dict[str, Any]] = defaultdict(lambda: dict.fromkeys(NUMBERS, 0))
    if first < today:
        past = SendingDay.objects.filter(day__gte=first, day__lte=min(last, today - timedelta(days=1))).order_by()
        summed = past.values("kind", "channel").annotate(**{f"sum_{name}": Sum(name) for name in NUMBERS})
        for kind, channel, *numbers in summed.values_list("kind", "channel", *(f"sum_{name}" for name in NUMBERS)):
            sums[kind, channel] = dict(zip(NUMBERS, numbers, strict=True))
    if last >= today:
        for row in counted_now(today, today):
            for name in NUMBERS:
                sums[row["kind"], row["channel"]][name] += row[name]
    lines = [
        Line(kind, name_of(kind), channel, str(Channel(channel).label), numbers)
        for (kind, channel), numbers in sums.items()
    ]
    return sorted(lines, key=lambda line: (-line.numbers["written"], line.kind, line.channel))


def total_of(lines: Iterable[Line]) -> dict[str, Any]:
    """The sums of all lines."""
    total: dict[str, Any] = dict.fromkeys(NUMBERS, 0)
    for line in lines:
        for name in NUMBERS:
            total[name] += line.numbers[name]
    return total


def oldest_waiting(now: datetime) -> list[Notice]:
    """The notices that have been owed for longest and have not gone."""
    return list(Notice.objects.owed(now).for_list().select_related("user")[:OLDEST])


def failures_of(now: datetime) -> list[Failures]:
    """What a person has to decide, by cause, the most first: refused, in doubt, or come back, among the newest of each."""
    found: dict[Cause, Failures] = {}
    trouble = Notice.objects.in_trouble().filter(created_at__gte=now - FAILED_WITHIN).order_by("-created_at")
    for pk, state, problem in trouble.values_list("pk", "state", "problem")[:MOST_FAILURES]:
        cause = cause_of(problem, in_doubt=state == State.IN_DOUBT)
        group = found.setdefault(cause, Failures(cause))
        group.number += 1
        group.newest = [*group.newest, pk] if len(group.newest) < 3 else group.newest
        words = problem[:120]
        if words not in group.examples and len(group.examples) < 3:
            group.examples.append(words)
    return sorted(found.values(), key=lambda group: -group.number)


def failed_ids(cause: Cause, now: datetime, *, most: int) -> list[int]:
    """The refused notices of a cause, oldest first; those in doubt have decisions of their own."""
    refused = Notice.objects.in_trouble().filter(state=State.REFUSED, created_at__gte=now - FAILED_WITHIN)
    rows = refused.order_by("-created_at").values_list("pk", "problem")[:MOST_FAILURES]
    return sorted(pk for pk, problem in rows if cause_of(problem) is cause)[:most]


def sent_by_time(first: date, last: date, now: datetime) -> list[tuple[str, int]]:
    """How many left in each hour of one or two days, or on each day of more: label and number, the empty ones too."""
    since = datetime.combine(first, datetime.min.time(), tzinfo=ROME)
    until = datetime.combine(last + timedelta(days=1), datetime.min.time(), tzinfo=ROME)
    days = (last - first).days + 1
    if days > LONGEST_BY_HOUR:
        written = SendingDay.objects.filter(day__gte=first, day__lte=last).order_by().values_list("day")
        sums = dict(written.annotate(number=Sum("sent")))
        return [
            (f"{day:%d/%m}", sums.get(day, 0)) for day in (first + timedelta(days=number) for number in range(days))
        ]
    found = _sent("hour", since, until)
    hours = [since.replace(tzinfo=None) + timedelta(hours=number) for number in range(24 * days)]
    return [(f"{hour:%H}" if days == 1 else f"{hour:%d/%m %H}", found.get(hour, 0)) for hour in hours]


def sent_by_minute(now: datetime, *, minutes: int = 60) -> list[tuple[str, int]]:
    """How many left in each of the last minutes, the one that is not over left out."""
    until = now.astimezone(ROME).replace(second=0, microsecond=0)
    since = until - timedelta(minutes=minutes)
    found = _sent("minute", since, until)
    each = [(since + timedelta(minutes=number)).replace(tzinfo=None) for number in range(minutes)]
    return [(f"{minute:%H:%M}", found.get(minute, 0)) for minute in each]


def _sent(unit: str, since: datetime, until: datetime) -> dict[datetime, int]:
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"unit": unit, "since": since, "until": until, "written_since": since - RETRIED_FOR}
        cursor.execute(SENT_BY_TIME, values)
        return dict(cursor.fetchall())


def costs_of(today: date) -> list[tuple[date, dict[str, Decimal], Decimal]]:
    """The cost of each of the last months by channel, and together; what has no price is not there. Newest first."""
    first = date(today.year - 1, today.month, 1) + timedelta(days=31)
    first = first.replace(day=1)
    rows = SendingDay.objects.filter(day__gte=first, cost__gt=0).order_by()
    found: dict[date, dict[str, Decimal]] = defaultdict(dict)
    for month, channel, cost in (
        rows.annotate(month=TruncMonth("day")).values_list("month", "channel").annotate(sum=Sum("cost"))
    ):
        found[month][channel] = cost
    return [(month, costs, sum(costs.values(), Decimal(0))) for month, costs in sorted(found.items(), reverse=True)]
