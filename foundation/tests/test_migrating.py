"""`migrate` puts operations together, and makes what Django's own would make, with fewer renderings."""

from typing import Any

import pytest
from django.core.management import get_commands, load_command_class
from django.core.management.commands import migrate
from django.db import connection, models
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
    RunPython,
)
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState

from foundation.migrating import Executor


class Added(Migration):
    """A table, and three things that are added to it."""

    operations = [
        CreateModel("Thing", [("id", models.BigAutoField(primary_key=True))]),
        AddField("thing", "size", models.IntegerField(default=3)),
        AddIndex("thing", models.Index(fields=["size"], name="thing_size")),
        AddConstraint("thing", models.CheckConstraint(condition=models.Q(size__gte=0), name="thing_has_a_size")),
    ]


class Changed(Migration):
    """A table beside another, and things of that one that are changed and removed."""

    operations = [
        CreateModel("Thing", [("id", models.BigAutoField(primary_key=True)), ("size", models.IntegerField())]),
        AddIndex("thing", models.Index(fields=["size"], name="thing_size")),
        AddField("thing", "old", models.IntegerField(default=1)),
        AddConstraint("thing", models.CheckConstraint(condition=models.Q(size__gte=0), name="thing_has_a_size")),
        CreateModel("Part", [("id", models.BigAutoField(primary_key=True))]),
        AlterField("thing", "size", models.BigIntegerField(null=True)),
        RemoveIndex("thing", "thing_size"),
        RemoveConstraint("thing", "thing_has_a_size"),
        AddConstraint("thing", models.CheckConstraint(condition=models.Q(size__gte=5), name="thing_has_a_size")),
        AddField("thing", "part", models.ForeignKey("trial.Part", models.CASCADE, null=True)),
        RemoveField("thing", "old"),
        RunPython(lambda apps, editor: apps.get_model("trial", "Part").objects.create(id=1)),
    ]


def made_by(
    executor: type[MigrationExecutor], trial: type[Migration], monkeypatch: pytest.MonkeyPatch
) -> tuple[Any, ...]:
    """Return what comes of a migration (columns, constraints, options of the model) and how often models were rendered."""
    migration = trial("0001_initial", "trial")
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
        columns = [column[:6] for column in connection.introspection.get_table_description(cursor, "trial_thing")]
        constraints = connection.introspection.get_constraints(cursor, "trial_thing")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("DROP TABLE IF EXISTS trial_thing, trial_part")
    return columns, constraints, after.models["trial", "thing"], len(rendered)


@pytest.mark.django_db
@pytest.mark.parametrize(("trial", "ours", "djangos"), [(Added, 2, 4), (Changed, 4, 11)])
def test_it_makes_the_same_tables_with_fewer_renderings(trial, ours, djangos, monkeypatch):
    *made, fewer = made_by(Executor, trial, monkeypatch)
    *expected, many = made_by(MigrationExecutor, trial, monkeypatch)

    assert made == expected
    assert (fewer, many) == (ours, djangos)


def test_migrate_uses_it():
    load_command_class(get_commands()["migrate"], "migrate")

    assert migrate.MigrationExecutor is Executor
