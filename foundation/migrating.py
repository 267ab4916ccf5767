"""Migrations in a fraction of the time: operations that do not need one another share one rendering of the models.

Django renders a model and all its neighbours again after each operation. A migration has hundreds of fields, constraints,
indexes and triggers; each needs the model it is about, and may as well see what the operations next to it do.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.migrations import (
    AddConstraint,
    AddField,
    AddIndex,
    AlterField,
    CreateModel,
    Migration,
    RemoveConstraint,
    RemoveField,
    RemoveIndex,
)
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger, RemoveTrigger

SHARING = (
    CreateModel,
    AlterField,
    RemoveField,
    RemoveConstraint,
    RemoveIndex,
    RemoveTrigger,
    AddField,
    AddConstraint,
    AddIndex,
    AddTrigger,
)


class Together(Operation):
    """Operations that stand one after the other, none of which needs what another of them made."""

    def __init__(self, operations: list[Any]) -> None:
        self.operations = operations

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Bring all of them into the state, then render the models they are about once."""
        rendered = state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)
        if rendered is not None:
            state.apps = rendered
            state.reload_models(list({(app_label, _table(operation)) for operation in self.operations}))

    def database_forwards(self, app_label: str, schema_editor: Any, before: ProjectState, after: ProjectState) -> None:
        """Carry them out in their order."""
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, before, after)


class Executor(MigrationExecutor):
    """Django's executor, which applies a migration with its operations put together; going back is Django's own."""

    def apply_migration(self, state: ProjectState, migration: Migration, *args: Any, **options: Any) -> ProjectState:
        written = migration.operations
        # The stub takes them for the class's; Django's loader makes an object with a list of its own.
        migration.operations = list(_put_together(written))  # type: ignore[misc]
        try:
            return super().apply_migration(state, migration, *args, **options)
        finally:
            migration.operations = written  # type: ignore[misc]


def _put_together(operations: Sequence[Operation]) -> Iterator[Operation]:
    run: list[Operation] = []
    made: set[str] = set()  # tables that operations of this run make
    touched: set[tuple[str, str]] = set()  # what they add, change or remove: table and name
    for operation in operations:
        if run and not _may_join(operation, made, touched):
            yield Together(run)
            run, made, touched = [], set(), set()
        if not isinstance(operation, SHARING):
            yield operation
            continue
        run.append(operation)
        if isinstance(operation, CreateModel):
            made.add(_table(operation))
        else:
            touched.add((_table(operation), _name(operation)))
    if run:
        yield Together(run)


def _may_join(operation: Operation, made: set[str], touched: set[tuple[str, str]]) -> bool:
    """Return whether an operation finds before it, and after it, what it would find if it stood alone.

    A table is made with all the fields, constraints and indexes that its model has after the run, but without its triggers.
    """
    if not isinstance(operation, SHARING):
        return False
    if isinstance(operation, CreateModel | AddTrigger):
        return True
    return _table(operation) not in made and (_table(operation), _name(operation)) not in touched


def _table(operation: Any) -> str:
    return operation.name_lower if isinstance(operation, CreateModel) else operation.model_name_lower


def _name(operation: Any) -> str:
    """Return the name of the field, the constraint, the index or the trigger that an operation is about."""
    for holder in ("constraint", "index", "trigger"):
        if hasattr(operation, holder):
            return getattr(operation, holder).name
    return operation.name
