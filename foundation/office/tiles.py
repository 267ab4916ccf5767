"""What stands on the first page of the back office."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Tile:
    """A figure, what it is, and where it leads; `tone` is how the figure is meant."""

    title: str
    value: str
    hint: str = ""
    url: str | None = None
    tone: Literal["", "good", "warn", "bad"] = ""
