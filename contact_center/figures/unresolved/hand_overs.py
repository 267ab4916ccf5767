"""Hand-overs: how many contacts were given to another team, and how long they lay there before somebody took them up.

The time is business time of the second level's requests: nights and holidays are nobody's loss. It is read from the events of
the contacts that are at second level, which are few; of a longer period, of its last `MOST_DAYS` days.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import median

from django.db.models import OuterRef, Subquery

from contact_center.catalogue import Parameters
from contact_center.due.business_time import Calendar, business_seconds_between
from contact_center.due.targets import calendar_in_force
from contact_center.figures.lists import rows_behind
from contact_center.figures.period import Period
from contact_center.figures.query import Chosen
from contact_center.models import Contact, ContactEvent

MOST_DAYS = 366
Kind = ContactEvent.Kind
# What shows that somebody of the other team has begun. To be given to a person is none of these: nobody has looked at it yet.
TOUCHES = (
    *(Kind.TAKEN, Kind.REPLIED, Kind.PAUSED, Kind.SENT_BACK, Kind.CODED, Kind.CLOSED, Kind.ESCALATED),
    *(Kind.AGREED, Kind.TRIED, Kind.CALLING),
)


@dataclass(frozen=True, slots=True)
class Lost:
    """The hand-overs to one team: their business seconds until the first touch, and how many still wait for it."""

    team: str  # its code; empty for none
    waited: tuple[float, ...] = field(repr=False)  # seconds of those that were taken up
    waiting: int

    @property
    def number(self) -> int:
        """All hand-overs."""
        return len(self.waited) + self.waiting

    @property
    def seconds(self) -> float:
        """Business time lost until the first touch, of those taken up."""
        return sum(self.waited)

    @property
    def middle(self) -> float | None:
        """Half of those taken up waited no longer; None without any."""
        return median(self.waited) if self.waited else None


def lost_until_touched(
    hand_overs: Sequence[tuple[str, datetime, datetime | None]], calendar: Calendar | None
) -> list[Lost]:
    """The rule: hand-overs (team, when, when first touched) by team, the most frequent first; all hours count without a calendar."""
    waited: dict[str, list[float]] = {}
    waiting: dict[str, int] = {}
    for team, at, touched_at in hand_overs:
        of_team = waited.setdefault(team, [])
        if touched_at is None:
            waiting[team] = waiting.get(team, 0) + 1
        elif calendar is None:
            of_team.append((touched_at - at).total_seconds())
        else:
            of_team.append(business_seconds_between(at, touched_at, calendar))
    found = [Lost(team, tuple(seconds), waiting.get(team, 0)) for team, seconds in waited.items()]
    return sorted(found, key=lambda one: (-one.number, one.team))


def measured_days(period: Period) -> Period:
    """The days of the period whose hand-overs are read: all, or the last of them."""
    return Period(max(period.start, period.end - timedelta(days=MOST_DAYS - 1)), period.end)


def hand_overs(period: Period, chosen: Chosen, parameters: Parameters, *, today: date) -> list[Lost]:
    """The hand-overs of the contacts that arrived in `measured_days` and are at second level, by the team that was given them."""
    contacts = rows_behind("escalated", measured_days(period), chosen, parameters, user=None, today=today)
    later = ContactEvent.objects.filter(contact=OuterRef("contact"), kind__in=TOUCHES, at__gt=OuterRef("at"))
    rows = (
        ContactEvent.objects.filter(kind=Kind.ESCALATED, contact__in=contacts.order_by())
        .order_by()
        .values_list("details__team", "at", Subquery(later.order_by("at").values("at")[:1]))
    )
    calendar = calendar_in_force(Contact.Kind.REQUEST, 2, min(period.end, today))
    return lost_until_touched([(team or "", at, touched_at) for team, at, touched_at in rows], calendar)
