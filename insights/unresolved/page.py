"""What the page shows: groups, costs, pairs and hand-overs in the reader's language, with the addresses of their lists."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contact_center.figures.definitions import Ratio
from contact_center.figures.query import WITHOUT, Row, without_group
from contact_center.figures.unresolved.export import reason_words
from contact_center.figures.unresolved.hand_overs import Lost
from contact_center.figures.unresolved.query import Group, Known, UnresolvedReport
from contact_center.figures.unresolved.rules import WhatIf, pareto, rounded
from foundation.addresses import address
from insights.figures_page import ROWS_SHOWN, Lists, Numbers, minutes, period_label, query_of

DRAWN = 15  # bars of the chart: more cannot be read
PAIRS_SHOWN = 25


@dataclass(frozen=True, slots=True)
class Cut:
    """A way to group the misses: the groups, what names one, and what of an address leaves it alone."""

    heading: str
    groups: list[Group]
    name: Callable[[Group], str]
    narrows: Callable[[Group], dict[str, str]]


def cut_by(report: UnresolvedReport, by: str) -> Cut:
    """The misses grouped as asked; by reason where these filters leave no topics or teams to group by."""

    def topic(pk: int | None) -> str:
        return _name(report.topics, pk, "topic")

    def team(pk: int | None) -> str:
        return _name(report.teams, pk, "team")

    if by == "topic":
        return Cut(
            _("Topic"),
            report.topics_missed(),
            lambda one: topic(one.key[0]),
            lambda one: {"topic": _code(report.topics, one.key[0])},
        )
    if by == "team":
        return Cut(
            _("Team"),
            report.teams_missed(),
            lambda one: team(one.key[0]),
            lambda one: {"team": _code(report.teams, one.key[0])},
        )
    if by == "reason-topic":
        return Cut(
            _("Reason and topic"),
            report.reasons_of_topics(),
            lambda one: f"{reason_words(one.key[0])} – {topic(one.key[1])}",
            lambda one: {"reason": one.key[0], "topic": _code(report.topics, one.key[1])},
        )
    if by == "reason-team":
        return Cut(
            _("Reason and team"),
            report.reasons_of_teams(),
            lambda one: f"{reason_words(one.key[0])} – {team(one.key[1])}",
            lambda one: {"reason": one.key[0], "team": _code(report.teams, one.key[1])},
        )
    return Cut(
        _("Reason"),
        report.reasons(),
        lambda one: reason_words(one.key[0]),
        lambda one: {"reason": one.key[0]},
    )


def _name(known: dict[int, Known], pk: int | None, what: Any) -> str:
    return known[pk].name if pk is not None else without_group(what)


def _code(known: dict[int, Known], pk: int | None) -> str:
    return known[pk].code if pk is not None else WITHOUT.code


# --- The Pareto


def chart(report: UnresolvedReport, by: str, *, may_begin: bool) -> dict[str, Any]:
    """The groups as bars with their cumulated share, and the same as a table with what they cost."""
    cut, numbers = cut_by(report, by), Numbers()
    bars = pareto([group.contacts for group in cut.groups])
    rows, drawn = [], []
    for bar in bars[:ROWS_SHOWN]:
        group = cut.groups[bar.place]
        narrowed = cut.narrows(group)
        url = _list(report, "not_first_level", narrowed)
        cells = [
            {"text": numbers.whole(bar.count), "url": url},
            {"text": numbers.percent_sign(Ratio(bar.count, bar.total)), "url": None},
            {"text": numbers.percent_sign(Ratio(bar.together, bar.total)), "url": None},
            *_cost_cells(report, group, numbers),
        ]
        if may_begin:
            cells.append({"text": _("Begin a measure"), "url": _begin(report, narrowed, cut.name(group))})
        rows.append({"label": cut.name(group), "url": None, "cells": cells, "is_total": False})
        drawn.append((cut.name(group), bar.count, float(rounded(bar.cumulated * 100, 2)), url))
    if rest := bars[ROWS_SHOWN:]:
        others = sum(bar.count for bar in rest)
        cells = [
            {"text": numbers.whole(others), "url": None},
            {"text": numbers.percent_sign(Ratio(others, report.misses)), "url": None},
            {"text": numbers.percent_sign(Ratio(1, 1)), "url": None},
            *({"text": "", "url": None} for _column in range(4 if may_begin else 3)),
        ]
        rows.append({"label": _("All others"), "url": None, "cells": cells, "is_total": False})
    whole = Group(
        (), report.misses, sum(one.talks for one in report.groups), sum(one.seconds for one in report.groups)
    )
    total = [
        {"text": numbers.whole(report.misses), "url": _list(report, "not_first_level", {})},
        {"text": numbers.percent_sign(Ratio(report.misses, report.misses)), "url": None},
        {"text": "", "url": None},
        *_cost_cells(report, whole, numbers),
        *([{"text": "", "url": None}] if may_begin else []),
    ]
    rows.append({"label": _("Total"), "url": None, "cells": total, "is_total": True})
    shown = drawn[:DRAWN]
    title = _("Not resolved at first level, the commonest first")
    return {
        "json_id": "chart-unresolved",
        "title": title,
        "note": ngettext("The commonest %(count)d is drawn.", "The commonest %(count)d are drawn.", len(shown))
        % {"count": len(shown)}
        if len(drawn) > len(shown)
        else "",
        "table": {
            "caption": f"{title}, {period_label(report.period)}",
            "columns": [
                cut.heading,
                _("Contacts"),
                _("Share"),
                _("Cumulated"),
                _("Calls"),
                _("Time of a call"),
                _("Minutes more"),
                *([_("Measure")] if may_begin else []),
            ],
            "rows": rows,
        },
        "data": {
            "kind": "pareto",
            "unit": "",
            "categories": [name for name, _count, _share, _url in shown],
            "series": [
                {
                    "role": "misses",
                    "name": _("Contacts"),
                    "values": [count for _name, count, _share, _url in shown],
                    "urls": [url for _name, _count, _share, url in shown],
                },
                {
                    "role": "cumulated",
                    "name": _("Cumulated"),
                    "values": [share for _name, _count, share, _url in shown],
                    "urls": [None for _one in shown],
                },
            ],
        },
    }


def _cost_cells(report: UnresolvedReport, group: Group, numbers: Numbers) -> list[dict[str, Any]]:
    cost = report.cost_of(group)
    return [
        {"text": numbers.whole(cost.talks), "url": None},
        {"text": numbers.nothing if cost.mean is None else minutes(int(rounded(cost.mean, 0))), "url": None},
        {
            "text": numbers.nothing
            if cost.beyond is None
            else numbers.decimals(rounded(cost.beyond / 60, 0), 0, signed=True),
            "url": None,
        },
    ]


def _list(report: UnresolvedReport, figure: str, narrowed: dict[str, str]) -> str:
    return f"{address('calls')}?{urlencode(query_of(report.period, report.chosen, figure=figure) | narrowed)}"


def _begin(report: UnresolvedReport, narrowed: dict[str, str], name: str) -> str:
    kept = {
        key: value for key, value in query_of(report.period, report.chosen).items() if key in ("line", "topic", "team")
    }
    asked = {key: value for key, value in (kept | narrowed).items() if value != WITHOUT.code}
    return f"{address('measure_new')}?{urlencode(asked | {'about': name[:120]})}"


# --- What if


def answer_words(answer: WhatIf) -> str:
    """What would be, in one sentence."""
    numbers = Numbers()
    return ngettext(
        "If %(percent)s of the contacts of the commonest reason were settled, %(settled)s of %(among)s, %(would_be)s %% would be"
        " resolved at first level instead of %(rate)s %%: %(gain)s points.",
        "If %(percent)s of the contacts of the %(taken)d commonest reasons were settled, %(settled)s of %(among)s, %(would_be)s %%"
        " would be resolved at first level instead of %(rate)s %%: %(gain)s points.",
        answer.taken,
    ) % {
        "percent": f"{numbers.decimals(rounded(answer.settled * 100 / answer.among, 2))} %",
        "taken": answer.taken,
        "settled": numbers.decimals(rounded(answer.settled, 1), 1),
        "among": numbers.whole(answer.among),
        "would_be": numbers.decimals(rounded(answer.would_be * 100, 2)),
        "rate": numbers.decimals(rounded(answer.rate * 100, 2)),
        "gain": numbers.decimals(rounded(answer.gain * 100, 2), signed=True),
    }


# --- Cards


def cards(report: UnresolvedReport) -> list[dict[str, Any]]:
    """The numbers of the page in short: all misses, those for want of authority and of knowledge, sent back, come back."""
    numbers, totals = Numbers(), report.figures.totals
    misses, handled = _list(report, "not_first_level", {}), _list(report, "handled", {})
    by_reason = {group.key[0]: group.contacts for group in report.reasons()}
    return [
        _card("unresolved", _("Not resolved at first level"), report.misses, report.handled, _("handled"), numbers)
        | _lists(misses, handled),
        _card(
            "authority",
            _("Missing authority"),
            by_reason.get("authority", 0),
            report.misses,
            _("not resolved at first level"),
            numbers,
        )
        | _lists(_list(report, "not_first_level", {"reason": "authority"}), misses),
        _card(
            "knowledge",
            _("Missing knowledge"),
            by_reason.get("knowledge", 0),
            report.misses,
            _("not resolved at first level"),
            numbers,
        )
        | _lists(_list(report, "not_first_level", {"reason": "knowledge"}), misses),
        _card(
            "sent_back",
            _("Sent back"),
            totals.sent_back or 0,
            totals.ever_escalated or 0,
            _("passed on at least once"),
            numbers,
        )
        | _lists(_list(report, "sent_back", {}), _list(report, "ever_escalated", {})),
        _card("repeated", _("People who came back"), report.repeated, report.handled, _("handled"), numbers)
        | _lists(_list(report, "repeated", {}), handled),
    ]


def _card(key: str, label: str, count: int, of: int, of_what: str, numbers: Numbers) -> dict[str, Any]:
    text, _space, unit = numbers.percent_sign(Ratio(count, of)).partition(" ")
    return {
        "key": key,
        "label": label,
        "value": text,
        "unit": unit,
        "numerator": numbers.whole(count),
        "numerator_label": "",
        "numerator_url": None,
        "denominator": numbers.whole(of),
        "denominator_label": of_what,
        "denominator_url": None,
        "definition": "",
        "previous_value": None,
        "delta_points": None,
        "delta_percent": None,
        "direction": None,
    }


def _lists(counted: str, among: str) -> dict[str, str]:
    """The lists of a card's two numbers."""
    return {"list_url": counted, "numerator_url": counted, "denominator_url": among}


