"""Codes, accounts and numbers of people as the reader of the page sees them: whole, or masked."""

from collections.abc import Iterable
from typing import Any

from django import template

from foundation import masking

register = template.Library()


@register.simple_tag(takes_context=True)
def seen(context: template.Context, kind: str, value: Any) -> str:
    """A value of the kind ("name", "tax_code", "birth_date", "telephone", "bank_account") as the reader sees it; "" for none."""
    return masking.seen(context["request"].user, masking.Kind(kind), value)


@register.simple_tag(takes_context=True)
def seen_text(context: template.Context, text: str, names: Iterable[str] = ()) -> str:
    """A text whose codes, accounts and telephones, and the names given, look as the reader sees them."""
    return masking.seen_text(context["request"].user, text, names=names)


@register.simple_tag(takes_context=True)
def sees_whole(context: template.Context, kind: str) -> bool:
    """Whether the reader is shown values of the kind as they are."""
    return masking.may_see_whole(context["request"].user, masking.Kind(kind))
