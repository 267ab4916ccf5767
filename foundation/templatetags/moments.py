"""Days as people write them: Italian writes their names and the months' in lower case, English does not."""

from datetime import date, datetime

from django import template
from django.utils import timezone

from foundation.dates import moment_in_full, with_weekday

register = template.Library()


@register.filter
def moment(value: datetime | None) -> str:
    """A moment, short: mar 17 nov, 18:00."""
    return with_weekday(value, "D j M, H:i") if value else ""


@register.filter
def moment_long(value: datetime | None) -> str:
    """A moment, in full: martedì 17 novembre 2026, ore 18:00."""
    return moment_in_full(value)


@register.filter
def day(value: date | datetime | None) -> str:
    """A day, short, with its year: mar 17 nov 2026."""
    return with_weekday(value, "D j M Y") if value else ""


@register.filter
def day_long(value: date | datetime | None) -> str:
    """A day, in full: martedì 17 novembre 2026."""
    return with_weekday(value, "l j F Y") if value else ""


@register.filter
def until(value: datetime) -> str:
    """The time at which a stretch ends; midnight as the end of its day, not the beginning of the next."""
    time = timezone.localtime(value).strftime("%H:%M")
    return "24:00" if time == "00:00" else time
