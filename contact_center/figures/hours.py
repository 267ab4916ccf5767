"""One computation behind the page of half hours, its exports and the API: the hours of the week, opening hours, waits in bands."""
# ruff: noqa: S608 - the query is put together from this module's own words; values are always parameters

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Literal

from django.db import connection
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.fields import BooleanField

from contact_center.catalogue import BANDS, OF_HALF_HOURS, STORED
from contact_center.models.computed import RomeHalfHour

from .definitions import Counts
from .opening import OpenHours, open_hours
from .period import Period
from .query import Chosen, FiguresReport, Named, Without, figures, filters_of
from .queues import through_queue

Opening = Literal["inside", "outside"]
OPENING: tuple[Opening, ...] = ("inside", "outside")


# --- What a list behind one of these numbers is limited to ------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class When:
    """Hours of the week that are looked at: an ISO weekday, a half hour of the day (0 to 47), opening hours or the rest. None: all.

    `queue` is a line through whose queue calls passed, first or (`is_first` False) later.
    """

    weekday: int | None = None
    half_hour: int | None = None
    opening: Opening | None = None
    queue: Named | None = None
    is_first: bool = True

    def of(self, rows: QuerySet[Any], moment: str, period: Period) -> QuerySet[Any]:
        """Those of the rows that arrived then; none in or out of opening hours where no calendar is in force."""
        if self.weekday is not None:
            rows = rows.filter(day__iso_week_day=self.weekday)
        if self.half_hour is not None:
            rows = rows.alias(clock=RomeHalfHour(F(moment))).filter(clock=self.half_hour)
        if self.queue is not None:
            rows = through_queue(rows, self.queue.pk, is_first=self.is_first)
        if self.opening is not None:
            hours = open_hours(period)
            if hours is None:
                return rows.none()
            table = rows.model._meta.db_table
            sql, parameters = hours.condition(f"{table}.{moment}", f"{table}.line_id")
            is_open = RawSQL(sql, parameters, BooleanField())  # noqa: S611 - words of this program, no value of anybody's
            rows = rows.alias(is_open=is_open).filter(Q(is_open=self.opening == "inside"))
        return rows


# --- The numbers ------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Group:
    """The counts of one half hour of one weekday, within opening hours or not (None: no calendar is in force)."""

    weekday: int
    half_hour: int
    is_open: bool | None
    counts: Counts
    waits: tuple[int, ...]  # answered and abandoned of each band, in the order of BANDS


@dataclass(frozen=True)
class HoursReport:
    """The half hours of a period by the hours of the week. Every sum of its groups is that of `report.totals`."""

    report: FiguresReport
    groups: list[Group]
    knows_opening: bool

    @cached_property
    def cells(self) -> dict[tuple[int, int], Counts]:
        """The counts by weekday (ISO) and half hour of the day, where there are any."""
        found: dict[tuple[int, int], list[Counts]] = {}
        for group in self.groups:
            found.setdefault((group.weekday, group.half_hour), []).append(group.counts)
        return {key: Counts.total(several) for key, several in found.items()}

    @cached_property
    def opening(self) -> dict[Opening, Counts]:
        """The counts within opening hours and outside them; empty where no calendar is in force."""
        if not self.knows_opening:
            return {}
        return {
            word: Counts.total(group.counts for group in self.groups if group.is_open == (word == "inside"))
            if any(group.is_open == (word == "inside") for group in self.groups)
            else Counts()
            for word in OPENING
        }

    @cached_property
    def bands(self) -> list[tuple[int, int]]:
        """How many were answered, and how many hung up, after a wait of each band, in the order of BANDS."""
        sums = [sum(column) for column in zip(*(group.waits for group in self.groups), strict=True)]
        sums = sums or [0] * (2 * len(BANDS))
        return list(zip(sums[::2], sums[1::2], strict=True))

    @property
    def half_hours(self) -> range:
        """The half hours of the day from the first to the last in which anything arrived."""
        places = [group.half_hour for group in self.groups]
        return range(min(places), max(places) + 1) if places else range(0)


READ = f"""
    SELECT extract(isodow FROM d.day)::int, d.half_hour, {{is_open}},
           {", ".join(f"sum(d.{count.name})::bigint" for count in OF_HALF_HOURS)}
    FROM contact_center_halfhourfigures d
    WHERE d.day BETWEEN %(start)s AND %(end)s {{filters}}
    GROUP BY 1, 2, 3
    ORDER BY 1, 2, 3
"""


def hours(
    period: Period,
    *,
    line: Named | Without | None = None,
    channel: str | None = None,
    today: date | None = None,
) -> HoursReport:
    """The half hours of the period, of a line and a channel or of all. Stored counts only, in a few queries whatever their number."""
    report = figures(period, line=line, channel=channel, today=today)
    chosen = Chosen(line=line, channel=channel)
    opening = open_hours(period)
    filters, parameters = filters_of(chosen)
    is_open = "NULL::boolean"
    if opening is not None:
        is_open, parameters = _named(opening, parameters)
    query = READ.format(is_open=is_open, filters=filters)
    with connection.cursor() as cursor:
        cursor.execute(query, {"start": period.start, "end": period.end, **parameters})
        groups = [
            Group(weekday, half_hour, inside, Counts(*counts[: len(STORED)]), tuple(counts[len(STORED) :]))
            for weekday, half_hour, inside, *counts in cursor
        ]
    return HoursReport(report, groups, opening is not None)


def _named(opening: OpenHours, parameters: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The condition of the hours with parameters that have names, beside others."""
    sql, values = opening.condition("d.begins_at", "d.line_id")
    names = [f"hours_{place}" for place in range(len(values))]
    for name in names:
        sql = sql.replace("%s", f"%({name})s", 1)
    return sql, parameters | dict(zip(names, values, strict=True))
