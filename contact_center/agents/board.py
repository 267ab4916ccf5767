"""Who is in which state now, and for how long on a day: by team, and by person where an agreement allows it.

The law allows to watch single workers only by an agreement with their representatives or an authorisation (art. 4 l. 300/1970).
Without one (AGENT_STATES_AGREEMENT) there are numbers of teams, and of no group so small that a number is a person.

The board is computed once for all its readers: it is kept for FRESH_SECONDS, and while one computes the next the others get
the one before, with its age.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, DurationField, ExpressionWrapper, F, Min, Q, Sum, Value
from django.db.models.functions import Coalesce, Greatest, Least
from django.utils import timezone

from contact_center.agents.timeline import whole
from contact_center.models import AgentState, Call, Team, TollFreeLine
from contact_center.models.agent_state import AgentStateQuerySet, Reported
from foundation.shared import shared

FRESH_SECONDS = 2
FEWEST = 3  # people of whom numbers are shown where single ones are not
KEY = "agent-states:board"


def by_person() -> bool:
    """Whether managers may see the states of single agents."""
    return bool(settings.AGENT_STATES_AGREEMENT.strip())


# --- Now --------------------------------------------------------------------------------------------------------------
@dataclass(slots=True)
class Board:
    """The lines with the calls that wait, and the open states of those on duty, at a moment."""

    made_at: datetime
    lines: list[tuple[TollFreeLine, int, datetime | None]]  # calls that wait, and since when the first one does
    states: list[AgentState]


def board(now: datetime) -> Board:
    """The board, at most FRESH_SECONDS old, or being computed by somebody else."""
    return shared(KEY, make_board, now, fresh_seconds=FRESH_SECONDS)


def make_board(now: datetime) -> Board:
    """The board as it is in the database, by three queries."""
    since = now - timedelta(hours=settings.CALL_OPEN_HOURS)
    waiting = Call.objects.filter(disposition=Call.Disposition.OPEN, answered_at__isnull=True, queued_at__gte=since)
    counts = {
        row["line"]: row
        for row in waiting.order_by().values("line").annotate(number=Count("pk"), first=Min("queued_at"))
    }
    lines = [
        (line, counts[line.pk]["number"], counts[line.pk]["first"]) if line.pk in counts else (line, 0, None)
        for line in TollFreeLine.objects.filter(is_active=True)
    ]
    states = AgentState.objects.open().exclude(state=Reported.OFF).filter(agent__is_active=True)
    shown = states.select_related("agent__team", "pause").order_by("agent__team", "agent__name", "agent")
    return Board(now, lines, list(shown))


@dataclass(slots=True)
class TeamRow:
    """A team with its number of people, and a number for each word of state. `team` None: several, or none."""

    team: Team | None
    people: int = 0
    counts: dict[str, Any] = field(default_factory=dict)
    is_several: bool = False
    shows_counts: bool = True


def team_rows(people: Iterable[tuple[Team | None, dict[str, Any]]], *, nobody_alone: bool) -> list[TeamRow]:
    """The numbers of people added up by team; with `nobody_alone` small teams are one row, which has numbers if they are enough."""
    rows: dict[int | None, TeamRow] = {}
    for team, counts in people:
        row = rows.setdefault(team.pk if team else None, TeamRow(team))
        row.people += 1
        for word, number in counts.items():
            row.counts[word] = row.counts[word] + number if word in row.counts else number
    found = sorted(rows.values(), key=lambda row: (row.team is None, row.team.level if row.team else 0, str(row.team)))
    if not nobody_alone:
        return found
    small = [row for row in found if row.people < FEWEST]
    if not small:
        return found
    together = TeamRow(None, sum(row.people for row in small), is_several=True)
    for row in small:
        for word, number in row.counts.items():
            together.counts[word] = together.counts[word] + number if word in together.counts else number
    together.shows_counts = together.people >= FEWEST
    return [row for row in found if row.people >= FEWEST] + [together]


def teams_now(states: Iterable[AgentState], *, nobody_alone: bool) -> list[TeamRow]:
    """How many people of each team are in which state."""
    people: list[tuple[Team | None, dict[str, Any]]] = [(each.agent.team, {each.state: 1}) for each in states]
    return team_rows(people, nobody_alone=nobody_alone)


# --- A day --------------------------------------------------------------------------------------------------------------
def bounds_of(day: date, now: datetime) -> tuple[datetime, datetime]:
    """Beginning and end of a day in Italy; of today until now."""
    begins = timezone.make_aware(datetime.combine(day, time()))
    ends = timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))
    return begins, max(begins, min(ends, whole(now)))


def of_the_day(day: date, now: datetime) -> AgentStateQuerySet:
    """The states of a day, each with what of it lies in the day: `starts`, `stops` and `lasted`."""
    begins, ends = bounds_of(day, now)
    within = AgentState.objects.filter(Q(ended_at__isnull=True) | Q(ended_at__gt=begins), began_at__lt=ends)
    cut = within.annotate(
        starts=Greatest(F("began_at"), Value(begins)), stops=Least(Coalesce(F("ended_at"), Value(ends)), Value(ends))
    )
    return cut.annotate(lasted=ExpressionWrapper(F("stops") - F("starts"), output_field=DurationField()))


def sums_of(states: AgentStateQuerySet) -> dict[int, dict[str, int]]:
    """Seconds for each agent and word of state, off duty left out. They add up to the time on duty."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    rows = states.exclude(state=Reported.OFF).order_by().values("agent", "state").annotate(total=Sum("lasted"))
    for row in rows:
        found[row["agent"]][row["state"]] = int(row["total"].total_seconds())
    return found


def by_reason(states: Iterable[AgentState]) -> dict[str, int]:
    """Seconds of each pause reason, by its name, of states with `lasted`; the reasons are read with them."""
    found: Counter[str] = Counter()
    for each in states:
        if each.state == Reported.PAUSE and each.pause is not None:
            found[each.pause.shown_name] += int(each.lasted.total_seconds())  # type: ignore[attr-defined]  # annotated
    return dict(found)
