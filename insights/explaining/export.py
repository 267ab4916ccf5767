"""An explanation as JSON, CSV and spreadsheet. `docs/formats/changes.md` describes the shapes; programs rely on them."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils import timezone
from openpyxl import Workbook

from contact_center.figures.definitions import definitions
from contact_center.figures.export import definition_as_dict, filters_as_dict, period_as_dict
from foundation.files.spreadsheets import bold_cell, cell_value, new_workbook

from .chance import Moved
from .decomposition import Base, in_units, shown_parts
from .explanation import Explanation, Group
from .sentence import cost, in_one_sentence

MILLIONTHS = 100_000_000  # of a point, in a share of one
COLUMNS = (
    "from",
    "to",
    "against_from",
    "against_to",
    "measure",
    "by",
    "key",
    "label",
    "before_numerator",
    "before_denominator",
    "before",
    "after_numerator",
    "after_denominator",
    "after",
    "mix_points",
    "rate_points",
    "points",
    "mix_low",
    "mix_high",
    "mix_verdict",
    "rate_low",
    "rate_high",
    "rate_verdict",
)
VERDICTS = ["beyond", "alone", "within", ""]


def verdict(moved: Moved | None, is_beyond: bool) -> str:
    """`beyond` chance, `alone` (only if it were the one comparison), `within`, or empty: too few to state it."""
    if moved is None:
        return ""
    return "beyond" if is_beyond else "alone" if moved.is_alone_beyond else "within"


def as_dict(found: Explanation) -> dict[str, Any]:
    """The whole explanation, ready for JSON."""
    parts = _InPoints(found)
    low, high = (found.moved.low, found.moved.high) if found.moved else (None, None)
    return {
        "period": period_as_dict(found.period),
        "against": period_as_dict(found.against),
        "filters": filters_as_dict(found.chosen),
        "measure": found.figure.key,
        "by": found.by,
        "computed_at": timezone.localtime(found.computed_at).isoformat() if found.computed_at else None,
        "is_stale": found.is_stale,
        "sentence": in_one_sentence(found),
        "cost": cost(found),
        "before": _base(found.before),
        "after": _base(found.after),
        "change": {
            "points": _number(parts.whole) if found.change is not None else None,
            "mix_points": _number(parts.mix),
            "rate_points": _number(parts.rate),
            "low": _limit(low),
            "high": _limit(high),
            "verdict": verdict(found.moved, found.is_beyond),
        },
        "persons": found.persons,
        "widening": round(found.widening, 6),
        "groups": [
            {
                "key": one.key,
                "label": one.label,
                "before": _base(one.before),
                "after": _base(one.after),
                "mix_points": _number(mix),
                "rate_points": _number(rate),
                "points": _number(mix + rate),
                "mix": _stated(one.mix_limits, one.weight_moved, one.is_mix_beyond),
                "rate": _stated(one.rate_limits, one.rate_moved, one.is_rate_beyond),
            }
            for one, mix, rate in parts.groups
        ],
        "lines": [
            {
                "key": line.key,
                "label": line.label,
                "line_mix_points": _number(one[0]),
                "topic_mix_points": _number(one[1]),
                "rate_points": _number(one[2]),
            }
            for line, one in parts.lines
        ],
        "definitions": [
            definition_as_dict(one) for one in definitions(found.parameters) if one.key == found.figure.key
        ],
    }


def table(found: Explanation) -> Iterator[list[Any]]:
    """A row for each group and, last, the whole (`total`): strings, whole numbers, decimals and None."""
    parts = _InPoints(found)
    head = [found.period.start, found.period.end, found.against.start, found.against.end, found.figure.key, found.by]
    for one, mix, rate in parts.groups:
        yield [
            *head,
            one.key,
            one.label,
            *_cells(one.before),
            *_cells(one.after),
            *map(_decimal, (mix, rate, mix + rate)),
            *_limits(one.mix_limits),
            verdict(one.weight_moved, one.is_mix_beyond),
            *_limits(one.rate_limits),
            verdict(one.rate_moved, one.is_rate_beyond),
        ]
    moved = (found.moved.low, found.moved.high) if found.moved else None
    yield [
        *head,
        "total",
        "",
        *_cells(found.before),
        *_cells(found.after),
        *(map(_decimal, (parts.mix, parts.rate, parts.whole)) if found.change is not None else (None, None, None)),
        *(None, None, ""),
        *_limits(moved),
        verdict(found.moved, found.is_beyond),
    ]


def workbook(found: Explanation) -> Workbook:
    """The table and, on a second sheet, the change in words and what the figure means."""
    book = new_workbook("changes", COLUMNS, table(found))
    notes = book.create_sheet("in words")
    for name, text in (("sentence", in_one_sentence(found)), ("cost", cost(found))):
        notes.append([bold_cell(notes, name), cell_value(text)])
    for one in as_dict(found)["definitions"]:
        notes.append([bold_cell(notes, one["label"]), *(cell_value(one[name]) for name in ("formula", "text"))])
    return book


class _InPoints:
    """The parts in millionths of a point, rounded so that they add up to the whole."""

    def __init__(self, found: Explanation) -> None:
        self.whole = in_units(found.change or Fraction(0), unit=MILLIONTHS)
        self.mix, self.rate = (
            shown_parts([found.mix, found.rate], self.whole, unit=MILLIONTHS) if found.groups else (0, 0)
        )
        mixes = shown_parts([one.part.mix for one in found.groups], self.mix, unit=MILLIONTHS)
        rates = shown_parts([one.part.rate for one in found.groups], self.rate, unit=MILLIONTHS)
        self.groups: list[tuple[Group, int, int]] = list(zip(found.groups, mixes, rates, strict=True))
        flat = [one for line in found.lines for one in (line.part.line_mix, line.part.topic_mix, line.part.rate)]
        shown = shown_parts(flat, self.whole, unit=MILLIONTHS)
        self.lines = [(line, shown[3 * place : 3 * place + 3]) for place, line in enumerate(found.lines)]


def _decimal(millionths: int) -> Decimal:
    return Decimal(millionths).scaleb(-6)


def _number(millionths: int) -> float:
    return float(_decimal(millionths))


def _base(base: Base) -> dict[str, Any]:
    return {
        "numerator": base.events,
        "denominator": base.of,
        "ratio": round(base.events / base.of, 6) if base.of else None,
    }


def _cells(base: Base) -> list[Any]:
    share = base.share
    return [base.events, base.of, None if share is None else Decimal(in_units(share, unit=1_000_000)).scaleb(-6)]


def _stated(limits: tuple[float, float] | None, moved: Moved | None, is_beyond: bool) -> dict[str, Any]:
    low, high = limits or (None, None)
    return {
        "low": _limit(low),
        "high": _limit(high),
        "chance": round(moved.chance, 6) if moved else None,
        "verdict": verdict(moved, is_beyond),
    }


def _limit(share: float | None) -> float | None:
    return None if share is None else round(share * 100, 6)


def _limits(limits: tuple[float, float] | None) -> list[Decimal | None]:
    return [Decimal(str(round(one * 100, 6))) for one in limits] if limits else [None, None]
