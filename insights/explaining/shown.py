"""What the page “What changed” shows: an explanation in the reader's language, with the addresses of the lists behind it."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import quote_plus, urlencode

from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contact_center.figures.period import Period
from contact_center.figures.query import WITHOUT, Chosen
from contact_center.models import DailyFigures
from foundation.addresses import address
from insights.figures_page import Lists, Numbers, default_period, query_of
from insights.figures_page import period_label as label_of

from . import periods
from .chance import Moved
from .explanation import MEASURES, Explanation, Group
from .forms import GROUPING_WORDS
from .queries import PERSONS_READ, is_of_contacts
from .sentence import limits, points, share

ROWS_SHOWN = 60
DRAWN = 12  # groups in the drawing
STEPS = 3  # groups that got worse and are offered to be read
OF_FIRST_LEVEL = ("first_level_coded", "first_level_corrected")
OF_MEASURES = ("topic", "team", "line")  # what a measure can concern
LONGEST_LABEL = 32  # of a group in the drawing


# --- Periods
def first_shown(today: date) -> tuple[Period, str]:
    """What the page opens with: the last whole week that has figures before it is asked for, else as the overview does."""
    week, against = periods.ready(today)["last_week"]
    days = DailyFigures.objects.filter(cut=DailyFigures.Cut.LINE, day__gte=week.start, day__lte=week.end)
    if days.exists():
        return week, against
    return default_period(today)[0], periods.YEAR


def ready_words() -> dict[str, str]:
    """The names of the ready comparisons."""
    return {
        "this_week": _("This week so far"),
        "last_week": _("Last week"),
        "last_week_year": _("Last week, a year before"),
        "this_month": _("This month, a year before"),
        "last_month": _("Last month"),
        "last_month_year": _("Last month, a year before"),
        "last_quarter": _("Last quarter"),
        "this_year": _("This year, a year before"),
        "last_year": _("Last year"),
    }


def query(found: Explanation, against: str) -> dict[str, str]:
    """The page's address of this explanation."""
    asked = {**query_of(found.period, found.chosen), "measure": found.figure.key, "by": found.by, "against": against}
    if against == periods.OTHER:
        asked |= {"against_from": found.against.start.isoformat(), "against_to": found.against.end.isoformat()}
    return asked


# --- Lists
class GroupLists:
    """The addresses of the lists behind the numbers of the groups of a period: put together once, and then only added to."""

    def __init__(self, found: Explanation, period: Period) -> None:
        self.base = f"{address('calls')}?{urlencode(query_of(period, found.chosen))}"
        self.by = str(found.by)

    def url(self, figure: str, group: str | None = None) -> str:
        """The list of a number of a group (None: of all)."""
        return (
            f"{self.base}&{self.by}={quote_plus(group)}&figure={figure}" if group else f"{self.base}&figure={figure}"
        )


def base_key(found: Explanation) -> str:
    """The key of the list of all that the share divides by."""
    _numerator, denominator = found.figure.parts(found.formula)
    assert denominator is not None, f"{found.figure.key} is a share"
    return denominator.key


# --- Notes
def notes(found: Explanation, today: date) -> list[str]:
    """What the reader has to know before comparing the two periods."""
    return [one for one in (*_of_periods(found, today), *_of_groups(found), _of_persons(found)) if one]


def _of_periods(found: Explanation, today: date) -> list[str]:
    like, texts = found.likeness, []
    if like.overlap:
        texts.append(
            ngettext(
                "%(count)d day is in both periods: what they have in common cannot have changed.",
                "%(count)d days are in both periods: what they have in common cannot have changed.",
                like.overlap,
            )
            % {"count": like.overlap}
        )
    if like.is_of_other_length:
        texts.append(
            _("The periods have %(before)d and %(after)d days: shares are compared, not numbers.")
            % {"before": like.days[0], "after": like.days[1]}
        )
    if like.weekdays:
        names = ", ".join(str(WEEKDAYS[day]) for day in like.weekdays)
        texts.append(
            _("Not like with like: of the later period these weekdays make up more than of the earlier: %(days)s.")
            % {"days": names}
        )
    open_from = today - timedelta(days=7)
    if found.figure.is_provisional and found.period.end >= open_from:
        texts.append(_("The latest days are provisional: a person may still come back."))
    return texts


