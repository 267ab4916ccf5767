"""What an erasure would do, in words for the person. The plan is made further up, which fills the place left here."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from customers.models import Customer
from foundation.slots import Slot


@dataclass(frozen=True)
class Going:
    """So many rows of one heading that go."""

    heading: str
    number: int


@dataclass(frozen=True)
class Staying:
    """So many rows of one heading that stay, why, and until when; None where nobody knows the day yet."""

    heading: str
    number: int
    why: str
    until: date | None


@dataclass(frozen=True)
class Explanation:
    """What goes and what stays, and what has to end before anything goes; empty `waits` where nothing does."""

    goes: tuple[Going, ...]
    stays: tuple[Staying, ...]
    waits: tuple[str, ...]
    keeps_sign_in: bool


# One function that explains it for a customer, in the language of the moment.
EXPLAIN: Slot[Callable[[Customer], Explanation]] = Slot("what erasure does, in words")


def explain_erasure(customer: Customer) -> Explanation:
    """What an erasure would do now, in the language of the moment; it changes nothing."""
    return EXPLAIN[0](customer)
