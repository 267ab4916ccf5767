from decimal import Decimal

import pytest
from django.utils import translation

from foundation.numbers import is_digits, whole_number, written_number


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("007", 7), ("123456789012345678", 123456789012345678)]
    + [(text, None) for text in ("", "-1", "+1", " 1", "1.0", "²", "١", "1234567890123456789", "x")],
)
def test_a_whole_number_is_digits_alone_and_not_too_many(text, number):
    assert whole_number(text) == number


def test_the_digits_may_be_limited_further():
    assert (whole_number("12345", most_digits=5), whole_number("123456", most_digits=5)) == (12345, None)


def test_a_length_without_limit_may_be_of_digits_all_the_same():
    assert is_digits("1" * 400)


@pytest.mark.parametrize(
    ("number", "written"),
    [
        ("1234.500000", "1.234,5"),
        ("100.000000", "100"),
        ("0.000001", "0,000001"),
        ("0.000000", "0"),
        ("9e5", "900.000"),
    ],
)
def test_a_number_is_written_with_the_decimals_that_it_has(number, written):
    with translation.override("it"):
        assert written_number(Decimal(number)) == written
