"""What is watched: the figures of the catalogue, as what they are judged, and from which columns of the stored days."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from contact_center.catalogue import Count, Figure, Parameters
from contact_center.catalogue.measures import Quantity
from contact_center.figures.definitions import BY_KEY
from insights.models.watching import NUMBERS, SECONDS, WATCHED

from .rules import Kind


@dataclass(frozen=True, slots=True)
class Watched:
    """A figure that is watched. `waits` says whether customers may still change it by coming back."""

    figure: Figure
    kind: Kind
    above: Quantity
    below: Quantity | None

    @property
    def key(self) -> str:
        """Its key in the catalogue."""
        return self.figure.key

    @property
    def waits(self) -> bool:
        """Whether a period is judged only once the days for coming back are over."""
        return self.figure.is_provisional

    @property
    def counts(self) -> tuple[Count, ...]:
        """The stored counts that it is made of."""
        return (*self.above.counts, *(self.below.counts if self.below else ()))

    def label(self, parameters: Parameters) -> str:
        """Its name in the reader's language."""
        return str(self.figure.label) % parameters.in_words


def watched(formula: str) -> Mapping[str, Watched]:
    """The watched figures by key, in the order in which they are shown."""
    found = {}
    for key in WATCHED:
        above, below = BY_KEY[key].parts(formula)
        kind = Kind.NUMBER if key in NUMBERS else Kind.MEAN if key in SECONDS else Kind.SHARE
        found[key] = Watched(BY_KEY[key], kind, above, below)
    return found


def columns(figures: Mapping[str, Watched]) -> list[str]:
    """The columns of the stored days that they need, once each."""
    names: dict[str, Any] = {count.name: None for one in figures.values() for count in one.counts}
    return list(names)
