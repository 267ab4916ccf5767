"""How a stored telephone number is shown."""

from django import template

from foundation.telephones import spoken

register = template.Library()


@register.filter
def telephone(number: str) -> str:
    """A number in E.164 as people write it, anything else as it is."""
    return spoken(number)