# --- Sent back, came back, handed over


def sent_back(report: UnresolvedReport) -> list[dict[str, Any]]:
    """Tables of what was passed to the second level and sent back, by topic and by team; none where nothing was sent back."""
    return [
        table
        for heading, what, rows in (
            (_("Topic"), "topic", report.by_topic.values()),
            (_("Team"), "team", report.by_team.values()),
        )
        if (table := _sent_back_table(report, heading, what, list(rows)))
    ]


def _sent_back_table(report: UnresolvedReport, heading: str, what: Any, groups: list[Row]) -> dict[str, Any] | None:
    numbers, found = Numbers(), []
    for row in sorted(groups, key=lambda one: -(one.counts.sent_back or 0))[:ROWS_SHOWN]:
        if not row.counts.sent_back:
            break
        lists = Lists(query_of(report.period, report.chosen, **{what: row.key or WITHOUT.code}))
        ratio = Ratio(row.counts.sent_back, row.counts.ever_escalated)
        cells = [
            {"text": numbers.whole(row.counts.ever_escalated), "url": lists.url("ever_escalated")},
            {"text": numbers.whole(row.counts.sent_back), "url": lists.url("sent_back")},
            {"text": numbers.percent_sign(ratio), "url": None},
        ]
        found.append({"label": row.label, "url": None, "cells": cells, "is_total": False})
    if not found:
        return None
    title = _("Sent back by the second level, %(period)s") % {"period": period_label(report.period)}
    return {
        "caption": f"{heading}: {title}",
        "columns": [heading, _("Passed on at least once"), _("Sent back"), _("Share")],
        "rows": found,
    }


