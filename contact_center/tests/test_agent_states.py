"""Agents' states: what they report, what sign-ins and the telephone's events report for them, and what the database keeps."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest
from allauth.usersessions.models import UserSession
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from contact_center.agents.states import note_sign_in, note_sign_out, report_state, sweep_states
from contact_center.calls import recording
from contact_center.calls.events import Event
from contact_center.contacts import commands
from contact_center.desk.commands import code_call, pass_on
from contact_center.models import AgentState, Contact, PauseReason, TollFreeLine, Topic, WrapUpCode
from contact_center.tests import factories as make
from customers import roles
from customers.tests import factories as people
from customers.tests.sign_in import signed_in
from foundation.refusals import Refused

pytestmark = pytest.mark.django_db
T0 = datetime(2026, 5, 4, 8, tzinfo=UTC)
LINE = "customers"


@pytest.fixture
def agent():
    return make.AgentFactory(code="op1", user=people.UserFactory(role=roles.AGENT))


@pytest.fixture
def go(time_machine):
    """Set the clock to so many minutes after T0."""

    def move(minute):
        time_machine.move_to(T0 + timedelta(minutes=minute), tick=False)

    move(0)
    return move


def report(agent, state, pause=None):
    return report_state(state=state, pause=pause, by=agent.user)


def event(kind, minute, *, call="c1", agent="", key="", **facts):
    facts |= {"agent": agent} if agent else {}
    if kind == "queued":
        facts |= {"line": LINE, "caller": "+393331234567"}
    return call, Event(key or f"{call}-{kind}-{minute}-{agent}", kind, T0 + timedelta(minutes=minute), **facts)


def send(*events):
    recording.record_events(events, source="centralino")


def answered(agent, minute, call="c1"):
    send(event("queued", minute - 1, call=call), event("answered", minute, call=call, agent=agent.code))
    return Contact.objects.get(call__external_id=call)


def ended(minute, call="c1"):
    send(event("ended", minute, call=call, reason="completed"))


def code(contact, agent):
    wrap_up = WrapUpCode.objects.get(code="risolto")
    return code_call(contact, code=wrap_up, by=agent.user, topic=Topic.objects.first() or make.TopicFactory())


def end_of_transaction():
    """Have the database look at what it looks at when a transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def states_of(agent):
    """The words of the agent's states, each with the minute at which it begins; they are a chain without a gap."""
    end_of_transaction()
    rows = list(AgentState.objects.filter(agent=agent).order_by("began_at"))
    assert all(earlier.ended_at == later.began_at for earlier, later in pairwise(rows))
    assert rows[-1].ended_at is None
    return [(int((row.began_at - T0).total_seconds()) // 60, row.state) for row in rows]


# --- What agents report -------------------------------------------------------------------------------------------------
def test_what_is_reported_holds_from_then_on(agent, go):
    report(agent, "ready")
    go(5)
    report(agent, "written")
    assert states_of(agent) == [(0, "ready"), (5, "written")]


def test_the_same_report_again_changes_nothing(agent, go):
    first = report(agent, "ready")
    go(5)
    assert report(agent, "ready") == first
    assert states_of(agent) == [(0, "ready")]


def test_a_pause_has_a_reason_that_is_in_use(agent, go):
    coffee = PauseReason.objects.get(code="caffe")
    assert report(agent, "pause", coffee).pause == coffee
    over = make.PauseReasonFactory(valid_to=timezone.localdate() - timedelta(days=1))
    for reason in (None, over):
        with pytest.raises(Refused) as refusal:
            report(agent, "pause", reason)
        assert refusal.value.code == "no_reason"


@pytest.mark.parametrize("state", ["", "on_call", "signed_in", "asleep"])
def test_nobody_reports_what_only_events_know(agent, state):
    with pytest.raises(Refused) as refusal:
        report(agent, state)
    assert refusal.value.code == "unknown_state"
    assert not AgentState.objects.exists()


def test_only_an_agent_has_a_state(db):
    with pytest.raises(Refused) as refusal:
        report_state(state="ready", by=people.UserFactory(role=roles.MANAGER))
    assert refusal.value.code == "not_an_agent"


# --- What the telephone reports -------------------------------------------------------------------------------------------
def test_a_call_closes_ready_and_its_code_leads_back(agent, go):
    report(agent, "ready")
    go(10)
    contact = answered(agent, 10)
    row = AgentState.objects.open().get()
    assert (row.state, row.contact, row.reported) == ("on_call", contact, "ready")
    go(13)
    ended(13)
    go(15)
    code(contact, agent)
    assert states_of(agent) == [(0, "ready"), (10, "on_call"), (13, "after_call"), (15, "ready")]


def test_events_late_repeated_and_out_of_order_end_in_the_same_states(agent, go):
    report(agent, "ready")
    go(30)
    events = [
        *(event("queued", 9), event("answered", 10, agent="op1"), event("ended", 13, reason="completed")),
        *(event("queued", 19, call="c2"), event("answered", 20, call="c2", agent="op1")),
    ]
    for one in reversed([*events, *events]):
        send(one)
    assert states_of(agent) == [
        *((0, "ready"), (10, "on_call"), (13, "after_call"), (20, "on_call")),
    ]


def test_a_late_answer_stands_before_what_was_reported_since(agent, go):
    report(agent, "ready")
    go(20)
    report(agent, "written")
    answered(agent, 10)
    ended(13)
    assert states_of(agent) == [(0, "ready"), (10, "on_call"), (13, "after_call"), (20, "written")]


def test_two_calls_at_once_are_one_time_on_the_telephone(agent, go):
    report(agent, "ready")
    go(30)
    first, second = answered(agent, 10), answered(agent, 12, "c2")
    ended(13)
    ended(15, "c2")
    code(second, agent)
    assert states_of(agent)[-1][1] == "after_call"
    code(first, agent)
    assert states_of(agent) == [(0, "ready"), (10, "on_call"), (12, "on_call"), (15, "after_call"), (30, "ready")]


def test_a_transfer_frees_the_first_agent_and_occupies_the_second(agent, go):
    other = make.AgentFactory(code="op2")
    report(agent, "ready")
    go(20)
    contact = answered(agent, 10)
    send(event("transferred", 12, agent="op1", to_agent="op2"), event("answered", 12, agent="op2"))
    ended(15)
    assert states_of(agent) == [(0, "ready"), (10, "on_call"), (12, "ready")]
    assert states_of(other) == [(12, "on_call"), (15, "after_call")]
    commands.assign(contact, to=agent, by=agent.user)
    assert states_of(other)[-1] == (20, "off")


def test_who_hands_the_call_on_has_nothing_to_code(agent, go):
    report(agent, "ready")
    go(20)
    contact = answered(agent, 10)
    ended(13)
    pass_on(contact, team=make.TeamFactory(level=2), reason="authority", by=agent.user)
    assert states_of(agent)[-1] == (20, "ready")


def test_an_agent_who_never_reported_anything_is_off_between_calls(agent, go):
    go(20)
    contact = answered(agent, 10)
    ended(13)
    code(contact, agent)
    assert states_of(agent) == [(10, "on_call"), (13, "after_call"), (20, "off")]


def test_a_code_for_something_else_than_a_call_asks_nothing_of_states(agent, go, django_assert_num_queries):
    contact = make.ContactFactory(by_phone=True, owner=agent)
    commands.add_note(contact, text="Nota", by=agent.user)
    assert not AgentState.objects.exists()


# --- A line on which the code comes first ---------------------------------------------------------------------------------
@pytest.fixture
def blocking():
    TollFreeLine.objects.filter(code=LINE).update(blocks_uncoded=True)


def test_ready_and_the_next_contact_wait_for_the_code(agent, go, blocking):
    report(agent, "written")
    go(20)
    contact = answered(agent, 10)
    ended(13)
    waiting = make.ContactFactory()
    for command in (lambda: report(agent, "ready"), lambda: commands.take_next(by=agent.user)):
        with pytest.raises(Refused, match=contact.number) as refusal:
            command()
        assert refusal.value.code == "uncoded_call"
    report(agent, "pause", PauseReason.objects.first())  # nobody is kept from a pause
    code(contact, agent)
    assert report(agent, "ready").state == "ready"
    assert commands.take_next(by=agent.user) == waiting


def test_elsewhere_nobody_waits_for_a_code(agent, go):
    go(20)
    answered(agent, 10)
    ended(13)
    waiting = make.ContactFactory()
    assert report(agent, "ready").state == "ready"
    assert commands.take_next(by=agent.user) == waiting


# --- Sign-ins -------------------------------------------------------------------------------------------------------------
def test_to_sign_in_does_not_make_ready(agent, go):
    signed_in(agent.user)
    assert states_of(agent) == [(0, "signed_in")]


def test_a_second_sign_in_leaves_the_state(agent, go):
    signed_in(agent.user)
    go(5)
    report(agent, "ready")
    go(10)
    note_sign_in(agent.user)
    assert states_of(agent) == [(0, "signed_in"), (5, "ready")]


def test_to_sign_out_is_to_be_off(agent, go):
    client = signed_in(agent.user)
    report(agent, "ready")
    go(5)
    client.post(reverse("account_logout"))
    assert states_of(agent)[-1] == (5, "off")
    assert AgentState.objects.open().get().cause == "sign_out"


def test_who_signs_out_of_one_of_two_browsers_is_still_there(agent, go):
    client = signed_in(agent.user)
    signed_in(agent.user)
    report(agent, "ready")
    go(5)
    client.post(reverse("account_logout"))
    assert AgentState.objects.open().get().state == "ready"


def test_staff_who_are_no_agents_have_no_states(go):
    user = people.UserFactory(role=roles.MANAGER)
    note_sign_in(user)
    note_sign_out(user)
    assert not AgentState.objects.exists()


def test_a_session_that_ran_out_ends_the_duty_when_it_did(agent, go, settings):
    settings.STAFF_IDLE_MINUTES = 60
    signed_in(agent.user)
    UserSession.objects.update(last_seen_at=T0)
    report(agent, "ready")
    go(60)
    assert sweep_states(timezone.now()) == 0
    go(67)
    assert sweep_states(timezone.now()) == 1
    assert states_of(agent)[-1] == (60, "off")
    assert AgentState.objects.open().get().cause == "session_end"
    assert sweep_states(timezone.now()) == 0


def test_a_session_that_was_ended_elsewhere_ends_the_duty(agent, go):
    signed_in(agent.user)
    report(agent, "ready")
    UserSession.objects.all().delete()
    go(5)
    sweep_states(timezone.now())
    assert states_of(agent)[-1] == (5, "off")


def test_a_session_in_use_goes_on(agent, go):
    signed_in(agent.user)
    report(agent, "ready")
    assert sweep_states(timezone.now()) == 0
    assert states_of(agent)[-1][1] == "ready"


def test_the_sweep_ends_a_call_whose_end_a_file_reported(agent, go):
    signed_in(agent.user)
    report(agent, "ready")
    go(20)
    contact = answered(agent, 10)
    contact.call.ended_at, contact.call.disposition = T0 + timedelta(minutes=14), "answered"
    contact.call.save()
    sweep_states(timezone.now())
    assert states_of(agent)[-2:] == [(10, "on_call"), (14, "after_call")]


# --- What the database keeps --------------------------------------------------------------------------------------------
def leave_a_gap(agent):
    make.AgentStateFactory(agent=agent, ended_at=make.STARTED_AT + timedelta(minutes=1))
    make.AgentStateFactory(agent=agent, began_at=make.STARTED_AT + timedelta(minutes=2))


def take_one_out(agent):
    AgentState.objects.filter(agent=agent, reported="written").delete()


@transaction.atomic
def do(something, agent):
    something(agent)
    end_of_transaction()


def test_a_gap_is_refused_when_the_transaction_ends(agent):
    with pytest.raises(IntegrityError, match="agent_state_is_followed"):
        do(leave_a_gap, agent)


def test_a_state_is_not_taken_out_of_the_middle(agent, go):
    for minute, state in ((0, "ready"), (5, "written"), (9, "ready")):
        go(minute)
        report(agent, state)
    with pytest.raises(IntegrityError, match="agent_state_is_followed"):
        do(take_one_out, agent)


@pytest.mark.parametrize("seed", range(6))
def test_states_add_up_to_the_time_on_duty_whatever_happened(agent, go, seed):
    rng = Random(seed)
    report(agent, "ready")
    events = []
    for number in range(8):
        began, call = rng.randrange(1, 400), f"c{number}"
        events += [event("queued", began - 1, call=call), event("answered", began, call=call, agent="op1")]
        events += [event("ended", began + rng.randrange(1, 20), call=call, reason="completed")]
    rng.shuffle(events)
    for minute in sorted(rng.sample(range(1, 480), 12)):
        go(minute)
        if events and rng.random() < 0.7:
            send(*[events.pop() for _each in range(min(len(events), rng.randrange(1, 6)))])
        contact = Contact.objects.to_code().filter(owner=agent, call__ended_at__isnull=False).first()
        if contact is not None and rng.random() < 0.5:
            code(contact, agent)
        else:
            report(agent, rng.choice(["ready", "written"]))
    go(480)
    if events:
        send(*events)
    report(agent, "off")
    states_of(agent)
    rows = AgentState.objects.exclude(state="off").filter(ended_at__isnull=False)
    on_duty = sum(((row.ended_at - row.began_at) for row in rows), timedelta())
    stretch = AgentState.objects.order_by("began_at").first().began_at, AgentState.objects.open().get().began_at
    off = sum(
        ((row.ended_at - row.began_at) for row in AgentState.objects.filter(state="off", ended_at__isnull=False)),
        timedelta(),
    )
    assert on_duty + off == stretch[1] - stretch[0]
