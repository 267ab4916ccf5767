"""Rule: the closed months, quarters and years that may be frozen, as words in addresses: 2026-03, 2026-T1, 2026."""

import re
from datetime import date, timedelta

from contact_center.figures.period import EARLIEST, Period

_WORD = re.compile(r"(?P<year>[0-9]{4})(?:-(?:T(?P<quarter>[1-4])|(?P<month>0[1-9]|1[0-2])))?")
MONTHS, QUARTERS, YEARS = 24, 8, 5  # how many of these a page offers


def read_period(word: str) -> Period | None:
    """The period of a word; None for anything else."""
    found = _WORD.fullmatch(word)
    if found is None or not EARLIEST.year <= int(found["year"]) <= 2999:
        return None
    year = int(found["year"])
    if found["month"]:
        return _months(year, int(found["month"]), 1)
    if found["quarter"]:
        return _months(year, int(found["quarter"]) * 3 - 2, 3)
    return _months(year, 1, 12)


def closed_periods(today: date) -> dict[str, Period]:
    """The last months, quarters and years that are over, the newest first, by their words."""
    months, quarters = [], []
    year, month = today.year, today.month
    for _place in range(MONTHS):
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
        months.append(f"{year}-{month:02d}")
    year, quarter = today.year, (today.month - 1) // 3 + 1
    for _place in range(QUARTERS):
        year, quarter = (year, quarter - 1) if quarter > 1 else (year - 1, 4)
        quarters.append(f"{year}-T{quarter}")
    years = [str(today.year - back) for back in range(1, YEARS + 1)]
    return {word: period for word in (*months, *quarters, *years) if (period := read_period(word))}


def _months(year: int, first: int, number: int) -> Period:
    start = date(year, first, 1)
    after = date(year + (first + number - 1) // 12, (first + number - 1) % 12 + 1, 1)
    return Period(start, after - timedelta(days=1))
