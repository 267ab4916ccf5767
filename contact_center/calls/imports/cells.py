"""What one cell says: a moment, a duration, a caller's number. Each refuses with the reason, naming no column."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import MAXYEAR, MINYEAR, UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from customers.validators import normalise_phone

AMBIGUOUS = ("first", "second", "refuse")
UNITS = ("auto", "seconds", "milliseconds", "minutes", "clock")
EPOCH_FORMATS = ("epoch", "epoch_ms")
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
_BY_WEEK = re.compile(r"\d{4}-?W")  # ISO 8601 has weeks too: 2021-W09-1
_GROUPED = re.compile(r"-?\d{1,3}(?:\.\d{3})+(?:,\d*)?")  # 1.234,5: dots between thousands beside a decimal comma
_NAMED = re.compile(r'(?:"[^"]*"|[^<>"]*)\s*<([^<>]*)>.*')  # "Anna Bianchi" <+39…>, as SIP and Asterisk write it
_URI = re.compile(r"(?:sips?|tel|callto|phone):", re.IGNORECASE)
_HIDING = re.compile(r"^(?:\*31[#*]|#31#|\*67)")  # what the caller dialled to show or to hide the number


@lru_cache(maxsize=4096)
def moment(text: str, formats: Sequence[str], zone: ZoneInfo, ambiguous: str = "first") -> datetime:
    """The moment a text names, in UTC; a text without offset is a local time of `zone`.

    `formats` are those of strptime (unpadded numbers are fine), or "iso", "epoch" (seconds), "epoch_ms". Raises
    ValidationError for what fits none, for an hour that the change to summer time skipped, and, when `ambiguous` is
    "refuse", for one of the hour that comes twice in autumn ("first" and "second" choose).
    """
    for form in formats:
        try:
            if form in EPOCH_FORMATS:
                return _epoch(text, 1000 if form == "epoch_ms" else 1)
            found = _iso(text) if form == "iso" else datetime.strptime(text, form)  # noqa: DTZ007
            if MINYEAR < found.year < MAXYEAR:  # at the ends no other zone and no duration could be reckoned
                break
        except (ValueError, OverflowError):
            continue
    else:
        raise ValidationError(
            _("“%(text)s” is not a moment as %(formats)s") % {"text": text, "formats": ", ".join(formats)}
        )
    if found.tzinfo is not None:
        return found.astimezone(UTC)
    first, second = (found.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if second < first:
        raise ValidationError(
            _("%(text)s does not exist in %(zone)s: the clocks went forward over it")
            % {"text": text, "zone": zone.key}
        )
    if first < second:
        if ambiguous == "refuse":
            raise ValidationError(
                _("%(text)s came twice in %(zone)s: the clocks went back over it") % {"text": text, "zone": zone.key}
            )
        if ambiguous == "second":
            return second
    return first


def came_twice(found: datetime, zone: ZoneInfo) -> bool:
    """Whether the clocks of the zone showed the time of this moment (in UTC) twice, going back in autumn."""
    return _may_have_come_twice(found.year, found.month, found.day, found.hour, zone) and _came_twice(found, zone)


@lru_cache(
    maxsize=4096
)  # a file has many calls of one hour, and asking the zone of each would cost more than reading it
def _may_have_come_twice(year: int, month: int, day: int, hour: int, zone: ZoneInfo) -> bool:
    return any(_came_twice(datetime(year, month, day, hour, minute, tzinfo=UTC), zone) for minute in range(0, 60, 15))


def _came_twice(found: datetime, zone: ZoneInfo) -> bool:
    local = found.astimezone(zone)
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def _iso(text: str) -> datetime:
    if _BY_WEEK.match(text):
        raise ValueError(text)
    return datetime.fromisoformat(text)


def _epoch(text: str, per_second: int) -> datetime:
    try:
        seconds = Decimal(text) / per_second
    except InvalidOperation:
        raise ValueError(text) from None
    if not seconds.is_finite() or not 0 <= seconds < 10**11:
        raise ValueError(text)
    whole = int(seconds)
    return datetime.fromtimestamp(whole, UTC).replace(microsecond=int((seconds - whole) * 1_000_000))


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
