"""Query: finding a customer from whatever the caller can give."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from hypothesis import given
from hypothesis import strategies as st

from customers.models import Agency, ContactPoint, Customer, Policy
from customers.search import found_ids, search_customers
from foundation.text import fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("D'Angelo", "d angelo"),
        ("D’Angelò  Niccolò-Maria", "d angelo niccolo maria"),
        ("  ROSSI\tMario ", "rossi mario"),
        ("Straße Øre Łódź İzmir", "strasse ore lodz izmir"),
        ("Acme S.r.l.", "acme s r l"),
        ("", ""),
    ],
)
def test_a_text_is_folded_for_search(text, folded):
    assert fold(text) == folded


@given(st.text())
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(st.text(), st.text())
def test_case_does_not_matter(one, other):
    assert fold(f"{one} {other}") == fold(f"{one}  {other}")


@pytest.fixture
def people(db) -> dict[str, Customer]:
    """A handful of customers by code, with what they can be found by."""
    agencies = [Agency.objects.create(code=code, name=code) for code in ("A01", "A02")]
    rows: dict[str, dict[str, Any]] = {
        "C1": {"last_name": "Rossi", "first_name": "Mario", "tax_code": "RSSMRA85T10A562S"},
        "C2": {"last_name": "Rossi", "first_name": "Marta", "agency": agencies[1]},
        "C3": {"last_name": "De Luca", "first_name": "Anna"},
        "C4": {"last_name": "Mariani", "first_name": "Rosa Luisa"},
        "C5": {"kind": "company", "company_name": "Trasporti D'Angelò S.r.l.", "vat_number": "00743110157"},
    }
    made = {code: Customer.objects.create(code=code, **{"agency": agencies[0], **row}) for code, row in rows.items()}
    ContactPoint.objects.create(customer=made["C1"], kind="phone", value="+393331234567")
    ContactPoint.objects.create(customer=made["C2"], kind="phone", value="+390248219001")
    ContactPoint.objects.create(customer=made["C3"], kind="email", value="anna@example.it")
    Policy.objects.create(
        number="P2026-77", holder=made["C4"], agency=agencies[0], ramo="10", product="Auto", plate="AB123CD",
        starts_on="2026-01-01", ends_on="2027-01-01",
    )  # fmt: skip
    return made


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("rossi", ["C1", "C2"]),
        ("ROS", ["C1", "C2", "C4"]),  # beginnings of the surname first, then of any word
        ("rossi mart", ["C2"]),
        ("mario rossi", ["C1"]),
        ("mario ros", ["C1"]),
        ("ros mar", ["C1", "C2", "C4"]),
        ("anna de luca", ["C3"]),
        ("luca", ["C3"]),
        ("luisa", ["C4"]),
        ("d'angelo", ["C5"]),
        ("trasporti srl", []),
        ("C3", ["C3"]),
        ("rssmra85t", ["C1"]),
        ("RSSMRA85T10A562S", ["C1"]),
        ("00743110157", ["C5"]),
        ("333 1234567", ["C1"]),
        ("+39 333 123 4567", ["C1"]),
        ("02/48219001", ["C2"]),
        ("9001", ["C2"]),
        ("234567", ["C1"]),
        ("Anna@Example.it", ["C3"]),
        ("anna@example", []),
        ("ab 123 cd", ["C4"]),
        ("AB123", ["C4"]),
        ("p2026-77", ["C4"]),
        ("P2026", ["C4"]),
        ("", []),
        ("   ", []),
        ("'", []),
        ("verdi", []),
        ("%", []),
        ("100%", []),
    ],
)
def test_a_customer_is_found_by(people, text, codes):
    assert (
        sorted(customer.code for customer in search_customers(Customer.objects.all(), text, reader=AnonymousUser()))
        == codes
    )


def test_the_surname_comes_before_other_words(people):
    found = search_customers(Customer.objects.all(), "mar", reader=AnonymousUser())
    assert [customer.code for customer in found] == ["C4", "C1", "C2"]


def test_a_whole_number_names_its_owner_alone(people):
    ContactPoint.objects.create(customer=people["C5"], kind="phone", value="+41333331234567")
    assert [
        customer.code for customer in search_customers(Customer.objects.all(), "333 1234567", reader=AnonymousUser())
    ] == ["C1"]


def test_no_more_than_the_limit_is_given(people):
    assert len(search_customers(Customer.objects.all(), "ros", limit=2, reader=AnonymousUser())) == 2


def test_only_customers_of_the_queryset_are_found(people):
    mine = Customer.objects.filter(agency__code="A02")
    assert found_ids(mine, "rossi") == [people["C2"].pk]
    assert found_ids(mine, "333 1234567") == []
    assert found_ids(mine, "AB123CD") == []


@pytest.mark.parametrize("text", ["rossi mario", "AB123CD", "9001", "anna@example.it"])
def test_a_search_takes_a_bounded_number_of_queries(people, text, django_assert_max_num_queries):
    with django_assert_max_num_queries(10):
        search_customers(Customer.objects.all(), text, reader=AnonymousUser())
