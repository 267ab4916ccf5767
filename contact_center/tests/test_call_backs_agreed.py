"""An agent agrees on a call-back: the hour, the number, who calls; it is moved, handed on, called off."""

import uuid
from contextlib import contextmanager
from datetime import datetime, time, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contact_center.call_backs.agreeing import agree_call_back, call_off, change_call_back, promise_call_back
from contact_center.call_backs.making import record_no_answer
from contact_center.contacts import commands
from contact_center.models import CallBack, Contact, ServiceTarget, TollFreeLine, WrapUpCode
from contact_center.tasks import recompute_dues
from contact_center.tests.factories import (
    AgentFactory,
    CallBackFactory,
    CallFactory,
    ContactFactory,
    OpeningPeriodFactory,
    TeamFactory,
    TollFreeLineFactory,
    TopicFactory,
)
from customers import roles
from customers.models import ContactPoint
from customers.tests.factories import CustomerFactory, ReservedAreaAccountFactory, UserFactory
from foundation.dates import ROME
from foundation.refusals import Refused
from notifications.models import Notice

pytestmark = pytest.mark.django_db
PHONE = "+393331234567"


def rome(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ROME)


NOW, TEN = rome("2026-05-04 08:40"), rome("2026-05-04 10:15")  # a Monday


@pytest.fixture(autouse=True)
def _a_monday():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def agent():
    return AgentFactory(user=UserFactory(role=roles.AGENT), team=TeamFactory())


@pytest.fixture
def client(agent):
    client = Client(headers={"accept-language": "en"})
    client.force_login(agent.user)
    return client


@pytest.fixture
def agree(agent):
    def agreed(contact=None, **given):
        facts = {"starts_at": TEN, "phone": PHONE, "by": agent.user, **given}
        return agree_call_back(contact or ContactFactory(), **facts)

    return agreed


@contextmanager
def refused(code):
    with pytest.raises(Refused) as found:
        yield
    assert found.value.code == code


# --- Agreeing
def test_the_contact_is_the_agents_and_due_at_the_hour(agree, agent):
    contact = ContactFactory(customer=CustomerFactory())
    call_back = agree(contact)
    contact.refresh_from_db()
    assert (contact.owner, contact.state, contact.due_at) == (agent, "in_progress", TEN)
    assert (call_back.source, call_back.customer, call_back.ends_at) == (
        "agent",
        contact.customer,
        TEN + timedelta(minutes=30),
    )


def test_the_teams_waits_in_the_queue(agree, agent):
    contact = agree(to_team=True).contact
    contact.refresh_from_db()
    assert (contact.owner, contact.team, contact.state, contact.due_at) == (None, agent.team, "open", TEN)


def test_a_person_whom_nobody_knows_is_called_back_by_the_number(agree):
    call_back = agree(ContactFactory(customer=None))
    assert (call_back.customer, call_back.phone) == (None, PHONE)
    assert not Notice.objects.exists()


def test_the_hour_is_confirmed_to_a_customer(agree):
    account = ReservedAreaAccountFactory()
    agree(ContactFactory(customer=account.customer))
    assert Notice.objects.filter(customer=account.customer, kind="call-back-booked", channel="inbox").count() == 1


def test_the_due_time_remains_the_hour_when_all_are_worked_out_again(agree):
    contact = agree().contact
    ServiceTarget.objects.update(minutes=60)
    recompute_dues()
    contact.refresh_from_db()
    assert contact.due_at == TEN


@pytest.mark.parametrize(
    ("at", "code"),
    [
        ("2026-05-04 08:30", "hour_past"),
        ("2026-05-04 10:10", "hour_not_on_the_quarter"),
        ("2026-05-04 03:00", "hour_past"),
        ("2026-05-05 03:00", "closed_then"),
        ("2026-05-10 10:00", "closed_that_day"),
        ("2026-06-10 10:00", "hour_too_far"),
    ],
)
def test_an_hour_at_which_nobody_calls_is_refused(agree, at, code):
    with refused(code):
        agree(starts_at=rome(at))
    assert not CallBack.objects.exists()


def test_the_refusal_says_when_the_service_is_open(agree):
    with pytest.raises(Refused) as found:
        agree(starts_at=rome("2026-05-05 03:00"))
    assert "08:30" in str(found.value)


@pytest.mark.parametrize(("phone", "code"), [("", "no_number"), ("+39800016611", "own_number")])
def test_without_a_number_or_with_one_of_ours_it_is_refused(agree, phone, code):
    if not TollFreeLine.objects.filter(number="+39800016611").exists():
        TollFreeLineFactory(number="+39800016611")
    with refused(code):
        agree(phone=phone)


def test_what_somebody_else_has_is_not_agreed_on(agree):
    with refused("taken_already"):
        agree(ContactFactory(owner=AgentFactory(), state="in_progress"))


