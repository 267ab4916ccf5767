"""Staffing: the simulation against Erlang A, the forecast on arrivals of known truth, a week replayed; STAFFING_CSV: a file of calls."""

import csv
import os
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from math import exp
from random import Random

from insights.staffing import replay
from insights.staffing.backtest import Score, backtest
from insights.staffing.erlang import with_abandons
from insights.staffing.forecast import Counted, Slot
from insights.staffing.simulation import simulate

from .measure import Row, Scale, at_most, seconds_of

CALLS = 60_000
POINT, TWO_POINTS = 1.0, 2.0
LEAST_SKILL = 0.5
COVERED = (0.85, 0.95)
MONDAY = date(2026, 1, 5)
PLACES = range(17, 37)
HANDLING, PATIENCE, WITHIN = 270.0, 120.0, 20.0


def measure(scale: Scale) -> Iterator[Row]:
    """Nothing of it depends on the scale, nor asks the database."""
    yield from _against_erlang_a()
    for a_day in (286, 100):
        yield from _rows_of(f"invented, {a_day} a day", _score([_invented(seed, a_day) for seed in range(5)]))
    yield from _replayed()
    history = _invented(1, 286)
    yield Row("forecast of a line tested and made", seconds_of(lambda: backtest(history)), "s")
    if path := os.environ.get("STAFFING_CSV"):
        yield from _rows_of("file of calls", _score([_counted(path)]))


def _against_erlang_a() -> Iterator[Row]:
    expected = with_abandons(2.25, 4, handling=HANDLING, patience=PATIENCE, within=WITHIN)
    for seed in range(3):
        random, now, arrivals = Random(seed), 0.0, []  # noqa: S311 - chance of a measurement, not of a secret
        for _call in range(CALLS):
            now += random.expovariate(2.25 / HANDLING)
            arrivals.append(now)
        found = simulate(
            arrivals,
            agents=[(0, 4)],
            handling=lambda random=random: random.expovariate(1 / HANDLING),  # type: ignore[misc]
            patience=lambda random=random: random.expovariate(1 / PATIENCE),  # type: ignore[misc]
            within=WITHIN,
        )
        for name, value, wanted in (
            ("service level", found.service_level, expected.service_level),
            ("given up", found.abandoned / found.offered, expected.abandoned),
        ):
            apart = abs((value or 0) - wanted) * 100
            yield at_most(f"simulation of {CALLS:,} calls {seed}: {name}", apart, "points", POINT, aim="of Erlang A")


def _score(histories: list[list[Counted]]) -> list[Score]:
    return [backtest(history)[0] for history in histories]


def _rows_of(name: str, scores: list[Score]) -> Iterator[Row]:
    number = len(scores)
    for kind in ("naive", "four_weeks", "flat", "model", "floor"):
        yield Row(f"{name}: error, {kind}", 100 * sum(getattr(each, kind) or 0 for each in scores) / number, "%")
    skill = sum(each.skill or 0 for each in scores) / number
    aim = f"at least {LEAST_SKILL}"
    yield Row(f"{name}: skill", skill, "", LEAST_SKILL, aim=aim, ok=skill >= LEAST_SKILL)
    covered = sum(each.covered or 0 for each in scores) / number
    is_right = COVERED[0] <= covered <= COVERED[1]
    yield Row(f"{name}: between the two numbers", 100 * covered, "%", 90, aim="85 to 95 %", ok=is_right)


