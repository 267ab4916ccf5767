"""What the page of the plan shows: values in the reader's language, with the addresses of the lists behind what is over."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contact_center.figures.period import Period
from contact_center.figures.query import Chosen
from foundation.addresses import address
from foundation.dates import with_weekday
from insights.figures_page import Lists, Numbers, minutes, query_of
from insights.models import LineForecast, Replayed

from .backtest import Score
from .erlang import GrowsWithoutEnd, with_abandons, without_abandons
from .plan import Plan, Queue, Totals, clock_of, totals_of
from .planning import HalfHour
from .rota import people_on


class Words:
    """Numbers of the plan as they are read: one digit behind the comma of calls, none of money."""

    def __init__(self) -> None:
        self.numbers = Numbers()

    def tenths(self, value: float) -> str:
        """4,6"""
        return self.numbers.decimals(_exact(value), 1)

    def percent(self, share: float | None) -> str:
        """84,9 %, or n/a."""
        return self.numbers.nothing if share is None else f"{self.numbers.decimals(_exact(share * 100), 1)} %"

    def money(self, value: Decimal) -> str:
        """1.250 €"""
        return f"{self.numbers.decimals(value, 0)} €"

    def seconds(self, value: float | None) -> str:
        """39,6 s, or without end."""
        return _("without end") if value is None else f"{self.numbers.decimals(_exact(value), 1)} s"


def _exact(value: float) -> Decimal:
    return Decimal(repr(float(value)))


def name_of(queue: Queue) -> str:
    """The line's name, or that it is all of them."""
    return queue.line.shown_name if queue.line else _("All as one queue")


def days_of(plan: Plan) -> list[date]:
    """The days of the week on which the chosen queue is open."""
    return list(plan.queue.by_day) if plan.queue else []


def _cell(text: str, url: str | None = None) -> dict[str, Any]:
    return {"text": text, "url": url}


def _row(label: str, cells: Sequence[str], *, url: str | None = None, is_total: bool = False) -> dict[str, Any]:
    return {"label": label, "url": url, "cells": [_cell(text) for text in cells], "is_total": is_total}


# --- The sums of the week -----------------------------------------------------------------------------------------------
def queues_table(plan: Plan, given: Mapping[str, str]) -> dict[str, Any]:
    """Each line with agents of its own, all of them added, and all as one queue."""
    words = Words()
    rows = [
        _row(name_of(each), _sums(each.totals, words), url=_asked_url(given, line=each.code)) for each in plan.lines
    ]
    rows.append(_row(_("The lines apart, together"), _sums(plan.apart, words), is_total=True))
    if plan.pooled:
        rows.append(_row(name_of(plan.pooled), _sums(plan.pooled.totals, words), url=_asked_url(given, line="")))
    return {"caption": _("Each line, and all as one queue"), "columns": [_("Line"), *_sum_columns()], "rows": rows}


def days_table(plan: Plan, given: Mapping[str, str]) -> dict[str, Any]:
    """The days of the chosen queue."""
    words, rows = Words(), []
    for day, half_hours in plan.queue.by_day.items() if plan.queue else ():
        label = with_weekday(day, "l j F")
        rows.append(_row(label, _sums(totals_of(half_hours), words), url=_asked_url(given, day=day.isoformat())))
    if plan.queue:
        rows.append(_row(_("The week"), _sums(plan.queue.totals, words), is_total=True))
    return {"caption": _("Day by day"), "columns": [_("Day"), *_sum_columns()], "rows": rows}


def _sum_columns() -> list[str]:
    return [
        _("Expected calls"),
        _("Hours at the telephone, Erlang C"),
        _("Hours paid, C"),
        _("Cost, C"),
        _("Would give up, C"),
        _("Hours at the telephone, Erlang A"),
        _("Hours paid, A"),
        _("Cost, A"),
        _("Would give up, A"),
    ]


def _sums(totals: Totals, words: Words) -> list[str]:
    return [
        words.tenths(totals.calls),
        words.tenths(totals.agents_c),
        words.tenths(totals.people_c),
        words.money(totals.cost_c),
        words.tenths(totals.given_up_c),
        words.tenths(totals.agents_a),
        words.tenths(totals.people_a),
        words.money(totals.cost_a),
        words.tenths(totals.given_up_a),
    ]


