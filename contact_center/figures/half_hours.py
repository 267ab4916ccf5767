"""The stored half hours for other parts of the program: how many calls arrived when, and how long they took.

`docs/decisions/half-hours.md` says what a half hour is where the clocks change.
"""


from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db import connection

from contact_center.catalogue.entries import first_moment

from .period import Period
from .query import Named

HALF_HOUR = timedelta(minutes=30)
HALF_HOURS = 48  # that a clock shows in a day


@dataclass(frozen=True, slots=True)
class Arrivals:
    """The calls that arrived in one half hour.

    `begins_at` is the moment in UTC; `day` and `half_hour` (0 to 47, 0 from midnight) are what a clock in Italy shows then, and are the
    same twice on the night on which the clocks go back. `handling_seconds` are those of talk, hold and after-call work of the
    `talks_known` answered calls of which they are known: a mean is the one over the other, and not known where that is 0.
    """

    begins_at: datetime
    day: date
    half_hour: int
    offered: int = 0
    answered: int = 0
    abandoned: int = 0
    short_abandoned: int = 0
    answered_in_time: int = 0
    waits_known: int = 0
    wait_seconds: int = 0
    talks_known: int = 0
    handling_seconds: int = 0


READ = """
    SELECT begins_at, day, half_hour, sum(offered), sum(answered), sum(abandoned), sum(short_abandoned),
           sum(answered_in_time), sum(waits_known), sum(wait_seconds), sum(talks_known),
           sum(talk_seconds + hold_seconds + wrap_seconds)
    FROM contact_center_halfhourfigures
    WHERE day BETWEEN %(start)s AND %(end)s AND channel = 'phone' {of_line}
    GROUP BY 1, 2, 3
    ORDER BY 1
"""


def arrivals(period: Period, *, line: Named | None = None) -> list[Arrivals]:
    """The half hours of the period in which calls arrived, in order, of one line or of all together. One query.

    A half hour in which nobody called is not among them (`half_hours_of` names all there are). Stored counts alone are read, as
    `figures` reads them: `figures(period).computed_at` and `is_stale` say how fresh they are.
    """
    parameters = {"start": period.start, "end": period.end, "line": line.pk if line else None}
    with connection.cursor() as cursor:
        cursor.execute(READ.format(of_line="AND line_id = %(line)s" if line else ""), parameters)
        return [Arrivals(moment, day, place, *map(int, counts)) for moment, day, place, *counts in cursor]


def half_hours_of(day: date) -> list[datetime]:
    """The beginnings, in UTC, of the half hours of a day in Italy: 48, two fewer or two more where the clocks change."""
    moment, end = (first_moment(one).astimezone(UTC) for one in (day, day + timedelta(days=1)))
    found = []
    while moment < end:
        found.append(moment)
        moment += HALF_HOUR
    return found
