"""The texts of letters that are in force on a day, the version that a complaint takes by its reasons, and those that a letter names."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache

from django.utils.translation import gettext as _

from complaints.letters.codes import CODES, PARTICULAR, LetterCode, Place
from complaints.models.letter_text import LetterText
from foundation.refusals import Refused
from notifications.texts.reading import Read, read

APOSTROPHE = re.compile(r"'(?![^{}]*\}\})")  # outside of braces


class Texts(Mapping[str, LetterText]):
    """The texts of one language that count for a complaint about some reasons, by code. `made` makes one of its words.

    `particular` are the paragraphs that the reasons themselves ask for, of which there may be several.
    """

    def __init__(self, rows: Iterable[LetterText], reasons: Sequence[str] = ()) -> None:
        """`rows` are in force, each after those that began before it; the main reason is the first."""
        self._all, self._reasons = list(rows), tuple(reasons)
        of_code: dict[str, list[LetterText]] = {}
        for row in self._all:
            of_code.setdefault(row.code, []).append(row)
        self.particular = by_reasons(of_code.pop(PARTICULAR, []), self._reasons)
        chosen = {code: counting_of(those, self._reasons) for code, those in of_code.items()}
        self._rows = {code: row for code, row in chosen.items() if row is not None}

    def __getitem__(self, code: str) -> LetterText:
        return self._rows[code]

    def __iter__(self):
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def with_one(self, text: LetterText) -> "Texts":
        """The same as if another text had begun last: to look at what is being written."""
        return Texts([*self._all, text], self._reasons)

    def carrying(self, named: Collection[LetterText]) -> "Texts":
        """The same with the texts that a letter names, whatever reasons they are for; of the particular ones those alone."""
        texts = Texts(self._all, self._reasons)
        texts.particular = [each for each in named if each.code == PARTICULAR]
        texts._rows |= {each.code: each for each in named if each.code != PARTICULAR}
        return texts

    def require(self, codes: Collection[str], *, on: date) -> None:
        """Refused where one of these is owed on the day and none is in force: the letter would lack what it must contain."""
        lacking = [CODES[code] for code in codes if code not in self and is_owed(CODES[code], on=on)]
        if lacking:
            names = ", ".join(str(each.name) for each in lacking)
            raise Refused(
                _("No approved text is in force for: %(names)s. Without it no letter can be made.") % {"names": names},
                code="no_text",
            )

    def made(self, code: str, facts: Mapping[str, str]) -> str:
        """The text made of the facts; "" where none is in force."""
        return made_of(self[code], facts) if code in self else ""


# --- The rule: which version a letter takes -------------------------------------------------------------------------
def by_reasons(rows: Sequence[LetterText], reasons: Iterable[str]) -> list[LetterText]:
    """The versions that name one of the reasons: for each reason, in their order, the last to begin; each version once.

    `rows` are the versions of one text in force, in the order in which they began.
    """
    found: list[LetterText] = []
    for reason in reasons:
        named = [each for each in rows if reason in each.reason_codes]
        if named and named[-1] not in found:
            found.append(named[-1])
    return found


def counting_of(rows: Sequence[LetterText], reasons: Iterable[str]) -> LetterText | None:
    """The version for a complaint about the reasons: that of the first reason which has one, else the last for all; None for none."""
    if named := by_reasons(rows, reasons):
        return named[0]
    for_all = [each for each in rows if not each.reason_codes]
    return for_all[-1] if for_all else None


def in_place_of(text: LetterText, rows: Iterable[LetterText]) -> LetterText | None:
    """The version that counts where the text would: itself while it counts for one of its reasons; None where none does.

    `rows` are in force, in the order in which they began.
    """
    versions = [each for each in rows if (each.code, each.language) == (text.code, text.language)]
    found = [counting_of(versions, [reason]) for reason in text.reason_codes] or [counting_of(versions, [])]
    known = [each for each in found if each is not None]
    return text if text in known else next(iter(known), None)


def is_owed(code: LetterCode, *, on: date) -> bool:
    """Rule: whether a letter of the day may not go without the text, where it needs it."""
    return code.place == Place.FRAME or (code.owed_from is not None and on >= code.owed_from)


# --- What is in force -----------------------------------------------------------------------------------------------
def texts_on(on: date, *, language: str, reasons: Sequence[str] = ()) -> Texts:
    """The texts in force on the day for a complaint about the reasons, in one query."""
    return Texts(LetterText.objects.filter(language=language).in_force(on), reasons)


def texts_carried(names: Sequence[str], *, on: date, language: str, reasons: Sequence[str] = ()) -> Texts:
    """The texts that a letter names, and for what it does not name those of its day."""
    named = sorted(LetterText.objects.named(names, language), key=lambda each: names.index(each.name))
    return texts_on(on, language=language, reasons=reasons).carrying(named)


def made_of(text: LetterText, facts: Mapping[str, str]) -> str:
    """The text made of the facts. Our own words have the apostrophe that the rest of the letter has, the facts their own."""
    code = CODES.get(text.code)
    words = code.words if code else ()
    return _read(text.body, words).made_of({word: facts[word] for word in words}).strip()


@lru_cache(maxsize=200)
def _read(body: str, words: tuple[str, ...]) -> Read:
    return read(APOSTROPHE.sub("’", body), words=words)