def _asked_url(given: Mapping[str, str], **more: str) -> str:
    kept = {name: value for name, value in {**given, **more}.items() if value or name in more}
    if "line" in more:
        kept.pop("day", None)
    return f"{address('staffing')}?{urlencode(kept)}"


# --- A day --------------------------------------------------------------------------------------------------------------
def charts(plan: Plan, day: date) -> list[dict[str, Any]]:
    """The day's calls between their two numbers, and its agents by both formulas, each with its table."""
    if plan.queue is None:
        return []
    half_hours, words = plan.queue.by_day.get(day, []), Words()
    labels = [clock_of(each) for each in half_hours]
    calls = {
        "expected": (_("expected"), [round(each.expected, 1) for each in half_hours]),
        "low": (_("lowest of nine in ten"), [round(each.low, 1) for each in half_hours]),
        "high": (_("highest of nine in ten"), [round(each.high, 1) for each in half_hours]),
    }
    agents: dict[str, tuple[str, list[float]]] = {
        "erlang_a": (_("agents by Erlang A"), [each.by_a.agents for each in half_hours]),
        "erlang_c": (_("agents by Erlang C"), [each.by_c.agents for each in half_hours]),
        "people": (_("people on the rota"), [float(number) for number in plan.people(half_hours)]),
    }
    when = with_weekday(day, "l j F")
    return [
        _chart(
            "chart-expected",
            _("Expected calls, %(day)s") % {"day": when},
            labels,
            calls,
            [
                [words.tenths(value) for value in row]
                for row in zip(*(each[1] for each in calls.values()), strict=True)
            ],
            [each[0] for each in calls.values()],
        ),
        _chart(
            "chart-agents",
            _("Agents, %(day)s") % {"day": when},
            labels,
            agents,
            [_agents_of(each, words) for each in half_hours],
            [
                _("Load (erlangs)"),
                _("Agents, C"),
                _("In time, C"),
                _("Agents, A"),
                _("In time, A"),
                _("Give up, A"),
                _("Busy, A"),
                _("On the rota, A"),
                _("Cost, A"),
            ],
        ),
    ]


def _agents_of(each: HalfHour, words: Words) -> list[str]:
    return [
        words.numbers.decimals(_exact(each.load), 2),
        str(each.by_c.agents),
        words.percent(each.by_c.queue.service_level),
        str(each.by_a.agents),
        words.percent(each.by_a.queue.service_level),
        words.percent(each.by_a.queue.abandoned),
        words.percent(each.by_a.queue.occupancy),
        str(each.by_a.people),
        words.money(each.by_a.cost),
    ]


def _chart(
    json_id: str,
    title: str,
    labels: list[str],
    series: Mapping[str, tuple[str, Sequence[float]]],
    cells: list[list[str]],
    columns: list[str],
) -> dict[str, Any]:
    return {
        "json_id": json_id,
        "title": title,
        "table": {
            "caption": title,
            "columns": [_("From"), *columns],
            "rows": [_row(label, row) for label, row in zip(labels, cells, strict=True)],
        },
        "data": {
            "kind": "line",
            "unit": "",
            "categories": labels,
            "series": [
                {"role": role, "name": name, "values": list(values), "urls": [], "provisional_from": None}
                for role, (name, values) in series.items()
            ],
        },
    }


def rota_table(plan: Plan, day: date) -> dict[str, Any]:
    """The shifts of the day, those alike in one row, with how many half hours they cover beyond what is needed."""
    half_hours = plan.queue.by_day.get(day, []) if plan.queue else []
    shifts, words = plan.shifts_on(day), Words()
    rows, total = [], 0.0
    for shift in dict.fromkeys(shifts):
        people = shifts.count(shift)
        hours = people * (shift.end - shift.first) / 2
        total += hours
        ends = half_hours[shift.end - 1].starts_at + timedelta(minutes=30)
        label = f"{clock_of(half_hours[shift.first])}–{timezone.localtime(ends):%H:%M}"
        rows.append(_row(label, [str(people), words.tenths(hours), words.money(_exact(hours) * plan.asked.cost)]))
    rows.append(
        _row(
            _("All shifts"),
            [str(len(shifts)), words.tenths(total), words.money(_exact(total) * plan.asked.cost)],
            is_total=True,
        )
    )
    return {
        "caption": _("Rota, %(day)s") % {"day": with_weekday(day, "l j F")},
        "columns": [_("Shift"), _("People"), _("Hours"), _("Cost")],
        "rows": rows,
    }


