"""The counts of today as they are now, from the rows of the day: for who cannot wait until the day is counted again."""

from collections import defaultdict
from datetime import date

from django.db import connection

from contact_center.catalogue import Parameters
from contact_center.models import FiguresBasis

from .definitions import Counts
from .raw import COLUMNS, KEYS, count_days

_LINE = COLUMNS.index("line_id")
_CUT = COLUMNS.index("cut")


def counts_now(day: date, parameters: Parameters) -> dict[int | None, Counts]:
    """The counts of a day's calls and contacts by line, None for what came in writing; one query over the rows of that day.

    As the kept counts have them: by the same statement, under the thresholds of the parameters.
    """
    basis = FiguresBasis(
        service_level_seconds=parameters.service_level_seconds,
        short_abandon_seconds=parameters.short_abandon_seconds,
        repeat_contact_days=parameters.repeat_contact_days,
    )
    found: dict[int | None, list[Counts]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(*count_days(basis, day, day))
        for row in cursor.fetchall():
            if row[_CUT] == "line":
                found[row[_LINE]].append(Counts(*map(int, row[len(KEYS) :])))
    return {line: Counts.total(several) for line, several in found.items()}
