"""The rule of agents' states: from what was reported and the calls to the states, second by second."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest

from contact_center.agents.timeline import LONGEST_AFTER_CALL, Report, Talk, timeline

T0 = datetime(2026, 5, 4, 8, tzinfo=UTC)
NOW = T0 + timedelta(hours=9)


def at(minute, second=0):
    return T0 + timedelta(minutes=minute, seconds=second)


def report(minute, reported, pause_id=None):
    return Report(at(minute), reported, "agent", pause_id)


def talk(contact, began, ended=None, released=None):
    return Talk(contact, at(began), ended and at(ended), released and at(released))


def word(span):
    return span.report.reported if span.telephone == "free" else span.telephone


def states(reports, talks=(), now=NOW):
    """The words of the states, each with the minute at which it begins."""
    found = timeline(reports, talks, since=T0, now=now)
    return [(int((each.began_at - T0).total_seconds()) // 60, word(each)) for each in found]


READY = report(0, "ready")

CASES = [
    ("ready until something is reported", [READY], [], [(0, "ready")]),
    ("before anything is reported an agent is off", [report(5, "ready")], [], [(0, "off"), (5, "ready")]),
    ("on a call while it lasts", [READY], [talk(1, 10)], [(0, "ready"), (10, "on_call")]),
    (
        "after a call until it is coded, then what it was before",
        [READY],
        [talk(1, 10, 13, 15)],
        [(0, "ready"), (10, "on_call"), (13, "after_call"), (15, "ready")],
    ),
    (
        "coded while it lasted: back at its end",
        [READY],
        [talk(1, 10, 13, 12)],
        [(0, "ready"), (10, "on_call"), (13, "ready")],
    ),
    (
        "not coded yet",
        [READY],
        [talk(1, 10, 13)],
        [(0, "ready"), (10, "on_call"), (13, "after_call")],
    ),
    (
        "a pause that is reported on a call begins when it is coded",
        [READY, report(11, "written")],
        [talk(1, 10, 13, 15)],
        [(0, "ready"), (10, "on_call"), (11, "on_call"), (13, "after_call"), (15, "written")],
    ),
    (
        "a report ends the work after a call, coded or not",
        [READY, report(14, "written")],
        [talk(1, 10, 13)],
        [(0, "ready"), (10, "on_call"), (13, "after_call"), (14, "written")],
    ),
    (
        "signed out on the line: off as soon as it ends",
        [READY, report(11, "off")],
        [talk(1, 10, 13)],
        [(0, "ready"), (10, "on_call"), (11, "on_call"), (13, "off")],
    ),
    (
        "a call that is answered off duty contradicts it, and leads back to it",
        [report(0, "off")],
        [talk(1, 10, 13, 15)],
        [(0, "off"), (10, "on_call"), (13, "after_call"), (15, "off")],
    ),
    (
        "two calls at once are one stretch on the telephone, until both have ended and are coded",
        [READY],
        [talk(1, 10, 13, 20), talk(2, 12, 15, 17)],
        [(0, "ready"), (10, "on_call"), (12, "on_call"), (15, "after_call"), (17, "after_call"), (20, "ready")],
    ),
    (
        "a second call before the first is coded",
        [READY],
        [talk(1, 10, 13, 20), talk(2, 14, 16, 18)],
        [
            *((0, "ready"), (10, "on_call"), (13, "after_call"), (14, "on_call")),
            *((16, "after_call"), (18, "after_call"), (20, "ready")),
        ],
    ),
]


@pytest.mark.parametrize(
    ("reports", "talks", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_states(reports, talks, expected):
    assert states(reports, talks) == expected


def test_what_is_not_coded_for_hours_was_forgotten():
    later = at(13) + LONGEST_AFTER_CALL
    assert states([READY], [talk(1, 10, 13)], now=later - timedelta(seconds=1))[-1] == (13, "after_call")
    assert states([READY], [talk(1, 10, 13)], now=later)[-1] == (13 + 12 * 60, "ready")


def test_a_state_begins_in_the_second_of_its_fact():
    (first, second) = timeline([READY], [Talk(1, at(10) + timedelta(microseconds=999_999))], since=T0, now=NOW)
    assert (first.ended_at, second.began_at) == (at(10), at(10))


def test_of_two_reports_in_one_second_the_later_counts():
    reports = [READY, report(5, "written"), Report(at(5) + timedelta(microseconds=5), "pause", "agent", 1)]
    assert states(reports) == [(0, "ready"), (5, "pause")]


@pytest.mark.parametrize("seed", range(40))
def test_in_whatever_order_facts_come_the_states_are_the_same_and_leave_no_second_out(seed):
    rng = Random(seed)
    reports = [
        report(rng.randrange(500), rng.choice(["ready", "pause", "written", "off", "signed_in"])) for _each in range(8)
    ]
    reports = list({each.at: each for each in reports}.values())
    talks = []
    for number in range(12):
        began = rng.randrange(500)
        ended = rng.choice([None, began + rng.randrange(1, 30)])
        talks.append(talk(number, began, ended, ended and rng.choice([None, ended + rng.randrange(-5, 60)])))
    made = timeline(reports, talks, since=T0, now=NOW)
    assert (made[0].began_at, made[-1].ended_at) == (T0, None)
    assert all(earlier.ended_at == later.began_at > earlier.began_at for earlier, later in pairwise(made))
    rng.shuffle(reports)
    rng.shuffle(talks)
    assert timeline(reports, talks, since=T0, now=NOW) == made
