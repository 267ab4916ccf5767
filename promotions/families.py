"""Rules about lines of business: which are alike, and which say something of a person's health."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from customers.rami import LAND_VEHICLE_HULL, MOTOR_LIABILITY

# Products that are "similar to those sold" (art. 130(4) of the privacy code): of one need of the customer's.
FAMILIES = (
    frozenset({MOTOR_LIABILITY, LAND_VEHICLE_HULL, "12", "6", "18", "17"}),  # vehicles and boats
    frozenset({"8", "9", "13", "16"}),  # home, property, what one may owe for it
    frozenset({"1", "2", "IV"}),  # the person
    frozenset({"I", "III", "V"}),  # life and savings
    frozenset({"VI"}),  # pensions
)
# How each is called, in the same order.
FAMILY_NAMES = (
    _("vehicles and boats"),
    _("home, property and liability"),
    _("the person"),
    _("life and savings"),
    _("pensions"),
)
OTHER_LINES = _("other lines")
# Whoever holds, or is offered, one of these is looked at for their health.
HEALTH = ("1", "2", "IV")


def similar_lines(line: str) -> list[str]:
    """The lines similar to one, itself included, in order."""
    return sorted({line, *(each for family in FAMILIES if line in family for each in family)})


def family_of(line: str) -> tuple[int, Any]:
    """The place of the family of a line, and its name; the last place for a line of none."""
    for place, (lines, name) in enumerate(zip(FAMILIES, FAMILY_NAMES, strict=True)):
        if line in lines:
            return place, name
    return len(FAMILIES), OTHER_LINES


def looks_at_health(*lines: str) -> bool:
    """Whether one of the lines is about health."""
    return any(line in HEALTH for line in lines)
