from decimal import Decimal

import pytest
from django.core.checks import run_checks
from django.test import override_settings

from contact_center.catalogue import FORMULAS, Parameters
from contact_center.figures.definitions import (
    BY_KEY,
    Change,
    Counts,
    Ratio,
    all_values,
    change,
    definitions,
    value_of,
)

# Answered 1000, abandoned 60: within 20 s 860 and 20, after it 140 and 40, within 5 s 10 abandoned.
GOLDEN = Counts(
    offered=1060,
    answered=1000,
    waits_known=1000,
    abandoned=60,
    answered_in_time=860,
    abandoned_in_time=20,
    short_abandoned=10,
)


def figure(key: str, counts: Counts, formula: str = "F4") -> Ratio:
    value = value_of(BY_KEY[key], counts, formula)
    assert isinstance(value, Ratio)
    return value


@pytest.mark.parametrize(
    ("formula", "percent"),
    [
        ("F1", "83.02"),
        ("F2", "86.00"),
        ("F3", "81.13"),
        ("F4", "82.69"),
        ("F5", "82.08"),
        ("variant", "81.90"),
    ],
)
def test_each_service_level_formula_gives_its_golden_number(formula, percent):
    assert figure("service_level", GOLDEN, formula).rounded(2, times=100) == Decimal(percent)


def test_every_formula_has_a_golden_number():
    assert list(FORMULAS) == ["F1", "F2", "F3", "F4", "F5", "variant"]


@pytest.mark.parametrize(
    ("formula", "denominator"),
    [("F1", 1070), ("F2", 1000), ("F3", 1070), ("F4", 1050), ("F5", 1070), ("variant", 1060)],
)
def test_calls_that_left_the_queue_otherwise_are_not_answered_in_time(formula, denominator):
    counts = Counts(**{**_as_dict(GOLDEN), "offered": 1070, "exited": 10})
    assert figure("service_level", counts, formula).denominator == denominator


def test_abandonment_leaves_short_abandons_out_on_both_sides():
    assert figure("abandonment", GOLDEN) == Ratio(50, 1050)


def test_the_company_s_year_rounds_to_the_published_rate():
    assert figure("first_level_coded", Counts(handled=71_489, first_level=70_231)).rounded(2, times=100) == Decimal(
        "98.24"
    )


def test_correction_takes_away_first_level_contacts_that_came_back():
    counts = Counts(handled=100, first_level=90, first_level_repeated=7, repeated=12)
    assert figure("first_level_corrected", counts) == Ratio(83, 100)


def test_means_are_sums_over_sums():
    counts = Counts(
        answered=4, waits_known=3, talks_known=3, wait_seconds=10, talk_seconds=300, hold_seconds=20, wrap_seconds=30
    )
    assert figure("asa_seconds", counts).rounded(2) == Decimal("3.33")
    assert figure("aht_seconds", counts).rounded(2) == Decimal("116.67")


def test_nothing_over_nothing_is_nothing():
    ratios = [value for value in all_values(Counts(), "F4").values() if isinstance(value, Ratio)]
    assert {ratio.value for ratio in ratios} == {None}


def test_halves_are_rounded_up():
    assert Ratio(1, 8).rounded(2) == Decimal("0.13")


def test_a_total_is_the_sum_of_counts():
    assert Counts.total([Counts(offered=2, answered=1), Counts(offered=3, provisional=4)]) == Counts(
        offered=5, answered=1, provisional=4
    )


def test_change_of_a_share_is_in_points_and_in_percent():
    assert change(Ratio(9634, 10_000), Ratio(9824, 10_000), points=True) == Change(
        Decimal("1.9000"), Decimal("1.9722")
    )


def test_change_of_a_count_is_in_its_unit_and_in_percent():
    assert change(80, 100) == Change(Decimal("20.0000"), Decimal("25.0000"))


def test_change_from_zero_has_no_percent():
    assert change(0, 5) == Change(Decimal("5.0000"), None)


def test_change_from_a_share_of_nothing_is_nothing():
    assert change(Ratio(0, 0), Ratio(1, 2), points=True) == Change(None, None)


@pytest.mark.parametrize("formula", FORMULAS)
def test_the_formula_in_force_is_printed_in_words(formula):
    found = {one.key: one.formula for one in definitions(Parameters(30, formula, 5, 7))}
    assert "30 s" in found["service_level"]


@override_settings(SERVICE_LEVEL_FORMULA="F9")
def test_a_formula_that_does_not_exist_is_refused_at_the_start():
    assert [(error.id, error.msg) for error in run_checks() if error.id == "contact_center.E001"] == [
        ("contact_center.E001", "SERVICE_LEVEL_FORMULA is 'F9'; it can be F1, F2, F3, F4, F5, variant.")
    ]


@override_settings(REPEAT_CONTACT_DAYS=-1)
def test_a_negative_threshold_is_refused_at_the_start():
    assert [error.msg for error in run_checks() if error.id == "contact_center.E002"] == [
        "REPEAT_CONTACT_DAYS is -1; it cannot be negative."
    ]


def _as_dict(counts):
    return {name: getattr(counts, name) for name in Counts.__slots__}
