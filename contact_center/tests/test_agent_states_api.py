"""The states of agents for the telephone platform: who can be given a call."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contact_center.tests import factories as make
from customers import roles
from customers.tests.factories import UserFactory
from customers.tests.sign_in import signed_in
from foundation.api.keys import create_key

pytestmark = pytest.mark.django_db
STATES = reverse("api_agents_states")


@pytest.fixture(autouse=True)
def _nothing_kept():
    cache.clear()


@pytest.fixture
def ask(client):
    secret = create_key(name="Centralino", source="centralino", scopes=["calls:write"], by=None)[1]

    def get(**parameters):
        return client.get(STATES, parameters, headers={"Authorization": f"Bearer {secret}"})

    return get


def state_of(code, **fields):
    return make.AgentStateFactory(agent=make.AgentFactory(code=code, extension=f"9{code[2:]}"), **fields)


def test_each_agent_is_shown_by_code_and_extension_with_what_they_do(ask):
    state_of("op1")
    state_of("op2", reported="pause", pause=make.PauseReasonFactory(code="prova"))
    call = make.ContactFactory(by_phone=True)
    state_of("op3", call_state="on_call", contact=call)
    answer = ask()
    assert answer.status_code == 200
    found = {each["agent"]: each for each in answer.json()["agents"]}
    shown = {
        code: (each["state"], each["can_take_calls"], each["pause"], each["line"]) for code, each in found.items()
    }
    assert shown == {
        "op1": ("ready", True, "", ""),
        "op2": ("pause", False, "prova", ""),
        "op3": ("on_call", False, "", call.line.code),
    }
    assert found["op1"]["extension"] == "91"


def test_the_names_of_agents_are_not_in_it(ask):
    row = state_of("op1")
    assert row.agent.name not in ask().content.decode()


def test_agents_who_have_left_are_not_shown(ask):
    make.AgentStateFactory(agent=make.AgentFactory(is_active=False))
    assert ask().json()["agents"] == []


def test_pages_follow_each_other_by_code(ask):
    for number in range(1, 6):
        state_of(f"op{number}")
    first = ask(limit=2).json()
    second = ask(limit=2, after=first["next"]).json()
    last = ask(limit=2, after=second["next"]).json()
    assert [[each["agent"] for each in page["agents"]] for page in (first, second, last)] == [
        ["op1", "op2"],
        ["op3", "op4"],
        ["op5"],
    ]
    assert last["next"] is None


def test_the_states_of_all_cost_one_query_a_second(ask):
    for number in range(1, 4):
        state_of(f"op{number}")
    ask()
    with CaptureQueriesContext(connection) as asked:
        ask()
    assert not [each for each in asked if "agentstate" in each["sql"]]
    cache.delete("agents:states:platform")
    with CaptureQueriesContext(connection) as asked:
        ask()
    assert len([each for each in asked if "agentstate" in each["sql"]]) == 1


@pytest.mark.parametrize("wrong", [{"limit": 0}, {"limit": "molti"}, {"limit": 501}, {"dopo": "op1"}])
def test_a_parameter_that_cannot_be_used_is_named(ask, wrong):
    answer = ask(**wrong)
    assert (answer.status_code, next(iter(wrong)) in answer.content.decode()) == (400, True)


def test_the_door_is_the_platforms_alone(client):
    assert client.get(STATES).status_code == 401
    assert signed_in(UserFactory(role=roles.MANAGER)).get(STATES).status_code == 401
    other = create_key(name="Altro", source="altro", scopes=["figures:read"], by=None)[1]
    assert client.get(STATES, headers={"Authorization": f"Bearer {other}"}).status_code == 403
