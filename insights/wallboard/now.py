"""Query: the service at a moment, by line and together, in three statements; computed once for all screens.

Numbers of people follow the law as the board of states does (`contact_center.agents.board`): no group so small that a number is a
person, unless an agreement allows it. Nobody is named.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.contrib.postgres.aggregates import ArrayAgg
from django.core.cache import cache
from django.db import connection
from django.db.models import Q, Value
from django.utils import timezone

from contact_center.agents.board import FEWEST, by_person
from contact_center.catalogue import Parameters
from contact_center.due.line_hours import telephone
from contact_center.figures.definitions import BY_KEY, Counts, Ratio, parameters_in_settings, value_of
from contact_center.figures.line_targets import targets_on
from contact_center.figures.today import counts_now
from contact_center.models import AgentState, TollFreeLine
from contact_center.models.agent_state import Reported
from foundation.shared import shared
from insights.watching.targets import Targets

FIRST_LEVEL = "first_level_coded"
FRESH_SECONDS = 3
HOURS_SECONDS = 60  # lines, targets and opening hours are read again after it
KEY, HOURS_KEY = "wallboard", "wallboard:lines-and-targets"


@dataclass(frozen=True, slots=True)
class WallLine:
    """A line as it is set up: whether it is open, the target of its service level, and that of first level in percent."""

    pk: int
    code: str
    name: str
    name_en: str
    is_open: bool
    share: int | None
    seconds: int
    first_level: Decimal | None


@dataclass(frozen=True, slots=True)
class Setup:
    """The active lines in their order, and what is wanted of first level for all together today, in percent."""

    lines: list[WallLine]
    first_level: Decimal | None


@dataclass(slots=True)
class Agents:
    """How many people are on duty, and how many in each state; no numbers where they are too few to be nobody in particular."""

    people: int = 0
    by_state: Counter[str] = field(default_factory=Counter)

    @property
    def shows_counts(self) -> bool:
        """Whether the states may be shown."""
        return by_person() or self.people == 0 or self.people >= FEWEST


@dataclass(slots=True)
class Part:
    """One line, or (`line` None) the whole service."""

    line: WallLine | None
    counts: Counts
    agents: Agents
    first_level_target: Decimal | None  # percent
    waiting: int = 0
    first_waits_since: datetime | None = None
    promised: int = 0  # call-backs of today, still to be made
    promised_late: int = 0

    def share(self, key: str, formula: str) -> Ratio | None:
        """A figure of today that is a share."""
        value = value_of(BY_KEY[key], self.counts, formula)
        return value if isinstance(value, Ratio) else None


@dataclass(slots=True)
class Wall:
    """The whole board at a moment. `news_at` is when the telephone platform was last heard of."""

    made_at: datetime
    parts: list[Part]  # the lines in their order
    whole: Part
    written: int  # contacts in the queue
    news_at: datetime | None
    formula: str

    @property
    def is_open(self) -> bool:
        """Whether any line is open."""
        return any(part.line is not None and part.line.is_open for part in self.parts)

    @property
    def is_silent(self) -> bool:
        """Whether nothing was heard of the telephone for longer than chance explains, while a line is open."""
        silence = timedelta(minutes=settings.WALLBOARD_SILENT_MINUTES)
        return self.is_open and (self.news_at is None or self.made_at - self.news_at > silence)


def wall(now: datetime) -> Wall:
    """The board, at most FRESH_SECONDS old, or being computed by somebody else."""
    return shared(KEY, make_wall, now, fresh_seconds=FRESH_SECONDS)


def make_wall(now: datetime) -> Wall:
    """The board as it is in the database: three statements, and lines and targets, which are read once in a minute."""
    today = timezone.localdate(now)
    setup, parameters = _setup(now), parameters_in_settings()
    counts = counts_now(today, parameters)
    parts = {line.pk: Part(line, counts.get(line.pk, Counts()), Agents(), line.first_level) for line in setup.lines}
    whole = Part(None, Counts.total(counts.values()), Agents(), setup.first_level)
    written, news_at = _waiting_and_promised(now, parts, whole)
    _agents(parts, whole)
    return Wall(now, list(parts.values()), whole, written, news_at, parameters.formula)


# --- What changes seldom --------------------------------------------------------------------------------------------
def _setup(now: datetime) -> Setup:
    kept: Setup | None = cache.get(HOURS_KEY)
    if kept is None:
        kept = read_setup(now, parameters_in_settings())
        cache.set(HOURS_KEY, kept, HOURS_SECONDS)
    return kept


def read_setup(now: datetime, parameters: Parameters) -> Setup:
    """The active lines in their order, whether they are open, and what is wanted of them and of all together today."""
    today = timezone.localdate(now)
    targets, of_figures = targets_on(today), Targets()
    closed = {line.number: bool(line.closed) for line in telephone(now).lines}
    found = []
    for line in TollFreeLine.objects.filter(is_active=True):
        target = targets.get(line.pk)
        found.append(
            WallLine(
                line.pk,
                line.code,
                line.name,
                line.name_en,
                not closed.get(line.number, False),
                target.share if target else None,
                target.seconds if target else parameters.service_level_seconds,
                of_figures.on(FIRST_LEVEL, line.pk, today),
            )
        )
    return Setup(found, of_figures.on(FIRST_LEVEL, None, today))


# --- What changes all the time ----------------------------------------------------------------------------------------
# (what, line, number, moment). What is promised is read no further back than a month: later nobody waits by the telephone.
_ROWS = """
    SELECT 'waiting' AS what, line_id, count(*)::int AS number, min(queued_at) AS moment FROM contact_center_call
    WHERE disposition = 'open' AND answered_at IS NULL AND queued_at >= %(since)s GROUP BY line_id
    UNION ALL
    SELECT CASE WHEN b.ends_at < %(now)s THEN 'late' ELSE 'promised' END, k.line_id, count(*)::int, NULL
    FROM contact_center_callback b JOIN contact_center_contact k ON k.id = b.contact_id
    WHERE b.cancelled_at IS NULL AND b.starts_at >= %(month_ago)s AND b.starts_at < %(tomorrow)s AND k.state <> 'closed'
    GROUP BY 1, 2
    UNION ALL
    SELECT 'written', NULL, coalesce(sum(change), 0)::int, NULL FROM contact_center_queuetally WHERE tab = 'open' AND whose = 0
    UNION ALL
    (SELECT 'news', NULL, 1, received_at FROM contact_center_callevent ORDER BY id DESC LIMIT 1)
    UNION ALL
    (SELECT 'news', NULL, 1, queued_at FROM contact_center_call ORDER BY queued_at DESC, id DESC LIMIT 1)
