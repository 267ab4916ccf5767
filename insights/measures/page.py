"""What the pages of measures show, in the reader's language."""

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contact_center.figures.definitions import Ratio
from contact_center.figures.unresolved.rules import rounded
from foundation.addresses import address
from foundation.dates import written_day
from foundation.office.changes import Change
from insights.figures_page import Numbers, period_label
from insights.models import Measure, MeasureGroup

from .comparing import LINE, TEAM, Answer
from .effect import FEWEST, Cell, Estimate, Missing, Verdict, Which


def group_names(measure: Measure) -> str:
    """Whom the measure concerns."""
    rows = [row for row in measure.groups.all() if row.role == MeasureGroup.Role.TOUCHED]
    return ", ".join(str(row) for row in rows)


def state_words(measure: Measure, today: date) -> dict[str, str]:
    """How far it has come, with the colour of that."""
    if measure.state == Measure.State.RECORDED:
        return {"label": str(measure.get_state_display()), "tone": "good"}
    if measure.state == Measure.State.DROPPED:
        return {"label": str(measure.get_state_display()), "tone": ""}
    if measure.starts_on > today:
        return {"label": _("planned"), "tone": ""}
    if measure.starts_on + timedelta(weeks=measure.weeks) > today:
        return {"label": _("being observed"), "tone": "warn"}
    return {"label": _("to be recorded"), "tone": "bad"}


def estimate_short(estimate: Estimate | None) -> str:
    """+2,90 (+0,83; +4,97), or n/a."""
    numbers = Numbers()
    if estimate is None:
        return numbers.nothing
    return f"{_points(estimate.value)} ({_points(estimate.low)}; {_points(estimate.high)})"


def _points(value: Fraction | float) -> str:
    return Numbers().decimals(rounded(Fraction(value) * 100, 2), signed=True)


def result_short(measure: Measure) -> str:
    """The result that was recorded; empty for none."""
    if measure.result_points is None or measure.result_low is None or measure.result_high is None:
        return ""
    numbers = Numbers()
    value, low, high = (
        numbers.decimals(one, signed=True) for one in (measure.result_points, measure.result_low, measure.result_high)
    )
    return f"{value} ({low}; {high})"


def overview_row(answer: Answer, today: date) -> dict[str, Any]:
    """A measure among others."""
    measure = answer.measure
    return {
        "title": measure.title,
        "url": address("measure", measure.pk),
        "kind": measure.get_kind_display(),
        "groups": group_names(measure),
        "starts_on": measure.starts_on,
        "owner": str(measure.owner),
        "state": state_words(measure, today),
        "expected": Numbers().decimals(measure.expected_points, signed=True)
        if measure.expected_points is not None
        else "–",
        "effect": estimate_short(answer.effect.estimate),
        "verdict": verdict_short(answer.effect.estimate),
        "result": result_short(measure) or "–",
    }


def verdict_short(estimate: Estimate | None) -> str:
    """Whether it is chance, in few words; empty where nothing can be said."""
    if estimate is None:
        return ""
    return {
        Verdict.MORE: _("more than chance"),
        Verdict.FEWER: _("worse, more than by chance"),
        Verdict.CHANCE: _("may be chance"),
    }[estimate.verdict]


def sentence(answer: Answer) -> str:
    """What can be said about the effect by now, in one sentence that is true by construction."""
    effect, measure = answer.effect, answer.measure
    if effect.windows is None:
        first = written_day(measure.starts_on + timedelta(days=7))
        return _("No whole week of it is over yet: the first effect can be computed on %(day)s.") % {"day": first}
    if not answer.compared:
        return _("Nothing remains to compare it with: every other group is left out, or concerned by another measure.")
    if effect.estimate is None:
        return _(
            "There are too few contacts to say anything: at least %(fewest)d are needed in each of the four groups."
        ) % {"fewest": FEWEST}
    value = effect.estimate.value
    numbers = {
        "points": Numbers().decimals(rounded(abs(value) * 100, 2)),
        "low": _points(effect.estimate.low),
        "high": _points(effect.estimate.high),
    }
    if value == 0:
        return (
            _(
                "The share resolved at first level moved exactly as in the comparison group (95 %%: %(low)s to %(high)s points): it may be"
                " chance."
            )
            % numbers
        )
    sentences = {
        (True, Verdict.MORE): _(
            "The share resolved at first level moved by %(points)s points more than in the comparison group (95 %%: %(low)s to"
            " %(high)s): more than chance."
        ),
        (True, Verdict.CHANCE): _(
            "The share resolved at first level moved by %(points)s points more than in the comparison group (95 %%: %(low)s to"
            " %(high)s): it may be chance."
        ),
        (False, Verdict.FEWER): _(
            "The share resolved at first level moved by %(points)s points less than in the comparison group (95 %%: %(low)s to"
            " %(high)s): worse, and more than chance."
        ),
        (False, Verdict.CHANCE): _(
            "The share resolved at first level moved by %(points)s points less than in the comparison group (95 %%: %(low)s to"
            " %(high)s): it may be chance."
        ),
    }
    return sentences[value > 0, effect.estimate.verdict] % numbers


def missing_words(answer: Answer) -> list[str]:
    """For each group with too few contacts: how many are missing, and until when to wait."""
    return [_missing(one) for one in answer.effect.missing]


