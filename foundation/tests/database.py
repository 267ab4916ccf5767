"""How the tests state "the database refuses this": by the name of the constraint or trigger."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
import pytest
from django.db import IntegrityError, InternalError, models, transaction


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
