"""What one cell says: a duration, a caller's number. Each refuses with the reason, naming no column."""

import re
import unicodedata
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from urllib.parse import unquote

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from customers.validators import normalise_phone

UNITS = ("auto", "seconds", "milliseconds", "minutes", "clock")
# How platforms say that the caller's number was withheld or not sent, without blanks, dots and dashes
WITHHELD = frozenset(
    [
        "anonymous",
        "anonimo",
        "withheld",
        "private",
        "privato",
        "privatenumber",
        "numeroprivato",
        "chiamataanonima",
        "unknown",
        "unknownnumber",
        "sconosciuto",
        "numerosconosciuto",
        "unavailable",
        "notavailable",
        "nondisponibile",
        "numeronondisponibile",
        "nd",
        "na",
        "restricted",
        "none",
        "null",
        "nascosto",
        "numeronascosto",
        "oscurato",
        "numerooscurato",
        "riservato",
        "numeroriservato",
        "blocked",
        "hidden",
    ]
)
_CLOCK = re.compile(r"(?:(\d+):)?(\d{1,2}):(\d{2})(?:[.,](\d+))?")
_GROUPED = re.compile(r"-?\d{1,3}(?:\.\d{3})+(?:,\d*)?")  # 1.234,5: dots between thousands beside a decimal comma
_NAMED = re.compile(r'(?:"[^"]*"|[^<>"]*)\s*<([^<>]*)>.*')  # "Anna Bianchi" <+39…>, as SIP and Asterisk write it
_URI = re.compile(r"(?:sips?|tel|callto|phone):", re.IGNORECASE)
_HIDING = re.compile(r"^(?:\*31[#*]|#31#|\*67)")  # what the caller dialled to show or to hide the number


@lru_cache(maxsize=4096)
def seconds(text: str, unit: str = "auto", decimal: str = ".") -> int:
    """The whole seconds a text says; halves go up. Negative numbers are returned: the caller's rules refuse them.

    Units: "seconds", "milliseconds", "minutes", "clock" (h:mm:ss or mm:ss), "auto" (a clock if it has a colon, else
    seconds). `decimal` is the decimal sign of the file. Raises ValidationError for anything else.
    """
    if unit == "clock" or (unit == "auto" and ":" in text):
        sign = -1 if text.startswith("-") else 1
        parts = _CLOCK.fullmatch(text.removeprefix("-"))
        hours, minutes, rest = (int(part or 0) for part in parts.groups()[:3]) if parts else (0, 0, 0)
        if parts is None or rest > 59 or (parts[1] and minutes > 59):
            raise ValidationError(_("“%(text)s” is not a duration as h:mm:ss or mm:ss") % {"text": text})
        fraction = Decimal(f"0.{parts[4] or 0}")
        return _whole(sign * (hours * 3600 + minutes * 60 + rest + fraction))
    plain = text
    if decimal == ",":
        if "." in text and not _GROUPED.fullmatch(text):
            raise ValidationError(
                _("“%(text)s” has a dot, which is no decimal sign here and does not separate thousands")
                % {"text": text}
            )
        plain = text.replace(".", "").replace(",", ".")
    try:
        number = Decimal(plain)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        wanted = "seconds" if unit == "auto" else unit
        raise ValidationError(_("“%(text)s” is not a number of %(unit)s") % {"text": text, "unit": wanted})
    if unit == "milliseconds":
        number /= 1000
    elif unit == "minutes":
        number *= 60
    if abs(number) > 10**9:
        raise ValidationError(_("“%(text)s” is no duration of a call") % {"text": text})
    return _whole(number)


def _whole(seconds: Decimal) -> int:
    """Whole seconds; halves go up."""
    return int((seconds + Decimal("0.5")).to_integral_value("ROUND_FLOOR"))


@lru_cache(maxsize=65536)
def caller(text: str, region: str = "IT") -> str:
    """The caller in E.164, "" when the number was withheld or not sent.

    Read in the forms in which platforms write it: a number with or without marks that cannot be seen, `sip:` and `tel:`
    addresses (RFC 3261, RFC 3966), a name before `<…>`, the codes that show or hide a number. Numbers without a country
    are of `region`; an Italian fixed line keeps its zero (+39 02…). Raises ValidationError for what is no number anybody
    could call back.
    """
    plain = _number_within("".join(each for each in text if unicodedata.category(each) != "Cf").strip())
    word = re.sub(r"[\s._/-]", "", plain).casefold()
    if not word or word in WITHHELD or not word.strip("0+*"):
        return ""
    return normalise_phone(plain, region)


def _number_within(text: str) -> str:
    """The number, or the word in its place, without name, scheme, host, parameters and hiding codes."""
    if named := _NAMED.fullmatch(text):
        text = named[1].strip()
    if scheme := _URI.match(text):
        text = unquote(text[scheme.end() :].partition(";")[0].partition("?")[0].removeprefix("//"))
    return _HIDING.sub("", text.partition("@")[0].strip())
