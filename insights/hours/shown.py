"""What the page of half hours shows: the table of the week, opening hours beside the rest, waits in bands."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from contact_center.catalogue import BANDS, Figure
from contact_center.figures.definitions import BY_KEY, Counts, Ratio, value_of
from contact_center.figures.half_hours import clock, half_hour_label, weekday_name
from contact_center.figures.hours import OPENING, HoursReport
from contact_center.figures.query import FiguresReport
from contact_center.figures.queues import QueueRow
from foundation.addresses import address
from insights.figures_page import Lists, Numbers, period_label, query_of
from insights.forms import OPENING_WORDS

# The figures that the table of the week can show, by the word of their tab in addresses.
MEASURES = {
    "offered": "offered",
    "abandonment": "abandonment",
    "service_level": "service_level",
    "first_level": "first_level_coded",
    "wait": "asa_seconds",
}
SHADES = 5
FEWEST = 5  # shares and means of fewer are shown, and not coloured
BESIDE_OPENING = (
    *("offered", "turned_away", "abandonment", "service_level", "asa_seconds", "aht_seconds", "handled"),
    "first_level_coded",
)


# --- The week ---------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Cell:
    """A number of the table with the address of its list; `shade` is 0 for none, else 1 (least) to SHADES (most)."""

    text: str
    url: str | None
    shade: int = 0


def week(found: HoursReport, measure: str) -> dict[str, Any] | None:
    """The table: half hours below each other, weekdays side by side, with the sums of both. None where nothing arrived."""
    if not found.cells:
        return None
    report, figure = found.report, BY_KEY[MEASURES[measure]]
    numbers, query, formula = Numbers(), query_of(report.period, report.chosen), report.parameters.formula
    key = figure.listed(formula)
    values = {place: value_of(figure, counts, formula) for place, counts in found.cells.items()}
    shade = _shades([_size(value) for value in values.values()])
    nothing, lists = value_of(figure, Counts(), formula), f"{address('calls')}?{urlencode(query)}&"

    def cell(value: Ratio | int | None, shown: int = 0, **when: str) -> Cell:
        if value is None or (isinstance(value, Ratio) and value.value is None):
            return Cell("–", None)
        some = value.denominator if isinstance(value, Ratio) else value  # an empty list is not worth opening
        url = f"{lists}{urlencode(when | {'figure': key})}" if some else None
        return Cell(_short(numbers, figure, value), url, shown)

    rows = []
    for place in found.half_hours:
        cells = []
        for weekday in range(1, 8):
            value = values.get((weekday, place), nothing)
            when = {"weekday": str(weekday), "half_hour": clock(place)}
            cells.append(cell(value, shade(_size(value)), **when))
        of_the_row = Counts.total(counts for (_day, other), counts in found.cells.items() if other == place)
        cells.append(cell(value_of(figure, of_the_row or Counts(), formula), half_hour=clock(place)))
        rows.append({"label": half_hour_label(place), "cells": cells, "is_total": False})
    foot = []
    for weekday in range(1, 8):
        of_the_day = [counts for (day, _place), counts in found.cells.items() if day == weekday]
        value = value_of(figure, Counts.total(of_the_day) if of_the_day else Counts(), formula)
        foot.append(cell(value, weekday=str(weekday)))
    foot.append(cell(value_of(figure, report.totals, formula)))
    rows.append({"label": _("Total"), "cells": foot, "is_total": True})
    known = {one.key: one for one in report.definitions}[figure.key]
    return {
        "caption": f"{known.label}, {period_label(report.period)}",
        "columns": [_("Half hour"), *(weekday_name(day).capitalize() for day in range(1, 8)), _("Total")],
        "rows": rows,
        "definition": known.text,
        "formula": known.formula,
    }


def _short(numbers: Numbers, figure: Figure, value: Ratio | int) -> str:
    """As short as a cell: a whole number, a percentage with one decimal, whole seconds."""
    if not isinstance(value, Ratio):
        return numbers.whole(value)
    if figure.is_share:
        rounded = value.rounded(1, times=100)
        return "–" if rounded is None else f"{numbers.decimals(rounded, 1)} %"
    rounded = value.rounded(0)
    return "–" if rounded is None else f"{numbers.decimals(rounded, 0)} s"


def _size(value: Ratio | int | None) -> Decimal | None:
    """What a cell is coloured by; None for a share or mean of too few, and for no calls at all."""
    if isinstance(value, Ratio):
        return value.value if (value.denominator or 0) >= FEWEST else None
    return Decimal(value) if value else None


def _shades(sizes: list[Decimal | None]) -> Any:
    """From a value to its shade: the span from the least to the most in equal steps."""
    known = [size for size in sizes if size is not None]
    least, most = min(known, default=Decimal(0)), max(known, default=Decimal(0))

    def shade(size: Decimal | None) -> int:
        if size is None or most == least:
            return 0
        return min(SHADES, int((size - least) * SHADES / (most - least)) + 1)

    return shade


# --- Opening hours ----------------------------------------------------------------------------------------------------
def opening(found: HoursReport) -> dict[str, Any] | None:
    """The figures within opening hours, outside them and in all; None where no calendar is in force."""
    if not found.opening or not found.report.totals:
        return None
    report, numbers = found.report, Numbers()
    formula, query = report.parameters.formula, query_of(report.period, report.chosen)
    labels = {one.key: one.label for one in report.definitions}
    columns = [(found.opening[word], Lists(query | {"hours": word})) for word in OPENING]
    columns.append((report.totals, Lists(query)))
    rows = []
    for figure in (BY_KEY[key] for key in BESIDE_OPENING):
        cells = []
        for counts, lists in columns:
            value = value_of(figure, counts, formula)
            known = value.numerator if isinstance(value, Ratio) else value
            url = lists.url(figure.listed(formula)) if known is not None else None
            cells.append({"text": numbers.value(figure, value), "url": url})
        rows.append({"label": labels[figure.key], "url": None, "cells": cells, "is_total": False})
    words = [str(label).capitalize() for _word, label in OPENING_WORDS]
    title = _("Opening hours")
    return {
        "caption": f"{title}, {period_label(report.period)}",
        "columns": [_("Figure"), *words, _("All hours")],
        "rows": rows,
    }


# --- Waits ------------------------------------------------------------------------------------------------------------
def waits(found: HoursReport) -> dict[str, Any] | None:
    """A chart of the waits in bands with its table; None where nobody waited."""
    report, numbers = found.report, Numbers()
    lists = Lists(query_of(report.period, report.chosen))
    answered, abandoned = (sum(column) for column in zip(*found.bands, strict=True))
    if not answered and not abandoned:
        return None
    rows, so_far = [], 0
    for band, (of_answered, of_abandoned) in zip(BANDS, found.bands, strict=True):
        so_far += of_answered
        within = numbers.percent_sign(Ratio(so_far, answered)) if band.most is not None else "–"
        rows.append(
            {
                "label": str(band.label).capitalize(),
                "url": None,
                "cells": [
                    {"text": numbers.whole(of_answered), "url": lists.url(band.answered.key)},
                    {"text": numbers.percent_sign(Ratio(of_answered, answered)), "url": None},
                    {"text": within, "url": None},
                    {"text": numbers.whole(of_abandoned), "url": lists.url(band.abandoned.key)},
                    {"text": numbers.percent_sign(Ratio(of_abandoned, abandoned)), "url": None},
                ],
                "is_total": False,
            }
        )
    totals = [
        {"text": numbers.whole(answered), "url": lists.url("answered")},
        {"text": numbers.percent_sign(Ratio(answered, answered)), "url": None},
        {"text": "–", "url": None},
        {"text": numbers.whole(abandoned), "url": lists.url("abandoned")},
        {"text": numbers.percent_sign(Ratio(abandoned, abandoned)), "url": None},
    ]
    rows.append({"label": _("Total"), "url": None, "cells": totals, "is_total": True})
    title = _("Waits")
    return {
        "json_id": "chart-waits",
        "title": title,
        "note": _("How long callers waited before an answer, or before they hung up."),
        "table": {
            "caption": f"{title}, {period_label(report.period)}",
            "columns": [
                *(_("Wait"), _("Answered"), _("Share of the answered"), _("Answered by then")),
                *(_("Abandoned"), _("Share of the abandoned")),
            ],
            "rows": rows,
        },
        "data": {
            "kind": "bars",
            "unit": "",
            "total_label": "",
            "categories": [str(band.label) for band in BANDS],
            "series": [
                {
                    "role": role,
                    "name": name,
                    "values": [pair[place] for pair in found.bands],
                    "urls": [lists.url(getattr(band, role).key) for band in BANDS],
                    "provisional_from": None,
                }
                for place, (role, name) in enumerate((("answered", _("Answered")), ("abandoned", _("Abandoned"))))
            ],
        },
    }


# --- Queues -----------------------------------------------------------------------------------------------------------
def queues(rows: list[QueueRow], found: HoursReport) -> dict[str, Any] | None:
    """The time that callers were in each queue, first or later; None where nobody called, or for what is no telephone call."""
    if not rows:
        return None
    numbers, report = Numbers(), found.report
    query = query_of(report.period, report.chosen)
    query.pop("line", None)
    shown = []
    for row in rows:
        lists = Lists(query | {"queue": row.code, "in_queue": "first" if row.is_first else "later"})
        label = _("%(line)s, first queue") if row.is_first else _("%(line)s, later queue")
        texts = [
            numbers.whole(row.entered),
            numbers.whole(row.answered),
            numbers.whole(row.abandoned),
            numbers.seconds(Ratio(row.wait_seconds, row.waits_known)),
            numbers.minutes(Ratio(row.talk_seconds, row.talks_known)),
        ]
        cells = [{"text": numbers.whole(row.calls), "url": lists.url("offered")}]
        cells += [{"text": text, "url": None} for text in texts]
        shown.append({"label": label % {"line": row.name}, "url": None, "cells": cells, "is_total": False})
    title = _("Time in each queue")
    return {
        "caption": f"{title}, {period_label(report.period)}",
        "columns": [
            *(_("Queue"), _("Calls"), _("Times in the queue"), _("Answered"), _("Abandoned")),
            *(_("Mean wait in it"), _("Mean talk")),
        ],
        "rows": shown,
    }


# --- Words ------------------------------------------------------------------------------------------------------------
def definitions(report: FiguresReport) -> list[dict[str, str]]:
    """What the page's own words mean, before those of its figures."""
    own = [
        (
            "half-hour",
            _("Half hour"),
            _(
                "A call is in the half hour in which it entered the queue, a contact in that in which it arrived, by the clock in"
                " Italy. Where the clocks go back the hour from 2:00 to 3:00 passes twice: both are counted apart, and stand together"
                " in the row of that hour; the hour that spring leaves out has nothing."
            ),
        ),
        (
            "opening-hours",
            _("Opening hours"),
            _(
                "The half hours in which the line is open for any part, by the line's own calendar or, without one, by that of"
                " requests at first level: weekly hours, holidays and special days as the calendar has them now. What has no"
                " line goes by the calendar of requests."
            ),
        ),
        (
            "waits",
            _("Waits in bands"),
            _(
                "Whole seconds from entering the queue to the answer, or to hanging up. A bound belongs to the band that it ends:"
                " 20 seconds are within 20. A wait that the telephone platform did not report is not known, and is no wait of 0"
                " seconds. The bands add up to all answered and to all abandoned calls."
            ),
        ),
        (
            "queues",
            _("First and later queues"),
            _(
                "A call that is passed on, or moves to another queue, was in several: it counts once among the calls offered, on the"
                " line of its first queue, and here in each. The wait is that in the queue, whether or not somebody answered there;"
                " one that is not known is in no mean."
            ),
        ),
        (
            "colours",
            _("Colours of the table"),
            _(
                "From the least to the most in five equal steps. A share or a mean of fewer than %(number)d has no colour."
            )
            % {"number": FEWEST},
        ),
    ]
    return [{"key": key, "term": term, "text": text, "formula": ""} for key, term, text in own]


# --- Exports ----------------------------------------------------------------------------------------------------------
COLUMNS = (
    *("weekday", "half_hour", "opening"),
    *("offered", "answered", "abandoned", "short_abandoned", "exited", "turned_away"),
    *(
        "answered_in_time",
        "waits_known",
        "wait_seconds",
        "talks_known",
        "talk_seconds",
        "hold_seconds",
        "wrap_seconds",
    ),
    *("handled", "first_level"),
    *(count.name for band in BANDS for count in (band.answered, band.abandoned)),
)


def table(found: HoursReport) -> Iterator[list[Any]]:
    """A row for each weekday (1 is Monday), half hour and side of the opening hours in which anything arrived: sums, never means."""
    words = {True: "inside", False: "outside", None: None}
    names = COLUMNS[3 : len(COLUMNS) - 2 * len(BANDS)]
    for group in found.groups:
        counts = [getattr(group.counts, name) for name in names]
        yield [group.weekday, clock(group.half_hour), words[group.is_open], *counts, *group.waits]
