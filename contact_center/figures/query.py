"""One computation behind the managers' page, the API and the command: counts of a period, from the stored days only."""
# ruff: noqa: S608 - the queries are put together from this module's own words; values are always parameters

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Literal, Protocol

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from contact_center.catalogue import STORED, Parameters
from contact_center.models import Contact, FiguresBasis, FrozenPeriod, TollFreeLine
from foundation.naming import name_sql
from foundation.written_once import ObjectsWrittenOnce

from .counters import FROZEN, KEPT, FromCounters, merged, read_counters
from .daily import basis_matches
from .definitions import COUNTED, Change, Counts, Definition, Ratio, all_changes, definitions, parameters_in_settings
from .half_hours import clock, half_hour_label, weekday_name
from .period import Period

By = Literal["day", "month", "line", "topic", "agent", "team", "channel", "weekday", "half-hour"]
Against = Literal["previous-year"]
Events = Literal["without", "only"]
EVENTS_WITHOUT: Events = "without"
EVENTS_ONLY: Events = "only"
EVENTS: tuple[Events, ...] = (EVENTS_WITHOUT, EVENTS_ONLY)
OF_ANSWERED_CALLS: tuple[By, ...] = ("topic", "agent", "team")  # what a call has once somebody answered it
BY: tuple[By, ...] = ("day", "month", "line", "topic", "agent", "team", "channel", "weekday", "half-hour")

# Changes that wait longer were not counted when they should have been: the beat or its worker stands still.
FRESH_FOR = timedelta(minutes=10)


class CutsCombined(ValueError):
    """The counts are kept by topic or by agent, not by both at once; and of half hours by neither."""


@dataclass(frozen=True, slots=True)
class Without:
    """Chooses what has no line, topic, agent or team, as "-" in addresses and arguments."""

    code: str = "-"


WITHOUT = Without()


class Named(Protocol):
    """A line, topic, agent or team: the row itself, or as much of it as choosing by it takes."""

    @property
    def pk(self) -> int:
        """Its id."""

    @property
    def code(self) -> str:
        """What addresses and arguments call it."""

    @property
    def name(self) -> str:
        """What people call it."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which calls and contacts are looked at: each None means all, WITHOUT those that have none."""

    line: Named | Without | None = None
    topic: Named | Without | None = None
    agent: Named | Without | None = None
    team: Named | Without | None = None
    channel: str | None = None
    events: Events | None = None  # without the contacts of mass events, or these only

    def cut_for(self, by: By | None) -> str:
        """The cut that can answer; CutsCombined if topics are asked for together with agents or teams, or either by half hour."""
        by_topic = self.topic is not None or by == "topic"
        by_agent = self.agent is not None or self.team is not None or by in ("agent", "team")
        if by == "half-hour" and (by_topic or by_agent or self.events is not None):
            raise CutsCombined(
                _(
                    "Half hours cannot be combined with topics, agents, teams or mass events: they are counted by line and channel alone."
                )
            )
        if by_topic and by_agent:
            raise CutsCombined(
                _("Topics cannot be combined with agents or teams: the counts are kept by one or by the other.")
            )
        return "topic" if by_topic else "agent" if by_agent else "line"

    @property
    def is_of_answered_calls(self) -> bool:
        """Whether it chooses by what only answered calls have."""
        return any(choice is not None for choice in (self.topic, self.agent, self.team, self.events))


@dataclass(frozen=True, slots=True)
class Row:
    """The counts of one group. `key` is a code or an ISO date, empty for contacts that have none; `pk` its id, if any."""

    key: str
    label: str
    counts: Counts
    pk: int | None = None
    of_events: "OfEvents | None" = None
    own: Counts | None = None  # those of our own calls and contacts, where `counts` has counters as well
    counters: FromCounters | None = None


