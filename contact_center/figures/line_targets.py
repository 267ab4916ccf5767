"""The service level wanted of each line, day by day; when it changes, the days that it holds on are counted again."""

from collections.abc import Iterable
from datetime import date

from contact_center.figures.daily import mark_days
from contact_center.models import Call, LineTarget, TollFreeLine

Window = tuple[int, int, date | None, date | None]  # share, seconds, from, until


def targets_on(day: date) -> dict[int, LineTarget]:
    """The target in force on the day, by line; a line without one is left out. One query."""
    return {target.line_id: target for target in reversed(LineTarget.objects.valid_on(day))}


def windows_of(line: TollFreeLine) -> set[Window]:
    """The targets of a line as plain values, to compare before and after."""
    return set(LineTarget.objects.filter(line=line.pk).values_list("share", "seconds", "valid_from", "valid_to"))


def line_targets_changed(line: TollFreeLine, windows: Iterable[Window]) -> None:
    """Have the days on which these targets held, or hold now, counted again, as far as the line had calls."""
    days: set[date] = set()
    for _share, _seconds, begins, ends in windows:
        calls = Call.objects.filter(line=line.pk, day__range=(begins or date.min, ends or date.max))
        days |= set(calls.order_by().values_list("day", flat=True).distinct())
    mark_days(days)