def test_a_closed_contact_is_reopened_first(agree):
    with refused("closed"):
        agree(ContactFactory(closed=True))


def test_there_is_one_call_back_of_a_contact(agree):
    contact = agree().contact
    with refused("has_a_call_back"):
        agree(contact, starts_at=rome("2026-05-04 11:00"))


def test_a_customer_is_not_called_twice_at_one_hour(agree):
    first = CallBackFactory(starts_at=TEN)
    with refused("hour_theirs_already"):
        agree(ContactFactory(customer=first.customer))


def test_a_note_of_ten_thousand_characters_is_kept(agree):
    contact = agree(note="è 🚗 " * 2_000).contact
    assert contact.messages.get(direction="note").text == ("è 🚗 " * 2_000).strip()


def test_from_a_customers_file_a_contact_begins_that_counts_in_no_figure(agent):
    customer, key = CustomerFactory(), uuid.uuid4()
    facts = {"customer": customer, "starts_at": TEN, "phone": PHONE, "submission_key": key, "by": agent.user}
    call_back = promise_call_back(**facts)
    assert promise_call_back(**facts) == call_back
    contact = Contact.objects.get()
    assert (contact.direction, contact.channel, contact.in_base, contact.owner) == ("outbound", "phone", False, agent)
    assert (contact.due_at, contact.subject) == (TEN, "Richiamare il 4 maggio 2026, ore 10:15")


def test_who_was_named_since_is_the_customer_of_the_call_back(agree, agent):
    call_back, customer = agree(ContactFactory(customer=None)), CustomerFactory()
    commands.link_customer(call_back.contact, customer=customer, by=agent.user)
    call_back.refresh_from_db()
    assert call_back.customer == customer


# --- Changing
def test_moved_it_is_due_at_the_other_hour_and_its_tries_begin_again(agree, agent):
    call_back = agree()
    CallBack.objects.update(tries=2, rang_at=NOW)
    eleven = rome("2026-05-04 11:00")
    change_call_back(call_back.contact, starts_at=eleven, to=agent, by=agent.user)
    call_back.refresh_from_db()
    assert (call_back.starts_at, call_back.tries, call_back.rang_at, call_back.contact.due_at) == (
        eleven,
        0,
        None,
        eleven,
    )


def test_handed_to_a_colleague_it_is_theirs(agree, agent):
    colleague = AgentFactory(user=UserFactory(role=roles.AGENT), team=agent.team)
    contact = change_call_back(agree().contact, starts_at=TEN, to=colleague, by=agent.user).contact
    contact.refresh_from_db()
    assert (contact.owner, contact.state) == (colleague, "in_progress")


def test_handed_to_the_team_nobody_has_it(agree, agent):
    contact = change_call_back(agree().contact, starts_at=TEN, to=None, by=agent.user).contact
    contact.refresh_from_db()
    assert (contact.owner, contact.state, contact.due_at) == (None, "open", TEN)


def test_a_colleague_who_has_left_gets_none(agree, agent):
    with refused("agent_not_active"):
        change_call_back(agree().contact, starts_at=TEN, to=AgentFactory(is_active=False), by=agent.user)


def test_called_off_a_request_goes_on_by_its_own_clock(agree, agent):
    account = ReservedAreaAccountFactory()
    contact = agree(ContactFactory(customer=account.customer)).contact
    call_off(contact, by=agent.user)
    contact.refresh_from_db()
    assert (contact.state, contact.call_back.cancelled_at) == ("in_progress", NOW)
    assert contact.due_at != TEN
    assert Notice.objects.filter(kind="call-back-cancelled").exists()


def test_called_off_what_is_only_a_call_back_is_closed(agent):
    contact = promise_call_back(
        customer=CustomerFactory(), starts_at=TEN, phone=PHONE, submission_key=uuid.uuid4(), by=agent.user
    ).contact
    call_off(contact, by=agent.user)
    contact.refresh_from_db()
    assert (contact.state, contact.outcome) == ("closed", "withdrawn")


def test_what_was_called_off_can_be_agreed_once_more(agree, agent):
    contact = agree().contact
    call_off(contact, by=agent.user)
    again = agree(contact, starts_at=rome("2026-05-04 11:00"), phone="+390248219001")
    assert (CallBack.objects.get(), again.cancelled_at, again.phone) == (again, None, "+390248219001")


# --- The pages
def form_of(contact, **given):
    return {
        "seen_version": contact.version,
        "day": "2026-05-04",
        "at": "10:15",
        "number": PHONE,
        "to": "me",
        "submission_key": str(uuid.uuid4()),
        **given,
    }


def agree_page(contact):
    return reverse("admin:contact_center_contact_command", args=[contact.pk, "richiamata"])


