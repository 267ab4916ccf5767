"""What one cell of a file may hold: text in, stored value out, or ValidationError with a reason."""

import datetime
import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from foundation.numbers import whole_number
from foundation.text import clean_line, clean_text

CLEAR = "-"  # this cell empties the stored value; an empty cell leaves it alone
SEVERAL = "|"  # between the values of a cell that holds several

_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ITALIAN_DATE = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_AMOUNT = re.compile(r"-?(?:[0-9]+|[0-9]{1,3}(?:\.[0-9]{3})+(?=,))(?:[.,][0-9]{1,2})?")
_YES = frozenset({"yes", "y", "true", "1", "sì", "si", "s", "vero"})
_NO = frozenset({"no", "n", "false", "0", "falso"})


def reason_of(error: ValidationError) -> str:
    """The sentence of a refusal without the value it quotes: the error file has the value beside it."""
    if params := getattr(error, "params", None):
        return str(error.message) % {**params, "value": "…"}
    return str(error.messages[0])


def text_up_to(limit: int) -> Callable[[str], str]:
    """A reader of text of at most `limit` characters, cleaned: blanks and line breaks inside become single spaces."""

    def read(text: str) -> str:
        text = clean_line(text)
        if len(text) > limit:
            raise ValidationError(
                _("The text is longer than %(limit)d characters: shorten it."),
                params={"limit": limit},
                code="too_long",
            )
        return text

    return read


def long_text(text: str) -> str:
    """A text of any length, cleaned, its line breaks kept."""
    return clean_text(text)


@lru_cache(maxsize=60_000)
def read_date(text: str) -> datetime.date:
    """A day as 2026-01-31 or 31/01/2026, between 1850 and 2200."""
    found = None
    try:
        if _ISO_DATE.fullmatch(text):
            found = datetime.date.fromisoformat(text)
        elif italian := _ITALIAN_DATE.fullmatch(text):
            found = datetime.date(int(italian[3]), int(italian[2]), int(italian[1]))
    except ValueError:
        raise ValidationError(_("This day does not exist in the calendar."), code="date_unreal") from None
    if found is None:
        raise ValidationError(_("This is not a date: write it as 2026-01-31 or 31/01/2026."), code="date_shape")
    if not 1850 <= found.year <= 2200:
        raise ValidationError(_("The year is out of reach: count its figures."), code="date_year")
    return found


@lru_cache(maxsize=60_000)
def read_amount(text: str) -> Decimal:
    """Euro, not negative, at most two decimals: 1234.56, 1234,56 or 1.234,56 (the last two as Italians write)."""
    if not _AMOUNT.fullmatch(text):
        raise ValidationError(
            _("This is not an amount in euro: write it as 1234.56, without a sign of currency."), code="amount_shape"
        )
    if text.startswith("-"):
        raise ValidationError(_("The amount is negative: it must be zero or more."), code="amount_negative")
    if "," in text:
        text = text.replace(".", "").replace(",", ".")
    amount = Decimal(text)
    if amount >= 10_000_000_000:
        raise ValidationError(_("The amount is larger than ten thousand million euro."), code="amount_large")
    return amount.quantize(Decimal("0.01"))


def read_flag(text: str) -> bool:
    """Yes or no: yes, no, sì, true, false, 1, 0."""
    word = text.casefold()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise ValidationError(_("Write yes or no."), code="flag")


def days_up_to(limit: int) -> Callable[[str], int]:
    """A reader of a whole number of days from 0 to `limit`."""

    def read(text: str) -> int:
        if (days := whole_number(text)) is not None and days <= limit:
            return days
        raise ValidationError(
            _("Write a whole number of days from 0 to %(limit)d."), params={"limit": limit}, code="days"
        )

    return read


def word_among(words: Iterable[str]) -> Callable[[str], str]:
    """A reader of one of some stored words, whatever their case."""
    known = {str(word): str(word) for word in words}

    def read(text: str) -> str:
        found = known.get(text) or known.get(text.casefold())
        if found is None:
            raise ValidationError(
                _("Write one of: %(words)s."), params={"words": ", ".join(known)}, code="unknown_word"
            )
        return found

    return read


def several(read: Callable[[str], str]) -> Callable[[str], list[tuple[str, str]]]:
    """A reader of values separated by `|`, each once, as pairs (stored value, as stated)."""

    def read_all(text: str) -> list[tuple[str, str]]:
        if SEVERAL not in text:
            return [(read(text), text)]
        found: dict[str, str] = {}
        for part in text.split(SEVERAL):
            if stated := part.strip():
                found.setdefault(read(stated), stated)
        return list(found.items())

    return read_all
