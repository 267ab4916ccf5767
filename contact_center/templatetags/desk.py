"""Filters of the desk's pages: numbers and durations as people say them."""

from typing import Any

from django import template

from contact_center.desk import spoken as spoken_number

register = template.Library()


@register.filter
def spoken(number: str) -> str:
    """A telephone number as people write it."""
    return spoken_number(number)


@register.filter
def clock(seconds: Any) -> str:
    """Seconds as m:ss, or h:mm:ss from an hour on; "" for nothing."""
    if seconds is None or seconds == "":
        return ""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
