"""What became of the notices of each day, by kind and channel: counted in the database, once for the days that are over.

A day is that on which a notice was written, in Rome. Reports come for weeks, so the last days are counted again; what is older
than RECOUNTED remains as it was counted, also when the notices themselves are emptied by the retention.
"""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from foundation.dates import ROME

RECOUNTED = 45  # days in which a letter may still come back
# "2 x GSM-7 (161) = 0.14 EUR: …": what a receipt says of the cost of its message (channels/sms, channels/pec, letters).
COST = r"= ([0-9]{1,8}(?:\.[0-9]{1,6})?) EUR"

COUNTED = """
    SELECT (notice.created_at AT TIME ZONE 'Europe/Rome')::date AS day, notice.kind, notice.channel,
           count(*) AS written,
           count(*) FILTER (WHERE notice.state IN ('queued', 'sending')) AS waiting,
           count(*) FILTER (WHERE notice.state = 'queued' AND notice.held IN ('person', 'address')) AS held,
           count(*) FILTER (WHERE notice.state = 'sent') AS sent,
           count(*) FILTER (WHERE notice.arrival = 'delivered') AS arrived,
           count(*) FILTER (WHERE notice.arrival = 'failed') AS came_back,
           count(notice.read_at) AS read,
           count(*) FILTER (WHERE notice.state = 'refused') AS refused,
           count(*) FILTER (WHERE notice.state = 'in_doubt') AS in_doubt,
           count(*) FILTER (WHERE notice.state = 'withheld') AS withheld,
           coalesce(sum(substring(notice.receipt FROM %(cost)s)::numeric), 0) AS cost
    FROM notifications_notice AS notice
    WHERE notice.created_at >= %(first)s AND notice.created_at < %(after)s
    GROUP BY 1, 2, 3
"""
NUMBERS = (
    "written",
    "waiting",
    "held",
    "sent",
    "arrived",
    "came_back",
    "read",
    "refused",
    "in_doubt",
    "withheld",
    "cost",
)
_COLUMNS = ", ".join(NUMBERS)
STORE = f"""
    INSERT INTO notifications_sendingday AS kept (day, kind, channel, {_COLUMNS}, counted_at)
    SELECT day, kind, channel, {_COLUMNS}, %(now)s FROM ({COUNTED}) AS counted
    ON CONFLICT (day, kind, channel) DO UPDATE
    SET {", ".join(f"{name} = excluded.{name}" for name in NUMBERS)}, counted_at = excluded.counted_at
"""  # noqa: S608 - our own words


def count_days(now: datetime, *, days: int) -> int:
    """Count the last `days` days again, today included; returns how many rows were written."""
    today = timezone.localdate(now, ROME)
    with connection.cursor() as cursor:
        cursor.execute(STORE, _span(today - timedelta(days=days - 1), today) | {"now": now})
        return cursor.rowcount


def counted_now(first: date, last: date) -> list[dict[str, Any]]:
    """The same numbers of the days from `first` to `last`, from the notices as they stand: for the day that is not over."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTED, _span(first, last))
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _span(first: date, last: date) -> dict[str, Any]:
    return {
        "first": datetime.combine(first, time.min, tzinfo=ROME),
        "after": datetime.combine(last + timedelta(days=1), time.min, tzinfo=ROME),
        "cost": COST,
    }
