"""Days as people write them: Italian writes their names and the months' in lower case, English does not."""

from datetime import date, datetime

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language

register = template.Library()


def _written(value: date | datetime, form: str) -> str:
    if isinstance(value, datetime):
        value = timezone.localtime(value)
    text = date_format(value, form)
    if not (get_language() or "").startswith("it"):
        return text
    return text.lower().replace(" 1 ", " 1° ", 1) if value.day == 1 else text.lower()


@register.filter
def moment(value: datetime | None) -> str:
    """A moment, short: mar 17 nov, 18:00."""
    return _written(value, "D j M, H:i") if value else ""


@register.filter
def moment_long(value: datetime | None) -> str:
    """A moment, in full: martedì 17 novembre 2026, ore 18:00."""
    if not value:
        return ""
    form = "l j F Y, \\o\\r\\e H:i" if (get_language() or "").startswith("it") else "l j F Y, H:i"
    return _written(value, form)


@register.filter
def day(value: date | datetime | None) -> str:
    """A day, short, with its year: mar 17 nov 2026."""
    return _written(value, "D j M Y") if value else ""


@register.filter
def day_long(value: date | datetime | None) -> str:
    """A day, in full: martedì 17 novembre 2026."""
    return _written(value, "l j F Y") if value else ""


@register.filter
def until(value: datetime) -> str:
    """The time at which a stretch ends; midnight as the end of its day, not the beginning of the next."""
    time = timezone.localtime(value).strftime("%H:%M")
    return "24:00" if time == "00:00" else time
