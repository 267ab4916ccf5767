"""Rule: by when a motor claim must have an answer and its money."""

from datetime import date

import pytest

from customers.claim_terms import offer_due_on, payment_due_on

COMPLETE = date(2026, 1, 10)


@pytest.mark.parametrize(
    ("kind", "signed_by_both", "due_on"),
    [
        ("property", False, date(2026, 3, 11)),
        ("property", True, date(2026, 2, 9)),
        ("injury", False, date(2026, 4, 10)),
        ("injury", True, date(2026, 4, 10)),  # the signed form shortens the term of damage to things only
        ("mixed", True, date(2026, 4, 10)),
    ],
)
def test_offer_is_due_within_the_days_of_its_kind(kind, signed_by_both, due_on):
    assert offer_due_on(COMPLETE, kind=kind, signed_by_both=signed_by_both) == due_on


def test_another_kind_is_refused():
    with pytest.raises(ValueError, match="property, injury, mixed"):
        offer_due_on(COMPLETE, kind="theft")


def test_payment_is_due_fifteen_days_after_acceptance():
    assert payment_due_on(date(2026, 2, 20)) == date(2026, 3, 7)
