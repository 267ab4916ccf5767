"""Many things, by so many at a time."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")


def in_chunks(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Lists of at most `size` items, in their order, asked for as they are needed."""
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk
