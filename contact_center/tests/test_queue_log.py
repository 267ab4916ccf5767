"""The queue log's state machine: each event, files cut anywhere, calls interleaved in any order."""

import dataclasses
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contact_center.calls.imports.queue_log import QueueLog, RefusedLine, merge
from contact_center.calls.imports.records import CallRecord

QUEUES = {"q01": "customers", "q02": "claims", "q03": "campers"}
T = 1_700_000_000


def read(lines, queues=QUEUES, **options):
    machine = QueueLog(queues, **options)
    out = []
    for number, line in enumerate(lines, 1):
        out += machine.feed(number, line)
    return machine, [*out, *machine.finish()]


def line(second, callid, queue, agent, event, *data):
    return "|".join([str(T + second), callid, queue, agent, event, *map(str, data)])


def at(second):
    return datetime.fromtimestamp(T + second, UTC)


def only(lines, **options):
    [call] = read(lines, **options)[1]
    return call


ENTER = line(0, "c1", "q01", "NONE", "ENTERQUEUE", "", "0248219001", 1)
CONNECT = line(5, "c1", "q01", "Agent/7", "CONNECT", 5, "x.1", 3)
COMPLETE = line(65, "c1", "q01", "Agent/7", "COMPLETECALLER", 5, 60, 1)


def test_answered_call():
    call = only([ENTER, CONNECT, COMPLETE])
    assert (call.line, call.disposition, call.agent, call.caller_stated) == (
        "customers",
        "answered",
        "Agent/7",
        "0248219001",
    )
    assert (call.queued_at, call.answered_at, call.ended_at) == (at(0), at(5), at(65))
    assert (call.wait_seconds, call.talk_seconds, call.resolved) == (5, 60, True)


@pytest.mark.parametrize(
    ("event", "data", "disposition"),
    [
        ("ABANDON", (1, 1, 30), "abandoned"),
        ("EXITWITHTIMEOUT", (1, 1, 30), "timed_out"),
        ("EXITWITHKEY", (5, 1, 1, 30), "key_exit"),
        ("EXITEMPTY", (1, 1, 30), "no_agents"),
        ("ABANDON", (), "abandoned"),
    ],
)
def test_caller_who_leaves_the_queue(event, data, disposition):
    call = only([ENTER, line(30, "c1", "q01", "NONE", event, *data)])
    assert (call.disposition, call.wait_seconds, call.ended_at, call.resolved) == (disposition, 30, at(30), None)


@pytest.mark.parametrize("event", ["JOINEMPTY", "FULL", "CLOSED"])
def test_caller_who_is_turned_away(event):
    call = only([line(3, "c1", "q02", "NONE", event)])
    assert (call.line, call.disposition, call.queued_at, call.ended_at) == ("claims", "turned_away", at(3), at(3))


@pytest.mark.parametrize(
    ("event", "data"),
    [
        ("BLINDTRANSFER", ("200", "default", 5, 20, 1)),
        ("ATTENDEDTRANSFER", ("BRIDGE", "abc", 5, 20, 1)),
        ("ATTENDEDTRANSFER", ("LINK", "a", "b", 5, 20, 1)),
        ("TRANSFER", ("200", "default", 5, 20)),
    ],
)
def test_talk_of_the_first_agent_ends_with_the_transfer(event, data):
    call = only([ENTER, CONNECT, line(25, "c1", "q01", "Agent/7", event, *data), COMPLETE])
    assert (call.transferred, call.talk_seconds, call.ended_at, call.resolved) == (True, 20, at(25), False)


def test_call_through_two_queues_is_one_call_with_two_legs():
    second = [
        line(65, "c1", "q02", "NONE", "ENTERQUEUE", "", "0248219001", 1),
        line(65, "c1", "q02", "Agent/8", "RINGNOANSWER", 0),
        line(70, "c1", "q02", "Agent/9", "CONNECT", 5, "x.2", 2),
        line(100, "c1", "q02", "Agent/9", "COMPLETEAGENT", 5, 30, 1),
    ]
    call = only([ENTER, CONNECT, COMPLETE, *second])
    assert (call.line, call.agent, call.answered_at, call.talk_seconds) == ("customers", "Agent/7", at(5), 90)
    assert [(leg.queue, leg.agent, leg.talk_seconds) for leg in call.legs] == [
        ("q01", "Agent/7", 60),
        ("q02", "Agent/9", 30),
    ]
    assert (call.ring_no_answer, call.transferred, call.resolved) == (1, True, False)


def test_call_that_passes_to_the_second_level_was_not_resolved_at_the_first():
    later = [line(65, "c1", "q02", "NONE", "ENTERQUEUE"), line(70, "c1", "q02", "NONE", "ABANDON", 1, 1, 5)]
    assert only([ENTER, CONNECT, COMPLETE, *later], second_level_queues=["q02"]).resolved is False


CONSULTED = line(70, "c1", "q02", "SIP/9", "CONNECT", 20, "x.3", 2)
THANKED = line(130, "c1", "q02", "SIP/9", "COMPLETECALLER", 20, 60, 1)


@pytest.mark.parametrize(
    "consultation",
    [
        [  # the transfer has the callid of the consultation, the queue and agent of the call
            line(50, "c2", "q02", "NONE", "ENTERQUEUE", "", "7", 1),
            line(51, "c2", "q01", "SIP/7", "ATTENDEDTRANSFER", "APP", "Queue", 5, 46, 1),
        ],
        [  # the transfer has the callid of the call
            line(50, "c2", "q02", "NONE", "ENTERQUEUE", "", "77", 1),
            line(51, "c1", "q01", "SIP/77", "ATTENDEDTRANSFER", "BRIDGE", "b1", 5, 46, 1),
        ],
        [line(51, "c2", "q01", "SIP/7", "ATTENDEDTRANSFER", "APP", "Queue", 5, 46, 1)],  # begun on another telephone
    ],
)
def test_call_by_which_an_agent_consults_a_colleague_is_part_of_the_callers_call(consultation):
    agent = "SIP/77" if "SIP/77" in consultation[-1] else "SIP/7"
    answered = line(5, "c1", "q01", agent, "CONNECT", 5, "x.1", 3)
    call = only([ENTER, answered, *consultation, CONSULTED, THANKED])
    assert call.external_id == "c1"
    assert (call.transferred, call.resolved, call.talk_seconds) == (True, False, 106)
    assert [leg.queue for leg in call.legs] == ["q01", "q02"]


def test_colleague_who_was_asked_first_has_the_caller_from_the_transfer_on():
    call = only(
        [
            ENTER,
            line(5, "c1", "q01", "SIP/77", "CONNECT", 5, "x.1", 3),
            line(30, "c2", "q02", "NONE", "ENTERQUEUE", "", "77", 1),
            line(40, "c2", "q02", "SIP/9", "CONNECT", 10, "x.3", 2),
            line(60, "c1", "q01", "SIP/77", "ATTENDEDTRANSFER", "BRIDGE", "b1", 5, 55, 1),
            line(100, "c2", "q02", "SIP/9", "COMPLETECALLER", 10, 60, 1),
        ]
    )
    assert [(leg.queue, leg.answered_at, leg.talk_seconds) for leg in call.legs] == [
        ("q01", at(5), 55),
        ("q02", at(60), 40),
    ]
    assert (call.transferred, call.ended_at) == (True, at(100))


def test_consultation_of_a_call_that_the_file_does_not_have_is_no_call():
    _machine, calls = read(
        [
            line(50, "c2", "q02", "NONE", "ENTERQUEUE", "", "77", 1),
            line(51, "c2", "q01", "SIP/77", "ATTENDEDTRANSFER", "APP", "Queue", 5, 46, 1),
            CONSULTED,
            THANKED,
        ]
    )
    assert [call.external_id for call in calls] == ["c1"]


@pytest.mark.parametrize(("second", "transferred"), [("Agent/8", True), ("Agent/7", False)])
def test_two_agents_who_answer_one_after_the_other_are_a_transfer(second, transferred):
    call = only(
        [
            ENTER,
            CONNECT,
            COMPLETE,
            line(65, "c1", "q02", "NONE", "ENTERQUEUE", "", "0248219001", 1),
            line(70, "c1", "q02", second, "CONNECT", 5, "x.2", 2),
            line(90, "c1", "q02", second, "COMPLETECALLER", 5, 20, 1),
        ]
    )
    assert (call.transferred, call.resolved) == (transferred, not transferred)


def test_two_names_of_one_agent_are_no_transfer():
    call = only(
        [
            ENTER,
            CONNECT,
            COMPLETE,
            line(65, "c1", "q02", "NONE", "ENTERQUEUE", "", "0248219001", 1),
            line(70, "c1", "q02", "SIP/7", "CONNECT", 5, "x.2", 2),
            line(90, "c1", "q02", "SIP/7", "COMPLETECALLER", 5, 20, 1),
        ],
        agents={"Agent/7": "ada", "SIP/7": "ada"}.get,
    )
    assert (call.transferred, call.agent) == (False, "ada")


def test_abandoned_after_a_first_queue_timed_out():
    call = only(
        [
            ENTER,
            line(30, "c1", "q01", "NONE", "EXITWITHTIMEOUT", 1, 1, 30),
            line(31, "c1", "q02", "NONE", "ENTERQUEUE"),
            line(41, "c1", "q02", "NONE", "ABANDON", 1, 1, 10),
        ]
    )
    assert (call.line, call.disposition, call.wait_seconds) == ("customers", "abandoned", 41)


@pytest.mark.parametrize(
    ("lines", "answered_at"), [([ENTER], None), ([ENTER, CONNECT], at(5))], ids=["in queue", "in talk"]
)
def test_call_without_an_end_is_open(lines, answered_at):
    call = only(lines)
    assert (call.disposition, call.answered_at, call.ended_at, call.resolved) == ("open", answered_at, None, None)


@pytest.mark.parametrize(
    ("lines", "queued_at", "wait"),
    [
        ([CONNECT, COMPLETE], at(0), 5),
        ([COMPLETE], at(0), 5),
        ([line(65, "c1", "q01", "Agent/7", "COMPLETEAGENT")], at(65), 0),
        ([line(30, "c1", "q01", "NONE", "ABANDON", 1, 1, 12)], at(18), 12),
        ([line(2, "c1", "q01", "Agent/8", "RINGNOANSWER", 2000), CONNECT, COMPLETE], at(0), 5),
    ],
    ids=["connect", "complete", "complete without data", "abandon", "ring"],
)
def test_file_that_begins_in_the_middle(lines, queued_at, wait):
    call = only(lines)
    assert (call.queued_at, call.wait_seconds) == (queued_at, wait)


def test_seconds_within_two_of_the_moments_are_believed():
    assert only([ENTER, line(5, "c1", "q01", "Agent/7", "CONNECT", 7), COMPLETE]).wait_seconds == 7


def test_seconds_that_contradict_the_moments_are_counted_and_not_believed():
    call = only([ENTER, line(5, "c1", "q01", "Agent/7", "CONNECT", 8), COMPLETE])
    assert call.wait_seconds == 5
    assert call.doubts == ("wait",)


def test_clock_that_went_backwards_is_counted():
    call = only([ENTER, line(-3, "c1", "q01", "Agent/7", "CONNECT", 0), COMPLETE])
    assert call.answered_at == at(0)
    assert call.doubts == ("clock", "talk")


