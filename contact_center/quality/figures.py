"""Averages of quality samples by team, and by agent where an agreement allows it (`contact_center.agents.board.by_person`)."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Avg, Count, Q, StdDev
from django.utils import timezone

from contact_center.models import Agent, QualityReview, Team
from contact_center.quality.rules import Average, average_of

WEEKS = 13  # a quarter: fewer leave most teams below the number that is shown


@dataclass(frozen=True)
class Row:
    """A team, or an agent of it: how many contacts were scored, the average where they are enough, the critical failures."""

    name: str
    number: int
    failed: int | None  # None where there are too few to say
    average: Average | None


def since_of(today: date) -> date:
    """The first day that the averages count."""
    return today - timedelta(weeks=WEEKS)


def team_averages(teams: list[Team], *, since: date) -> list[Row]:
    """The averages of these teams, in their order; one query for all."""
    return _rows("agent__team", {team.pk: str(team) for team in teams}, since)


def agent_averages(teams: list[Team], *, since: date) -> list[Row]:
    """The averages of the agents of these teams who have any score; the caller has asked whether that is allowed."""
    agents = Agent.objects.filter(team__in=teams, reviews__scored_at__isnull=False).distinct()
    return _rows("agent", {agent.pk: str(agent) for agent in agents}, since)


def _rows(group: str, names: dict[int, str], since: date) -> list[Row]:
    begins = timezone.make_aware(datetime.combine(since, time()))
    scored = QualityReview.objects.counted().filter(scored_at__gte=begins, **{f"{group}__in": names})
    found = {
        row[group]: row
        for row in scored.order_by()
        .values(group)
        .annotate(
            number=Count("pk"),
            mean=Avg("result"),
            deviation=StdDev("result", sample=True),
            failed=Count("pk", filter=Q(failed_critical=True)),
        )
    }
    rows = []
    for pk, name in names.items():
        row = found.get(pk)
        if row is None:
            rows.append(Row(name, 0, None, None))
            continue
        average = average_of(row["number"], float(row["mean"]), float(row["deviation"] or 0))
        rows.append(Row(name, row["number"], row["failed"] if average else None, average))
    return rows
