"""Guards: triggers by which the database refuses to change, delete or empty what must remain as it was written.

This is the one declaration of it. A model names what it wants in `Meta.triggers`:

- `append_only()`: rows are added, never changed, never deleted, and the table is never emptied;
- `never_deleted()`: rows may change, but remain; `fixed(...)` beside it names columns that remain too, and from when.

One exception: an account that may write a `RetentionProof`, in a transaction marked for it
(`foundation/retention.py`), may change and delete rows, because the law asks that some of them go. Nobody may empty a
guarded table by TRUNCATE.

Triggers alone would not do: whoever owns a table may switch them off. `vittoria_care/grants.py` takes the rights from
the account that the application works under, and reads here which tables it must not change.
"""

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_

import pgtrigger
from django.apps import apps
from django.db import models

PROOF_TABLE = "foundation_retentionproof"
SETTING = "vittoria_care.retention"  # "on" in a transaction of foundation.retention.erasing


class Guard(pgtrigger.Trigger):
    """Refuse the operation on a row, except to an account that may write proofs, in a transaction it has marked."""

    when = pgtrigger.Before

    def get_func(self, model: type[models.Model]) -> str:  # type: ignore[override]  # pgtrigger gives the class
        """The body of the trigger; its words begin as those of the library's own `Protect`."""
        return (
            f"IF current_setting('{SETTING}', TRUE) = 'on' "
            f"AND has_table_privilege(current_user, '{PROOF_TABLE}', 'INSERT') THEN "
            "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END IF; "
            "RAISE EXCEPTION 'pgtrigger: Cannot % rows from % table (%)', lower(TG_OP), TG_TABLE_NAME, TG_NAME;"
        )


def never_emptied() -> pgtrigger.Trigger:
    """Refuse TRUNCATE, also where it reaches the table by CASCADE. There is no exception."""
    return pgtrigger.Trigger(
        name="never_emptied",
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        func="RAISE EXCEPTION 'pgtrigger: Cannot truncate % table (%)', TG_TABLE_NAME, TG_NAME;",
    )


def append_only() -> list[pgtrigger.Trigger]:
    """Rows are added, never changed, never deleted."""
    return [Guard(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete), never_emptied()]


def never_deleted() -> list[pgtrigger.Trigger]:
    """Rows may change and are never deleted."""
    return [Guard(name="never_deleted", operation=pgtrigger.Delete), never_emptied()]


class FixedColumns(Guard):
    """Refuse a change of the named fields. PostgreSQL looks at it only for a statement that sets one of their columns.

    To read a trigger's condition costs a statement about 0.3 ms, which commands that only move a row need not pay.
    """

    operation = pgtrigger.Update
    fields: Sequence[str] = ()

    def compile(self, model: type[models.Model]) -> pgtrigger.compiler.Trigger:  # type: ignore[override]  # as above
        """The trigger, on the columns of the fields."""
        columns = {field.name: field.column for field in model._meta.fields}
        self.operation = pgtrigger.UpdateOf(*(columns[name] for name in self.fields))
        return super().compile(model)  # type: ignore[arg-type]  # as above


def fixed(name: str, columns: Iterable[str], *, once: pgtrigger.Q | None = None) -> pgtrigger.Trigger:
    """The named fields remain as they are: always, or once the row, before the change, meets `once`."""
    columns = list(columns)
    changed = reduce(or_, (pgtrigger.Q(**{f"old__{each}__df": pgtrigger.F(f"new__{each}")}) for each in columns))
    trigger = FixedColumns(name=name, condition=once & changed if once else changed)
    trigger.fields = columns
    return trigger


def _guards_of(model: type[models.Model]) -> Sequence[pgtrigger.Trigger]:
    return getattr(model._meta, "triggers", ())


def is_append_only(model: type[models.Model]) -> bool:
    """Whether no row of the model is ever changed: then none can be locked either, the working account lacks the right."""
    return any(each.name == "append_only" for each in _guards_of(model))


def append_only_models() -> list[type[models.Model]]:
    """Models whose rows are never changed and never deleted, histories included."""
    return [model for model in apps.get_models() if is_append_only(model)]


def never_deleted_models() -> list[type[models.Model]]:
    """Models whose rows may change and are never deleted."""
    return [model for model in apps.get_models() if any(each.name == "never_deleted" for each in _guards_of(model))]