def _invented(seed: int, a_day: float) -> list[Counted]:
    """26 weeks of known truth: weekdays unlike each other, two peaks, days that vary more than chance, one per cent more a week."""
    random = Random(seed)  # noqa: S311 - chance of a measurement, not of a secret
    weekdays = [1.25, 1.1, 1, 0.9, 0.75]
    profile = {
        place: 0.6 + exp(-(((place - 21) / 3) ** 2)) + 0.6 * exp(-(((place - 31) / 3) ** 2)) for place in PLACES
    }
    total, found = sum(profile.values()), []
    for week in range(26):
        for weekday, weight in enumerate(weekdays):
            day = MONDAY + timedelta(days=7 * week + weekday)
            factor = a_day * weight * 1.01**week * exp(random.gauss(0, 0.1) - 0.005) / total
            found += [Counted(_slot(day, place), _poisson(random, factor * profile[place])) for place in PLACES]
    return found


def _slot(day: date, place: int) -> Slot:
    return Slot(datetime(day.year, day.month, day.day, place // 2, 30 * (place % 2), tzinfo=UTC), day, place)


def _poisson(random: Random, mean: float) -> int:
    limit, number, product = exp(-mean), 0, random.random()
    while product > limit:
        number, product = number + 1, product * random.random()
    return number


def _replayed() -> Iterator[Row]:
    """Weeks that another program made, agent by agent, replayed with what can be measured of them."""
    levels, lost, waits_apart = [], [], []
    for seed in range(5):
        random, now, arrivals = Random(seed), 0.0, []  # noqa: S311 - chance of a measurement, not of a secret
        agents = [(hour * 3600.0, 3 + (9 <= hour % 24 <= 12)) for hour in range(120)]
        while now < 120 * 3600:
            now += random.expovariate(13 / 1800)
            arrivals.append(now)
        calls = _one_after_another(arrivals, agents, random)
        waits = [(wait, False) if wait is not None else (left or 0.0, True) for _at, wait, left in calls]
        handling = [random.lognormvariate(5.4, 0.6) for _call in range(3000)]
        truth = replay.happened(calls, within=WITHIN)
        found = replay.simulated(arrivals, agents, handling=handling, waits=waits, within=WITHIN)
        assert truth is not None, "there are calls"
        assert found is not None, "there are calls"
        levels.append(abs(truth.service_level - found.service_level) * 100)
        lost.append(abs(truth.abandoned - found.abandoned) * 100)
        waits_apart.append(abs((truth.mean_wait or 0) - (found.mean_wait or 0)))
    aim = f"within {TWO_POINTS:g}"
    yield at_most("week replayed: service level, worst of 5", max(levels), "points", TWO_POINTS, aim=aim)
    yield at_most("week replayed: given up, worst of 5", max(lost), "points", TWO_POINTS, aim=aim)
    yield at_most("week replayed: mean wait, worst of 5", max(waits_apart), "s", TWO_POINTS, aim=aim)


def _one_after_another(
    arrivals: list[float], agents: list[tuple[float, int]], random: Random
) -> list[tuple[float, float | None, float | None]]:
    """The same queue without events: calls in order, each to the agent who is free first."""
    free_at = [0.0] * max(number for _start, number in agents)
    found: list[tuple[float, float | None, float | None]] = []
    for at in arrivals:
        patience = random.expovariate(1 / 150)
        there = next(number for start, number in reversed(agents) if start <= at)
        first = min(range(there), key=free_at.__getitem__)
        wait = max(0.0, free_at[first] - at)
        if wait > patience:
            found.append((at, None, patience))
            continue
        free_at[first] = at + wait + random.lognormvariate(5.4, 0.6)
        found.append((at, wait, None))
    return found


def _counted(path: str) -> list[Counted]:
    """The half hours of a file with columns `Date` and `Time`, from the first to the last day and hour that it has."""
    counts: Counter[tuple[date, int]] = Counter()
    with open(path, encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            hour, minute, *_seconds = row["Time"].split(":")
            counts[date.fromisoformat(row["Date"]), int(hour) * 2 + int(minute) // 30] += 1
    first, last = min(day for day, _place in counts), max(day for day, _place in counts)
    places = range(min(place for _day, place in counts), max(place for _day, place in counts))
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [Counted(_slot(day, place), counts[day, place]) for day in days for place in places]