def test_events_about_agents_and_unknown_events_are_counted():
    machine, calls = read(
        [
            line(0, "NONE", "NONE", "NONE", "QUEUESTART"),
            line(0, "MANAGER", "q01", "Agent/7", "ADDMEMBER"),
            line(0, "NONE", "q01", "Agent/7", "PAUSEALL", "lunch"),
            line(0, "x", "q01", "NONE", "NEWTHING", 1),
        ]
    )
    assert calls == []
    assert machine.ignored == {"QUEUESTART": 1, "ADDMEMBER": 1, "PAUSEALL": 1}
    assert machine.unknown == {"NEWTHING": 1}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("1700000000|c1|q01", "fields"),
        ("rubbish", "fields"),
        ("1700000000|c1|q01|NONE|", "fields"),
        ("1700000000|c1|q01|NO\0NE|ABANDON", "fields"),
        ("yesterday|c1|q01|NONE|ENTERQUEUE", "time"),
        ("1700000000000|c1|q01|NONE|ENTERQUEUE", "time"),
        ("-5|c1|q01|NONE|ENTERQUEUE", "time"),
        ("1700000000|NONE|q01|NONE|ENTERQUEUE", "callid"),
    ],
)
def test_malformed_line_is_refused_and_the_rest_is_read(text, why):
    _machine, [refused, call] = read([text, ENTER, CONNECT, COMPLETE])
    assert (refused.number, refused.text, refused.why) == (1, text, why)
    assert call.disposition == "answered"


def test_call_in_an_unknown_queue_is_refused_with_its_lines():
    other = line(1, "c2", "q99", "NONE", "ENTERQUEUE")
    _machine, out = read([ENTER, other, CONNECT, line(4, "c2", "q99", "NONE", "ABANDON", 1, 1, 3), COMPLETE])
    [refused] = [each for each in out if isinstance(each, RefusedLine)]
    assert (refused.number, refused.why, refused.value, refused.lines) == (2, "queue", "q99", (2, 4))


def test_fraction_of_a_second_is_kept():
    assert only([f"{T}.25|c1|q01|NONE|ENTERQUEUE"]).queued_at == at(0).replace(microsecond=250_000)


def test_every_line_twice_says_the_same():
    once = [ENTER, line(2, "c1", "q01", "Agent/8", "RINGNOANSWER", 2000), CONNECT, COMPLETE]
    machine, [call] = read([each for each in once for _twice in range(2)])
    assert facts(call) == facts(only(once))
    assert machine.repeated == 4


def test_quiet_calls_are_given_out_while_reading():
    machine = QueueLog(QUEUES, linger_lines=3)
    out = []
    for number in range(1000):
        out += machine.feed(number, line(number, f"c{number}", "q01", "NONE", "CLOSED"))
    assert len(out) == 996


def test_call_that_returns_after_it_was_given_out_is_joined_by_merging():
    noise = [line(66, f"n{n}", "q03", "NONE", "CLOSED") for n in range(10)]
    later = [line(90, "c1", "q02", "NONE", "ENTERQUEUE"), line(99, "c1", "q02", "NONE", "ABANDON", 1, 1, 9)]
    lines = [ENTER, CONNECT, COMPLETE, *noise, *later]
    first, second = (call for call in read(lines, linger_lines=3)[1] if call.external_id == "c1")
    [whole] = (call for call in read(lines)[1] if call.external_id == "c1")
    assert facts(merge(first, second)) == facts(whole)


# --- Any calls, in any order, cut anywhere


def facts(call: CallRecord) -> dict:
    """What the database keeps of a call."""
    kept = dataclasses.asdict(call)
    for name in ("first_line", "first_text", "doubts"):
        kept.pop(name)
    for leg in kept["legs"]:
        leg.pop("entry_known")
    return kept


