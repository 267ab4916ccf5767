"""Migrations in a fifth of the time: operations that only add to a table share one rendering of the models.

Django renders a model and all its neighbours again after each operation. An initial migration adds hundreds of fields,
constraints, indexes and triggers; each needs what it adds, and may as well see what the next ones add.
"""

from itertools import groupby
from typing import Any

from django.db.migrations import AddConstraint, AddField, AddIndex, Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger

SHARING = (AddField, AddConstraint, AddIndex, AddTrigger)


class Together(Operation):
    """Operations that stand one after the other, each of which adds something to a table that is there."""

    def __init__(self, operations: list[Operation]) -> None:
        self.operations = operations

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Tell the state of all of them, then render the models they are about once."""
        rendered = state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)
        if rendered is not None:
            state.apps = rendered
            state.reload_models({(app_label, operation.model_name_lower) for operation in self.operations})

    def database_forwards(self, app_label: str, schema_editor: Any, before: ProjectState, after: ProjectState) -> None:
        """Carry them out in their order."""
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, before, after)


class Executor(MigrationExecutor):
    """Django's executor, which applies a migration with its operations put together; going back is Django's own."""

    def apply_migration(self, state: ProjectState, migration: Migration, *args: Any, **options: Any) -> ProjectState:
        written = migration.operations
        migration.operations = [
            operation
            for shares, run in groupby(written, key=lambda operation: isinstance(operation, SHARING))
            for operation in ([Together(list(run))] if shares else run)
        ]
        try:
            return super().apply_migration(state, migration, *args, **options)
        finally:
            migration.operations = written
