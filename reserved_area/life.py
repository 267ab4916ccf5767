"""What the page of a life policy shows to its holder: its value, and whom they named (art. 42, paragraph 3, IVASS Reg. 41/2018)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from customers.models import Policy, PolicyPerson, PolicyValue
from customers.rami import Business, ramo
from customers.requests import AboutCustomer
from foundation.numbers import written_number

MOST_VALUES = 60  # rows read to find those of the newest day
LINKED_LINES = frozenset({"III", "VI"})  # art. 2 CAP: linked to funds and indices; collective funds
MOST_PEOPLE = 50


@dataclass(frozen=True)
class Holding:
    """What is held in one fund or index; units and price as people read them, "" where they are not known."""

    fund: str
    amount: Decimal
    units: str
    unit_price: str


@dataclass(frozen=True)
class Position:
    """What is held in funds or indices on a day, and what it comes to."""

    rows: list[Holding]
    on: date
    total: Decimal


def life_of_policy(request: AboutCustomer, policy: Policy) -> dict[str, Any]:
    """What parts/life.html shows: nothing but to the holder of a life policy. Three queries.

    A value that has not come is None, which is shown as such: it is unknown, and not zero.
    """
    if ramo(policy.ramo).business != Business.LIFE or policy.holder_id != request.customer.pk:
        return {}
    values = PolicyValue.objects.visible_to(request.user).filter(policy=policy).order_by("-valued_on", "fund", "pk")
    position, surrender = PolicyValue.Kind.POSITION, PolicyValue.Kind.SURRENDER
    newest = list(values.filter(kind=position)[:MOST_VALUES])
    people = PolicyPerson.objects.visible_to(request.user).named().filter(policy=policy)
    return {
        "is_life": True,
        "is_linked": policy.ramo in LINKED_LINES or bool(newest),
        "surrender": values.filter(kind=surrender).first(),
        "position": position_in(newest),
        "people": people[:MOST_PEOPLE],
    }


def position_in(values: list[PolicyValue]) -> Position | None:
    """The position that values, newest first, show: those of the newest day are the whole of it. None of none."""
    if not values:
        return None
    rows = [each for each in values if each.valued_on == values[0].valued_on]
    held = [Holding(each.fund, each.amount, _written(each.units), _written(each.unit_price)) for each in rows]
    return Position(held, values[0].valued_on, sum((each.amount for each in rows), Decimal(0)))


def _written(number: Decimal | None) -> str:
    return "" if number is None else written_number(number)
