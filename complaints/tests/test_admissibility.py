"""Hints about the admissibility of an appeal, and how long a decision stays published: rules of plain values."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from complaints.arbitrator.rules import Known, Limits, Verdict, hints_of, published_until

LIMITS = Limits(answer_days=45, complaint_months=12, facts_months=36, cap=25_000)
GOOD = Known(
    filed_on=date(2026, 3, 1),
    complained_on=date(2026, 1, 10),
    answered_on=date(2026, 2, 10),
    facts_on=date(2025, 11, 3),
    value=Decimal("1200.00"),
)


def verdict(code: str, **changes) -> Verdict:
    return {hint.code: hint.verdict for hint in hints_of(replace(GOOD, **changes), LIMITS)}[code]


def test_an_appeal_that_meets_every_condition_says_so_of_each():
    hints = hints_of(GOOD, LIMITS)
    assert [hint.code for hint in hints] == ["after_complaint", "complaint_age", "facts_age", "value"]
    assert {hint.verdict for hint in hints} == {Verdict.MET}


@pytest.mark.parametrize(
    ("answered_on", "filed_on", "expected"),
    [
        (date(2026, 2, 10), date(2026, 2, 10), Verdict.MET),  # answered on the day of the appeal
        (None, date(2026, 2, 24), Verdict.NOT_MET),  # the 45th day
        (None, date(2026, 2, 25), Verdict.MET),  # the 46th
        (date(2026, 2, 12), date(2026, 2, 11), Verdict.NOT_MET),  # answered after the appeal, which came too early
        (date(2026, 3, 12), date(2026, 3, 11), Verdict.MET),  # answered too late
    ],
)
def test_an_appeal_comes_after_the_answer_or_after_45_days_without_one(answered_on, filed_on, expected):
    assert verdict("after_complaint", answered_on=answered_on, filed_on=filed_on) is expected


@pytest.mark.parametrize(
    ("complained_on", "filed_on", "expected"),
    [
        (date(2025, 3, 1), date(2026, 3, 1), Verdict.MET),
        (date(2025, 2, 28), date(2026, 3, 1), Verdict.NOT_MET),
        (date(2024, 2, 29), date(2025, 2, 28), Verdict.MET),
        (date(2024, 2, 29), date(2025, 3, 1), Verdict.NOT_MET),
    ],
)
def test_the_complaint_is_not_older_than_twelve_months(complained_on, filed_on, expected):
    assert verdict("complaint_age", complained_on=complained_on, filed_on=filed_on) is expected


@pytest.mark.parametrize(
    ("facts_on", "expected"),
    [
        (date(2023, 1, 10), Verdict.MET),
        (date(2023, 1, 9), Verdict.NOT_MET),
        (None, Verdict.UNKNOWN),
    ],
)
def test_the_facts_are_not_older_than_three_years_before_the_complaint(facts_on, expected):
    assert verdict("facts_age", facts_on=facts_on) is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(Decimal(25_000), Verdict.MET), (Decimal("25000.01"), Verdict.NOT_MET), (None, Verdict.UNKNOWN)],
)
def test_what_is_asked_is_within_the_cap(value, expected):
    assert verdict("value", value=value) is expected


@pytest.mark.parametrize(
    ("published_on", "months", "until"),
    [
        (date(2026, 1, 15), 6, date(2026, 7, 14)),
        (date(2026, 8, 31), 6, date(2027, 2, 27)),
        (date(2024, 2, 29), 60, date(2029, 2, 27)),
        (date(2026, 1, 1), 60, date(2030, 12, 31)),
    ],
)
def test_a_publication_lasts_whole_months_its_first_day_included(published_on, months, until):
    assert published_until(published_on, months) == until
