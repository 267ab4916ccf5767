"""Lines of business (rami) of art. 2 of the Codice delle assicurazioni private (d.lgs. 209/2005), as dated data.

Non-life lines are numbered 1 to 18, life lines I to VI; the codes are stored as these texts. The numbering is older
than the code (d.lgs. 174 and 175 of 1995); a change by law becomes a new entry with its first day.
"""

import datetime
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.numbers import is_digits

MOTOR_LIABILITY = "10"
LAND_VEHICLE_HULL = "3"
_CODE_IN_FORCE = datetime.date(1995, 6, 1)


class Business(models.TextChoices):
    """The two sides of insurance."""

    NON_LIFE = "non_life", gettext_lazy("non-life")
    LIFE = "life", gettext_lazy("life")


@dataclass(frozen=True, slots=True)
class Ramo:
    """A line of business during one period; `label` is translated when shown."""

    code: str
    label: str | Promise
    business: Business
    valid_from: datetime.date = _CODE_IN_FORCE
    valid_to: datetime.date | None = None

    def is_valid(self, on: datetime.date) -> bool:
        """Whether the line exists on the day, both ends included."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


_NON_LIFE = (
    gettext_lazy("accident"),
    gettext_lazy("sickness"),
    gettext_lazy("land vehicle hull"),
    gettext_lazy("railway rolling stock hull"),
    gettext_lazy("aircraft hull"),
    gettext_lazy("ship hull"),
    gettext_lazy("goods in transit"),
    gettext_lazy("fire and natural events"),
    gettext_lazy("other damage to property"),
    gettext_lazy("motor liability"),
    gettext_lazy("aircraft liability"),
    gettext_lazy("ship liability"),
    gettext_lazy("general liability"),
    gettext_lazy("credit"),
    gettext_lazy("suretyship"),
    gettext_lazy("miscellaneous financial loss"),
    gettext_lazy("legal protection"),
    gettext_lazy("assistance"),
)
_LIFE = {
    "I": gettext_lazy("insurance on the length of human life"),
    "II": gettext_lazy("marriage and birth insurance"),
    "III": gettext_lazy("insurance linked to investment funds or indices"),
    "IV": gettext_lazy("long-term health and long-term care insurance"),
    "V": gettext_lazy("capitalisation"),
    "VI": gettext_lazy("management of collective funds"),
}

RAMI: tuple[Ramo, ...] = (
    *(Ramo(str(number), label, Business.NON_LIFE) for number, label in enumerate(_NON_LIFE, start=1)),
    *(Ramo(code, label, Business.LIFE) for code, label in _LIFE.items()),
)
_BY_CODE = {each.code: each for each in RAMI}
CHOICES = tuple((each.code, each.label) for each in RAMI)


def ramo(code: str) -> Ramo:
    """The line of business of a code, however written ("10", "010", "iii"); ValidationError for anything else."""
    wanted = code.strip().upper()
    if is_digits(wanted):
        wanted = wanted.lstrip("0")
    try:
        return _BY_CODE[wanted]
    except KeyError:
        raise ValidationError(
            _("There is no line of business “%(code)s”: give 1 to 18 (non-life) or I to VI (life)."),
            code="ramo_unknown",
            params={"code": code.strip()[:10]},
        ) from None