@st.composite
def stories(draw, callid):
    """The lines of one call, without contradiction, with the call that must come out."""
    clock = draw(st.integers(0, 500))
    lines, legs = [], draw(st.integers(1, 3))
    queues = draw(st.permutations(sorted(QUEUES)))[:legs]
    talk = wait = 0
    agent, answered = "", None
    for place, queue in enumerate(queues):
        entered = clock
        lines.append(line(clock, callid, queue, "NONE", "ENTERQUEUE", "", "0248219001", 1))
        for _ring in range(draw(st.integers(0, 2))):
            clock += draw(st.integers(1, 9))
            lines.append(line(clock, callid, queue, "Agent/1", "RINGNOANSWER", 1000))
        clock += draw(st.integers(0, 9))
        waited = clock - entered
        kind = draw(st.sampled_from(["COMPLETEAGENT", "COMPLETECALLER", "ABANDON", "EXITWITHTIMEOUT"]))
        if kind.startswith("COMPLETE"):
            name = f"Agent/{draw(st.integers(2, 5))}"
            lines.append(line(clock, callid, queue, name, "CONNECT", waited, "x", 1))
            agent, answered = agent or name, answered if answered is not None else clock
            spoken = draw(st.integers(1, 300))
            clock, talk = clock + spoken, talk + spoken
            lines.append(line(clock, callid, queue, name, kind, waited, spoken, 1))
        else:
            lines.append(line(clock, callid, queue, "NONE", kind, 1, 1, waited))
        if place == 0:
            started = entered
        ended, last = clock, kind
        clock += draw(st.integers(0, 5))
    wait = (answered if answered is not None else ended) - started
    disposition = {"ABANDON": "abandoned", "EXITWITHTIMEOUT": "timed_out"}.get(last, "answered")
    expected = (
        callid,
        QUEUES[queues[0]],
        "answered" if agent else disposition,
        agent,
        at(started),
        at(ended),
        wait,
        talk,
        legs,
    )
    return lines, expected


@st.composite
def logs(draw):
    """Several calls interleaved at random, each in its own order; with what must come out."""
    drawn = [draw(stories(f"c{n}")) for n in range(draw(st.integers(1, 4)))]
    waiting = [list(lines) for lines, _expected in drawn]
    mixed = []
    while any(waiting):
        lines = draw(st.sampled_from([each for each in waiting if each]))
        mixed.append(lines.pop(0))
    return mixed, {expected for _lines, expected in drawn}


def shape(call):
    return (
        call.external_id,
        call.line,
        call.disposition,
        call.agent,
        call.queued_at,
        call.ended_at,
        call.wait_seconds,
        call.talk_seconds,
        len(call.legs),
    )


def stored(*files, linger=5000):
    """What the database would hold after reading the files one after another."""
    known = {}
    for lines in files:
        for call in read(lines, linger_lines=linger, open_linger_lines=linger)[1]:
            before = known.get(call.external_id)
            known[call.external_id] = merge(before, call) if before else call
    return {key: facts(call) for key, call in known.items()}


@settings(max_examples=60, deadline=None)
@given(logs())
def test_interleaved_calls_come_out_as_they_were(log):
    lines, expected = log
    assert {shape(call) for call in read(lines)[1]} == expected


@settings(max_examples=60, deadline=None)
@given(logs(), st.data())
def test_file_cut_anywhere_and_read_again_whole_gives_the_same(log, data):
    lines, _expected = log
    cut = data.draw(st.integers(0, len(lines)))
    assert stored(lines[:cut], lines) == stored(lines)


@settings(max_examples=60, deadline=None)
@given(logs(), st.data())
def test_rotated_file_completes_the_calls_left_open(log, data):
    lines, _expected = log
    cut = data.draw(st.integers(0, len(lines)))
    together, whole = stored(lines[:cut], lines[cut:]), stored(lines)
    for known in (*together.values(), *whole.values()):
        known.pop("ring_no_answer")  # rings of two files cannot be distinguished from the same rings reported twice
    assert together == whole


@settings(max_examples=60, deadline=None)
@given(logs(), st.data())
def test_overlapping_files_in_any_order_change_nothing(log, data):
    lines, _expected = log
    first, second = sorted(data.draw(st.tuples(st.integers(0, len(lines)), st.integers(0, len(lines)))))
    whole = stored(lines)
    assert stored(lines, lines[first:second]) == whole
    assert stored(lines[first:second], lines) == whole


@settings(max_examples=60, deadline=None)
@given(logs())
def test_short_patience_gives_the_same_after_merging(log):
    lines, _expected = log
    patient, hasty = stored(lines), stored(lines, linger=1)
    for known in (*patient.values(), *hasty.values()):
        known.pop("ring_no_answer")
    assert hasty == patient
