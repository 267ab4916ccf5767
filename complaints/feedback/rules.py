"""Rules about opinions: how long they may be, how old one that waits is, in which order versions come, what a small base is."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

LONGEST_FEEDBACK = 2_000  # characters, as people write it
LONGEST_REVIEW = 10_000  # of a store, whose own limits are below that
MOST_IN_A_DAY = 20  # of one customer
SMALL_BASE = 30  # ratings: a mean of fewer says little
NEGATIVE = 2  # stars, and fewer

_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True)
class Band:
    """Opinions that have waited from so many days up to so many; `upto` None has no end. `code` stands in addresses."""

    code: str
    name: Any
    since: int
    upto: int | None


BANDS = (
    Band("0", _("less than a day"), 0, 1),
    Band("1", _("1 to 2 days"), 1, 3),
    Band("3", _("3 to 6 days"), 3, 7),
    Band("7", _("7 to 29 days"), 7, 30),
    Band("30", _("30 days and more"), 30, None),
)


def bounds_of(band: Band, now: datetime) -> tuple[datetime | None, datetime]:
    """The moments of receipt of what is in the band now: after the first (None: any), up to and with the second."""
    after = None if band.upto is None else now - timedelta(days=band.upto)
    return after, now - timedelta(days=band.since)


def version_key(version: str) -> tuple:
    """What versions are sorted by: 4.9 before 4.12, numbers before words; "" (not known) before all."""
    parts = [part for part in _DIGITS.split(version) if part.strip(".-_ ")]
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part.casefold()) for part in parts)


def is_small(base: int) -> bool:
    """Whether so few ratings are marked as a small base."""
    return base < SMALL_BASE


def percent_of(part: int, whole: int) -> Decimal:
    """The share in percent with one decimal, halves up; `whole` is not zero."""
    return (Decimal(100 * part) / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)


def mean_of(total: int, number: int) -> Decimal:
    """The mean with two decimals, halves up; `number` is not zero."""
    return (Decimal(total) / number).quantize(Decimal("0.01"), ROUND_HALF_UP)
