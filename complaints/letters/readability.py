"""Rule: how easily an Italian text is read, by the index of Gulpease, and how long it is. `static/js/answer.js` has the same rule.

Gulpease = 89 + (300 · sentences − 10 · letters) / words, from 0 to 100 (Lucisano and Piemontese, 1988). It advises, and
never refuses anything.
"""

import re
from dataclasses import dataclass
from math import floor
from typing import Any

from django.utils.translation import gettext_lazy as _

WORD = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+(?:['’][^\W_]+)*")  # 1.234,50 is one
# A sentence ends with one of these signs before white space and a capital or a figure, or at the end of a paragraph.
END = re.compile(r"(?<=[.!?…])[\"»”’)]*\s+(?=[\"«“‘(]*[A-ZÀ-ÖØ-Þ])|\n\s*\n")
# What has a full stop and ends nothing.
SHORT = re.compile(r"\b(?:sig|sigg|dott|avv|ing|geom|prof|art|artt|n|nn|pag|all|cfr|ecc|es)\.", re.IGNORECASE)
EASY, ORDINARY, HARD = 80, 60, 40


@dataclass(frozen=True)
class Figures:
    """What was counted in a text. `index` is None where there is not a word."""

    characters: int
    words: int
    sentences: int
    letters: int

    @property
    def index(self) -> int | None:
        """The index of Gulpease, from 0 (cannot be read) to 100 (very easy)."""
        if not self.words:
            return None
        return max(0, min(100, floor(89.5 + (300 * self.sentences - 10 * self.letters) / self.words)))

    @property
    def in_words(self) -> str:
        """What the index means, for the person who writes."""
        if (index := self.index) is None:
            return ""
        return str(meaning_of(index))


def meaning_of(index: int) -> Any:
    """The thresholds of the index in words; the levels of schooling are those of the authors."""
    if index >= EASY:
        return _("easy for anybody")
    if index >= ORDINARY:
        return _("easy with a lower secondary education; some effort without")
    if index >= HARD:
        return _("hard with a lower secondary education: shorter sentences would help")
    return _("hard for most people: shorten the sentences")


def figures_of(text: str) -> Figures:
    """Count the characters, words, sentences, and the letters and figures in the words."""
    words = WORD.findall(text)
    letters = sum(sum(each.isalnum() for each in word) for word in words)
    parts = [each for each in END.split(SHORT.sub(lambda short: short[0][:-1], text)) if WORD.search(each)]
    return Figures(len(text), len(words), len(parts), letters)
