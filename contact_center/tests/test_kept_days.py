"""Time in states and time in queues per day: whole seconds that add up, and nothing that is not known is counted as 0."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db.models import F, Sum

from contact_center.figures import rebuild, refresh
from contact_center.models import AgentDay, AgentState, CallLeg, QueueDay, StaleDay
from contact_center.models.kept_days import DUTY_STATES
from contact_center.tests.factories import (
    AgentFactory,
    AgentStateFactory,
    CallFactory,
    CallLegFactory,
    TeamFactory,
    TollFreeLineFactory,
)
from foundation.dates import ROME

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 2)  # a Monday
NOON = datetime(2026, 11, 2, 11, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _monday(time_machine):
    time_machine.move_to(NOON, tick=False)


def at(hour: int, minute: int = 0, *, day: date = TODAY, fold: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ROME, fold=fold).astimezone(UTC)


def duty(agent, *moments: tuple[datetime, str]) -> None:
    """States from each moment on; the last is open."""
    ends = [moment for moment, _state in moments[1:]] + [None]
    for (began_at, state), ended_at in zip(moments, ends, strict=True):
        AgentStateFactory(agent=agent, began_at=began_at, reported_at=began_at, ended_at=ended_at, reported=state)


def seconds_of(day: date) -> dict[str, int]:
    row = AgentDay.objects.filter(day=day).values(*DUTY_STATES).get()
    return {state: seconds for state, seconds in row.items() if seconds}


# --- Time in states


def test_the_seconds_of_a_day_add_up_to_the_time_on_duty():
    agent, day = AgentFactory(), date(2026, 10, 30)
    duty(
        agent,
        (at(8, day=day), "signed_in"),
        (at(8, 10, day=day), "ready"),
        (at(12, day=day), "written"),
        (at(13, day=day), "ready"),
        (at(17, day=day), "off"),
    )
    refresh()
    assert seconds_of(day) == {"signed_in": 600, "ready": 4 * 3600 + 3600 * 4 - 600, "written": 3600}
    assert sum(seconds_of(day).values()) == 9 * 3600


def test_a_duty_over_midnight_is_in_both_days():
    agent, day = AgentFactory(), date(2026, 10, 30)
    duty(agent, (at(23, day=day), "ready"), (at(1, day=day + timedelta(days=1)), "off"))
    refresh()
    assert (seconds_of(day), seconds_of(day + timedelta(days=1))) == ({"ready": 3600}, {"ready": 3600})


def test_the_night_on_which_the_clocks_go_back_has_an_hour_more():
    agent, day = AgentFactory(), date(2026, 10, 25)
    duty(agent, (at(0, day=day), "ready"), (at(0, day=day + timedelta(days=1)), "off"))
    refresh()
    assert seconds_of(day) == {"ready": 25 * 3600}


def test_an_open_state_counts_until_now_and_goes_on_at_the_next_count(time_machine):
    duty(AgentFactory(), (at(8), "ready"))
    refresh()
    assert seconds_of(TODAY) == {"ready": 4 * 3600}
    time_machine.move_to(NOON + timedelta(hours=1), tick=False)
    refresh()
    assert seconds_of(TODAY) == {"ready": 5 * 3600}


def test_a_day_that_ended_during_a_duty_is_counted_to_its_end(time_machine):
    duty(AgentFactory(), (at(22, day=TODAY), "ready"))
    time_machine.move_to(at(23), tick=False)
    refresh()
    time_machine.move_to(at(0, 30, day=TODAY + timedelta(days=1)), tick=False)
    refresh()
    assert seconds_of(TODAY) == {"ready": 2 * 3600}
    assert seconds_of(TODAY + timedelta(days=1)) == {"ready": 1800}


def test_a_state_that_changes_afterwards_marks_its_days_and_one_off_duty_none():
    agent, day = AgentFactory(), date(2026, 10, 30)
    duty(agent, (at(8, day=day), "ready"), (at(12, day=day), "written"), (at(17, day=day), "off"))
    refresh()
    AgentState.objects.filter(reported="written").update(cause="session_end")
    AgentState.objects.filter(reported="off").update(cause="session_end")
    assert not StaleDay.objects.exists()
    AgentState.objects.filter(reported="written").update(reported="ready")
    assert set(StaleDay.objects.values_list("day", flat=True)) == {day}
    refresh()
    assert seconds_of(day) == {"ready": 9 * 3600}


def test_nobody_on_duty_makes_no_row():
    duty(AgentFactory(), (at(8), "off"))
    refresh()
    rebuild()
    assert not AgentDay.objects.exists()


def test_a_row_keeps_the_team_of_its_agent():
    team = TeamFactory()
    duty(AgentFactory(team=team), (at(8), "ready"))
    refresh()
    assert AgentDay.objects.get().team == team


def test_a_rebuild_leaves_the_days_whose_states_are_gone(monkeypatch):
    agent, old, young = AgentFactory(), date(2025, 10, 30), date(2026, 10, 30)
    AgentDay.objects.create(day=old, agent=None, ready=100)
    AgentDay.objects.create(day=young, agent=agent, ready=7)
    duty(agent, (at(8, day=young), "ready"), (at(9, day=young), "off"))
    CallFactory(queued_at=at(9, day=old), contact=None)
    rebuild()
    assert list(AgentDay.objects.order_by("day").values_list("day", "ready")) == [(old, 100), (young, 3600)]


def test_states_equal_an_independent_sum_of_their_rows():
    agents = [AgentFactory() for _ in range(3)]
    words = ["ready", "written", "signed_in", "off"]
    for number, agent in enumerate(agents):
        moment, moments = at(7, day=date(2026, 10, 24)), []
        for step in range(40):
            moments.append((moment, words[(step * (number + 1)) % 4 if step < 39 else 3]))
            moment += timedelta(seconds=3571 + 613 * number + 97 * step)
        duty(agent, *moments)
    refresh()
    wanted: dict[tuple, int] = {}
    for row in AgentState.objects.exclude(reported="off"):
        second = row.began_at
        while second < (row.ended_at or NOON):  # minute by minute would do, were states not of odd seconds
            day = second.astimezone(ROME).date()
            midnight = at(0, day=day + timedelta(days=1))
            until = min(midnight, row.ended_at or NOON)
            key = (day, row.agent_id, row.reported)
            wanted[key] = wanted.get(key, 0) + int((until - second).total_seconds())
            second = until
    found = {
        (row.day, row.agent_id, state): getattr(row, state)
        for row in AgentDay.objects.all()
        for state in DUTY_STATES
        if getattr(row, state)
    }
    assert found == wanted


# --- Time in queues


def queues() -> list[tuple]:
    names = ("line", "is_first", "calls", "entered", "answered", "abandoned", "waits_known", "wait_seconds")
    return list(QueueDay.objects.order_by("line", "-is_first").values_list(*names))


def test_a_call_of_one_queue_is_in_the_queue_of_its_line():
    line = TollFreeLineFactory()
    CallFactory(line=line, queued_at=at(9), contact=None, wait_seconds=12)
    CallFactory(line=line, queued_at=at(9), contact=None, wait_seconds=None)
    CallFactory(line=line, queued_at=at(9), abandoned=True, wait_seconds=50)
    CallFactory(line=line, queued_at=at(9), abandoned=True, disposition="turned_away")
    refresh()
    assert queues() == [(line.pk, True, 3, 3, 2, 1, 2, 62)]


def test_a_call_that_was_passed_on_is_in_both_queues_and_an_unknown_wait_in_no_sum():
    first, second = TollFreeLineFactory(), TollFreeLineFactory()
    call = CallFactory(line=first, queued_at=at(9), contact=None, wait_seconds=30)
    moment = at(9)
    legs = [
        {"line": first, "answered_at": moment + timedelta(seconds=30), "wait_seconds": 30, "disposition": "answered"},
        {"line": second, "answered_at": None, "wait_seconds": 0, "disposition": "open"},
        {"line": second, "answered_at": moment + timedelta(seconds=99), "wait_seconds": 9, "disposition": "answered"},
    ]
    for position, leg in enumerate(legs, 1):
        ended_at = leg["answered_at"] and leg["answered_at"] + timedelta(seconds=20)
        CallLegFactory(call=call, position=position, entered_at=moment, ended_at=ended_at, **leg)
    refresh()
    assert queues() == [(first.pk, True, 1, 1, 1, 0, 1, 30), (second.pk, False, 1, 2, 1, 0, 1, 9)]


def test_a_leg_that_comes_later_marks_the_day_of_its_call():
    call = CallFactory(queued_at=at(9), contact=None)
    refresh()
    CallLegFactory(call=call, position=1, line=call.line, entered_at=at(9), wait_seconds=5)
    assert set(StaleDay.objects.values_list("day", flat=True)) == {TODAY}
    refresh()
    CallLeg.objects.all().delete()
    assert StaleDay.objects.exists()


def test_every_call_offered_is_in_one_first_queue():
    for number in range(4):
        call = CallFactory(queued_at=at(9), contact=None)
        if number % 2:
            for position in (1, 2):
                CallLegFactory(call=call, position=position, line=call.line, entered_at=at(9))
    refresh()
    assert QueueDay.objects.filter(is_first=True).aggregate(all=Sum(F("entered")))["all"] == 4
