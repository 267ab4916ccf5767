"""Conditions on columns of a fixed choice, taken from the choices themselves, so that no value is written twice."""

from collections.abc import Iterable

from django.db.models import CheckConstraint, Q, TextChoices


def is_among(field: str, members: Iterable[TextChoices]) -> Q:
    """The condition that the field holds the value of one of the members."""
    return Q(**{f"{field}__in": [member.value for member in members]})


def one_of(field: str, choices: Iterable[TextChoices], *, name: str) -> CheckConstraint:
    """The constraint that the field holds the value of one of the choices: a whole `TextChoices`, or some of it."""
    return CheckConstraint(condition=is_among(field, choices), name=name)
