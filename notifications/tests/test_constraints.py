"""What the database refuses to hold in the outbox, each refusal beside a row that it takes."""

import pytest
from django.utils import timezone

from customers.tests.factories import UserFactory
from foundation.tests.database import constraint_names, refused_by, refused_by_trigger
from notifications.models import ChannelCircuit, DeliveryReport, Notice, NoticeEvent, SendingDay, SuppressedAddress
from notifications.tests.factories import (
    ChannelCircuitFactory,
    DeliveryReportFactory,
    NoticeEventFactory,
    NoticeFactory,
    SendingDayFactory,
    SuppressedAddressFactory,
)

pytestmark = pytest.mark.django_db

# constraint, the fields that are taken, the fields that are refused
CASES = [
    ("notice_channel_is_known", {"channel": "push"}, {"channel": "fax"}),
    ("notice_state_is_known", {"state": "withheld"}, {"state": "lost"}),
    ("notice_arrival_is_known", {"arrival": "delivered"}, {"arrival": "perhaps"}),
    ("notice_limit_is_known", {"held": "beyond"}, {"held": "perhaps"}),
    ("notice_has_a_unique_key", {"once": "1"}, {"once": ""}),
    ("notice_has_an_address", {"channel": "inbox", "address": ""}, {"address": ""}),
    ("notice_is_for_somebody", {"customer": None}, {"customer": None, "channel": "inbox", "address": ""}),
    ("notice_sent_has_its_moment", {"state": "sent", "sent_at": timezone.now()}, {"state": "sent"}),
    ("notice_has_text_or_facts", {"words": {}, "subject": "", "body_text": ""}, {"subject": "", "body_text": ""}),
    (
        "notice_on_its_way_has_its_text",
        {"state": "sent", "sent_at": timezone.now()},
        {"state": "sent", "sent_at": timezone.now(), "words": {}, "subject": "", "body_text": ""},
    ),
    ("notice_being_sent_is_claimed", {"state": "sending", "claimed_at": timezone.now()}, {"state": "sending"}),
]


@pytest.mark.parametrize(("name", "good", "bad"), CASES, ids=[case[0] for case in CASES])
def test_a_bad_row_is_refused_beside_a_good_one(name, good, bad):
    NoticeFactory(**good)
    with refused_by(name):
        NoticeFactory(**bad)


def test_a_notice_is_carried_by_another_and_never_by_itself():
    carrying, carried = NoticeFactory(), NoticeFactory()
    Notice.objects.filter(pk=carried.pk).update(digest=carrying)
    with refused_by("notice_is_carried_by_another"):
        Notice.objects.filter(pk=carrying.pk).update(digest=carrying)


# The same for an address to which nothing goes any more.
SUPPRESSED = [
    ("suppressed_address_is_given", {"address": "a@example.it"}, {"address": ""}),
    ("suppressed_address_is_lower_case", {"address": "b@example.it"}, {"address": "B@example.it"}),
    ("suppression_reason_is_known", {"reason": "asked"}, {"reason": "moody"}),
]


@pytest.mark.parametrize(("name", "good", "bad"), SUPPRESSED, ids=[case[0] for case in SUPPRESSED])
def test_a_bad_suppression_is_refused_beside_a_good_one(name, good, bad):
    SuppressedAddressFactory(**good)
    with refused_by(name):
        SuppressedAddressFactory(**bad)


def test_an_address_is_suppressed_once_at_a_time():
    first = SuppressedAddressFactory()
    with refused_by("address_suppressed_once"):
        SuppressedAddressFactory(address=first.address)
    first.lifted_at = timezone.now()
    first.save()
    SuppressedAddressFactory(address=first.address)


def test_a_suppression_is_not_lifted_by_somebody_at_no_moment():
    with refused_by("lifted_by_somebody_at_a_moment"):
        SuppressedAddressFactory(lifted_by=UserFactory())


# The same for how sending goes.
SENDING = [
    ("circuit_channel_is_known", ChannelCircuitFactory, {"channel": "push"}, {"channel": "fax"}),
    (
        "circuit_rests_since_and_until",
        ChannelCircuitFactory,
        {"rests_until": timezone.now(), "opened_at": timezone.now()},
        {"rests_until": timezone.now()},
    ),
    ("circuit_trial_has_its_moment", ChannelCircuitFactory, {"asked_at": timezone.now()}, {"asked_by": UserFactory}),
    ("sending_day_once", SendingDayFactory, {"kind": "one"}, {"kind": "one"}),
    ("sending_day_channel_is_known", SendingDayFactory, {"channel": "post"}, {"channel": "fax"}),
    ("sending_day_costs_something_or_nothing", SendingDayFactory, {"cost": 0}, {"cost": -1}),
]


@pytest.mark.parametrize(("name", "factory", "good", "bad"), SENDING, ids=[case[0] for case in SENDING])
def test_a_bad_row_of_sending_is_refused_beside_a_good_one(name, factory, good, bad):
    bad = {field: value() if callable(value) else value for field, value in bad.items()}
    factory(**good)
    with refused_by(name):
        factory(**bad)


def test_an_event_is_a_change():
    with refused_by("notice_event_changes_the_state"):
        NoticeEventFactory(old="queued", new="queued")


def test_an_event_is_never_rewritten():
    event = NoticeEventFactory()
    event.detail = "something else"
    with refused_by_trigger():
        event.save()


REPORTS = [
    ("report_outcome_is_known", {"outcome": "perhaps"}),
    ("report_signature_is_known", {"signature": "perhaps"}),
    ("a_wrong_signature_proves_nothing", {"outcome": "delivered", "signature": "wrong"}),
    ("unproved_by_its_signature", {"outcome": "unproved", "signature": ""}),
]


@pytest.mark.parametrize(("constraint", "values"), REPORTS)
def test_a_report_is_refused(constraint, values):
    with refused_by(constraint):
        DeliveryReportFactory(**values)


def test_a_report_is_never_rewritten():
    report = DeliveryReportFactory()
    report.outcome = DeliveryReport.Outcome.DELIVERED
    with refused_by_trigger():
        report.save()


def test_every_constraint_has_its_case():
    assert constraint_names(DeliveryReport) == {case[0] for case in REPORTS}
    assert {*(case[0] for case in CASES), "notice_is_carried_by_another"} == constraint_names(Notice)
    assert constraint_names(SuppressedAddress) == {
        *(case[0] for case in SUPPRESSED),
        "lifted_by_somebody_at_a_moment",
        "address_suppressed_once",
    }
    assert constraint_names(ChannelCircuit) | constraint_names(SendingDay) == {case[0] for case in SENDING}
    assert constraint_names(NoticeEvent) == {"notice_event_changes_the_state"}


def test_the_same_thing_is_not_written_twice():
    first = NoticeFactory()
    with refused_by("notifications_notice_once_key"):
        NoticeFactory(once=first.once)


def test_a_notice_waits_until_its_moment():
    now = timezone.now()
    due = NoticeFactory(send_after=now)
    NoticeFactory(send_after=now + timezone.timedelta(seconds=1))
    NoticeFactory(send_after=now, state=Notice.State.WITHHELD)
    assert list(Notice.objects.waiting(now)) == [due]
