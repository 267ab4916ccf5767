"""Query: the time of a period in each state and how much of it was occupied, from the stored days (`AgentDay`).

Without an agreement that allows to watch single people (`contact_center.agents.board.by_person`) a team counts on the days on which enough of
its people were on duty (FEWEST). On the others the small teams of the day count together, if they are enough together, and else not at all: then no
difference of two periods is a person either.
"""
# ruff: noqa: S608 - the queries are put together from this module's own words; values are always parameters

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from django.db import connection

from contact_center.agents.board import FEWEST
from contact_center.models.kept_days import DUTY_STATES
from foundation.naming import name_sql

from .definitions import Ratio
from .period import Period

DutyBy = Literal["team", "day", "agent"]


@dataclass(frozen=True, slots=True)
class Duty:
    """Whole seconds in each state, which add up to the time on duty; `people` are the most that were on duty on one day."""

    key: str
    label: str
    people: int
    signed_in: int = 0
    ready: int = 0
    pause: int = 0
    written: int = 0
    on_call: int = 0
    after_call: int = 0

    @property
    def total(self) -> int:
        """The time on duty."""
        return sum(getattr(self, state) for state in DUTY_STATES)

    @property
    def occupancy(self) -> Ratio:
        """Handling calls, over handling and being ready for one; of nothing where neither was."""
        handling = self.on_call + self.after_call
        return Ratio(handling, handling + self.ready)


@dataclass(frozen=True, slots=True)
class DutyReport:
    """The groups and what they add up to. `left_out`: whether there was duty of so few that it is not shown."""

    rows: list[Duty]
    total: Duty
    left_out: bool


SEVERAL = "several"  # the key of small teams together
_SUMS = ", ".join(f"sum({state})::bigint AS {state}" for state in DUTY_STATES)
_SHOWN = f"""
    WITH per AS (
        SELECT day, team_id, count(*)::int AS people, {_SUMS}
        FROM contact_center_agentday WHERE day BETWEEN %(start)s AND %(end)s GROUP BY 1, 2
    ), sized AS (
        SELECT per.*, people >= %(fewest)s AS is_enough,
               sum(people) FILTER (WHERE people < %(fewest)s) OVER (PARTITION BY day) AS pooled
        FROM per
    ), shown AS (SELECT *, is_enough OR pooled >= %(fewest)s AS is_shown FROM sized)
"""
BY_TEAM = f"""{_SHOWN}, grouped AS (
        SELECT is_shown, is_enough, CASE WHEN is_enough THEN team_id END AS team_id, day, sum(people)::int AS people, {_SUMS}
        FROM shown GROUP BY 1, 2, 3, 4
    )
    SELECT is_shown, CASE WHEN NOT is_enough THEN '{SEVERAL}' ELSE COALESCE(t.code, '') END, {{name}}, g.people, {", ".join(DUTY_STATES)}
    FROM (
        SELECT is_shown, is_enough, team_id, max(people) AS people, {_SUMS} FROM grouped GROUP BY 1, 2, 3
    ) g LEFT JOIN contact_center_team t ON t.id = g.team_id
    ORDER BY is_enough DESC, t.level NULLS LAST, 3, 2
"""
BY_DAY = f"""{_SHOWN}
    SELECT is_shown, day, NULL::text, sum(people)::int, {_SUMS} FROM shown GROUP BY 1, 2 ORDER BY 2
"""
BY_AGENT = f"""
    SELECT true, COALESCE(a.code, ''), a.name, 1, {", ".join(DUTY_STATES)}
    FROM (
        SELECT agent_id, {_SUMS} FROM contact_center_agentday WHERE day BETWEEN %(start)s AND %(end)s GROUP BY 1
    ) g LEFT JOIN contact_center_agent a ON a.id = g.agent_id
    ORDER BY a.name NULLS LAST, 2
"""


def duty(period: Period, *, by: DutyBy, by_person: bool) -> DutyReport:
    """The time on duty of the period by team, day or agent. One query. ValueError for agents where single people may not be shown."""
    if by == "agent" and not by_person:
        raise ValueError("single people are not shown without an agreement")
    query = {"team": BY_TEAM.format(name=name_sql("t")), "day": BY_DAY, "agent": BY_AGENT}[by]
    parameters: dict[str, Any] = {"start": period.start, "end": period.end, "fewest": 0 if by_person else FEWEST}
    rows, left_out = [], False
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        for is_shown, key, name, people, *seconds in cursor.fetchall():
            if not is_shown:
                left_out = True
                continue
            code = key.isoformat() if isinstance(key, date) else key
            rows.append(Duty(code, name or "", people, *(int(one) for one in seconds)))
    return DutyReport(rows, together(rows), left_out)


def together(rows: Iterable[Duty]) -> Duty:
    """What several groups add up to."""
    rows = list(rows)
    sums = (sum(getattr(row, state) for row in rows) for state in DUTY_STATES)
    return Duty("", "", max((row.people for row in rows), default=0), *sums)
