"""The plan of a week, as page, exports, API and command read it: the kept forecast, and from it agents, costs and a rota.

Everything here is worked out at once from what the worker kept: four queries, and no call is read.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

from django.conf import settings
from django.utils import timezone

from contact_center.figures.half_hours import half_hours_of
from contact_center.models import LineTarget, TollFreeLine
from insights.models import ExpectedHalfHour, Forecast, LineForecast

from .forecast import monday_of
from .history import place_of
from .planning import HalfHour, Wanted, half_hour
from .rota import Shift, shifts_for

USUAL_SHARE = 0.8  # where a line has no target
HIGHEST_SHARE = 0.99  # no number of agents answers all calls in time
CODES = ("a", "c")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the plan is asked: a week by its Monday, a line by its code (empty: all as one queue), and how people work.

    `share` and `within` are None for the targets of the lines; shares are from 0 to 1, `calls` is a factor, `formula` a letter.
    """

    week: date
    line: str = ""
    share: float | None = None
    within: int | None = None
    shrinkage: float = 0.3
    breaks: int = 15
    cost: Decimal = Decimal(25)
    calls: float = 1.0
    formula: str = "a"


@dataclass(frozen=True)
class Queue:
    """One line of the plan, or all as one queue (no line): what its forecast says and the half hours of the week."""

    line: TollFreeLine | None
    found: LineForecast
    half_hours: Sequence[HalfHour]
    wanted: Mapping[date, Wanted]

    @property
    def code(self) -> str:
        """The line's code; empty for all."""
        return self.line.code if self.line else ""

    @cached_property
    def by_day(self) -> dict[date, list[HalfHour]]:
        """The half hours of each day, in order."""
        found: dict[date, list[HalfHour]] = {}
        for each in self.half_hours:
            found.setdefault(timezone.localdate(each.starts_at), []).append(each)
        return found

    @cached_property
    def totals(self) -> "Totals":
        """The sums of the week."""
        return totals_of(self.half_hours)


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over half hours: calls; hours of agents and of people on the rota, cost, and calls given up, by Erlang C and by Erlang A."""

    calls: float = 0.0
    agents_c: float = 0.0
    agents_a: float = 0.0
    people_c: float = 0.0
    people_a: float = 0.0
    cost_c: Decimal = Decimal(0)
    cost_a: Decimal = Decimal(0)
    given_up_c: float = 0.0
    given_up_a: float = 0.0

    def __add__(self, other: "Totals") -> "Totals":
        return Totals(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class WorkedShift:
    """A shift of the rota: its day, and from when until when, local time in Italy."""

    day: date
    starts: str
    ends: str
    hours: float


@dataclass(frozen=True)
class Plan:
    """The plan of a week: the chosen queue, all lines apart and all as one, and the run of the forecast it is made of."""

    run: Forecast
    asked: Asked
    queue: Queue | None
    lines: Sequence[Queue]
    pooled: Queue | None
    weeks: Sequence[date] = field(default_factory=list)
    capped: bool = False  # a target of 100 % was taken as HIGHEST_SHARE

    @property
    def apart(self) -> Totals:
        """The sum of the lines, each with agents of its own."""
        return sum((each.totals for each in self.lines), Totals())

    def people(self, half_hours: Iterable[HalfHour]) -> list[int]:
        """People needed on the rota, by the formula that was asked."""
        return [(each.by_a if self.asked.formula == "a" else each.by_c).people for each in half_hours]

    def shifts_on(self, day: date) -> list[Shift]:
        """The shifts that cover the day."""
        assert self.queue is not None, "a rota is one of a queue"
        return shifts_for(self.people(self.queue.by_day.get(day, [])))

    def rota(self) -> list[WorkedShift]:
        """The shifts of the week in order. A break at noon in which the line is closed lies within a shift."""
        found = []
        for day, half_hours in self.queue.by_day.items() if self.queue else ():
            for shift in self.shifts_on(day):
                first, last = half_hours[shift.first].starts_at, half_hours[shift.end - 1].starts_at
                end = last + timedelta(minutes=30)
                found.append(
                    WorkedShift(
                        day,
                        f"{timezone.localtime(first):%H:%M}",
                        f"{timezone.localtime(end):%H:%M}",
                        (shift.end - shift.first) / 2,
                    )
                )
        return found


def totals_of(half_hours: Iterable[HalfHour]) -> Totals:
    """The sums of the half hours."""
    total = Totals()
    for each in half_hours:
        total += Totals(
            each.expected,
            each.by_c.agents / 2,
            each.by_a.agents / 2,
            each.by_c.people / 2,
            each.by_a.people / 2,
            each.by_c.cost,
            each.by_a.cost,
            each.given_up,
            each.by_a.queue.abandoned * each.expected,
        )
    return total


def latest_run() -> Forecast | None:
    """The newest run; None before the first."""
    return Forecast.objects.first()


def weeks_of(run: Forecast) -> list[date]:
    """The Mondays of the weeks that the run speaks of."""
    first, last = monday_of(run.first_day), run.last_day
    return [first + timedelta(weeks=number) for number in range((last - first).days // 7 + 1)]


def default_week(run: Forecast) -> date:
    """The first whole week of the run."""
    weeks = weeks_of(run)
    return weeks[1] if weeks[0] < run.first_day and len(weeks) > 1 else weeks[0]


def plan_of(run: Forecast, asked: Asked) -> Plan:
    """The plan of a week. A line without a forecast has no queue in it; the week is one of `weeks_of`. Three queries."""
    rows = list(
        LineForecast.objects.filter(forecast=run).select_related("line").order_by("line__position", "line__code")
    )
    days = [asked.week + timedelta(days=number) for number in range(7)]
    begins, ends = half_hours_of(days[0])[0], half_hours_of(days[-1] + timedelta(days=1))[0]
    expected: dict[int, list[ExpectedHalfHour]] = {row.pk: [] for row in rows}
    for each in ExpectedHalfHour.objects.filter(of__in=rows, starts_at__gte=begins, starts_at__lt=ends).order_by(
        "starts_at"
    ):
        expected[each.of_id].append(each)
    targets = list(LineTarget.objects.all())
    lines, pooled, capped = [], None, False
    for row in rows:
        of = [row.line] if row.line else [each.line for each in rows if each.line]
        wanted = {day: _wanted(asked, [target_on(targets, line, day) for line in of]) for day in days}
        capped = capped or any(each.share == HIGHEST_SHARE for each in wanted.values())
        queue = Queue(row.line, row, _half_hours(row, expected[row.pk], wanted, asked), wanted)
        if row.line is None:
            pooled = queue
        else:
            lines.append(queue)
    chosen = next((each for each in lines if each.code == asked.line), None) if asked.line else pooled
    return Plan(run, asked, chosen, lines, pooled, weeks_of(run), capped)


def target_on(targets: Sequence[LineTarget], line: TollFreeLine, day: date) -> tuple[float, int]:
    """Share and seconds wanted of a line on a day; the usual ones where it has no target. Targets come newest first."""
    for target in targets:
        if (
            target.line_id == line.pk
            and (target.valid_from is None or target.valid_from <= day)
            and (target.valid_to is None or target.valid_to >= day)
        ):
            return target.share / 100, target.seconds
    return USUAL_SHARE, settings.SERVICE_LEVEL_SECONDS


def _wanted(asked: Asked, targets: Sequence[tuple[float, int]]) -> Wanted:
    """What is wanted of a queue: its line's target, or of several the strictest, unless one was asked for."""
    share = asked.share if asked.share is not None else max((each for each, _seconds in targets), default=USUAL_SHARE)
    within = asked.within
    if within is None:
        within = min((seconds for _share, seconds in targets), default=settings.SERVICE_LEVEL_SECONDS)
    return Wanted(min(share, HIGHEST_SHARE), within, asked.shrinkage, asked.breaks, asked.cost)


def _half_hours(
    row: LineForecast, expected: Sequence[ExpectedHalfHour], wanted: Mapping[date, Wanted], asked: Asked
) -> list[HalfHour]:
    """The half hours of one queue; none where it is not known how long a call takes."""
    if row.handling_seconds is None:
        return []
    return [
        half_hour(
            each.starts_at,
            each.expected * asked.calls,
            each.low * asked.calls,
            each.high * asked.calls,
            handling=row.handling_seconds,
            patience=row.patience_seconds,
            wanted=wanted[timezone.localdate(each.starts_at)],
        )
        for each in expected
    ]


def clock_of(half_hour: HalfHour) -> str:
    """When a half hour begins, local time in Italy; the second of two that a clock shows alike says which it is."""
    local = timezone.localtime(half_hour.starts_at)
    return f"{place_of(half_hour.starts_at) // 2:02d}:{local.minute:02d}" + (" (2)" if local.fold else "")
