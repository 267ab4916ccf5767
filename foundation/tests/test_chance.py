"""The intervals of shares and of their differences, by published values."""

import pytest

from foundation.chance import newcombe, wilson


@pytest.mark.parametrize(
    ("events", "of", "low", "high"),
    [
        (0, 5, 0.0, 0.43448),
        (5, 5, 0.56552, 1.0),
        (3, 7, 0.15822, 0.74954),
        (29, 30, 0.83330, 0.99409),
        (81, 263, 0.25529, 0.36621),
        (70_231, 71_489, 0.981413, 0.983341),
    ],
)
def test_a_share_has_wilsons_interval(events, of, low, high):
    assert wilson(events, of) == pytest.approx((low, high), abs=6e-6)


def test_a_share_of_nothing_may_be_anything():
    assert wilson(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("share", "other", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((10, 10), (0, 10), 0.6075, 1.0),
        ((0, 10), (0, 10), -0.2775, 0.2775),
    ],
)
def test_a_difference_of_two_shares_has_newcombes_interval(share, other, low, high):
    assert newcombe(share, other) == pytest.approx((low, high), abs=6e-5)
