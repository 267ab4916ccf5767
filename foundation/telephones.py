"""How a stored telephone number is shown, the same on every page."""

import phonenumbers


def shown_number(number: str) -> str:
    """A number in E.164 as people write it: 333 123 4567, +44 20 7946 0958; anything else as it is."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    form = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(parsed, form.NATIONAL if parsed.country_code == 39 else form.INTERNATIONAL)
