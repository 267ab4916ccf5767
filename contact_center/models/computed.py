"""Columns that the database computes: they cannot drift from what they are made of."""

from django.db.models import DateField, Func, TextField


class RomeDate(Func):
    """The calendar day in Italy of a moment."""

    template = "((%(expressions)s) AT TIME ZONE 'Europe/Rome')::date"
    output_field = DateField()


class PersonKey(Func):
    """The person a contact was with: the customer once known, else the number or address it came from, else nothing."""

    template = "COALESCE('customer:' || customer_id::text, NULLIF('from:' || address, 'from:'))"
    output_field = TextField()