def pairs(report: UnresolvedReport) -> dict[str, Any] | None:
    """The pairs of topics of those who came back, the most frequent first; None for none."""
    if not report.pairs:
        return None
    numbers = Numbers()
    rows: list[dict[str, Any]] = []
    for pair in report.pairs[:PAIRS_SHOWN]:
        first, then, known = pair.key
        narrowed = {"topic": _code(report.topics, first), "then": _code(report.topics, then)}
        cells = [
            {"text": _name(report.topics, then, "topic") if known else _("not known any more"), "url": None},
            {"text": numbers.whole(pair.contacts), "url": _list(report, "repeated", narrowed) if known else None},
            {"text": numbers.percent_sign(Ratio(pair.contacts, report.repeated)), "url": None},
        ]
        rows.append({"label": _name(report.topics, first, "topic"), "url": None, "cells": cells, "is_total": False})
    if rest := sum(pair.contacts for pair in report.pairs[PAIRS_SHOWN:]):
        cells = [
            {"text": "", "url": None},
            {"text": numbers.whole(rest), "url": None},
            {"text": numbers.percent_sign(Ratio(rest, report.repeated)), "url": None},
        ]
        rows.append({"label": _("All others"), "url": None, "cells": cells, "is_total": False})
    total = [
        {"text": "", "url": None},
        {"text": numbers.whole(report.repeated), "url": _list(report, "repeated", {})},
        {"text": numbers.percent_sign(Ratio(report.repeated, report.repeated)), "url": None},
    ]
    rows.append({"label": _("Total"), "url": None, "cells": total, "is_total": True})
    return {
        "caption": _("Who came back, and with what, %(period)s") % {"period": period_label(report.period)},
        "columns": [_("First contact"), _("Came back with"), _("Contacts"), _("Share")],
        "rows": rows,
    }


