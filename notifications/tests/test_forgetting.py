"""What is forgotten by itself after 30 days: enrolments that came to nothing, and mail to addresses that are nobody's."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from customers.models import Enrolment
from customers.tests.factories import EnrolmentFactory, UserFactory
from notifications.models import Notice, NoticeAttachment, NoticeEvent
from notifications.services import forget_strangers
from notifications.tests.factories import NoticeAttachmentFactory, NoticeEventFactory, NoticeFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()
DAY_30, AFTER = NOW - timedelta(days=30), NOW - timedelta(days=30, seconds=1)


def to_stranger(**fields):
    return NoticeFactory(**{"kind": "enrolment-unknown", "customer": None, "created_at": AFTER} | fields)


def test_an_enrolment_that_came_to_nothing_is_forgotten_after_thirty_days():
    EnrolmentFactory(created_at=AFTER)
    EnrolmentFactory(created_at=AFTER, linked=True)
    kept = EnrolmentFactory(created_at=DAY_30)
    assert (forget_strangers(NOW), forget_strangers(NOW)) == (2, 0)
    assert Enrolment.objects.get() == kept


def test_an_enrolment_that_was_completed_remains():
    EnrolmentFactory(created_at=AFTER, linked=True, used_at=AFTER)
    assert forget_strangers(NOW) == 0


@pytest.mark.parametrize("kind", ["enrolment-unknown", "account-mail"])
@pytest.mark.parametrize("state", ["queued", "refused", "in_doubt", "withheld"])
def test_mail_about_a_sign_in_to_an_address_that_is_nobodys_is_forgotten(kind, state):
    to_stranger(kind=kind, state=state)
    kept = to_stranger(kind=kind, state=state, created_at=DAY_30)
    assert (forget_strangers(NOW), forget_strangers(NOW)) == (1, 0)
    assert Notice.objects.get() == kept


def test_files_and_events_of_a_notice_go_with_it():
    notice = to_stranger()
    NoticeAttachmentFactory(notice=notice)
    NoticeEventFactory(notice=notice)
    assert forget_strangers(NOW) == 1
    assert [NoticeAttachment.objects.count(), NoticeEvent.objects.count()] == [0, 0]


def test_what_was_written_to_somebody_known_remains():
    NoticeFactory(kind="enrolment-unknown", created_at=AFTER)
    to_stranger(kind="account-mail", user=UserFactory())
    assert forget_strangers(NOW) == 0


@pytest.mark.parametrize("kind", ["request-received", "complaint-received"])
def test_what_was_written_to_a_stranger_about_a_request_or_complaint_remains(kind):
    to_stranger(kind=kind)
    assert forget_strangers(NOW) == 0


def test_more_than_a_chunk_goes_in_one_night():
    for _each in range(5):
        to_stranger()
        EnrolmentFactory(created_at=AFTER)
    assert forget_strangers(NOW, chunk=2) == 10


def test_the_notices_are_found_by_their_own_index():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    found = Notice.objects.to_strangers().filter(created_at__lt=AFTER).order_by().values_list("pk", flat=True)
    assert "notice_to_stranger" in found[:100].explain()
