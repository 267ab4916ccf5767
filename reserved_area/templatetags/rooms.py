"""The places of the menu, drawn at once: every page of the reserved area has all of them."""

from functools import lru_cache

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from foundation.templatetags.icons import icon
from reserved_area.menu import PLACES, Menu

register = template.Library()


@register.simple_tag(takes_context=True)
def rooms(context: template.Context) -> SafeString:
    """The `<li>` elements of `menu`, with how many notices are unread (`unread_notices`) beside the place where they are."""
    menu: Menu = context["menu"]
    shown = tuple((each.place.address, each.url, each.is_here) for each in menu.places)
    return _drawn(shown, str(context["unread_notices"]), get_language())


@lru_cache(maxsize=2_000)
def _drawn(shown: tuple[tuple[str, str, bool], ...], unread: str, _language: str | None) -> SafeString:
    """The elements of places given by name, address and whether one is there; for one language, that of the labels."""
    known = {place.address: place for place in PLACES}
    return format_html_join(
        "\n",
        '<li{}><a href="{}"{}>{}<span>{}</span>{}</a></li>',
        (
            (
                "" if known[name].under_thumb else SafeString(' class="behind-more"'),
                url,
                SafeString(' aria-current="page"') if is_here else "",
                icon(known[name].icon),
                known[name].label,
                _count(unread) if known[name].counts_unread and unread != "0" else "",
            )
            for name, url, is_here in shown
        ),
    )


def _count(unread: str) -> SafeString:
    words = _("to read")
    return format_html('<span class="count">{}<span class="visually-hidden"> {}</span></span>', unread, words)
