"""Calls that we make: written down in two clicks, reported by the telephone platform, and in no figure of calls that come in."""

import uuid
from datetime import date, timedelta

import pytest
from django.db import InternalError, transaction
from django.urls import reverse
from django.utils import timezone

from contact_center.contacts.outgoing import Called, numbers_to_call, record_call
from contact_center.figures import figures, refresh
from contact_center.figures.period import Period
from contact_center.models import Call, CallBack, Contact, OutgoingCall, WrapUpCode
from contact_center.tests import factories as make
from customers import roles
from customers.tests import factories as people
from customers.tests.sign_in import signed_in
from foundation.api.keys import create_key
from foundation.refusals import Refused
from foundation.tests.pages import send_command

pytestmark = pytest.mark.django_db
NUMBER = "+393331234567"
EVENTS = reverse("api_call_events")


@pytest.fixture
def agent():
    return make.AgentFactory(code="op1", extension="4101", user=people.UserFactory(role=roles.AGENT))


@pytest.fixture
def customer():
    person = people.CustomerFactory()
    people.ContactPointFactory(customer=person, kind="phone", value=NUMBER, verified_at=timezone.now())
    return person


@pytest.fixture
def record(agent, customer):
    """Write down a call to the customer."""

    def write(number=NUMBER, reached=True, talk_seconds=None, key=None, **more):
        called = Called(number, timezone.now(), reached=reached, talk_seconds=talk_seconds)
        more = {"customer": customer} | more
        return record_call(submission_key=key or uuid.uuid4(), called=called, by=agent.user, **more)

    return write


# --- By hand -------------------------------------------------------------------------------------------------------
def test_a_call_of_ours_is_a_contact_that_we_began_with_the_telephones_facts(record, agent, customer):
    contact = record(talk_seconds=95).contact
    call = contact.outgoing
    assert (contact.channel, contact.direction, contact.customer) == ("phone", "outbound", customer)
    assert (call.number, call.reached, call.talk_seconds, call.agent) == (NUMBER, True, 95, agent)


def test_the_same_page_sent_twice_is_one_call(record):
    key = uuid.uuid4()
    first, second = record(key=key), record(key=key)
    assert (first.is_new, second.is_new, OutgoingCall.objects.count()) == (True, False, 1)


