"""What the managers' page shows: values in the reader's language, with the addresses of the lists behind them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.utils.formats import date_format, get_format, number_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from contact_center.catalogue import FIGURES, Figure, Parameters
from contact_center.catalogue.measures import Split
from contact_center.figures import self_service
from contact_center.figures.definitions import (
    BY_KEY,
    Counts,
    Definition,
    Ratio,
    all_values,
    round_half_up,
    value_of,
)
from contact_center.figures.lists import LISTS
from contact_center.figures.period import Period
from contact_center.figures.query import (
    EVENTS_ONLY,
    EVENTS_WITHOUT,
    OF_ANSWERED_CALLS,
    WITHOUT,
    Chosen,
    FiguresReport,
    Row,
    sum_of,
)
from contact_center.figures.reasons import misses_by_reason
from contact_center.figures.unresolved.export import reason_words
from contact_center.models import DailyFigures
from customers.models.operation import OperationKind
from foundation.addresses import address
from foundation.dates import with_weekday

ROWS_SHOWN = 100  # groups of a breakdown; the rest is summed in one row
DAYS_SHOWN = 62
MONTHS_DRAWN = 120
OF_THE_WEEK = ("weekday", "half-hour")


# --- Periods


def default_period(today: date) -> tuple[Period, str]:
    """This year to date if it has figures, else the last year that has; and the words that name it."""
    last = (
        DailyFigures.objects.filter(cut=DailyFigures.Cut.LINE).order_by("-day").values_list("day", flat=True).first()
    )
    if last is None or last.year >= today.year:
        return Period(date(today.year, 1, 1), today), _("this year to date")
    return Period(date(last.year, 1, 1), date(last.year, 12, 31)), _("the last year with figures")


def presets(today: date) -> list[tuple[str, Period]]:
    """The ready periods, with their names."""
    month = today.replace(day=1)
    last_month_end = month - timedelta(days=1)
    quarter = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    last_year = today.year - 1
    return [
        (_("This month"), Period(month, today)),
        (_("Last month"), Period(last_month_end.replace(day=1), last_month_end)),
        (_("This quarter"), Period(quarter, today)),
        (_("This year"), Period(date(today.year, 1, 1), today)),
        (_("Last year"), Period(date(last_year, 1, 1), date(last_year, 12, 31))),
    ]


def period_label(period: Period) -> str:
    """The period in words: 2019, March 2019, or its two dates."""
    start, end = period.start, period.end
    if (start.month, start.day, end.month, end.day) == (1, 1, 12, 31):
        return str(start.year) if start.year == end.year else f"{start.year}–{end.year}"
    if start.day == 1 and (end + timedelta(days=1)).day == 1 and (start.year, start.month) == (end.year, end.month):
        return date_format(start, "YEAR_MONTH_FORMAT")
    if start == end:
        return date_format(start, "DATE_FORMAT")
    return f"{date_format(start, 'DATE_FORMAT')} – {date_format(end, 'DATE_FORMAT')}"


def month_label(month: date) -> str:
    """Short enough for an axis: Jan 2019."""
    return _month_label(month, get_language())


@lru_cache(maxsize=1_000)  # a page names the same months several times, and Django takes a while over each
def _month_label(month: date, _language: str | None) -> str:
    return with_weekday(month, "M Y")


# --- Numbers


class Numbers:
    """Writes numbers as the reader's language does. The separators are looked up once for a whole page."""

    def __init__(self) -> None:
        self.decimal, self.thousand = get_format("DECIMAL_SEPARATOR"), get_format("THOUSAND_SEPARATOR")
        self.nothing = pgettext("no value", "n/a")

    def whole(self, value: int | None) -> str:
        """71.489, or n/a."""
        return self.nothing if value is None else f"{value:,}".replace(",", self.thousand)

    def decimals(self, value: Decimal, places: int = 2, *, signed: bool = False) -> str:
        """98,24; with its sign, +1,90 or −1,90."""
        text = f"{round_half_up(value, places):{'+' if signed else ''},f}"
        return text.translate({44: self.thousand, 46: self.decimal, 45: "−"})

    def percent(self, ratio: Ratio) -> str:
        """98,24, or n/a."""
        value = ratio.value
        return self.nothing if value is None else self.decimals(value * 100)

    def percent_sign(self, ratio: Ratio) -> str:
        """98,24 %, or n/a."""
        return self.nothing if ratio.value is None else f"{self.percent(ratio)} %"

    def seconds(self, ratio: Ratio) -> str:
        """17,1 s, or n/a."""
        value = ratio.value
        return self.nothing if value is None else f"{self.decimals(value, 1)} s"

    def value(self, figure: Figure, value: Ratio | int | None) -> str:
        """The figure's value as it is written: a count, percent, seconds or minutes."""
        if not isinstance(value, Ratio):
            return self.whole(value)
        if figure.is_share:
            return self.percent_sign(value)
        return self.minutes(value) if figure.in_minutes else self.seconds(value)

    def minutes(self, ratio: Ratio) -> str:
        """4:31, or n/a."""
        value = ratio.value
        return self.nothing if value is None else minutes(int(round_half_up(value, 0)))


