"""What a cell about a person or a place may hold: text in, stored value out, or ValidationError with a reason."""

import datetime
import re
from functools import lru_cache

import phonenumbers
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from customers.provinces import province, provinces
from customers.validators import normalise_phone
from foundation.numbers import is_digits
from foundation.text import fold

_EXTENSION = re.compile(r"[\s,;/-]*\b(?:int|interno|ext|est)\b\.?:?\s*[0-9]{1,6}\s*$", re.IGNORECASE)


@lru_cache(maxsize=1000)
def read_country(text: str) -> str:
    """A country by the two letters of ISO 3166."""
    code = text.upper()
    if code not in phonenumbers.SUPPORTED_REGIONS:
        raise ValidationError(
            _("This is not a country: write its two letters (ISO 3166), such as IT or CH."), code="country"
        )
    return code


@lru_cache(maxsize=2000)
def read_province(text: str, on: datetime.date) -> str:
    """A province in use on the day, by its code or its name."""
    if len(text.strip()) > 2:
        name = _plain_name(text)
        if found := [each for each in provinces(on) if _plain_name(each.name) == name]:
            return found[0].code
    return province(text, on).code


def _plain_name(text: str) -> str:
    """Letters and digits alone, without accents: “Forlì-Cesena” and “forli cesena” are one name."""
    return re.sub(r"[^a-z0-9]+", " ", fold(text).lower()).strip()


@lru_cache(maxsize=10_000)
def italian_postal_code(text: str) -> str:
    """Five digits; the zeros that a spreadsheet took away from the front are put back."""
    if is_digits(text) and 3 <= len(text) <= 5:
        return text.zfill(5)
    raise ValidationError(_("An Italian postal code has five digits."), code="postal_code")


def read_phone(text: str) -> str:
    """A telephone number; the extension of a switchboard after it is left to what was stated."""
    return normalise_phone(_EXTENSION.sub("", text))
