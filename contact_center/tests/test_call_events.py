"""From events to the call: one call whatever the order, however often, whatever is missing."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact_center.calls.events import KINDS, LOST_END, REASONS, Event, fold
from contact_center.calls.imports.records import broken_rule

T0 = datetime(2026, 5, 4, 8, tzinfo=UTC)
LINE = {"line": "customers"}


def at(seconds):
    return T0 + timedelta(seconds=seconds)


def events(*given_events):
    """(second, kind, facts) each, with keys of their own."""
    return [
        Event(key=f"e{place}", kind=kind, at=at(second), **facts)
        for place, (second, kind, facts) in enumerate(given_events)
    ]


def call_of(*given_events):
    return fold("c1", events(*given_events))


def facts_of(call):
    return {
        "disposition": call.disposition,
        "agent": call.agent,
        "answered": call.answered_at and round((call.answered_at - T0).total_seconds()),
        "ended": call.ended_at and round((call.ended_at - T0).total_seconds()),
        "wait": call.wait_seconds,
        "talk": call.talk_seconds,
        "hold": call.hold_seconds,
    }


QUEUED = (0, "queued", {**LINE, "caller": "333 1234567"})
ANSWERED = (10, "answered", {"agent": "ada"})
COMPLETED = (190, "ended", {"reason": "completed"})
ORDINARY = {
    "disposition": "answered",
    "agent": "ada",
    "answered": 10,
    "ended": 190,
    "wait": 10,
    "talk": 180,
    "hold": 0,
}


def test_an_ordinary_call():
    call = call_of(QUEUED, (3, "ringing", {"agent": "ada"}), ANSWERED, COMPLETED)
    assert facts_of(call) == ORDINARY
    assert (call.line, call.caller_stated, call.transferred, call.ring_no_answer) == (
        "customers",
        "333 1234567",
        False,
        0,
    )


@pytest.mark.parametrize(
    ("given_events", "changes"),
    [
        pytest.param([QUEUED, ANSWERED], {"disposition": "open", "ended": None, "talk": 0}, id="still talking"),
        pytest.param(
            [QUEUED],
            {"disposition": "open", "agent": "", "answered": None, "ended": None, "wait": 0, "talk": 0},
            id="still waiting",
        ),
        pytest.param(
            [(10, "answered", {**LINE, "agent": "ada"}), COMPLETED], {"wait": 0}, id="answer without queueing"
        ),
        pytest.param(
            [QUEUED, COMPLETED], {"agent": "", "answered": 190, "wait": 190, "talk": 0}, id="end before its answer"
        ),
        pytest.param([QUEUED, COMPLETED, ANSWERED], {}, id="answer after its end"),
        pytest.param([QUEUED, ANSWERED, COMPLETED, (193, "ended", {"reason": "completed"})], {}, id="two ends"),
        pytest.param(
            [QUEUED, ANSWERED, COMPLETED, (193, "ended", {"reason": "abandoned"})], {}, id="two ends that disagree"
        ),
        pytest.param(
            [QUEUED, ANSWERED, (190, "ended", {"reason": "abandoned"})], {}, id="the caller hung up after the answer"
        ),
        pytest.param([QUEUED, ANSWERED, (12, "answered", {"agent": "ada"}), COMPLETED], {}, id="answered twice"),
        pytest.param([QUEUED, (10, "answered", {}), COMPLETED], {"agent": ""}, id="answered by nobody knows whom"),
        pytest.param(
            [QUEUED, ANSWERED, (50, "held", {}), (80, "resumed", {}), COMPLETED],
            {"talk": 150, "hold": 30},
            id="on hold",
        ),
        pytest.param(
            [QUEUED, ANSWERED, (150, "held", {}), COMPLETED], {"talk": 140, "hold": 40}, id="never taken off hold"
        ),
        pytest.param([QUEUED, (5, "held", {}), ANSWERED, COMPLETED], {}, id="hold before the answer says nothing"),
        pytest.param([QUEUED, ANSWERED, (5, "ended", {"reason": "completed"})], {"ended": 10, "talk": 0}, id="an end that another clock put before the answer"),
        pytest.param([(12, "queued", LINE), ANSWERED, COMPLETED], {"wait": 0}, id="queued by a clock ahead"),
    ],
)  # fmt: skip
def test_what_is_missing_late_or_doubled(given_events, changes):
    assert facts_of(call_of(*given_events)) == ORDINARY | changes


@pytest.mark.parametrize(
    ("reason", "disposition"),
    [
        ("abandoned", "abandoned"),
        ("timeout", "timed_out"),
        ("key_exit", "key_exit"),
        ("no_agents", "no_agents"),
        ("turned_away", "turned_away"),
    ],
)
def test_a_call_that_nobody_answered_ends_as_reported(reason, disposition):
    call = call_of(QUEUED, (30, "ended", {"reason": reason}))
    assert (call.disposition, call.answered_at, call.wait_seconds, call.talk_seconds) == (disposition, None, 30, 0)


def test_events_that_name_no_line_make_no_call_yet():
    assert call_of((10, "answered", {"agent": "ada"})) is None
    assert call_of((10, "answered", {"agent": "ada"}), QUEUED).line == "customers"


def legs_of(call):
    return [(leg.line, leg.agent, leg.wait_seconds, leg.talk_seconds, leg.disposition) for leg in call.legs]


def test_a_blind_transfer_to_another_line_makes_a_second_leg():
    call = call_of(
        QUEUED, ANSWERED,
        (100, "transferred", {"to_line": "claims"}), (101, "queued", {"line": "claims"}),
        (130, "answered", {"agent": "bea"}), (200, "ended", {"reason": "completed"}),
    )  # fmt: skip
    assert legs_of(call) == [("customers", "ada", 10, 90, "answered"), ("claims", "bea", 30, 70, "answered")]
    assert (call.line, call.agent, call.talk_seconds, call.transferred) == ("customers", "ada", 160, True)


def test_a_transfer_that_is_not_reported_is_seen_by_the_second_queue():
    call = call_of(
        QUEUED, ANSWERED, (100, "queued", {"line": "claims"}), (130, "answered", {"agent": "bea"}), COMPLETED
    )
    assert legs_of(call) == [("customers", "ada", 10, 90, "answered"), ("claims", "bea", 30, 60, "answered")]
    assert call.transferred


def test_a_caller_lost_in_the_second_queue_was_answered_all_the_same():
    call = call_of(
        QUEUED, ANSWERED, (100, "transferred", {"to_line": "claims"}), (160, "ended", {"reason": "abandoned"})
    )
    assert legs_of(call) == [("customers", "ada", 10, 90, "answered"), ("claims", "", 60, 0, "abandoned")]
    assert (call.disposition, call.talk_seconds) == ("answered", 90)


def test_a_blind_transfer_to_an_agent():
    call = call_of(
        QUEUED, ANSWERED, (100, "transferred", {"to_agent": "bea"}), (104, "ringing", {"agent": "bea"}),
        (110, "answered", {"agent": "bea"}), (200, "ended", {"reason": "completed"}),
    )  # fmt: skip
    assert legs_of(call) == [("customers", "ada", 10, 90, "answered"), ("customers", "bea", 10, 90, "answered")]


def test_an_attended_transfer_hands_over_when_it_is_reported():
    """The second agent picks up at 80 to speak with the first, who stays with the caller until 100."""
    call = call_of(
        QUEUED, ANSWERED, (80, "answered", {"agent": "bea"}),
        (100, "transferred", {"to_agent": "bea", "attended": True}), (200, "ended", {"reason": "completed"}),
    )  # fmt: skip
    assert legs_of(call) == [("customers", "ada", 10, 90, "answered"), ("customers", "bea", 0, 100, "answered")]


def test_an_attended_transfer_needs_no_answer_of_its_own():
    call = call_of(QUEUED, ANSWERED, (100, "transferred", {"to_agent": "bea", "attended": True}), COMPLETED)
    assert legs_of(call) == [("customers", "ada", 10, 90, "answered"), ("customers", "bea", 0, 90, "answered")]


def test_a_transfer_to_the_outside_ends_our_part():
    call = call_of(QUEUED, ANSWERED, (100, "transferred", {}))
    assert (call.disposition, call.talk_seconds, call.transferred) == ("answered", 90, True)


def test_a_queue_that_overflows_into_another_is_no_transfer():
    call = call_of(QUEUED, (40, "queued", {"line": "claims"}), (50, "answered", {"agent": "bea"}), COMPLETED)
    assert legs_of(call) == [("customers", "", 40, 0, "timed_out"), ("claims", "bea", 10, 140, "answered")]
    assert (call.wait_seconds, call.transferred, call.agent) == (50, False, "bea")


@pytest.mark.parametrize(
    ("given_events", "in_vain"),
    [
        ([(2, "ringing", {"agent": "ada"}), (17, "ringing", {"agent": "bea"}), (20, "answered", {"agent": "bea"})], 1),
        (
            [(2, "ringing", {"agent": "ada"}), (17, "rang_out", {"agent": "ada"}), (20, "answered", {"agent": "bea"})],
            1,
        ),
        (
            [(2, "ringing", {"agent": "ada"}), (17, "ringing", {"agent": "bea"}), (18, "rang_out", {"agent": "ada"})],
            1,
        ),
        ([(2, "ringing", {"agent": "ada"}), (2, "ringing", {"agent": "bea"}), (5, "answered", {"agent": "bea"})], 0),
        ([(2, "ringing", {"agent": "ada"}), (9, "ended", {"reason": "abandoned"})], 0),
        ([(2, "ringing", {"agent": "ada"}), (30, "ended", {"reason": "timeout"})], 1),
    ],
)
def test_rings_that_nobody_answered_are_counted(given_events, in_vain):
    assert call_of(QUEUED, *given_events).ring_no_answer == in_vain


def test_after_call_work_is_counted_from_the_end():
    assert call_of(QUEUED, ANSWERED, COMPLETED, (215, "wrapped", {"agent": "ada"})).wrap_seconds == 25
    assert call_of(QUEUED, ANSWERED, COMPLETED).wrap_seconds is None, "unknown is not zero"


def test_a_lost_end_is_the_last_that_is_known_and_any_real_one_counts_before_it():
    lost = (0, "ended", {"reason": LOST_END})
    assert facts_of(call_of(QUEUED, ANSWERED, (70, "held", {}), (75, "resumed", {}), lost)) == ORDINARY | {
        "ended": 75,
        "talk": 60,
        "hold": 5,
    }
    assert call_of(QUEUED, lost).disposition == "abandoned"
    assert facts_of(call_of(QUEUED, ANSWERED, lost, COMPLETED)) == ORDINARY


# --- Whatever comes, in whatever order ----------------------------------------------------------------------------
moments = st.integers(0, 40).map(at)
names = st.sampled_from(["", "ada", "bea"])
lines = st.sampled_from(["", "customers", "claims"])
one_event = st.builds(
    Event,
    key=st.uuids().map(str),
    kind=st.sampled_from(KINDS),
    at=moments,
    line=lines,
    agent=names,
    caller=st.sampled_from(["", "333 1234567"]),
    reason=st.sampled_from([*REASONS, LOST_END]),
    to_line=lines,
    to_agent=names,
    attended=st.booleans(),
)
some_events = st.lists(one_event, min_size=1, max_size=9, unique_by=lambda event: event.key).map(
    lambda given_events: [event if event.kind == "ended" else Event(event.key, event.kind, event.at, event.line, event.agent, event.caller, "", event.to_line, event.to_agent, event.attended) for event in given_events]
)  # fmt: skip


@given(some_events, st.randoms(use_true_random=False))
def test_any_order_with_any_repetition_gives_the_same_call(given_events, random):
    shuffled = given_events + random.choices(given_events, k=random.randrange(5))
    random.shuffle(shuffled)
    assert fold("c1", shuffled) == fold("c1", given_events)


@given(some_events)
def test_any_events_make_a_call_that_keeps_the_rules(given_events):
    call = fold("c1", given_events)
    if call is None:
        return
    assert broken_rule(call, now=at(100)) == ""
    assert (call.ended_at is None) == (call.disposition == "open")
    assert (call.disposition == "answered") <= (call.answered_at is not None)
    for leg in call.legs:
        assert leg.entered_at <= (leg.answered_at or leg.entered_at) <= (leg.ended_at or at(100))
        assert leg.talk_seconds >= 0


@given(some_events, st.randoms(use_true_random=False))
def test_an_answer_is_never_taken_back_by_what_follows(given_events, random):
    """A contact was opened by it."""
    random.shuffle(given_events)
    answered = False
    for count in range(1, len(given_events) + 1):
        call = fold("c1", given_events[:count])
        if call is not None:
            assert call.answered_at is not None or not answered
            answered = call.answered_at is not None