def minutes(seconds: int) -> str:
    """271 seconds as 4:31."""
    return f"{seconds // 60}:{seconds % 60:02d}"


# --- Addresses


def query_of(period: Period, chosen: Chosen, **more: str) -> dict[str, str]:
    """Period and filters as the parameters of an address."""
    found = {"from": period.start.isoformat(), "to": period.end.isoformat()}
    for name in ("line", "topic", "agent", "team"):
        if value := getattr(chosen, name):
            found[name] = value.code
    if chosen.channel:
        found["channel"] = chosen.channel
    if chosen.events:
        found["events"] = chosen.events
    return found | more


class Lists:
    """The addresses of the lists behind the numbers of one group."""

    def __init__(self, query: dict[str, str] | None) -> None:
        self.base = f"{address('calls')}?{urlencode(query)}&figure=" if query is not None else None

    def url(self, key: str) -> str | None:
        """The list of a number; None for a group that has no list of its own."""
        return self.base + key if self.base else None


# --- Cards

CARDS = sorted((figure for figure in FIGURES if figure.card), key=lambda figure: figure.card or 0)


def cards(report: FiguresReport) -> list[dict[str, Any]]:
    """The figures of the whole period; none when nothing was counted."""
    if not report.totals:
        return []
    numbers, lists, formula = Numbers(), Lists(query_of(report.period, report.chosen)), report.parameters.formula
    known = {one.key: one for one in report.definitions}
    values = all_values(report.totals, formula)
    before = all_values(report.previous.totals, formula) if report.previous else {}
    found = []
    for figure in CARDS:
        value = values[figure.key]
        text, _space, unit = numbers.value(figure, value).partition(" ")
        ratio = value if isinstance(value, Ratio) else None
        is_known = value is not None if ratio is None else ratio.numerator is not None
        has_minutes = figure.in_minutes and ratio is not None and ratio.value is not None
        card: dict[str, Any] = {
            "key": figure.key,
            "label": known[figure.key].label,
            "value": text,
            "unit": unit or ("min" if has_minutes else ""),
            "numerator": None,
            "denominator": None,
            "definition": known[figure.key].text,
            "previous_value": numbers.value(figure, before[figure.key]) if before else None,
            "list_url": lists.url(figure.listed(formula)) if is_known else None,
        }
        if ratio is not None:
            card |= _quotient(figure, ratio, known[figure.key], numbers, lists, formula)
        if figure.is_provisional and report.totals.provisional:
            card["provisional_share"] = numbers.value(BY_KEY["provisional_share"], values["provisional_share"])
        if figure.coverage:
            card["coverage"] = numbers.value(BY_KEY[figure.coverage], values[figure.coverage])
        if figure.others is not None:
            count = numbers.whole(figure.others.of(report.totals))
            card["others"] = {"text": f"{count} {figure.others.listed}", "url": lists.url(figure.others.key)}
        found.append(card | _delta(figure, report, numbers))
    return found


def _quotient(
    figure: Figure, ratio: Ratio, known: Definition, numbers: Numbers, lists: Lists, formula: str
) -> dict[str, Any]:
    """Numerator and denominator, with their words and the addresses of their lists."""
    _numerator, denominator = figure.parts(formula)
    assert denominator is not None, f"{figure.key} is shown as a quotient"
    return {
        "numerator": None if ratio.numerator is None else numbers.whole(ratio.numerator),
        "numerator_label": known.numerator,
        "numerator_url": lists.url(figure.listed(formula)),
        "denominator": None if ratio.denominator is None else numbers.whole(ratio.denominator),
        "denominator_label": known.denominator,
        "denominator_url": lists.url(denominator.key),
    }


