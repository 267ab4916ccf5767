"""Queries: what a measure concerns, what it is compared with, and the stored counts of both.

The rule of the comparison: all other groups of the same kind (topics for topics, teams for teams, lines for lines alone) on the
same lines, less those that another measure concerns within the days that are compared, those that were not valid in all of these
days, and those left out by hand.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

from contact_center.figures.period import Period
from contact_center.models import Team, TollFreeLine, Topic
from insights.models import Measure, MeasureGroup

from .effect import Cell, Effect, Four, Windows, effect_of, placebo_windows, windows

TOPIC, TEAM, LINE = "topic", "team", "line"
CUTS = {TOPIC: "topic", TEAM: "agent", LINE: "line"}
READ = """
    SELECT w.number, CASE w.kind WHEN 'topic' THEN d.topic_id WHEN 'team' THEN a.team_id ELSE d.line_id END,
           sum(d.handled)::bigint, sum(d.first_level)::bigint
    FROM unnest(%(numbers)s::int[], %(kinds)s::text[], %(cuts)s::text[], %(starts)s::date[], %(ends)s::date[])
        AS w (number, kind, cut, first, last)
    JOIN contact_center_dailyfigures d ON d.cut = w.cut AND d.day BETWEEN w.first AND w.last
    LEFT JOIN contact_center_agent a ON a.id = d.agent_id
    WHERE NOT EXISTS (SELECT FROM unnest(%(bound)s::int[]) b (number) WHERE b.number = w.number)
       OR EXISTS (SELECT FROM unnest(%(bound)s::int[], %(lines)s::bigint[]) l (number, line)
                  WHERE l.number = w.number AND l.line = d.line_id)
    GROUP BY 1, 2
