"""`explain`: what changed between two periods and why. The page, the API, the command and the exports give its answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from contact_center.catalogue import Figure, Parameters
from contact_center.figures.definitions import BY_KEY, Ratio, value_of
from contact_center.figures.period import Period
from contact_center.figures.query import OF_ANSWERED_CALLS, WITHOUT, By, Chosen
from contact_center.models import Topic
from foundation.chance import FEWEST, Z, beyond_chance

from .chance import Moved, Persons, moved, rate_spread, widening
from .decomposition import NOTHING, Base, LinePart, Part, in_units, shown_parts, three_factors, two_factors
from .periods import Likeness, likeness
from .queries import (
    PERSONS_READ,
    Cells,
    Grouping,
    Side,
    all_topics,
    by_line_and_topic,
    by_topic,
    dated,
    is_of_contacts,
    persons_of,
    sides,
)

GROUPINGS: tuple[Grouping, ...] = ("topic", "line", "channel", "team", "agent")
# The figures whose change can be explained, each with the list to read when its rate moved.
MEASURES: dict[str, str] = {
    "first_level_coded": "not_first_level",
    "first_level_corrected": "first_level_repeated",
    "abandonment": "abandoned_later",
    "service_level": "service_level_base",
}


class NotKnown(ValueError):
    """The figure is not known by these groups: a call that nobody answered has no topic, agent or team."""


@dataclass(frozen=True, slots=True)
class Group:
    """What a group adds to the change. Intervals are None where there are too few contacts, or too few persons, to state one."""

    key: str
    label: str
    before: Base
    after: Base
    part: Part
    weight_moved: Moved | None
    rate_moved: Moved | None
    mix_limits: tuple[float, float] | None  # of the mix part, as a share
    rate_limits: tuple[float, float] | None  # of the rate part, as a share
    is_mix_beyond: bool  # more than chance, among all that is compared
    is_rate_beyond: bool
    mix_points: int  # hundredths of a point as they are written: those of all groups add up to the whole
    rate_points: int

    @property
    def is_new(self) -> bool:
        """Whether it is in the later period only."""
        return not self.before.of

    @property
    def is_gone(self) -> bool:
        """Whether it is in the earlier period only."""
        return not self.after.of

    @property
    def weight(self) -> Fraction:
        """How large the larger of its two parts is."""
        return max(abs(self.part.mix), abs(self.part.rate))


@dataclass(frozen=True, slots=True)
class LineGroup:
    """What a line adds, in three parts, as fractions and as hundredths of a point."""

    key: str
    label: str
    part: LinePart
    points: tuple[int, int, int]


@dataclass(frozen=True)
class Explanation:
    """All of it. Nothing is explained (`groups` is empty) where one of the periods has nothing to divide."""

    period: Period
    against: Period
    chosen: Chosen
    by: Grouping
    figure: Figure
    parameters: Parameters
    before: Base
    after: Base
    moved: Moved | None
    is_beyond: bool
    mix: Fraction
    rate: Fraction
    rate_limits: tuple[float, float] | None
    points: int  # the change in hundredths of a point, as it is written
    mix_points: int
    rate_points: int
    groups: list[Group]  # the largest part first
    lines: list[LineGroup]  # [] where lines and topics are not known, or there is one line alone
    likeness: Likeness
    topics_dated: list[tuple[Topic, date, bool]]
    aht: Ratio
    computed_at: datetime | None
    is_stale: bool
    persons: int | None  # different persons of both periods; None: not looked up
    widening: float  # of the variance, because some called more than once; 1: none, or not looked up

    @property
    def formula(self) -> str:
        """The formula of the service level."""
        return self.parameters.formula

    @property
    def change(self) -> Fraction | None:
        """The exact change, as a share; None where there is nothing to compare."""
        was, now = self.before.share, self.after.share
        return None if was is None or now is None else now - was

    @property
    def more_is_better(self) -> bool:
        """Whether a rise is good."""
        return bool(self.figure.more_is_better)

    @property
    def is_better(self) -> bool | None:
        """Whether the change is one for the better; None where there is none."""
        return None if not self.change else (self.change > 0) == self.more_is_better

    @property
    def off(self) -> Fraction:
        """How many more (or fewer, below zero) went wrong in the later period than would have at the earlier share."""
        found = (self.change or Fraction(0)) * self.after.of
        return -found if self.more_is_better else found

    @property
    def seconds_off(self) -> Fraction | None:
        """What handling as many contacts once more takes, in seconds; None where no talk is known, or for calls."""
        if not self.aht.denominator or self.aht.numerator is None or not is_of_contacts(self.figure, self.formula):
            return None
        return self.off * Fraction(self.aht.numerator, self.aht.denominator)


def explain(
    period: Period,
    against: Period,
    chosen: Chosen | None = None,
    *,
    by: Grouping = "topic",
    measure: str = "first_level_coded",
    today: date | None = None,
) -> Explanation:
    """Take the change of a share from `against` to `period` apart, by groups; NotKnown where it is not known by them.

    Reads stored days: five queries, whatever the number of calls; and two more over the contacts where there are at most
    PERSONS_READ of them, to see whose they were.
    """
    today, chosen, figure = today or timezone.localdate(), chosen or Chosen(), BY_KEY[measure]
    if is_unknown(measure, by, chosen):
        raise NotKnown(not_known())
    counted_by: By = "line" if by == "topic" else by  # topics come with their lines
    now, was = sides(period, against, chosen, by=counted_by, figure=figure, today=today)
    formula = now.report.parameters.formula
    cells: tuple[Cells, Cells] = ({}, {})
    topics: dict[int, Topic] = {}
    lines = {pk: (key, label) for one in (was, now) for key, (label, pk) in one.named.items()}
    if counted_by == "line" and not (chosen.agent or chosen.team) and is_of_contacts(figure, formula):
        cells = by_line_and_topic((against, period), chosen, figure=figure, formula=formula)
    if by == "topic":
        topics = {topic.pk: topic for topic in all_topics()}
        was, now = by_topic(was, cells[0], topics), by_topic(now, cells[1], topics)
    persons = _persons(was, now, chosen, by=by, figure=figure, today=today)
    parts = two_factors(was.groups, now.groups)
    wide = widening(persons.whole) if persons else 1.0
    whole = _moved_of(was.whole, now.whole, persons.whole if persons else None)
    change = (now.whole.share or 0) - (was.whole.share or 0) if parts else Fraction(0)
    points = in_units(Fraction(change))
    mix = sum((part.mix for part in parts.values()), Fraction(0))
    rate = Fraction(change) - mix  # the parts add up exactly: the tests say so
    mix_points, rate_points = shown_parts([mix, rate], points) if parts else (0, 0)
    spread = rate_spread(was.groups, now.groups, widening=wide)
    return Explanation(
        period=period,
        against=against,
        chosen=chosen,
        by=by,
        figure=figure,
        parameters=now.report.parameters,
        before=was.whole,
        after=now.whole,
        moved=whole,
        is_beyond=whole is not None and whole.is_alone_beyond,
        mix=mix,
        rate=rate,
        rate_limits=(float(rate) - Z * spread, float(rate) + Z * spread) if whole and spread else None,
        points=points,
        mix_points=mix_points,
        rate_points=rate_points,
        groups=_groups(was, now, parts, persons, (mix_points, rate_points)),
        lines=_lines(cells, lines, points),
        likeness=likeness(against, period),
        topics_dated=dated(topics.values(), against, period),
        aht=_aht(now, formula),
        computed_at=now.report.computed_at,
        is_stale=now.report.is_stale,  # of the days of both
        persons=persons.number if persons else None,
        widening=wide,
    )


def is_unknown(measure: str, by: str, chosen: Chosen) -> bool:
    """Whether the measure counts calls that nobody answered, and is asked by what only answered ones have."""
    of_all_calls = measure in ("abandonment", "service_level")
    return of_all_calls and (by in OF_ANSWERED_CALLS or chosen.is_of_answered_calls)


def not_known() -> str:
    """Why, in words."""
    return _(
        "A call that nobody answered has no topic, agent or team: abandonment and service level are explained by line or by"
        " channel."
    )


def _aht(now: Side, formula: str) -> Ratio:
    found = value_of(BY_KEY["aht_seconds"], now.report.totals, formula)
    return found if isinstance(found, Ratio) else Ratio(None, None)


# --- Whose contacts they were
@dataclass(slots=True)
class _Whose:
    """Persons of the whole, and of each group by its id: those of its share, and of its weight among all."""

    whole: Persons
    rates: dict[Any, Persons]
    weights: dict[Any, Persons]
    number: int


def _persons(was: Side, now: Side, chosen: Chosen, *, by: Grouping, figure: Figure, today: date) -> _Whose | None:
    """Whose the contacts of both periods were; None where there are too many to look, or where the figure counts calls."""
    parameters = now.report.parameters
    if not is_of_contacts(figure, parameters.formula) or not 0 < was.whole.of + now.whole.of <= PERSONS_READ:
        return None
    found = _Whose(Persons(), {}, {}, 0)
    seen: set[str] = set()
    for one in (was, now):
        of_person: dict[str, list[tuple[Any, int, int]]] = {}
        for group, whose, events, of in persons_of(
            one.report.period, chosen, parameters, by=by, figure=figure, today=today
        ):
            found.rates.setdefault(group, Persons()).add(events, of)
            of_person.setdefault(whose, []).append((group, events, of))
        for counted in of_person.values():
            all_of = sum(of for _group, _events, of in counted)
            found.whole.add(sum(events for _group, events, _of in counted), all_of)
            for group, _events, of in counted:
                found.weights.setdefault(group, Persons()).add(of, all_of)
        seen.update(of_person)
    for weights in found.weights.values():  # those who never asked about the group count in its weight too
        weights.number, weights.of, weights.squares = found.whole.number, found.whole.of, found.whole.squares
    found.number = len(seen)
    return found


def _moved_of(before: Base, after: Base, persons: Persons | None) -> Moved | None:
    if persons is None:
        return moved(before, after)
    if persons.number < FEWEST:
        return None  # a few persons are no sample, however often they called
    return moved(before, after, widening=widening(persons))


# --- Groups
def _groups(
    was: Side,
    now: Side,
    parts: Mapping[str, Part],
    persons: _Whose | None,
    whole_points: tuple[int, int],
) -> list[Group]:
    if not parts:
        return []
    named = {**was.named, **now.named}
    keys = sorted(parts, key=lambda key: (-max(abs(parts[key].mix), abs(parts[key].rate)), key))
    centre = (Fraction(was.whole.events, was.whole.of) + Fraction(now.whole.events, now.whole.of)) / 2
    found: dict[str, tuple[Moved | None, Moved | None]] = {}
    for key in keys:
        before, after = was.groups.get(key, NOTHING), now.groups.get(key, NOTHING)
        pk = named[key][1]
        group = pk if pk is not None or key == WITHOUT.code else key  # a channel is its own id
        of_weight = of_rate = None
        if persons:
            of_weight, of_rate = persons.weights.get(group), persons.rates.get(group)
        weight = _moved_of(Base(before.of, was.whole.of), Base(after.of, now.whole.of), of_weight)
        found[key] = weight, _moved_of(before, after, of_rate)
    marks = _marks(found)
    mix_points = shown_parts([parts[key].mix for key in keys], whole_points[0])
    rate_points = shown_parts([parts[key].rate for key in keys], whole_points[1])
    groups = []
    for place, key in enumerate(keys):
        before, after = was.groups.get(key, NOTHING), now.groups.get(key, NOTHING)
        weight, rate = found[key]
        shares = [share for share in (before.share, after.share) if share is not None]
        times = float(sum(shares, Fraction(0)) / len(shares) - centre)
        mean_weight = (before.of / was.whole.of + after.of / now.whole.of) / 2
        groups.append(
            Group(
                key=key,
                label=named[key][0],
                before=before,
                after=after,
                part=parts[key],
                weight_moved=weight,
                rate_moved=rate,
                mix_limits=_ordered(weight.low * times, weight.high * times) if weight else None,
                rate_limits=(rate.low * mean_weight, rate.high * mean_weight) if rate else None,
                is_mix_beyond=marks[key, 0],
                is_rate_beyond=marks[key, 1],
                mix_points=mix_points[place],
                rate_points=rate_points[place],
            )
        )
    return groups


def _marks(found: Mapping[str, tuple[Moved | None, Moved | None]]) -> dict[tuple[str, int], bool]:
    """What is more than chance among all weights and rates together."""
    stated = [(key, place, one) for key, both in found.items() for place, one in enumerate(both) if one is not None]
    beyond = beyond_chance([one.chance for _key, _place, one in stated])
    marks = dict.fromkeys(((key, place) for key in found for place in (0, 1)), False)
    for (key, place, _one), is_beyond in zip(stated, beyond, strict=True):
        marks[key, place] = is_beyond
    return marks


def _ordered(one: float, other: float) -> tuple[float, float]:
    return min(one, other), max(one, other)


# --- Lines, topics within the line, rates
def _lines(cells: tuple[Cells, Cells], lines: Mapping[int | None, tuple[str, str]], points: int) -> list[LineGroup]:
    parts = three_factors(*cells)
    if len(parts) < 2:
        return []
    keys = sorted(parts, key=lambda pk: (-abs(parts[pk].all), pk or 0))
    flat = [one for key in keys for one in (parts[key].line_mix, parts[key].topic_mix, parts[key].rate)]
    shown = shown_parts(flat, points)
    return [
        LineGroup(
            *lines[key],
            parts[key],
            (shown[3 * place], shown[3 * place + 1], shown[3 * place + 2]),
        )
        for place, key in enumerate(keys)
    ]
