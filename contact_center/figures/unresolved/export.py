"""Why contacts were not resolved, as JSON, CSV and spreadsheet: docs/formats/figures.md describes the shapes."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from openpyxl import Workbook

from contact_center.figures.export import filters_as_dict, period_as_dict
from contact_center.figures.query import without_group
from contact_center.models import Contact
from foundation.files.spreadsheets import cell_value, new_workbook

from .hand_overs import Lost
from .kinds import NOT_CODED, REOPENED, UNRESOLVED
from .query import Group, Known, UnresolvedReport
from .rules import Bar, WhatIf, pareto, rounded

COLUMNS = ("from", "to", "reason", "topic", "team", "contacts", "calls", "seconds")
PAIR_COLUMNS = ("from", "to", "topic", "next_topic", "next_known", "contacts")
HAND_OVER_COLUMNS = ("from", "to", "team", "hand_overs", "waiting", "business_seconds", "median_business_seconds")


def reason_words(reason: str) -> str:
    """A reason, as people read it."""
    words = {NOT_CODED: _("not coded"), UNRESOLVED: _("not resolved, nor escalated"), REOPENED: _("reopened since")}
    return str(words[reason] if reason in words else Contact.Escalation(reason).label)


def as_number(value: Fraction | None, places: int = 6) -> float | None:
    """An exact number as JSON has it, rounded half up."""
    return None if value is None else float(rounded(value, places))


def as_dict(report: UnresolvedReport, lost: Sequence[Lost], answer: WhatIf | None) -> dict[str, Any]:
    """The whole report, ready for JSON."""
    at = report.figures.computed_at
    return {
        "period": period_as_dict(report.period),
        "filters": filters_as_dict(report.chosen),
        "computed_at": timezone.localtime(at).isoformat() if at else None,
        "stale_days": report.figures.stale_days,
        "handled": report.handled,
        "first_level": report.first_level,
        "not_first_level": report.misses,
        "reasons": [
            {"key": group.key[0], "label": reason_words(group.key[0]), **_measures(report, group, bar)}
            for group, bar in _bars(report.reasons())
        ],
        "topics": [
            {**_called(report.topics, group.key[0], "topic"), **_measures(report, group, bar)}
            for group, bar in _bars(report.topics_missed())
        ],
        "teams": [
            {**_called(report.teams, group.key[0], "team"), **_measures(report, group, bar)}
            for group, bar in _bars(report.teams_missed())
        ],
        "reasons_by_topic": [
            {
                "reason": group.key[0],
                "topic": _code(report.topics, group.key[1]),
                **_measures(report, group, bar),
            }
            for group, bar in _bars(report.reasons_of_topics())
        ],
        "sent_back": {
            "sent_back": report.figures.totals.sent_back,
            "ever_escalated": report.figures.totals.ever_escalated,
        },
        "repeats": [
            {
                "topic": _code(report.topics, pair.key[0]),
                "next_topic": _code(report.topics, pair.key[1]),
                "next_known": pair.key[2],
                "contacts": pair.contacts,
            }
            for pair in report.pairs
        ],
        "hand_overs": [
            {
                "team": each.team,
                "hand_overs": each.number,
                "waiting": each.waiting,
                "business_seconds": round(each.seconds),
                "median_business_seconds": None if each.middle is None else round(each.middle),
            }
            for each in lost
        ],
        "what_if": None
        if answer is None
        else {
            "reasons": answer.taken,
            "among": answer.among,
            "settled": as_number(answer.settled, 4),
            "rate": as_number(answer.rate),
            "would_be": as_number(answer.would_be),
            "gain": as_number(answer.gain),
        },
    }


def _bars(groups: list[Group]) -> Iterator[tuple[Group, Bar]]:
    for bar in pareto([group.contacts for group in groups]):
        yield groups[bar.place], bar


def _measures(report: UnresolvedReport, group: Group, bar: Bar) -> dict[str, Any]:
    cost = report.cost_of(group)
    return {
        "contacts": group.contacts,
        "share": as_number(bar.share),
        "cumulated": as_number(bar.cumulated),
        "calls": group.talks,
        "seconds": group.seconds,
        "seconds_beyond": as_number(cost.beyond, 1),
    }


def _code(known: dict[int, Known], pk: int | None) -> str:
    return known[pk].code if pk is not None else ""


def _called(known: dict[int, Known], pk: int | None, what: Any) -> dict[str, str]:
    return {"key": _code(known, pk), "label": known[pk].name if pk is not None else without_group(what)}


# --- Tables ---------------------------------------------------------------------------------------------------------
def table(report: UnresolvedReport) -> Iterator[list[Any]]:
    """A row for each reason, topic and team, the largest first: codes and whole numbers."""
    for group in sorted(report.groups, key=lambda one: (-one.contacts, one.key[0], one.key[1] or 0, one.key[2] or 0)):
        reason, topic, team = group.key
        yield [
            report.period.start,
            report.period.end,
            reason,
            _code(report.topics, topic),
            _code(report.teams, team),
            group.contacts,
            group.talks,
            group.seconds,
        ]


def workbook(report: UnresolvedReport, lost: Sequence[Lost]) -> Workbook:
    """The reasons, and on sheets of their own the pairs of topics and the hand-overs."""
    start, end = report.period.start, report.period.end
    book = new_workbook("reasons", COLUMNS, table(report))
    pairs = (
        [start, end, _code(report.topics, one.key[0]), _code(report.topics, one.key[1]), one.key[2], one.contacts]
        for one in report.pairs
    )
    waits = (
        [
            start,
            end,
            one.team,
            one.number,
            one.waiting,
            round(one.seconds),
            None if one.middle is None else round(one.middle),
        ]
        for one in lost
    )
    for title, columns, rows in (("repeats", PAIR_COLUMNS, pairs), ("hand_overs", HAND_OVER_COLUMNS, waits)):
        sheet = book.create_sheet(title)
        sheet.append(list(columns))
        for row in rows:
            sheet.append([cell_value(value) for value in row])
    return book
