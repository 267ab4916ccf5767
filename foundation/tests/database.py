"""How the tests state "the database refuses this", by the name of the constraint or trigger; and a table as it was made."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
import pytest
from django.db import IntegrityError, InternalError, connection, models, transaction


@contextmanager
def refused_by(constraint: str) -> Iterator[None]:
    """What happens inside must be refused by the constraint of this name; the transaction goes on afterwards."""
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        yield
    cause = refusal.value.__cause__
    assert isinstance(cause, psycopg2.Error)
    assert cause.diag.constraint_name == constraint


@contextmanager
def refused_by_trigger() -> Iterator[None]:
    """What happens inside must be refused by a trigger; the transaction goes on afterwards."""
    with pytest.raises(InternalError, match=r"Cannot (update|delete)"), transaction.atomic():
        yield


def constraint_names(*models_: type[models.Model]) -> set[str]:
    """Names of the check and unique constraints that the models state."""
    return {constraint.name for model in models_ for constraint in model._meta.constraints}


def as_new(*models_: type[models.Model]) -> None:
    """Empty the tables of the models, and those that point at them, until the end of the test: as if no test had come before.

    What other tests left on the disk, dead rows and grown indexes, would else decide which of two ways is the cheaper one; and
    so would what a server takes the disk for: here it is one without moving parts.
    """
    names = ", ".join(connection.ops.quote_name(model._meta.db_table) for model in models_)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # no guard of what is never deleted
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table that waits for a deferred trigger cannot be emptied
        cursor.execute(f"TRUNCATE {names} CASCADE")
        cursor.execute("SET LOCAL session_replication_role = origin")
        cursor.execute("SET LOCAL random_page_cost = 1.1")
