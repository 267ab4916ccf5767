"""Invented calls: what is played, what a bad line does to it, and what the command refuses."""

import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest
from django.core.management import CommandError, call_command

from contact_center.calls import recording
from contact_center.calls.events import Event, fold
from contact_center.calls.simulation import day, with_faults
from contact_center.management.commands import simulate_calls
from contact_center.models import Agent, AgentState, Call, Contact
from contact_center.tests import factories as make
from customers import roles
from customers.tests.factories import UserFactory
from foundation.models import ApiKey

T0 = datetime(2026, 5, 4, 8, tzinfo=UTC)
FACTS = ("line", "agent", "caller", "reason", "to_line", "to_agent", "attended")


def a_day(seed=1, **changes):
    wanted = {
        "lines": ["customers", "claims", "campers"],
        "start": T0,
        "seconds": 600,
        "calls_per_minute": 12,
        "talk_seconds": 20,
        "numbers": ["+393331234567"],
    }
    return day(Random(seed), **{**wanted, "agents": ["ada", "bea", "cleo"], "name": "prova", **changes})


def events_of(story):
    for each in story.events:
        facts = {name: each.body[name] for name in FACTS if name in each.body}
        at = datetime.fromisoformat(each.body["at"])
        yield Event(key=each.body["event_id"], kind=each.body["event"], at=at, **facts)


def test_the_same_seed_plays_the_same_day():
    assert a_day() == a_day()
    assert a_day() != a_day(seed=2)


def test_calls_arrive_at_the_rate_on_all_lines_and_not_all_are_answered():
    stories = a_day()
    assert 80 <= len(stories) <= 160
    assert {story.line for story in stories} == {"customers", "claims", "campers"}
    assert {story.disposition for story in stories} == {"answered", "abandoned"}
    kinds = {each.body["event"] for story in stories for each in story.events}
    assert kinds == {"queued", "ringing", "rang_out", "answered", "held", "resumed", "transferred", "ended"}


@pytest.mark.parametrize("seed", range(5))
def test_the_events_of_each_story_make_the_call_that_it_describes(seed):
    for story in a_day(seed):
        call = fold(story.call_id, events_of(story))
        assert (call.disposition, call.agent, call.line) == (story.disposition, story.agent, story.line)


def test_an_agent_speaks_with_one_caller_at_a_time():
    talks = sorted(
        (leg.agent, leg.answered_at, leg.ended_at)
        for story in a_day()
        for leg in fold(story.call_id, events_of(story)).legs
        if leg.answered_at
    )
    for (agent, _begun, ended), (following, begun, _ended) in pairwise(talks):
        assert agent != following or ended <= begun


def test_a_bad_line_repeats_delays_and_loses():
    clean = a_day()
    carried = with_faults(Random(1), clean, 0.2)
    keys = [each.body["event_id"] for story in carried for each in story.events]
    assert len(keys) > len(set(keys))
    assert sum(story.lost for story in carried) == sum(len(story.events) for story in clean) - len(set(keys)) > 0
    assert with_faults(Random(1), clean, 0.0) == clean


# --- The command ------------------------------------------------------------------------------------------------
def refusal(**options):
    with pytest.raises(CommandError) as error:
        call_command("simulate_calls", **options)
    assert error.value.returncode == 2
    return str(error.value)


@pytest.mark.parametrize("url", ["http://example.it", "https://10.0.0.1:8000", "http://2130706433.example"])
def test_it_sends_to_this_machine_alone(url):
    assert "--anywhere" in refusal(url=url)


@pytest.mark.parametrize("url", ["ftp://127.0.0.1", "127.0.0.1:8000", "http://", "http://[", ""])
def test_an_address_that_is_none_is_refused(url):
    assert refusal(url=url)


@pytest.mark.parametrize(
    "options", [{"rate": 0}, {"rate": -1}, {"minutes": 0}, {"talk": 0}, {"faults": 1.1}, {"faults": -0.1}]
)
def test_a_number_that_makes_no_sense_is_refused(options):
    assert "choose from" in refusal(**options)


@pytest.mark.django_db
def test_without_agents_there_is_nobody_to_answer():
    assert "no active agent" in refusal()
    assert "nobody" in refusal(agents="nobody")


