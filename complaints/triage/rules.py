"""Rule: how likely a text is a complaint, by the words in it. Plain values in and out.

The words are data (`HintPhrase`): each has a weight, and the weights of those that occur are added up, each once. So what
made it think so can always be shown.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from foundation.text import fold

FIRST_THRESHOLD = 3  # until the words have been measured
MOST_SEARCHED = 20_000  # characters of a text
LEAST_COMPLAINTS = 10  # among the earlier weeks: with fewer, no threshold is chosen


@dataclass(frozen=True)
class Weighed:
    """A phrase as it is looked for. `folded` has no accents and no capitals; `is_stem` stands for every ending."""

    phrase: str
    folded: str
    is_stem: bool
    weight: int


@dataclass(frozen=True)
class Reading:
    """What the words of a text say: their weight in all, and each that was found, the weightiest first."""

    score: int
    words: tuple[tuple[str, int], ...]


def weighed(phrases: Iterable[tuple[str, int]]) -> list[Weighed]:
    """Phrases and weights as they are looked for; one without a letter or digit is left out."""
    found = []
    for phrase, weight in phrases:
        is_stem = phrase.rstrip().endswith("*")
        if folded := fold(phrase.rstrip().rstrip("*")):
            found.append(Weighed(phrase, folded, is_stem, weight))
    return found


def read_words(text: str, phrases: Iterable[Weighed]) -> Reading:
    """The weight of the phrases that occur in the text as whole words, each counted once."""
    padded = f" {fold(text[:MOST_SEARCHED])} "
    found = [
        (each.phrase, each.weight) for each in phrases if f" {each.folded}{'' if each.is_stem else ' '}" in padded
    ]
    found.sort(key=lambda each: (-abs(each[1]), each[0]))
    return Reading(sum(weight for _phrase, weight in found), tuple(found))


def is_likely(score: int, threshold: int) -> bool:
    """Whether a text of this weight is marked."""
    return score >= threshold


@dataclass(frozen=True)
class Counts:
    """How marks and complaints meet in `messages`: `found` of the `marked` are complaints, of `complaints` in all."""

    messages: int
    complaints: int
    marked: int
    found: int

    @property
    def precision(self) -> float | None:
        """The share of marked ones that are complaints; None where nothing was marked."""
        return self.found / self.marked if self.marked else None

    @property
    def recall(self) -> float | None:
        """The share of complaints that were marked; None where there was none."""
        return self.found / self.complaints if self.complaints else None

    @property
    def f1(self) -> float:
        """The harmonic mean of both; 0 where either is not known or zero."""
        precision, recall = self.precision or 0.0, self.recall or 0.0
        return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def counts_of(scored: Iterable[tuple[int, bool]], threshold: int) -> Counts:
    """Of weights, each with whether it was a complaint: the counts at a threshold."""
    rows = list(scored)
    marked = [was for score, was in rows if is_likely(score, threshold)]
    return Counts(len(rows), sum(was for _score, was in rows), len(marked), sum(marked))


def best_threshold(scored: Sequence[tuple[int, bool]], *, otherwise: int) -> int:
    """The threshold from 1 to 10 with the best F1; of equal ones the highest, which marks fewer.

    `otherwise` where there are fewer than LEAST_COMPLAINTS complaints to choose by, or none is ever found.
    """
    if sum(was for _score, was in scored) < LEAST_COMPLAINTS:
        return otherwise
    best = max(range(1, 11), key=lambda threshold: (counts_of(scored, threshold).f1, threshold))
    return best if counts_of(scored, best).found else otherwise
