"""The hour of a call-back comes: it is announced, somebody calls, perhaps in vain; what nobody begins goes to the team."""

import threading
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contact_center.agents.states import report_state
from contact_center.call_backs.making import begin_call_back, record_no_answer
from contact_center.contacts import commands
from contact_center.models import CallBack, Contact, ContactEvent
from contact_center.tasks import ring_call_backs
from contact_center.tests.factories import AgentFactory, CallBackFactory, TeamFactory
from customers import roles
from customers.tests.factories import ReservedAreaAccountFactory, UserFactory
from foundation.dates import ROME
from foundation.refusals import Refused
from notifications.models import Notice

NOW = datetime(2026, 5, 4, 10, tzinfo=ROME)  # a Monday


@pytest.fixture(autouse=True)
def _a_monday():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def team(db):
    return TeamFactory()


@pytest.fixture
def agent(team):
    return AgentFactory(user=UserFactory(role=roles.AGENT), team=team)


@pytest.fixture
def colleague(team):
    return AgentFactory(user=UserFactory(role=roles.AGENT), team=team)


def ready(agent, state="ready"):
    report_state(state=state, by=agent.user)
    return agent


def due(owner=None, team=None, minutes=0, **fields):
    at = NOW - timedelta(minutes=minutes)
    state = {"contact__owner": owner, "contact__state": "in_progress"} if owner else {}
    return CallBackFactory(starts_at=at, contact__due_at=at, contact__team=team, **state, **fields)


def announced_to(agent):
    client = Client(headers={"accept-language": "en"})
    client.force_login(agent.user)
    answer = client.get(reverse("desk_state"), {"brief": "1", "v": ""})
    return [each["words"] for each in answer.json()["call_backs"]]


@contextmanager
def refused(code):
    with pytest.raises(Refused) as found:
        yield
    assert found.value.code == code


# --- Announced
def test_its_own_agent_sees_it_and_a_colleague_does_not(agent, colleague, team):
    call_back = due(ready(agent), team)
    ready(colleague)
    assert announced_to(agent) == [f"Call back now: {call_back.customer}"]
    assert announced_to(colleague) == []


def test_the_teams_is_announced_to_its_ready_members(agent, colleague, team):
    due(team=team)
    ready(agent)
    ready(colleague, "written")
    assert (len(announced_to(agent)), len(announced_to(colleague))) == (1, 0)


def test_before_the_hour_nothing_is_announced(agent, team):
    due(ready(agent), team, minutes=-1)
    assert announced_to(agent) == []


def test_an_agent_who_is_not_ready_finds_it_in_the_list_alone(agent, team):
    call_back = due(agent, team)
    assert announced_to(agent) == []
    client = Client(headers={"accept-language": "en"})
    client.force_login(agent.user)
    assert str(call_back.customer) in client.get(reverse("desk")).content.decode()


def test_the_desks_concerned_are_woken_once_at_the_hour(agent, colleague, team, django_capture_on_commit_callbacks):
    ready(agent)
    due(agent, team)

    def version_of(person):
        client = Client()
        client.force_login(person.user)
        return client.get(reverse("desk_state"), {"brief": "1", "v": ""}).json()["version"]

    before, other = version_of(agent), version_of(colleague)
    with django_capture_on_commit_callbacks(execute=True):
        assert ring_call_backs() == 1
    assert version_of(agent) != before
    assert version_of(colleague) == other
    assert ring_call_backs() == 0


def test_what_is_not_due_costs_a_desk_no_query(agent, team, django_assert_num_queries):
    due(ready(agent), team, minutes=-30)
    client = Client()
    client.force_login(agent.user)
    version = client.get(reverse("desk_state"), {"brief": "1", "v": ""}).json()["version"]
    client.get(reverse("desk_state"), {"brief": "1", "v": version})
    with django_assert_num_queries(1):  # the session with its person
        assert client.get(reverse("desk_state"), {"brief": "1", "v": version}).status_code == 204


# --- Begun
def test_the_first_who_takes_the_teams_has_it(agent, colleague, team):
    contact = due(team=team).contact
    ready(agent), ready(colleague)
    begin_call_back(contact, by=agent.user)
    assert announced_to(colleague) == announced_to(agent) == []
    with refused("taken_already"):
        begin_call_back(contact, by=colleague.user)
    assert CallBack.objects.get().begun_at == NOW


def test_begun_twice_by_one_agent_it_is_written_once(agent, team):
    contact = due(agent, team).contact
    for _twice in range(2):
        begin_call_back(contact, by=agent.user)
    assert contact.events.filter(kind=ContactEvent.Kind.CALLING).count() == 1


