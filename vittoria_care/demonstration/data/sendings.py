"""What went out in the last year, day by day: the days that lie before the notices that are kept, for the page of sending."""

import datetime
from decimal import Decimal

from django.utils import timezone

from notifications.kinds import CLAIM_TAKEN_IN_CHARGE, INSTALMENT_DUE, INSTALMENT_OVERDUE, POLICY_EXPIRING
from notifications.models import SendingDay
from notifications.sendings.counting import RECOUNTED, count_days

from .profiles import Plan

DAYS = 365
# Kind, channel, how many on an ordinary day, and what one costs in euro.
USUAL = (
    (POLICY_EXPIRING.code, "email", 14, Decimal(0)),
    (POLICY_EXPIRING.code, "inbox", 8, Decimal(0)),
    (POLICY_EXPIRING.code, "sms", 3, Decimal("0.07")),
    (POLICY_EXPIRING.code, "pec", 2, Decimal("0.09")),
    (POLICY_EXPIRING.code, "post", 1, Decimal("1.25")),
    (INSTALMENT_DUE.code, "email", 9, Decimal(0)),
    (INSTALMENT_OVERDUE.code, "email", 3, Decimal(0)),
    (CLAIM_TAKEN_IN_CHARGE.code, "email", 2, Decimal(0)),
)


def make_sending_days(plan: Plan) -> int:
    """The year before the notices that are kept, then these as they are; returns how many rows."""
    rng, today = plan.stream("sendings"), timezone.localdate(plan.as_of)
    made = []
    for age in range(RECOUNTED, DAYS):
        day = today - datetime.timedelta(days=age)
        if day.weekday() == 6:
            continue
        for kind, channel, usual, price in USUAL:
            written = max(0, round(rng.gauss(usual, usual / 4)))
            refused = round(written * 0.02)
            sent = written - refused
            if not written:
                continue
            made.append(
                SendingDay(
                    day=day,
                    kind=kind,
                    channel=channel,
                    written=written,
                    sent=sent,
                    refused=refused,
                    arrived=sent if channel in ("sms", "pec") else 0,
                    came_back=1 if channel == "post" and rng.random() < 0.1 else 0,
                    read=round(sent * 0.55) if channel == "inbox" else 0,
                    cost=sent * price,
                    counted_at=plan.as_of,
                )
            )
    SendingDay.objects.bulk_create(made)
    return len(made) + count_days(plan.as_of, days=RECOUNTED)