def rota_note(plan: Plan, day: date) -> str:
    """That every half hour is covered, and how much more than needed the shifts hold."""
    half_hours = plan.queue.by_day.get(day, []) if plan.queue else []
    needed, there = plan.people(half_hours), people_on(plan.shifts_on(day), len(half_hours))
    short = sum(people < wanted for people, wanted in zip(there, needed, strict=True))
    assert short == 0, "shifts cover what is needed"
    words = Words()
    return _(
        "Every half hour is covered: %(needed)s hours are needed, the shifts hold %(there)s. The rest is the price of whole "
        "shifts of eight and four hours."
    ) % {"needed": words.tenths(sum(needed) / 2), "there": words.tenths(sum(there) / 2)}


def tried(queue: Queue, agents: int, day: date) -> str:
    """What so many agents would do in the day's busiest half hour; that Erlang C has no answer where they are too few."""
    half_hours = queue.by_day.get(day, [])
    found = queue.found
    if not half_hours or found.handling_seconds is None:
        return ""
    busiest, words = max(half_hours, key=lambda each: each.load), Words()
    within = queue.wanted[day].within
    given = {
        "at": clock_of(busiest),
        "agents": ngettext("%d agent", "%d agents", agents) % agents,
        "load": words.numbers.decimals(_exact(busiest.load), 2),
        "within": words.numbers.whole(round(within)),
    }
    sentences = [_("At %(at)s the load is %(load)s erlangs.") % given]
    try:
        by_c = without_abandons(busiest.load, agents, handling=found.handling_seconds, within=within)
        sentences.append(
            _("By Erlang C %(agents)s would answer %(level)s within %(within)s seconds, after %(wait)s on average.")
            % {**given, "level": words.percent(by_c.service_level), "wait": words.seconds(by_c.mean_wait)}
        )
    except GrowsWithoutEnd:
        sentences.append(
            _(
                "Erlang C has no answer for %(agents)s: they are no more than the load, so the queue would grow without end "
                "if nobody gave up."
            )
            % given
        )
    if found.patience_seconds is not None:
        by_a = with_abandons(
            busiest.load, agents, handling=found.handling_seconds, patience=found.patience_seconds, within=within
        )
        sentences.append(
            _("By Erlang A %(agents)s would answer %(level)s within %(within)s seconds, and %(lost)s would give up.")
            % {**given, "level": words.percent(by_a.service_level), "lost": words.percent(by_a.abandoned)}
        )
    return " ".join(sentences)


# --- How far to trust it ------------------------------------------------------------------------------------------------
def score_of(found: LineForecast) -> Score:
    """The kept score as the rule's own value, which knows the skill."""
    return Score(
        found.tested_half_hours,
        found.tested_calls,
        found.tested_from,
        found.tested_to,
        found.error_model,
        found.error_naive,
        found.error_four_weeks,
        found.error_flat,
        found.error_floor,
        found.covered,
    )


def scores_table(plan: Plan) -> dict[str, Any]:
    """The errors of the forecast and of the simple ones, the floor, the skill and what lay between the two numbers."""
    words, rows = Words(), []
    for queue in [*plan.lines, *([plan.pooled] if plan.pooled else [])]:
        score = score_of(queue.found)
        url = None
        if score.first and score.last:
            lists = Lists(query_of(Period(score.first, score.last), Chosen(line=queue.line)))
            url = lists.url("offered")
        shares = (score.naive, score.four_weeks, score.flat, score.model, score.floor)
        skill = words.numbers.nothing if score.skill is None else words.numbers.decimals(_exact(score.skill), 2)
        texts = [*(words.percent(each) for each in shares), skill, words.percent(score.covered)]
        row = _row(name_of(queue), texts)
        row["cells"].insert(0, _cell(words.numbers.whole(score.calls), url))
        rows.append(row)
    return {
        "caption": _("How well it would have done"),
        "columns": [
            _("Line"),
            _("Calls tested"),
            _("Same weekday"),
            _("Mean of four weeks"),
            _("Flat mean"),
            _("This forecast"),
            _("Least possible"),
            _("Skill"),
            _("Between the two numbers"),
        ],
        "rows": rows,
    }