def _of_groups(found: Explanation) -> list[str]:
    texts: list[str] = []
    for several, words in (
        ([one for one in found.groups if one.is_new], _("Only in the later period: %(groups)s. All they add is mix.")),
        (
            [one for one in found.groups if one.is_gone],
            _("Only in the earlier period: %(groups)s. All they add is mix."),
        ),
    ):
        if several:
            texts.append(words % {"groups": ", ".join(one.label for one in several)})
    if found.by == "topic":
        for topic, day, is_begun in found.topics_dated:
            dated = {"topic": str(topic), "day": date_format(day, "SHORT_DATE_FORMAT")}
            if is_begun:
                texts.append(
                    _("“%(topic)s” can be chosen from %(day)s only: what was coded otherwise before is mix.") % dated
                )
            else:
                texts.append(
                    _("“%(topic)s” could be chosen until %(day)s: what is coded otherwise since is mix.") % dated
                )
    return texts


def _of_persons(found: Explanation) -> str:
    numbers = Numbers()
    if found.change is None:
        return ""
    if not is_of_contacts(found.figure, found.formula):
        return _("Intervals take every call for a separate one, even of the same caller.")
    if found.persons is None:
        return _(
            "Intervals take every contact for a separate one: of more than %(most)s contacts it is not looked up whose they"
            " were."
        ) % {"most": numbers.whole(PERSONS_READ)}
    contacts = found.before.of + found.after.of
    words = {
        "contacts": numbers.whole(contacts),
        "persons": numbers.whole(found.persons),
        "times": numbers.decimals(Decimal(str(round(found.widening**0.5, 4)))),
    }
    if found.persons == contacts:
        return _("The %(contacts)s contacts are of as many persons.") % words
    if words["times"] == numbers.decimals(Decimal(1)):
        return _("The %(contacts)s contacts are of %(persons)s persons: intervals are hardly wider for that.") % words
    return (
        _("The %(contacts)s contacts are of %(persons)s persons: intervals are %(times)s times as wide for that.")
        % words
    )


# --- Tables
def group_table(found: Explanation) -> dict[str, Any]:
    """The groups with their two parts, the largest first; what adds up is written so that it adds up."""
    numbers = Numbers()
    befores, afters = GroupLists(found, found.against), GroupLists(found, found.period)
    base, wrong, counted = base_key(found), MEASURES[found.figure.key], found.figure.listed(found.formula)
    shown, rest = found.groups[:ROWS_SHOWN], found.groups[ROWS_SHOWN:]
    rows = [_group_row(one, numbers, befores, afters, keys=(base, wrong, counted)) for one in shown]
    if rest:
        mix, rate = sum(one.mix_points for one in rest), sum(one.rate_points for one in rest)
        cells = [numbers.whole(sum(one.before.of for one in rest)), numbers.whole(sum(one.after.of for one in rest))]
        cells += ["", "", points(mix), points(rate), points(mix + rate), "", ""]
        rows.append(_row(_("All others"), cells))
    moved = _interval(found.moved)
    total = [
        (numbers.whole(found.before.of), befores.url(base)),
        (numbers.whole(found.after.of), afters.url(base)),
        (share(found.before), befores.url(counted)),
        (share(found.after), afters.url(counted)),
        (points(found.mix_points), afters.url(base)),
        (points(found.rate_points), afters.url(wrong)),
        (points(found.points), None),
        (moved, None),
        (_verdict(found.moved, found.is_beyond), None),
    ]
    rows.append(
        {
            "label": _("Total"),
            "url": None,
            "cells": [{"text": text, "url": url} for text, url in total],
            "is_total": True,
        }
    )
    contacts = is_of_contacts(found.figure, found.formula)
    return {
        "caption": f"{GROUPING_WORDS[found.by]}, {label_of(found.period)} / {label_of(found.against)}",
        "columns": [
            str(GROUPING_WORDS[found.by]),
            _("Contacts before") if contacts else _("Calls before"),
            _("now"),
            _("Share before"),
            _("now"),
            _("Mix"),
            _("Rate"),
            _("Together"),
            _("Share moved by (95 %)"),
            _("Chance"),
        ],
        "rows": rows,
    }


