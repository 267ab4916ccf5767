"""The options of a select, written at once: there may be hundreds, and a template takes a while over each."""

from collections.abc import Iterable
from html import escape
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.simple_tag
def options(choices: Iterable[tuple[str, Any]], chosen: str | None = "") -> SafeString:
    """The `<option>` elements of pairs of a value and its label, of which `chosen` is selected; everything is escaped."""
    lines = (
        f'<option value="{escape(value)}"{" selected" if value == (chosen or "") else ""}>{escape(str(label))}</option>'
        for value, label in choices
    )
    return mark_safe("".join(lines))  # noqa: S308 - each value and label went through escape()
