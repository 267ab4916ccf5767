"""The icons of the pages, known to every template: a page has dozens, and to draw each as a template took a tenth of its time."""

from functools import lru_cache

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """The icon of that name of static/img/icons.svg, with a further CSS class; no screen reader names it."""
    return _drawn(name, css)


@lru_cache(maxsize=500)
def _drawn(name: str, css: str) -> SafeString:
    return format_html(
        '<svg class="icon{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        f" {css}" if css else "",
        static("img/icons.svg"),
        name,
    )