def hand_overs(report: UnresolvedReport, lost: Sequence[Lost]) -> dict[str, Any] | None:
    """The hand-overs by team that was given them, with the business hours until somebody took them up; None for none."""
    if not lost:
        return None
    numbers = Numbers()
    rows: list[dict[str, Any]]
    names = {known.code: known.name for known in report.teams.values()}
    rows = [
        {
            "label": names.get(one.team, one.team) or _("no team"),
            "url": None,
            "cells": [
                {"text": numbers.whole(one.number), "url": None},
                {"text": numbers.whole(one.waiting), "url": None},
                {"text": numbers.nothing if one.middle is None else _hours(one.middle), "url": None},
                {"text": _hours(one.seconds), "url": None},
            ],
            "is_total": False,
        }
        for one in lost
    ]
    url = _list(report, "escalated", {})
    number, waiting = sum(one.number for one in lost), sum(one.waiting for one in lost)
    total = [
        {"text": numbers.whole(number), "url": url},
        {"text": numbers.whole(waiting), "url": None},
        {"text": "", "url": None},
        {"text": _hours(sum(one.seconds for one in lost)), "url": None},
    ]
    rows.append({"label": _("Total"), "url": None, "cells": total, "is_total": True})
    return {
        "caption": _("Hand-overs to another team, and the time until somebody took them up"),
        "columns": [
            _("Team"),
            _("Hand-overs"),
            _("Not taken up yet"),
            _("Half of them within"),
            _("Time lost in all"),
        ],
        "rows": rows,
    }


def _hours(seconds: float) -> str:
    """Business time as hours and minutes: 26 h 05 min."""
    whole = round(seconds / 60)
    return _("%(hours)d h %(minutes)02d min") % {"hours": whole // 60, "minutes": whole % 60}


def definitions() -> list[dict[str, str]]:
    """What the words of the page mean."""
    return [
        {"key": f"unresolved-{key}", "term": term, "text": text, "formula": formula}
        for key, term, text, formula in (
            (
                "not",
                _("Not resolved at first level"),
                _(
                    "Contacts that somebody dealt with and that were passed to the second level, were not resolved, got no code, or were"
                    " reopened by the customer."
                ),
                _("handled − resolved at first level"),
            ),
            (
                "cost",
                _("Time of a call, and minutes more"),
                _(
                    "Talk, hold and work after the call, of the calls whose talk is known; written requests have no such time. Minutes"
                    " more: what these calls took above as many calls resolved at first level. A call resolved at first level takes the"
                    " mean of all calls of the period less those not resolved."
                ),
                _("seconds − calls × mean of the calls resolved at first level"),
            ),
            (
                "what-if",
                _("What if"),
                _(
                    "It assumes that nothing else changes: as many contacts, none settled at the cost of another, nobody back for it. A"
                    " reason of one topic counts as one reason."
                ),
                _("(resolved + settled) / handled"),
            ),
            (
                "pairs",
                _("People who came back"),
                _(
                    "Contacts whose person came back about the same area, on any channel, within the days of repeats: with the topic of the"
                    " first contact, and that of the next. Where the person was forgotten since, the next is not known any more."
                ),
                "",
            ),
            (
                "hand-overs",
                _("Hand-overs and time lost"),
                _(
                    "Contacts at second level, by the team that was given them: business time of the second level from the hand-over until"
                    " somebody took it, answered, tried to call, sent it back, passed it on or closed it. To be given to a person is not yet"
                    " to be taken up. Of a period of more than a year, the last 366 days."
                ),
                "",
            ),
        )
    ]
