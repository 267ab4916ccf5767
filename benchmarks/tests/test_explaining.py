"""The fast version of what `python -m benchmarks --only explaining` measures on thousands of invented months."""

import random

from benchmarks.invented_changes import cause_is_among_the_first, shuffled_marks_anything


def test_a_planted_cause_is_among_the_three_largest_parts_in_nineteen_of_twenty_months():
    chance = random.Random(1955)
    assert sum(cause_is_among_the_first(chance) for _case in range(100)) >= 95


def test_shuffled_calls_are_marked_in_at_most_one_of_twenty_months():
    chance = random.Random(1978)
    assert sum(shuffled_marks_anything(chance, 1_400) for _case in range(200)) <= 10