def _delta(figure: Figure, report: FiguresReport, numbers: Numbers) -> dict[str, Any]:
    change = report.changes.get(figure.key)
    if change is None or change.difference is None:
        return {"delta_points": None, "delta_percent": None, "direction": None}
    direction = None
    if change.difference == 0:
        direction = "same"
    elif figure.more_is_better is not None:
        direction = "better" if (change.difference > 0) == figure.more_is_better else "worse"
    return {
        "delta_points": numbers.decimals(change.difference, signed=True) if figure.is_share else None,
        "delta_percent": numbers.decimals(change.percent, signed=True) if change.percent is not None else None,
        "direction": direction,
    }


# --- Charts


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the period, cut to it, with its counts and those of a year before, and the addresses of their lists."""

    period: Period
    label: str
    counts: Counts
    before: Counts
    lists: "Lists"
    lists_before: "Lists"


def months(report: FiguresReport) -> list[Month]:
    """The months of a report by month, in order, also those without calls: the last MONTHS_DRAWN of them."""
    counts = {row.key: row.counts for row in report.rows}
    before = {row.key: row.counts for row in report.previous.rows} if report.previous else {}
    found = []
    for first in list(report.period.months())[-MONTHS_DRAWN:]:
        last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        period = Period(max(first, report.period.start), min(last, report.period.end))
        found.append(
            Month(
                period,
                month_label(first),
                counts.get(f"{first:%Y-%m}", Counts()),
                before.get(f"{first.year - 1}-{first:%m}", Counts()),
                Lists(query_of(period, report.chosen)),
                Lists(query_of(period.a_year_before(), report.chosen)),
            )
        )
    return found


def charts(report: FiguresReport, today: date) -> list[dict[str, Any]]:
    """Charts of first level and of calls from a report by month, with their tables; [] for one month alone."""
    drawn = months(report)
    if not report.totals or len(drawn) < 2:
        return []
    return [_first_level_chart(report, drawn, today), _calls_chart(report, drawn)]


def _first_level_chart(report: FiguresReport, drawn: list[Month], today: date) -> dict[str, Any]:
    numbers, formula = Numbers(), report.parameters.formula
    open_from = today - timedelta(days=report.parameters.repeat_contact_days)
    provisional = next((place for place, month in enumerate(drawn) if month.period.end >= open_from), None)
    now, then = (
        [
            {key: _ratio_of(BY_KEY[key], counts, formula) for key in ("first_level_coded", "first_level_corrected")}
            for counts in several
        ]
        for several in ([month.counts for month in drawn], [month.before for month in drawn])
    )
    words = {
        "coded": _("as coded"),
        "corrected": _("corrected by repeats"),
        "coded_before": _("as coded, a year before"),
        "corrected_before": _("corrected, a year before"),
    }
    series: list[dict[str, Any]] = []
    for role, ratios in (("coded", now), ("corrected", now), ("coded_before", then), ("corrected_before", then)):
        is_before = ratios is then
        if is_before and not report.previous:
            continue
        key = f"first_level_{role.removesuffix('_before')}"
        list_key = BY_KEY[key].listed(formula)
        series.append(
            {
                "role": role,
                "name": words[role],
                "values": [_point(one[key].rounded(2, times=100)) for one in ratios],
                "urls": [(month.lists_before if is_before else month.lists).url(list_key) for month in drawn],
                "provisional_from": provisional if role == "corrected" else None,
            }
        )
    rows = [
        {
            "label": month.label,
            "url": None,
            "cells": [
                {"text": numbers.whole(month.counts.handled), "url": month.lists.url("handled")},
                {"text": numbers.whole(month.counts.first_level), "url": month.lists.url("first_level")},
                *(
                    {"text": numbers.percent_sign(ratios[place][f"first_level_{role}"]), "url": one["urls"][place]}
                    for one, ratios, role in zip(
                        series, (now, now, then, then), ("coded", "corrected", "coded", "corrected"), strict=False
                    )
                ),
            ],
            "is_total": False,
        }
        for place, month in enumerate(drawn)
    ]
    title = _("First level")
    columns = [_("Month"), _("Handled"), _("Resolved at first level"), *(one["name"] for one in series)]
    return {
        "json_id": "chart-first-level",
        "title": title,
        "note": _("Hollow points are provisional: the customer may still come back.")
        if provisional is not None
        else "",
        "table": {"caption": title, "columns": columns, "rows": rows},
        "data": {
            "kind": "line",
            "unit": "%",
            "categories": [month.label for month in drawn],
            "series": series,
        },
    }


def _calls_chart(report: FiguresReport, drawn: list[Month]) -> dict[str, Any]:
    numbers, formula = Numbers(), report.parameters.formula
    parts = [("answered", "answered"), ("short_abandoned", "short_abandoned"), ("abandoned", "abandoned_later")]
    if report.chosen.is_of_answered_calls:
        parts = parts[:1]  # the others have no topic, agent or team
    elif report.totals.exited:
        parts.append(("exited", "exited"))
    drawn_parts = [(role, LISTS[key]) for role, key in parts]
    series = [
        {
            "role": role,
            "name": str(part.listed),
            "values": [part.of(month.counts) for month in drawn],
            "urls": [month.lists.url(part.key) for month in drawn],
            "provisional_from": None,
        }
        for role, part in drawn_parts
    ]
    rows = []
    for month in drawn:
        level = _ratio_of(BY_KEY["service_level"], month.counts, formula)
        known = month.counts.offered is not None
        cells = [{"text": numbers.whole(month.counts.offered), "url": month.lists.url("offered") if known else None}]
        cells += [
            {"text": numbers.whole(part.of(month.counts)), "url": month.lists.url(part.key)}
            for _role, part in drawn_parts
        ]
        url = None if level.numerator is None else month.lists.url("service_level")
        cells.append({"text": numbers.percent_sign(level), "url": url})
        rows.append({"label": month.label, "url": None, "cells": cells, "is_total": False})
    title = _("Calls")
    columns = [_("Month"), _("offered"), *(str(part.listed) for _role, part in drawn_parts), _("service level")]
    return {
        "json_id": "chart-calls",
        "title": title,
        "note": "",
        "table": {"caption": title, "columns": columns, "rows": rows},
        "data": {
            "kind": "bars",
            "unit": "",
            "total_label": "" if report.chosen.is_of_answered_calls else _("offered"),
            "categories": [month.label for month in drawn],
            "series": series,
        },
    }


def _ratio_of(figure: Figure, counts: Counts, formula: str) -> Ratio:
    """The value of a figure that is a quotient."""
    value = value_of(figure, counts, formula)
    assert isinstance(value, Ratio), f"{figure.key} is a plain count"
    return value


def _point(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


# --- The breakdown

COLUMNS = sorted(
    ((column, figure) for figure in FIGURES for column in figure.columns), key=lambda found: found[0].place
)


def breakdown(report: FiguresReport) -> dict[str, Any]:
    """The report's groups as a table: at most ROWS_SHOWN (or the last DAYS_SHOWN days), the rest in one row, the total."""
    by = str(report.by)
    titles = {
        "line": _("By line"),
        "channel": _("By channel"),
        "topic": _("By topic"),
        "agent": _("By agent"),
        "team": _("By team"),
        "month": _("By month"),
        "weekday": _("By weekday"),
        "half-hour": _("By half hour"),
        "day": _("By day"),
    }
    names = {
        "line": _("Line"),
        "channel": _("Channel"),
        "topic": _("Topic"),
        "agent": _("Agent"),
        "team": _("Team"),
        "month": _("Month"),
        "weekday": _("Weekday"),
        "half-hour": _("Half hour"),
        "day": _("Day"),
    }
    columns = [names[by], *(str(column.heading) for column, _figure in COLUMNS)]
    shown, rest = report.rows, []
    if by in ("day", "month"):
        limit = DAYS_SHOWN if by == "day" else MONTHS_DRAWN
        shown, rest = report.rows[-limit:], report.rows[:-limit]
    elif len(report.rows) > ROWS_SHOWN:
        shown, rest = report.rows[:ROWS_SHOWN], report.rows[ROWS_SHOWN:]
    numbers, formula = Numbers(), report.parameters.formula
    rows = [
        _table_row(
            _group_label(by, row) + (f" {MARK}" if row.counters else ""),
            _group_query(report, row),
            row.counts,
            numbers,
            formula,
        )
        for row in shown
    ]
    if by in OF_THE_WEEK:  # what a list can be limited to, and this page cannot
        rows = [row | {"url": None} for row in rows]
    if rest:
        label = _("Earlier") if by in ("day", "month") else _("All others")
        rows.append(_table_row(label, None, sum_of(rest), numbers, formula))
    total = _table_row(_("Total"), query_of(report.period, report.chosen), report.totals, numbers, formula)
    return {
        "by": by,
        "note": only_of_all_calls() if by in OF_ANSWERED_CALLS else "",
        "counters_note": _counters_note(report, by),
        "table": {
            "caption": f"{titles[by]}, {period_label(report.period)}",
            "columns": columns,
            "rows": [*rows, total | {"is_total": True, "url": None}],
        },
    }


