"""Columns that the database computes: the Italian day, first level, the base of the figures, the person."""

from datetime import UTC, date, datetime

import pytest

from contact_center.models import Contact, TollFreeLine
from contact_center.tests.factories import CallFactory, ContactFactory
from customers.tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db

DAYS = [
    (datetime(2026, 1, 14, 22, 59, 59, tzinfo=UTC), date(2026, 1, 14)),  # a second before midnight in winter
    (datetime(2026, 1, 14, 23, 0, tzinfo=UTC), date(2026, 1, 15)),
    (datetime(2026, 7, 14, 21, 59, 59, tzinfo=UTC), date(2026, 7, 14)),  # and in summer
    (datetime(2026, 7, 14, 22, 0, tzinfo=UTC), date(2026, 7, 15)),
    (datetime(2026, 3, 28, 23, 0, tzinfo=UTC), date(2026, 3, 29)),  # the day of 23 hours begins in winter time
    (datetime(2026, 3, 29, 21, 59, 59, tzinfo=UTC), date(2026, 3, 29)),  # and ends in summer time
    (datetime(2026, 3, 29, 22, 0, tzinfo=UTC), date(2026, 3, 30)),
    (datetime(2026, 10, 24, 22, 0, tzinfo=UTC), date(2026, 10, 25)),  # the day of 25 hours begins in summer time
    (datetime(2026, 10, 25, 22, 59, 59, tzinfo=UTC), date(2026, 10, 25)),  # and ends in winter time
    (datetime(2026, 10, 25, 23, 0, tzinfo=UTC), date(2026, 10, 26)),
    (datetime(2025, 12, 31, 23, 0, tzinfo=UTC), date(2026, 1, 1)),
]


@pytest.mark.parametrize(("moment", "day"), DAYS)
def test_a_contact_and_a_call_belong_to_the_italian_day(moment, day):
    contact = ContactFactory(started_at=moment)
    call = CallFactory(queued_at=moment, contact=None)
    contact.refresh_from_db()
    call.refresh_from_db()
    assert (contact.day, call.day) == (day, day)


@pytest.mark.parametrize(
    ("level", "outcome", "first_level", "in_base"),
    [
        (1, "resolved", True, True),
        (1, "unresolved", False, True),
        (1, "", False, True),
        (1, "wrong_number", False, False),
        (1, "dropped", False, False),
        (2, "resolved", False, True),
        (2, "unresolved", False, True),
        (2, "", False, True),
        (2, "dropped", False, False),
    ],
)
def test_first_level_is_resolved_without_escalation(level, outcome, first_level, in_base):
    contact = ContactFactory(level=level, outcome=outcome, escalation="authority" if level == 2 else "")
    contact.refresh_from_db()
    assert (contact.first_level, contact.in_base) == (first_level, in_base)


def test_a_person_is_the_customer_or_else_the_address_or_else_unknown():
    customer = CustomerFactory()
    contacts = [
        ContactFactory(customer=customer, address="maria@example.it"),
        ContactFactory(customer=None, address="maria@example.it"),
        ContactFactory(customer=None, address=""),
    ]
    keys = dict(Contact.objects.values_list("pk", "person_key"))
    assert [keys[contact.pk] for contact in contacts] == [f"customer:{customer.pk}", "from:maria@example.it", None]


def test_a_computed_column_follows_what_it_is_made_of():
    contact = ContactFactory(outcome="resolved")
    Contact.objects.filter(pk=contact.pk).update(level=2, escalation="authority", customer=CustomerFactory())
    contact.refresh_from_db()
    assert (contact.first_level, contact.person_key) == (False, f"customer:{contact.customer_id}")


def test_a_contact_is_quoted_by_number():
    contact = ContactFactory()
    assert str(contact) == f"C-{contact.pk:08d}"
    assert Contact().number == "C-?"


def test_every_installation_has_the_three_lines():
    assert list(TollFreeLine.objects.values_list("code", "number")) == [
        ("customers", "+39800016611"),
        ("claims", "+39800330664"),
        ("campers", "+39800810091"),
    ]
    assert TollFreeLine.objects.get(code="customers").spoken_number == "800 016 611"
