"""What of a person is shown whole, to whom, and how it looks to everybody else.

Which role sees what whole is in the one table of permissions (`vittoria_care/permissions.py`): a reader without the word of a
kind sees that kind masked, on every page, list and file. Which columns hold which kind is the table that fills `FIELDS`.
A page of the reserved area shows a person their own values and asks nothing here.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from typing import Any

from django.db import models
from django.utils import formats
from django.utils.translation import gettext_lazy as _

from foundation.requests import Reader
from foundation.slots import KeyedSlot
from foundation.telephones import shown_number

DOTS = "•••"
TAIL = 4  # characters of a code that remain: enough to tell two apart, too few to use it
TAIL_OF_NUMBER = 3  # digits of a telephone: fewer than a search by its last digits takes
SHORTEST_NAME = 3  # letters: a shorter word of a name is looked for in texts only beside the others


class Kind(models.TextChoices):
    """What is masked. The permission `customers.view_whole_<kind>` shows it whole."""

    NAME = "name", _("name")
    TAX_CODE = "tax_code", _("tax code")
    BIRTH_DATE = "birth_date", _("date of birth")
    TELEPHONE = "telephone", _("telephone number")
    BANK_ACCOUNT = "bank_account", _("bank account")


# "app.model.field" of every column that holds such a value, in lower case. A column of addresses in general is named as a
# telephone: what has an @ in it is shown.
FIELDS: KeyedSlot[str, Kind] = KeyedSlot("the columns that are masked")

# In a text: an Italian tax code, an IBAN, a telephone as people and programs write it.
_IN_TEXTS: dict[Kind, re.Pattern[str]] = {
    Kind.TAX_CODE: re.compile(r"\b[A-Z]{6}[0-9LMNP-V]{2}[A-EHLMPR-T][0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{3}[A-Z]\b", re.I),
    Kind.BANK_ACCOUNT: re.compile(r"\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b"),
    Kind.TELEPHONE: re.compile(r"(?<![\w.,/-])(?:\+[1-9](?:[ .]?[0-9]){7,14}|3[0-9]{2}(?:[ .]?[0-9]){6,7})(?![\w/-])"),
}


def word_of(kind: Kind) -> str:
    """The permission that shows the kind whole."""
    return f"customers.view_whole_{kind.value}"


def may_see_whole(reader: Reader, kind: Kind) -> bool:
    """Whether the reader is shown values of the kind as they are."""
    return reader.has_perm(word_of(kind))


def kind_of(field: models.Field) -> Kind | None:
    """The kind of the values of a column; None where they are shown to everybody who may open the row."""
    return FIELDS.get(f"{field.model._meta.label_lower}.{field.name}")


def kind_hidden(reader: Reader, field: models.Field) -> Kind | None:
    """The kind of the values of a column that the reader sees masked; None where they see them whole."""
    kind = kind_of(field)
    return kind if kind is not None and not may_see_whole(reader, kind) else None


def masked(kind: Kind, value: Any) -> str:
    """The value as it looks to a reader who does not see it whole; "" for none. An e-mail address is no telephone: it remains."""
    if not value:
        return ""
    if kind is Kind.BIRTH_DATE:
        return f"{DOTS}{value.year if isinstance(value, date) else str(value)[:4]}"
    text = str(value)
    if kind is Kind.NAME:
        return " ".join(f"{word[0]}{DOTS}" for word in text.split())
    if kind is Kind.TELEPHONE:
        return text if "@" in text else f"{DOTS}{text[-TAIL_OF_NUMBER:]}"
    return f"{text[:2] if kind is Kind.BANK_ACCOUNT else ''}{DOTS}{text[-TAIL:]}"


def whole(kind: Kind, value: Any) -> str:
    """The value as people write it; "" for none."""
    if not value:
        return ""
    if kind is Kind.TELEPHONE:
        return str(value) if "@" in str(value) else shown_number(str(value))
    return formats.date_format(value, "SHORT_DATE_FORMAT") if isinstance(value, date) else str(value)


def seen(reader: Reader, kind: Kind, value: Any) -> str:
    """The value as the reader sees it: whole, or masked."""
    return (whole if may_see_whole(reader, kind) else masked)(kind, value)


def seen_text(reader: Reader, text: str, *, names: Iterable[str] = (), most: int | None = None) -> str:
    """A text in which codes, accounts and telephones, known by their shape, look as the reader sees them.

    It finds what is written as such; a date of birth in a sentence, or a number in words, remains. `names` are those of the
    people whom the text is about: other names have no shape by which they would be found.

    `most` is how many characters are shown at most: it is cut afterwards, or half a name would be none.
    """
    if most is not None:
        return seen_text(reader, text[: 2 * most], names=names)[:most]
    if not may_see_whole(reader, Kind.NAME):
        text = _without_names(text, names)
    for kind, shape in _IN_TEXTS.items():
        if not may_see_whole(reader, kind):
            text = shape.sub(_masking(kind), text)
    return text


def _masking(kind: Kind) -> Callable[[re.Match[str]], str]:
    return lambda found: masked(kind, found[0])


def _without_names(text: str, names: Iterable[str]) -> str:
    """The longest first, or "Anna Maria" would be left as the name of an Anna."""
    for name in sorted({each.strip() for each in names}, key=len, reverse=True):
        if len(name) >= SHORTEST_NAME:
            text = re.sub(rf"\b{re.escape(name)}\b", _masking(Kind.NAME), text, flags=re.IGNORECASE)
    return text


# --- Names, which rows say of themselves -------------------------------------------------------------------------------
_page_reader: ContextVar[Reader | None] = ContextVar("the reader of the page that is being made", default=None)


@contextmanager
def page_for(reader: Reader) -> Iterator[None]:
    """While the page is made, people's names look as its reader sees them, wherever a row is written by its name."""
    before = _page_reader.set(reader)
    try:
        yield
    finally:
        _page_reader.reset(before)


def page_shows_whole(kind: Kind) -> bool:
    """Whether the reader of the page that is being made sees the kind whole; True where no page is."""
    reader = _page_reader.get()
    return reader is None or may_see_whole(reader, kind)


def name_on_page(name: str, *, instead: str = "") -> str:
    """The name as the reader of the page that is being made sees it: whole, or `instead`, or masked.

    Letters, notices and whatever else is no page of the back office have it whole.
    """
    return name if page_shows_whole(Kind.NAME) else instead or masked(Kind.NAME, name)


# --- Rows that a page shows through methods, which know the row and not the request ------------------------------------
def show_to(row: models.Model, reader: Reader) -> None:
    """Note on the row, for as long as the page is made, who reads it."""
    row.__dict__["_reader"] = reader


def seen_of(row: models.Model, kind: Kind, value: Any) -> str:
    """The value as the reader of the row sees it; masked where nobody said who reads."""
    reader = row.__dict__.get("_reader")
    return masked(kind, value) if reader is None else seen(reader, kind, value)


def names_hidden(reader: Reader, row: models.Model) -> tuple[str, ...]:
    """The names of the people whom the row is about, where it says so (`every_name`); none for who sees names whole."""
    return () if may_see_whole(reader, Kind.NAME) else getattr(row, "every_name", ())


def seen_text_of(row: models.Model, text: str, *, most: int | None = None) -> str:
    """`seen_text` for the reader of the row, without the names of the people whom the row is about."""
    reader = row.__dict__.get("_reader")
    assert reader is not None, "the page notes who reads its rows (show_to)"
    return seen_text(reader, text, names=names_hidden(reader, row), most=most)
