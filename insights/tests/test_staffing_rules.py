"""Rules of the forecast, its test, patience, the plan and the rota, on plain values."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from math import exp
from random import Random

import pytest

from insights.staffing import replay
from insights.staffing.backtest import backtest
from insights.staffing.forecast import Counted, Slot, Spread, fit, least_error, missing_weeks, quantiles, spread_of
from insights.staffing.patience import kaplan_meier, mean_patience
from insights.staffing.planning import Unreachable, Wanted, half_hour, least_agents, load_of, people_for
from insights.staffing.rota import people_on, shifts_for
from insights.staffing.simulation import simulate

MONDAY = date(2026, 1, 5)
PLACES = range(17, 37)  # from half past eight to half past six


def chance_count(random: Random, mean: float) -> int:
    limit, number, product = exp(-mean), 0, random.random()
    while product > limit:
        number, product = number + 1, product * random.random()
    return number


def slot(day: date, place: int, **more) -> Slot:
    return Slot(datetime(day.year, day.month, day.day, place // 2, 30 * (place % 2), tzinfo=UTC), day, place, **more)


def invented(
    seed: int, *, weeks: int = 24, a_day: float = 286, growth: float = 1.0, busy: float = 0.0
) -> list[Counted]:
    """Calls of known truth: five weekdays unlike each other, two peaks a day, by chance; `busy` makes whole days vary more."""
    random = Random(seed)
    weekdays = [1.25, 1.1, 1, 0.9, 0.75]
    profile = {
        place: 0.6 + exp(-(((place - 21) / 3) ** 2)) + 0.6 * exp(-(((place - 31) / 3) ** 2)) for place in PLACES
    }
    total = sum(profile.values())
    found = []
    for week in range(weeks):
        for weekday, weight in enumerate(weekdays):
            day = MONDAY + timedelta(days=7 * week + weekday)
            factor = a_day * weight * growth**week * exp(random.gauss(0, busy) - busy**2 / 2) / total
            found += [Counted(slot(day, place), chance_count(random, factor * profile[place])) for place in PLACES]
    return found


# --- The floor


@pytest.mark.parametrize(
    ("mean", "percent"),
    [(2, 54.1), (5, 35.1), (10, 25.0), (14.3, 21.1), (20, 17.8), (30, 14.5), (60, 10.3), (100, 8.0), (286, 4.7)],
)
def test_the_least_error_is_that_of_the_table(mean, percent):
    assert round(100 * least_error(mean) / mean, 1) == percent


def test_nothing_errs_where_nothing_is_expected():
    assert least_error(0) == 0


# --- The forecast


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("a_day", "busy"), [(286, 0), (286, 0.1), (100, 0.1), (40, 0)])
def test_the_forecast_goes_more_than_half_the_way_from_the_same_weekday_to_the_floor(seed, a_day, busy):
    score, _spread = backtest(invented(seed, a_day=a_day, busy=busy))
    assert score.skill > 0.5
    assert score.model < score.four_weeks < score.naive


@pytest.mark.parametrize("a_day", [286, 100, 40])
def test_nine_of_ten_half_hours_lie_between_the_two_numbers(a_day):
    found = [backtest(invented(seed, a_day=a_day, busy=0.1))[0].covered for seed in range(3)]
    assert 0.85 <= sum(found) / len(found) <= 0.95


def test_the_forecast_follows_a_trend():
    model = fit(invented(1, growth=1.02))
    later = MONDAY + timedelta(weeks=26)
    week = sum(model.expected(slot(later + timedelta(days=day), place)) for day in range(5) for place in PLACES)
    assert week == pytest.approx(5 * 286 * 1.02**26, rel=0.1)


def test_a_trend_that_is_chance_is_shrunk():
    assert abs(fit(invented(4)).growth - 1) < 0.005


def test_holidays_do_not_spoil_their_weekday():
    ordinary = invented(2)
    closed_early = [
        Counted(each.slot._replace(is_holiday=True), 0) if each.slot.day == MONDAY + timedelta(weeks=23) else each
        for each in ordinary
    ]
    next_monday = slot(MONDAY + timedelta(weeks=24), 21)
    assert fit(closed_early).expected(next_monday) == pytest.approx(fit(ordinary).expected(next_monday), rel=0.03)


def test_three_holidays_say_how_much_comes_on_one():
    history = invented(2)
    for week in (20, 21, 22):
        day = MONDAY + timedelta(weeks=week, days=6)
        history += [Counted(slot(day, place), 0) for place in PLACES]
        monday = MONDAY + timedelta(weeks=week)
        history = [
            Counted(each.slot._replace(is_holiday=True), each.calls // 2) if each.slot.day == monday else each
            for each in history
        ]
    assert fit(history).on_holidays == pytest.approx(0.48, abs=0.06)


def test_a_half_hour_in_which_the_line_was_never_open_expects_nothing():
    assert fit(invented(1)).expected(slot(MONDAY + timedelta(weeks=30), 3)) == 0


def test_a_history_without_calls_expects_none():
    history = [Counted(each.slot, 0) for each in invented(1)]
    score, spread = backtest(history)
    assert (fit(history).expected(history[-1].slot), score.model, score.skill) == (0, None, None)
    assert spread.between(0) == (0, 0)


def test_too_little_history_says_how_many_weeks_are_missing():
    assert [missing_weeks(invented(1, weeks=weeks)) for weeks in (1, 7, 8)] == [7, 1, 0]
    assert missing_weeks([]) == 8


def test_two_numbers_hold_at_least_what_they_should():
    assert quantiles(5, 1, 0.05) == (2, 9)
    assert quantiles(0, 1, 0.05) == (0, 0)
    assert quantiles(5, 2, 0.05)[1] > 9


def test_counts_that_vary_more_than_chance_have_a_wider_spread():
    assert spread_of([(10.0, 10 + 6 * (-1) ** number) for number in range(20)]).dispersion == pytest.approx(3.6)
    assert spread_of([]) == Spread()


# --- Patience


def test_patience_is_all_the_waiting_over_those_who_gave_up():
    assert mean_patience(1200, 10) == 120
    assert mean_patience(1200, 0) is None


def test_the_curve_counts_those_answered_as_having_waited_longer():
    curve = kaplan_meier([(10, True), (20, False), (30, True), (40, False)])
    assert list(zip(curve.seconds, curve.gone, strict=True)) == [(10, 0.25), (30, pytest.approx(0.625))]
    assert curve.beyond == 50


def test_the_curve_finds_the_patience_that_made_the_waits():
    random = Random(3)
    waits = []
    for _call in range(20_000):
        patience, wait = random.expovariate(1 / 120), random.expovariate(1 / 40)
        waits.append((min(patience, wait), patience < wait))
    curve = kaplan_meier(waits)
    drawn = [curve.draw(random) for _person in range(20_000)]
    assert sum(drawn) / len(drawn) == pytest.approx(120, rel=0.05)


# --- The plan


def test_erlang_c_asks_for_five_where_four_do():
    wanted = Wanted(0.8, 20, cost=Decimal(30))
    found = half_hour(datetime(2026, 1, 5, 9, tzinfo=UTC), 15, 9, 21, handling=270, patience=120, wanted=wanted)
    assert (found.load, found.by_c.agents, found.by_a.agents) == (2.25, 5, 4)
    assert (found.by_c.cost, found.by_a.cost) == (75, 60)
    assert found.given_up == pytest.approx(15 * 0.02604, abs=1e-3)


def test_three_lines_apart_take_more_than_one_queue():
    wanted = Wanted(0.8, 20)
    moment = datetime(2026, 1, 5, 9, tzinfo=UTC)
    apart = [half_hour(moment, 5, 2, 9, handling=270, patience=120, wanted=wanted) for _line in range(3)]
    pooled = half_hour(moment, 15, 9, 21, handling=270, patience=120, wanted=wanted)
    assert (sum(each.by_c.agents for each in apart), pooled.by_c.agents, pooled.by_a.agents) == (6, 5, 4)


def test_a_half_hour_without_calls_needs_nobody():
    found = half_hour(
        datetime(2026, 1, 5, 9, tzinfo=UTC), 0, 0, 0, handling=270, patience=None, wanted=Wanted(0.8, 20)
    )
    assert (found.by_c.agents, found.by_a.people, found.by_a.cost) == (0, 0, 0)


def test_without_anybody_who_gave_up_both_formulas_are_one():
    found = half_hour(
        datetime(2026, 1, 5, 9, tzinfo=UTC), 15, 9, 21, handling=270, patience=None, wanted=Wanted(0.8, 20)
    )
    assert found.by_a == found.by_c


def test_a_target_of_all_calls_has_no_answer():
    with pytest.raises(Unreachable, match="every call"):
        least_agents(1, lambda _agents: 0.999, least=1, near=1)


@pytest.mark.parametrize(
    ("agents", "shrinkage", "breaks", "people"), [(4, 0, 0, 4), (4, 0.2, 0, 5), (4, 0.25, 15, 7), (0, 0.3, 15, 0)]
)
def test_people_on_the_rota_are_more_than_agents_at_the_telephone(agents, shrinkage, breaks, people):
    assert people_for(agents, shrinkage=shrinkage, breaks=breaks) == people


@pytest.mark.parametrize(("shrinkage", "breaks"), [(1, 0), (0, 120)])
def test_nobody_is_left_where_all_of_an_hour_is_lost(shrinkage, breaks):
    with pytest.raises(Unreachable, match="nothing is left"):
        people_for(1, shrinkage=shrinkage, breaks=breaks)


def test_the_load_is_calls_times_handling_over_the_half_hour():
    assert load_of(15, 270) == 2.25


# --- The rota


@pytest.mark.parametrize("seed", range(40))
def test_shifts_cover_the_people_needed_in_every_half_hour(seed):
    random = Random(seed)
    needed = [random.choice([0, 0, 1, 2, 3, 5, 8]) for _place in range(random.choice([1, 5, 8, 16, 20, 30]))]
    shifts = shifts_for(needed)
    assert all(there >= people for there, people in zip(people_on(shifts, len(needed)), needed, strict=True))
    assert all(0 <= shift.first < shift.end <= len(needed) for shift in shifts)


def test_an_even_day_of_eight_hours_takes_one_shift_for_each_person():
    assert len(shifts_for([3] * 16)) == 3


def test_a_short_need_takes_a_short_shift():
    [shift] = shifts_for([0] * 4 + [1] * 8 + [0] * 8)
    assert (shift.first, shift.end) == (4, 12)


def test_nobody_needed_takes_no_shift():
    assert (shifts_for([]), shifts_for([0, 0])) == ([], [])


# --- The simulation


def test_a_call_waits_for_an_agent_who_comes_later():
    found = simulate([0, 1], agents=[(10, 1)], handling=lambda: 5, patience=lambda: 100, within=10)
    assert (found.answered, found.in_time, found.answered_wait) == (2, 1, 10 + 14)


def test_a_caller_gives_up_at_the_end_of_their_patience():
    found = simulate([0, 1], agents=[(0, 1)], handling=lambda: 100, patience=lambda: 7, within=10)
    assert (found.answered, found.abandoned, found.all_wait) == (1, 1, 7)


def test_an_agent_who_leaves_ends_the_call_first():
    found = simulate([0, 1], agents=[(0, 1), (2, 0)], handling=lambda: 5, patience=lambda: 50, within=10)
    assert (found.answered, found.abandoned) == (1, 1)


def test_nobody_there_answers_nobody():
    found = simulate([0], agents=[], handling=lambda: 5, patience=lambda: 50, within=10)
    assert (found.service_level, found.abandoned, found.mean_wait) == (0, 1, None)


def test_a_week_made_by_a_queue_is_replayed_within_two_points():
    random, now, arrivals = Random(11), 0.0, []
    agents = [(hour * 3600.0, 3 + (9 <= hour % 24 <= 12)) for hour in range(120)]
    while now < 120 * 3600:
        now += random.expovariate(13 / 1800)
        arrivals.append(now)
    calls = one_after_another(arrivals, agents, random)
    waits = [(answered, False) if answered is not None else (left, True) for _at, answered, left in calls]
    handling = [random.lognormvariate(5.4, 0.6) for _call in range(3000)]
    truth = replay.happened(calls, within=20)
    found = replay.simulated(arrivals, agents, handling=handling, waits=waits, within=20, times=10)
    assert found.service_level == pytest.approx(truth.service_level, abs=0.02)
    assert found.abandoned == pytest.approx(truth.abandoned, abs=0.02)


def one_after_another(arrivals, agents, random):
    """The same queue written another way: calls in order, given to whichever agent is free first."""
    there = lambda at: next(number for start, number in reversed(agents) if start <= at)  # noqa: E731
    free_at = [0.0] * max(number for _start, number in agents)
    found = []
    for at in arrivals:
        patience = random.expovariate(1 / 150)
        first = min(range(there(at)), key=lambda agent: free_at[agent])
        wait = max(0.0, free_at[first] - at)
        if wait > patience:
            found.append((at, None, patience))
            continue
        free_at[first] = at + wait + random.lognormvariate(5.4, 0.6)
        found.append((at, wait, None))
    return found
