"""What happened with a customer on every channel, in one order. Each app brings its `TimelineSource`s; the top of the project lists them.

The places of the rows are asked in one statement over all kinds, by moment and id and never by a number of rows to pass over;
then the rows of a page are read, kind by kind. So a page costs the same however long the file is.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, DateTimeField, Func, Model, Q, QuerySet, Value
from django.db.models.expressions import Combinable

from customers.timeline.places import Place
from foundation.office.read_only import may_read
from foundation.requests import Reader
from foundation.slots import Slot

PAGE = 25
MOST_OPEN = 25  # rows of what is open, which stands first


class MomentOfDay(Func):
    """The moment of a fact of which the day counts: that of the row where it was written on that day, else the day's first.

    An import brings what happened years ago; its row is of today, and the fact of its own day. The clock is Italy's.
    """

    output_field = DateTimeField()

    def __init__(self, day: str, moment: str) -> None:
        super().__init__(day, moment)

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, Any]:  # type: ignore[override]  # it has no function
        """Both columns are named twice: neither has parameters of its own."""
        (day, day_params), (moment, moment_params) = (compiler.compile(each) for each in self.get_source_expressions())
        assert (*day_params, *moment_params) == (), "of columns alone"
        midnight = f"({day}::timestamp AT TIME ZONE 'Europe/Rome')"
        on_the_day = f"({moment} AT TIME ZONE 'Europe/Rome')::date = {day}"
        return f"CASE WHEN {on_the_day} THEN {moment} ELSE {midnight} END", []


@dataclass(frozen=True)
class Entry:
    """One row as its reader sees it. `tone` is "", "good", "warn" or "bad", and appears in words as well."""

    title: str
    hint: str = ""
    url: str = ""
    tone: str = ""


@dataclass(frozen=True)
class TimelineSource:
    """One kind of thing that happens.

    `code` is its word in addresses. Whoever may read `model` (or `reads`) is shown its rows. `rows` are those of some customers that the
    reader may see; `at` their moment; `open` which of them wait for somebody; `entry` one of them in words, and `prepare`
    the rows with what that looks at.
    """

    code: str
    name: Any
    model: type[Model]
    at: Combinable
    rows: Callable[[Sequence[int], Reader], QuerySet]
    entry: Callable[[Any, Reader], Entry]
    prepare: Callable[[QuerySet], QuerySet] = field(default=lambda rows: rows)
    open: Q | None = None
    reads: type[Model] | None = None  # whose readers see it, where that is another model
    is_of_a_day: bool = False  # the day counts, and the hour may not be known

    def is_for(self, reader: Reader) -> bool:
        """Whether the reader is shown this kind."""
        return may_read(reader, self.reads or self.model)


TIMELINE: Slot[TimelineSource] = Slot("the kinds of a customer's timeline")


@dataclass(frozen=True)
class TimelineRow:
    """A row of the page."""

    place: Place
    source: TimelineSource
    entry: Entry
    is_open: bool

    @property
    def at(self) -> datetime:
        """Its moment."""
        return self.place.at


@dataclass(frozen=True)
class Timeline:
    """A page of the timeline: what is open (on the newest page alone), the rows, and the place after which older ones go on."""

    open: list[TimelineRow]
    rows: list[TimelineRow]
    older: Place | None


def sources_for(reader: Reader) -> list[TimelineSource]:
    """The kinds that the reader may see, in their order."""
    return [each for each in TIMELINE if each.is_for(reader)]


def timeline_of(
    customer_ids: Sequence[int], *, reader: Reader, before: Place | None = None, kind: str = "", page: int = PAGE
) -> Timeline:
    """What happened with these customers (one person's files), newest first, after the place `before`; of one kind, or of all."""
    ranked = [
        (rank, source) for rank, source in enumerate(TIMELINE) if source.is_for(reader) and kind in ("", source.code)
    ]
    asked = [_newest(source, rank, customer_ids, reader, before)[: page + 1] for rank, source in ranked]
    if before is None:
        asked += [
            _places(source, rank, customer_ids, reader)
            .filter(source.open)
            .annotate(waits=_flag(True))
            .values_list(*_PLACE)[:MOST_OPEN]
            for rank, source in ranked
            if source.open is not None
        ]
    found = _found(asked)
    newest = sorted((place for place, waits in found if not waits), key=lambda place: place.order)
    waiting = sorted((place for place, waits in found if waits), key=lambda place: place.order)[:MOST_OPEN]
    shown = newest[:page]
    entries = _entries({*shown, *waiting}, reader)
    rows = [entries[place] for place in shown if place in entries]
    return Timeline(
        [entries[place] for place in waiting if place in entries], rows, shown[-1] if len(newest) > page else None
    )


_PLACE = ("moment", "rank", "id", "waits")


def _flag(value: bool) -> Value:
    return Value(value, output_field=BooleanField())


def _places(source: TimelineSource, rank: int, customer_ids: Sequence[int], reader: Reader) -> QuerySet:
    rows = source.rows(customer_ids, reader).annotate(moment=source.at, rank=Value(rank))
    return rows.order_by("-moment", "-pk")


def _newest(
    source: TimelineSource, rank: int, customer_ids: Sequence[int], reader: Reader, before: Place | None
) -> QuerySet:
    rows = _places(source, rank, customer_ids, reader)
    if before is not None:
        older = Q(moment__lt=before.at)
        if rank > before.rank:
            older |= Q(moment=before.at)
        elif rank == before.rank:
            older |= Q(moment=before.at, pk__lt=before.pk)
        rows = rows.filter(older)
    return rows.annotate(waits=_flag(False)).values_list(*_PLACE)


def _found(asked: list[QuerySet]) -> list[tuple[Place, bool]]:
    """The places that the questions find, asked in one statement."""
    if not asked:
        return []
    first, *others = asked
    rows = first.union(*others, all=True) if others else first
    return [(Place(moment, rank, pk), waits) for moment, rank, pk, waits in rows]


def _entries(places: Iterable[Place], reader: Reader) -> dict[Place, TimelineRow]:
    """The rows of the places, one question for each kind that is among them."""
    by_rank: dict[int, list[Place]] = {}
    for place in places:
        by_rank.setdefault(place.rank, []).append(place)
    made: dict[Place, TimelineRow] = {}
    for rank, of_kind in by_rank.items():
        source = TIMELINE[rank]
        model = source.model._default_manager.all()
        waits = source.open if source.open is not None else Q(pk__in=[])
        rows = source.prepare(model.filter(pk__in=[place.pk for place in of_kind])).annotate(is_open_here=waits)
        known = {row.pk: row for row in rows}
        for place in of_kind:
            if (row := known.get(place.pk)) is not None:  # else it went away between the two questions
                made[place] = TimelineRow(place, source, source.entry(row, reader), row.is_open_here)
    return made