def _table_row(
    label: str, query: dict[str, str] | None, counts: Counts, numbers: Numbers, formula: str
) -> dict[str, Any]:
    lists = Lists(query)
    cells = []
    for column, figure in COLUMNS:
        value = value_of(figure, counts, formula)
        known = value.numerator if isinstance(value, Ratio) else value
        text = numbers.whole(known) if column.of_numerator else numbers.value(figure, value)
        cells.append({"text": text, "url": lists.url(figure.listed(formula)) if known is not None else None})
    url = f"{address('figures')}?{urlencode(query)}" if query is not None else None
    return {"label": label, "url": url, "cells": cells, "is_total": False}


def mass_events(report: FiguresReport) -> dict[str, str] | None:
    """How many contacts of the period belong to mass events, and first level as coded without them; None for none.

    Nor is there anything to set apart where the filters did so already.
    """
    found = report.of_events
    if report.chosen.events or not found.handled:
        return None
    numbers = Numbers()
    only = query_of(report.period, report.chosen, events=EVENTS_ONLY)
    without = query_of(report.period, report.chosen, events=EVENTS_WITHOUT)
    return {
        "count": numbers.whole(found.handled),
        "share": numbers.percent_sign(Ratio(found.handled, report.totals.handled)),
        "without": numbers.percent_sign(found.without(report.totals)),
        "list_url": Lists(only).url("handled") or "",
        "without_url": f"{address('figures')}?{urlencode(without)}",
    }


