"""Callers who gave up waiting are called back by the policy of their line: once a day, and not if they have reached us since."""

from datetime import datetime, time, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contact_center.call_backs.agreeing import call_off
from contact_center.call_backs.gave_up import follow_those_who_gave_up
from contact_center.call_backs.making import begin_call_back
from contact_center.calls import recording
from contact_center.calls.events import Event
from contact_center.models import Call, CallBack, Contact
from contact_center.tests.factories import (
    AgentFactory,
    CallBackFactory,
    CallFactory,
    OpeningPeriodFactory,
    TeamFactory,
    TollFreeLineFactory,
)
from customers import roles
from customers.models import ContactPoint
from customers.tests.factories import CustomerFactory, UserFactory
from foundation.dates import ROME

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 4, 10, tzinfo=ROME)  # a Monday
CALLER = "+393331234567"


@pytest.fixture(autouse=True)
def _a_monday():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def line():
    return TollFreeLineFactory(calls_back_abandoned=True, abandoned_after_seconds=30, abandoned_within_minutes=60)


@pytest.fixture
def agent():
    return AgentFactory(user=UserFactory(role=roles.AGENT), team=TeamFactory())


def gave_up(line, *, minutes=5, wait=90, caller=CALLER, disposition="abandoned"):
    queued = NOW - timedelta(minutes=minutes)
    return CallFactory(
        line=line,
        caller=caller,
        contact=None,
        agent=None,
        queued_at=queued,
        answered_at=None,
        ended_at=queued + timedelta(seconds=wait),
        wait_seconds=wait,
        talk_seconds=0,
        disposition=disposition,
    )


def answered(line, *, minutes=1, caller=CALLER):
    at = NOW - timedelta(minutes=minutes)
    return CallFactory(line=line, caller=caller, queued_at=at, answered_at=at, ended_at=None, disposition="open")


def follow():
    return follow_those_who_gave_up(timezone.now())


def test_a_caller_who_gave_up_is_promised_a_call_back(line):
    call = gave_up(line)
    assert follow() == (1, 0)
    call_back = CallBack.objects.get()
    assert (call_back.source, call_back.phone, call_back.customer) == ("gave_up", CALLER, None)
    assert (call_back.starts_at, call_back.ends_at) == (call.ended_at, call.ended_at + timedelta(hours=1))
    assert (call_back.gave_up_count, call_back.longest_wait_seconds) == (1, 90)
    contact = call_back.contact
    assert (contact.state, contact.direction, contact.due_at) == ("open", "outbound", call_back.ends_at)
    assert not contact.in_base  # the call is counted as a call, and the call-back as nothing


def test_found_once_more_it_promises_nothing(line):
    gave_up(line)
    follow()
    assert follow() == (0, 0)
    assert Contact.objects.count() == 1


def test_further_calls_are_counted_in_it(line):
    gave_up(line)
    follow()
    gave_up(line, minutes=3, wait=150)
    assert follow() == (0, 0)
    call_back = CallBack.objects.get()
    assert (call_back.gave_up_count, call_back.longest_wait_seconds) == (2, 150)


@pytest.mark.parametrize("call", [{"wait": 29}, {"caller": ""}, {"disposition": "turned_away"}, {"minutes": 13 * 60}])
def test_whom_the_policy_does_not_mean_is_not_called(line, call):
    gave_up(line, **call)
    assert follow() == (0, 0)


def test_a_line_without_the_policy_calls_nobody():
    gave_up(TollFreeLineFactory())
    assert follow() == (0, 0)


def test_a_number_that_one_customer_answered_from_names_them(line):
    customer = CustomerFactory()
    ContactPoint.objects.create(customer=customer, kind="phone", value=CALLER, verified_at=NOW)
    gave_up(line)
    follow()
    assert (CallBack.objects.get().customer, Contact.objects.get().customer) == (customer, customer)


def test_a_number_of_many_names_nobody_and_gets_one_call_back(line):
    for _person in range(3):
        ContactPoint.objects.create(customer=CustomerFactory(), kind="phone", value=CALLER, verified_at=NOW)
    for minutes in (9, 7, 5):
        gave_up(line, minutes=minutes)
    assert follow() == (1, 0)
    assert (CallBack.objects.get().customer, CallBack.objects.get().gave_up_count) == (None, 3)


