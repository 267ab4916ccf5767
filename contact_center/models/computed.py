"""Columns that the database computes: they cannot drift from what they are made of."""

from django.db.models import DateField, Func, PositiveSmallIntegerField, TextField


class RomeDate(Func):
    """The calendar day in Italy of a moment."""

    template = "((%(expressions)s) AT TIME ZONE 'Europe/Rome')::date"
    output_field = DateField()


class RomeHalfHour(Func):
    """The half hour of the day that a clock in Italy shows at a moment, from 0 to 47."""

    template = (
        "(EXTRACT(HOUR FROM (%(expressions)s) AT TIME ZONE 'Europe/Rome') * 2"
        " + FLOOR(EXTRACT(MINUTE FROM (%(expressions)s) AT TIME ZONE 'Europe/Rome') / 30))::smallint"
    )
    output_field = PositiveSmallIntegerField()


class PersonKey(Func):
    """The person a contact was with: the customer once known, else the number or address it came from, else nothing."""

    template = "COALESCE('customer:' || customer_id::text, NULLIF('from:' || address, 'from:'))"
    output_field = TextField()
