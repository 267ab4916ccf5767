"""The steps of a claim and its legal clock, by state."""

from datetime import date
from decimal import Decimal

import pytest

from customers.claim_steps import answer_due_on, steps_of
from customers.models import Claim
from customers.tests.factories import ClaimFactory, PolicyFactory

pytestmark = pytest.mark.django_db

DAY = date(2026, 6, 1)


def now(claim):
    return [str(step.name) for step in steps_of(claim) if step.is_now]


@pytest.mark.parametrize(
    ("facts", "done", "place"),
    [
        ({"state": "reported"}, 1, 1),
        ({"state": "taken_in_charge"}, 2, 2),
        ({"state": "taken_in_charge", "complete_on": DAY}, 3, 3),
        ({"state": "offered", "complete_on": DAY, "offered_on": DAY}, 4, 4),
        ({"state": "accepted", "complete_on": DAY, "offered_on": DAY, "accepted_on": DAY}, 5, 5),
    ],
)
def test_the_first_step_not_done_is_under_way(facts, done, place):
    steps = steps_of(ClaimFactory.build(policy=PolicyFactory.build(), **facts))
    assert sum(step.is_done for step in steps) == done
    assert [number for number, step in enumerate(steps) if step.is_now] == [place]


def test_a_paid_claim_has_nothing_under_way():
    claim = ClaimFactory.build(
        policy=PolicyFactory.build(),
        state="paid",
        complete_on=DAY,
        offered_on=DAY,
        accepted_on=DAY,
        paid_on=DAY,
        paid_amount=Decimal("10"),
    )
    assert all(step.is_done and not step.is_now for step in steps_of(claim))


@pytest.mark.parametrize("state", ["refused", "closed"])
def test_a_claim_that_ended_otherwise_ends_there(state):
    steps = steps_of(ClaimFactory.build(policy=PolicyFactory.build(), state=state))
    assert len(steps) == 4
    assert steps[-1].is_done
    assert not any(step.is_now for step in steps)


@pytest.mark.parametrize(
    ("facts", "due"),
    [
        ({"kind": "property"}, date(2026, 7, 31)),
        ({"kind": "property", "signed_by_both": True}, date(2026, 7, 1)),
        ({"kind": "injury"}, date(2026, 8, 30)),
        ({"kind": "property", "complete_on": None}, None),
        ({"kind": "property", "state": "offered", "offered_on": DAY}, None),
        ({"kind": "property", "state": "closed"}, None),
    ],
)
def test_the_law_counts_from_the_complete_file(facts, due):
    claim = ClaimFactory.build(
        policy=PolicyFactory.build(), **{"complete_on": DAY, "state": "taken_in_charge", **facts}
    )
    assert answer_due_on(claim) == due


def test_other_lines_have_no_term_of_the_law():
    claim = ClaimFactory.build(policy=PolicyFactory.build(ramo="8"), complete_on=DAY, state="taken_in_charge")
    assert answer_due_on(claim) is None


def test_payment_is_owed_fifteen_days_after_the_acceptance():
    claim = ClaimFactory.build(
        policy=PolicyFactory.build(), state=Claim.State.ACCEPTED, offered_on=DAY, accepted_on=DAY
    )
    assert steps_of(claim)[-1].by == date(2026, 6, 16)
