"""Numbers that begin again each year and lack none: of the register of complaints, of the reports of claims."""

from datetime import datetime
from typing import Self

import pgtrigger
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.guards import Guard, never_deleted


class NumberedYear(models.Model):
    """The last number given in a year. Its row is locked from there to the end of the transaction: no number is missing.

    A model of its own for each series of numbers, whose rows point at its year and carry the number beside it.
    """

    year = models.PositiveSmallIntegerField(_("year"), primary_key=True)
    last_number = models.PositiveIntegerField(_("last number"), default=0)

    class Meta:
        abstract = True
        triggers = [
            *never_deleted(),
            Guard(
                name="never_backwards",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(new__last_number__lt=pgtrigger.F("old__last_number"))
                | ~pgtrigger.Q(new__year=pgtrigger.F("old__year")),
            ),
        ]

    def __str__(self) -> str:
        return str(self.year)

    @classmethod
    def locked_now(cls) -> tuple[Self, datetime]:
        """The row of this year in Italy, locked, and the moment: read under the lock, so numbers follow the moments.

        What waited for the lock over New Year's Eve gets a number of the new year. Within a transaction.
        """
        rows, number = cls._default_manager, timezone.localdate().year
        if (year := rows.select_for_update().filter(pk=number).first()) is None:
            rows.bulk_create([cls(year=number)], ignore_conflicts=True)
            year = rows.select_for_update().get(pk=number)
        now = timezone.now()
        return (year, now) if timezone.localdate(now).year == number else cls.locked_now()

    def take_number(self) -> int:
        """The next number of the year, for good unless the transaction fails; only of a row that is locked."""
        self.last_number += 1
        self.save(update_fields=["last_number"])
        return self.last_number
