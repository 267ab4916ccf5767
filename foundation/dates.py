"""Days and moments written out, as sentences need them.

Italian writes the first of a month as an ordinal (1° dicembre), puts "ore" before a time, and lets the article follow
the number: il 7, l'8, dall'11, al 1°. The article is therefore part of the date, and English leaves it out.
"""

from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language

ROME = ZoneInfo("Europe/Rome")  # by its clock and calendar customers, offices and the law count

# Before a number that begins with a vowel: otto (8), undici (11).
BEFORE_VOWEL = {"il": "l’", "al": "all’", "dal": "dall’", "del": "dell’", "nel": "nell’", "sul": "sull’"}


def written_day(value: date | datetime, article: str = "") -> str:
    """Return a day in words: 8 dicembre 2026; with "al" all’8 dicembre 2026, in English the day alone.

    `article` is one of il, al, dal, del, nel, sul, or the same with a capital; KeyError for another.
    """
    if isinstance(value, datetime):
        value = timezone.localtime(value)
    return _written_day(value.year, value.month, value.day, article, get_language())


@lru_cache(maxsize=5_000)  # the same days come again and again, and Django takes a while over each
def _written_day(year: int, month: int, day: int, article: str, language: str | None) -> str:
    text = date_format(date(year, month, day), "j F Y")
    if not _in_italian():
        return text
    text = text.lower()
    before = f"{article} " if article else ""
    if article:
        elided = BEFORE_VOWEL[article.lower()]
        if day in (8, 11):
            before = elided.capitalize() if article[0].isupper() else elided
    return before + (text.replace("1", "1°", 1) if day == 1 else text)


def written_moment(value: datetime, article: str = "") -> str:
    """Return a moment in words: 1° dicembre 2026, ore 16:30; in English 1 December 2026, 16:30."""
    time = date_format(timezone.localtime(value), "H:i")
    return f"{written_day(value, article)}, {'ore ' if _in_italian() else ''}{time}"


def moment_in_full(value: datetime | None) -> str:
    """Return a moment with its weekday: martedì 17 novembre 2026, ore 18:00; in English without "ore"; "" for none."""
    if value is None:
        return ""
    return with_weekday(value, "l j F Y, \\o\\r\\e H:i" if _in_italian() else "l j F Y, H:i")


def with_weekday(value: date | datetime, form: str) -> str:
    """Return a day or moment in a form of Django's; in Italian in lower case, and the first of a month as 1°."""
    if isinstance(value, datetime):
        value = timezone.localtime(value)
    return _with_weekday(value, form, get_language())


@lru_cache(maxsize=5_000)  # a list shows the same days again and again, and Django takes a while over each
def _with_weekday(value: date, form: str, language: str | None) -> str:
    text = date_format(value, form)
    if not _in_italian():
        return text
    return text.lower().replace(" 1 ", " 1° ", 1) if value.day == 1 else text.lower()


def _in_italian() -> bool:
    return (get_language() or "").startswith("it")
