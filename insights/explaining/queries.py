"""What an explanation reads: the stored days of two periods; and, of few contacts, whose they were."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import SimpleNamespace
from typing import Any, Literal

from django.db import connection
from django.db.models import Count as Number
from django.db.models import F, TextField, Value
from django.db.models.functions import Cast, Coalesce, Concat

from contact_center.catalogue import Figure, Parameters, Rows, lists
from contact_center.catalogue.measures import Count, Part, Quantity
from contact_center.figures.lists import rows_behind
from contact_center.figures.period import Period
from contact_center.figures.query import WITHOUT, By, Chosen, FiguresReport, figures, filters_of, without_group
from contact_center.models import Topic
from foundation.written_once import ObjectsWrittenOnce

from .decomposition import NOTHING, Base

Grouping = Literal["line", "topic", "channel", "team", "agent"]
PERSONS_READ = 10_000  # contacts of both periods: of more, whose they were is not looked up
COLUMNS: dict[Grouping, str] = {
    "line": "line_id",
    "topic": "topic_id",
    "channel": "channel",
    "team": "agent__team_id",
    "agent": "agent_id",
}


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two periods: its counts, whole and by group."""

    report: FiguresReport
    whole: Base
    groups: dict[str, Base]  # by code, those that have any; WITHOUT's for what has none
    named: dict[str, tuple[str, Any]]  # what each group is called, and its id (None for WITHOUT's, and for channels)


def sides(
    period: Period, against: Period, chosen: Chosen, *, by: By, figure: Figure, today: date
) -> tuple[Side, Side]:
    """Both periods, the later first: three queries of stored days."""
    now = _side(period, chosen, by=by, figure=figure, today=today, together_with=against)
    return now, _side(against, chosen, by=by, figure=figure, today=today, like=now.report)


def _side(period: Period, chosen: Chosen, *, by: By, figure: Figure, **asked: Any) -> Side:
    """The counts of a period that the figure divides, whole and by group."""
    report = figures(
        period,
        line=chosen.line,
        topic=chosen.topic,
        agent=chosen.agent,
        team=chosen.team,
        channel=chosen.channel,
        by=by,
        **asked,
    )
    formula = report.parameters.formula
    groups = {row.key or WITHOUT.code: base_of(figure, row.counts, formula) for row in report.rows}
    named = {row.key or WITHOUT.code: (row.label, row.pk) for row in report.rows}
    return Side(
        report, base_of(figure, report.totals, formula), {key: one for key, one in groups.items() if one.of}, named
    )


def by_topic(one: Side, cells: "Cells", topics: Mapping[int, Topic]) -> Side:
    """The same period with topics for its groups, from its counts by line and topic."""
    groups: dict[str, Base] = {}
    named: dict[str, tuple[str, Any]] = {}
    for (_line, topic), base in cells.items():
        key = topics[topic].code if topic is not None else WITHOUT.code
        before = groups.get(key, NOTHING)
        groups[key] = Base(before.events + base.events, before.of + base.of)
        named[key] = (topics[topic].shown_name if topic is not None else without_group("topic"), topic)
    return replace(one, groups=groups, named=named)


def base_of(figure: Figure, counts: Any, formula: str) -> Base:
    """What the figure divides of some counts; NOTHING where it is not known."""
    numerator, denominator = figure.parts(formula)
    assert denominator is not None, f"{figure.key} is a share"
    events, of = numerator.of(counts), denominator.of(counts)
    return NOTHING if events is None or of is None else Base(events, of)


Cells = dict[tuple[int | None, int | None], Base]
# Written as it is asked: the ORM takes longer over so many sums than the database over adding them up.
READ_CELLS = """
    SELECT d.line_id, d.topic_id, {sums}
    FROM contact_center_dailyfigures d
    WHERE d.cut = 'topic' AND {days} {filters}
    GROUP BY 1, 2 ORDER BY 1, 2
"""
IN_PERIOD = "d.day BETWEEN %(start_{place})s AND %(end_{place})s"


def by_line_and_topic(
    periods: tuple[Period, Period], chosen: Chosen, *, figure: Figure, formula: str
) -> tuple[Cells, Cells]:
    """The counts of two periods by line and topic (ids, None for those that have none). Not for agents or teams."""
    numerator, denominator = figure.parts(formula)
    assert denominator is not None, f"{figure.key} is a share"
    names = sorted({count.name for quantity in (numerator, denominator) for count in _counts(quantity)})
    filters, values = filters_of(chosen)
    days: list[str] = []
    for place, period in enumerate(periods):
        values |= {f"start_{place}": period.start, f"end_{place}": period.end}
        days.append(IN_PERIOD.format(place=place))
    sums = (f"COALESCE(sum(d.{name}) FILTER (WHERE {within}), 0)::bigint" for within in days for name in names)
    query = READ_CELLS.format(sums=", ".join(sums), days=f"({days[0]} OR {days[1]})", filters=filters)
    found: tuple[Cells, Cells] = ({}, {})
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        for line, topic, *counted in cursor.fetchall():
            for place, cells in enumerate(found):
                counts = counted[place * len(names) : (place + 1) * len(names)]
                if not any(counts):
                    continue
                base = base_of(figure, SimpleNamespace(**dict(zip(names, counts, strict=True))), formula)
                if base.of:
                    cells[line, topic] = base
    return found


def _counts(quantity: Quantity) -> tuple[Count, ...]:
    if isinstance(quantity, Count):
        return (quantity,)
    return (*quantity.adds, *quantity.less) if isinstance(quantity, Part) else ()


def persons_of(
    period: Period, chosen: Chosen, parameters: Parameters, *, by: Grouping, figure: Figure, today: date
) -> Iterator[tuple[Any, str, int, int]]:
    """Whose the contacts of a period were: (group's id or channel, person, events, contacts). A contact that nobody is
    known for is a person of its own.
    """
    numerator, denominator = figure.parts(parameters.formula)
    assert denominator is not None, f"{figure.key} is a share"
    rows = rows_behind(denominator.key, period, chosen, parameters, user=None, today=today)
    whose = Coalesce(F("person_key"), Concat(Value("contact:"), Cast("pk", TextField()), output_field=TextField()))
    counted = (
        rows.order_by()
        .values(group=F(COLUMNS[by]), whose=whose)
        .annotate(events=Number("pk", filter=numerator.condition(parameters, today)), of=Number("pk"))
    )
    yield from counted.values_list("group", "whose", "events", "of")


def is_of_contacts(figure: Figure, formula: str) -> bool:
    """Whether the figure counts contacts, and not calls."""
    _numerator, denominator = figure.parts(formula)
    return denominator is not None and lists(formula)[denominator.key].rows == Rows.CONTACTS


def all_topics() -> list[Topic]:
    """All topics by their codes."""
    return _TOPICS.objects()


_TOPICS = ObjectsWrittenOnce(lambda: Topic.objects.order_by("code"))


def dated(topics: Iterable[Topic], earlier: Period, later: Period) -> list[tuple[Topic, date, bool]]:
    """Those that could not be chosen all through both periods: with the day they began (True) or last were valid."""
    first, last = min(earlier.start, later.start), max(earlier.end, later.end)
    found = []
    for topic in topics:
        if topic.valid_from and first < topic.valid_from <= last:
            found.append((topic, topic.valid_from, True))
        if topic.valid_to and first <= topic.valid_to < last:
            found.append((topic, topic.valid_to, False))
    return found