@dataclass(frozen=True, slots=True)
class OfEvents:
    """How many of the contacts counted belong to mass events, and how many of these were resolved at first level."""

    handled: int = 0
    first_level: int = 0

    def without(self, counts: Counts) -> Ratio:
        """First level as coded, of the contacts that belong to no mass event."""
        if counts.handled is None or counts.first_level is None:
            return Ratio(None, None)
        return Ratio(counts.first_level - self.first_level, counts.handled - self.handled)


@dataclass(frozen=True, slots=True)
class Earlier:
    """The period compared with."""

    period: Period
    totals: Counts
    rows: list[Row]
    counters: FromCounters | None = None


@dataclass(frozen=True)
class FiguresReport:
    """The figures of a period, with all that is needed to read them."""

    period: Period
    chosen: Chosen
    by: By | None
    parameters: Parameters
    totals: Counts
    rows: list[Row]
    previous: Earlier | None
    computed_at: datetime | None  # None: nothing has ever been counted
    stale_days: int  # days of the period, or of the one compared with, that wait to be counted again
    basis_differs: bool  # counted under other thresholds than the settings have now
    changes: dict[str, Change] = field(default_factory=dict)
    of_events: OfEvents = OfEvents()
    counters: FromCounters | None = None  # what is known of calls from counters alone; it is in the totals
    days_with_counters: int = 0  # of the period, or of the one compared with; some may have calls of ours too

    @cached_property
    def definitions(self) -> list[Definition]:
        """What each figure means under these parameters, in the reader's language."""
        return definitions(self.parameters)

    @property
    def is_stale(self) -> bool:
        """Whether something is not counted as it should be: never counted, changes waiting too long, other thresholds."""
        if self.computed_at is None or self.basis_differs:
            return True
        return self.stale_days > 0 and timezone.now() - self.computed_at > FRESH_FOR


def figures(
    period: Period,
    *,
    line: Named | Without | None = None,
    topic: Named | Without | None = None,
    agent: Named | Without | None = None,
    team: Named | Without | None = None,
    channel: str | None = None,
    events: Events | None = None,
    by: By | None = None,
    against: Against | None = None,
    today: date | None = None,
    like: FiguresReport | None = None,
    frozen: FrozenPeriod | None = None,
) -> FiguresReport:
    """Count the period, whole and by group, and the year before if asked; CutsCombined for topics with agents.

    By topic, agent or team, whether chosen or grouped by, and with or without mass events, what only all calls together can say is None
    (`Counts.of_answered_calls`). Reads stored counts only, in two or three queries whatever the number of calls. It does
    not refresh them: the report
    says when they were made and how many of its days wait; `like` is another report of the same period and moment, whose
    answer to that is taken over. `frozen` is a frozen period that has all days of this one: then the counts, thresholds and
    the moment are those it was frozen with, and there is no year before.
    """
    chosen = Chosen(line=line, topic=topic, agent=agent, team=team, channel=channel, events=events)
    cut = chosen.cut_for(by)
    if frozen is not None and by == "half-hour":
        raise CutsCombined(_("A frozen period is kept by the day: its half hours are not."))
    computed_at: datetime | None
    if frozen is not None:
        parameters, differs, computed_at, stale_days = _parameters_of(frozen), False, frozen.frozen_at, 0
        with_counters, against, today = 1, None, timezone.localdate(frozen.frozen_at)
    elif like is None:
        basis, stale_days, with_counters = _basis(period, period.a_year_before() if against else None)
        parameters, differs = _parameters(basis), not basis_matches(basis)
        computed_at = basis.computed_at if basis else None
    else:
        parameters, differs = like.parameters, like.basis_differs
        computed_at, stale_days, with_counters = like.computed_at, like.stale_days, like.days_with_counters
    open_from = (today or timezone.localdate()) - timedelta(days=parameters.repeat_contact_days)

    rows, totals, counters = _rows_and_total(period, chosen, cut, by, open_from, with_counters > 0, frozen)
    previous = None
    changes: dict[str, Change] = {}
    if against:
        before = period.a_year_before()
        rows_before, totals_before, counters_before = _rows_and_total(
            before, chosen, cut, by, open_from, with_counters > 0
        )
        previous = Earlier(before, totals_before, rows_before, counters_before)
        changes = all_changes(previous.totals, totals, parameters.formula)
    return FiguresReport(
        period=period,
        chosen=chosen,
        by=by,
        parameters=parameters,
        totals=totals,
        rows=rows if by else [],
        previous=previous,
        computed_at=computed_at,
        stale_days=stale_days,
        basis_differs=differs,
        changes=changes,
        of_events=OfEvents(
            sum(row.of_events.handled for row in rows if row.of_events),
            sum(row.of_events.first_level for row in rows if row.of_events),
        ),
        counters=counters,
        days_with_counters=with_counters,
    )


