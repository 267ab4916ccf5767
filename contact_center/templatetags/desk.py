"""A filter of the desk's pages: durations as people say them."""

from typing import Any

from django import template

from foundation.office.read_only import clock as duration

register = template.Library()


@register.filter
def clock(seconds: Any) -> str:
    """Seconds as m:ss, or h:mm:ss from an hour on; "" for nothing."""
    return "" if seconds is None or seconds == "" else duration(seconds)
