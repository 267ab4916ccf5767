"""Rule: until when a policy covers."""

from datetime import date

import pytest

from customers.policy_terms import (
    cover_ends_on,
    expiry_notice_due_on,
    has_grace,
    instalment_cover_ends_on,
    suspended_from,
)

EXPIRY = date(2026, 2, 28)


@pytest.mark.parametrize(
    ("line", "annual", "last_day"),
    [
        ("10", True, date(2026, 3, 15)),
        ("10", False, EXPIRY),  # a temporary contract has no days of grace
        ("3", True, EXPIRY),  # hull is no compulsory cover
        ("13", True, EXPIRY),
        ("I", True, EXPIRY),
    ],
)
def test_only_annual_motor_liability_is_covered_for_fifteen_more_days(line, annual, last_day):
    assert cover_ends_on(EXPIRY, annual=annual, line=line) == last_day
    assert has_grace(annual=annual, line=line) == (last_day != EXPIRY)


@pytest.mark.parametrize(
    ("replaced_from", "last_day"),
    [
        (date(2026, 3, 5), date(2026, 3, 5)),
        (date(2026, 2, 1), EXPIRY),
        (date(2026, 6, 1), date(2026, 3, 15)),
    ],
)
def test_grace_ends_when_the_new_policy_takes_effect(replaced_from, last_day):
    assert cover_ends_on(EXPIRY, annual=True, line="10", replaced_from=replaced_from) == last_day


@pytest.mark.parametrize(
    ("ends_on", "notice"),
    [
        (date(2026, 3, 31), date(2026, 3, 1)),
        (date(2024, 3, 30), date(2024, 2, 29)),
        (date(2026, 1, 15), date(2025, 12, 16)),
    ],
)
def test_expiry_is_announced_thirty_days_before(ends_on, notice):
    assert expiry_notice_due_on(ends_on) == notice


@pytest.mark.parametrize(
    ("line", "is_first", "last_day", "first_day_without"),
    [
        ("8", False, date(2026, 7, 30), date(2026, 7, 31)),
        ("10", False, date(2026, 7, 30), date(2026, 7, 31)),
        ("8", True, date(2026, 7, 14), date(2026, 7, 15)),
        ("I", False, date(2026, 8, 4), date(2026, 8, 5)),
    ],
)
def test_an_unpaid_instalment_suspends_the_cover_after_its_tolerance(line, is_first, last_day, first_day_without):
    due_on = date(2026, 7, 15)
    assert instalment_cover_ends_on(due_on, line=line, is_first=is_first) == last_day
    assert suspended_from(due_on, line=line, is_first=is_first) == first_day_without
