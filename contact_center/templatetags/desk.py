"""Filters of the desk's pages: numbers and durations as people say them."""

from typing import Any

from django import template

from foundation.office.read_only import clock as duration
from foundation.telephones import spoken as spoken_number

register = template.Library()


@register.filter
def spoken(number: str) -> str:
    """A telephone number as people write it."""
    return spoken_number(number)


@register.filter
def clock(seconds: Any) -> str:
    """Seconds as m:ss, or h:mm:ss from an hour on; "" for nothing."""
    return "" if seconds is None or seconds == "" else duration(seconds)
