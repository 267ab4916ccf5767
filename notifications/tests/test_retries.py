"""When a notice that could not be sent is tried again: a table."""

from datetime import timedelta

import pytest

from notifications.retries import DELAYS, SPREAD, delay_after


@pytest.mark.parametrize(
    ("attempts", "minutes"), [(1, 1), (2, 5), (3, 15), (4, 60), (5, 240), (6, 720), (7, 720), (11, 720)]
)
def test_the_delay_grows(attempts, minutes):
    assert delay_after(attempts, chance=0) == timedelta(minutes=minutes)


@pytest.mark.parametrize("attempts", [0, 12, 40])
def test_there_is_an_end(attempts):
    assert delay_after(attempts, chance=0) is None


def test_all_of_it_takes_about_three_days():
    assert timedelta(days=3) <= sum(DELAYS, timedelta()) <= timedelta(days=3, hours=6)


def test_chance_spreads_what_failed_together():
    assert delay_after(1, chance=1) == timedelta(minutes=1) * (1 + SPREAD)
