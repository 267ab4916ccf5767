import pytest

from foundation.numbers import is_digits, whole_number


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
