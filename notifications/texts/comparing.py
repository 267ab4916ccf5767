"""Rule: what differs between two texts, word by word, as pieces that a page can mark."""

import difflib
import re
from dataclasses import dataclass

PIECE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\s+|[\w’']+|.", re.DOTALL)


@dataclass(frozen=True)
class Piece:
    """A piece of the comparison; `kind` is "same", "gone" or "new"."""

    kind: str
    text: str


def compared(old: str, new: str) -> list[Piece]:
    """The new text with what it adds, and what of the old one is gone. A word in braces is one piece: it changes whole."""
    before, after = PIECE.findall(old), PIECE.findall(new)
    pieces: list[Piece] = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(Piece("same", "".join(before[a:b])))
            continue
        if a < b:
            pieces.append(Piece("gone", "".join(before[a:b])))
        if c < d:
            pieces.append(Piece("new", "".join(after[c:d])))
    return pieces
