"""Whole numbers in what people, programs and files write (the ten digits 0 to 9 and nothing else), and numbers as people read them."""

from decimal import Decimal

from django.utils import formats

MOST_DIGITS = 18  # what a column of ids can always hold


def is_digits(text: str) -> bool:
    """Whether the text is one digit or more; a sign, a blank, or a digit of another script is none."""
    return text.isascii() and text.isdigit()


def whole_number(text: str, *, most_digits: int = MOST_DIGITS) -> int | None:
    """The number that the text is; None unless it is of digits alone and has at most so many."""
    return int(text) if is_digits(text) and len(text) <= most_digits else None


def written_number(number: Decimal) -> str:
    """The number with the decimals that it has and no zeros after them: 1.234,5; in English 1,234.5."""
    return formats.number_format(number.normalize(), use_l10n=True, force_grouping=True)