MARK = "*"  # beside a group of which some calls are known from counters alone


def _counters_note(report: FiguresReport, by: str) -> str:
    if report.counters is None:
        return ""
    if by in OF_ANSWERED_CALLS:
        return _(
            "The total has the calls known from counters of another system; the rows, which these do not know, have not."
        )
    return _(
        "* Here are calls known from counters of another system alone: the lists behind the numbers do not have them."
    )


def from_counters(report: FiguresReport) -> dict[str, str] | None:
    """What of the period is known from counters of another system alone; None for nothing."""
    found = report.counters
    if found is None:
        return None
    numbers = Numbers()
    return {
        "offered": numbers.whole(found.counts.offered),
        "days": numbers.whole(found.days),
        "sources": ", ".join(found.sources),
    }


def counters_definition() -> dict[str, str]:
    """What counters of another system are, as `shown_definitions` gives the figures of the catalogue."""
    return {
        "key": "counters",
        "term": _("Calls known from counters"),
        "text": _(
            "What another system counted of a day and line of which we have no single calls. They are in the calls offered,"
            " answered and abandoned and, where that system says how many were in time, in the service level. It says nothing"
            " of contacts: first level, handling time, topics, agents and teams are those of the other calls, and not known"
            " where there are no others. What it does not count is not known, never zero."
        ),
        "formula": "",
    }


def only_of_all_calls() -> str:
    """Why some figures are not there by topic, agent, team or mass event."""
    return _(
        "A call that nobody answered has no topic, agent, team or mass event: calls offered and abandoned, abandonment and service level"
        " are known only for all calls together, by line, month or day."
    )


# --- Why not at first level


def misses(period: Period, chosen: Chosen, parameters: Parameters, *, today: date) -> dict[str, Any] | None:
    """A table of the contacts that were not resolved at first level, by reason, the most frequent first; None for none."""
    found = misses_by_reason(period, chosen, parameters, today=today)
    if not found:
        return None
    numbers, total = Numbers(), sum(found.values())
    lists, query = Lists(query_of(period, chosen)), query_of(period, chosen, figure="not_first_level")
    rows: list[dict[str, Any]] = [
        {
            "label": reason_words(reason),
            "url": None,
            "cells": [
                {
                    "text": numbers.whole(count),
                    "url": f"{address('calls')}?{urlencode(query | {'reason': reason})}",
                },
                {"text": numbers.percent_sign(Ratio(count, total)), "url": None},
            ],
            "is_total": False,
        }
        for reason, count in found.items()
    ]
    whole = [
        {"text": numbers.whole(total), "url": lists.url("not_first_level")},
        {"text": numbers.percent_sign(Ratio(total, total)), "url": None},
    ]
    rows.append({"label": _("Total"), "url": None, "cells": whole, "is_total": True})
    what = _("Why not at first level")
    return {
        "caption": f"{what}, {period_label(period)}",
        "columns": [_("Reason"), _("Contacts"), _("Share")],
        "rows": rows,
    }


# --- What figures fall into


