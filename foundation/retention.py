"""The one way to change or delete what guards protect: a transaction of the account kept for it, with its proof."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, models, transaction

from foundation.guards import SETTING
from foundation.models.retention import RetentionProof

ALIAS = "retention"


class Erasing:
    """A transaction in which guarded rows may be changed and deleted; `using` names its connection."""

    def __init__(self, using: str) -> None:
        self.using = using

    def delete(self, rows: models.QuerySet, *, rule: str, details: Mapping[str, Any] | None = None) -> int:
        """Delete the rows and what hangs on them, and write the proof; returns how many of the rows themselves."""
        _all, by_model = rows.using(self.using).delete()
        for label, number in by_model.items():
            if number:
                self.prove(rows.model._meta.apps.get_model(label), number, rule=rule, details=details)
        return by_model.get(rows.model._meta.label, 0)

    def prove(
        self, model: type[models.Model], rows: int, *, rule: str, details: Mapping[str, Any] | None = None
    ) -> RetentionProof:
        """Write down that so many rows of the model were changed or deleted by the rule."""
        return RetentionProof.objects.using(self.using).create(
            rule=rule, table=model._meta.db_table, rows=rows, details=dict(details or {})
        )


@contextmanager
def erasing() -> Iterator[Erasing]:
    """Open a transaction of the retention account, or of the only account where there is but one.

    It is a transaction of its own: what the caller has not committed yet is not seen in it, and nothing that the caller
    holds locked may be touched.
    """
    using = ALIAS if ALIAS in connections else DEFAULT_DB_ALIAS
    with transaction.atomic(using=using):
        _set_for_transaction(using, "on")
        yield Erasing(using)
        _set_for_transaction(using, "off")  # inside another transaction the setting would outlive ours


def _set_for_transaction(using: str, value: str) -> None:
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, TRUE)", [SETTING, value])
