"""What stands on the first page of the back office: figures, short lists of what waits, and what one may begin."""

from dataclasses import dataclass
from typing import Literal

Tone = Literal["", "good", "warn", "bad"]


@dataclass(frozen=True)
class Tile:
    """A figure, what it is, and where it leads; `tone` is how the figure is meant."""

    title: str
    value: str
    hint: str = ""
    url: str | None = None
    tone: Tone = ""


@dataclass(frozen=True)
class ShortRow:
    """One row of a short list: what it is, what is said of it, and where it leads."""

    label: str
    detail: str
    url: str | None = None
    tone: Tone = ""


@dataclass(frozen=True)
class ShortList:
    """The first rows of something that waits; `empty` is said where nothing does, `url` leads to all of them."""

    title: str
    rows: tuple[ShortRow, ...]
    empty: str
    url: str | None = None


@dataclass(frozen=True)
class Begin:
    """Something that the reader may begin with one click."""

    label: str
    icon: str
    url: str


OnFirstPage = Tile | ShortList | Begin
