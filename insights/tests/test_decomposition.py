"""The parts of a change add up to it exactly, and are those that were worked out by hand."""

import random
from fractions import Fraction

import pytest

from insights.explaining.chance import moved, rate_spread
from insights.explaining.decomposition import Base, in_units, shown_parts, three_factors, total, two_factors

BEFORE = {
    "information": Base(3960, 4000),
    "documents": Base(2940, 3000),
    "claims": Base(1860, 2000),
    "payments": Base(980, 1000),
}
AFTER = {
    "information": Base(3472, 3500),
    "documents": Base(2716, 2800),
    "claims": Base(3008, 3200),
    "payments": Base(1470, 1500),
}


def points(part: Fraction) -> float:
    return round(float(part * 100), 6)


def test_the_worked_example_is_reproduced_to_the_millionth_of_a_point():
    parts = two_factors(BEFORE, AFTER)
    assert {key: (points(part.mix), points(part.rate), points(part.both)) for key, part in parts.items()} == {
        "information": (-0.156942, 0.071818, -0.085124),
        "documents": (-0.014463, -0.277273, -0.291736),
        "claims": (-0.334711, 0.245455, -0.089256),
        "payments": (0.029752, 0.0, 0.029752),
    }
    assert (points(sum(part.mix for part in parts.values())), points(sum(part.rate for part in parts.values()))) == (
        -0.476364,
        0.04,
    )


@pytest.mark.parametrize(
    ("key", "difference", "low", "high"),
    [
        ("information", 0.20, -0.24, 0.63),
        ("documents", -1.00, -1.83, -0.20),
        ("claims", 1.00, -0.36, 2.43),
        ("payments", 0.00, -1.10, 1.22),
    ],
)
def test_the_interval_of_a_group_s_rate_is_newcombe_s(key, difference, low, high):
    found = moved(BEFORE[key], AFTER[key])
    assert [round(100 * one, 2) for one in (found.difference, found.low, found.high)] == [difference, low, high]


def test_the_whole_change_has_its_interval_and_the_rate_part_its_standard_error():
    found = moved(total(BEFORE), total(AFTER))
    assert [round(100 * one, 3) for one in (found.difference, found.low, found.high)] == [-0.436, -0.884, 0.013]
    assert round(100 * rate_spread(BEFORE, AFTER), 3) == 0.232


def test_three_factors_are_those_of_the_worked_example():
    before = {
        ("L1", "a"): Base(594, 600),
        ("L1", "b"): Base(380, 400),
        ("L2", "a"): Base(291, 300),
        ("L2", "b"): Base(644, 700),
    }
    after = {
        ("L1", "a"): Base(495, 500),
        ("L1", "b"): Base(282, 300),
        ("L2", "a"): Base(386, 400),
        ("L2", "b"): Base(930, 1000),
    }
    parts = three_factors(before, after).values()
    assert [points(sum(getattr(part, name) for part in parts)) for name in ("line_mix", "topic_mix", "rate")] == [
        -0.478896,
        0.014042,
        0.151218,
    ]


def cells(chance: random.Random, keys) -> dict:
    """Counts of some of the keys; many of them small, of no contact, all resolved, or none."""
    found = {}
    for key in keys:
        of = chance.choice([0, 1, 2, chance.randrange(50), chance.randrange(5000)])
        events = chance.choice([0, of, chance.randint(0, of)])
        if of or chance.random() < 0.5:
            found[key] = Base(events, of)
    return found


def test_a_thousand_random_changes_add_up_exactly_by_two_factors_and_by_three():
    chance, compared = random.Random(7), 0
    for _case in range(1000):
        keys = [(line, topic) for line in range(chance.randint(1, 4)) for topic in range(chance.randint(1, 8))]
        before, after = cells(chance, keys), cells(chance, keys)
        was, now = total(before).share, total(after).share
        two, three = two_factors(before, after), three_factors(before, after)
        if was is None or now is None:
            assert (two, three) == ({}, {})
            continue
        compared += 1
        assert sum(part.both for part in two.values()) == now - was
        assert sum(part.all for part in three.values()) == now - was
    assert compared > 900


def test_the_written_parts_add_up_to_the_written_change_and_are_off_by_less_than_a_hundredth():
    chance = random.Random(8)
    for _case in range(1000):
        before, after = cells(chance, range(12)), cells(chance, range(12))
        parts = [part.both for part in two_factors(before, after).values()]
        whole = in_units(sum(parts, Fraction(0)))
        shown = shown_parts(parts, whole)
        assert sum(shown) == (whole if parts else 0)
        assert all(abs(one - part * 10_000) < 1 for one, part in zip(shown, parts, strict=True))


def test_a_group_in_one_period_only_is_all_mix():
    parts = two_factors({"old": Base(9, 10), "gone": Base(5, 10)}, {"old": Base(9, 10), "new": Base(1, 10)})
    assert (parts["gone"].rate, parts["new"].rate) == (0, 0)
    assert sum(part.both for part in parts.values()) == Fraction(10, 20) - Fraction(14, 20)


def test_a_change_turned_round_has_the_same_parts_with_the_other_sign():
    forth, back = two_factors(BEFORE, AFTER), two_factors(AFTER, BEFORE)
    assert {key: (-part.mix, -part.rate) for key, part in forth.items()} == {
        key: (part.mix, part.rate) for key, part in back.items()
    }


def test_nothing_is_explained_where_a_period_has_none():
    assert two_factors({}, AFTER) == two_factors(BEFORE, {"claims": Base(0, 0)}) == {}


def test_of_one_call_nothing_is_stated_about_chance():
    assert moved(Base(1, 1), Base(900, 1000)) is None


def test_halves_are_rounded_away_from_zero():
    assert [in_units(Fraction(one, 20_000)) for one in (1, -1, 3, -3, 0)] == [1, -1, 2, -2, 0]
