"""The counts kept per day and per half hour: marked when something changes, counted again by the next refresh, rebuilt from nothing.

Writers only add marks (triggers do, see `contact_center/models/marks.py`). A refresh takes the marks it can see and
counts their days, with their half hours, in the same transaction; what commits later leaves marks that it cannot see, so no change is lost. One
refresh or rebuild runs at a time, held by an advisory lock; readers wait for nobody.
"""

from collections.abc import Callable, Iterable
from datetime import date, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contact_center.contacts.repeats import link_marked
from contact_center.models import DailyFigures, FiguresBasis, HalfHourFigures, StaleDay

from .definitions import parameters_in_settings
from .raw import COLUMNS, HALF_HOUR_COLUMNS, count_days, count_half_hours

COUNTING = 71_489_002
DAYS_AT_ONCE = 31
INSERT = f"INSERT INTO contact_center_dailyfigures ({', '.join(COLUMNS)}) "
INSERT_HALF_HOURS = f"INSERT INTO contact_center_halfhourfigures ({', '.join(HALF_HOUR_COLUMNS)}) "
# The tables of stored counts: a day is taken out of all of them, and put in again.
STORED_COUNTS = (DailyFigures, HalfHourFigures)


class CountingElsewhere(Exception):
    """Another process is counting, and the caller did not want to wait."""


class BasisChanged(Exception):
    """The settings have other thresholds than the stored counts, so only all days together can be rebuilt."""


def mark_days(days: Iterable[date]) -> None:
    """Ask for these days to be counted again, within the caller's transaction.

    Changes of calls and contacts mark their days by themselves; this is for what the triggers cannot see.
    """
    StaleDay.objects.bulk_create([StaleDay(day=day) for day in sorted(set(days))])


def refresh(days: Iterable[date] | None = None, *, wait: bool = True) -> set[date]:
    """Count again the days that changed (or those given), and return them. Twice in a row changes nothing.

    Counts are made under the thresholds of the stored ones even if the settings have others since: mixed thresholds
    would mean nothing, and `rebuild` is what brings new ones in. CountingElsewhere if another process is counting and
    `wait` is False.
    """
    if days is not None:
        mark_days(days)
    counted: set[date] = set()
    with transaction.atomic():
        _take_turn(wait)
        link_marked()
    waiting = sorted(set(StaleDay.objects.values_list("day", flat=True)))
    for start in range(0, len(waiting) or 1, DAYS_AT_ONCE):
        with transaction.atomic():
            _take_turn(wait)
            some = waiting[start : start + DAYS_AT_ONCE]
            began = timezone.now()
            StaleDay.objects.filter(day__in=some).delete()
            basis = _stored_basis()
            _recount(basis, some)
            counted |= set(some)
            FiguresBasis.objects.filter(pk=1).update(computed_at=began)
    return counted


def rebuild(
    start: date | None = None, end: date | None = None, *, progress: Callable[[date], None] | None = None
) -> tuple[date, date] | None:
    """Link all repeats, count the days from start to end (all there are, by default), and return these two days.

    All in one transaction, so that no reader sees half; month by month, so that memory use is flat. Counting every day
    is also how new thresholds come in: BasisChanged if only some days are asked for while they differ. Returns None
    when there is nothing to count.
    """
    wanted = parameters_in_settings()
    link_marked(everybody=True)
    with transaction.atomic():
        _take_turn(wait=True)
        basis = _stored_basis()
        if start or end:
            if not basis_matches(basis):
                raise BasisChanged(
                    _("The thresholds have changed since the counts were made: rebuild all days, without a period.")
                )
            first, last = start or date.min, end or date.max
        else:
            basis.service_level_seconds = wanted.service_level_seconds
            basis.short_abandon_seconds = wanted.short_abandon_seconds
            basis.repeat_contact_days = wanted.repeat_contact_days
            first, last = date.min, date.max
        basis.computed_at = timezone.now()
        basis.save()
        StaleDay.objects.filter(day__range=(first, last)).delete()
        for table in STORED_COUNTS:
            table._default_manager.filter(day__range=(first, last)).delete()
        span = days_with_rows(first, last)
        if span is None:
            return None
        month_start = span[0]
        while month_start <= span[1]:
            month_end = min(
                (month_start.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1), span[1]
            )
            _insert(basis, month_start, month_end)
            if progress:
                progress(month_start)
            month_start = month_end + timedelta(days=1)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE contact_center_dailyfigures, contact_center_halfhourfigures")
    return span


def basis_matches(basis: FiguresBasis | None) -> bool:
    """Whether the stored counts were made under the thresholds of the settings (no counts: nothing to differ)."""
    return basis is None or (
        basis.service_level_seconds,
        basis.short_abandon_seconds,
        basis.repeat_contact_days,
    ) == (settings.SERVICE_LEVEL_SECONDS, settings.SHORT_ABANDON_SECONDS, settings.REPEAT_CONTACT_DAYS)


def _take_turn(wait: bool) -> None:
    """Hold the counting until the end of the transaction; CountingElsewhere if that would mean waiting and may not."""
    with connection.cursor() as cursor:
        if wait:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [COUNTING])
            return
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [COUNTING])
        if not cursor.fetchone()[0]:
            raise CountingElsewhere


def _stored_basis() -> FiguresBasis:
    """The basis of the stored counts; at the very first count, the settings'."""
    wanted = parameters_in_settings()
    basis, _created = FiguresBasis.objects.get_or_create(
        pk=1,
        defaults={
            "service_level_seconds": wanted.service_level_seconds,
            "short_abandon_seconds": wanted.short_abandon_seconds,
            "repeat_contact_days": wanted.repeat_contact_days,
            "computed_at": timezone.now(),
        },
    )
    return basis


def _recount(basis: FiguresBasis, days: list[date]) -> None:
    if days:
        for table in STORED_COUNTS:
            table._default_manager.filter(day__in=days).delete()
        _insert(basis, days[0], days[-1], days)


def _insert(basis: FiguresBasis, start: date, end: date, days: list[date] | None = None) -> None:
    with connection.cursor() as cursor:
        for insert, count in ((INSERT, count_days), (INSERT_HALF_HOURS, count_half_hours)):
            counted, parameters = count(basis, start, end, days)
            cursor.execute(insert + counted, parameters)


def days_with_rows(first: date, last: date) -> tuple[date, date] | None:
    """The first and last day, between the two, on which there is a call or a contact."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT min(day), max(day) FROM (
                (SELECT min(day) AS day FROM contact_center_call WHERE day BETWEEN %(first)s AND %(last)s)
                UNION ALL (SELECT max(day) FROM contact_center_call WHERE day BETWEEN %(first)s AND %(last)s)
                UNION ALL (SELECT min(day) FROM contact_center_contact WHERE day BETWEEN %(first)s AND %(last)s)
                UNION ALL (SELECT max(day) FROM contact_center_contact WHERE day BETWEEN %(first)s AND %(last)s)
            ) ends
            """,
            {"first": first, "last": last},
        )
        start, end = cursor.fetchone()
    return (start, end) if start else None
