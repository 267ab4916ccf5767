"""The database of one worker of the suite: a copy of the migrated template, made whole again after whoever commits.

A test with transactions of its own leaves rows and takes rows away. To copy the template anew took a second each time; what
differs is put right row by row within some hundredths. Where the schema itself was changed, or the account may not switch
triggers off, the copy is made again. What the planner knows of a table is forgotten with its rows, and nothing gathers it by itself:
else the plan of a later test would hang on which tests came before, and on the minute.
"""

import io
from dataclasses import dataclass

from django.conf import settings
from django.db import connection

SCHEMA = """
    SELECT md5(string_agg(part, ' ' ORDER BY part)) FROM (
        SELECT concat('r', oid, relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind <> 'S'
        UNION ALL SELECT concat('a', attrelid, attname, atttypid, attnotnull) FROM pg_attribute WHERE attnum > 0
        UNION ALL SELECT concat('c', oid) FROM pg_constraint
        UNION ALL SELECT concat('t', oid, tgenabled) FROM pg_trigger
        UNION ALL SELECT concat('f', oid, md5(prosrc)) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    ) AS parts (part)
"""
COLUMNS = """
    SELECT format('%I', relname), string_agg(format('%I', attname), ', ' ORDER BY attnum)
    FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
    GROUP BY relname ORDER BY relname
"""
NOTHING_BY_ITSELF = """
    DO $$ DECLARE each regclass; BEGIN
        FOR each IN SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' LOOP
            EXECUTE format('ALTER TABLE %s SET (autovacuum_enabled = off)', each);
        END LOOP;
    END $$
"""
# As of a table that was never looked at. Also ANALYZE in a transaction that is taken back leaves its number of rows behind.
FORGET = """
    WITH seen AS (
        UPDATE pg_class SET relpages = 0, reltuples = -1
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i') AND (relpages, reltuples) <> (0, -1)
        RETURNING oid
    )
    DELETE FROM pg_statistic WHERE starelid IN (SELECT oid FROM seen)
"""


@dataclass(frozen=True, slots=True)
class Table:
    """A table as the migrations left it: its columns that can be written, its number of rows, and these as text."""

    name: str
    columns: str
    count: int
    rows: str


class SuiteDatabase:
    """A copy of the template under a name of its own."""

    def __init__(self, template: str, name: str):
        self.template, self.name = template, name
        self._copy()

    def restore(self) -> None:
        """Let the next test find what the migrations left, whatever the last one committed."""
        connection.close()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()",
                [self.name],
            )  # and wait for its end: what it was committing would come after the look at the tables
            cursor.execute(SCHEMA)
            is_as_made = cursor.fetchone()[0] == self.schema and self.may_restore
            if is_as_made:
                cursor.execute(self._differing())
                differing = {name for (name,) in cursor.fetchall()}
                cursor.execute(
                    "SET session_replication_role = replica"
                )  # no trigger, no key: rows are put as they were
                for table in (each for each in self.tables if each.name in differing):
                    cursor.execute(f"DELETE FROM {table.name}")  # noqa: S608 - a name of the catalogue, quoted there
                    if table.count:
                        cursor.copy_expert(f"COPY {table.name} ({table.columns}) FROM STDIN", io.StringIO(table.rows))
                cursor.execute(FORGET)
                self._remember_the_moment(cursor)
        connection.close()
        if not is_as_made:
            self._copy()

    @staticmethod
    def point_at(name: str) -> None:
        """Use the database of that name from now on, in the default connection and in the settings."""
        connection.close()
        settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name

    def drop(self) -> None:
        """Remove it."""
        connection.close()
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')

    def _copy(self) -> None:
        self.drop()
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{self.name}" TEMPLATE "{self.template}"')
        self.point_at(self.name)
        with connection.cursor() as cursor:
            cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
            self.may_restore = cursor.fetchone()[0]
            cursor.execute(NOTHING_BY_ITSELF)
            cursor.execute(FORGET)
            cursor.execute(SCHEMA)
            self.schema = cursor.fetchone()[0]
            cursor.execute(COLUMNS)
            self.tables = [self._read(cursor, name, columns) for name, columns in cursor.fetchall()]
            self._remember_the_moment(cursor)
        connection.close()

    @staticmethod
    def _read(cursor, name: str, columns: str) -> Table:
        rows = io.StringIO()
        cursor.copy_expert(f"COPY {name} ({columns}) TO STDOUT", rows)
        return Table(name, columns, rows.getvalue().count("\n"), rows.getvalue())

    def _remember_the_moment(self, cursor) -> None:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        self.since = cursor.fetchone()[0]

    def _differing(self) -> str:
        """The statement that names the tables with rows written since the moment, or not as many as there were."""
        return " UNION ALL ".join(
            f"SELECT '{each.name}' WHERE (SELECT count(*) FROM {each.name}) <> {each.count}"  # noqa: S608
            f" OR EXISTS (SELECT FROM {each.name} WHERE xmin::text::bigint > {self.since % 2**32})"
            for each in self.tables
        )