def _basis(period: Period, before: Period | None) -> tuple[FiguresBasis | None, int, int]:
    """The stored thresholds, how many days of the periods wait to be counted, and how many have counters of another system."""
    before = before or period
    found = _BASIS.objects(*(period.start, period.end, before.start, before.end) * 2)
    return (found[0], found[0].stale_days, found[0].counter_days) if found else (None, 0, 0)


def _basis_with_days(*days: date) -> QuerySet:
    waiting = RawSQL(
        "SELECT count(DISTINCT day) FROM contact_center_staleday WHERE day BETWEEN %s AND %s OR day BETWEEN %s AND %s",
        days[:4],
    )
    counted = RawSQL(
        "SELECT count(DISTINCT day) FROM contact_center_daycount WHERE day BETWEEN %s AND %s OR day BETWEEN %s AND %s",
        days[4:],
    )
    return FiguresBasis.objects.annotate(stale_days=waiting, counter_days=counted).order_by("pk")[:1]


_BASIS = ObjectsWrittenOnce(_basis_with_days, *(date(1, 1, day) for day in range(1, 9)))


def _parameters_of(frozen: FrozenPeriod) -> Parameters:
    """The thresholds and the formula with which a period was frozen."""
    return replace(
        parameters_in_settings(),
        service_level_seconds=frozen.service_level_seconds,
        formula=frozen.formula,
        short_abandon_seconds=frozen.short_abandon_seconds,
        repeat_contact_days=frozen.repeat_contact_days,
    )


def current_parameters() -> Parameters:
    """The thresholds the stored counts were made under: the lists behind them go by the same."""
    return _parameters(FiguresBasis.objects.first())


def _parameters(basis: FiguresBasis | None) -> Parameters:
    """The thresholds the stored counts were made under, with the formula of the settings (which only divides them)."""
    wanted = parameters_in_settings()
    if basis is None:
        return wanted
    return replace(
        wanted,
        service_level_seconds=basis.service_level_seconds,
        short_abandon_seconds=basis.short_abandon_seconds,
        repeat_contact_days=basis.repeat_contact_days,
    )


