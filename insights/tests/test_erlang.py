"""The tables of the field, to their digits, and the simulation beside them."""

from random import Random

import pytest

from insights.staffing.erlang import GrowsWithoutEnd, erlang_b, erlang_c, with_abandons, without_abandons
from insights.staffing.simulation import simulate

# load, agents; P(wait), service level, mean wait by Erlang C; P(wait), abandoned, mean wait, service level by Erlang A
SMALL = [
    (0.75, 2, (0.204545, 0.81354, 44.18), (0.16153, 0.09013, 10.82, 0.8560)),
    (0.75, 3, (0.044118, 0.96266, 5.29), (0.03855, 0.01747, 2.10, 0.9677)),
    (2.25, 3, (0.567757, 0.46292, 204.39), (0.34350, 0.17294, 20.75, 0.6993)),
    (2.25, 4, (0.241178, 0.78814, 37.21), (0.17060, 0.07234, 8.68, 0.8588)),
    (2.25, 5, (0.090811, 0.92593, 8.92), (0.07144, 0.02604, 3.12, 0.9443)),
    (6.75, 8, (0.557429, 0.49187, 120.41), (0.30916, 0.10388, 12.47, 0.7609)),
    (6.75, 9, (0.330350, 0.72036, 39.64), (0.20567, 0.06206, 7.45, 0.8492)),
    (6.75, 10, (0.185683, 0.85404, 15.43), (0.12704, 0.03467, 4.16, 0.9118)),
]


@pytest.mark.parametrize(("load", "agents", "expected", "_a"), SMALL)
def test_erlang_c_gives_the_table(load, agents, expected, _a):
    queue = without_abandons(load, agents, handling=270, within=20)
    assert queue.waits == pytest.approx(expected[0], abs=5e-7)
    assert queue.service_level == pytest.approx(expected[1], abs=5e-6)
    assert queue.mean_wait == pytest.approx(
        expected[2], abs=0.0055
    )  # the table has 120.41 where the formula gives 120.4048


@pytest.mark.parametrize(("load", "agents", "_c", "expected"), SMALL)
def test_erlang_a_gives_the_table(load, agents, _c, expected):
    queue = with_abandons(load, agents, handling=270, patience=120, within=20)
    assert queue.waits == pytest.approx(expected[0], abs=5e-6)
    assert queue.abandoned == pytest.approx(expected[1], abs=5e-6)
    assert queue.mean_wait == pytest.approx(expected[2], abs=0.0051)
    assert queue.service_level == pytest.approx(expected[3], abs=5.1e-5)


@pytest.mark.parametrize(
    ("load", "agents", "level"),
    [
        (2.25, 3, 0.6443),
        (2.25, 4, 0.8370),
        (2.25, 5, 0.9376),
        (6.75, 8, 0.6961),
        (6.75, 9, 0.8120),
        (6.75, 10, 0.8928),
    ],
)
def test_erlang_a_with_more_patience_gives_the_table(load, agents, level):
    queue = with_abandons(load, agents, handling=270, patience=300, within=20)
    assert queue.service_level == pytest.approx(level, abs=6e-5)


@pytest.mark.parametrize(
    ("agents", "waits", "level", "wait", "occupancy"),
    [
        (14, 0.174132, 0.88835, 7.836, 0.7143),
        (13, 0.285270, 0.79560, 17.116, 0.7692),
        (11, 0.682118, 0.38961, 122.781, 0.9091),
    ],
)
def test_erlang_c_gives_the_values_of_the_domain(agents, waits, level, wait, occupancy):
    queue = without_abandons(10, agents, handling=180, within=20)
    assert queue.waits == pytest.approx(waits, abs=5e-7)
    assert queue.service_level == pytest.approx(level, abs=6e-6)
    assert queue.mean_wait == pytest.approx(wait, abs=5.1e-4)
    assert queue.occupancy == pytest.approx(occupancy, abs=5e-5)


@pytest.mark.parametrize(
    ("agents", "waits", "abandoned", "wait"), [(10, 0.49685, 0.13746, 16.50), (11, 0.38282, 0.09416, 11.30)]
)
def test_erlang_a_gives_the_values_of_the_domain(agents, waits, abandoned, wait):
    queue = with_abandons(10, agents, handling=180, patience=120, within=20)
    assert (round(queue.waits, 5), round(queue.abandoned, 5), round(queue.mean_wait, 2)) == (
        pytest.approx(waits, abs=1e-5),
        pytest.approx(abandoned, abs=1e-5),
        wait,
    )


def test_erlang_b_of_nobody_blocks_everybody():
    assert (erlang_b(2, 0), erlang_b(2, 1)) == (1, pytest.approx(2 / 3))


@pytest.mark.parametrize("agents", [0, 2, 3])
def test_erlang_c_is_refused_where_agents_are_no_more_than_the_load(agents):
    with pytest.raises(GrowsWithoutEnd, match="without end"):
        erlang_c(3, agents)


def test_erlang_a_has_an_answer_where_agents_are_fewer_than_the_load():
    queue = with_abandons(500, 3, handling=180, patience=120, within=20)
    assert (round(queue.abandoned, 3), queue.service_level) == (0.994, pytest.approx(0, abs=1e-9))


def test_nobody_waits_where_nobody_calls():
    assert without_abandons(0, 0, handling=270, within=20).service_level == 1
    assert with_abandons(0, 0, handling=270, patience=120, within=20).abandoned == 0


def test_everybody_gives_up_where_nobody_answers():
    queue = with_abandons(2, 0, handling=270, patience=120, within=20)
    assert (queue.abandoned, queue.mean_wait, queue.service_level) == (1, 120, 0)


def test_erlang_a_comes_near_to_erlang_c_where_people_are_very_patient():
    patient = with_abandons(2.25, 4, handling=270, patience=1e7, within=20)
    assert patient.service_level == pytest.approx(
        without_abandons(2.25, 4, handling=270, within=20).service_level, abs=1e-4
    )


def test_the_simulation_is_within_two_points_of_erlang_a():
    random, now, arrivals = Random(7), 0.0, []
    for _call in range(20_000):
        now += random.expovariate(2.25 / 270)
        arrivals.append(now)
    found = simulate(
        arrivals,
        agents=[(0, 4)],
        handling=lambda: random.expovariate(1 / 270),
        patience=lambda: random.expovariate(1 / 120),
        within=20,
    )
    assert found.service_level == pytest.approx(0.8588, abs=0.02)
    assert found.abandoned / found.offered == pytest.approx(0.0723, abs=0.02)
    assert found.answered + found.abandoned == found.offered
