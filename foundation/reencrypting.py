"""Bring stored values to the first key of ENCRYPTION_KEYS, or out of encryption where there is none.

It goes through each table by its key, some rows at a time, each in a transaction of its own: what is interrupted goes on where it
is run again, because it looks for the values that are not as they would be written now. Rows that are guarded against changes
are changed by the account that may (`foundation.retention`), with a proof.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import connection, connections, models

from foundation.encryption import MARK, EncryptedJSONField, decrypt, encrypt, is_encrypted, mark_of_now
from foundation.retention import erasing

RULE = "encryption"  # in the proofs


@dataclass(frozen=True)
class Column:
    """An encrypted column: of a model, or of its earlier versions."""

    model: type[models.Model]
    field: EncryptedJSONField

    def __str__(self) -> str:
        return f"{self.model._meta.db_table}.{self.field.column}"


def encrypted_columns() -> Iterator[Column]:
    """Every one there is, tables of earlier versions included, in the order of their tables."""
    for model in sorted(apps.get_models(include_auto_created=True), key=lambda each: each._meta.db_table):
        for field in model._meta.local_fields:
            if isinstance(field, EncryptedJSONField):
                yield Column(model, field)


def count_outdated(column: Column) -> int:
    """How many values are not as they would be written now."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {_table(column)} WHERE {_outdated(column)}", _parameters())  # noqa: S608
        return cursor.fetchone()[0]


def reencrypt(column: Column, *, chunk: int = 500) -> Iterator[int]:
    """Write the outdated values again, `chunk` rows at a time; gives how many after each. Stops at what cannot be read."""
    last, key, name = 0, _quoted(column.model._meta.pk), _quoted(column.field)
    ask = (
        f"SELECT {key}, {name}::text FROM {_table(column)} WHERE {_outdated(column)} AND {key} > %s"  # noqa: S608
        f" ORDER BY {key} LIMIT %s"
    )
    write = f"UPDATE {_table(column)} SET {name} = %s::jsonb WHERE {key} = %s AND {name} = %s::jsonb"  # noqa: S608
    while True:
        with erasing() as erase, connections[erase.using].cursor() as cursor:
            cursor.execute(ask, [*_parameters(), last, chunk])
            rows = cursor.fetchall()
            if not rows:
                return
            changed = 0
            for pk, stored in rows:  # one changed meanwhile was written with the first key: it is left
                cursor.execute(write, [_rewritten(column, stored), pk, stored])
                changed += cursor.rowcount
            erase.prove(column.model, changed, rule=RULE, details={"column": str(column), "to": mark_of_now()})
        last = rows[-1][0]
        yield changed


def sample(column: Column) -> str | None:
    """Read the newest encrypted value of each key; the id of a key other than the first that is still in use, or None.

    KeyMissing or ValueDamaged where one cannot be read.
    """
    key, name = _quoted(column.model._meta.pk), _quoted(column.field)
    other = None
    with connection.cursor() as cursor:
        for order in ("DESC", "ASC"):
            cursor.execute(
                f"SELECT {name} #>> '{{}}' FROM {_table(column)} WHERE jsonb_typeof({name}) = 'string'"  # noqa: S608
                f" ORDER BY {key} {order} LIMIT 1"
            )
            for (stored,) in cursor.fetchall():
                if is_encrypted(stored):
                    decrypt(stored, column=column.field.bound_to)
                    if not mark_of_now() or not stored.startswith(mark_of_now()):
                        other = stored.split(":")[1]
    return other


def _quoted(field: models.Field) -> str:
    assert field.column is not None, "what is stored has a column"
    return connection.ops.quote_name(field.column)


def _table(column: Column) -> str:
    return connection.ops.quote_name(column.model._meta.db_table)


def _outdated(column: Column) -> str:
    """The condition on values that are not as they would be written now."""
    name = _quoted(column.field)
    if mark_of_now():
        return f"{name} IS NOT NULL AND {name}::text NOT LIKE %s"
    return f"jsonb_typeof({name}) = 'string' AND {name}::text LIKE %s"


def _parameters() -> list[str]:
    return [f'"{mark_of_now() or f"{MARK}:"}%']


def _rewritten(column: Column, stored: str) -> str:
    """The stored JSON as it would be written now."""
    value = json.loads(stored)
    plain = decrypt(value, column=column.field.bound_to) if is_encrypted(value) else stored
    return json.dumps(encrypt(plain, column=column.field.bound_to)) if mark_of_now() else plain
