"""How a stored telephone number is shown."""

import phonenumbers
from django import template

register = template.Library()


@register.filter
def telephone(number: str) -> str:
    """A number in E.164 with spaces where people pause: +39 02 5550 1403; anything else as it is."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
