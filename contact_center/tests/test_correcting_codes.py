"""A wrong wrap-up code is corrected: the figures follow, the history shows it, and nobody counts as having come back."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from contact_center.contacts import commands, reopening
from contact_center.models import ContactEvent, Team, WrapUpCode
from contact_center.office.contact_page import events_told, named
from contact_center.tests.factories import AgentFactory, ContactFactory, TopicFactory
from customers import roles
from customers.tests.factories import UserFactory
from foundation.refusals import Refused

pytestmark = pytest.mark.django_db
WHY = "Tasto sbagliato"


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def agent():
    return AgentFactory(code="op1", user=UserFactory(role=roles.AGENT))


def code(name):
    return WrapUpCode.objects.get(code=name)


@pytest.fixture
def contact(agent):
    """Closed with a slip of the finger: resolved, but coded as not resolved."""
    contact = commands.take(ContactFactory(topic=TopicFactory()), by=agent.user)
    return commands.wrap_up(contact, code=code("non-risolto"), by=agent.user)


def facts(contact):
    contact.refresh_from_db()
    return contact.state, contact.outcome, contact.first_level, contact.reopened_count


def test_the_outcome_and_the_figure_follow_the_right_code(contact, agent):
    assert facts(contact) == ("closed", "unresolved", False, 0)
    commands.correct_code(contact, code=code("risolto"), why=WHY, by=agent.user)
    assert facts(contact) == ("closed", "resolved", True, 0)


def test_another_code_for_a_closed_contact_is_a_correction_with_a_reason(contact, agent):
    with pytest.raises(Refused) as refused:
        commands.wrap_up(contact, code=code("risolto"), by=agent.user)
    assert refused.value.code == "coded_already"
    with pytest.raises(Refused) as refused:
        commands.correct_code(contact, code=code("risolto"), why="  ", by=agent.user)
    assert refused.value.code == "no_reason"
    assert facts(contact) == ("closed", "unresolved", False, 0)


def test_the_history_shows_by_whom_when_from_what_and_why(contact, agent):
    commands.correct_code(contact, code=code("risolto"), by=agent.user, why="Tasto sbagliato")
    event = named(contact.events.order_by("-pk"))[0]
    assert (event.kind, event.by) == (ContactEvent.Kind.CORRECTED, agent.user)
    assert event.details == {
        "code": "risolto",
        "outcome": "resolved",
        "why": "Tasto sbagliato",
        "from_code": "non-risolto",
        "from_outcome": "unresolved",
    }
    assert events_told([event])[0]["details"] == "Resolved, resolved, before: Not resolved, Tasto sbagliato"


def test_the_code_it_has_is_no_correction(contact, agent):
    with pytest.raises(Refused) as refused:
        commands.correct_code(contact, code=code("non-risolto"), why=WHY, by=agent.user)
    assert refused.value.code == "coded_already"


def test_a_code_that_keeps_it_open_is_refused(contact, agent):
    with pytest.raises(Refused) as refused:
        commands.correct_code(contact, code=code("richiamare"), why=WHY, by=agent.user)
    assert refused.value.code == "code_keeps_open"


def test_what_is_open_has_no_code_to_correct(agent):
    with pytest.raises(Refused) as refused:
        commands.correct_code(ContactFactory(), code=code("risolto"), why=WHY, by=agent.user)
    assert refused.value.code == "not_coded"


def test_an_agent_corrects_their_own_for_some_days_and_whoever_keeps_the_codes_at_any_time(contact, agent):
    other, manager = (
        AgentFactory(user=UserFactory(role=roles.AGENT)).user,
        UserFactory(role=roles.MANAGER),
    )
    assert [commands.may_correct_code(contact, user) for user in (agent.user, other, manager)] == [True, False, True]
    with time_machine.travel(timezone.now() + timedelta(days=settings.CODE_CORRECTION_DAYS, minutes=1)):
        assert [commands.may_correct_code(contact, user) for user in (agent.user, manager)] == [False, True]
        with pytest.raises(Refused) as refused:
            commands.correct_code(contact, code=code("risolto"), why=WHY, by=agent.user)
    assert refused.value.code == "too_late_to_correct"


def test_it_is_corrected_from_the_page_of_the_contact(contact, agent):
    client = Client(headers={"accept-language": "en"})
    client.force_login(agent.user)
    address = reverse("admin:contact_center_contact_command", args=[contact.pk, "correggi-esito"])
    assert client.get(address).context["form"].initial["code"] == code("non-risolto").pk
    asked = {"code": code("risolto").pk, "topic": contact.topic_id, "why": WHY, "seen_version": contact.version}
    assert client.post(address, asked).status_code == 302
    assert facts(contact) == ("closed", "resolved", True, 0)


# --- Reopening
def test_a_colleague_who_reopens_is_not_the_customer_coming_back(contact, agent):
    reopening.reopen(contact, by=agent.user)
    assert facts(contact) == ("in_progress", "", False, 0)
    commands.wrap_up(contact, code=code("risolto"), by=agent.user)
    assert facts(contact) == ("closed", "resolved", True, 0)


@pytest.mark.parametrize(("because", "counted"), [("came_back", 1), ("ours", 0)])
def test_the_agent_who_reopens_says_whether_the_customer_came_back(contact, agent, because, counted):
    client = Client(headers={"accept-language": "en"})
    client.force_login(agent.user)
    address = reverse("admin:contact_center_contact_command", args=[contact.pk, "riapri"])
    unsaid = client.post(address, {"why": "", "seen_version": contact.version})
    assert list(unsaid.context["form"].errors) == ["because"]
    assert client.post(address, {"because": because, "seen_version": contact.version}).status_code == 302
    contact.refresh_from_db()
    assert (contact.state, contact.reopened_count) == ("in_progress", counted)


def test_what_the_customer_reopens_goes_to_the_queue_by_the_table_of_states(contact):
    contact.team = Team.objects.create(code="prima", name="Prima")
    contact.save(update_fields=["team"])
    reopening.reopen(contact, by=None)
    contact.refresh_from_db()
    assert (contact.state, contact.owner, contact.team.code) == ("open", None, "prima")
    assert "open" in contact.NEXT["closed"]
