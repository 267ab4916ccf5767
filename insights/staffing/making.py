"""The nightly work: forecast the coming weeks from the half hours that are over, test it, replay a week, and keep all of it."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection, transaction
from django.utils import timezone

from contact_center.figures.definitions import parameters_in_settings
from contact_center.figures.period import Period
from contact_center.models import TollFreeLine
from insights.models import ExpectedHalfHour, Forecast, LineForecast, Replayed

from . import replay
from .backtest import NOTHING, Score, backtest
from .forecast import Counted, Slot, Spread, fit, missing_weeks, monday_of
from .history import (
    HISTORY_WEEKS,
    MEASURED_WEEKS,
    Measured,
    first_day_counted,
    history_of,
    measured,
    openings,
    week_of,
)
from .history import together as as_one
from .patience import mean_patience

WEEKS_AHEAD = 6
KEPT_DAYS = 90  # after which a run is deleted
MAKING = 71_489_007


@dataclass(frozen=True)
class Found:
    """What was found of one line, or of all as one queue (no line), before it is kept."""

    line: TollFreeLine | None
    missing: int
    score: Score
    half_hours: list[tuple[Slot, float, int, int]]
    measured: Measured


@transaction.atomic
def make_forecast(*, today: date | None = None, dry_run: bool = False) -> tuple[Forecast | None, list[Found]]:
    """Forecast the coming weeks of each active line and of all as one queue; the run that was kept, and what was found.

    No run where no call was ever counted, nor as a trial. Two at once: the second waits. Runs older than KEPT_DAYS are deleted.
    """
    today = today or timezone.localdate()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [MAKING])
    first = first_day_counted()
    if first is None or first >= today:
        return None, []
    history = Period(max(first, monday_of(today) - timedelta(weeks=HISTORY_WEEKS)), today - timedelta(days=1))
    ahead = Period(today, monday_of(today) + timedelta(days=7 * WEEKS_AHEAD + 6))
    found = _find(history, ahead, today)
    if dry_run:
        return None, found
    Forecast.objects.filter(made_at__lt=timezone.now() - timedelta(days=KEPT_DAYS)).delete()
    run = Forecast.objects.create(
        history_from=history.start, history_to=history.end, first_day=ahead.start, last_day=ahead.end
    )
    for each in found:
        _keep(run, each, today)
    return run, found


def _find(history: Period, ahead: Period, today: date) -> list[Found]:
    lines = list(TollFreeLine.objects.filter(is_active=True))
    known = openings(lines, today)
    times = measured(Period(max(history.start, today - timedelta(weeks=MEASURED_WEEKS)), history.end))
    nothing = Measured([], [])
    found, histories, coming = [], [], []
    for line in lines:
        counted, opening = history_of(known, history, line)
        slots = [slot for day in ahead.days() for slot in opening.slots_on(day)]
        histories.append(counted)
        coming.append([Counted(slot, 0) for slot in slots])
        found.append(_forecast(line, counted, slots, times.get(line.pk, nothing)))
    slots = [slot for slot, _calls in as_one(coming)]
    found.append(_forecast(None, as_one(histories), slots, times.get(None, nothing)))
    return found


def _forecast(line: TollFreeLine | None, history: list[Counted], slots: list[Slot], times: Measured) -> Found:
    missing = missing_weeks(history)
    if missing:
        return Found(line, missing, NOTHING, [], times)
    score, spread = backtest(history)
    return Found(line, 0, score, _expected(history, slots, spread), times)


def _expected(history: list[Counted], slots: list[Slot], spread: Spread) -> list[tuple[Slot, float, int, int]]:
    model = fit(history)
    return [(slot, expected, *spread.between(expected)) for slot in slots for expected in [model.expected(slot)]]


def _keep(run: Forecast, found: Found, today: date) -> None:
    score, times = found.score, found.measured
    gave_up = sum(left for _wait, left in times.waits)
    row = LineForecast.objects.create(
        forecast=run,
        line=found.line,
        missing_weeks=found.missing,
        handling_seconds=times.mean_handling,
        calls_handled=len(times.handling),
        patience_seconds=mean_patience(sum(wait for wait, _left in times.waits), gave_up),
        calls_given_up=gave_up,
        tested_from=score.first,
        tested_to=score.last,
        tested_half_hours=score.half_hours,
        tested_calls=score.calls,
        error_model=score.model,
        error_naive=score.naive,
        error_four_weeks=score.four_weeks,
        error_flat=score.flat,
        error_floor=score.floor,
        covered=score.covered,
    )
    ExpectedHalfHour.objects.bulk_create(
        [
            ExpectedHalfHour(of=row, starts_at=slot.starts_at, expected=round(expected, 4), low=low, high=high)
            for slot, expected, low, high in found.half_hours
        ],
        batch_size=1000,
    )
    if found.line is None:
        past = replays(monday_of(today) - timedelta(days=7), times)
        for each in past:
            each.of = row
        Replayed.objects.bulk_create(past)


def replays(monday: date, times: Measured) -> list[Replayed]:
    """The week from the Monday on, four ways, not kept; none where it had no calls or handling times are unknown."""
    week, within = week_of(monday), parameters_in_settings().service_level_seconds
    handling = times.mean_handling
    if not week.calls or handling is None:
        return []
    ways = {
        Replayed.Way.HAPPENED: replay.happened(week.calls, within=within),
        Replayed.Way.SIMULATED: replay.simulated(
            week.arrivals, week.agents, handling=times.handling, waits=times.waits, within=within
        ),
        Replayed.Way.ERLANG_A: replay.by_erlang_a(
            week.half_hours, handling=handling, waits=times.waits, within=within
        ),
        Replayed.Way.ERLANG_C: replay.by_erlang_c(week.half_hours, handling=handling, within=within),
    }
    hours = sum(agents for _calls, agents in week.half_hours) / 2
    return [
        Replayed(
            way=way,
            week=monday,
            calls=len(week.calls),
            service_level=min(1.0, max(0.0, result.service_level)),
            abandoned=min(1.0, max(0.0, result.abandoned)),
            mean_wait=result.mean_wait,
            agent_hours=hours,
            by_states=week.by_states,
        )
        for way, result in ways.items()
        if result is not None
    ]
