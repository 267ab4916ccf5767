"""What each database account may do, granted by the owner after every migration and by `manage.py grant_rights`.

The working account owns nothing: it reads and adds everywhere, changes and deletes where no guard forbids it
(`foundation/guards.py`), and never empties a table. The retention account may change and delete, and writes proofs.
Triggers would not hold against an owner, nor against `pgtrigger.ignore`, a setting that everybody may set: so the rights
guarantee what the triggers promise, and that setting is obeyed for the owner of the tables alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import CommandError
from django.db import DEFAULT_DB_ALIAS, connections, transaction

from foundation.guards import PROOF_TABLE, append_only_models, never_deleted_models

CONTEXT = "pghistory_context"  # who changed what: the library adds to a row while a request lasts
MAINTAIN = 170_000  # the version of PostgreSQL that lets somebody else than the owner count a table's rows for plans

# The library's function lets anybody who sets `pgtrigger.ignore` pass; each migration with a trigger writes it again.
IGNORED_FOR_THE_OWNER_ALONE = """
    CREATE OR REPLACE FUNCTION public._pgtrigger_should_ignore(trigger_name NAME) RETURNS BOOLEAN AS $$
    DECLARE
        ignored TEXT := NULLIF(current_setting('pgtrigger.ignore', TRUE), '');
    BEGIN
        RETURN ignored IS NOT NULL
            AND pg_has_role(
                current_user, (SELECT relowner FROM pg_class WHERE oid = 'public.django_migrations'::regclass), 'MEMBER'
            )
            AND trigger_name = ANY (ignored::TEXT[]);
    END;
    $$ LANGUAGE plpgsql
"""


class CannotGrant(CommandError):
    """An account is not there, or this one is not the owner; the message is for the person at the terminal."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, returncode=2)


@dataclass(frozen=True)
class Tables:
    """The owner's tables and views by what may be done to them, each a sorted list of names."""

    free: list[str]
    never_deleted: list[str]
    append_only: list[str]
    reading: list[str]  # what only the owner writes

    @property
    def everything(self) -> list[str]:
        return [*self.free, *self.never_deleted, *self.append_only, *self.reading]


def tables_of(cursor: Any) -> Tables:
    """Sort the tables that the current account owns."""
    cursor.execute(
        "SELECT relname, relkind FROM pg_class "
        "WHERE relnamespace = 'public'::regnamespace AND relowner = current_user::regrole AND relkind IN ('r', 'p', 'v')"
    )
    owned = dict(cursor.fetchall())
    guarded = {model._meta.db_table for model in append_only_models()} & owned.keys()
    kept = {*(model._meta.db_table for model in never_deleted_models()), CONTEXT} & owned.keys()
    ours = {model._meta.db_table for model in apps.get_models(include_auto_created=True) if model._meta.managed}
    free = {name for name, kind in owned.items() if kind != "v" and name in ours} - guarded - kept
    reading = owned.keys() - free - guarded - kept
    return Tables(*(sorted(names) for names in (free, kept, guarded, reading)))


def statements(cursor: Any, *, working: str, retention: str) -> list[str]:
    """Return the statements that the owner has to run, in order. An empty account, or the owner's own, is left out."""
    cursor.execute("SELECT current_user, current_setting('server_version_num')::int, current_database()")
    owner, version, _database = cursor.fetchone()
    quote = _quoting(cursor)
    tables = tables_of(cursor)
    histories = [name for name in tables.append_only if name.endswith("history")]
    needed = ["REVOKE CREATE ON SCHEMA public FROM PUBLIC", IGNORED_FOR_THE_OWNER_ALONE]
    for account in {working, retention} - {"", owner}:
        role = quote(account)
        needed += [
            f"GRANT USAGE ON SCHEMA public TO {role}",
            f"REVOKE ALL ON {_list(tables.everything, quote)} FROM {role}",
            f"GRANT SELECT ON {_list(tables.everything, quote)} TO {role}",
            f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
        ]
    if working and working != owner:
        role = quote(working)
        append_only = [name for name in tables.append_only if name != PROOF_TABLE]
        needed += [
            f"GRANT INSERT, UPDATE, DELETE ON {_list(tables.free, quote)} TO {role}",
            f"GRANT INSERT, UPDATE ON {_list(tables.never_deleted, quote)} TO {role}",
            f"GRANT INSERT ON {_list(append_only, quote)} TO {role}",
            # A table that the next migration makes can be read and added to until its rights are granted.
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT ON TABLES TO {role}",
            f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {role}",
        ]
        if version >= MAINTAIN:
            needed.append(f"GRANT MAINTAIN ON contact_center_dailyfigures, contact_center_halfhourfigures TO {role}")
    if retention and retention not in (owner, working):
        role = quote(retention)
        changeable = [name for name in tables.everything if name not in (*tables.reading, PROOF_TABLE)]
        # What triggers write while it changes and deletes: earlier versions, who did it, days to be counted again; and the
        # files whose rows it took away.
        marks = ["contact_center_staleday", "contact_center_staleperson", "contact_center_queuetally"]
        written = [*histories, CONTEXT, *marks, "foundation_filetoremove"]
        needed += [
            f"GRANT UPDATE, DELETE ON {_list(changeable, quote)} TO {role}",
            f"GRANT INSERT ON {_list([*written, PROOF_TABLE], quote)} TO {role}",
        ]
    return needed


