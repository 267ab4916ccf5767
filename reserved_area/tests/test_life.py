"""What the page of a life policy shows: values with their day, absent ones as such, and whom the holder named."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from customers.models import Policy
from customers.tests.factories import (
    LifePolicyFactory,
    PolicyAdherentFactory,
    PolicyFactory,
    PolicyPersonFactory,
    PolicyValueFactory,
    ReservedAreaAccountFactory,
)
from customers.tests.sign_in import signed_in

pytestmark = pytest.mark.django_db

NOT_SENT = "La Compagnia non ha ancora trasmesso"


@pytest.fixture
def account():
    return ReservedAreaAccountFactory()


@pytest.fixture
def policy(account):
    return LifePolicyFactory(holder=account.customer)


@pytest.fixture
def page_of(account):
    client = signed_in(account.user)
    return lambda policy: client.get(reverse("portal_policy", args=[policy.pk]))


def test_the_newest_surrender_value_is_shown_with_its_day(page_of, policy):
    PolicyValueFactory(policy=policy, amount=Decimal("9999.00"), valued_on=date(2026, 3, 31))
    PolicyValueFactory(policy=policy, amount=Decimal("12345.60"), valued_on=date(2026, 4, 30))
    page = page_of(policy).content.decode()
    assert "12.345,60" in page
    assert "al 30 aprile 2026" in page
    assert "9.999" not in page


def test_a_value_that_has_not_come_is_said_and_is_not_zero(page_of, policy):
    page = page_of(policy).content.decode()
    assert page.count(NOT_SENT) == 3  # surrender value, position, people
    assert ">0,00" not in page


def test_a_value_of_zero_is_shown_as_one(page_of, policy):
    PolicyValueFactory(policy=policy, amount=Decimal(0))
    assert ">0,00" in page_of(policy).content.decode()


def test_a_position_is_the_funds_of_its_newest_day(page_of, policy):
    facts = {"policy": policy, "kind": "position"}
    PolicyValueFactory(**facts, fund="Fondo chiuso", amount=Decimal(7), valued_on=date(2026, 3, 31))
    PolicyValueFactory(
        **facts, fund="Fondo A", amount=Decimal("100.10"), units=Decimal("10.5"), unit_price=Decimal("9.533333")
    )
    PolicyValueFactory(**facts, fund="Fondo B", amount=Decimal("200.20"))
    answer = page_of(policy)
    position = answer.context["position"]
    assert (position.total, position.on) == (Decimal("300.30"), date(2026, 4, 30))
    page = answer.content.decode()
    assert "10,5 quote a 9,533333" in page
    assert "Fondo chiuso" not in page


def test_a_contract_without_funds_has_no_position(page_of, account):
    answer = page_of(LifePolicyFactory(holder=account.customer, ramo="I"))
    assert answer.content.decode().count(NOT_SENT) == 2


def test_beneficiaries_are_shown_to_the_holder_with_the_day_they_are_of(page_of, policy):
    PolicyPersonFactory(policy=policy, name="Anna Bianchi", tax_code="RSSMRA85T10A562S", email="anna@example.it")
    PolicyPersonFactory(policy=policy, name="Carla Gialli", role="referent", phone="+390248219001")
    PolicyPersonFactory(policy=policy, name="Ida Grigi", removed_on=date(2026, 5, 1))
    page = page_of(policy).content.decode()
    for wanted in ("Anna Bianchi", "RSSMRA85T10A562S", "anna@example.it", "Carla Gialli", "al 30 aprile 2026"):
        assert wanted in page
    assert "Ida Grigi" not in page


def test_an_adherent_sees_neither_value_nor_people(page_of, account):
    policy = LifePolicyFactory()
    PolicyAdherentFactory(policy=policy, customer=account.customer)
    PolicyValueFactory(policy=policy)
    PolicyPersonFactory(policy=policy, name="Anna Bianchi")
    page = page_of(policy).content.decode()
    assert "12.345" not in page
    assert "Anna Bianchi" not in page
    assert NOT_SENT not in page


def test_a_beneficiary_who_is_a_customer_does_not_see_the_policy(page_of, account):
    policy = LifePolicyFactory()
    PolicyPersonFactory(policy=policy, tax_code=account.customer.tax_code)
    assert page_of(policy).status_code == 404


def test_a_motor_policy_has_nothing_of_this(page_of, account):
    assert "is_life" not in page_of(PolicyFactory(holder=account.customer)).context


def test_suspension_and_reactivation_are_shown_with_their_days(page_of, account):
    policy = PolicyFactory(holder=account.customer)
    Policy.objects.filter(pk=policy.pk).update(state="suspended", suspended_on=date(2026, 3, 8))
    assert "sospesa dall’8 marzo 2026" in page_of(policy).content.decode()
    Policy.objects.filter(pk=policy.pk).update(state="active", suspended_on=None)
    assert "riattivata" in page_of(policy).content.decode()


def test_the_list_says_from_when_to_when_an_adherent_is_covered(account):
    PolicyAdherentFactory(customer=account.customer, starts_on=date(2026, 3, 8), ends_on=date(2026, 9, 1))
    page = signed_in(account.user).get(reverse("portal_policies")).content.decode()
    assert "dall’8 marzo 2026 al 1° settembre 2026" in page
