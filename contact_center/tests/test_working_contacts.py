"""What agents do to a contact: take, reply, wait, escalate, wrap up, reopen."""

import threading
from contextlib import contextmanager

import pytest
from django.db import connection
from django.utils import translation

from contact_center.contacts import commands, reopening
from contact_center.models import Contact, ContactEvent, Message, WrapUpCode
from contact_center.tests.factories import (
    AgentFactory,
    ContactFactory,
    TeamFactory,
    TollFreeLineFactory,
    TopicFactory,
    WebFormRequestFactory,
    WrapUpCodeFactory,
)
from customers import roles
from customers.tests.factories import UserFactory
from foundation.refusals import Refused
from notifications.models import Notice

pytestmark = pytest.mark.django_db
EVENTS = ContactEvent.Kind


def kinds(contact):
    return list(contact.events.order_by("pk").values_list("kind", flat=True))


@pytest.fixture
def team():
    return TeamFactory()


@pytest.fixture
def agent(team):
    return AgentFactory(user=UserFactory(role=roles.AGENT), team=team)


@contextmanager
def refused(code):
    """Expect a refusal with this code."""
    with pytest.raises(Refused) as found:
        yield
    assert found.value.code == code


# --- Taking
def test_taking_makes_the_contact_ones_own(agent):
    contact = commands.take(ContactFactory(), by=agent.user)
    assert (contact.owner, contact.agent, contact.state) == (agent, agent, "in_progress")
    assert kinds(contact) == [EVENTS.TAKEN]


def test_what_another_has_is_not_taken(agent, team):
    contact = commands.take(ContactFactory(), by=agent.user)
    other = AgentFactory(user=UserFactory(role=roles.AGENT), team=team)
    with refused("taken_already"):
        commands.take(contact, by=other.user)
    contact.refresh_from_db()
    assert contact.owner == agent


def test_who_is_no_agent_takes_nothing():
    with refused("not_an_agent"):
        commands.take(ContactFactory(), by=UserFactory(role=roles.MANAGER))


def test_next_is_what_is_due_first_for_the_team(agent, team):
    later = ContactFactory(team=team, due_at="2026-05-06T08:00Z")
    sooner = ContactFactory(team=team, due_at="2026-05-05T08:00Z")
    ContactFactory(team=TeamFactory(level=2), due_at="2026-05-04T08:00Z")
    ContactFactory(team=team, owner=AgentFactory(), due_at="2026-05-04T08:00Z")
    assert commands.take_next(by=agent.user) == sooner
    assert commands.take_next(by=agent.user) == later
    assert commands.take_next(by=agent.user) is None


@pytest.mark.django_db(transaction=True)
def test_two_agents_at_once_get_two_contacts():
    team = TeamFactory()
    agents = [AgentFactory(user=UserFactory(), team=team) for _ in range(5)]
    wanted = {ContactFactory(team=team).pk for _ in range(5)}
    ready = threading.Barrier(5)
    taken = []

    def work(agent):
        try:
            ready.wait()
            taken.append(commands.take_next(by=agent.user).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(agent,)) for agent in agents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == sorted(wanted)


def test_what_cannot_be_done_to_it_now_is_refused(agent):
    contact = ContactFactory(closed=True)
    with refused("closed"):
        commands.release(contact, by=agent.user)
    assert kinds(contact) == []


def test_released_it_waits_for_whoever_is_next(agent, team):
    contact = commands.take(ContactFactory(team=team), by=agent.user)
    commands.release(contact, by=agent.user)
    assert commands.take_next(by=agent.user) == contact


def test_assigned_it_is_another_agents(agent):
    other = AgentFactory()
    assert commands.assign(ContactFactory(), to=other, by=agent.user).owner == other


# --- Writing
def test_a_reply_is_written_and_owed_to_the_customer_by_email(agent):
    form = WebFormRequestFactory()
    message = commands.reply(form.contact, text="Ecco la copia.", by=agent.user)
    contact = message.contact
    assert (message.direction, message.author) == ("outbound", agent.user)
    assert (contact.state, contact.owner) == ("in_progress", agent)
    notice = Notice.objects.get(once=f"request-answered:{message.pk}:email")
    assert notice.address == form.email
    assert "Ecco la copia." in notice.body_text
    assert kinds(contact) == [EVENTS.TAKEN, EVENTS.REPLIED]


@pytest.mark.parametrize(("language", "label"), [("it", "Legga e risponda"), ("en", "Read and answer")])
def test_a_reply_speaks_the_customers_language_whatever_the_agents_is(agent, language, label):
    form = WebFormRequestFactory(language=language)
    with translation.override("en" if language == "it" else "it"):
        message = commands.reply(form.contact, text="Ecco.", by=agent.user)
    assert label in Notice.objects.get(once=f"request-answered:{message.pk}:email").body_html


def test_a_reply_that_asks_stops_the_clock(agent):
    contact = commands.reply(
        WebFormRequestFactory().contact, text="Il numero?", by=agent.user, then=Contact.State.WAITING
    ).contact
    contact.refresh_from_db()
    assert contact.state == "waiting"
    assert kinds(contact)[-1] == EVENTS.PAUSED


def test_without_an_address_there_is_no_reply(agent):
    with refused("no_address"):
        commands.reply(ContactFactory(by_phone=True), text="Ecco.", by=agent.user)
    assert not Message.objects.exists()