def _missing(one: Missing) -> str:
    where = {
        Which.BEFORE: _("Concerned, before"),
        Which.AFTER: _("Concerned, after"),
        Which.OTHERS_BEFORE: _("Compared, before"),
        Which.OTHERS_AFTER: _("Compared, after"),
    }[one.which]
    counted = ngettext(
        "%(where)s: %(count)d contact, %(missing)d are missing.",
        "%(where)s: %(count)d contacts, %(missing)d are missing.",
        one.contacts,
    ) % {"where": where, "count": one.contacts, "missing": one.missing}
    if one.wait_until is not None:
        day = written_day(one.wait_until)
        return counted + " " + _("At this rate there are enough on %(day)s.") % {"day": day}
    return counted + " " + _("Waiting will not do: observe more weeks, or concern more topics.")


def overlap(answer: Answer) -> str:
    """Which other measures concern the same group in the same weeks, of an answer that has some."""
    names = ", ".join(
        f"“{one.title}” ({date_format(one.starts_on, 'SHORT_DATE_FORMAT')})" for one in answer.overlapping
    )
    return _(
        "Other measures concern the same group in these weeks: %(names)s. What each of them did cannot be separated."
    ) % {"names": names}


def notes(answer: Answer) -> list[str]:
    """What must be known to read the effect."""
    found = []
    if answer.overlapping:
        found.append(overlap(answer))
    for name, last in answer.ended:
        found.append(
            _(
                "The topic “%(topic)s” ended on %(day)s: what came after it is under another topic and not counted here."
            )
            % {"topic": name, "day": date_format(last, "SHORT_DATE_FORMAT")}
        )
    effect = answer.effect
    if effect.failed_placebos:
        found.append(
            ngettext(
                "On %(failed)d of %(all)d earlier dates the same computation finds an effect where there was none: read this one with"
                " caution.",
                "On %(failed)d of %(all)d earlier dates the same computation finds effects where there were none: read this one with"
                " caution.",
                effect.failed_placebos,
            )
            % {"failed": effect.failed_placebos, "all": len(effect.placebos)}
        )
    elif effect.placebos:
        found.append(
            ngettext(
                "On %(all)d earlier date, on which nothing began, the same computation finds no effect beyond chance.",
                "On %(all)d earlier dates, on which nothing began, the same computation finds no effect beyond chance.",
                len(effect.placebos),
            )
            % {"all": len(effect.placebos)}
        )
    return found


def four_table(answer: Answer) -> dict[str, Any] | None:
    """The four groups that are compared; None while no week is over."""
    effect, numbers = answer.effect, Numbers()
    if effect.windows is None or effect.four is None:
        return None
    four = effect.four

    def row(label: str, before: Cell, after: Cell) -> dict[str, Any]:
        moved = numbers.nothing
        if before.share is not None and after.share is not None:
            moved = _points(after.share - before.share)
        cells = [
            *(text for cell in (before, after) for text in (numbers.whole(cell.contacts), _share(cell, numbers))),
            moved,
        ]
        return {
            "label": label,
            "url": None,
            "cells": [{"text": text, "url": None} for text in cells],
            "is_total": False,
        }

    return {
        "caption": _("Before and after"),
        "columns": [
            _("Group"),
            _("Contacts, %(period)s") % {"period": period_label(effect.windows.before)},
            _("First level before"),
            _("Contacts, %(period)s") % {"period": period_label(effect.windows.after)},
            _("First level after"),
            _("Points"),
        ],
        "rows": [
            row(_("Concerned"), four.before, four.after),
            row(_("Compared with"), four.others_before, four.others_after),
        ],
    }


def _share(cell: Cell, numbers: Numbers) -> str:
    return numbers.percent_sign(Ratio(cell.resolved, cell.contacts))


def checks_table(answer: Answer) -> dict[str, Any] | None:
    """The same computation another way: against a year earlier, and about dates on which nothing began; None for none."""
    effect = answer.effect
    found: list[tuple[str, Estimate]] = []
    if effect.season is not None:
        found.append((_("Against the same weeks a year earlier, the same group"), effect.season))
    found += [
        (_("As if it had begun on %(day)s") % {"day": date_format(one.at, "SHORT_DATE_FORMAT")}, one.estimate)
        for one in effect.placebos
    ]
    if not found:
        return None
    rows = [
        {
            "label": label,
            "url": None,
            "cells": [
                {"text": _points(one.value), "url": None},
                {"text": _points(one.low), "url": None},
                {"text": _points(one.high), "url": None},
                {"text": verdict_short(one), "url": None},
            ],
            "is_total": False,
        }
        for label, one in found
    ]
    return {
        "caption": _("The same another way"),
        "columns": [_("Computation"), _("Points"), _("At least"), _("At most"), _("Chance?")],
        "rows": rows,
    }


def compared_words(answer: Answer) -> str:
    """With what it is compared."""
    if not answer.compared:
        return "–"
    kind = answer.groups.kind
    if kind == TEAM:
        counted = ngettext("%(count)d team: %(names)s", "%(count)d teams: %(names)s", len(answer.compared))
    elif kind == LINE:
        counted = ngettext("%(count)d line: %(names)s", "%(count)d lines: %(names)s", len(answer.compared))
    else:
        counted = ngettext("%(count)d topic: %(names)s", "%(count)d topics: %(names)s", len(answer.compared))
    return counted % {"count": len(answer.compared), "names": ", ".join(answer.compared)}


def changes_table(changes: Sequence[Change]) -> dict[str, Any] | None:
    """What was changed of the measure since it was written, the latest first; None for nothing."""
    if not changes:
        return None
    rows = [
        {
            "label": date_format(localtime(one.at), "SHORT_DATETIME_FORMAT"),
            "url": None,
            "cells": [{"text": text, "url": None} for text in (one.by, one.field, one.old, one.new)],
            "is_total": False,
        }
        for one in changes
    ]
    return {
        "caption": _("What changed"),
        "columns": [_("When"), _("Who"), _("Field"), _("Before"), _("After")],
        "rows": rows,
    }
