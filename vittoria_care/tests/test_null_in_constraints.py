"""PostgreSQL takes a row for which a CHECK is neither true nor false: a comparison with a column that is empty is neither."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.db.models import CheckConstraint, Q

from complaints.models.code import Code

CHECKS = [
    (model, constraint)
    for model in apps.get_models()
    if not hasattr(model, "pgh_obj")
    for constraint in model._meta.constraints
    if isinstance(constraint, CheckConstraint) and isinstance(constraint.condition, Q)
]


def unsure(model: type[models.Model], condition: Q) -> Iterator[str]:
    """Name each comparison that lets a row through because its column is empty.

    A comparison may stand alone, or in a choice beside "the column is empty": then an empty column is what is meant. With
    other terms it needs "the column is not empty" among them, or their refusal is lost.
    """
    if condition.connector == Q.OR:
        branches = [branch if isinstance(branch, Q) else Q(branch) for branch in _terms(condition)]
        may_be_empty = {name for branch in branches for name in _said_empty(branch)}
        for branch in branches:
            yield from (name for name in unsure(model, branch) if name not in may_be_empty)
            yield from (
                name for name in _compared(model, branch) if len(_terms(branch)) == 1 and name not in may_be_empty
            )
        return
    there = _said_there(condition)
    for child in _terms(condition):
        if isinstance(child, Q):
            yield from (name for name in unsure(model, child) if name not in there)
    if len(_terms(condition)) > 1:
        for child in _terms(condition):
            alone = child if isinstance(child, Q) and child.connector == Q.AND else Q(child)
            yield from (name for name in _compared(model, alone) if name not in there)


def _terms(condition: Q) -> list[Any]:
    """Return its terms: conditions, or pairs of a lookup and a value (the stub knows neither)."""
    return list(condition.children)


def _compared(model: type[models.Model], branch: Q) -> Iterator[str]:
    if branch.negated:
        return  # Django adds that the column is not empty
    for child in _terms(branch):
        if not isinstance(child, Q):
            name, *lookups = child[0].split("__")
            if model._meta.get_field(name).null and lookups[-1:] != ["isnull"]:
                yield name


def _said_there(condition: Q) -> set[str]:
    """Return the columns that are said not to be empty, in this choice or within its own terms."""
    if condition.negated or condition.connector != Q.AND:
        return set()
    found = set()
    for child in _terms(condition):
        if isinstance(child, Q):
            found |= _said_there(child)
        elif child[0].endswith("__isnull") and child[1] is False:
            found.add(child[0].removesuffix("__isnull"))
    return found


def _said_empty(branch: Q) -> set[str]:
    """Return the column whose being empty is enough by itself."""
    if branch.negated or len(_terms(branch)) != 1 or isinstance(_terms(branch)[0], Q):
        return set()
    path, value = _terms(branch)[0]
    return {path.removesuffix("__isnull")} if path.endswith("__isnull") and value is True else set()


@pytest.mark.parametrize(("model", "constraint"), CHECKS, ids=[constraint.name for _, constraint in CHECKS])
def test_no_constraint_lets_a_row_through_because_a_column_is_empty(model, constraint):
    assert set(unsure(model, constraint.condition)) == set()


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        (Q(valid_to__gte="2026-01-01"), set()),
        (Q(valid_to__isnull=True) | Q(valid_to__gte="2026-01-01"), set()),
        (Q(list="a") | Q(valid_to__gte="2026-01-01"), {"valid_to"}),
        (Q(valid_to__isnull=True, valid_from__isnull=True) | Q(valid_to__gte="2026-01-01"), {"valid_to"}),
        (Q(list="a") | Q(list="b", valid_to__gte="2026-01-01"), {"valid_to"}),
        (Q(list="a") | Q(list="b", valid_to__isnull=False, valid_to__gte="2026-01-01"), set()),
        (Q(list="a") | ~Q(list="a") & Q(valid_to__gte="2026-01-01"), {"valid_to"}),
        (Q(list="a") | ~Q(valid_to="2026-01-01") & Q(valid_to__isnull=False), set()),
    ],
)
def test_what_it_finds(condition, found):
    assert set(unsure(Code, condition)) == found
