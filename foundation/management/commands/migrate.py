"""Django's `migrate`, with the executor that renders less (foundation/migrating.py)."""

from django.core.management.commands import migrate

from foundation.migrating import Executor

migrate.MigrationExecutor = Executor  # type: ignore[attr-defined]  # the stub leaves out what the module imports


class Command(migrate.Command):
    """Bring the tables up to date."""
