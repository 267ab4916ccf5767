"""Dated data: rows that are in force from a day, until a day, or for good."""

from datetime import date

from django.db import models
from django.db.models import Q


class ValidOnQuerySet(models.QuerySet):
    """Questions asked about dated data."""

    def valid_on(self, day: date) -> "ValidOnQuerySet":
        """Rows in force on the day."""
        return self.filter(Q(valid_from__isnull=True) | Q(valid_from__lte=day)).filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=day)
        )
