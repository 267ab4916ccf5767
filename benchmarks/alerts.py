"""Deadline alerts for the whole portfolio, against one raw INSERT … SELECT … ON CONFLICT of the same notices."""

import statistics
from collections.abc import Iterator
from datetime import date, timedelta

import pgtrigger

from notifications.alerts.events import BY_KIND, EXPIRY_DAYS
from notifications.deadlines import plan_alerts
from notifications.models import Notice

from . import data
from .measure import Row, Scale, at_most, say, seconds_of

DUE = 20_000  # of 1.5 million policies, and in proportion
RUNS = 5
TIMES = 2

# The same notices with the least that can be done: the policies that end on these days, with an address, a row for each.
# It does not check who has a notice already, what was renewed, which address is better or suppressed, who is enrolled.
RAW = """
    INSERT INTO notifications_notice (kind, channel, once, customer_id, address, language, words, subject, body_text,
                                      body_html, is_promotional, state, attempts, message_id, problem, created_at,
                                      send_after)
    SELECT 'raw', CASE WHEN point.value IS NULL THEN 'inbox' ELSE 'email' END,
           'raw:' || policy.id || ':' || policy.ends_on, policy.holder_id, coalesce(point.value, ''), customer.language,
           jsonb_build_object('policy', policy.number, 'product', policy.product, 'plate', policy.plate, 'line',
                              policy.ramo, 'ends_on', policy.ends_on, 'premium', policy.premium::text, 'annual',
                              policy.annual, 'grace_days', policy.grace_days),
           '', '', '', false, 'queued', 0, '', '', now(), now()
    FROM customers_policy AS policy
    JOIN customers_customer AS customer ON customer.id = policy.holder_id
    LEFT JOIN customers_contactpoint AS point ON point.customer_id = policy.holder_id AND point.kind = 'email'
    WHERE policy.state = 'active' AND policy.ramo = '10' AND policy.ends_on BETWEEN %(first)s AND %(last)s
    ON CONFLICT (once) DO NOTHING
"""


def measure(scale: Scale) -> Iterator[Row]:
    """A night on which many alerts are due beside those sent before; then one on which nothing is due."""
    data.portfolio(scale)
    due = DUE * scale.policies // 1_500_000
    today = date.today()  # noqa: DTZ011 - as the portfolio's own `current_date`
    last = today + timedelta(days=EXPIRY_DAYS)
    first = _first_day_of_the_due(last, due)
    before = first - timedelta(days=1 + EXPIRY_DAYS)
    data.truncate("notifications_notice")
    say("the alerts of the nights before")
    plan_alerts(before)
    earlier = Notice.objects.count()
    data.vacuum("notifications_notice")
    raw, ours, written, again = [], [], [], []
    for _run in range(RUNS):
        raw.append(seconds_of(lambda: data.execute(RAW, {"first": first, "last": last})))
        written.append(Notice.objects.filter(kind="raw").count())
        _back_to(earlier)
        ours.append(seconds_of(lambda: plan_alerts(today)))
        written.append(Notice.objects.count() - earlier)
        again.append(seconds_of(lambda: plan_alerts(today)))
        _back_to(earlier)
    where = f"{scale.policies:,} policies, {written[1]:,} due, {earlier:,} sent before"
    limit = statistics.median(raw)
    yield Row(f"raw INSERT … SELECT of {written[0]:,} notices", limit, "s")
    aim = f"at most {TIMES} times the raw INSERT … SELECT"
    yield at_most(f"deadline alerts: {where}", statistics.median(ours), "s", limit, TIMES, aim=aim)
    yield Row("deadline alerts: the same night once more, nothing due", statistics.median(again), "s")
    data.truncate("notifications_notice")


def _first_day_of_the_due(last: date, due: int) -> date:
    """The day from which on so many motor policies end until the last day of the window."""
    [[motor]] = data.execute("SELECT count(*) FROM customers_policy WHERE state = 'active' AND ramo = '10'")
    return last - timedelta(days=max(1, round(due / (motor / 365))) - 1)


def _back_to(earlier: int) -> None:
    """Delete what a run wrote, so that the table is as before."""
    kinds = list(BY_KIND)
    ids = Notice.objects.order_by("pk").values_list("pk", flat=True)
    last = ids[earlier - 1 : earlier].first() if earlier else None
    since = Notice.objects.filter(kind__in=kinds, pk__gt=last or 0)
    with pgtrigger.ignore("notifications.Notice:never_deleted"):
        (since | Notice.objects.filter(kind="raw"))._raw_delete("default")
    data.vacuum("notifications_notice")
