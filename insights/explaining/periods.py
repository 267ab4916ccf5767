"""Rules: with which period another one is compared, and whether the two are alike."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from contact_center.figures.period import Period

WEEK = 7
BEFORE, YEAR, OTHER = "before", "year", "other"
AGAINST = (BEFORE, YEAR, OTHER)
UNLIKE = 0.02  # weekdays whose weight differs by more than this make two periods unlike


def is_of_whole_months(period: Period) -> bool:
    """Whether it begins with a month and ends with one."""
    return period.start.day == 1 and (period.end + timedelta(days=1)).day == 1


def length(period: Period) -> int:
    """Its days."""
    return (period.end - period.start).days + 1


def before(period: Period) -> Period:
    """The period before: as many whole months, or as many days on the same weekdays, as near as they come without overlap."""
    if is_of_whole_months(period):
        months = (period.end.year - period.start.year) * 12 + period.end.month - period.start.month + 1
        return Period(_months_earlier(period.start, months), period.start - timedelta(days=1))
    return _earlier(period, -(-length(period) // WEEK) * WEEK)


def a_year_before(period: Period) -> Period:
    """A year before: the same months where they are whole, else the same weekdays 52 weeks before (of longer ones, whole years)."""
    if is_of_whole_months(period) or length(period) > 52 * WEEK:
        return period.a_year_before()
    return _earlier(period, 52 * WEEK)


def compared_with(period: Period, against: str) -> Period:
    """The period that `BEFORE` or `YEAR` means."""
    return before(period) if against == BEFORE else a_year_before(period)


def on_the_same_weekdays(period: Period, other: Period) -> Period:
    """As many days as the period, beginning on its weekday, as near to the start of the other as can be without overlap."""
    shift = (period.start - other.start).days
    weeks = round(shift / WEEK)
    if abs(weeks) * WEEK < length(period):
        needed = -(-length(period) // WEEK)
        weeks = needed if shift >= 0 else -needed
    return _earlier(period, weeks * WEEK)


@dataclass(frozen=True, slots=True)
class Likeness:
    """How far two periods can be compared day by day."""

    days: tuple[int, int]  # of the earlier and the later one
    weekdays: tuple[int, ...]  # Monday 0: those that weigh more in the later period than in the earlier
    overlap: int  # days in both

    @property
    def is_of_other_length(self) -> bool:
        """Whether they have a different number of days."""
        return self.days[0] != self.days[1]


def likeness(earlier: Period, later: Period) -> Likeness:
    """How like two periods are."""
    shares = [_weekdays(each) for each in (earlier, later)]
    more = tuple(day for day in range(WEEK) if shares[1][day] - shares[0][day] > UNLIKE)
    overlap = (min(earlier.end, later.end) - max(earlier.start, later.start)).days + 1
    return Likeness((length(earlier), length(later)), more, max(0, overlap))


def _weekdays(period: Period) -> list[float]:
    days = length(period)
    weeks, rest = divmod(days, WEEK)
    further = Counter((period.start.weekday() + each) % WEEK for each in range(rest))
    return [(weeks + further[day]) / days for day in range(WEEK)]


def _earlier(period: Period, days: int) -> Period:
    shift = timedelta(days=days)
    return Period(period.start - shift, period.end - shift)


def _months_earlier(first: date, months: int) -> date:
    place = first.year * 12 + first.month - 1 - months
    return date(place // 12, place % 12 + 1, 1)


# --- Ready ones -------------------------------------------------------------------------------------------------------
def ready(today: date) -> dict[str, tuple[Period, str]]:
    """The periods that managers compare most, by a key of their own, each with what it is compared with."""
    monday = today - timedelta(days=today.weekday())
    last_monday = monday - timedelta(days=WEEK)
    month = today.replace(day=1)
    last_month = before(Period(month, _end_of_month(month)))
    quarter = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    last_quarter = Period(_months_earlier(quarter, 3), quarter - timedelta(days=1))
    last_year = Period(date(today.year - 1, 1, 1), date(today.year - 1, 12, 31))
    return {
        "this_week": (Period(monday, today), BEFORE),
        "last_week": (Period(last_monday, monday - timedelta(days=1)), BEFORE),
        "last_week_year": (Period(last_monday, monday - timedelta(days=1)), YEAR),
        "this_month": (Period(month, today), YEAR),
        "last_month": (last_month, BEFORE),
        "last_month_year": (last_month, YEAR),
        "last_quarter": (last_quarter, BEFORE),
        "this_year": (Period(date(today.year, 1, 1), today), YEAR),
        "last_year": (last_year, YEAR),
    }


def _end_of_month(first: date) -> date:
    return _months_earlier(first, -1) - timedelta(days=1)
