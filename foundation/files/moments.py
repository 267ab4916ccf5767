"""What a cell says of a moment or a day: text in, moment or day out, or ValidationError with the reason."""

import re
from collections.abc import Sequence
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from foundation.dates import ROME

AMBIGUOUS = ("first", "second", "refuse")
EPOCH_FORMATS = ("epoch", "epoch_ms")
SERIAL = "serial"  # of days: the number by which spreadsheets store a date, 1 January 1900 being 1
DAY_FORMATS = ("iso", "%d/%m/%Y")
_FIRST_SERIAL = date(1899, 12, 30)  # spreadsheets count a 29 February 1900, which did not exist
_SERIAL = re.compile(r"([0-9]{1,6})(?:[.,][0-9]+)?")
_CLOCKS = ("%H", "%I", "%f", "%M", "%S", "%p", "%z", "%Z")
# What strptime reads in English only: an Italian month by its first three letters, and its English name
_MONTHS = {
    "gen": "January", "feb": "February", "mar": "March", "apr": "April", "mag": "May", "giu": "June",
    "lug": "July", "ago": "August", "set": "September", "ott": "October", "nov": "November", "dic": "December",
}  # fmt: skip
_WORD = re.compile(r"[a-z]{3,}", re.IGNORECASE)
_BY_WEEK = re.compile(r"\d{4}-?W")  # ISO 8601 has weeks too: 2021-W09-1


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
            _("“%(text)s” is not a moment as %(formats)s") % {"text": text, "formats": ", ".join(formats)},
            code="shape",
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


@lru_cache(maxsize=65536)
def day(text: str, formats: Sequence[str], zone: ZoneInfo, ambiguous: str = "first") -> date:
    """The day in Italy that a text names.

    `formats` as of `moment`, or "serial", the number by which a spreadsheet stores a date. A format without an hour names
    the day itself; one with an hour names a moment of `zone`, and the day is the one that it was in Italy. Names of months
    may be Italian or English. Raises ValidationError for what fits none.
    """
    for form in formats:
        try:
            if form == SERIAL:
                if serial := _SERIAL.fullmatch(text):
                    return _FIRST_SERIAL + timedelta(days=int(serial[1]))
            elif form == "iso":
                if len(text) <= len("2026-01-31"):
                    return _iso(text).date()
            elif form not in EPOCH_FORMATS and not _has_clock(form):
                return _dated(text, form)
        except (ValueError, OverflowError):
            continue
    with_clock = tuple(form for form in formats if form in EPOCH_FORMATS or form == "iso" or _has_clock(form))
    try:
        return moment(text, with_clock, zone, ambiguous).astimezone(ROME).date()
    except ValidationError as error:
        if error.code != "shape":  # of an hour that was skipped, or came twice
            raise
    raise ValidationError(
        _("“%(text)s” is not a date as %(formats)s") % {"text": text, "formats": ", ".join(formats)}, code="shape"
    )


def _has_clock(form: str) -> bool:
    return any(part in form for part in _CLOCKS)


def _dated(text: str, form: str) -> date:
    if "%b" in form or "%B" in form:
        text = _WORD.sub(lambda word: _in_english(word[0], whole="%B" in form), text)
    return datetime.strptime(text, form).date()  # noqa: DTZ007


def _in_english(word: str, *, whole: bool) -> str:
    month = _MONTHS.get(word[:3].casefold(), word)
    return month if whole else month[:3]
