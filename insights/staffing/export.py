"""The plan as JSON and as tables: half hours with agents and costs, and the rota of shifts."""

from collections.abc import Iterator
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from django.utils import timezone

from .plan import Plan, Queue, Totals, clock_of
from .planning import HalfHour, Staffed

PLAN_COLUMNS = (
    "line",
    "day",
    "from",
    "expected",
    "low",
    "high",
    "load",
    "agents_erlang_c",
    "people_erlang_c",
    "cost_erlang_c",
    "given_up_erlang_c",
    "agents_erlang_a",
    "people_erlang_a",
    "cost_erlang_a",
    "given_up_erlang_a",
    "service_level_erlang_a",
)
ROTA_COLUMNS = ("line", "shift", "day", "from", "to", "hours", "cost")
ALL_LINES = "*"


def plan_rows(plan: Plan) -> Iterator[list[Any]]:
    """A row for each half hour of each line, then of all as one queue (its line is `*`)."""
    for queue in [*plan.lines, *([plan.pooled] if plan.pooled else [])]:
        for each in queue.half_hours:
            yield [
                queue.code or ALL_LINES,
                timezone.localdate(each.starts_at),
                clock_of(each),
                *(_number(value, 2) for value in (each.expected, each.low, each.high)),
                _number(each.load, 4),
                each.by_c.agents,
                each.by_c.people,
                each.by_c.cost,
                _number(each.given_up, 2),
                each.by_a.agents,
                each.by_a.people,
                each.by_a.cost,
                _number(each.by_a.queue.abandoned * each.expected, 2),
                _number(each.by_a.queue.service_level, 4),
            ]


def rota_rows(plan: Plan) -> Iterator[list[Any]]:
    """A row for each shift of the week: one person, one day, from when until when."""
    code = plan.queue.code if plan.queue else ""
    for number, shift in enumerate(plan.rota(), start=1):
        hours = _number(shift.hours, 1)
        yield [code or ALL_LINES, number, shift.day, shift.starts, shift.ends, hours, hours * plan.asked.cost]


def as_dict(plan: Plan) -> dict[str, Any]:
    """The plan, ready for JSON: numbers rounded, money as text, moments with their offset."""
    asked = plan.asked
    return {
        "made_at": timezone.localtime(plan.run.made_at).isoformat(),
        "history": {"from": plan.run.history_from.isoformat(), "to": plan.run.history_to.isoformat()},
        "week": asked.week.isoformat(),
        "asked": {
            "share": asked.share,
            "within": asked.within,
            "shrinkage": asked.shrinkage,
            "breaks": asked.breaks,
            "cost": str(asked.cost),
            "calls": asked.calls,
        },
        "lines": [_queue(each) for each in plan.lines],
        "apart": _totals(plan.apart),
        "together": _queue(plan.pooled) if plan.pooled else None,
    }


def _queue(queue: Queue) -> dict[str, Any]:
    found = queue.found
    return {
        "line": queue.code or None,
        "missing_weeks": found.missing_weeks,
        "handling_seconds": _float(found.handling_seconds, 2),
        "patience_seconds": _float(found.patience_seconds, 2),
        "errors": {
            name: _float(getattr(found, f"error_{name}"), 6)
            for name in ("model", "naive", "four_weeks", "flat", "floor")
        },
        "covered": _float(found.covered, 6),
        "totals": _totals(queue.totals),
        "half_hours": [_half_hour(each) for each in queue.half_hours],
    }


def _half_hour(each: HalfHour) -> dict[str, Any]:
    return {
        "starts_at": timezone.localtime(each.starts_at).isoformat(),
        "expected": round(each.expected, 4),
        "low": round(each.low, 2),
        "high": round(each.high, 2),
        "load": round(each.load, 6),
        "erlang_c": _staffed(each.by_c, each.given_up),
        "erlang_a": _staffed(each.by_a, each.by_a.queue.abandoned * each.expected),
    }


def _staffed(staffed: Staffed, given_up: float) -> dict[str, Any]:
    return {
        "agents": staffed.agents,
        "people": staffed.people,
        "service_level": round(staffed.queue.service_level, 6),
        "mean_wait": round(staffed.queue.mean_wait, 2),
        "given_up": round(given_up, 4),
        "cost": str(staffed.cost),
    }


def _totals(totals: Totals) -> dict[str, Any]:
    return {
        name: str(value) if isinstance(value, Decimal) else round(value, 4) for name, value in asdict(totals).items()
    }


def _number(value: float, places: int) -> Decimal:
    return round(Decimal(repr(float(value))), places)


def _float(value: float | None, places: int) -> float | None:
    return None if value is None else round(value, places)