def _group_row(
    one: Group, numbers: Numbers, befores: GroupLists, afters: GroupLists, *, keys: tuple[str, str, str]
) -> dict[str, Any]:
    base, wrong, counted = keys
    of_parts = befores if one.is_gone else afters
    cells = [
        (numbers.whole(one.before.of), befores.url(base, one.key)),
        (numbers.whole(one.after.of), afters.url(base, one.key)),
        (share(one.before), None if one.is_new else befores.url(counted, one.key)),
        (share(one.after), None if one.is_gone else afters.url(counted, one.key)),
        (points(one.mix_points), of_parts.url(base, one.key)),
        (points(one.rate_points), of_parts.url(wrong, one.key)),
        (points(one.mix_points + one.rate_points), None),
        (_interval(one.rate_moved), None),
        (_verdicts(one), None),
    ]
    return {
        "label": one.label,
        "url": None,
        "cells": [{"text": text, "url": url} for text, url in cells],
        "is_total": False,
    }


def _row(label: str, cells: list[str]) -> dict[str, Any]:
    return {"label": label, "url": None, "cells": [{"text": text, "url": None} for text in cells], "is_total": False}


def _interval(moved: Moved | None) -> str:
    if moved is None:
        return "–"
    low, high = limits(moved.low, moved.high)
    difference, _same = limits(moved.difference, moved.difference)
    return _("%(difference)s (%(low)s to %(high)s)") % {"difference": difference, "low": low, "high": high}


def _verdict(moved: Moved | None, is_beyond: bool) -> str:
    if moved is None:
        return _("too few")
    return _("more than chance") if is_beyond else _("within chance")


def _verdicts(one: Group) -> str:
    """What of the group is more than chance: its mix, its rate, both or neither."""
    if one.rate_moved is None and one.weight_moved is None:
        return _("too few")
    if one.is_mix_beyond and one.is_rate_beyond:
        return _("both more than chance")
    if one.is_rate_beyond:
        return _("rate more than chance")
    if one.is_mix_beyond:
        return _("mix more than chance")
    return _("within chance")


def line_table(found: Explanation) -> dict[str, Any] | None:
    """The lines with their three parts; None where they are not known."""
    if not found.lines:
        return None
    rows = []
    for line in found.lines:
        lists = Lists(query_of(found.period, found.chosen, line=line.key))
        row = _row(line.label, [*map(points, line.points), points(sum(line.points))])
        row["cells"][0]["url"] = row["cells"][1]["url"] = lists.url(base_key(found))
        row["cells"][2]["url"] = lists.url(MEASURES[found.figure.key])
        rows.append(row)
    sums = [sum(line.points[place] for line in found.lines) for place in range(3)]
    total = _row(_("Total"), [*map(points, sums), points(sum(sums))])
    rows.append(total | {"is_total": True})
    what = _("Lines, topics within the line, rates")
    return {
        "caption": f"{what}, {label_of(found.period)} / {label_of(found.against)}",
        "columns": [_("Line"), _("Mix of lines"), _("Mix of topics within the line"), _("Rate"), _("Together")],
        "rows": rows,
    }


