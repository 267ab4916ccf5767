"""What the search over everything looks through: each app says how its rows are found, and what tells two of them apart."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic

from django.db.models import Model

from foundation.office.commands import ModelT
from foundation.requests import Reader

BETWEEN = " · "  # of the facts on one line


@dataclass(frozen=True)
class Finder(Generic[ModelT]):
    """One kind of row: `find(text, reader, limit)` gives those within the reader's reach, the likeliest first.

    It is asked for readers who may open such rows. `title` and `line` name a row and tell it from its like, as the reader sees
    them. `near` gives rows whose name is almost the text, without those that have these numbers. Where the list of the back
    office finds the same, `listed` leads to all of them.
    """

    model: type[ModelT]
    icon: str
    find: Callable[[str, Reader, int], Sequence[ModelT]]
    title: Callable[[ModelT, Reader], str]
    line: Callable[[ModelT, Reader], str]
    near: Callable[[str, Reader, int, set[int]], Sequence[ModelT]] | None = None
    listed: bool = True


def on_one_line(*facts: object) -> str:
    """The facts that there are, one after the other."""
    return BETWEEN.join(str(fact) for fact in facts if fact)


def named(row: Model, _reader: Reader) -> str:
    """The row by its own name, as pages write it."""
    return str(row)
