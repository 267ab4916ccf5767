"""Filters of the desk's pages: durations as people say them, values that wait for the caller to be identified."""

from typing import Any

from django import template

from foundation.masking import Kind, masked
from foundation.office.read_only import clock as duration

register = template.Library()


@register.filter
def clock(seconds: Any) -> str:
    """Seconds as m:ss, or h:mm:ss from an hour on; "" for nothing."""
    return "" if seconds is None or seconds == "" else duration(seconds)


@register.filter
def hidden(value: Any, kind: str) -> str:
    """The value as it looks while nobody has identified themselves, whoever reads."""
    return masked(Kind(kind), value)
