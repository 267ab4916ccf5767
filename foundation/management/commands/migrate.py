"""Django's `migrate`, with the executor that renders less (foundation/migrating.py)."""

from django.core.management.commands import migrate

from foundation.migrating import Executor

migrate.MigrationExecutor = Executor


class Command(migrate.Command):
    """Bring the tables up to date."""
