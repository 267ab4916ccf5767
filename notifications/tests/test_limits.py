"""The limits of sending: what is held back and when it goes, what passes, and what a person sees of it."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.utils import timezone

from customers.tests.factories import CustomerFactory, UserFactory
from notifications import rates
from notifications.delivery import deliver_notices, sweep
from notifications.digest_kinds import DEADLINES_DIGEST
from notifications.kinds import INSTALMENT_DUE
from notifications.models import Notice
from notifications.tests.factories import NoticeFactory

pytestmark = pytest.mark.django_db

State = Notice.State
NOON = datetime(2026, 11, 30, 11, 20, tzinfo=UTC)


@pytest.fixture(autouse=True)
def at_noon(monkeypatch):
    monkeypatch.setattr("notifications.delivery.wake_the_worker", lambda ids, queue: True)
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def deliver(*notices):
    results = dict(deliver_notices([each.pk for each in notices]))
    for each in notices:
        each.refresh_from_db()
    return results


def many(number, **given):
    return [NoticeFactory(address=f"c{place}@example.it", **given) for place in range(number)]


def test_too_many_to_a_person_wait_for_the_next_hour_and_then_go(settings, at_noon, caplog):
    settings.NOTICES_PER_PERSON_HOUR = 2
    customer = CustomerFactory()
    notices = many(3, customer=customer)
    other = NoticeFactory()
    assert deliver(*notices, other) == {"sent": 3}
    held = notices[2]
    assert (held.state, held.held, held.send_after) == (
        State.QUEUED,
        "person",
        datetime(2026, 11, 30, 12, tzinfo=UTC),
    )
    assert list(Notice.objects.held_back()) == [held]
    assert str(held.pk) in caplog.text
    at_noon.shift(timedelta(hours=1))
    assert deliver(held) == {"sent": 1}
    assert held.held == ""
    assert not Notice.objects.held_back().exists()


def test_too_many_in_a_day_wait_for_the_next_morning(settings):
    settings.NOTICES_PER_PERSON_DAY = 1
    first, second = many(2, customer=CustomerFactory())
    assert deliver(first, second) == {"sent": 1}
    assert second.send_after == datetime(2026, 12, 1, 7, tzinfo=UTC), "eight o'clock in Rome"


def test_too_many_to_an_address_wait_whoever_they_are_for(settings):
    settings.NOTICES_PER_ADDRESS_HOUR = 2
    notices = [NoticeFactory(address="Agenzia@example.it") for _ in range(3)]
    assert deliver(*notices) == {"sent": 2}
    assert notices[2].held == "address"


def test_what_the_law_asks_for_goes_beyond_the_limit_and_is_marked(settings, caplog):
    settings.NOTICES_PER_PERSON_HOUR = 1
    customer = CustomerFactory()
    notices = many(3, customer=customer, kind="complaint-received")
    assert deliver(*notices) == {"sent": 3}
    assert [each.held for each in notices] == ["", "beyond", "beyond"]
    assert Notice.objects.beyond_limits().count() == 2
    assert "More than 1" in caplog.text or "Più di 1" in caplog.text


def test_our_own_people_are_written_to_as_often_as_needed(settings):
    settings.NOTICES_PER_ADDRESS_HOUR = 1
    user = UserFactory()
    notices = [NoticeFactory(customer=None, user=user, address=user.email) for _ in range(3)]
    assert deliver(*notices) == {"sent": 3}


def test_a_kind_that_goes_round_in_circles_waits_and_the_others_go(settings, caplog):
    settings.NOTICES_PER_KIND_HOUR = 2
    circling, other = many(4, kind="request-received"), NoticeFactory()
    assert deliver(*circling[:2]) == {"sent": 2}
    assert deliver(*circling[2:], other) == {"sent": 1}
    assert [each.state for each in circling] == ["sent", "sent", "queued", "queued"]
    [limit] = rates.reached(["request-received"])
    assert (limit.what, limit.window, limit.number, limit.most) == ("request-received", "hour", 2, 2)
    assert "NOTICES_PER_KIND_HOUR" in caplog.text


def test_all_of_a_day_and_what_is_no_limit(settings):
    settings.NOTICES_PER_DAY = 1
    assert deliver(NoticeFactory()) == {"sent": 1}
    assert deliver(NoticeFactory()) == {}
    settings.NOTICES_PER_DAY = 0
    assert deliver(NoticeFactory()) == {"sent": 1}


def test_without_the_cache_nothing_is_held_back(settings, monkeypatch):
    settings.NOTICES_PER_PERSON_HOUR = 1

    def away(*_arguments, **_options):
        raise ConnectionError

    monkeypatch.setattr(cache, "get_many", away)
    for notice in many(2, customer=CustomerFactory()):
        assert deliver(notice) == {"sent": 1}


def test_who_is_counted_cannot_be_read_from_the_cache(settings):
    notice = NoticeFactory(address="maria.bianchi@example.it")
    assert "maria" not in repr(rates._ones(notice))


def test_what_is_held_is_not_handed_out_before_its_time(settings):
    settings.NOTICES_PER_PERSON_HOUR = 1
    deliver(*many(2, customer=CustomerFactory()))
    assert sweep() == (0, 0)
    assert Notice.objects.oldest_owed(timezone.now()) is None


def test_a_message_that_carries_several_deadlines_goes_beyond_the_limit_as_what_it_carries_would():
    assert DEADLINES_DIGEST.passes_limits
    assert not INSTALMENT_DUE.passes_limits
