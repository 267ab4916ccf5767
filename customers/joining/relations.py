"""What becomes of every row that names a customer when their file is joined to another: the table that the top of the project fills.

A row that may change, and by which work goes on, is moved to the file that remains, and its id kept with the join. A row that
is evidence of what was is never touched: it is read through (`Customer.file_ids`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

from django.apps import apps
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from foundation.models import Versioned
from foundation.slots import KeyedSlot


class Way(Enum):
    """What becomes of the rows."""

    MOVED = "moved"
    READ_THROUGH = "read through"
    OF_THE_FILE = "of the file"  # it is about the file itself and not about the person


@dataclass(frozen=True)
class Relation:
    """What becomes of the rows of one key to `Customer`, and why.

    Of those that are moved, `only` says which; `unless` names the columns of which the file that remains may have one row alone:
    what it has already is left where it is. An empty tuple is one row for a customer.
    """

    way: Way
    why: str
    only: Q = field(default_factory=Q)
    unless: Sequence[str] | None = None
    counted: bool = False  # the page that compares two files says how many each has


# By "app.Model.field".
RELATIONS: KeyedSlot[str, Relation] = KeyedSlot("what becomes of the rows of a joined file")


def moved() -> list[tuple[str, Relation]]:
    """The relations whose rows are moved."""
    return [(name, each) for name, each in RELATIONS.items() if each.way is Way.MOVED]


def key_named(name: str) -> tuple[type[models.Model], str]:
    """The model and the name of the key that "app.Model.field" means."""
    app, model, key = name.split(".")
    return apps.get_model(app, model), key


def rows_to_move(name: str, relation: Relation, *, joined: int, kept: int) -> models.QuerySet:
    """The rows of the joined file that go to the one that remains."""
    model, key = key_named(name)
    rows = model._base_manager.filter(relation.only, **{key: joined})
    if relation.unless is not None:
        same = model._base_manager.filter(
            relation.only, **{key: kept}, **{column: OuterRef(column) for column in relation.unless}
        )
        rows = rows.exclude(Exists(same))
    return rows


def move(name: str, ids: Sequence[int], *, to: int) -> None:
    """Give the rows to a file. A page on which one of them is open says that it has changed."""
    model, key = key_named(name)
    values = {f"{key}_id": to}
    if issubclass(model, Versioned):
        values["version"] = F("version") + 1  # type: ignore[assignment]  # an expression
    model._base_manager.filter(pk__in=ids).update(**values)


def count_of(name: str, customer: int) -> int:
    """How many rows name the customer."""
    model, key = key_named(name)
    return model._base_manager.filter(**{key: customer}).count()