def grant_rights(using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """Make the rights of the accounts equal to the tables, in one transaction; returns the statements that were run.

    CannotGrant where an account does not exist, or the connection is not the owner's.
    """
    accounts = settings.DATABASE_ACCOUNTS
    working, retention = accounts.get("working", ""), accounts.get("retention", "")
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute("SELECT current_user")
        owner = cursor.fetchone()[0]
        if accounts.get("owner") != working and owner == working:
            raise CannotGrant("Only the owner may grant these rights: run this with DATABASE_OWNER_URL set.")
        cursor.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY (%s)", [[working, retention]])
        if missing := {working, retention} - {row[0] for row in cursor.fetchall()} - {""}:
            raise CannotGrant(f"There is no account {' and no account '.join(sorted(missing))}: CREATE ROLE … LOGIN.")
        needed = statements(cursor, working=working, retention=retention)
        for statement in needed:
            cursor.execute(statement)
    return needed


def grant_after_migrate(*, using: str = DEFAULT_DB_ALIAS, **_signal: Any) -> None:
    """Grant after a migrate that reached the end; before that, tables may be missing."""
    with connections[using].cursor() as cursor:
        present = set(connections[using].introspection.table_names(cursor))
    if {PROOF_TABLE, *(model._meta.db_table for model in append_only_models())} <= present:
        grant_rights(using)


def excess(using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """Return what the account of the connection may do beyond its rights here, such as "owns a_table"; empty when it has none."""
    append_only = [model._meta.db_table for model in append_only_models()]
    kept = [*(model._meta.db_table for model in never_deleted_models()), CONTEXT]
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, rolreplication FROM pg_roles "
            "WHERE rolname = current_user"
        )
        is_super, *others = cursor.fetchone()
        if is_super:
            return ["is a superuser"]
        names = ("may create roles", "may create databases", "bypasses row security", "may replicate")
        found = [name for name, has in zip(names, others, strict=True) if has]
        cursor.execute(
            "SELECT relname, pg_has_role(current_user, relowner, 'MEMBER'), "
            "has_table_privilege(oid, 'TRUNCATE'), has_any_column_privilege(oid, 'UPDATE'), "
            "has_table_privilege(oid, 'DELETE'), has_table_privilege(oid, 'INSERT') FROM pg_class "
            "WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
        )
        rows = cursor.fetchall()
        checks: list[tuple[str, Iterable[str]]] = [
            ("owns", (name for name, owns, *_ in rows if owns)),
            ("may empty", (name for name, owns, empties, *_ in rows if empties and not owns)),
            (
                "may change",
                (name for name, owns, _t, changes, *_ in rows if changes and not owns and name in append_only),
            ),
            (
                "may delete from",
                (
                    name
                    for name, owns, _t, _u, deletes, _i in rows
                    if deletes and not owns and name in append_only + kept
                ),
            ),
            ("may write", (name for name, owns, *_, adds in rows if adds and not owns and name == PROOF_TABLE)),
        ]
        for verb, tables in checks:
            if some := sorted(tables):
                found.append(f"{verb} {', '.join(some[:2])}" + (f" and {len(some) - 2} more" if len(some) > 2 else ""))
        cursor.execute("SELECT has_schema_privilege('public', 'CREATE')")
        if cursor.fetchone()[0]:
            found.append("may create tables in the schema")
    return found


def _quoting(cursor: Any) -> Any:
    return cursor.db.ops.quote_name


def _list(names: Iterable[str], quote: Any) -> str:
    return ", ".join(f"public.{quote(name)}" for name in names)