# For each way to group: the key of the stored rows, and the words it is shown by (code, name, order).
GROUPS: dict[By | None, tuple[str, str, str, str]] = {
    None: ("1", "", "NULL::text, NULL::text", "1"),
    "day": ("d.day", "", "NULL::text, NULL::text", "g.key"),
    "month": ("date_trunc('month', d.day::timestamp)::date", "", "NULL::text, NULL::text", "g.key"),
    "weekday": ("extract(isodow FROM d.day)::int", "", "NULL::text, NULL::text", "g.key"),
    "half-hour": ("d.half_hour", "", "NULL::text, NULL::text", "g.key"),
    "channel": ("d.channel", "", "NULL::text, NULL::text", "g.handled + g.offered DESC, g.key"),
    "line": (
        "d.line_id",
        "LEFT JOIN contact_center_tollfreeline n ON n.id = g.key",
        "n.code, {name}",
        "n.position NULLS LAST, n.code",
    ),
    "topic": (
        "d.topic_id",
        "LEFT JOIN contact_center_topic n ON n.id = g.key",
        "n.code, {name}",
        "g.handled DESC, n.code NULLS LAST",
    ),
    "agent": (
        "d.agent_id",
        "LEFT JOIN contact_center_agent n ON n.id = g.key",
        "n.code, n.name",
        "g.handled DESC, n.code NULLS LAST",
    ),
    "team": (
        "(SELECT a.team_id FROM contact_center_agent a WHERE a.id = d.agent_id)",
        "LEFT JOIN contact_center_team n ON n.id = g.key",
        "n.code, {name}",
        "g.handled DESC, n.code NULLS LAST",
    ),
}
SUMS = ", ".join(f"sum(d.{count.name})::bigint AS {count.name}" for count in STORED)
READ = f"""
    SELECT g.key, {{words}}, {", ".join(f"g.{count.name}" for count in COUNTED)}, g.event_handled, g.event_first_level
    FROM (
        SELECT {{key}} AS key, {SUMS},
               COALESCE(sum(d.handled) FILTER (WHERE d.day >= %(open_from)s), 0)::bigint AS provisional,
               COALESCE(sum(d.handled) FILTER (WHERE {{of_event}}), 0)::bigint AS event_handled,
               COALESCE(sum(d.first_level) FILTER (WHERE {{of_event}}), 0)::bigint AS event_first_level
        FROM {{counts}} AND d.day BETWEEN %(start)s AND %(end)s {{filters}}
        GROUP BY 1
    ) g {{join}}
    ORDER BY {{order}}
"""
OF_DAYS = "{figures} d WHERE d.cut = %(cut)s"
OF_HALF_HOURS = "contact_center_halfhourfigures d WHERE true"
FILTERS = {
    "line": "AND d.line_id = %(line)s",
    "topic": "AND d.topic_id = %(topic)s",
    "agent": "AND d.agent_id = %(agent)s",
    "team": "AND d.agent_id IN (SELECT id FROM contact_center_agent WHERE team_id = %(team)s)",
    "channel": "AND d.channel = %(channel)s",
}
FILTERS_BY_EVENTS = {EVENTS_WITHOUT: "AND NOT d.of_mass_event", EVENTS_ONLY: "AND d.of_mass_event"}
FILTERS_WITHOUT = {
    "line": "AND d.line_id IS NULL",
    "topic": "AND d.topic_id IS NULL",
    "agent": "AND d.agent_id IS NULL",
    "team": "AND NOT EXISTS (SELECT FROM contact_center_agent WHERE id = d.agent_id AND team_id IS NOT NULL)",
}


def _rows_and_total(
    period: Period,
    chosen: Chosen,
    cut: str,
    by: By | None,
    open_from: date,
    with_counters: bool,
    frozen: FrozenPeriod | None = None,
) -> tuple[list[Row], Counts, FromCounters | None]:
    """The groups, their sum, and what of it is known from counters alone. The sum over all topics or agents is that of all
    calls, so it is made first.
    """
    rows = list(_rows(period, chosen, cut, by, open_from, frozen))
    total = Counts.total(row.counts for row in rows)
    if chosen.is_of_answered_calls:
        total = total.of_answered_calls()
    if chosen.is_of_answered_calls or by in OF_ANSWERED_CALLS:
        rows = [replace(row, counts=row.counts.of_answered_calls()) for row in rows]
    # Counters know no topic, agent, team or mass event, and every call of theirs has a line.
    if not with_counters or chosen.is_of_answered_calls or isinstance(chosen.line, Without):
        return rows, total, None
    line, kept = chosen.line.pk if chosen.line else None, frozen.pk if frozen else None
    counters = read_counters(period, by="total", line=line, channel=chosen.channel, frozen=kept).get("")
    if by in OF_ANSWERED_CALLS or by in (None, "half-hour") or counters is None:
        return rows, merged(total, counters), counters
    found = read_counters(period, by=by, line=line, channel=chosen.channel, frozen=kept)
    return _rows_with(found, rows, by), merged(total, counters), counters