"""


@dataclass(frozen=True)
class Groups:
    """The groups of a measure, by id."""

    kind: str  # of what is compared: TOPIC, TEAM or LINE
    touched: frozenset[int]
    lines: frozenset[int]  # on which alone contacts count; empty: on all
    left_out: frozenset[int]  # by hand


@dataclass(frozen=True)
class Known:
    """The topics, teams and lines there are, by id: what they are called, and from when until when they are valid."""

    names: dict[str, dict[int, str]]
    valid: dict[int, tuple[date | None, date | None]]  # of topics

    def compared(self, groups: Groups, found: Windows, busy: frozenset[int]) -> frozenset[int]:
        """The groups that the measure is compared with."""
        others = set(self.names[groups.kind]) - groups.touched - groups.left_out - busy
        if groups.kind == TOPIC:
            others = {pk for pk in others if _covers(self.valid[pk], found)}
        return frozenset(others)


def _covers(valid: tuple[date | None, date | None], found: Windows) -> bool:
    first, last = valid
    return (first is None or first <= found.before.start) and (last is None or last >= found.after.end)


@dataclass(frozen=True)
class Answer:
    """The effect of a measure, and what it was computed from."""

    measure: Measure
    effect: Effect
    groups: Groups
    compared: tuple[str, ...]  # names
    overlapping: tuple[Measure, ...]  # measures that concern one of its groups in the same days
    ended: tuple[tuple[str, date], ...] = field(default=())  # of its topics, those that ended within the days


def groups_of(rows: Iterable[MeasureGroup]) -> Groups:
    """The groups of a measure from its rows."""
    touched: dict[str, set[int]] = {TOPIC: set(), TEAM: set(), LINE: set()}
    left_out: dict[str, set[int]] = {TOPIC: set(), TEAM: set(), LINE: set()}
    for row in rows:
        chosen = touched if row.role == MeasureGroup.Role.TOUCHED else left_out
        for kind in chosen:
            if (pk := getattr(row, f"{kind}_id")) is not None:
                chosen[kind].add(pk)
    kind = TOPIC if touched[TOPIC] else TEAM if touched[TEAM] else LINE
    lines = frozenset() if kind == LINE else frozenset(touched[LINE])
    return Groups(kind, frozenset(touched[kind]), lines, frozenset(left_out[kind]))


def known_groups() -> Known:
    """What there is."""
    topics = list(Topic.objects.all())
    return Known(
        names={
            TOPIC: {topic.pk: topic.shown_name for topic in topics},
            TEAM: {team.pk: team.shown_name for team in Team.objects.all()},
            LINE: {line.pk: line.shown_name for line in TollFreeLine.objects.all()},
        },
        valid={topic.pk: (topic.valid_from, topic.valid_to) for topic in topics},
    )


def answers(measures: Sequence[Measure], *, today: date, whole: bool) -> list[Answer]:
    """The effect of each measure by now, in four queries whatever their number; `whole`: with season and placebo dates."""
    if not measures:
        return []
    known = known_groups()
    others = list(Measure.objects.exclude(state=Measure.State.DROPPED).prefetch_related("groups"))
    plans = [_Plan.of(measure, others, known, today, whole=whole) for measure in measures]
    wanted = [(plan, period) for plan in plans for period in plan.periods]
    counts = _read([(plan.groups, period) for plan, period in wanted])
    cells = {(id(plan), period): counts[number] for number, (plan, period) in enumerate(wanted)}
    return [plan.answer(lambda period, plan=plan: cells[id(plan), period]) for plan in plans]


def answer_of(measure: Measure, *, today: date) -> Answer:
    """The effect of one measure, with season and placebo dates."""
    (found,) = answers([measure], today=today, whole=True)
    return found


@dataclass(frozen=True)
class _Plan:
    """What must be counted for a measure."""

    measure: Measure
    groups: Groups
    real: Windows | None
    placebos: tuple[Windows, ...]
    compared: frozenset[int]
    overlapping: tuple[Measure, ...]
    known: Known
    whole: bool

    @classmethod
    def of(cls, measure: Measure, others: list[Measure], known: Known, today: date, *, whole: bool) -> "_Plan":
        groups = groups_of(measure.groups.all())
        real = windows(measure.starts_on, weeks=measure.weeks, today=today)
        span = real or Windows(
            Period(measure.starts_on, measure.starts_on), Period(measure.starts_on, measure.starts_on)
        )
        busy: set[int] = set()
        overlapping = []
        for other in others:
            if other.pk == measure.pk or not span.before.start <= other.starts_on <= span.after.end:
                continue
            theirs = groups_of(other.groups.all())
            if theirs.kind != groups.kind or (groups.lines and theirs.lines and not groups.lines & theirs.lines):
                continue
            busy |= theirs.touched
            if theirs.touched & groups.touched:
                overlapping.append(other)
        return cls(
            measure=measure,
            groups=groups,
            real=real,
            placebos=tuple(placebo_windows(real)) if real and whole else (),
            compared=known.compared(groups, span, frozenset(busy)) if real else frozenset(),
            overlapping=tuple(overlapping),
            known=known,
            whole=whole,
        )

    @property
    def periods(self) -> list[Period]:
        if self.real is None:
            return []
        wanted = [self.real, *self.placebos, *([self.real.a_year_earlier()] if self.whole else [])]
        return list(dict.fromkeys(period for each in wanted for period in (each.before, each.after)))

    def answer(self, counts: Any) -> Answer:
        """The effect from the counts of each period, by group."""

        def total(period: Period, groups: frozenset[int]) -> Cell:
            return sum((cell for pk, cell in counts(period).items() if pk in groups), Cell())

        def four(found: Windows) -> Four:
            touched, compared = self.groups.touched, self.compared
            return Four(
                *(total(period, touched) for period in (found.before, found.after)),
                *(total(period, compared) for period in (found.before, found.after)),
            )

        real, names = self.real, self.known.names[self.groups.kind]
        a_year = None
        if real is not None and self.whole:
            earlier = real.a_year_earlier()
            a_year = Four(
                *(total(period, self.groups.touched) for period in (real.before, real.after)),
                *(total(period, self.groups.touched) for period in (earlier.before, earlier.after)),
            )
        ended: tuple[tuple[str, date], ...] = ()
        if self.groups.kind == TOPIC and real is not None:
            ended = tuple(
                (names[pk], last)
                for pk in sorted(self.groups.touched)
                if (last := self.known.valid[pk][1]) is not None and last < real.after.end
            )
        return Answer(
            measure=self.measure,
            effect=effect_of(
                real,
                four(real) if real else None,
                weeks=self.measure.weeks,
                a_year=a_year,
                placebos=[(each.after.start, four(each)) for each in self.placebos],
            ),
            groups=self.groups,
            compared=tuple(sorted(names[pk] for pk in self.compared)),
            overlapping=self.overlapping,
            ended=ended,
        )


def _read(wanted: list[tuple[Groups, Period]]) -> list[dict[int | None, Cell]]:
    """The handled and resolved contacts of each period by group, in one query."""
    found: list[dict[int | None, Cell]] = [{} for _one in wanted]
    if not wanted:
        return found
    bound = [(number, line) for number, (groups, _period) in enumerate(wanted) for line in sorted(groups.lines)]
    parameters: dict[str, Any] = {
        "numbers": list(range(len(wanted))),
        "kinds": [groups.kind for groups, _period in wanted],
        "cuts": [CUTS[groups.kind] for groups, _period in wanted],
        "starts": [period.start for _groups, period in wanted],
        "ends": [period.end for _groups, period in wanted],
        "bound": [number for number, _line in bound],
        "lines": [line for _number, line in bound],
    }
    with connection.cursor() as cursor:
        cursor.execute(READ, parameters)
        for number, group, handled, first_level in cursor.fetchall():
            found[number][group] = Cell(handled, first_level)
    return found
