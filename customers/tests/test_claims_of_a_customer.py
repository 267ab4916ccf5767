import pytest

from customers.models import Claim
from customers.tests import factories as make

pytestmark = pytest.mark.django_db


def test_a_customer_has_their_own_claims_on_whatever_policy():
    claim = make.ClaimFactory(customer=make.CustomerFactory())
    assert claim.policy.holder != claim.customer
    assert Claim.objects.of_customer(claim.customer).get() == claim


def test_a_customer_has_the_claims_of_others_on_the_policies_that_they_hold():
    claim = make.ClaimFactory(customer=make.CustomerFactory())
    assert Claim.objects.of_customer(claim.policy.holder).get() == claim


def test_a_claim_that_is_theirs_both_ways_is_one():
    policy = make.PolicyFactory()
    claim = make.ClaimFactory(policy=policy, customer=policy.holder)
    make.ClaimFactory()
    assert list(Claim.objects.of_customer(policy.holder)) == [claim]