def _rows_with(found: dict[str, FromCounters], rows: list[Row], by: By) -> list[Row]:
    """The rows with the counters of their groups, and after them the groups of which there are counters alone; days in order."""
    all_rows = [
        replace(row, counts=merged(row.counts, found[row.key]), own=row.counts, counters=found[row.key])
        if row.key in found
        else row
        for row in rows
    ]
    alone = [one for key, one in found.items() if key not in {row.key for row in rows}]
    names = {line.pk: line.shown_name for line in TollFreeLine.objects.filter(pk__in=[one.line for one in alone])}
    for one in alone:
        label = _label_of(by, one.key, names[one.line])
        pk = one.line if by == "line" else None
        all_rows.append(Row(one.key, label, merged(None, one), pk=pk, own=Counts(), counters=one))
    return sorted(all_rows, key=lambda row: row.key) if by in ("day", "month", "weekday") else all_rows


def _label_of(by: By, key: str, line: str) -> str:
    """What a group of counters alone is called."""
    if by == "line":
        return line
    if by == "channel":
        return str(Contact.Channel.PHONE.label)
    return weekday_name(int(key)) if by == "weekday" else key


def sum_of(rows: Iterable[Row]) -> Counts:
    """The counts of several rows together, those of counters as `merged` adds them."""
    rows = list(rows)
    own = Counts.total(row.counts if row.own is None else row.own for row in rows) if rows else Counts()
    several = [row.counters for row in rows if row.counters]
    if not several:
        return own
    return merged(own, replace(several[0], counts=Counts.total(one.counts for one in several)))


def _rows(
    period: Period, chosen: Chosen, cut: str, by: By | None, open_from: date, frozen: FrozenPeriod | None
) -> Iterator[Row]:
    key, join, words, order = GROUPS[by]
    parameters: dict[str, Any] = {"cut": cut, "start": period.start, "end": period.end, "open_from": open_from}
    parameters["frozen"] = frozen.pk if frozen else None
    filters, chosen_values = filters_of(chosen)
    of_half_hours = by == "half-hour"
    query = READ.format(
        key=key,
        join=join,
        words=words.format(name=name_sql("n")),
        order=order,
        counts=OF_HALF_HOURS if of_half_hours else OF_DAYS.format(**(FROZEN if frozen else KEPT)),
        of_event="false" if of_half_hours else "d.of_mass_event",
        filters=filters,
    )
    parameters |= chosen_values
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        for group, code, name, *counts, handled, first_level in cursor.fetchall():
            yield replace(_row(by, group, code, name, Counts(*counts)), of_events=OfEvents(handled, first_level))


def filters_of(chosen: Chosen) -> tuple[str, dict[str, Any]]:
    """The conditions on the stored rows `d` that leave what is chosen, and their parameters."""
    filters, parameters = [], {}
    for name, condition in FILTERS.items():
        if (value := getattr(chosen, name)) is WITHOUT:
            filters.append(FILTERS_WITHOUT[name])
        elif value is not None:
            filters.append(condition)
            parameters[name] = value if name == "channel" else value.pk
    if chosen.events:
        filters.append(FILTERS_BY_EVENTS[chosen.events])
    return " ".join(filters), parameters


def _row(by: By | None, group: Any, code: str | None, name: str | None, counts: Counts) -> Row:
    if by == "day":
        return Row(group.isoformat(), group.isoformat(), counts)
    if by == "month":
        return Row(f"{group:%Y-%m}", f"{group:%Y-%m}", counts)
    if by == "weekday":
        return Row(str(group), weekday_name(group), counts)
    if by == "half-hour":
        return Row(clock(group), half_hour_label(group), counts)
    if by == "channel":
        return Row(group, str(Contact.Channel(group).label), counts)
    if by is None:
        return Row("", "", counts)
    if group is None:
        return Row("", without_group(by), counts)
    return Row(str(code), str(name), counts, pk=group)


def without_group(by: By) -> str:
    """What the group of those that have no line, topic, agent or team is called."""
    return {
        "line": _("in writing"),
        "topic": _("without a topic"),
        "agent": _("nobody"),
        "team": _("no team"),
    }[by]
