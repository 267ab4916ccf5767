"""Between which limits a period lies by chance: golden values, what is not judged, what is taken out, false alarms."""

import random
from datetime import date, timedelta
from math import exp

import pytest

from foundation.chance import share_limits
from insights.watching.parts import number_parts, rate_parts
from insights.watching.rules import (
    NO_SEASON,
    Judged,
    Kind,
    Point,
    Step,
    Verdict,
    alarms,
    judge,
    last_whole,
    limits,
    runs,
)

MONDAY = date(2024, 1, 1)
WEEKS_OF = [1402, 1380, 1391, 1420, 1355, 1410, 1398, 1407, 1389, 1401, 1415, 1372]
AT_FIRST_LEVEL = [1377, 1356, 1362, 1399, 1326, 1388, 1379, 1371, 1370, 1378, 1396, 1338]


def weeks(above, below, *, first=MONDAY):
    return [
        Point(first + timedelta(weeks=place), one, of)
        for place, (one, of) in enumerate(zip(above, below, strict=True))
    ]


def steady(number=30, *, value=920, of=1000):
    """Weeks that differ a little, as real ones do."""
    wobble = (0, 6, -5, 3, -7, 4, 2, -3)
    return weeks([value + wobble[place % 8] for place in range(number)], [of] * number)


def test_the_limits_of_a_known_example_are_laneys():
    points = weeks(AT_FIRST_LEVEL, WEEKS_OF)
    found = limits(Kind.SHARE, points[7], points, NO_SEASON, widened=False)
    assert (round(found.low, 6), round(found.high, 6)) == (0.966343, 0.997815)
    assert (found.verdict, round(found.value, 6)) == (Verdict.WITHIN, 0.974414)


def test_without_season_the_limits_are_those_of_the_other_pages():
    points = weeks(AT_FIRST_LEVEL, WEEKS_OF)
    for point, other in zip(points, share_limits(AT_FIRST_LEVEL, WEEKS_OF), strict=True):
        found = limits(Kind.SHARE, point, points, NO_SEASON, widened=False)
        assert (found.low, found.high) == pytest.approx((other.low, other.high))


def test_a_week_far_below_is_outside_and_its_chance_is_small():
    points = [*steady(), Point(MONDAY + timedelta(weeks=30), 860, 1000)]
    found = judge(Kind.SHARE, Step.WEEK, points, 30)
    assert found.verdict == Verdict.BELOW
    assert found.chance < 0.001


def test_a_week_does_not_judge_itself():
    points = steady(31)
    extreme = [*points[:30], Point(points[30].start, 100, 1000)]
    assert judge(Kind.SHARE, Step.WEEK, extreme, 30).centre == judge(Kind.SHARE, Step.WEEK, points, 30).centre


@pytest.mark.parametrize(
    ("kind", "point", "verdict"),
    [
        (Kind.SHARE, Point(MONDAY + timedelta(weeks=30), 0, 0), Verdict.CLOSED),
        (Kind.NUMBER, Point(MONDAY + timedelta(weeks=30), 12, 0.0), Verdict.CLOSED),
        (Kind.SHARE, Point(MONDAY + timedelta(weeks=30), 30, 40), Verdict.FEW),
        (Kind.MEAN, Point(MONDAY + timedelta(weeks=30), 4000, 19), Verdict.FEW),
    ],
)
def test_what_is_too_little_is_not_judged(kind, point, verdict):
    assert judge(kind, Step.WEEK, [*steady(), point], 30).verdict == verdict


def test_the_first_weeks_are_not_judged():
    points = steady(13)
    assert judge(Kind.SHARE, Step.WEEK, points, 11).verdict == Verdict.SHORT
    assert judge(Kind.SHARE, Step.WEEK, points, 12).verdict == Verdict.WITHIN


def test_all_the_same_value_has_limits_of_chance_alone():
    found = judge(Kind.SHARE, Step.WEEK, weeks([900] * 31, [1000] * 31), 30)
    assert found.verdict == Verdict.WITHIN
    assert found.low < 0.9 < found.high


def test_nothing_ever_escalated_cannot_be_judged():
    assert judge(Kind.SHARE, Step.WEEK, weeks([0] * 31, [1000] * 31), 30).verdict == Verdict.FEW


def test_the_first_of_its_kind_cannot_be_judged():
    points = [*weeks([0] * 30, [1000] * 30), Point(MONDAY + timedelta(weeks=30), 9, 1000)]
    assert judge(Kind.SHARE, Step.WEEK, points, 30).verdict == Verdict.FEW


def test_means_of_seconds_are_judged_on_the_logarithm():
    wobble = (20, 24, 18, 22, 26, 19, 21, 23)
    points = weeks([wobble[place % 8] * 400 for place in range(30)], [400] * 30)
    found = judge(Kind.MEAN, Step.WEEK, [*points, Point(MONDAY + timedelta(weeks=30), 60 * 400, 400)], 30)
    assert found.verdict == Verdict.ABOVE
    assert (found.high + 1) / (found.centre + 1) == pytest.approx((found.centre + 1) / (found.low + 1))


def test_a_mean_of_no_wait_at_all_has_limits():
    found = judge(Kind.MEAN, Step.WEEK, weeks([0] * 31, [400] * 31), 30)
    assert (found.verdict, found.centre) == (Verdict.WITHIN, 0.0)


def test_a_line_that_nobody_called_before_is_not_judged_by_its_calls():
    points = weeks([0] * 30 + [50], [50.0] * 31)
    assert judge(Kind.NUMBER, Step.WEEK, points, 30).verdict == Verdict.FEW


