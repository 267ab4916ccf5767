"""Supervision: what the leader of a team and a manager see, contacts that are given out, states that were forgotten."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contact_center.agents import board as states
from contact_center.models import AgentState, Contact, ContactEvent, EndedState, Mention
from contact_center.supervision import commands
from contact_center.supervision.commands import Given, end_forgotten_state, give_out
from contact_center.tests import factories as make
from customers import roles
from customers.tests import factories as people
from customers.tests.sign_in import signed_in
from foundation.refusals import Refused
from foundation.shared import being_made

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 6, 9, tzinfo=UTC)
PAGE = "/backoffice/supervisione/"
AGREEMENT = "Accordo del 12 marzo 2026"


@pytest.fixture(autouse=True)
def _now(time_machine):
    time_machine.move_to(NOW, tick=False)
    cache.delete(states.KEY)
    cache.delete(being_made(states.KEY))


@pytest.fixture
def team():
    return make.TeamFactory(name="Sinistri", lead=people.UserFactory(role=roles.SPECIALIST))


def an_agent(team, **fields):
    return make.AgentFactory(team=team, user=people.UserFactory(role=roles.AGENT), **fields)


@pytest.fixture
def absent(team):
    return an_agent(team, name="Ada Bianchi")


@pytest.fixture
def present(team):
    return an_agent(team, name="Bea Neri")


@pytest.fixture
def manager():
    return people.UserFactory(role=roles.MANAGER)


def owned(agent, **fields):
    given = {"state": Contact.State.IN_PROGRESS, "owner": agent, "agent": agent, "team": agent.team}
    return make.ContactFactory(**given | fields)


def refusal(command, *args, **kwargs):
    with pytest.raises(Refused) as refused:
        command(*args, **kwargs)
    return refused.value.code


# --- Who sees what
def test_the_leader_of_a_team_sees_that_team_and_a_manager_all(team, manager, absent):
    other = make.TeamFactory(name="Polizze")
    seen = [row["team"] for row in signed_in(team.lead).get(PAGE).context["teams"]]
    assert seen == [team]
    assert {row["team"] for row in signed_in(manager).get(PAGE).context["teams"]} >= {team, other}


def test_a_leader_who_was_replaced_sees_it_no_more(team):
    former, team.lead = team.lead, people.UserFactory(role=roles.SPECIALIST)
    team.save()
    assert signed_in(former).get(PAGE).context["teams"] == []
    assert team.history.get().lead == former


def test_each_number_of_a_team_is_the_number_of_rows_that_its_link_opens(team, absent):
    owned(absent, due_at=NOW - timedelta(hours=1))
    owned(absent, state=Contact.State.WAITING)
    make.ContactFactory(team=team)
    make.ContactFactory(team=make.TeamFactory())
    client = signed_in(team.lead)
    [row] = client.get(PAGE).context["teams"]
    assert [number for number, _url in row["numbers"]] == [3, 1, 1, 1]
    for number, url in row["numbers"]:
        assert len(client.get(url).context["cl"].result_list) == number


def test_single_states_are_shown_by_an_agreement_alone(team, absent, settings):
    make.AgentStateFactory(agent=absent, began_at=NOW - timedelta(hours=20))
    client = signed_in(team.lead)
    settings.AGENT_STATES_AGREEMENT = ""
    assert [row["shown"] for row in client.get(PAGE).context["agents"]] == [None]
    settings.AGENT_STATES_AGREEMENT = AGREEMENT
    [row] = client.get(PAGE).context["agents"]
    assert row["shown"].state == "ready"


def test_the_page_costs_the_same_at_one_agent_and_at_three(team, absent, settings):
    settings.AGENT_STATES_AGREEMENT = AGREEMENT
    client = signed_in(team.lead)
    owned(absent)

    def cost():
        cache.delete(states.KEY)
        with CaptureQueriesContext(connection) as queries:
            client.get(PAGE)
        return len(queries)

    cost()
    one = cost()
    for _each in range(2):
        owned(an_agent(team))
    assert cost() == one


# --- Giving out
def test_the_open_contacts_of_an_agent_go_to_another_who_is_informed(team, absent, present):
    waiting, late = owned(absent, state=Contact.State.WAITING), owned(absent)
    done = owned(absent, state=Contact.State.CLOSED, closed_at=NOW)
    assert give_out(absent, to=present, reason="Malattia", by=team.lead) == Given(moved=2, left=0)
    for contact in (waiting, late):
        contact.refresh_from_db()
        assert contact.owner == present
        event = contact.events.get(kind=ContactEvent.Kind.ASSIGNED)
        assert event.by == team.lead
    done.refresh_from_db()
    assert done.owner == absent
    assert Mention.objects.unseen_by(present).count() == Mention.objects.unseen_by(absent).count() == 2


def test_contacts_go_back_to_the_queue_where_nobody_is_chosen(team, absent):
    contact = owned(absent)
    give_out(absent, to=None, reason="Malattia", by=team.lead)
    contact.refresh_from_db()
    assert (contact.owner, contact.state, contact.team) == (None, Contact.State.OPEN, team)
    assert contact.messages.get().text == "Malattia"


def test_what_was_closed_since_it_was_looked_at_is_left_alone(team, absent, present, monkeypatch):
    closed, still_open = owned(absent), owned(absent)
    looked_at = Contact.objects.filter(pk__in=[closed.pk, still_open.pk])
    monkeypatch.setattr(commands, "open_of", lambda agent, user: looked_at.order_by("pk"))
    Contact.objects.filter(pk=closed.pk).update(state="closed", closed_at=NOW, outcome="resolved")
    assert commands.give_out(absent, to=present, reason="Assente", by=team.lead).moved == 1
    assert Contact.objects.get(pk=closed.pk).owner == absent


def test_it_is_for_those_who_supervise_the_team(team, absent, present, manager):
    owned(absent)
    other = make.TeamFactory(lead=people.UserFactory(role=roles.SPECIALIST))
    for person in (other.lead, present.user, people.UserFactory(role=roles.AUDITOR)):
        assert refusal(give_out, absent, to=present, reason="x", by=person) == "not_supervised"
    assert give_out(absent, to=present, reason="x", by=manager).moved == 1


def test_contacts_are_not_given_out_of_the_teams_that_one_supervises(team, absent):
    owned(absent)
    stranger = an_agent(make.TeamFactory())
    assert refusal(give_out, absent, to=stranger, reason="x", by=team.lead) == "not_to_this_agent"
    assert refusal(give_out, absent, to=absent, reason="x", by=team.lead) == "not_to_this_agent"


@pytest.mark.parametrize(("reason", "code"), [("", "no_reason"), (" \n", "no_reason"), ("a" * 10_000, "too_long")])
def test_a_reason_is_given(team, absent, reason, code):
    owned(absent)
    assert refusal(give_out, absent, to=None, reason=reason, by=team.lead) == code


def test_the_page_says_what_would_move_and_then_moves_it(team, absent, present):
    owned(absent)
    client, address = signed_in(team.lead), reverse("supervision_give_out", args=[absent.pk])
    assert "1 open contact would move." in client.get(address, headers={"accept-language": "en"}).content.decode()
    assert Contact.objects.filter(owner=absent).exists()
    assert client.post(address, {"to": present.pk, "reason": "Ferie 😀"}).status_code == 302
    assert not Contact.objects.filter(owner=absent).exists()
    client.post(address, {"to": present.pk, "reason": "Ferie 😀"})  # a second press finds nothing to move
    assert Mention.objects.unseen_by(present).count() == 1


def test_the_page_of_another_teams_agent_is_not_found(team):
    stranger = an_agent(make.TeamFactory())
    client = signed_in(team.lead)
    for name in ("supervision_give_out", "supervision_end_state"):
        assert client.get(reverse(name, args=[stranger.pk])).status_code == 404


# --- A state that was forgotten
@pytest.fixture
def forgotten(absent, settings):
    settings.AGENT_STATES_AGREEMENT = AGREEMENT
    return make.AgentStateFactory(agent=absent, began_at=NOW - timedelta(hours=20))


def test_a_forgotten_state_is_ended_with_a_reason_that_the_agent_reads(team, absent, forgotten):
    client, address = signed_in(team.lead), reverse("supervision_end_state", args=[absent.pk])
    form = client.get(address).context["form"]
    sent = {"reason": "È andata via senza chiudere.", "seen_since": form.initial["seen_since"]}
    assert client.post(address, sent).status_code == 302
    current = AgentState.objects.open().get(agent=absent)
    assert (current.state, current.cause, current.began_at) == ("off", "supervisor", NOW)
    assert EndedState.objects.get().by == team.lead
    assert "È andata via senza chiudere." in signed_in(absent.user).get("/backoffice/turno/").content.decode()


def test_a_state_that_is_another_meanwhile_is_left_alone(team, absent, forgotten):
    seen = forgotten.began_at - timedelta(hours=1)
    assert refusal(end_forgotten_state, absent, seen_since=seen, reason="x", by=team.lead) == "another_state"
    end_forgotten_state(absent, seen_since=forgotten.began_at, reason="x", by=team.lead)
    again = refusal(end_forgotten_state, absent, seen_since=forgotten.began_at, reason="x", by=team.lead)
    assert (again, EndedState.objects.count()) == ("another_state", 1)


def test_a_call_is_not_ended_by_hand(team, absent, forgotten):
    AgentState.objects.filter(pk=forgotten.pk).update(
        call_state=AgentState.Telephone.ON_CALL, contact=make.ContactFactory()
    )
    seen = forgotten.began_at
    assert refusal(end_forgotten_state, absent, seen_since=seen, reason="x", by=team.lead) == "on_a_call"


def test_without_an_agreement_no_state_is_ended(team, absent, forgotten, settings):
    settings.AGENT_STATES_AGREEMENT = ""
    seen = forgotten.began_at
    assert refusal(end_forgotten_state, absent, seen_since=seen, reason="x", by=team.lead) == "no_agreement"
    page = signed_in(team.lead).get(reverse("supervision_end_state", args=[absent.pk]))
    assert (page.context["shown"], page.context["form"]) == (None, None)


def test_nobody_ends_their_own_or_that_of_another_team(team, absent, forgotten):
    for person in (absent.user, people.UserFactory(role=roles.SPECIALIST)):
        seen = forgotten.began_at
        assert refusal(end_forgotten_state, absent, seen_since=seen, reason="x", by=person) == "not_supervised"
