"""How a stored telephone number is shown."""

from django import template

from foundation.telephones import shown_number

register = template.Library()


@register.filter
def telephone(number: str) -> str:
    """A number in E.164 as people write it, anything else as it is."""
    return shown_number(number)
