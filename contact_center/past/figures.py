"""Query: what the tickets of an earlier system came to, and how long they were open."""

from dataclasses import dataclass

from django.db import connection
from django.utils.formats import number_format
from django.utils.translation import gettext as _

FIGURES = """
    SELECT count(*), count(*) FILTER (WHERE was_open),
        avg(days) FILTER (WHERE NOT was_open),
        percentile_cont(0.5) WITHIN GROUP (ORDER BY days) FILTER (WHERE NOT was_open),
        max(days) FILTER (WHERE NOT was_open)
    FROM (
        SELECT p.was_open, extract(epoch FROM k.closed_at - k.started_at)::double precision / 86400 AS days
        FROM contact_center_pastcontact p JOIN contact_center_contact k ON k.id = p.contact_id
        WHERE p.source = %s
    ) tickets
"""


@dataclass(frozen=True)
class TicketFigures:
    """Counts of the tickets of an earlier system. The days are from the opening to the last end, of those that ended there;
    None where none did.
    """

    tickets: int
    still_open: int
    mean_days: float | None
    median_days: float | None
    longest_days: float | None


def figures_of(source: str) -> TicketFigures:
    """The figures of a source as it stands now."""
    with connection.cursor() as cursor:
        cursor.execute(FIGURES, [source])
        return TicketFigures(*cursor.fetchone())


def sentences_about(source: str) -> list[str]:
    """The figures in sentences, for the end of an import."""
    figures = figures_of(source)
    lines = [
        _("Tickets of “%(source)s”: %(count)d, of which %(closed)d closed there and %(open)d still open.")
        % {
            "source": source,
            "count": figures.tickets,
            "closed": figures.tickets - figures.still_open,
            "open": figures.still_open,
        }
    ]
    if figures.mean_days is not None and figures.median_days is not None and figures.longest_days is not None:
        lines.append(
            _("Days open, from the opening to the last end: mean %(mean)s, median %(median)s, longest %(longest)s.")
            % {
                "mean": _written(figures.mean_days),
                "median": _written(figures.median_days),
                "longest": _written(figures.longest_days),
            }
        )
    return lines


def _written(days: float) -> str:
    """With two decimals; rounded first, for `number_format` cuts them off."""
    return number_format(round(days, 2), 2)
