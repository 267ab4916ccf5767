"""Places that a package leaves open for what packages further up add, filled once when the program starts.

The package declares the place, with the type of what belongs there; the top of the project names what stands in it, in
order (`vittoria_care/composition.py`). Nothing depends on which module was imported first, or at all.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar

from django.core.exceptions import ImproperlyConfigured

Item = TypeVar("Item")
Key = TypeVar("Key")
Filling = TypeVar("Filling")


class _Place(Generic[Filling]):
    """A place; a refusal names it by `name`, `filling` is None until it is filled."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.filling: Filling | None = None

    def _fill(self, filling: Filling) -> None:
        if self.filling is not None:
            raise ImproperlyConfigured(f"The slot “{self.name}” is filled already: what stands there is named once.")
        self.filling = filling

    def _read(self) -> Filling:
        if self.filling is None:
            raise ImproperlyConfigured(f"The slot “{self.name}” is read before the start of the program filled it.")
        return self.filling


class Slot(_Place[tuple[Item, ...]], Sequence[Item]):
    """Things in the order in which they are shown or asked. ImproperlyConfigured when it is read before it is filled."""

    def fill(self, items: Iterable[Item]) -> None:
        """Name what stands there; ImproperlyConfigured the second time."""
        self._fill(tuple(items))

    def __getitem__(self, index: Any) -> Any:
        return self._read()[index]

    def __len__(self) -> int:
        return len(self._read())


class KeyedSlot(_Place[dict[Key, Item]], Mapping[Key, Item]):
    """Things by what they are known by. ImproperlyConfigured when it is read before it is filled."""

    def fill(self, items: Mapping[Key, Item]) -> None:
        """Name what stands there; ImproperlyConfigured the second time."""
        self._fill(dict(items))

    def __getitem__(self, key: Key) -> Item:
        return self._read()[key]

    def __iter__(self) -> Iterator[Key]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())