def test_the_banner_leads_to_a_page_that_takes_it(agent, team):
    contact = due(team=team).contact
    client = Client(headers={"accept-language": "en"})
    client.force_login(ready(agent).user)
    [shown] = client.get(reverse("desk_state"), {"brief": "1", "v": ""}).json()["call_backs"]
    assert "333 123 4567" in client.get(shown["url"]).content.decode()
    assert client.post(shown["url"], {"seen_version": contact.version}).status_code == 302
    contact.refresh_from_db()
    assert (contact.owner, contact.call_back.begun_at) == (agent, NOW)


def test_taken_from_the_queue_after_its_hour_it_is_begun(agent, team):
    contact = due(team=team).contact
    commands.take(contact, by=agent.user)
    assert CallBack.objects.get().begun_at == NOW


@pytest.mark.django_db(transaction=True)
def test_of_two_agents_at_once_one_has_it(agent, colleague, team):
    contact, results, both = due(team=team).contact, [], threading.Barrier(2)

    def begin(person):
        try:
            both.wait()
            begin_call_back(contact, by=person.user)
            results.append("has it")
        except Refused as refusal:
            results.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=begin, args=[person]) for person in (agent, colleague)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(results) == ["has it", "taken_already"]


# --- Not begun in time
def test_what_its_agent_does_not_begin_goes_to_the_team(agent, team, settings):
    contact = due(agent, team).contact
    ring_call_backs()
    with time_machine.travel(NOW + timedelta(minutes=14), tick=False):
        ring_call_backs()
        contact.refresh_from_db()
        assert contact.owner == agent
    with time_machine.travel(NOW + timedelta(minutes=15), tick=False):
        assert ring_call_backs() == 1  # to the team, now
        assert ring_call_backs() == 0
    contact.refresh_from_db()
    assert (contact.owner, contact.state, contact.team) == (None, "open", team)
    event = contact.events.get(kind=ContactEvent.Kind.RELEASED)
    assert (event.details["why"], event.details["agent"], event.by) == ("not_made", agent.code, None)


def test_what_is_being_called_remains_with_its_agent(agent, team):
    contact = due(agent, team).contact
    ring_call_backs()
    begin_call_back(contact, by=agent.user)
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        ring_call_backs()
    contact.refresh_from_db()
    assert contact.owner == agent


def test_given_to_somebody_it_is_announced_to_them_from_then_on(agent, colleague, team):
    contact = due(agent, team, minutes=14).contact
    CallBack.objects.update(rang_at=NOW - timedelta(minutes=14))
    commands.assign(contact, to=colleague, by=agent.user)
    ring_call_backs()
    with time_machine.travel(NOW + timedelta(minutes=10), tick=False):
        ring_call_backs()
    contact.refresh_from_db()
    assert contact.owner == colleague


# --- In vain
def test_the_next_try_is_set_half_an_hour_later(agent, team):
    call_back = due(agent, team)
    begin_call_back(call_back.contact, by=agent.user)
    call_back = record_no_answer(call_back.contact, by=agent.user)
    assert (call_back.tries, call_back.starts_at, call_back.begun_at) == (1, NOW + timedelta(minutes=30), None)
    contact = Contact.objects.get()
    assert (contact.state, contact.owner, contact.due_at) == ("in_progress", agent, NOW + timedelta(minutes=30))


def test_the_next_try_waits_for_the_service_to_open(agent, team):
    call_back = due(agent, team)
    with time_machine.travel(datetime(2026, 5, 8, 23, 10, tzinfo=ROME), tick=False):  # a Friday night
        tried = record_no_answer(call_back.contact, by=agent.user)
    assert timezone.localtime(tried.starts_at).strftime("%H:%M") == "08:30"


def test_after_the_last_try_it_is_closed_as_not_reached_and_the_customer_is_written_to(agent, team):
    account = ReservedAreaAccountFactory()
    contact = due(agent, team, customer=account.customer, tries=2).contact
    record_no_answer(contact, by=agent.user)
    contact.refresh_from_db()
    assert (contact.state, contact.outcome, contact.wrap_up.code) == ("closed", "unresolved", "non-raggiunto")
    [notice] = Notice.objects.filter(kind="call-back-not-reached", channel="inbox")
    assert "3 volte" in notice.body_text


def test_where_the_code_is_not_in_use_the_agent_wraps_it_up(agent, team):
    contact = due(agent, team, tries=2).contact
    yesterday = timezone.localdate() - timedelta(days=1)
    from_code = contact._meta.get_field("wrap_up").remote_field.model.objects.filter(code="non-raggiunto")
    from_code.update(valid_to=yesterday)
    record_no_answer(contact, by=agent.user)
    contact.refresh_from_db()
    assert contact.state == "in_progress"


def test_one_that_somebody_else_has_is_not_tried(agent, colleague, team):
    contact = due(agent, team).contact
    with refused("taken_already"):
        record_no_answer(contact, by=colleague.user)
