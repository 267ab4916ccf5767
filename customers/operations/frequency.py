"""Rule: how often a policy is paid, as far as its instalments tell. Plain values in; no clock, no database."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy

# The stored word of each frequency, by how many instalments a year has.
FREQUENCIES = {1: "yearly", 2: "half_yearly", 4: "quarterly", 12: "monthly"}
LABELS = {
    "yearly": gettext_lazy("once a year"),
    "half_yearly": gettext_lazy("every six months"),
    "quarterly": gettext_lazy("every three months"),
    "monthly": gettext_lazy("every month"),
}
DAYS_OF_YEAR = 365.25
FARTHEST_DAYS = 5  # a due day that was moved off a holiday, or the length of the months
FARTHEST_SHARE = Decimal("0.1")  # what is paid in parts may cost a little more than in one


def frequency_of(instalments: Sequence[tuple[date, Decimal]], *, premium: Decimal | None) -> str:
    """A word of `LABELS`, or "" where it cannot be known.

    `instalments` are days and amounts, the latest first. The distance of the latest two counts; of one alone, which part
    of the yearly premium it is.
    """
    if len(instalments) > 1:
        days = (instalments[0][0] - instalments[1][0]).days
        return next((word for n, word in FREQUENCIES.items() if abs(days - DAYS_OF_YEAR / n) <= FARTHEST_DAYS), "")
    if instalments and premium:
        year = {word: abs(instalments[0][1] * n / premium - 1) for n, word in FREQUENCIES.items()}
        return next((word for word, off in year.items() if off <= FARTHEST_SHARE), "")
    return ""
