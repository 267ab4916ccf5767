"""What the second level was handed by mistake goes back, its clock goes on as it was, and it is counted."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from contact_center.contacts import commands, sending_back
from contact_center.figures import figures, refresh
from contact_center.figures.period import Period
from contact_center.models import ContactEvent, Message, WrapUpCode
from contact_center.office.contact_page import events_told, named
from contact_center.tests.factories import AgentFactory, ContactFactory, TeamFactory, TopicFactory
from customers import roles
from customers.tests.factories import UserFactory
from foundation.refusals import Refused

pytestmark = pytest.mark.django_db
TEXT = "Manca la denuncia: chiederla al cliente."


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def front():
    return TeamFactory(level=1)


@pytest.fixture
def agent(front):
    return AgentFactory(user=UserFactory(role=roles.AGENT), team=front)


@pytest.fixture
def claims_team():
    return TeamFactory(level=2, name="Sinistri", name_en="Claims")


@pytest.fixture
def specialist(claims_team):
    return AgentFactory(user=UserFactory(role=roles.SPECIALIST), team=claims_team)


@pytest.fixture
def contact(agent, front, claims_team):
    """Taken at first level and handed to the claims team."""
    contact = commands.take(ContactFactory(topic=TopicFactory(), team=front), by=agent.user)
    return commands.escalate(contact, team=claims_team, reason="knowledge", by=agent.user)


def send_back(contact, by, **given):
    return sending_back.send_back(contact, by=by.user, **({"reason": "wrong_team", "text": TEXT} | given))


def standing(contact):
    contact.refresh_from_db()
    return contact.state, contact.level, contact.escalation, contact.team, contact.owner


def test_it_is_again_with_the_agent_who_handed_it_over_at_first_level(contact, specialist, agent, front):
    send_back(contact, specialist)
    assert standing(contact) == ("open", 1, "", front, agent)
    assert contact.sent_back_count == 1
    assert contact.escalated_at is None


def test_an_agent_who_left_finds_nothing_and_the_team_does(contact, specialist, agent, front):
    type(agent).objects.filter(pk=agent.pk).update(is_active=False)
    send_back(contact, specialist)
    assert standing(contact) == ("open", 1, "", front, None)


def test_what_another_second_level_team_handed_over_goes_back_to_that_team(contact, specialist):
    contracts = TeamFactory(level=2)
    other = AgentFactory(user=UserFactory(role=roles.SPECIALIST), team=contracts)
    commands.escalate(contact, team=contracts, reason="other_office", by=specialist.user)
    send_back(contact, other)
    assert standing(contact) == ("open", 2, "other_office", specialist.team, specialist)


def test_the_note_says_what_is_to_be_done(contact, specialist):
    send_back(contact, specialist)
    note = Message.objects.latest("pk")
    assert (note.direction, note.text, note.author) == ("note", TEXT, specialist.user)


def test_the_history_says_who_sent_it_back_and_why(contact, specialist):
    send_back(contact, specialist, reason="facts_missing")
    event = named(contact.events.order_by("-pk"))[0]
    assert (event.kind, event.by) == (ContactEvent.Kind.SENT_BACK, specialist.user)
    assert events_told([event])[0]["details"].endswith("facts are missing, before: Claims")


def test_its_clock_goes_on_as_it_was_at_first_level(agent, front, claims_team, specialist):
    with time_machine.travel("2026-05-04 09:00+02:00", tick=False) as clock:
        contact = commands.take(ContactFactory(team=front, started_at=timezone.now()), by=agent.user)
        due = contact.due_at
        clock.shift(timedelta(hours=2))
        contact = commands.escalate(contact, team=claims_team, reason="knowledge", by=agent.user)
        assert contact.due_at != due
        clock.shift(timedelta(hours=1))
        assert send_back(contact, specialist).due_at == due


def test_handed_over_once_more_the_second_level_has_its_whole_time(contact, specialist, agent, claims_team):
    send_back(contact, specialist)
    contact = commands.escalate(contact, team=claims_team, reason="authority", by=agent.user)
    assert (contact.level, contact.sent_back_count) == (2, 1)
    assert contact.escalated_at is not None


@pytest.mark.parametrize(("given", "code"), [({"reason": "perché no"}, "no_reason"), ({"text": "  "}, "no_text")])
def test_a_reason_and_a_text_are_needed(contact, specialist, given, code):
    with pytest.raises(Refused) as refused:
        send_back(contact, specialist, **given)
    assert refused.value.code == code
    contact.refresh_from_db()
    assert (contact.level, contact.sent_back_count) == (2, 0)


def test_what_the_second_level_has_answered_is_its_own(contact, specialist):
    commands.take(contact, by=specialist.user)
    Message.objects.create(contact=contact, direction="outbound", text="Buongiorno", author=specialist.user)
    with pytest.raises(Refused) as refused:
        send_back(contact, specialist)
    assert refused.value.code == "not_to_send_back"


def test_what_was_never_handed_over_or_is_closed_cannot_go_back(specialist):
    for contact in (ContactFactory(), ContactFactory(closed=True)):
        with pytest.raises(Refused) as refused:
            send_back(contact, specialist)
        assert refused.value.code == "not_to_send_back"


def test_sent_back_twice_is_refused_the_second_time(contact, specialist):
    send_back(contact, specialist)
    with pytest.raises(Refused):
        send_back(contact, specialist)
    contact.refresh_from_db()
    assert contact.sent_back_count == 1


# --- By its page
@pytest.fixture
def client(specialist):
    client = Client(headers={"accept-language": "en"})
    client.force_login(specialist.user)
    return client


def address(contact, command="rimanda"):
    return reverse("admin:contact_center_contact_command", args=[contact.pk, command])


def test_it_is_sent_back_on_a_page_that_asks_why(client, contact, agent):
    assert client.get(address(contact)).status_code == 200
    sent = client.post(
        address(contact), {"reason": "facts_missing", "text": TEXT, "seen_version": contact.version}, follow=True
    )
    assert f"{contact.number} went back to {agent.name}." in sent.content.decode()
    contact.refresh_from_db()
    assert contact.level == 1


def test_what_is_missing_is_asked_for_and_the_text_is_kept(client, contact):
    page = client.post(address(contact), {"text": TEXT, "seen_version": contact.version})
    assert TEXT in page.content.decode()
    assert "reason" in page.context["form"].errors
    contact.refresh_from_db()
    assert contact.level == 2


def test_the_page_of_the_contact_says_first_that_it_came_back(contact, specialist, agent):
    send_back(contact, specialist, reason="first_level")
    client = Client(headers={"accept-language": "en"})
    client.force_login(agent.user)
    page = client.get(reverse("admin:contact_center_contact_change", args=[contact.pk]))
    assert [remark.title for remark in page.context["remarks"]] == [
        "Sent back by Claims: the first level can resolve it."
    ]
    queue = client.get(reverse("admin:contact_center_contact_changelist"))
    assert "sent back by the second level" in queue.content.decode()


def test_only_what_came_from_elsewhere_has_the_button(client, contact, specialist):
    page = reverse("admin:contact_center_contact_change", args=[contact.pk])
    assert address(contact) in client.get(page).content.decode()
    send_back(contact, specialist)
    assert address(contact) not in client.get(page).content.decode()


# --- The figures
def test_the_figures_count_it_at_first_level_and_as_sent_back(contact, specialist, agent):
    other = commands.take(ContactFactory(topic=TopicFactory()), by=agent.user)
    commands.escalate(other, team=specialist.team, reason="authority", by=agent.user)
    contact = commands.take(send_back(contact, specialist), by=agent.user)
    contact = commands.wrap_up(contact, code=WrapUpCode.objects.get(code="risolto"), by=agent.user)
    refresh()
    counts = figures(Period(contact.day, timezone.localdate())).totals
    assert (counts.sent_back, counts.ever_escalated, counts.escalated, counts.first_level) == (1, 2, 1, 1)
