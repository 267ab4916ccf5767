"""What is due: amounts, days, and until when the cover lasts; nothing vanishes before it is paid."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from customers.due import due_for
from customers.tests.factories import InstalmentFactory, PolicyFactory

pytestmark = pytest.mark.django_db

TODAY = date(2026, 6, 10)


@pytest.fixture
def policy():
    """A fire policy of two years, a year from its end."""
    return PolicyFactory(ramo="8", starts_on=date(2025, 6, 1), ends_on=date(2027, 5, 31), plate="")


def due(policy, most=5):
    return due_for(policy.holder, today=TODAY, most=most, policy=policy)


def test_an_instalment_has_amount_day_and_cover(policy):
    InstalmentFactory(policy=policy, due_on=date(2026, 6, 20), amount=Decimal("1234.50"))
    (found,) = due(policy)
    assert (found.amount, found.on, found.days_left, found.cover_until) == (
        Decimal("1234.50"),
        date(2026, 6, 20),
        10,
        date(2026, 7, 5),
    )
    assert (found.is_soon, found.is_late, found.is_covered, found.is_expiry) == (True, False, True, False)


@pytest.mark.parametrize(("days", "covered"), [(1, True), (15, True), (16, False), (400, False)])
def test_a_late_instalment_remains_until_it_is_paid(policy, days, covered):
    each = InstalmentFactory(policy=policy, due_on=TODAY - timedelta(days=days))
    (found,) = due(policy)
    assert (found.is_late, found.days_late, found.is_covered) == (True, days, covered)
    each.paid_on = TODAY
    each.save()
    assert due(policy) == []


def test_a_first_premium_gives_no_cover_until_it_is_paid(policy):
    InstalmentFactory(policy=policy, due_on=policy.starts_on)
    (found,) = due(policy)
    assert found.cover_until == policy.starts_on - timedelta(days=1)


def test_what_is_far_away_worries_nobody(policy):
    InstalmentFactory(policy=policy, due_on=TODAY + timedelta(days=61))
    assert due(policy) == []


def test_an_expiry_of_motor_liability_has_its_days_of_grace():
    policy = PolicyFactory(ends_on=TODAY + timedelta(days=20), premium=Decimal("480"))
    (found,) = due(policy)
    assert (found.is_expiry, found.amount, found.cover_until - found.on) == (True, Decimal("480"), timedelta(days=15))


def ending(**fields):
    """A motor policy twenty days from its end."""
    return PolicyFactory(**{"ends_on": TODAY + timedelta(days=20), "plate": "AB123CD"} | fields)


def renewal(old, **fields):
    """A policy of the same vehicle and holder that lasts a year longer."""
    later = {"starts_on": old.ends_on, "ends_on": old.ends_on + timedelta(days=365), "plate": old.plate}
    return PolicyFactory(**{"holder": old.holder, "ramo": old.ramo} | later | fields)


def due_to(holder):
    return [each.policy for each in due_for(holder, today=TODAY, most=5)]


def test_a_policy_renewed_under_a_new_number_does_not_come_to_its_end():
    old = ending()
    renewal(old)
    assert due_to(old.holder) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"plate": "XY987ZW"},
        {"ramo": "3"},
        {"state": "cancelled"},
        {"ends_on": TODAY + timedelta(days=20)},
    ],
    ids=["another vehicle", "another line", "cancelled", "no longer"],
)
def test_what_does_not_renew_it_leaves_it_due(fields):
    old = ending()
    renewal(old, **{"starts_on": TODAY} | fields)
    assert old in due_to(old.holder)


def test_policies_without_a_vehicle_do_not_renew_each_other():
    old = ending(plate="", ramo="8")
    renewal(old)
    assert due_to(old.holder) == [old]


def test_a_policy_whose_next_premium_is_paid_does_not_come_to_its_end():
    old = ending()
    InstalmentFactory(policy=old, due_on=old.ends_on, paid_on=TODAY)
    assert due_to(old.holder) == []


@pytest.mark.parametrize(("days", "shown"), [(1, True), (15, True), (16, False)])
def test_an_expired_motor_policy_is_shown_while_it_covers(days, shown):
    policy = PolicyFactory(starts_on=date(2025, 1, 1), ends_on=TODAY - timedelta(days=days))
    assert bool(due(policy)) == shown


def test_an_expired_policy_without_grace_is_not_shown(policy):
    policy.ends_on = TODAY - timedelta(days=1)
    policy.save()
    assert due(policy) == []


@pytest.mark.parametrize("state", ["expired", "cancelled"])
def test_a_policy_that_is_over_owes_nothing_here(policy, state):
    policy.state = state
    policy.save()
    InstalmentFactory(policy=policy, due_on=TODAY)
    assert due(policy) == []


def test_the_soonest_come_first_and_at_most_so_many(policy):
    for days in (30, 10, 20):
        InstalmentFactory(policy=policy, due_on=TODAY + timedelta(days=days))
    assert [each.days_left for each in due(policy, most=2)] == [10, 20]


def test_it_costs_two_queries(policy, django_assert_num_queries):
    for days in (30, 10, 20):
        InstalmentFactory(policy=policy, due_on=TODAY + timedelta(days=days))
    with django_assert_num_queries(2):
        due(policy)


def test_all_that_somebody_pays_for_is_what_each_policy_has_on_whatever_day_it_is_asked(policy):
    InstalmentFactory(policy=policy, due_on=date(2026, 6, 20))
    other = ending(holder=policy.holder)
    InstalmentFactory(policy=ending(plate="XY987ZW"), due_on=date(2026, 6, 20))  # somebody else's
    for day in (TODAY, TODAY + timedelta(days=40), date(2025, 1, 1)):
        of_each = [due_for(policy.holder, today=day, most=5, policy=each) for each in (policy, other)]
        assert due_for(policy.holder, today=day, most=5) == sorted(of_each[0] + of_each[1], key=lambda due: due.on)
    assert len(due_for(policy.holder, today=TODAY, most=1)) == 1


def test_a_policy_of_somebody_else_has_nothing_due_for_the_customer(policy):
    InstalmentFactory(policy=policy, due_on=date(2026, 6, 20))
    assert due_for(ending().holder, today=TODAY, most=5, policy=policy) == []