def measured_table(plan: Plan) -> dict[str, Any]:
    """How long calls took and how long people would wait, of how many calls each is known."""
    words, rows = Words(), []
    for queue in [*plan.lines, *([plan.pooled] if plan.pooled else [])]:
        found = queue.found
        handling = words.numbers.nothing if found.handling_seconds is None else minutes(round(found.handling_seconds))
        patience = _("nobody gave up") if found.patience_seconds is None else minutes(round(found.patience_seconds))
        counts = [words.numbers.whole(found.calls_handled), words.numbers.whole(found.calls_given_up)]
        rows.append(_row(name_of(queue), [handling, counts[0], patience, counts[1]]))
    return {
        "caption": _("As measured in the last eight weeks"),
        "columns": [_("Line"), _("Handling time"), _("of calls"), _("Patience"), _("Calls given up")],
        "rows": rows,
    }


def replay_table(replays: Sequence[Replayed]) -> dict[str, Any] | None:
    """The last whole week four ways; None where there was none to replay."""
    if not replays:
        return None
    words, order = Words(), list(Replayed.Way)
    first = replays[0]
    url = Lists(query_of(Period(first.week, first.week + timedelta(days=6)), Chosen())).url("offered")
    rows = []
    for each in sorted(replays, key=lambda one: order.index(Replayed.Way(one.way))):
        row = _row(
            each.get_way_display(),
            [words.percent(each.service_level), words.percent(each.abandoned), words.seconds(each.mean_wait)],
        )
        row["cells"].insert(
            0, _cell(words.numbers.whole(each.calls), url if each.way == Replayed.Way.HAPPENED else None)
        )
        rows.append(row)
    return {
        "caption": _("The week of %(day)s, four ways") % {"day": date_format(first.week, "SHORT_DATE_FORMAT")},
        "columns": [_("Way"), _("Calls"), _("Answered in time"), _("Given up"), _("Mean wait")],
        "rows": rows,
    }


def definitions() -> list[dict[str, str]]:
    """What the words of the page mean."""
    return [
        {
            "key": "expected",
            "term": _("Expected calls"),
            "text": _(
                "The level of the last weeks with their trend, times the share of a week that falls on the weekday and half "
                "hour. Only half hours in which the line is open count; holidays are left out of their weekday."
            ),
            "formula": _("level × growth per week ^ weeks × share of weekday and half hour"),
        },
        {
            "key": "between",
            "term": _("Between the two numbers"),
            "text": _(
                "Nine of ten half hours should lie there. How far calls stray is taken from the weeks tested; the share shown is of "
                "the later half of them, by what the earlier half says. Right is from 85 to 95 in a hundred."
            ),
            "formula": "",
        },
        {
            "key": "error",
            "term": _("Error"),
            "text": _(
                "Each of the last weeks (twelve at most) is forecast from what was known before it, one week ahead. All errors, "
                "without their sign, over all calls."
            ),
            "formula": _("Σ |calls − expected| / Σ calls"),
        },
        {
            "key": "floor",
            "term": _("Least possible"),
            "text": _(
                "What a perfect forecast would still err by, because calls come by chance (Poisson). With 14 calls in a half hour "
                "it is 21 %: a smaller error cannot be had."
            ),
            "formula": "2 e^(−λ) λ^(⌊λ⌋+1) / ⌊λ⌋! / λ",
        },
        {
            "key": "skill",
            "term": _("Skill"),
            "text": _("How much of the way from the same weekday to the least possible error is gone: 1 is perfect."),
            "formula": _("(same weekday − this forecast) / (same weekday − least possible)"),
        },
        {
            "key": "erlang-c",
            "term": _("Erlang C"),
            "text": _("Agents for the target in a steady half hour if nobody ever gave up. It asks for too many."),
            "formula": "B / (1 − A/n · (1 − B)); 1 − C · e^(−(n−A)·T/AHT)",
        },
        {
            "key": "erlang-a",
            "term": _("Erlang A"),
            "text": _(
                "The same where people have patience and give up at its end: fewer agents, at the price of calls that are lost."
            ),
            "formula": "M/M/n+M",
        },
        {
            "key": "patience",
            "term": _("Patience"),
            "text": _(
                "All the waiting of all calls over the number of those who gave up. The mean wait of those who gave up would be "
                "wrong: whoever was answered would have waited longer."
            ),
            "formula": _("Σ seconds waited / calls given up"),
        },
        {
            "key": "paid",
            "term": _("Hours paid"),
            "text": _(
                "People on the rota, in whole persons for each half hour: more than those at the telephone, for absences and breaks."
            ),
            "formula": _("agents / ((1 − absences) × (1 − minutes of break / 120)), rounded up"),
        },
    ]
