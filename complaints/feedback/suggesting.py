"""Rule: the theme that the words of an opinion suggest, and why. Nothing but counted words, so that a person can follow it.

With enough opinions that people gave a theme (`ENOUGH`), a multinomial naive Bayes over folded words, each counted once
in an opinion, with add-one smoothing. With fewer, the words of the table of themes: the theme with most of its words in
the opinion. An opinion in which no word is known has no suggestion, and one without any word is suggested as unclear.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from foundation.text import fold

ENOUGH = 60  # opinions with a theme, and at least two themes
SHORTEST = 3  # letters of a word that counts
REASONS = 3  # words that are named as the reason
# Words that say nothing about the matter, in Italian and English
EMPTY = frozenset(
    [
        "che",
        "non",
        "con",
        "per",
        "una",
        "uno",
        "gli",
        "dei",
        "del",
        "della",
        "delle",
        "dello",
        "degli",
        "nel",
        "nella",
        "nei",
        "sul",
        "sulla",
        "dal",
        "dalla",
        "alla",
        "alle",
        "allo",
        "come",
        "sono",
        "era",
        "anche",
        "piu",
        "molto",
        "poco",
        "tutto",
        "tutti",
        "questa",
        "questo",
        "quella",
        "quello",
        "quando",
        "dove",
        "mai",
        "sempre",
        "solo",
        "the",
        "and",
        "for",
        "with",
        "that",
        "this",
        "not",
        "are",
        "was",
        "you",
        "your",
        "have",
        "has",
        "but",
        "from",
        "all",
    ]
)


@dataclass(frozen=True)
class Suggestion:
    """A theme by its code, and the words that speak for it most."""

    code: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Learnt:
    """What was counted: opinions by theme, and in how many of a theme each word stands."""

    themes: Mapping[str, int] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    listed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # of the table, folded
    unclear: str = ""

    @property
    def is_by_table(self) -> bool:
        """Whether too little was learnt, and the words of the table are used."""
        return sum(self.themes.values()) < ENOUGH or len(self.themes) < 2


def words_of(text: str) -> frozenset[str]:
    """The words of a text that count, folded, each once."""
    return frozenset(word for word in fold(text).split() if len(word) >= SHORTEST and word not in EMPTY)


def learn(themed: Iterable[tuple[str, str]], *, listed: Mapping[str, str] | None = None, unclear: str = "") -> Learnt:
    """Count the words of (text, code of its theme). `listed` are the words of the table by code, one or several a line.

    What was found to be unclear teaches nothing: its words are those of any theme, or none.
    """
    themes: Counter[str] = Counter()
    words: dict[str, Counter[str]] = {}
    for text, code in themed:
        if code == unclear or not (found := words_of(text)):
            continue
        themes[code] += 1
        words.setdefault(code, Counter()).update(found)
    table = {
        code: tuple(filter(None, (fold(line) for line in lines.splitlines())))
        for code, lines in (listed or {}).items()
    }
    return Learnt(dict(themes), words, table, unclear)


def suggest(text: str, learnt: Learnt, *, among: Iterable[str] | None = None) -> Suggestion | None:
    """The likeliest theme of those that may be chosen (`among`, all by default); None where no word is known."""
    allowed = None if among is None else set(among)
    if not fold(text):
        is_allowed = bool(learnt.unclear) and (allowed is None or learnt.unclear in allowed)
        return Suggestion(learnt.unclear, ()) if is_allowed else None
    return (_by_table if learnt.is_by_table else _by_words)(text, learnt, allowed)


def _by_table(text: str, learnt: Learnt, allowed: set[str] | None) -> Suggestion | None:
    padded = f" {fold(text)} "
    found = {
        code: hits
        for code, words in learnt.listed.items()
        if (allowed is None or code in allowed) and (hits := [word for word in words if f" {word} " in padded])
    }
    if not found:
        return None
    code = max(found, key=lambda each: len(found[each]))  # of equals the first of the table
    return Suggestion(code, tuple(found[code][:REASONS]))


def _by_words(text: str, learnt: Learnt, allowed: set[str] | None) -> Suggestion | None:
    codes = [code for code in learnt.themes if allowed is None or code in allowed]
    known = {word for word in words_of(text) if any(word in learnt.words[code] for code in codes)}
    if not known or not codes:
        return None
    every = len({word for counts in learnt.words.values() for word in counts})
    sums = {code: sum(learnt.words[code].values()) + every for code in codes}
    total = sum(learnt.themes[code] for code in codes)

    def weight(word: str, code: str) -> float:
        return math.log((learnt.words[code].get(word, 0) + 1) / sums[code])

    scores = {
        code: math.log(learnt.themes[code] / total) + sum(weight(word, code) for word in known) for code in codes
    }
    best = max(scores, key=lambda each: (scores[each], each))
    others = [code for code in codes if code != best]

    def speaks_for(word: str) -> float:
        """By how much the word is likelier in this theme than in the next; alone, that it stands in it at all."""
        if not others:
            return float(word in learnt.words[best])
        return weight(word, best) - max(weight(word, code) for code in others)

    reasons = sorted((word for word in known if speaks_for(word) > 0), key=lambda word: (-speaks_for(word), word))
    return Suggestion(best, tuple(reasons[:REASONS]))


@dataclass(frozen=True)
class Accuracy:
    """How a suggestion did on later opinions: how many were tested, had one, were right; and by the commonest theme."""

    learnt_from: int
    tested: int
    suggested: int
    right: int
    commonest_right: int


def accuracy_of(
    earlier: Iterable[tuple[str, str]],
    later: Iterable[tuple[str, str]],
    *,
    listed: Mapping[str, str] | None = None,
    unclear: str = "",
) -> Accuracy:
    """Learn from the earlier (text, code) and suggest for the later, beside always saying the commonest earlier theme.

    What people found unclear is among the tested: a suggestion there is wrong unless it says so.
    """
    earlier = list(earlier)
    learnt = learn(earlier, listed=listed, unclear=unclear)
    counts = Counter(code for _text, code in earlier)
    commonest = max(counts, key=lambda code: (counts[code], code)) if counts else ""
    tested = suggested = right = by_commonest = 0
    for text, code in later:
        tested += 1
        by_commonest += code == commonest
        if (found := suggest(text, learnt)) is not None:
            suggested += 1
            right += found.code == code
    return Accuracy(len(earlier), tested, suggested, right, by_commonest)
