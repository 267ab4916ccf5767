"""Rules of quality samples: what is drawn, what a score comes to, how sure an average is."""

from datetime import date
from decimal import Decimal

import pytest

from contact_center.quality.rules import FEWEST, Mark, average_of, drawn, result_of, week_before


def test_the_week_before_is_the_last_that_is_over():
    assert week_before(date(2026, 5, 11)) == date(2026, 5, 4)  # a Monday
    assert week_before(date(2026, 5, 17)) == date(2026, 5, 4)  # the Sunday of the same week


# --- The draw
def test_the_same_seed_draws_the_same_whatever_the_order():
    one = drawn({"phone": range(100), "email": [200, 201, 202]}, how_many=4, seed="a")
    assert one == drawn({"email": [202, 200, 201], "phone": reversed(range(100))}, how_many=4, seed="a")
    assert one != drawn({"phone": range(100), "email": [200, 201, 202]}, how_many=4, seed="b")


def test_channels_take_turns_so_that_a_rare_one_is_not_left_out():
    for seed in map(str, range(20)):
        found = drawn({"phone": range(100), "email": [200]}, how_many=2, seed=seed)
        assert 200 in found


def test_no_more_is_drawn_than_there_is_and_nothing_twice():
    assert sorted(drawn({"phone": [1, 2], "email": [3]}, how_many=9, seed="a")) == [1, 2, 3]
    assert drawn({}, how_many=2, seed="a") == []


def test_over_many_seeds_every_contact_is_drawn_about_as_often():
    counts = dict.fromkeys(range(10), 0)
    for seed in range(2_000):
        for pk in drawn({"phone": range(10)}, how_many=2, seed=str(seed)):
            counts[pk] += 1
    assert all(320 < count < 480 for count in counts.values())  # 400 expected, four standard deviations


# --- The result
def test_a_result_is_the_weighted_mean_of_what_applies():
    marks = [Mark(weight=3, points=4), Mark(weight=1, points=2), Mark(weight=5, points=None)]
    result = result_of(marks)
    assert (result.percent, result.failed_critical) == (Decimal("87.50"), False)


@pytest.mark.parametrize(("points", "percent"), [(0, "0.00"), (1, "25.00"), (4, "100.00")])
def test_a_result_goes_from_0_to_100(points, percent):
    assert result_of([Mark(weight=7, points=points)]).percent == Decimal(percent)


def test_a_result_is_rounded_to_two_decimals():
    assert result_of([Mark(1, 4), Mark(1, 4), Mark(1, 0)]).percent == Decimal("66.67")


def test_no_points_on_a_critical_criterion_make_it_zero():
    result = result_of([Mark(weight=1, points=4), Mark(weight=1, points=0, is_critical=True)])
    assert (result.percent, result.failed_critical) == (Decimal("0.00"), True)


def test_a_critical_criterion_that_does_not_apply_changes_nothing():
    result = result_of([Mark(weight=1, points=4), Mark(weight=1, points=None, is_critical=True)])
    assert (result.percent, result.failed_critical) == (Decimal("100.00"), False)


def test_where_nothing_applies_there_is_no_result():
    assert result_of([Mark(weight=1, points=None)]) is None


# --- Averages
def test_there_is_no_average_of_fewer_than_five():
    assert average_of(FEWEST - 1, 80.0, 3.0) is None
    assert average_of(FEWEST, 80.0, 3.0) is not None


def test_the_interval_is_students():
    average = average_of(5, 80.0, 10.0)
    assert (average.low, average.high) == (pytest.approx(67.58, abs=0.01), pytest.approx(92.42, abs=0.01))
    many = average_of(400, 80.0, 10.0)
    assert many.high - many.mean == pytest.approx(0.98, abs=0.01)


def test_the_interval_remains_between_0_and_100():
    assert average_of(5, 95.0, 20.0).high == 100.0
    assert average_of(5, 5.0, 20.0).low == 0.0
