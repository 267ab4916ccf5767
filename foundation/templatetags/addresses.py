"""`url`, which works out an address once (`foundation.addresses`). A built-in of the project's templates in Django's place."""

from typing import Any

from django import template
from django.template.base import Parser, Token
from django.template.defaulttags import URLNode, url
from django.urls import NoReverseMatch
from django.utils.html import conditional_escape

from foundation.addresses import address

register = template.Library()


class KeptURLNode(URLNode):
    """Django's node, for a name without a namespace and for ids; whatever else there is goes Django's way."""

    def render(self, context: Any) -> str:
        """The address, or nothing where it goes into a variable."""
        if (found := self._kept(context)) is None:
            return super().render(context)
        if self.asvar:
            context[self.asvar] = found
            return ""
        return conditional_escape(found) if context.autoescape else found

    def _kept(self, context: Any) -> str | None:
        name, ids = self.view_name.resolve(context), [each.resolve(context) for each in self.args]
        if self.kwargs or not isinstance(name, str) or ":" in name or any(type(each) is not int for each in ids):
            return None
        try:
            return address(name, *ids)
        except NoReverseMatch:
            return None


@register.tag("url")
def kept_url(parser: Parser, token: Token) -> KeptURLNode:
    """`{% url %}`, as Django's."""
    made = url(parser, token)
    return KeptURLNode(made.view_name, made.args, made.kwargs, made.asvar)
