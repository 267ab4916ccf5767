"""Rule: text as it is stored and shown. One cleaner for what customers write, what staff type, and what programs send.

Out go characters that nobody sees and that mislead or break things: control characters (NUL among them), what turns the
order of letters around, marks of no width that tell apart two words which look the same, halves of surrogate pairs. The
joiners of emoji and of Persian, and the marks that Arabic and Hebrew need beside Latin letters, remain.
"""

import re
import unicodedata
from typing import Any

from django import forms
from django.http import QueryDict

_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f"  # control characters but tab and line ends
    "\u00ad\u180e\u200b\u2060-\u2064\ufeff"  # no width, no meaning
    "\u202a-\u202e\u2066-\u206f"  # embeddings, overrides and isolates: they reverse what follows
    "\ufff9-\ufffb\ud800-\udfff\U000e0001]"
)
_BREAK = re.compile("\r\n|[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]")


def clean_text(text: str) -> str:
    """The text with plain line ends, composed letters (NFC) and without what nobody sees; its outer blanks removed."""
    return _UNSEEN.sub("", unicodedata.normalize("NFC", _BREAK.sub("\n", text))).strip()


def clean_line(text: str) -> str:
    """The same on one line: line breaks and runs of blanks become one blank."""
    if text.isascii() and text.isprintable() and "  " not in text:  # nearly all cells of a file
        return text.strip()
    return " ".join(clean_text(text).split())


LONGEST_SEARCH = 200


def search_words(text: str) -> str:
    """What was typed into a search, cleaned on one line; what is longer than 200 characters is cut."""
    return clean_line(text[:LONGEST_SEARCH])


def has_digit(text: str) -> bool:
    """Whether a digit is in the text, as in whatever has a number."""
    return any(character.isdigit() for character in text)


def has_line_break(text: str) -> bool:
    """Whether the text, its outer blanks aside, is more than one line."""
    return bool(_BREAK.search(text.strip()))


def cleaned_data_of(data: Any) -> Any:
    """What a browser sent, each value cleaned; what is no QueryDict, or not text, remains as it is."""
    if not isinstance(data, QueryDict):
        if isinstance(data, dict):
            return {name: clean_text(value) if isinstance(value, str) else value for name, value in data.items()}
        return data
    cleaned = QueryDict(mutable=True, encoding=data.encoding)
    for name, values in data.lists():
        cleaned.setlist(name, [clean_text(value) if isinstance(value, str) else value for value in values])
    return cleaned


class CleanedForm(forms.BaseForm):
    """Mixin of forms: what was sent is cleaned before any field reads it. Stands before the form's own class."""

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(cleaned_data_of(data), *args, **kwargs)


# --- The search form ------------------------------------------------------------------------------------------------
# Letters that Unicode does not decompose into a base letter and an accent.
_WHOLE_LETTERS = {
    "ß": "ss",
    "æ": "ae",
    "œ": "oe",
    "ø": "o",
    "đ": "d",
    "ð": "d",
    "ł": "l",
    "ı": "i",
    "þ": "th",
    "ħ": "h",
}
_ASCII = {code: (chr(code).lower() if chr(code).isalnum() else " ") for code in range(128)}


def fold(text: str) -> str:
    """The search form of a text: lower case, no accents, anything but letters and digits as single spaces.

    `fold("D'Angelò  Niccolò-Maria")` is `"d angelo niccolo maria"`. The same function writes the stored keys and folds
    what is typed, so the two always meet; folding twice changes nothing. Non-Latin letters are kept, lower-cased.
    """
    if text.isascii():  # nearly all of a portfolio: a table look-up instead of a decomposition
        return " ".join(text.translate(_ASCII).split())
    pieces = []
    # Twice, for a letter may hide another case behind its decomposition (a mathematical A, a circled one).
    for letter in unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()):
        if letter in _WHOLE_LETTERS:
            pieces.append(_WHOLE_LETTERS[letter])
        elif letter.isalnum():
            pieces.append(letter)
        elif not unicodedata.combining(letter):
            pieces.append(" ")
    return " ".join("".join(pieces).split())