@pytest.mark.django_db
def test_in_production_no_key_is_made(settings):
    settings.PRODUCTION = True
    make.AgentFactory(code="ada")
    assert "--key" in refusal(agents="ada")
    assert not ApiKey.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_the_server_made_is_compared_and_the_key_revoked(three_lines, live_server, capsys, monkeypatch):
    sleep = time.sleep
    monkeypatch.setattr(simulate_calls.time, "sleep", lambda seconds: sleep(min(seconds, 0.02)))  # as on a fast day
    team = make.TeamFactory(level=1)
    for code in ("ada", "bea"):
        make.AgentFactory(code=code, team=team, user=UserFactory(role=roles.AGENT))
    call_command("simulate_calls", url=live_server.url, rate=600, minutes=0.02, talk=1, faults=0.2)
    printed = capsys.readouterr().out
    assert printed.count("wrong 0") == 3  # of the calls, of the agents' seconds on the telephone, of the figures
    assert Call.objects.filter(source=simulate_calls.SOURCE).exists()
    assert Contact.objects.count() == Call.objects.filter(answered_at__isnull=False).count()
    assert ApiKey.objects.get().revoked_at is not None


@pytest.mark.django_db
def test_of_twenty_calls_a_second_every_one_is_in_the_figures_and_in_the_states(three_lines, time_machine):
    agents = [make.AgentFactory(code=f"agente-{number}").code for number in range(40)]
    time_machine.move_to(T0 + timedelta(hours=1))
    stories = a_day(7, seconds=4, calls_per_minute=1_200, talk_seconds=5, agents=agents)
    assert len(stories) > 50
    carried = with_faults(Random(7), stories, 0.2)
    sent = sorted((each.leaves, number, each) for number, story in enumerate(carried) for each in story.events)
    for _leaves, number, each in sent:
        facts = {name: each.body[name] for name in FACTS if name in each.body}
        at = datetime.fromisoformat(each.body["at"])
        event = Event(key=each.body["event_id"], kind=each.body["event"], at=at, **facts)
        recording.record_events([(carried[number].call_id, event)], source="prova")
    calls = {call.external_id: call for call in Call.objects.filter(source="prova").select_related("contact")}
    assert calls.keys() == {story.call_id for story in carried if fold(story.call_id, events_of(story)) is not None}
    command = simulate_calls.Command()
    assert (command._compare_states(carried, calls), command._compare_figures(calls)) == (0, 0)


@pytest.mark.django_db
def test_the_states_of_agents_record_every_second_on_the_telephone(three_lines, capsys, time_machine):
    for code in ("ada", "bea", "cleo"):
        make.AgentFactory(code=code)
    time_machine.move_to(T0 + timedelta(hours=1))
    carried = with_faults(Random(3), a_day(3), 0.3)
    sent = sorted((each.leaves, number, each) for number, story in enumerate(carried) for each in story.events)
    for _leaves, number, each in sent:
        facts = {name: each.body[name] for name in FACTS if name in each.body}
        at = datetime.fromisoformat(each.body["at"])
        event = Event(key=each.body["event_id"], kind=each.body["event"], at=at, **facts)
        recording.record_events([(carried[number].call_id, event)], source="prova")
    calls = {call.external_id: call for call in Call.objects.filter(source="prova").select_related("contact")}
    command = simulate_calls.Command()
    assert command._compare_states(carried, calls) == 0
    for agent in Agent.objects.all():
        rows = list(AgentState.objects.filter(agent=agent).order_by("began_at"))
        assert all(earlier.ended_at == later.began_at for earlier, later in pairwise(rows))
        ended = [each for each in rows if each.ended_at]
        total = sum((each.ended_at - each.began_at for each in ended), timedelta())
        assert total == rows[-1].began_at - rows[0].began_at


def test_two_calls_at_once_are_one_time_on_the_telephone():
    talks = [("ada", T0, T0 + timedelta(seconds=9)), ("ada", T0 + timedelta(seconds=5), None), ("bea", T0, None)]
    last = T0 + timedelta(seconds=12)
    assert simulate_calls.seconds_by_agent(talks, last) == {"ada": 12, "bea": 12}


@pytest.mark.django_db
def test_a_call_that_the_server_got_wrong_is_reported(monkeypatch, capsys):
    make.AgentFactory(code="ada")
    monkeypatch.setattr(simulate_calls._Sender, "_post", lambda sender, body: "created")
    monkeypatch.setattr(simulate_calls.time, "sleep", lambda seconds: None)  # nobody receives: nothing to wait for
    with pytest.raises(SystemExit) as end:
        call_command("simulate_calls", agents="ada", rate=600, minutes=0.01, talk=1)
    assert end.value.code == 1
    assert "there is no call" in capsys.readouterr().out