def test_a_note_owes_nothing_to_anybody(agent):
    commands.add_note(ContactFactory(), text="Da verificare", by=agent.user)
    assert Message.objects.get().direction == "note"
    assert not Notice.objects.exists()


# --- Escalating
def test_escalated_it_waits_for_the_second_level_with_a_due_date_of_its_own(agent):
    second = TeamFactory(level=2)
    contact = commands.take(ContactFactory(), by=agent.user)
    contact = commands.escalate(contact, team=second, reason="authority", by=agent.user, text="Oltre i miei limiti.")
    assert (contact.level, contact.escalation, contact.team, contact.owner) == (2, "authority", second, None)
    assert contact.state == "open"
    assert contact.due_at > contact.escalated_at
    contact.refresh_from_db()
    assert contact.first_level is False


@pytest.mark.parametrize(
    ("level", "reason", "code"), [(1, "authority", "not_second_level"), (2, "", "no_reason"), (2, "x", "no_reason")]
)
def test_an_escalation_needs_a_second_level_and_a_reason(agent, level, reason, code):
    with refused(code):
        commands.escalate(ContactFactory(), team=TeamFactory(level=level), reason=reason, by=agent.user)


# --- Wrapping up
def test_wrapping_up_closes_with_the_outcome_of_the_code(agent):
    contact = commands.take(ContactFactory(), by=agent.user)
    contact = commands.wrap_up(contact, code=WrapUpCodeFactory(), topic=TopicFactory(), by=agent.user)
    contact.refresh_from_db()
    assert (contact.state, contact.outcome, contact.first_level) == ("closed", "resolved", True)
    assert contact.closed_at is not None
    assert kinds(contact) == [EVENTS.TAKEN, EVENTS.CODED, EVENTS.CLOSED]


def test_a_code_that_needs_a_topic_is_refused_without_one(agent):
    with refused("no_topic"):
        commands.wrap_up(ContactFactory(), code=WrapUpCodeFactory(), by=agent.user)


def test_a_code_of_another_line_is_refused(agent):
    code = WrapUpCodeFactory()
    code.lines.add(TollFreeLineFactory())
    with refused("code_not_of_line"):
        commands.wrap_up(ContactFactory(by_phone=True), code=code, topic=TopicFactory(), by=agent.user)


def test_a_code_of_the_past_is_refused(agent):
    code = WrapUpCodeFactory(valid_to="2020-01-01")
    with refused("code_not_valid"):
        commands.wrap_up(ContactFactory(), code=code, topic=TopicFactory(), by=agent.user)


def test_a_contact_to_call_back_remains_open_and_due(agent):
    code = WrapUpCode.objects.get(code="richiamare")
    contact = commands.wrap_up(ContactFactory(by_phone=True), code=code, topic=TopicFactory(), by=agent.user)
    assert (contact.state, contact.outcome, contact.wrap_up) == ("in_progress", "", code)
    assert contact.due_at is not None


@pytest.mark.parametrize("traits", [{}, {"by_phone": True}, {"closed": True, "by_phone": True, "outcome": ""}])
def test_a_contact_to_call_back_that_nobody_has_goes_to_the_agent_who_codes_it(agent, traits):
    code = WrapUpCode.objects.get(code="richiamare")
    contact = commands.wrap_up(ContactFactory(**traits), code=code, topic=TopicFactory(), by=agent.user)
    contact.refresh_from_db()
    assert (contact.state, contact.owner, contact.agent) == ("in_progress", agent, agent)
    assert kinds(contact) == [EVENTS.TAKEN, EVENTS.CODED]


def test_a_contact_to_call_back_remains_with_the_agent_who_has_it(agent, team):
    contact = ContactFactory(state="in_progress", owner=AgentFactory(team=team))
    code = WrapUpCode.objects.get(code="richiamare")
    owner = commands.wrap_up(contact, code=code, topic=TopicFactory(), by=agent.user).owner
    assert owner == contact.owner
    assert kinds(contact) == [EVENTS.CODED]


def test_a_contact_that_nobody_has_is_not_to_be_called_back_by_somebody_who_is_no_agent():
    contact, code = ContactFactory(), WrapUpCode.objects.get(code="richiamare")
    with refused("not_an_agent"):
        commands.wrap_up(contact, code=code, topic=TopicFactory(), by=UserFactory(role=roles.MANAGER))
    contact.refresh_from_db()
    assert (contact.state, contact.wrap_up, kinds(contact)) == ("open", None, [])


def test_it_is_wrapped_up_once(agent):
    code, topic = WrapUpCodeFactory(), TopicFactory()
    contact = commands.wrap_up(ContactFactory(), code=code, topic=topic, by=agent.user)
    with refused("coded_already"):
        commands.wrap_up(contact, code=code, topic=topic, by=agent.user)


# --- Reopening
def test_reopened_it_counts_as_not_resolved(agent):
    contact = commands.take(ContactFactory(), by=agent.user)
    contact = commands.wrap_up(contact, code=WrapUpCodeFactory(), topic=TopicFactory(), by=agent.user)
    contact = reopening.reopen(contact, by=agent.user, came_back=True)
    contact.refresh_from_db()
    assert (contact.state, contact.outcome, contact.reopened_count, contact.closed_at) == (
        "in_progress",
        "unresolved",
        1,
        None,
    )


def test_what_is_open_is_not_reopened(agent):
    with refused("not_closed"):
        reopening.reopen(ContactFactory(), by=agent.user)
