"""The plan of an erasure in words: for the person, for the data protection officer, and for the letter about it."""

from datetime import date
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import Customer, ErasureRequest
from customers.privacy.explaining import Explanation, Going, Staying

from .erasure import held_whole, obstacles_of
from .planning import HELD, Plan, going_of, plan_erasure
from .rules import RULES


def explain(customer: Customer) -> Explanation:
    """What an erasure would do if it were granted now, by heading, in the language of the moment."""
    waits = [str(each) for each in obstacles_of(customer)]
    if held_whole(customer):
        waits.append(str(HELD))
    return explained(plan_erasure(customer, granting=True), waits=waits)


def explained(plan: Plan, *, waits: list[str]) -> Explanation:
    """A plan by heading: rows of the same heading together, those that stay by their reason."""
    goes: dict[str, int] = {}
    stays: dict[tuple[str, str], list[tuple[int, date | None]]] = {}
    for line in plan.lines:
        heading = str(line.rule.heading)
        for each in going_of(line):
            goes[str(each.rule.heading)] = goes.get(str(each.rule.heading), 0) + len(each.keys)
        for stay in line.stays:
            stays.setdefault((heading, str(stay.why)), []).append((len(stay.keys), stay.until))
    return Explanation(
        goes=tuple(Going(heading, number) for heading, number in goes.items()),
        stays=tuple(
            Staying(heading, sum(number for number, _day in rows), why, _last([day for _number, day in rows]))
            for (heading, why), rows in stays.items()
        ),
        waits=tuple(waits),
        keeps_sign_in=plan.works_here,
    )


def sentences(explanation: Explanation) -> dict[str, list[str]]:
    """The explanation as the lines of a letter: `goes`, `stays`, `waits`."""
    stays = [
        _("%(heading)s: %(why)s. %(until)s")
        % {"heading": each.heading, "why": each.why, "until": until_in_words(each.until)}
        for each in explanation.stays
    ]
    if explanation.keeps_sign_in:
        stays.append(_("Your sign-in, for what else you use it for."))
    return {"goes": [each.heading for each in explanation.goes], "stays": stays, "waits": list(explanation.waits)}


def until_in_words(day: date | None) -> str:
    """Until when it stays."""
    if day is None:
        return _("Until when is not known yet")
    return _("Until %(day)s") % {"day": formats.date_format(day, "SHORT_DATE_FORMAT")}


def rows_in_words(number: int) -> str:
    """So many rows."""
    return ngettext("%(number)d row", "%(number)d rows", number) % {"number": number}


def outcome_in_words(request: ErasureRequest, *, with_tables: bool = True) -> list[str]:
    """What was done with a request, a line for each kind of row; reasons in the reader's language. The person needs no tables."""
    headings = {rule.name: str(rule.heading) for rule in RULES}
    lines: list[str] = []
    for each in request.outcome:
        heading = headings.get(each["rule"], each["rule"])
        known: dict[str, Any] = {"what": f"{heading} ({each['rule']})" if with_tables else heading}
        if "goes" in each:
            known["rows"] = rows_in_words(each["goes"])
            lines.append(_("%(what)s: %(rows)s, gone") % known)
            continue
        until = date.fromisoformat(each["until"]) if each["until"] else None
        known |= {"rows": rows_in_words(each["stays"]), "why": _(each["why"]), "until": until_in_words(until)}
        lines.append(_("%(what)s: %(rows)s, kept: %(why)s. %(until)s") % known)
    return lines


def _last(days: list[date | None]) -> date | None:
    return None if None in days else max(day for day in days if day is not None)