def splits(report: FiguresReport) -> list[dict[str, Any]]:
    """A table for every figure that falls into parts, with their counts and shares; none where nothing was counted."""
    formula = report.parameters.formula
    return [
        {"key": figure.key, "title": figure.split.title, "table": _split_table(figure, figure.split, report)}
        for figure in FIGURES
        if figure.split is not None and figure.parts(formula)[0].of(report.totals)
    ]


def _split_table(figure: Figure, split: Split, report: FiguresReport) -> dict[str, Any]:
    numbers, lists, formula = Numbers(), Lists(query_of(report.period, report.chosen)), report.parameters.formula
    whole, _denominator = figure.parts(formula)
    before = report.previous.totals if report.previous and whole.of(report.previous.totals) else None
    shares = [(one, _ratio_of(one, report.totals, formula)) for one in figure.splits]
    rows = []
    for one, share in sorted(shares, key=lambda found: -(found[1].numerator or 0)):
        cells = [
            {"text": numbers.whole(share.numerator), "url": lists.url(one.parts(formula)[0].key)},
            {"text": numbers.percent_sign(share), "url": None},
        ]
        if before:
            cells.append({"text": numbers.percent_sign(_ratio_of(one, before, formula)), "url": None})
        rows.append({"label": str(one.label), "url": None, "cells": cells, "is_total": False})
    total = whole.of(report.totals)
    cells = [
        {"text": numbers.whole(total), "url": lists.url(whole.key)},
        *({"text": numbers.percent_sign(Ratio(total, total)), "url": None} for _share in ((1, 2) if before else (1,))),
    ]
    return {
        "caption": f"{split.title}, {period_label(report.period)}",
        "columns": [
            str(split.heading),
            _("Contacts"),
            _("Share"),
            *([_("Before")] if before else []),
        ],
        "rows": [*rows, {"label": _("Total"), "url": None, "cells": cells, "is_total": True}],
    }


def _group_label(by: str, row: Row) -> str:
    if by == "day":
        return date_format(date.fromisoformat(row.key), "SHORT_DATE_FORMAT")
    if by == "weekday":
        return row.label.capitalize()
    return month_label(date.fromisoformat(f"{row.key}-01")) if by == "month" else row.label


def _group_query(report: FiguresReport, row: Row) -> dict[str, str]:
    """The filters that leave this group only."""
    if report.by == "day":
        day = date.fromisoformat(row.key)
        return query_of(Period(day, day), report.chosen)
    if report.by == "month":
        first = date.fromisoformat(f"{row.key}-01")
        last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        whole = Period(max(first, report.period.start), min(last, report.period.end))
        return query_of(whole, report.chosen)
    return query_of(report.period, report.chosen, **{str(report.by).replace("-", "_"): row.key or WITHOUT.code})


def shown_definitions(known: Iterable[Definition]) -> list[dict[str, str]]:
    """The definitions at the foot of the page."""
    return [
        {
            "key": one.key,
            "term": one.label,
            "text": " ".join(
                part
                for part in (
                    one.text,
                    _("Left out: %(what)s") % {"what": one.exclusions} if one.exclusions else "",
                    _("Source: %(what)s") % {"what": one.source} if one.source else "",
                )
                if part
            ),
            "formula": one.formula,
        }
        for one in known
    ]


# --- What customers settled alone
def self_service_table(period: Period) -> dict[str, Any]:
    """Months and kinds, with the total; a kind that nobody used has no column."""
    found = self_service.self_service(period)
    kinds = list(found.by_kind)

    def cells(counts: Mapping[str, int]) -> list[dict[str, Any]]:
        numbers = [sum(counts.values()), *(counts.get(kind, 0) for kind in kinds)]
        return [{"text": number_format(number, force_grouping=True), "url": None} for number in numbers]

    rows = [
        {"label": month_label(month), "url": None, "cells": cells(counts), "is_total": False}
        for month, counts in list(found.by_month.items())[-MONTHS_DRAWN:]
    ]
    rows.append({"label": _("Total"), "url": None, "cells": cells(found.by_kind), "is_total": True})
    names = [str(OperationKind(kind).label).capitalize() for kind in kinds]
    return {"caption": self_service.label(), "columns": [_("Month"), _("Total"), *names], "rows": rows}


def self_service_definition() -> dict[str, str]:
    """What the figure means, as `shown_definitions` gives those of the catalogue."""
    return {
        "key": self_service.KEY,
        "term": self_service.label(),
        "text": self_service.definition(),
        "formula": "",
    }
