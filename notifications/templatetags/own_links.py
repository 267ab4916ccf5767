"""Links of formatted e-mails: of our own addresses alone. What somebody typed never becomes a link under our name."""

import re

from django import template
from django.conf import settings
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

REST = r"(?:(?!&(?:quot|lt|gt|#x27);)[^\s“”«»])*"  # of an address: to a space or a quotation mark, which are escaped
ENDS_A_SENTENCE = ".,;:!?)"


@register.filter
def own_links(text: str) -> SafeString:
    """The text, escaped, with links of the addresses that begin with SITE_URL and of no others."""
    ours = re.compile(rf"{re.escape(escape(settings.SITE_URL))}(?:[/?#]{REST})?(?![\w.@:-]*[\w@])")
    return mark_safe(ours.sub(_link, escape(text)))  # noqa: S308 - escaped just now


def _link(found: re.Match[str]) -> str:
    address = found[0].rstrip(ENDS_A_SENTENCE)
    return f'<a href="{address}">{address}</a>{found[0][len(address) :]}'