def test_a_call_at_the_desk_gets_its_code_with_the_call_back(client, agent):
    contact = _call_of(agent)
    page = agree_page(contact)
    assert page in client.get(reverse("desk")).content.decode()
    code = WrapUpCode.objects.get(code="richiamare")
    answer = client.post(
        f"{page}?torna={reverse('desk')}",
        form_of(contact, code=code.pk, topic=TopicFactory().pk, number="other", other_number="333 1234567"),
    )
    assert (answer.status_code, answer.headers.get("Location")) == (302, reverse("desk"))
    contact.refresh_from_db()
    assert (contact.wrap_up, contact.state, contact.due_at, contact.call_back.phone) == (
        code,
        "in_progress",
        TEN,
        PHONE,
    )
    assert "10:15" in client.get(reverse("desk")).content.decode()


def _call_of(agent):
    contact = ContactFactory(
        by_phone=True, state="in_progress", owner=agent, agent=agent, address="", customer=None, started_at=NOW
    )
    CallFactory(
        contact=contact, agent=agent, line=contact.line, caller="", queued_at=NOW, answered_at=NOW, ended_at=NOW
    )
    return contact


def test_a_withheld_number_is_asked_for(client, agent):
    contact = ContactFactory(customer=None, address="")
    answer = client.post(agree_page(contact), form_of(contact, number="other"))
    assert answer.status_code == 200
    assert "ask the person for it where it is withheld" in answer.content.decode()
    assert not CallBack.objects.exists()


def test_a_closed_hour_is_refused_beside_its_field(client, agent):
    contact = ContactFactory(customer=None, address=PHONE)
    answer = client.post(agree_page(contact), form_of(contact, day="2026-05-05", at="03:00"))
    assert answer.status_code == 409
    assert "08:30" in answer.content.decode()


def test_from_the_file_of_a_customer(client, agent):
    customer = CustomerFactory()
    ContactPoint.objects.create(customer=customer, kind="phone", value=PHONE, verified_at=timezone.now())
    page = reverse("admin:customers_customer_command", args=[customer.pk, "richiamata"])
    assert client.get(page).status_code == 200
    given = form_of(ContactFactory(customer=None))
    for _twice in range(2):
        answer = client.post(page, given | {"seen_version": customer.__dict__.get("version", 1)})
        assert answer.status_code == 302
    assert CallBack.objects.get().customer == customer


def test_the_hour_is_changed_and_called_off_from_the_page(client, agent, agree):
    contact = agree(ContactFactory(customer=None)).contact
    contact.refresh_from_db()
    page = reverse("admin:contact_center_contact_command", args=[contact.pk, "sposta-richiamata"])
    assert 'value="10:15"' in client.get(page).content.decode()
    client.post(page, {"seen_version": contact.version, "day": "2026-05-04", "at": "11:30", "to": "team"})
    assert CallBack.objects.get().starts_at == rome("2026-05-04 11:30")
    contact.refresh_from_db()
    off = reverse("admin:contact_center_contact_command", args=[contact.pk, "annulla-richiamata"])
    client.post(off, {"seen_version": contact.version})
    assert CallBack.objects.get().cancelled_at == NOW


# --- The hours of the line
@pytest.fixture
def evening():
    """A line that is open on Monday evening alone."""
    hours = OpeningPeriodFactory(opens=time(19), closes=time(21))
    return TollFreeLineFactory(calendar=hours.calendar)


EVENING = rome("2026-05-04 19:30")


def test_a_line_with_hours_of_its_own_calls_back_within_them(agree, evening):
    contact = ContactFactory(by_phone=True, line=evening)
    with refused("closed_then"):
        agree(contact)
    assert agree(contact, starts_at=EVENING).starts_at == EVENING


def test_the_hours_of_a_line_are_nobody_elses(agree, evening):
    with refused("closed_then"):
        agree(ContactFactory(by_phone=True), starts_at=EVENING)


def test_another_hour_is_within_the_hours_of_the_line_too(agree, agent, evening):
    contact = ContactFactory(by_phone=True, line=evening)
    agree(contact, starts_at=EVENING)
    with refused("closed_then"):
        change_call_back(contact, starts_at=TEN, by=agent.user, to=agent)
    assert change_call_back(contact, starts_at=rome("2026-05-04 20:00"), by=agent.user, to=agent).tries == 0


def test_the_next_try_waits_for_the_line_to_open(agree, agent, evening):
    contact = ContactFactory(by_phone=True, line=evening)
    agree(contact, starts_at=EVENING)
    with time_machine.travel(rome("2026-05-04 20:50"), tick=False):
        call_back = record_no_answer(contact, by=agent.user)
    assert call_back.starts_at == rome("2026-05-11 19:00")


def test_the_form_names_the_hours_of_the_line(client, evening):
    contact = ContactFactory(by_phone=True, line=evening)
    page = client.get(
        reverse("admin:contact_center_contact_command", args=[contact.pk, "richiamata"])
    ).content.decode()
    assert "today 19:00–21:00" in page
