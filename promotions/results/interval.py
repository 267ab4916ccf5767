"""Rule: the difference between two shares with its uncertainty (Newcombe 1998, method 10: from Wilson's intervals)."""

from dataclasses import dataclass

from foundation.chance import newcombe

FEWEST = 30  # people in a group: below it a share says nothing


@dataclass(frozen=True)
class Difference:
    """The share of those written to less that of those held out, from `low` to `high` with 95 % confidence; in points."""

    points: float
    low: float
    high: float

    @property
    def tells(self) -> bool:
        """Whether the interval leaves out that there is no difference at all."""
        return self.low > 0 or self.high < 0


def difference(written: tuple[int, int], held_out: tuple[int, int]) -> Difference | None:
    """From (events, people) of both groups; None where either is too small to tell anything."""
    (events, people), (other_events, others) = written, held_out
    if people < FEWEST or others < FEWEST:
        return None
    low, high = newcombe(written, held_out)
    return Difference((events / people - other_events / others) * 100, low * 100, high * 100)
