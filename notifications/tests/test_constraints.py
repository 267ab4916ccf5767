"""What the database refuses to hold in the outbox, each refusal beside a row that it takes."""

import pytest
from django.utils import timezone

from customers.tests.database import constraint_names, refused_by
from notifications.models import Notice
from notifications.tests.factories import NoticeFactory

pytestmark = pytest.mark.django_db

# constraint, the fields that are taken, the fields that are refused
CASES = [
    ("notice_channel_is_known", {"channel": "push"}, {"channel": "fax"}),
    ("notice_state_is_known", {"state": "withheld"}, {"state": "lost"}),
    ("notice_has_a_unique_key", {"once": "1"}, {"once": ""}),
    ("notice_has_an_address", {"channel": "inbox", "address": ""}, {"address": ""}),
    ("notice_is_for_somebody", {"customer": None}, {"customer": None, "channel": "inbox", "address": ""}),
    ("notice_sent_has_its_moment", {"state": "sent", "sent_at": timezone.now()}, {"state": "sent"}),
    ("notice_being_sent_is_claimed", {"state": "sending", "claimed_at": timezone.now()}, {"state": "sending"}),
]


@pytest.mark.parametrize(("name", "good", "bad"), CASES, ids=[case[0] for case in CASES])
def test_a_bad_row_is_refused_beside_a_good_one(name, good, bad):
    NoticeFactory(**good)
    with refused_by(name):
        NoticeFactory(**bad)


def test_every_constraint_has_its_case():
    assert {case[0] for case in CASES} == constraint_names(Notice)


def test_the_same_thing_is_not_told_twice():
    first = NoticeFactory()
    with refused_by("notifications_notice_once_key"):
        NoticeFactory(once=first.once)


def test_a_notice_waits_until_its_moment():
    now = timezone.now()
    due = NoticeFactory(send_after=now)
    NoticeFactory(send_after=now + timezone.timedelta(seconds=1))
    NoticeFactory(send_after=now, state=Notice.State.WITHHELD)
    assert list(Notice.objects.waiting(now)) == [due]