def test_a_code_closes_it_at_once(record):
    code = WrapUpCode.objects.filter(outcome="resolved", lines=None).first()
    contact = record(code=code, topic=make.TopicFactory()).contact
    assert (contact.state, contact.in_base) == ("closed", False)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"number": "+393339999999"}, "number_unknown"),
        ({"reached": False, "talk_seconds": 5}, "talk_impossible"),
        ({"talk_seconds": 4 * 3600 + 1}, "talk_impossible"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_kept(record, given, code):
    with pytest.raises(Refused) as refusal:
        record(**given)
    assert (refusal.value.code, Contact.objects.count()) == (code, 0)


def test_the_numbers_to_choose_from_are_the_promised_one_then_the_customers(customer):
    people.ContactPointFactory(customer=customer, kind="phone", value="+390382111111", verified_at=None)
    call_back = make.CallBackFactory(customer=customer, phone="+393470000001")
    assert numbers_to_call(customer, call_back.contact) == ["+393470000001", NUMBER, "+390382111111"]


def test_it_is_written_down_from_the_file(agent, customer):
    client = signed_in(agent.user)
    page = client.get(reverse("admin:customers_customer_change", args=[customer.pk])).content.decode()
    assert "/comando/ho-telefonato/" in page
    assert f'href="tel:{NUMBER}"' in page
    address = reverse("admin:customers_customer_command", args=[customer.pk, "ho-telefonato"])
    sent = {
        "submission_key": uuid.uuid4(),
        "number": NUMBER,
        "minutes_ago": "5",
        "reached": "yes",
        "note": "Tutto bene",
    }
    send_command(client, address, sent)
    call = OutgoingCall.objects.get()
    assert (call.contact.customer, call.contact.messages.get().text) == (customer, "Tutto bene")
    assert call.called_at < timezone.now() - timedelta(minutes=4)


def test_a_call_in_vain_about_a_call_back_counts_as_a_try(agent, customer):
    contact = make.CallBackFactory(customer=customer, phone=NUMBER).contact
    address = reverse("admin:contact_center_contact_command", args=[contact.pk, "ho-telefonato"])
    sent = {"submission_key": uuid.uuid4(), "number": NUMBER, "minutes_ago": "0", "reached": "no"}
    send_command(signed_in(agent.user), address, sent)
    assert CallBack.objects.get().tries == 1
    assert OutgoingCall.objects.get().contact.continues == contact


# --- By the telephone platform ---------------------------------------------------------------------------------------
@pytest.fixture
def send(client, agent):
    """Report events of one call of ours; returns the results."""
    _key, secret = create_key(name="Centralino", source="centralino", scopes=["calls:write"], by=None)
    begun = timezone.now() - timedelta(minutes=5)

    def post(*events, **fields):
        rows = [
            {
                "call_id": "o1",
                "event": kind,
                "at": (begun + timedelta(seconds=seconds)).isoformat(),
                "direction": "outbound",
                "agent": "4101",
                "called": "333 1234567",
                **({"reason": "completed"} if kind == "ended" else {}),
                **fields,
            }
            for kind, seconds in events
        ]
        answer = client.post(
            EVENTS, rows, content_type="application/json", headers={"Authorization": f"Bearer {secret}"}
        )
        return answer.json()["results"]

    return post


def test_events_make_one_call_whatever_their_order(send, agent):
    send(("ended", 70), ("answered", 10))
    send(("queued", 0))
    call = OutgoingCall.objects.get()
    assert (call.number, call.agent, call.reached, call.talk_seconds) == (NUMBER, agent, True, 60)
    assert (call.contact.direction, call.contact.owner, call.contact.state) == ("outbound", agent, "in_progress")


def test_the_same_events_again_change_nothing(send):
    send(("queued", 0), ("answered", 10), ("ended", 70))
    again = send(("queued", 0), ("answered", 10), ("ended", 70))
    assert {each["status"] for each in again} == {"unchanged"}
    assert Contact.objects.count() == 1


def test_a_call_that_nobody_answered_was_not_reached(send):
    send(("queued", 0), ("ended", 30), reason="abandoned")
    assert OutgoingCall.objects.get().reached is False


@pytest.mark.parametrize(("lacking", "field"), [({"agent": ""}, "agent"), ({"called": "anonimo"}, "called")])
def test_an_event_without_agent_or_number_is_refused_with_what_to_send(send, lacking, field):
    [result] = send(("queued", 0), **lacking)
    assert (result["status"], result["field"], bool(result["hint"])) == ("refused", field, True)
    assert not OutgoingCall.objects.exists()


def test_calls_of_ours_count_in_no_figure_of_calls_that_come_in(send, record):
    today = timezone.localdate()
    period = Period(today - timedelta(days=1), today)

    def counted():
        refresh()
        totals = figures(period, today=date(2199, 1, 1)).totals
        return {name: value for name in totals.__slots__ if (value := getattr(totals, name))}

    make.CallFactory(queued_at=timezone.now() - timedelta(hours=1))
    before = counted()
    send(("queued", 0), ("answered", 10), ("ended", 70), called="333 7654321")
    record(code=WrapUpCode.objects.filter(outcome="resolved", lines=None).first(), topic=make.TopicFactory())
    assert OutgoingCall.objects.count() == 2
    assert (counted(), Call.objects.count()) == (before, 1)


# --- The same call, written down and reported -----------------------------------------------------------------------------
def test_a_call_written_down_and_then_reported_is_one_call_with_measured_moments(send, record, customer):
    contact = record(reached=False).contact
    send(("queued", 0), ("answered", 10), ("ended", 70))
    call = OutgoingCall.objects.get()
    assert (call.contact, call.source, call.reached, call.talk_seconds) == (contact, "centralino", True, 60)
    assert call.called_at < timezone.now() - timedelta(minutes=4)
    assert Contact.objects.get().customer == customer


def test_a_call_reported_and_then_written_down_is_one_contact_with_what_was_written(send, record, customer):
    send(("queued", 0), ("answered", 10), ("ended", 70))
    code = WrapUpCode.objects.filter(outcome="resolved", lines=None).first()
    key, earlier = uuid.uuid4(), make.CallBackFactory(customer=customer, phone=NUMBER).contact
    given = {"key": key, "code": code, "topic": make.TopicFactory(), "note": "Tutto chiaro", "about": earlier}
    first, second = record(**given), record(**given)
    call = OutgoingCall.objects.get()
    assert (first.contact, first.is_new, second.contact, second.is_new) == (call.contact, True, call.contact, False)
    contact = Contact.objects.get(pk=call.contact_id)
    assert (contact.customer, contact.continues, contact.state) == (customer, earlier, "closed")
    assert (call.talk_seconds, contact.messages.get().text) == (60, "Tutto chiaro")


def test_of_two_reported_calls_nobody_knows_which_was_written_down(send, record):
    send(("queued", 0), ("ended", 20), reason="abandoned")
    send(("queued", 60), ("ended", 90), reason="abandoned", call_id="o2")
    record(reached=False)
    assert OutgoingCall.objects.count() == 3


def test_a_call_to_another_number_or_of_another_hour_is_another_call(send, record, agent):
    record(reached=False)
    OutgoingCall.objects.update(called_at=timezone.now() - timedelta(hours=1))
    send(("queued", 0))
    send(("queued", 0), called="333 7654321", call_id="o2")
    assert OutgoingCall.objects.count() == 3


def test_a_call_that_a_platform_reported_is_never_anothers(send):
    send(("queued", 0))
    with pytest.raises(InternalError, match="outgoing_call_key_is_fixed"), transaction.atomic():
        OutgoingCall.objects.update(external_id="o9")
