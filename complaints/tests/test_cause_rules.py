"""What is chance in numbers of complaints: against textbook values, exact arithmetic and shuffled registers."""

from fractions import Fraction
from math import comb, inf
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.chance import beyond_chance, change, count_limits, share_limits, sigma_z, two_sided, wilson


@pytest.mark.parametrize(
    ("events", "of", "low", "high"),
    [
        (0, 5, 0.0, 0.43448),
        (5, 5, 0.56552, 1.0),
        (3, 7, 0.15822, 0.74954),
        (29, 30, 0.83330, 0.99409),
        (81, 263, 0.25529, 0.36621),
    ],
)
def test_wilsons_interval_has_its_textbook_values(events, of, low, high):
    assert wilson(events, of) == pytest.approx((low, high), abs=1e-5)


def test_nothing_has_the_widest_interval():
    assert wilson(0, 0) == (0.0, 1.0)
    assert change(0, 0).chance == 1.0


def test_a_change_from_none_has_no_ratio_and_no_upper_limit():
    found = change(0, 6)
    assert (found.ratio, found.high) == (None, inf)
    assert found.low > 1
    assert found.is_small


def test_exposures_turn_numbers_into_rates():
    assert change(50, 100, exposure_before=1_000, exposure_after=2_000).ratio == 1.0
    assert change(50, 100, exposure_before=1_000, exposure_after=2_000).chance > 0.9
    assert change(50, 100).chance < 0.001


@given(st.integers(0, 25), st.integers(0, 25))
def test_the_exact_test_is_that_of_whole_numbers(before, after):
    together = before + after
    odds = [Fraction(comb(together, k), 2**together) for k in range(together + 1)]
    exact = sum(each for each in odds if each <= odds[after])
    assert two_sided(after, together, 0.5) == pytest.approx(float(exact), rel=1e-9)


@pytest.mark.parametrize(
    ("events", "of", "share", "chance"),
    [(0, 12, 0.0, 1.0), (1, 12, 0.0, 0.0), (12, 12, 1.0, 1.0), (11, 12, 1.0, 0.0), (3, 2_000, 0.0, 0.0)],
)
def test_a_share_of_none_or_all_leaves_one_result_possible(events, of, share, chance):
    assert two_sided(events, of, share) == chance


def test_the_test_of_large_numbers_goes_on_where_the_exact_one_ends():
    assert two_sided(530, 1_000, 0.5) == pytest.approx(two_sided(531, 1_001, 0.5), abs=0.01)


@given(st.lists(st.floats(0, 1), max_size=30))
def test_of_many_causes_those_marked_are_the_least_likely_by_chance(chances):
    found = beyond_chance(chances)
    marked = [each for each, is_marked in zip(chances, found, strict=True) if is_marked]
    others = [each for each, is_marked in zip(chances, found, strict=True) if not is_marked]
    assert all(each <= 0.05 for each in marked)
    assert not marked or not others or max(marked) <= min(others)


def test_shuffled_registers_are_marked_rarely_and_a_planted_cause_is_found():
    random = Random(7)
    false, found = 0, 0
    for _turn in range(200):
        pairs = [[0, 0] for _cause in range(20)]
        for _complaint in range(1_200):
            pairs[random.randrange(20)][random.randrange(2)] += 1
        false += any(beyond_chance([change(*pair).chance for pair in pairs]))
        pairs[3] = [30, 75]
        found += beyond_chance([change(*pair).chance for pair in pairs])[3]
    assert false <= 16  # at most one in twenty, and what chance adds in 200 turns
    assert found >= 190


# --- Months -----------------------------------------------------------------------------------------------------------
CALLS = [1402, 1380, 1391, 1420, 1355, 1410, 1398, 1407, 1389, 1401, 1415, 1372]
SOLVED = [1377, 1356, 1362, 1399, 1326, 1388, 1379, 1371, 1370, 1378, 1396, 1338]


def test_limits_of_shares_are_those_of_laney():
    week = share_limits(SOLVED, CALLS)[7]
    assert (week.value, week.low, week.high) == pytest.approx((0.974414, 0.966343, 0.997815), abs=2e-6)
    assert not week.is_outside


def test_a_month_without_answers_has_no_share():
    assert share_limits([0, 1], [0, 4])[0] is None


def test_steady_months_have_the_limits_of_chance_and_a_jump_is_outside():
    steady = count_limits([20] * 12, [30] * 12)
    assert sigma_z([0.0] * 12) == 1.0
    assert not any(each.is_outside for each in steady)
    jumped = count_limits([20, 21, 19, 20, 22, 20, 19, 21, 20, 20, 21, 60], [30] * 12)
    assert [place for place, each in enumerate(jumped) if each.is_outside] == [11]


def test_a_short_month_is_compared_with_a_short_one():
    assert not count_limits([30, 28, 31, 10], [30, 28, 31, 10])[3].is_outside
