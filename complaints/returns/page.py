"""What the pages of a return show: tables in which each number leads to its complaints, the halves, the corrections."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from complaints.models import HalfYearReturn, MarketFigure
from complaints.models.code import CodeList, label_of
from complaints.returns import rules
from complaints.returns.files import measures_in, written
from complaints.returns.halves import Half, half_of
from complaints.returns.naming import COLUMN_NAMES, TABLE_NAMES, line_name, measure_name, yes_no
from complaints.returns.rates import rates_of

ROWS = "admin:complaints_halfyearreturn_rows"
NOTHING = "–"
WITHOUT_ROWS = ("days", "days_mean", *(f"days_p{share}" for share in rules.PERCENTILES))


@dataclass(frozen=True)
class Cell:
    """A number as it is shown, and the address of its complaints; "" where there are none to show."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class ShownTable:
    """A table of a page: its name and its lines as (name, cells)."""

    key: str
    name: str
    lines: list[tuple[str, list[Cell]]]


def rows_address(half: str, *, revision: int | None, measure: str, table: str = "", line: str = "") -> str:
    """The address of the complaints behind a number; without a revision, of the draft."""
    asked = {"half": half, "measure": measure}
    if revision is not None:
        asked["revision"] = str(revision)
    if table:
        asked |= {"table": table, "line": line}
    return reverse(ROWS, query=asked)


def heads_of(tables: Mapping[str, Any]) -> list[str]:
    """The heads of the columns."""
    return [measure_name(tables, each) for each in measures_in(tables)]


def shown_tables(tables: Mapping[str, Any], *, revision: int | None) -> list[ShownTable]:
    """All tables with their links. Lines without any complaint are there: zero is an answer."""
    half = tables["half"]
    shown = [
        ShownTable("whole", str(TABLE_NAMES["whole"]), [(_("all"), _cells(tables, tables["whole"], half, revision))])
    ]
    for table, lines in rules.tables_in(tables):
        rows = [
            (line_name(line) or NOTHING, _cells(tables, line["cells"], half, revision, table=table, line=line["key"]))
            for line in lines
        ]
        shown.append(ShownTable(table, str(TABLE_NAMES[table]), rows))
    return shown


def _cells(
    tables: Mapping[str, Any],
    cells: Mapping[str, Any] | None,
    half: str,
    revision: int | None,
    table: str = "",
    line: str = "",
) -> list[Cell]:
    measures = measures_in(tables)
    if cells is None:
        return [Cell(_("not done"))] + [Cell(NOTHING) for _each in measures[1:]]
    found = []
    for measure in measures:
        leads = cells[measure] and measure not in WITHOUT_ROWS
        url = rows_address(half, revision=revision, measure=measure, table=table, line=line) if leads else ""
        found.append(Cell(written(cells[measure]), url))
    return found


# --- The halves -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class HalfLine:
    """A half in the list: when its return is due, and how far it has come. `tone` is good, warn, bad or none."""

    half: Half
    period: str
    due: str
    state: str
    tone: str
    url: str


def half_lines(halves: Sequence[Half], frozen: Mapping[str, HalfYearReturn], today: date) -> list[HalfLine]:
    """A line for each half, the newest first."""
    return [_half_line(each, frozen.get(each.name), today) for each in halves]


def _half_line(half: Half, frozen: HalfYearReturn | None, today: date) -> HalfLine:
    draft = reverse("admin:complaints_halfyearreturn_draft", args=[half.name])
    url = draft
    if frozen is not None:
        words = {"day": _day(frozen.frozen_at.date()), "revision": frozen.revision}
        state, tone = _("frozen on %(day)s, revision %(revision)d") % words, "good"
        url = reverse("admin:complaints_halfyearreturn_change", args=[frozen.pk])
    elif today <= half.ends_on:
        state, tone = _("runs until %(day)s") % {"day": _day(half.ends_on)}, ""
    elif today <= half.due_on:
        left = (half.due_on - today).days
        state = ngettext("to be frozen: %(n)d day left", "to be frozen: %(n)d days left", left) % {"n": left}
        tone = "warn"
    else:
        state, tone = _("not frozen, and past its day"), "bad"
    return HalfLine(half, f"{_day(half.starts_on)} – {_day(half.ends_on)}", _day(half.due_on), state, tone, url)


def _day(day: date) -> str:
    return date_format(day, "SHORT_DATE_FORMAT")


