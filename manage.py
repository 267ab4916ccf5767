#!/usr/bin/env python
"""Run a management command. Private PostgreSQL and Redis servers are started first where no address is set."""

import os
import sys

INSUFFICIENT_PRIVILEGE = "42501"


def main() -> None:
    """Start what the command needs, then hand over to Django."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vittoria_care.settings")
    # Each import waits for what the lines above it have set: the name of the settings, the addresses of the servers.
    from vittoria_care import databases
    from vittoria_care.embedded import servers

    if databases.OWNER_COMMANDS.intersection(sys.argv[1:2]):
        os.environ["DATABASE_AS_OWNER"] = "true"
    try:
        servers.ensure_running()
    except servers.CannotStart as error:
        print(error, file=sys.stderr)
        sys.exit(2)

    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import OperationalError, ProgrammingError, connection

    try:
        execute_from_command_line(sys.argv)
        sys.stdout.flush()
    except ImproperlyConfigured as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:  # the reader has enough, such as `head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except OperationalError as error:
        if connection.connection is not None:
            raise
        print(f"The database cannot be reached: {str(error).splitlines()[0]}. Check DATABASE_URL.", file=sys.stderr)
        sys.exit(2)
    except ProgrammingError as error:
        if getattr(error.__cause__, "pgcode", "") == INSUFFICIENT_PRIVILEGE:
            print(
                f"{str(error).splitlines()[0]}: the account of this command lacks a right. Run "
                "`manage.py grant_rights`.".capitalize(),
                file=sys.stderr,
            )
            sys.exit(2)
        from django.db.migrations.executor import MigrationExecutor

        executor = MigrationExecutor(connection)
        if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
            raise
        print("The database lacks tables or columns of this version: run `manage.py migrate` first.", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