def test_a_person_who_gave_up_from_two_numbers_is_called_once(line):
    customer = CustomerFactory()
    for number in (CALLER, "+390248219001"):
        ContactPoint.objects.create(customer=customer, kind="phone", value=number, verified_at=NOW)
        gave_up(line, caller=number)
    assert follow() == (1, 0)
    assert CallBack.objects.get().gave_up_count == 2


def test_who_has_a_call_back_by_then_already_gets_no_other(line):
    CallBackFactory(phone=CALLER, starts_at=NOW + timedelta(minutes=20))
    gave_up(line)
    assert follow() == (0, 0)


def test_who_was_answered_since_is_not_called(line):
    gave_up(line)
    answered(line)
    assert follow() == (0, 0)


def test_an_answered_call_settles_it(line):
    gave_up(line)
    follow()
    call = answered(line)
    assert follow() == (0, 1)
    contact = Contact.objects.get(call_back__isnull=False)
    assert (contact.state, contact.call_back.settled_by) == ("closed", call)
    assert contact.events.get(kind="closed").details["why"] == "reached_us"
    assert follow() == (0, 0)


def test_what_an_agent_is_making_goes_on(line, agent):
    gave_up(line)
    follow()
    begin_call_back(Contact.objects.get(), by=agent.user)
    answered(line)
    assert follow() == (0, 0)


def test_called_off_it_does_not_come_back_that_day(line, agent):
    gave_up(line)
    follow()
    call_off(Contact.objects.get(), by=agent.user)
    gave_up(line, minutes=2)
    assert follow() == (0, 0)
    assert CallBack.objects.get().gave_up_count == 2


def test_in_the_night_it_waits_for_the_opening(line):
    with time_machine.travel(datetime(2026, 5, 4, 23, tzinfo=ROME), tick=False):
        queued = timezone.now() - timedelta(minutes=5)
        call = gave_up(line)
        Call.objects.filter(pk=call.pk).update(queued_at=queued, ended_at=queued + timedelta(seconds=90))
        follow()
    call_back = CallBack.objects.get()
    assert timezone.localtime(call_back.starts_at).strftime("%d %H:%M") == "05 08:30"
    assert call_back.ends_at == call_back.starts_at + timedelta(hours=1)


def test_events_that_come_twice_late_and_corrected_end_in_the_same(line):
    at = NOW - timedelta(minutes=4)
    queued = Event("q", "queued", at, line=line.code, caller=CALLER)
    ended = Event("e", "ended", at + timedelta(seconds=60), reason="abandoned")
    for _twice in range(2):
        recording.record_events([("c1", queued), ("c1", ended)], source="centralino")
        follow()
    assert CallBack.objects.count() == 1
    AgentFactory(code="op1")
    late = Event("a", "answered", at + timedelta(seconds=20), agent="op1")
    recording.record_events([("c1", late)], source="centralino")
    assert follow() == (0, 1)  # it was answered after all
    assert CallBack.objects.get().settled_by == Call.objects.get()


def test_a_line_with_hours_of_its_own_calls_back_within_these(line):
    line.calendar = OpeningPeriodFactory(opens=time(8), closes=time(22)).calendar
    line.save()
    with time_machine.travel(NOW.replace(hour=21), tick=False):
        CallFactory(
            line=line,
            caller=CALLER,
            contact=None,
            agent=None,
            queued_at=timezone.now() - timedelta(minutes=5),
            answered_at=None,
            ended_at=timezone.now() - timedelta(minutes=3),
            wait_seconds=120,
            talk_seconds=0,
            disposition="abandoned",
        )
        follow()
    assert CallBack.objects.get().starts_at == NOW.replace(hour=20, minute=57)


def test_many_who_gave_up_cost_no_more_questions_about_the_hours(line):
    for number in range(3):
        gave_up(line, caller=f"+39333000000{number}")
    with CaptureQueriesContext(connection) as asked:
        assert follow() == (3, 0)
    assert sum("servicecalendar" in each["sql"] and each["sql"].startswith("SELECT") for each in asked) == 1