def since_words(first: Half | None) -> str:
    """That a half before the first one returned here was returned by the register of before; "" for one that is returned here."""
    if first is None:
        return ""
    words = _(
        "The return of this half year was made of the register before ours: the first one that is made here is %(first)s."
    )
    return words % {"first": first.name}


def first_words(first: date | None) -> str:
    """From when on returns are made here, why from then, and which entries of past registers they count; "" while nobody knows."""
    if first is None:
        return ""
    half = {"half": half_of(first).name}
    if settings.COMPLAINTS_RETURNED_SINCE is not None:
        words = (
            _("Returns are made here from %(half)s on, as this installation is set up (COMPLAINTS_RETURNED_SINCE).")
            % half
        )
    else:
        words = _(
            "Returns are made here from %(half)s on, the half year in which the first complaint under a number of ours was received."
        )
        words %= half
    more = _(
        "Those before were made of the register before ours. Entries of past registers are counted from then on like all others: "
        "what was received since, and what was still open."
    )
    return f"{words} {more}"


def past_words(entries: Sequence[rules.Entry]) -> str:
    """How many of the complaints of a half came from past registers, in words; "" for none."""
    number = sum(bool(each.old_number) for each in entries)
    if not number:
        return ""
    return ngettext(
        "%(n)d of these complaints is an entry of a past register.",
        "%(n)d of these complaints are entries of past registers.",
        number,
    ) % {"n": number}


# --- Corrections ------------------------------------------------------------------------------------------------------
KINDS = {
    rules.ADDED: lambda: _("entered the register later, or belongs to the half now"),
    rules.REMOVED: lambda: _("cancelled since, or no longer of the half"),
    rules.CHANGED: lambda: _("changed"),
}
LISTS = {
    "outcome": CodeList.OUTCOME,
    "area": CodeList.AREA,
    "reason": CodeList.REASON,
    "product": CodeList.PRODUCT,
    "channel": CodeList.CHANNEL,
    "distribution": CodeList.DISTRIBUTION,
    "intermediary_kind": CodeList.INTERMEDIARY,
    "not_treatable_cause": CodeList.NOT_TREATABLE,
}


def value_shown(column: str, value: Any) -> str:
    """A value of a row as people read it."""
    if isinstance(value, bool):
        return yes_no(value)
    if isinstance(value, str) and column in ("received_on", "closed_on") and value:
        value = date.fromisoformat(value)
    if isinstance(value, date):
        return _day(value)
    if not value:
        return NOTHING
    return label_of(LISTS[column], value) if column in LISTS else str(value)


@dataclass(frozen=True)
class ShownDifference:
    """A correction: the complaint with its link, what happened, and each column before and after."""

    number: str
    url: str
    kind: str
    changes: list[tuple[str, str, str]]


def shown_differences(found: Sequence[Mapping[str, Any]]) -> list[ShownDifference]:
    """Corrections as a revision keeps them (`Difference.as_json`), for people."""
    return [
        ShownDifference(
            each["number"],
            reverse("admin:complaints_complaint_change", args=[each["complaint"]]),
            KINDS[each["kind"]](),
            [
                (str(COLUMN_NAMES[name]), value_shown(name, before), value_shown(name, after))
                for name, before, after in each["changes"]
            ],
        )
        for each in found
    ]


# --- Rates ------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class ShownRate:
    """A line of the table of rates, in words."""

    name: str
    number: str
    per_million: str
    per_contracts: str
    year: str


def shown_rates(tables: Mapping[str, Any], half: Half) -> list[ShownRate]:
    """The rates of a return beside the yearly figures as they are now. What was not entered is no zero."""
    return [
        ShownRate(
            line_name(line),
            written(rate.number),
            _rate(rate.per_million),
            _rate(rate.per_contracts),
            str(rate.year or NOTHING),
        )
        for line, rate in rates_of(tables, half)
    ]


def _rate(value: Any) -> str:
    return _("not entered") if value is None else str(number_format(value, 2, use_l10n=True, force_grouping=True))


def market_lines() -> list[tuple[str, str, list[str], str]]:
    """What was published of the market, the newest first: period, companies, numbers, source."""
    columns = (
        *("complaints", "upheld_share", "settled_share", "rejected_share", "open_share", "mean_days"),
        *("per_contracts", "per_million"),
    )
    return [
        (each.period, each.shown_name, [_published(getattr(each, name)) for name in columns], each.source)
        for each in MarketFigure.objects.all()[:20]
    ]


def _published(value: Any) -> str:
    if value is None:
        return NOTHING
    return str(number_format(value.normalize() if hasattr(value, "normalize") else value, force_grouping=True))
