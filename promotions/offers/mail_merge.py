"""Rule: one text for many people. It is made once of what they share, with places for what is each one's own.

What a person alone has (their name, the secrets in which two addresses end) stands in the template as a mark that no text
contains, and is put in its place for each. The result is, letter for letter, what `notifications.rendering.render` makes;
where that is not sure (a name with odd signs, an approved text that compares such a word or changes it) `render` makes it.
"""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.html import escape

from notifications.rendering import Wording, render
from notifications.texts.in_force import TextInForce, text_in_force
from notifications.texts.mediums import Medium, medium_of
from promotions.kinds import PROMOTION

NAME = "name"
ADDRESSES = ("stop_url", "action_url")  # they end in a secret
PLAIN_NAME = re.compile(
    r"[^\W_](?:[\w .'’&()/+-]*[\w.)])?"
)  # no end of a line, no mark-up, nothing that begins a link
ENDING = re.compile(r"(?P<stem>.*/)(?P<secret>[\w:=-]+)/", re.ASCII)
BEFORE_A_NAME = re.compile(r"[\s(“«]\Z")
MOST_KEPT = 1_000  # texts, as many as there are days on which somebody agreed: a few megabytes
# In an approved text: an instruction, one that prints a word or asks whether it is there, and the words of this module.
INSTRUCTION = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")
SIMPLE = re.compile(r"\{\{\s*\w+\s*\}\}|\{%\s*if\s+\w+\s*%\}")
OWN = re.compile(rf"\b(?:{'|'.join((NAME, *ADDRESSES))}|link)\b")


@dataclass(frozen=True, slots=True)
class Places:
    """A text with marks in it."""

    wording: Wording
    marks: Mapping[str, str]

    def filled(self, own: Mapping[str, str]) -> Wording:
        """The text of one person. `own` is what stands at each mark."""
        text, html = self.wording.text, self.wording.html
        for word, mark in self.marks.items():
            text = text.replace(mark, own[word])
            html = html.replace(mark, escape(own[word]))
        return Wording(self.wording.subject, text, html, self.wording.text_id, self.wording.version)


class MailMerge:
    """The texts of promotions for as long as one round of sending lasts."""

    def __init__(self) -> None:
        stem = secrets.token_hex(8)
        self._marks = {word: f"mark{stem}{number}" for number, word in enumerate((NAME, *ADDRESSES))}
        self._kept: dict[tuple[Any, ...], Places | None] = {}

    def wording_of(self, words: Mapping[str, Any], *, language: str, channel: str, at: datetime) -> Wording:
        """What `render` makes of the words. UnknownWord where one is left out, or the text names one in vain."""
        own = _own(words)
        if own is not None and (places := self._places(words, own, language, channel, at)) is not None:
            return places.filled(own)
        return render(PROMOTION, words, language=language, channel=channel, at=at)

    def _places(
        self, words: Mapping[str, Any], own: Mapping[str, str], language: str, channel: str, at: datetime
    ) -> Places | None:
        """The text with the marks; None where it must be made for each."""
        marked = {**words, NAME: self._marks[NAME]}
        for word in ADDRESSES:
            marked[word] = f"{words[word].removesuffix(own[word] + '/')}{self._marks[word]}/"
        mediums = {Medium.MESSAGE, medium_of(PROMOTION, channel)}
        approved = [found for medium in mediums if (found := text_in_force(PROMOTION, medium, language, at))]
        key = (language, channel, *(each.pk for each in approved), *sorted(marked.items()))
        if key not in self._kept:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            self._kept[key] = self._made(marked, approved, language, channel, at)
        return self._kept[key]

    def _made(
        self, marked: Mapping[str, Any], approved: list[TextInForce], language: str, channel: str, at: datetime
    ) -> Places | None:
        if not all(leaves_alone(source) for each in approved for source in (each.subject_source, each.body_source)):
            return None
        made = render(PROMOTION, marked, language=language, channel=channel, at=at)
        if any(mark in made.subject for mark in self._marks.values()):
            return None  # it is cut at a length
        before = made.text.split(self._marks[NAME])[:-1]
        if any(part and not BEFORE_A_NAME.search(part) for part in before):
            return None  # the name might become part of an address
        return Places(made, self._marks)


def leaves_alone(source: str) -> bool:
    """Whether an approved text prints what is the person's own as it is, and asks no more than whether it is there."""
    return not any(OWN.search(each) for each in INSTRUCTION.findall(source) if not SIMPLE.fullmatch(each))


def _own(words: Mapping[str, Any]) -> dict[str, str] | None:
    """What is the person's own of the words; None where something of it cannot simply be put in its place."""
    name = words.get(NAME)
    if not isinstance(name, str) or not PLAIN_NAME.fullmatch(name):
        return None
    own = {NAME: name}
    for word in ADDRESSES:
        found = ENDING.fullmatch(words.get(word) or "")
        if found is None:
            return None
        own[word] = found["secret"]
    return own
