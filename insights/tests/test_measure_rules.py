"""The rules of a measure's effect, by the golden values of the literature and by another computation."""

import random
from datetime import date
from fractions import Fraction
from math import sqrt

import pytest

from contact_center.figures.period import Period
from insights.measures.effect import (
    FEWEST,
    Cell,
    Four,
    Verdict,
    Which,
    Windows,
    difference_in_differences,
    effect_of,
    placebo_windows,
    too_few,
    windows,
)

GOLDEN = Four(Cell(1000, 930), Cell(1000, 960), Cell(5000, 4890), Cell(5000, 4895))
START = date(2026, 3, 2)


def test_the_worked_example_has_its_effect_and_its_interval():
    found = difference_in_differences(GOLDEN)
    assert found.value == Fraction(29, 1000)
    assert round(found.error * 100, 3) == 1.058
    assert (round(found.low * 100, 2), round(found.high * 100, 2)) == (0.83, 4.97)
    assert found.verdict == Verdict.MORE


def test_the_worked_example_the_other_way_round_is_worse():
    found = difference_in_differences(Four(*(GOLDEN.cells[place] for place in (1, 0, 2, 3))))
    assert found.value < 0
    assert found.verdict == Verdict.FEWER


@pytest.mark.parametrize("seed", range(20))
def test_the_effect_equals_a_sum_over_single_contacts(seed):
    """As a least squares fit would: each contact a row of 0 or 1, means of four groups, variances from the rows."""
    chance = random.Random(seed)
    rows = [[int(chance.random() < 0.95) for _contact in range(chance.randrange(100, 400))] for _group in range(4)]
    means = [sum(group) / len(group) for group in rows]
    variance = sum(
        sum((one - mean) ** 2 for one in group) / len(group) ** 2 for group, mean in zip(rows, means, strict=True)
    )
    found = difference_in_differences(Four(*(Cell(len(group), sum(group)) for group in rows)))
    assert float(found.value) == pytest.approx(means[1] - means[0] - (means[3] - means[2]))
    if all(0 < sum(group) < len(group) for group in rows):
        assert found.error == pytest.approx(sqrt(variance))


def test_a_group_in_which_all_were_resolved_claims_no_certainty():
    assert Cell(100, 100).variance == pytest.approx(100.5 / 101 * 0.5 / 101 / 100)
    assert Cell(100, 0).variance == pytest.approx(Cell(100, 100).variance)


def test_no_effect_is_called_chance_at_least_nineteen_times_in_twenty():
    chance, alarms = random.Random(7), 0

    def cell(contacts):
        return Cell(contacts, sum(chance.random() < 0.97 for _one in range(contacts)))

    for _time in range(400):
        four = Four(cell(300), cell(300), cell(900), cell(900))
        alarms += difference_in_differences(four).verdict != Verdict.CHANCE
    assert alarms / 400 <= 0.075  # 5 %, and what chance adds to 400 draws of it


# --- Which weeks


def test_as_many_whole_weeks_before_as_are_over_since():
    found = windows(START, weeks=8, today=date(2026, 3, 25))
    assert found == Windows(Period(date(2026, 2, 9), date(2026, 3, 1)), Period(date(2026, 3, 2), date(2026, 3, 22)))


def test_no_more_weeks_than_are_observed():
    found = windows(START, weeks=2, today=date(2027, 3, 2))
    assert found is not None
    assert found.after == Period(date(2026, 3, 2), date(2026, 3, 15))


@pytest.mark.parametrize("today", [date(2026, 3, 8), date(2026, 3, 2), date(2025, 3, 2)])
def test_no_weeks_before_one_is_over(today):
    assert windows(START, weeks=8, today=today) is None


def test_the_weeks_about_an_earlier_date_are_all_before_the_measure():
    real = windows(START, weeks=2, today=date(2026, 6, 1))
    assert real is not None
    dates = placebo_windows(real, most=3)
    assert [one.after.start for one in dates] == [date(2026, 2, 16), date(2026, 2, 2), date(2026, 1, 19)]
    assert all(one.after.end < START for one in dates)


# --- Too few


def test_it_says_how_many_are_missing_and_until_when_to_wait():
    found = windows(START, weeks=8, today=date(2026, 3, 16))
    assert found is not None
    four = Four(Cell(150, 140), Cell(40, 38), Cell(500, 490), Cell(500, 490))
    (missing,) = too_few(four, found, weeks=8)
    assert (missing.which, missing.contacts, missing.missing) == (Which.AFTER, 40, 60)
    assert missing.wait_until == date(2026, 4, 6)  # five weeks at twenty a week


def test_waiting_does_not_help_where_the_weeks_observed_are_too_few():
    found = windows(START, weeks=2, today=date(2026, 6, 1))
    assert found is not None
    four = Four(Cell(1, 1), Cell(0, 0), Cell(500, 490), Cell(500, 490))
    assert [(one.which, one.missing, one.wait_until) for one in too_few(four, found, weeks=2)] == [
        (Which.BEFORE, FEWEST - 1, None),
        (Which.AFTER, FEWEST, None),
    ]


def test_nothing_is_estimated_from_one_contact():
    found = windows(START, weeks=2, today=date(2026, 6, 1))
    four = Four(Cell(1, 1), Cell(1, 0), Cell(1, 1), Cell(1, 1))
    answer = effect_of(found, four, weeks=2, a_year=None, placebos=[])
    assert answer.estimate is None
    assert len(answer.missing) == 4


def test_dates_with_too_few_contacts_are_no_placebos():
    found = windows(START, weeks=2, today=date(2026, 6, 1))
    thin = Four(Cell(1, 1), Cell(1, 1), Cell(1, 1), Cell(1, 1))
    answer = effect_of(
        found, GOLDEN, weeks=2, a_year=thin, placebos=[(date(2026, 2, 1), thin), (date(2026, 1, 1), GOLDEN)]
    )
    assert answer.season is None
    assert [one.at for one in answer.placebos] == [date(2026, 1, 1)]
    assert answer.failed_placebos == 1
