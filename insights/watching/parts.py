"""Query: the three largest parts of why a figure's period differs from the periods before it."""

from datetime import date, timedelta
from typing import Any, Literal

from django.conf import settings
from django.utils import translation

from contact_center.figures.definitions import Ratio, value_of
from contact_center.figures.period import Period
from contact_center.figures.query import figures
from contact_center.models import TollFreeLine
from insights.explaining.decomposition import Base, two_factors

from .figures import Watched
from .rules import Kind, Step

LARGEST = 3
Cut = Literal["line", "topic", "channel"]
Group = tuple[str, str]  # code, name
Pair = tuple[int, int]  # above, below


def largest_parts(
    one: Watched, line: TollFreeLine | None, *, step: Step, start: date, formula: str
) -> list[dict[str, Any]]:
    """At most three parts, largest first, of the difference to the periods before, in its own direction.

    Each is {cut, code, name, why, part}: by line, topic or channel; `why` is "rate" where the group itself changed, "mix" where it has
    another share of all, "number" of calls; `part` in the figure's unit (a share, seconds, or calls). Only cuts by which
    the figure is known. Names are kept in the language of the house, whoever asks.
    """
    with translation.override(settings.LANGUAGE_CODE):
        return _largest_parts(one, line, step=step, start=start, formula=formula)


def _largest_parts(
    one: Watched, line: TollFreeLine | None, *, step: Step, start: date, formula: str
) -> list[dict[str, Any]]:
    after = Period(start, start + timedelta(days=step.days - 1))
    before = Period(start - timedelta(days=step.days * step.back), start - timedelta(days=1))
    found: list[dict[str, Any]] = []
    for cut in _cuts(one, line):
        then, now = (
            {
                (row.key, row.label): pair
                for row in figures(period, line=line, by=cut).rows
                if (pair := _pair(one, value_of(one.figure, row.counts, formula))) is not None
            }
            for period in (before, after)
        )
        parts = number_parts(then, now, 1 / step.back) if one.kind == Kind.NUMBER else rate_parts(then, now)
        found += [
            {"cut": cut, "code": code, "name": name, "why": why, "part": part} for (code, name), why, part in parts
        ]
    total = sum(each["part"] for each in found)
    same_way = [each for each in found if each["part"] * total > 0]
    return sorted(same_way, key=lambda each: -abs(each["part"]))[:LARGEST]


def rate_parts(then: dict[Group, Pair], now: dict[Group, Pair]) -> list[tuple[Group, str, float]]:
    """Rule: each group's rate and mix, which add up to the difference of the two quotients (`explaining.decomposition`)."""
    before, after = ({group: Base(*pair) for group, pair in pairs.items()} for pairs in (then, now))
    return [
        (group, why, float(amount))
        for group, part in two_factors(before, after).items()
        for why, amount in (("rate", part.rate), ("mix", part.mix))
    ]


def number_parts(then: dict[Group, Pair], now: dict[Group, Pair], scale: float) -> list[tuple[Group, str, float]]:
    """Rule: by how much each group's number differs from what it was, `scale` times."""
    return [
        (group, "number", now.get(group, (0, 0))[0] - then.get(group, (0, 0))[0] * scale)
        for group in then.keys() | now.keys()
    ]


def _cuts(one: Watched, line: TollFreeLine | None) -> list[Cut]:
    """By what the figure is known: a call that nobody answered has no topic, and a call no channel but one."""
    of_all_calls = one.above.of_all_calls or (one.below is not None and one.below.of_all_calls)
    of_contacts = one.above.rows.value == "contacts"
    return [
        *(["line"] if line is None else []),  # type: ignore[list-item]
        *([] if of_all_calls else ["topic"]),  # type: ignore[list-item]
        *(["channel"] if of_contacts and line is None else []),  # type: ignore[list-item]
    ]


def _pair(one: Watched, value: Ratio | int | None) -> Pair | None:
    if isinstance(value, Ratio):
        return None if value.numerator is None or value.denominator is None else (value.numerator, value.denominator)
    return None if value is None else (value, 1)
