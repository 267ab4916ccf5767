"""What the page of control charts shows: values in the reader's language, with the addresses of the lists behind them."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from contact_center.catalogue import Parameters
from contact_center.figures.period import Period
from contact_center.figures.query import Chosen
from foundation.addresses import address
from foundation.dates import with_weekday
from insights.figures_page import Lists, query_of
from insights.models import WatchAlert

from .figures import Watched
from .queries import WHOLE, Watching
from .rules import JUDGED, OUTSIDE, Judged, Kind, Step, alarms, runs
from .targets import Targets
from .wording import (
    ALL_LINES,
    VERDICTS,
    alert_facts,
    alert_title,
    chance_written,
    figure_name,
    part_written,
    period_written,
    target_written,
    written,
)

SHOWN = {Step.DAY: 42, Step.WEEK: 52}
COLUMNS = (
    "period",
    "figure",
    "line",
    "numerator",
    "denominator",
    "value",
    "expected",
    "low",
    "high",
    "chance",
    "verdict",
    "target",
)


def with_targets(cards: list[dict[str, Any]], line: Any, day: date) -> list[dict[str, Any]]:
    """The cards of the overview, each with the target of its figure on the last day: of a line, or of all together.

    None is shown for what has no line.
    """
    targets = Targets() if cards else None
    for card in cards:
        known = targets is not None and (line is None or hasattr(line, "pk"))
        wanted = targets.on(card["key"], line.pk if line else None, day) if targets and known else None
        card["target"] = target_written(card["key"], wanted)
    return cards


def list_urls(watching: Watching, key: str, line: str, judged: Iterable[Judged]) -> list[str | None]:
    """The list of calls or contacts of each period."""
    chosen = Chosen(line=watching.lines[line]) if line else Chosen()
    figure = watching.figures[key].figure.listed(watching.parameters.formula)
    whole = Lists(query_of(Period(date.min, date.max), chosen)).url(figure) or ""
    before, _from, after = whole.partition(date.min.isoformat())
    between, _to, after = after.partition(date.max.isoformat())
    length = timedelta(days=watching.step.days - 1)
    return [
        f"{before}{each.point.start.isoformat()}{between}{(each.point.start + length).isoformat()}{after}"
        for each in judged
    ]


def summary(watching: Watching) -> dict[str, Any]:
    """The last period of every figure and line that is settled, with its limits; each leads to its chart."""
    known = {
        (key, code): watching.settled(key, code, watching.last)
        for key in watching.figures
        for code in (WHOLE, *watching.lines)
    }
    rows = []
    for key in watching.figures:
        cells = []
        for code in (WHOLE, *watching.lines):
            judged = known[key, code]
            url = f"{address('watching')}?{urlencode({'figure': key, 'line': code, 'step': watching.step})}#chart"
            cells.append({"text": _cell(key, judged), "url": url})
        rows.append({"label": figure_name(key, watching.parameters), "url": None, "cells": cells, "is_total": False})
    names = [str(ALL_LINES), *(line.shown_name for line in watching.lines.values())]
    caption = _("The last week of each figure, and its limits")
    return {"caption": caption, "columns": [_("Figure"), *names], "rows": rows}


def _cell(key: str, judged: Judged | None) -> str:
    if judged is None:
        return "–"
    text = written(key, judged.value)
    if judged.verdict not in JUDGED:
        return f"{text} ({VERDICTS[judged.verdict]})" if judged.value is not None else str(VERDICTS[judged.verdict])
    between = _("%(low)s to %(high)s") % {"low": written(key, judged.low), "high": written(key, judged.high)}
    mark = f" {VERDICTS[judged.verdict]}" if judged.verdict in OUTSIDE else ""
    return f"{text} [{between}]{mark}"


def chart(watching: Watching, key: str, line: str, judged: list[Judged], targets: Targets) -> dict[str, Any]:
    """The chart of a figure with its limits, and its table."""
    one, name = watching.figures[key], figure_name(key, watching.parameters)
    urls = list_urls(watching, key, line, judged)
    wanted = [wanted_on(watching, targets, key, line, each.point.start) for each in judged]
    in_a_row = runs(judged)
    series = [
        {
            "role": "value",
            "name": name,
            "values": [_drawn(one, each.value) for each in judged],
            "urls": urls,
        },
        {"role": "centre", "name": _("expected"), "values": [_drawn(one, each.centre) for each in judged]},
        {"role": "limit", "name": _("lower limit"), "values": [_drawn(one, each.low) for each in judged]},
        {"role": "limit", "name": _("upper limit"), "values": [_drawn(one, each.high) for each in judged]},
    ]
    if any(value is not None for value in wanted):
        points = [None if value is None else float(value) for value in wanted]
        series.append({"role": "target", "name": _("target"), "values": points})
    rows = [
        {
            "label": period_written(watching.step, each.point.start),
            "url": None,
            "cells": [
                {"text": written(key, each.value), "url": url if each.value is not None else None},
                {"text": written(key, each.centre), "url": None},
                {"text": written(key, each.low), "url": None},
                {"text": written(key, each.high), "url": None},
                {"text": target_written(key, target) or "–", "url": None},
                {"text": _verdict_written(each, is_run), "url": None},
            ],
            "is_total": False,
        }
        for each, url, target, is_run in reversed(list(zip(judged, urls, wanted, in_a_row, strict=True)))
    ]
    where = watching.lines[line].shown_name if line else str(ALL_LINES)
    title = f"{name}, {where}"
    columns = [_("Period"), _("Value"), _("Expected"), _("Lower limit"), _("Upper limit"), _("Target"), _("Verdict")]
    short = "j M" if watching.step == Step.DAY else "j M y"
    return {
        "json_id": "chart-control",
        "title": title,
        "note": _("Dashed: what is expected, and the limits of chance around it. A point opens its list."),
        "table": {"caption": title, "columns": columns, "rows": rows},
        "data": {
            "kind": "line",
            "unit": "%" if one.kind == Kind.SHARE else "",
            "categories": [with_weekday(each.point.start, short) for each in judged],
            "series": series,
        },
    }


def wanted_on(watching: Watching, targets: Targets, key: str, line: str, day: date) -> Decimal | None:
    """The target of the figure on the day."""
    return targets.on(key, watching.lines[line].pk if line else None, day)


def _drawn(one: Watched, value: float | None) -> float | None:
    return None if value is None else round(value * 100, 2) if one.kind == Kind.SHARE else round(value, 1)


def _verdict_written(judged: Judged, is_run: bool) -> str:
    text = str(VERDICTS[judged.verdict])
    if judged.verdict in OUTSIDE and judged.chance is not None:
        text += " " + _("(by chance alone: %(chance)s)") % {"chance": chance_written(judged.chance)}
    return text + (" · " + _("eight or more in a row on one side") if is_run else "")


def alerts_shown(alerts: Iterable[WatchAlert], parameters: Parameters) -> list[dict[str, Any]]:
    """Alerts as the page shows them, each with the address of its chart and of its list of notes."""
    found = []
    for alert in alerts:
        query = {"figure": alert.figure, "line": alert.line.code if alert.line else "", "step": alert.step}
        found.append(
            {
                "pk": alert.pk,
                "key": str(alert.pk),
                "title": alert_title(alert, parameters),
                "facts": alert_facts(alert),
                "parts": [part_written(alert, part) for part in alert.parts],
                "ended_on": alert.ended_on,
                "notes": list(alert.notes.all()),
                "url": f"{address('watching')}?{urlencode(query)}#chart",
            }
        )
    return found


def as_rows(watching: Watching, key: str, line: str, judged: list[Judged], targets: Targets) -> list[list[Any]]:
    """The same series for programs: values to six decimals, shares from 0 to 1, words in English."""
    found = []
    for each in judged:
        target = wanted_on(watching, targets, key, line, each.point.start)
        numbers = [each.value, each.centre, each.low, each.high, each.chance]
        value, centre, low, high, chance = (None if one is None else Decimal(repr(round(one, 6))) for one in numbers)
        below = None if watching.figures[key].below is None else int(each.point.below)
        found.append(
            [
                each.point.start,
                key,
                line,
                each.point.above,
                below,
                value,
                centre,
                low,
                high,
                chance,
                each.verdict.value,
                target,
            ]
        )
    return found


def as_dict(watching: Watching, targets: Targets) -> list[dict[str, Any]]:
    """The last settled period of every figure and line, for programs."""
    keys = [(key, code) for key in watching.figures for code in (WHOLE, *watching.lines)]
    found = [(key, code, watching.settled(key, code, watching.last)) for key, code in keys]
    judged = [(key, code, each) for key, code, each in found if each is not None]
    marked = alarms([each for _key, _code, each in judged])
    names = ("start", *COLUMNS[1:])
    rows = []
    for (key, code, each), is_alarm in zip(judged, marked, strict=True):
        row = dict(zip(names, as_rows(watching, key, code, [each], targets)[0], strict=True))
        rows.append(row | {"step": watching.step.value, "is_alarm": is_alarm})
    return rows