"""


def _waiting_and_promised(now: datetime, parts: dict[int, Part], whole: Part) -> tuple[int, datetime | None]:
    """Fill in who waits and who is promised a call; returns how many contacts are in the queue, and the last news. One statement."""
    tomorrow = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    asked = {
        "now": now,
        "since": now - timedelta(hours=settings.CALL_OPEN_HOURS),
        "month_ago": now - timedelta(days=31),
        "tomorrow": tomorrow,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, asked)
        rows = cursor.fetchall()
    for what, line, number, moment in rows:
        for part in filter(None, (whole, parts.get(line))):
            if what == "waiting":
                part.waiting += number
                part.first_waits_since = min(filter(None, (part.first_waits_since, moment)))
            elif what in ("promised", "late"):
                part.promised += number
                part.promised_late += number if what == "late" else 0
    written = sum(number for what, _line, number, _moment in rows if what == "written")
    news = max((moment for what, _line, _number, moment in rows if what == "news"), default=None)
    return written, min(news, now) if news else None


def _agents(parts: dict[int, Part], whole: Part) -> None:
    """Fill in who is on duty for which line: whoever has no line serves them all. One statement."""
    on_duty = AgentState.objects.open().exclude(state=Reported.OFF).filter(agent__is_active=True).order_by()
    lines = ArrayAgg("agent__agent_lines__line", filter=Q(agent__agent_lines__isnull=False), default=Value([]))
    for state, served in on_duty.values("agent", "state").annotate(lines=lines).values_list("state", "lines"):
        for part in (whole, *(parts[pk] for pk in parts if not served or pk in served)):
            part.agents.people += 1
            part.agents.by_state[state] += 1
