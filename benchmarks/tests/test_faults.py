"""What the faults conclude from what they see."""

import random

import pytest

from benchmarks import campaign_faults, faults, payment_faults
from benchmarks.breaking import RememberingSink, number_of
from testbed.smtp_sink import Received


def test_a_message_is_remembered_by_its_notice():
    sink = RememberingSink()

    sink._take(
        Received("a@example.it", "b@example.it", b"Subject: x\r\nMessage-ID:\r\n <notice.17.ab@example.it>\r\n\r\n.")
    )
    sink._take(Received("a@example.it", "b@example.it", b"Message-ID: <other@example.it>\r\n\r\n."))

    assert sink.numbers == [17, 0]
    assert number_of("") == 0


def test_each_fault_has_its_moments_and_the_same_seed_the_same():
    moments = faults._moments(3, random.Random(7))

    assert sorted(name for _moment, name in moments) == sorted([*faults.FAULTS] * 3)
    assert [moment for moment, _name in moments] == sorted(moment for moment, _name in moments)
    assert moments == faults._moments(3, random.Random(7))


def test_a_doubt_is_blamed_on_the_next_fault_that_can_leave_one():
    early, beat, later = (
        faults.Made("worker killed", 10.0, 5, 2),
        faults.Made("beat killed", 19.0, 7, 0),
        faults.Made("database killed", 20.0, 9, 2),
    )

    assert list(faults._blame([early, beat, later], [(1, 9.5), (2, 18.0), (3, 21.0)])) == [(early, 1), (later, 2)]


def payment_plan():
    """Two instalments, of which the first is paid twice, and a third that was paid at the agency."""
    begun = [
        {"instalment": instalment, "id": number, "reference": f"vc-{number}", "amount": "100.00"}
        for number, instalment in enumerate((7, 7, 8, 9), start=1)
    ]
    return payment_faults.Plan([7, 8, 9], begun, {9})


def test_the_confirmations_of_payments_come_in_any_order_and_some_twice():
    plan = payment_plan()
    news = payment_faults.plan_of(plan, random.Random(5))
    assert {each["reference"] for each in news if each["word"] == "paid"} == {"vc-1", "vc-2", "vc-3", "vc-4"}
    assert len({each["id"] for each in news}) == plan.different < len(news)


RIGHT = [
    (1, 7, "paid", True, False, 1, 1),
    (2, 7, "paid", False, True, 0, 1),
    (3, 8, "paid", True, False, 1, 1),
    (4, 9, "paid", False, True, 0, 1),
]


@pytest.mark.parametrize(
    ("place", "row", "fault"),
    [
        (0, RIGHT[0], ""),
        (1, (2, 7, "paid", True, False, 1, 1), "booked twice"),
        (1, (2, 7, "paid", False, False, 0, 1), "second payments not on the list of refunds"),
        (2, (3, 8, "open", False, False, 0, 0), "lost"),
        (2, (3, 8, "paid", True, False, 2, 1), "unexplained"),
        (2, (3, 8, "paid", True, False, 1, 0), "unexplained"),
        (3, (4, 9, "paid", True, False, 1, 1), "booked twice"),
    ],
)
def test_a_planted_fault_of_payments_is_found(place, row, fault):
    rows = [*RIGHT[:place], row, *RIGHT[place + 1 :]]
    found = payment_faults.counted(payment_plan(), rows)
    faults_of = ("booked twice", "lost", "unexplained", "second payments not on the list of refunds")
    wrong = [name for name in faults_of if found[name]]
    assert (fault in wrong) if fault else not wrong


# --- A promotion ----------------------------------------------------------------------------------------------------
def person(number, state="written", reason="", notice_state="sent", taken=(5.0,), ended_at=None):
    return campaign_faults.Person(number, state, reason, 7, notice_state, list(taken), ended_at)


def test_the_rule_of_the_people_leaves_most_in_and_names_each_reason():
    reasons = [campaign_faults.expected(number) for number in range(1, 101)]
    assert {reason: reasons.count(reason) for reason in set(reasons)} == {
        "": 80,
        "no_consent": 7,
        "opted_out": 5,
        **dict.fromkeys(("minor", "paused", "suppressed", "no_address"), 2),
    }


def test_a_campaign_without_a_fault_counts_as_such():
    found = campaign_faults.count(
        [
            person(8),
            person(9, "held_out", taken=(), notice_state=""),
            person(20, "excluded", "no_consent", "", ()),
            person(10, "excluded", "opted_out", "", (), ended_at=3.0),
            person(11, "written", "", "withheld", (), ended_at=3.0),
            person(12, taken=(5.0,), ended_at=4.0),
        ]
    )
    assert (found.twice, found.without_consent, found.unexplained) == (0, 0, 0)
    assert (found.sent, found.held_out, found.withheld, found.left_out.total()) == (2, 1, 1, 2)
    assert found.after_the_end == [1.0]


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        (person(8, taken=(5.0, 6.0)), "twice"),
        (person(20), "without_consent"),
        (person(8, taken=(90.0,), ended_at=5.0), "without_consent"),
        (person(8, "waiting", "", "", ()), "unexplained"),
        (person(8, "excluded", "capped", "", ()), "unexplained"),
        (person(8, "written", "", "withheld", ()), "unexplained"),
        (person(20, "held_out", "", "", ()), "unexplained"),
        (person(8, "written", "", "in_doubt", ()), "unexplained"),
    ],
)
def test_a_planted_fault_of_a_campaign_is_found(wrong, where):
    assert getattr(campaign_faults.count([wrong]), where) == 1
