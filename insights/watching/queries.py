"""Queries: the stored days as periods of each watched figure, with the hours of service; and what is known of their limits."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache
from types import SimpleNamespace
from typing import Any

from django.db import connection

from contact_center.catalogue import Parameters
from contact_center.due.business_time import Calendar
from contact_center.due.targets import calendars_of
from contact_center.figures.query import current_parameters
from contact_center.models import TollFreeLine
from foundation.written_once import ObjectsWrittenOnce

from .figures import Watched, columns, watched
from .rules import YEARS_OF_WEEKS, Judged, Kind, Point, Step, Verdict, judge, last_whole, starts

WHOLE = ""  # all lines together, and what came in writing
HOURS_WITHOUT_CALENDAR = 24.0

READ = """
    SELECT {period} AS period, line_id, {sums}
    FROM contact_center_dailyfigures
    WHERE cut = 'line' AND day BETWEEN %s AND %s
    GROUP BY 1, 2
"""
PERIODS = {Step.DAY: "day", Step.WEEK: "day - (EXTRACT(isodow FROM day)::int - 1)"}


_LINES = ObjectsWrittenOnce(lambda: TollFreeLine.objects.filter(is_active=True).order_by("position", "code"))


@dataclass
class Watching:
    """The periods of one length up to a day, for every line and all together: read once, judged when asked."""

    step: Step
    last: date  # first day of the last whole period
    today: date
    shown: int  # how many periods are shown or judged

    @cached_property
    def parameters(self) -> Parameters:
        """The thresholds under which the days were counted."""
        return current_parameters()

    @cached_property
    def figures(self) -> Mapping[str, Watched]:
        """What is watched, by key."""
        return watched(self.parameters.formula)

    @cached_property
    def lines(self) -> dict[str, TollFreeLine]:
        """The lines in use, by code, in their order."""
        return {line.code: line for line in _LINES.objects()}

    @cached_property
    def starts(self) -> list[date]:
        """The first days of all periods that are read: those shown, and before them two years and those of the centre."""
        back = 2 * YEARS_OF_WEEKS * 7 // self.step.days
        return starts(self.step, self.last, self.shown + max(back, self.step.back))

    @cached_property
    def _rows(self) -> tuple[tuple[Any, ...], ...]:
        """The stored counts: period, line, and a sum for each column."""
        sums = ", ".join(f"sum({name})::bigint" for name in columns(self.figures))
        with connection.cursor() as cursor:
            cursor.execute(
                READ.format(period=PERIODS[self.step], sums=sums),
                [self.starts[0], self.last + timedelta(days=self.step.days - 1)],
            )
            return tuple(cursor.fetchall())

    @cached_property
    def _counts(self) -> dict[str, dict[date, Any]]:
        """The counts of each line and of all, by period."""
        names = columns(self.figures)
        by_pk = {line.pk: code for code, line in self.lines.items()}
        found: dict[str, dict[date, Any]] = {code: {} for code in (WHOLE, *self.lines)}
        for period, line, *counts in self._rows:
            if (code := by_pk.get(line)) is not None:
                found[code][period] = SimpleNamespace(**dict(zip(names, counts, strict=True)))
            whole = found[WHOLE].setdefault(period, SimpleNamespace(**dict.fromkeys(names, 0)))
            for name, count in zip(names, counts, strict=True):
                whole.__dict__[name] += count
        return found

    @cached_property
    def _hours(self) -> dict[str, tuple[float, ...]]:
        """The hours of service of each period, of each line and of all together."""
        calendars = calendars_of({line.calendar_id for line in self.lines.values() if line.calendar_id})
        firsts = tuple(self.starts)
        of_calendar = {pk: _hours_of(calendar.content, firsts, self.step) for pk, calendar in calendars.items()}
        every_day = (HOURS_WITHOUT_CALENDAR * self.step.days,) * len(firsts)
        hours = {code: of_calendar.get(line.calendar_id or 0, every_day) for code, line in self.lines.items()}
        return {WHOLE: tuple(sum(those) for those in zip(*hours.values(), strict=True)) or every_day, **hours}

    @cached_property
    def _known(self) -> dict[tuple[Any, ...], Any]:
        """What this process judged before of the very same counts, hours and days: nothing here can grow old."""
        lines = tuple((code, line.pk) for code, line in self.lines.items())
        thresholds = (self.parameters.formula, self.parameters.repeat_contact_days)
        days = (self.step, self.last, self.today, self.shown)
        return _judged_of((days, thresholds, lines, tuple(self._hours.values()), self._rows))

    def points(self, key: str, line: str) -> list[Point]:
        """The periods of a figure of a line, from the first that was counted on; none where nothing ever was."""
        one, counts = self.figures[key], self._counts[line]
        if not counts:
            return []
        first = min(counts)
        found = []
        hours = self._hours[line] if one.kind == Kind.NUMBER else ()
        for place, start in enumerate(self.starts):
            if start < first:
                continue
            here = counts.get(start)
            above = (one.above.of(here) or 0) if here else 0
            below = hours[place] if one.below is None else (one.below.of(here) or 0) if here else 0
            found.append(Point(start, above, below))
        return found

    def judged(self, key: str, line: str, number: int) -> list[Judged]:
        """The last `number` periods of a figure, judged, oldest first; fewer where fewer were counted."""
        asked = ("judged", key, line, number)
        if asked not in self._known:
            self._known[asked] = tuple(self._judge_last(key, line, number))
        return list(self._known[asked])

    def _judge_last(self, key: str, line: str, number: int) -> list[Judged]:
        points, kind = self.points(key, line), self.figures[key].kind
        found = []
        for place in range(max(0, len(points) - number), len(points)):
            found.append(
                Judged(points[place], Verdict.OPEN, points[place].value)
                if self._is_open(key, points[place])
                else judge(kind, self.step, points, place)
            )
        return found

    def settled(self, key: str, line: str, last: date) -> Judged | None:
        """The figure's period that begins on `last`, or, where customers may still come back, the latest that is settled by then.

        None where nothing was counted up to it.
        """
        asked = ("settled", key, line, last)
        if asked not in self._known:
            self._known[asked] = self._judge_settled(key, line, last)
        return self._known[asked]

    def _judge_settled(self, key: str, line: str, last: date) -> Judged | None:
        at = last - timedelta(days=self.step.days * self._waits(key))
        points = self.points(key, line)
        place = next((place for place, point in enumerate(points) if point.start == at), None)
        return None if place is None else judge(self.figures[key].kind, self.step, points, place)

    def _waits(self, key: str) -> int:
        """After how many further periods nobody can come back within the days any more."""
        days = self.parameters.repeat_contact_days if self.figures[key].waits else 0
        return -(-days // self.step.days)

    def _is_open(self, key: str, point: Point) -> bool:
        if not self.figures[key].waits:
            return False
        end = point.start + timedelta(days=self.step.days - 1)
        return end + timedelta(days=self.parameters.repeat_contact_days) >= self.today


def watching(step: Step, today: date, *, shown: int = 1) -> Watching:
    """The periods that were over before today."""
    return Watching(step, last_whole(step, today), today, shown)


@lru_cache(maxsize=6)  # days and weeks, as counted before and after a refresh
def _judged_of(_counted: tuple[Any, ...]) -> dict[tuple[Any, ...], Any]:
    """The judgements that follow from what was counted, and from nothing else: filled in as they are asked for."""
    return {}


@lru_cache(maxsize=40)
def _hours_of(content: tuple[Any, ...], firsts: tuple[date, ...], step: Step) -> tuple[float, ...]:
    """The hours of each period by a calendar of this content, worked out once in a process."""
    return tuple(hours_of_periods(Calendar.of_content(content), firsts, step))


def hours_of_periods(calendar: Calendar, firsts: Iterable[date], step: Step) -> list[float]:
    """The hours of service in each period."""
    return [
        sum(calendar.worked_on(first + timedelta(days=offset)).time.total_seconds() for offset in range(step.days))
        / 3600
        for first in firsts
    ]
