"""How long callers waited, in bands: counts kept by half hour only (`HalfHourFigures`), where they add up to all who waited.

A band holds the whole seconds after the bound of the one before, up to and including its own: 20 seconds are within 20.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .measures import Count, Rows


@dataclass(frozen=True, slots=True)
class Band:
    """Waits of `least` to `most` seconds, both included; without `most` every longer one, without both those not known."""

    code: str
    label: Any
    least: int | None
    most: int | None
    answered: Count
    abandoned: Count


def _counted(
    disposition: str, code: str, least: int | None, most: int | None, listed: Any, *, of_all_calls: bool
) -> Count:
    wanted = Q(disposition=disposition)
    if least is None:
        sql, wanted = "wait_seconds IS NULL", wanted & Q(wait_seconds__isnull=True)
    elif most is None:
        sql, wanted = f"wait_seconds >= {least}", wanted & Q(wait_seconds__gte=least)
    else:
        sql, wanted = f"wait_seconds BETWEEN {least} AND {most}", wanted & Q(wait_seconds__range=(least, most))
    return Count(
        name=f"{disposition}_wait_{code}",
        rows=Rows.CALLS,
        sql=f"disposition = '{disposition}' AND {sql}",
        which=wanted,
        of_all_calls=of_all_calls,
        listed=listed,
    )


def _band(code: str, least: int | None, most: int | None, label: Any, answered: Any, abandoned: Any) -> Band:
    return Band(
        code,
        label,
        least,
        most,
        _counted("answered", code, least, most, answered, of_all_calls=False),
        _counted("abandoned", code, least, most, abandoned, of_all_calls=True),
    )


BANDS = (
    _band("10", 0, 10, _("0–10 s"), _("answered after 0–10 s"), _("abandoned after 0–10 s")),
    _band("20", 11, 20, _("11–20 s"), _("answered after 11–20 s"), _("abandoned after 11–20 s")),
    _band("30", 21, 30, _("21–30 s"), _("answered after 21–30 s"), _("abandoned after 21–30 s")),
    _band("60", 31, 60, _("31–60 s"), _("answered after 31–60 s"), _("abandoned after 31–60 s")),
    _band("120", 61, 120, _("61–120 s"), _("answered after 61–120 s"), _("abandoned after 61–120 s")),
    _band(
        "more", 121, None, _("over 120 s"), _("answered after more than 120 s"), _("abandoned after more than 120 s")
    ),
    _band(
        "unknown",
        None,
        None,
        pgettext_lazy("a wait", "not known"),
        _("answered after a wait that is not known"),
        _("abandoned after a wait that is not known"),
    ),
)
OF_WAITS = tuple(count for band in BANDS for count in (band.answered, band.abandoned))
