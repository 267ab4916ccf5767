"""One computation behind the page, the API and the command: why contacts of a period were not resolved at first level.

Reasons, returns and rates come from the stored days. Only hand-overs are read from the contacts themselves, which are few.
"""
# ruff: noqa: S608 - the queries are put together from this module's own words; values are always parameters

from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from contact_center.figures.period import Period
from contact_center.figures.query import (
    FILTERS,
    FILTERS_WITHOUT,
    WITHOUT,
    Chosen,
    FiguresReport,
    Row,
    figures,
)
from foundation.naming import name_sql

from .kinds import REASONS
from .rules import Cost

TABLES = {
    "dailymisses": ("d.reason, d.topic_id, a.team_id", "sum(d.talks)::bigint, sum(d.seconds)::bigint"),
    "dailyrepeats": ("d.topic_id, d.next_topic_id, d.next_known", "0, 0"),
}
NAMES = """
    SELECT 'topic', id, code, {name} FROM contact_center_topic
    UNION ALL SELECT 'team', id, code, {name} FROM contact_center_team
"""


@dataclass(frozen=True, slots=True)
class Group:
    """Contacts that have something in common: `key` holds a reason, or ids of topics and teams (None: they have none)."""

    key: tuple[Any, ...]
    contacts: int
    talks: int = 0
    seconds: int = 0


@dataclass(frozen=True, slots=True)
class Known:
    """A topic or a team, as it is called."""

    code: str
    name: str


@dataclass(frozen=True)
class UnresolvedReport:
    """Why contacts of a period were not resolved at first level, with all that is needed to read it."""

    figures: FiguresReport
    by_topic: dict[int | None, Row]  # handled, resolved and sent back of each topic; empty where teams are chosen
    by_team: dict[int | None, Row]  # the same of each team; empty where a topic is chosen
    groups: list[Group]  # by reason, topic and team
    pairs: list[Group]  # by topic, topic of the next contact, and whether that is known
    topics: dict[int, Known]
    teams: dict[int, Known]

    @property
    def period(self) -> Period:
        """The days that are counted."""
        return self.figures.period

    @property
    def chosen(self) -> Chosen:
        """The filters."""
        return self.figures.chosen

    @property
    def handled(self) -> int:
        """Contacts that somebody dealt with."""
        return self.figures.totals.handled or 0

    @property
    def first_level(self) -> int:
        """Of these, resolved at first level."""
        return self.figures.totals.first_level or 0

    @property
    def misses(self) -> int:
        """Of these, not resolved at first level."""
        return sum(group.contacts for group in self.groups)

    @property
    def repeated(self) -> int:
        """Contacts whose person came back."""
        return sum(pair.contacts for pair in self.pairs)

    def reasons(self) -> list[Group]:
        """The misses by reason, the most frequent first."""
        return joined(self.groups, lambda key: (key[0],))

    def reasons_of_topics(self) -> list[Group]:
        """The misses by reason and topic."""
        return joined(self.groups, lambda key: (key[0], key[1]))

    def reasons_of_teams(self) -> list[Group]:
        """The misses by reason and team of the agent who answered."""
        return joined(self.groups, lambda key: (key[0], key[2]))

    def topics_missed(self) -> list[Group]:
        """The misses by topic."""
        return joined(self.groups, lambda key: (key[1],))

    def teams_missed(self) -> list[Group]:
        """The misses by team of the agent who answered."""
        return joined(self.groups, lambda key: (key[2],))

    def cost_of(self, group: Group) -> Cost:
        """What the calls of the group took, beside those resolved at first level.

        The handling time of a call is talk, hold and work after it. Those resolved at first level are all calls of the period
        less those of the misses.
        """
        totals = self.figures.totals
        all_seconds = (totals.talk_seconds or 0) + (totals.hold_seconds or 0) + (totals.wrap_seconds or 0)
        return Cost(
            talks=group.talks,
            seconds=group.seconds,
            other_talks=max(0, (totals.talks_known or 0) - sum(one.talks for one in self.groups)),
            other_seconds=max(0, all_seconds - sum(one.seconds for one in self.groups)),
        )


def joined(groups: Iterable[Group], by: Callable[[tuple[Any, ...]], tuple[Hashable, ...]]) -> list[Group]:
    """The groups by a part of their key, the largest first, then in the order of the reasons and of the ids."""
    contacts: Counter[tuple] = Counter()
    talks: Counter[tuple] = Counter()
    seconds: Counter[tuple] = Counter()
    for group in groups:
        key = by(group.key)
        contacts[key] += group.contacts
        talks[key] += group.talks
        seconds[key] += group.seconds
    found = [Group(key, count, talks[key], seconds[key]) for key, count in contacts.items()]
    return sorted(found, key=lambda one: (-one.contacts, [_order(part) for part in one.key]))


def _order(part: Any) -> tuple[bool, int]:
    return (part is None, REASONS.index(part) if part in REASONS else part or 0)


def unresolved(
    period: Period,
    *,
    line: Any = None,
    topic: Any = None,
    agent: Any = None,
    team: Any = None,
    channel: str | None = None,
    today: date | None = None,
) -> UnresolvedReport:
    """Why contacts of the period were not resolved; CutsCombined for topics with agents or teams. Reads stored counts only."""
    asked: dict[str, Any] = {"line": line, "topic": topic, "agent": agent, "team": team, "channel": channel}
    whole = figures(period, **asked, today=today)
    by_topic = by_team = None
    if whole.chosen.cut_for(None) != "agent":
        by_topic = figures(period, **asked, by="topic", today=today, like=whole)
    if whole.chosen.cut_for(None) != "topic":
        by_team = figures(period, **asked, by="team", today=today, like=whole)
    topics, teams = _names()
    return UnresolvedReport(
        figures=whole,
        by_topic={row.pk: row for row in by_topic.rows} if by_topic else {},
        by_team={row.pk: row for row in by_team.rows} if by_team else {},
        groups=_read("dailymisses", period, whole.chosen),
        pairs=sorted(
            _read("dailyrepeats", period, whole.chosen),
            key=lambda one: (-one.contacts, [_order(part) for part in one.key]),
        ),
        topics=topics,
        teams=teams,
    )


def _read(table: str, period: Period, chosen: Chosen) -> list[Group]:
    keys, sums = TABLES[table]
    parameters: dict[str, Any] = {"start": period.start, "end": period.end}
    filters = []
    for name, condition in FILTERS.items():
        if (value := getattr(chosen, name)) is WITHOUT:
            filters.append(FILTERS_WITHOUT[name])
        elif value is not None:
            filters.append(condition)
            parameters[name] = value if name == "channel" else value.pk
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT {keys}, sum(d.contacts)::bigint, {sums}
            FROM contact_center_{table} d LEFT JOIN contact_center_agent a ON a.id = d.agent_id
            WHERE d.day BETWEEN %(start)s AND %(end)s {" ".join(filters)}
            GROUP BY 1, 2, 3
            """,
            parameters,
        )
        return [Group(tuple(row[:3]), *row[3:]) for row in cursor.fetchall()]


def _names() -> tuple[dict[int, Known], dict[int, Known]]:
    found: dict[str, dict[int, Known]] = {"topic": {}, "team": {}}
    with connection.cursor() as cursor:
        cursor.execute(NAMES.format(name=name_sql()))
        for kind, pk, code, name in cursor.fetchall():
            found[kind][pk] = Known(code, name)
    return found["topic"], found["team"]
