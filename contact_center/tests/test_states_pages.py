"""Pages of agents' states: one's own, who is on duty, how a day went; and what managers see of single people."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from contact_center.agents import board as states
from contact_center.models import AgentState, PauseReason
from contact_center.tests import factories as make
from customers import roles
from customers.tests import factories as people
from customers.tests.sign_in import signed_in
from foundation.shared import being_made

pytestmark = pytest.mark.django_db
T0 = datetime(2026, 5, 4, 8, tzinfo=UTC)
OWN, BOARD, NOW, DAY = (
    "/backoffice/turno/",
    "/backoffice/turno/squadre/",
    "/backoffice/turno/squadre/ora/",
    "/backoffice/turno/giornata/",
)
AGREEMENT = "Accordo del 12 marzo 2026"


@pytest.fixture(autouse=True)
def _fresh():
    cache.delete(states.KEY)
    cache.delete(being_made(states.KEY))


@pytest.fixture
def agent():
    return make.AgentFactory(name="Ada Bianchi", user=people.UserFactory(role=roles.AGENT))


@pytest.fixture
def client(agent):
    return signed_in(agent.user)


@pytest.fixture
def manager():
    return signed_in(people.UserFactory(role=roles.MANAGER))


def on_duty(number, team=None, **fields):
    """So many agents of a team in a state since T0."""
    for _each in range(number):
        agent = make.AgentFactory(team=team)
        make.AgentStateFactory(agent=agent, began_at=T0, **fields)
    return agent


# --- One's own ----------------------------------------------------------------------------------------------------------
def test_a_state_is_chosen_on_a_page_without_a_script(client, agent):
    page = client.post(OWN, {"state": "ready"}, follow=True)
    assert "Il Suo stato: pronto." in page.content.decode()
    assert AgentState.objects.open().get(agent=agent).state == "ready"


def test_a_pause_is_chosen_with_its_reason(client, agent):
    coffee = PauseReason.objects.get(code="caffe")
    page = client.post(OWN, {"state": f"pause:{coffee.pk}"}, follow=True)
    assert "pausa: caffè" in page.content.decode()
    assert AgentState.objects.open().get(agent=agent).pause == coffee


@pytest.mark.parametrize("state", ["", "on_call", "pause:", "pause:0", "pause:x", "x" * 10_000, "😀", "ready\x00"])
def test_what_cannot_be_reported_is_refused_and_changes_nothing(client, agent, state):
    before = list(AgentState.objects.values_list("pk", "state"))
    assert client.post(OWN, {"state": state}).status_code == 409
    answer = client.post(OWN, {"state": state}, headers={"Accept": "application/json"})
    assert (answer.status_code, set(answer.json())) == (409, {"code", "words"})
    assert list(AgentState.objects.values_list("pk", "state")) == before


def test_a_script_gets_no_page(client, agent):
    assert client.post(OWN, {"state": "written"}, headers={"Accept": "application/json"}).status_code == 204
    assert AgentState.objects.open().get(agent=agent).state == "written"


def test_nothing_changes_by_looking(client, agent):
    before = AgentState.objects.count()
    assert client.get(OWN, {"state": "ready"}).status_code == 200
    assert AgentState.objects.count() == before


def test_the_way_back_leads_to_no_other_site(client):
    assert client.post(OWN, {"state": "ready", "next": "https://example.com/"}).url == OWN
    assert client.post(OWN, {"state": "off", "next": "/backoffice/scrivania/"}).url == "/backoffice/scrivania/"


def test_who_is_no_agent_reads_why_there_is_nothing(settings):
    user = people.UserFactory(role=roles.AGENT)
    page = signed_in(user).get(OWN)
    assert (page.status_code, "scheda di operatore" in page.content.decode()) == (200, True)
    assert signed_in(user).post(OWN, {"state": "ready"}).status_code == 409


def test_every_page_is_told_the_state_and_what_may_be_reported(client, agent):
    client.post(OWN, {"state": "written"})
    news = client.get(reverse("desk_state"), {"v": "", "brief": "1"}).json()
    assert (news["user"], news["state"]["name"], news["waiting"]) == (agent.user_id, "lavoro scritto", 0)
    assert [value for value, _name, held in news["choices"] if held] == ["written"]


def test_a_report_is_news(client, agent, django_capture_on_commit_callbacks):
    address = reverse("desk_state")
    version = client.get(address, {"v": "", "brief": "1"}).json()["version"]
    assert client.get(address, {"v": version, "brief": "1"}).status_code == 204
    with django_capture_on_commit_callbacks(execute=True):
        client.post(OWN, {"state": "ready"})
    assert client.get(address, {"v": version, "brief": "1"}).status_code == 200


# --- Who is on duty -----------------------------------------------------------------------------------------------------
def test_the_board_counts_people_by_team_and_state_and_calls_by_line(manager):
    team = make.TeamFactory(name="Prima")
    on_duty(3, team)
    on_duty(1, team, reported="written")
    line = make.TollFreeLineFactory(name="Linea piena")
    make.CallFactory(abandoned=True, line=line, disposition="open", ended_at=None, queued_at=timezone.now())
    context = manager.get(BOARD).context
    [row] = context["teams"]
    assert (row["name"], row["people"], row["counts"]) == ("Prima", 4, [3, 0, 0, 1, 0, 0])
    assert [each["number"] for each in context["lines"] if each["name"] == "Linea piena"] == [1]


def test_without_an_agreement_nobody_is_named_and_no_group_is_small(manager):
    agent = on_duty(1, make.TeamFactory(name="Piccola"))
    on_duty(2, make.TeamFactory(name="Quasi"))
    page = manager.get(BOARD)
    text = page.content.decode()
    assert (agent.name in text, "Piccola" in text, "art. 4 l. 300/1970" in text) == (False, False, True)
    assert [(row["people"], row["counts"][0]) for row in page.context["teams"]] == [(3, 3)]


def test_a_group_that_remains_small_has_no_numbers(manager):
    on_duty(2, make.TeamFactory())
    [row] = manager.get(BOARD).context["teams"]
    assert (row["people"], set(row["counts"])) == (2, {None})


def test_with_an_agreement_people_are_named_and_so_is_the_agreement(manager, settings):
    settings.AGENT_STATES_AGREEMENT = AGREEMENT
    agent = on_duty(1, make.TeamFactory())
    text = manager.get(BOARD).content.decode()
    assert agent.name in text
    assert AGREEMENT in text


def test_the_board_costs_three_queries_for_all_its_readers(settings):
    settings.AGENT_STATES_AGREEMENT = AGREEMENT
    on_duty(3, make.TeamFactory())
    now = timezone.now()
    with CaptureQueriesContext(connection) as first:
        states.board(now)
    with CaptureQueriesContext(connection) as others:
        states.board(now + timedelta(seconds=1))
    assert (len(first), len(others)) == (3, 0)


def test_who_asks_while_it_is_computed_gets_the_one_before_with_its_age(django_assert_num_queries):
    now = timezone.now()
    before = states.board(now)
    later = now + timedelta(seconds=states.FRESH_SECONDS)
    cache.add(being_made(states.KEY), True, 5)  # somebody is at it
    with django_assert_num_queries(0):
        assert states.board(later).made_at == before.made_at


@pytest.mark.parametrize("address", [BOARD, NOW, DAY])
def test_only_managers_see_who_is_on_duty(address):
    allowed = {role for role in roles.ALL if signed_in(people.UserFactory(role=role)).get(address).status_code == 200}
    assert allowed == {roles.MANAGER}


# --- How a day went -----------------------------------------------------------------------------------------------------
@pytest.fixture
def a_day(settings, time_machine):
    """An agent who was ready for an hour, on a pause for ten minutes, ready over midnight, and then off."""
    settings.AGENT_STATES_AGREEMENT = AGREEMENT
    time_machine.move_to(T0 + timedelta(days=2), tick=False)
    agent = make.AgentFactory(name="Ada Bianchi", team=make.TeamFactory())
    coffee = PauseReason.objects.get(code="caffe")
    moments = [T0, T0 + timedelta(hours=1), T0 + timedelta(minutes=70), T0 + timedelta(hours=20), None]
    reports = [
        {"reported": "ready"},
        {"reported": "pause", "pause": coffee},
        {"reported": "ready"},
        {"reported": "off"},
    ]
    for place, fields in enumerate(reports):
        make.AgentStateFactory(agent=agent, began_at=moments[place], ended_at=moments[place + 1], **fields)
    return agent


def test_the_states_of_a_day_add_up_to_the_time_on_duty(a_day, manager):
    context = manager.get(DAY, {"day": "2026-05-04"}).context
    [row] = context["people"]
    assert (row["agent"], row["times"][0], row["times"][4], row["total"]) == (a_day, "13:50:00", "10:00", "14:00:00")
    [team] = context["teams"]
    assert (team["people"], team["total"]) == (1, "14:00:00")


def test_a_day_ends_at_midnight_in_italy(a_day, manager):
    [row] = manager.get(DAY, {"day": "2026-05-05"}).context["people"]
    assert row["total"] == "6:00:00"


def test_the_day_of_an_agent_has_each_state_with_its_cause(a_day, manager):
    page = manager.get(reverse("states_of_agent", args=[a_day.pk]), {"day": "2026-05-04"})
    assert [(each["name"], each["lasted"]) for each in page.context["spans"]] == [
        ("pronto", "12:50:00"),
        ("pausa: caffè", "10:00"),
        ("pronto", "1:00:00"),
    ]
    assert page.context["pauses"] == [("caffè", "10:00")]


def test_without_an_agreement_a_day_has_teams_alone(a_day, manager, settings):
    settings.AGENT_STATES_AGREEMENT = ""
    page = manager.get(DAY, {"day": "2026-05-04"})
    assert (page.context["people"], "Ada Bianchi" in page.content.decode()) == ([], False)
    assert page.context["teams"][0]["total"] is None
    single = manager.get(reverse("states_of_agent", args=[a_day.pk]), {"day": "2026-05-04"})
    assert (single.status_code, "spans" in single.context) == (200, False)


@pytest.mark.parametrize("day", ["2999-01-01", "ieri", "2026-13-01", "😀", "x" * 10_000])
def test_a_day_that_is_none_is_said_so(manager, day):
    assert manager.get(DAY, {"day": day}).status_code == 400


def test_a_day_costs_the_same_for_one_agent_and_for_three(manager, settings):
    settings.AGENT_STATES_AGREEMENT = AGREEMENT
    team = make.TeamFactory()
    on_duty(1, team)
    manager.get(DAY)
    with CaptureQueriesContext(connection) as one:
        manager.get(DAY)
    on_duty(2, team)
    with CaptureQueriesContext(connection) as three:
        manager.get(DAY)
    assert len(one) == len(three)


def test_people_of_a_day_stand_on_pages(manager, settings):
    settings.AGENT_STATES_AGREEMENT = AGREEMENT
    on_duty(51, make.TeamFactory())
    assert len(manager.get(DAY).context["people"]) == 50
    assert len(manager.get(DAY, {"page": "2"}).context["people"]) == 1
