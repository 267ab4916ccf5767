"""`migrate` puts operations together, and makes what Django's own would make, with fewer renderings."""

from typing import Any

import pytest
from django.core.management import get_commands, load_command_class
from django.core.management.commands import migrate
from django.db import connection, models
from django.db.migrations import AddConstraint, AddField, AddIndex, CreateModel, Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState

from foundation.migrating import Executor


class Trial(Migration):
    """A table, and three things that are added to it."""

    operations = [
        CreateModel("Thing", [("id", models.BigAutoField(primary_key=True))]),
        AddField("thing", "size", models.IntegerField(default=3)),
        AddIndex("thing", models.Index(fields=["size"], name="thing_size")),
        AddConstraint("thing", models.CheckConstraint(condition=models.Q(size__gte=0), name="thing_has_a_size")),
    ]


def made_by(executor: type[MigrationExecutor], monkeypatch: pytest.MonkeyPatch) -> tuple[Any, ...]:
    """Return what comes of a migration (columns, constraints, options of the model) and how often models were rendered."""
    migration = Trial("0001_initial", "trial")
    rendered = []
    reload = ProjectState._reload  # type: ignore[attr-defined]  # private

    def counted(state: ProjectState, which: Any) -> None:
        rendered.append(which)
        reload(state, which)

    monkeypatch.setattr(ProjectState, "_reload", counted)
    before = ProjectState()
    assert before.apps, "rendered already, as after the first of many migrations"
    after = executor(connection).apply_migration(before, migration)
    monkeypatch.undo()
    with connection.cursor() as cursor:
        columns = [column.name for column in connection.introspection.get_table_description(cursor, "trial_thing")]
        constraints = connection.introspection.get_constraints(cursor, "trial_thing")
        cursor.execute("DROP TABLE trial_thing")
    return columns, constraints, after.models["trial", "thing"], len(rendered)


@pytest.mark.django_db
def test_it_makes_the_same_tables_with_fewer_renderings(monkeypatch):
    *ours, fewer = made_by(Executor, monkeypatch)
    *theirs, many = made_by(MigrationExecutor, monkeypatch)

    assert ours == theirs
    assert (fewer, many) == (2, 4)


def test_migrate_uses_it():
    load_command_class(get_commands()["migrate"], "migrate")

    assert migrate.MigrationExecutor is Executor