def test_the_weekday_is_taken_out_of_days():
    """Mondays have half as many calls again: a Monday is judged by Mondays."""
    chance = random.Random(8)
    points = [
        Point(day, round((300 if day.weekday() == 0 else 200) * exp(chance.gauss(0, 0.03))), 10.0)
        for day in (MONDAY + timedelta(days=back) for back in range(92))
    ]
    monday = next(place for place in range(91, 0, -1) if points[place].start.weekday() == 0)
    assert judge(Kind.NUMBER, Step.DAY, points, monday).centre == pytest.approx(300, rel=0.05)


def test_the_month_is_taken_out_where_two_years_are_there():
    points = [
        Point(day, 1400 if day.month == 8 else 1000, 50.0)
        for day in (MONDAY + timedelta(weeks=back) for back in range(140))
    ]
    august = next(place for place in range(139, 0, -1) if points[place].start == date(2026, 8, 3))
    assert judge(Kind.NUMBER, Step.WEEK, points, august).centre == pytest.approx(1400, rel=0.05)
    assert judge(Kind.NUMBER, Step.WEEK, points[august - 40 : august + 1], 40).centre == pytest.approx(1000, rel=0.05)


def test_half_the_hours_of_service_are_half_the_calls():
    points = weeks([1000] * 31, [50.0] * 30 + [25.0])
    assert judge(Kind.NUMBER, Step.WEEK, points, 30).centre == pytest.approx(500)


def test_eight_on_one_side_are_a_run():
    judged = [Judged(Point(MONDAY, 1, 1), Verdict.WITHIN, 1.0, centre=0.5)] * 9
    assert runs(judged) == [False] * 7 + [True] * 2


def test_a_value_outside_is_no_alarm_among_very_many():
    quiet = Judged(Point(MONDAY, 1, 1), Verdict.WITHIN, 1.0, chance=0.6)
    outside = Judged(Point(MONDAY, 1, 1), Verdict.ABOVE, 1.0, chance=0.002)
    assert alarms([outside]) == [True]
    assert alarms([outside, *[quiet] * 60]) == [False] * 61


@pytest.mark.parametrize(
    ("step", "on", "last"),
    [
        (Step.DAY, date(2026, 3, 29), date(2026, 3, 28)),
        (Step.WEEK, date(2026, 3, 30), date(2026, 3, 23)),
        (Step.WEEK, date(2026, 3, 29), date(2026, 3, 16)),
        (Step.WEEK, date(2024, 2, 29), date(2024, 2, 19)),
    ],
)
def test_the_last_whole_period_was_over_before_the_day(step, on, last):
    assert last_whole(step, on) == last


def random_weeks(chance, kind, number=31):
    """Weeks of one truth, which vary more than chance alone, as those of a real service."""
    found = []
    for place in range(number):
        start = MONDAY + timedelta(weeks=place)
        calls = max(1, round(chance.gauss(1375, 70)))
        if kind == Kind.NUMBER:
            found.append(Point(start, calls, 56.0))
        elif kind == Kind.SHARE:
            rate = min(1.0, max(0.0, chance.gauss(0.92, 0.01)))
            events = round(chance.gauss(calls * rate, (calls * rate * (1 - rate)) ** 0.5))
            found.append(Point(start, min(calls, events), calls))
        else:
            found.append(Point(start, round(calls * 25 * exp(chance.gauss(0, 0.2))), calls))
    return found


def test_at_most_one_round_in_twenty_raises_an_alarm_where_nothing_happened():
    chance = random.Random(13)
    rounds = 400
    false = sum(
        any(alarms([judge(kind, Step.WEEK, random_weeks(chance, kind), 30) for kind in (*Kind, *Kind, *Kind)]))
        for _round in range(rounds)
    )
    assert false / rounds <= 0.05


def test_a_fall_of_seven_points_is_found_nine_times_in_ten():
    chance = random.Random(21)
    found = 0
    for _trial in range(200):
        points = random_weeks(chance, Kind.SHARE)
        last = points[-1]
        points[-1] = Point(last.start, last.above - round(0.07 * last.below), last.below)
        quiet = [judge(kind, Step.WEEK, random_weeks(chance, kind), 30) for kind in (*Kind, *Kind, *Kind)]
        found += alarms([judge(Kind.SHARE, Step.WEEK, points, 30), *quiet])[0]
    assert found / 200 >= 0.9


# --- The largest parts
def test_the_parts_of_a_known_example_are_kitagawas():
    then = {("i", ""): (3960, 4000), ("d", ""): (2940, 3000), ("s", ""): (1860, 2000), ("p", ""): (980, 1000)}
    now = {("i", ""): (3472, 3500), ("d", ""): (2716, 2800), ("s", ""): (3008, 3200), ("p", ""): (1470, 1500)}
    found = {(group[0], why): round(part * 100, 6) for group, why, part in rate_parts(then, now)}
    assert (found["i", "mix"], found["i", "rate"]) == (-0.156942, 0.071818)
    assert (found["d", "mix"], found["d", "rate"]) == (-0.014463, -0.277273)
    assert sum(part for _group, _why, part in rate_parts(then, now)) == pytest.approx(-0.00436364, abs=1e-8)


def test_the_parts_of_a_number_are_against_its_usual_number():
    found = number_parts({("a", ""): (260, 1)}, {("a", ""): (15, 1), ("b", ""): (4, 1)}, 1 / 26)
    assert sorted(found) == [(("a", ""), "number", 5.0), (("b", ""), "number", 4.0)]
