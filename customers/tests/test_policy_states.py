"""When a policy was suspended and reactivated, by what the database kept of its earlier states."""

from datetime import date

import pytest
import time_machine

from customers.models import Policy
from customers.policy_states import Suspension, Version, suspensions_in, suspensions_of
from customers.tests.factories import PolicyFactory

MARCH, APRIL, MAY, JUNE = (date(2026, month, 1) for month in (3, 4, 5, 6))


@pytest.mark.parametrize(
    ("versions", "suspensions"),
    [
        ([], []),
        ([Version("active", None)], []),
        ([Version("suspended", MARCH)], [Suspension(MARCH)]),
        ([Version("active", None, MARCH), Version("suspended", MARCH)], [Suspension(MARCH)]),
        ([Version("suspended", MARCH, APRIL), Version("active", None)], [Suspension(MARCH, APRIL, True)]),
        # a change of something else meanwhile is no second suspension
        (
            [Version("suspended", MARCH, APRIL), Version("suspended", MARCH, MAY), Version("active", MARCH)],
            [Suspension(MARCH, MAY, True)],
        ),
        ([Version("suspended", MARCH, MAY), Version("cancelled", MARCH)], [Suspension(MARCH, MAY, False)]),
        (
            [Version("suspended", MARCH, APRIL), Version("active", None, MAY), Version("suspended", MAY)],
            [Suspension(MARCH, APRIL, True), Suspension(MAY)],
        ),
    ],
)
def test_the_suspensions_that_versions_show(versions, suspensions):
    assert suspensions_in(versions) == suspensions


@pytest.mark.django_db
def test_a_suspension_and_a_reactivation_are_read_from_the_history(django_assert_num_queries):
    policy = PolicyFactory()
    with time_machine.travel("2026-03-02 09:00Z"):
        Policy.objects.filter(pk=policy.pk).update(state="suspended", suspended_on=MARCH)
    with time_machine.travel("2026-05-01 09:00Z"):
        Policy.objects.filter(pk=policy.pk).update(state="active", suspended_on=None)
    policy.refresh_from_db()
    with django_assert_num_queries(1):
        [suspension] = suspensions_of(policy)
    assert (suspension.since, suspension.was_reactivated) == (MARCH, True)
    assert suspension.until is not None
