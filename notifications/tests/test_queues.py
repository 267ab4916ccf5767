"""What one person waits for stands behind nothing that goes to many: the queues, and that the database finds what is urgent."""

import pytest
from celery import current_app
from django.conf import settings
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from foundation.tests.database import as_new
from notifications.delivery import owed_by_queue, sweep
from notifications.kinds import KINDS, urgent_codes
from notifications.models import Notice
from notifications.queues import QUEUES
from notifications.services import queue_notice, waking
from notifications.tests.factories import NoticeFactory

pytestmark = pytest.mark.django_db

MANY = """
    INSERT INTO notifications_notice
        (kind, channel, once, address, language, subject, body_text, body_html, is_promotional, state, attempts, message_id,
         problem, created_at, send_after)
    SELECT %(kind)s, 'email', %(kind)s || ':' || n, 'c' || n || '@example.it', 'it', 'Oggetto', 'Testo', '', %(promotional)s,
           'queued', 0, '', '', now(), now() - interval '1 day'
    FROM generate_series(1, %(number)s) AS n
"""


def write_many(number, kind, *, promotional=False):
    with connection.cursor() as cursor:
        cursor.execute(MANY, {"number": number, "kind": kind, "promotional": promotional})


def test_each_kind_goes_to_the_queue_of_who_waits_for_it():
    code, alert, offer = (
        NoticeFactory(kind="code-email"),
        NoticeFactory(kind="instalment-due"),
        NoticeFactory(kind="promotion", is_promotional=True),
    )
    unknown = NoticeFactory(kind="of-the-past")
    assert owed_by_queue(timezone.now()) == {
        "urgent": [code.pk],
        "bulk": [alert.pk, unknown.pk],
        "promotions": [offer.pk],
    }


def test_alerts_over_the_portfolio_are_bulk_and_claims_and_codes_are_not():
    bulk = {kind.code for kind in KINDS.values() if kind.is_bulk}
    assert {"policy-expiring", "instalment-due", "instalment-overdue"} <= bulk
    assert {"code-sms", "code-email", "claim-taken-in-charge", "complaint-answered"} <= urgent_codes()


def test_a_command_wakes_the_workers_of_its_kind(monkeypatch, django_capture_on_commit_callbacks):
    published = []
    monkeypatch.setattr(waking, "_left_alone_until", 0.0)
    monkeypatch.setattr(current_app, "send_task", lambda name, args, **options: published.append(options["queue"]))
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        queue_notice(KINDS["code-email"], once="a", words={"code": "1", "minutes": 10}, address="a@example.it")
        certificate = {"policy": "1", "product": "RCA", "plate": "AB123CD", "dated_on": timezone.localdate()}
        certificate["ends_on"] = timezone.localdate()
        queue_notice(KINDS["certificate-available"], once="b", words=certificate, address="a@example.it")
    waking.publisher.finish()
    assert sorted(published) == ["bulk", "urgent"]


def test_every_queue_that_something_is_sent_to_is_one_that_a_worker_takes_from():
    names = {each.name for each in QUEUES}
    assert {queue.name for queue in settings.CELERY_TASK_QUEUES} == names
    routed = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()}
    beats = {entry.get("options", {}).get("queue", "celery") for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert routed | beats <= names


def test_a_code_is_found_by_an_index_among_alerts_and_promotions_to_many(monkeypatch):
    as_new(Notice)
    write_many(2_000, "instalment-due")
    write_many(2_000, "promotion", promotional=True)
    code = NoticeFactory(kind="code-email")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE notifications_notice")
        cursor.execute("SET LOCAL enable_seqscan = off")  # among so few the planner might read all
    published = []
    monkeypatch.setattr("notifications.delivery.wake_the_worker", lambda ids, queue: published.append((queue, ids)))
    with CaptureQueriesContext(
        connection,
    ) as asked:
        sweep()
    assert published[0] == ("urgent", [code.pk])
    urgent = next(each["sql"] for each in asked if "code-email" in each["sql"] and "NOT ((" not in each["sql"][:2000])
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + urgent)
        [plan] = cursor.fetchone()[0]
    assert rows_read(plan["Plan"]) < 100, plan


def rows_read(plan):
    """How many rows the parts of a plan read together, those that they threw away included."""
    own = plan.get("Actual Rows", 0) + plan.get("Rows Removed by Filter", 0)
    return own + sum(rows_read(each) for each in plan.get("Plans", ()))


def test_sweeping_asks_the_same_number_of_questions_for_one_and_for_many(monkeypatch):
    monkeypatch.setattr("notifications.delivery.wake_the_worker", lambda ids, queue: True)

    def questions():
        with CaptureQueriesContext(connection) as asked:
            sweep()
        return len(asked)

    NoticeFactory(kind="code-email")
    one = questions()
    write_many(500, "instalment-due")
    assert questions() == one
    assert Notice.objects.count() == 501
