"""`csrf_token`, which in a form of the reserved area also names the account that the form was opened by.

A built-in of the project's templates in Django's place, so that no form can forget it: `reserved_area.records` compares
it with the account acted by when the form is sent.
"""

from typing import Any

from django import template
from django.template.base import Parser, Token
from django.template.defaulttags import CsrfTokenNode
from django.utils.html import format_html

from customers.acting import ACTING_FOR

register = template.Library()


class ActingCsrfTokenNode(CsrfTokenNode):
    """Django's field, and on a page of a customer the field of the account."""

    def render(self, context: Any) -> Any:
        token = super().render(context)
        account = getattr(context.get("request"), "account", None)
        if not token or account is None:
            return token
        return token + format_html('<input type="hidden" name="{}" value="{}">', ACTING_FOR, account.pk)


@register.tag("csrf_token")
def csrf_token(parser: Parser, token: Token) -> ActingCsrfTokenNode:
    """`{% csrf_token %}`, as Django's."""
    return ActingCsrfTokenNode()
