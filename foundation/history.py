"""Who changed which field: triggers write the earlier row to `<Model>History` on every update and delete.

The database does it, so bulk writes, imports and the back office are seen alike. An insert is not copied: the row
itself is its first version, and an import of the whole portfolio stays fast. What is written there cannot be changed
(`foundation/guards.py`).
"""

from collections.abc import Callable, Sequence

import pghistory
from django.db import models

from foundation.guards import append_only


def keep_history(*, exclude: Sequence[str] = ()) -> Callable[[type[models.Model]], type[models.Model]]:
    """Class decorator: keep earlier versions of the model's rows, without the fields named in `exclude`."""

    def decorate(model: type[models.Model]) -> type[models.Model]:
        return pghistory.track(
            pghistory.UpdateEvent(row=pghistory.Old),
            pghistory.DeleteEvent(),
            model_name=f"{model.__name__}History",
            obj_field=pghistory.ObjForeignKey(related_name="history", related_query_name="history"),
            exclude=list(exclude),
            meta={"triggers": append_only()},
        )(model)

    return decorate