# --- The drawing
def chart(found: Explanation) -> dict[str, Any] | None:
    """Both parts of the groups as bars, the largest first; None where there is nothing to draw."""
    drawn = [one for one in found.groups if one.mix_points or one.rate_points][:DRAWN]
    if not drawn:
        return None
    base, wrong = base_key(found), MEASURES[found.figure.key]
    befores, afters = GroupLists(found, found.against), GroupLists(found, found.period)
    lists = [befores if one.is_gone else afters for one in drawn]
    series = [
        {
            "role": "mix",
            "name": _("Mix"),
            "values": [one.mix_points / 100 for one in drawn],
            "urls": [each.url(base, one.key) for each, one in zip(lists, drawn, strict=True)],
        },
        {
            "role": "rate",
            "name": _("Rate"),
            "values": [one.rate_points / 100 for one in drawn],
            "urls": [each.url(wrong, one.key) for each, one in zip(lists, drawn, strict=True)],
        },
    ]
    return {
        "json_id": "chart-changes",
        "data": {
            "kind": "parts",
            "unit": "points",
            "total_label": _("Together"),
            "categories": [_shortened(one.label) for one in drawn],
            "series": series,
        },
    }


def _shortened(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1].rstrip()}…"


# --- What to do next
def next_steps(found: Explanation, *, may_begin: bool = False) -> list[dict[str, str]]:
    """What to read and do first, as {text, url}.

    Where the result got worse beyond chance, the contacts behind it; behind the largest part; why what got worse most, or all of it, was not
    resolved; and a measure for that group, for a reader who may begin one.
    """
    if not found.groups:
        return []
    base, wrong, afters = base_key(found), MEASURES[found.figure.key], GroupLists(found, found.period)
    worse = [one for one in found.groups if one.is_rate_beyond and (one.part.rate > 0) != found.more_is_better]
    words = _("Read the contacts of “%(group)s”: there the result got worse more than chance.")
    steps = [{"text": words % {"group": one.label}, "url": afters.url(wrong, one.key)} for one in worse[:STEPS]]
    largest = found.groups[0]
    if largest not in worse[:STEPS] and (largest.mix_points or largest.rate_points):
        lists = GroupLists(found, found.against) if largest.is_gone else afters
        is_rate = abs(largest.part.rate) >= abs(largest.part.mix)
        words = _("See the contacts behind the largest part: “%(group)s” (%(points)s from its rate).")
        if not is_rate:
            words = _("See the contacts behind the largest part: “%(group)s” (%(points)s from the mix).")
        shown = largest.rate_points if is_rate else largest.mix_points
        steps.append(
            {
                "text": words % {"group": largest.label, "points": points(shown)},
                "url": lists.url(wrong if is_rate else base, largest.key),
            }
        )
    return [*steps, *_about_first_level(found, worse[0] if worse else None, may_begin=may_begin)]


def _about_first_level(found: Explanation, worst: Group | None, *, may_begin: bool) -> list[dict[str, str]]:
    """Why contacts were not resolved, and a measure against it; nothing for figures of calls."""
    if found.figure.key not in OF_FIRST_LEVEL:
        return []
    asked = query_of(found.period, found.chosen)
    if worst is None:
        return [
            {
                "text": _("See why contacts were not resolved at first level."),
                "url": f"{address('unresolved')}?{urlencode(asked)}",
            }
        ]
    asked[str(found.by)] = worst.key
    steps = [
        {
            "text": _("See why “%(group)s” was not resolved at first level.") % {"group": worst.label},
            "url": f"{address('unresolved')}?{urlencode(asked)}",
        }
    ]
    if may_begin and found.by in OF_MEASURES and worst.key != WITHOUT.code:
        about = {str(found.by): worst.key, "about": worst.label}
        steps.append(
            {
                "text": _("Begin a measure for “%(group)s”.") % {"group": worst.label},
                "url": f"{address('measure_new')}?{urlencode(about)}",
            }
        )
    return steps


def chosen_words(chosen: Chosen) -> str:
    """The filters in use, for paper, where the bar is not printed."""
    names = [getattr(one, "name", "") for one in (chosen.line, chosen.topic, chosen.team, chosen.agent)]
    return ", ".join(name for name in names if name)
