"""Fields that the API's serializers share."""

from datetime import UTC, datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers


class AwareDateTimeField(serializers.DateTimeField):
    """A moment with its time zone, given back in UTC. A time without one means another moment twice a year: refused."""

    default_error_messages = {
        "invalid": _("Write date and time as in 2026-05-04T09:30:00+02:00."),
        "naive": _("Say which time zone it is in: add +01:00 or Z, as in 2026-05-04T09:30:00+02:00."),
        "impossible": _("There is no such date or time. Write them as in 2026-05-04T09:30:00+02:00."),
    }

    def to_internal_value(self, value: Any) -> datetime:
        """The moment in UTC."""
        if isinstance(value, str):
            try:
                value = parse_datetime(value.strip())
            except (ValueError, OverflowError):
                self.fail("impossible")
        if not isinstance(value, datetime):
            self.fail("invalid")
        if timezone.is_naive(value):
            self.fail("naive")
        try:
            return value.astimezone(UTC)
        except OverflowError:
            self.fail("impossible")


# The rules behind these fields refuse in their own words; what the schema states of them is what the rules hold to.
@extend_schema_field({"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"})
class DayField(serializers.CharField):
    """A day as YYYY-MM-DD, read by the command that is asked."""


@extend_schema_field({"type": "integer", "minimum": 0, "maximum": 86_400})
class SecondsField(serializers.IntegerField):
    """Whole seconds, of nothing that lasts longer than a day."""


@extend_schema_field({"type": "integer", "minimum": 1, "maximum": 5})
class RatingField(serializers.IntegerField):
    """A rating from 1 to 5."""
