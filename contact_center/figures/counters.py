"""Query: what other systems counted of days and lines of which we have no calls (`DayCount`), beside the stored counts.

It says less than calls do: nothing of topics, agents, contacts and talks. What a system did not count of one of the days is
not known of all of them together: None, never zero.
"""
# ruff: noqa: S608 - the queries are put together from this module's own words; values are always parameters

from dataclasses import dataclass
from typing import Any

from django.db import connection

from contact_center.catalogue import STORED, Rows
from contact_center.models import Contact

from .definitions import Counts
from .period import Period

# Counts that are not known as soon as one day lacks them; the seconds of wait come with the number of calls they are of.
KNOWN_OR_NOT = ("abandoned", "short_abandoned", "exited", "turned_away", "answered_in_time", "abandoned_in_time")
OF_THE_COUNTERS = ("offered", "answered", *KNOWN_OR_NOT, "waits_known", "wait_seconds")
_SUMS = ", ".join(
    (
        "sum(c.offered)::bigint AS offered",
        "sum(c.answered)::bigint AS answered",
        *(f"CASE WHEN count(c.{name}) = count(*) THEN sum(c.{name})::bigint END AS {name}" for name in KNOWN_OR_NOT),
        "COALESCE(sum(c.answered) FILTER (WHERE c.wait_seconds IS NOT NULL), 0)::bigint AS waits_known",
        "COALESCE(sum(c.wait_seconds), 0)::bigint AS wait_seconds",
    )
)
KEYS = {
    "total": "''::text",
    "day": "to_char(c.day, 'YYYY-MM-DD')",
    "month": "to_char(c.day, 'YYYY-MM')",
    "weekday": "extract(isodow FROM c.day)::int::text",
    "channel": "'phone'::text",
    "line": "(SELECT n.code FROM contact_center_tollfreeline n WHERE n.id = c.line_id)",
}
READ = f"""
    SELECT {{key}} AS key, min(c.line_id), count(DISTINCT c.day), array_agg(DISTINCT c.source), {_SUMS}
    FROM {{counts}} c
    WHERE c.day BETWEEN %(start)s AND %(end)s {{filters}}
      AND NOT EXISTS (
        SELECT FROM {{figures}} d
        WHERE d.cut = 'line' AND d.day = c.day AND d.channel = 'phone' AND d.line_id = c.line_id
          AND d.offered + d.turned_away > 0
      )
    GROUP BY 1 ORDER BY 1
"""


# Where the counts of days are read from: the tables that follow what changes, or what was kept of a frozen period.
KEPT = {"figures": "contact_center_dailyfigures", "counts": "contact_center_daycount"}
FROZEN = {
    "figures": "(SELECT * FROM contact_center_frozenfigures WHERE period_id = %(frozen)s)",
    "counts": "(SELECT * FROM contact_center_frozendaycount WHERE period_id = %(frozen)s)",
}


@dataclass(frozen=True, slots=True)
class FromCounters:
    """What is known of some calls from counters alone: on how many days, by which systems, and their counts."""

    key: str
    line: int
    days: int
    sources: tuple[str, ...]
    counts: Counts


def read_counters(
    period: Period, *, by: str, line: Any = None, channel: str | None = None, frozen: int | None = None
) -> dict[str, FromCounters]:
    """The counters of the period by the keys of a report's rows ("total": one, with an empty key).

    `line` is the id of one line, None for all; there are none of channels other than the telephone.
    `frozen` is the id of a frozen period: then they are those that were kept with it.
    """
    if channel not in (None, Contact.Channel.PHONE):
        return {}
    parameters: dict[str, Any] = {"start": period.start, "end": period.end, "frozen": frozen}
    if line is not None:
        parameters["line"] = line
    query = READ.format(
        key=KEYS[by], filters="AND c.line_id = %(line)s" if line is not None else "", **(FROZEN if frozen else KEPT)
    )
    found = {}
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        for key, of_line, days, sources, *counts in cursor.fetchall():
            given = dict(zip(OF_THE_COUNTERS, counts, strict=True))
            found[key] = FromCounters(key, of_line, days, tuple(sources), Counts(**given))
    return found


def merged(own: Counts | None, counters: FromCounters | None) -> Counts:
    """Our own counts and those of the counters together; where there are only counters, what they do not say is None.

    Beside counts of our own, contacts and talks are those that we know.
    """
    if counters is None:
        return own or Counts()
    if own:
        return Counts.total([own, counters.counts])
    known = {name: getattr(counters.counts, name) for name in OF_THE_COUNTERS}
    unknown = [count.name for count in STORED if count.rows == Rows.CONTACTS or count.name not in OF_THE_COUNTERS]
    return Counts(**dict.fromkeys((*unknown, "provisional")), **known)
