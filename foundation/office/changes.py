"""Query: the history of a row in words, from the earlier rows that the triggers keep (`foundation.history`)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Protocol

from django.contrib.admin.utils import display_for_field
from django.contrib.auth import get_user_model
from django.db import models
from django.db.models.options import Options
from django.utils.translation import gettext as _
from pghistory.models import Context

from foundation import masking
from foundation.requests import Reader

NOTHING = "–"
BOOKKEEPING = {"updated_at", "version"}  # changes with every change, and means nothing to a person
LONGEST = 200  # characters shown of a long text


@dataclass(frozen=True)
class Change:
    """One field that changed: when, by whom, from what, to what; all but the moment ready to be shown."""

    at: datetime
    by: str
    field: str
    old: str
    new: str


class EarlierRow(Protocol):
    """A row of `<Model>History`: what the row was until then, and in which request it was changed."""

    _meta: ClassVar["Options"]
    pgh_created_at: datetime
    pgh_context: Context | None


Step = tuple[EarlierRow, models.Field, Any, Any]  # what was until when, the field, from what, to what


def changes_of(row: models.Model, *, reader: Reader, limit: int = 50) -> list[Change]:
    """What changed in the row, newest first, from its last `limit` changes, as the reader sees its values.

    A few queries, however many changes.
    """
    assert hasattr(row, "history"), "a model under `keep_history`"
    earlier: list[EarlierRow] = list(row.history.order_by("-pgh_id").select_related("pgh_context")[:limit])
    fields = {field.name: field for field in row._meta.fields}
    steps: list[Step] = []
    newer: models.Model | EarlierRow = row
    for older in earlier:
        for field in older._meta.fields:
            if field.name.startswith("pgh_") or field.primary_key or field.name in BOOKKEEPING:
                continue
            old, new = getattr(older, field.attname), getattr(newer, field.attname)
            if old != new:
                steps.append((older, fields[field.name], old, new))
        newer = older
    people = _people(earlier)
    names = _names(steps)
    about = masking.names_hidden(reader, row)
    return [
        Change(
            at=older.pgh_created_at,
            by=people.get(_user_id(older), _("the system")),
            field=str(field.verbose_name),
            old=masking.seen_text(reader, _words(field, old, names, reader), names=about),
            new=masking.seen_text(reader, _words(field, new, names, reader), names=about),
        )
        for older, field, old, new in steps
    ]


def _user_id(event: EarlierRow) -> int | None:
    return event.pgh_context.metadata.get("user") if event.pgh_context else None


def _people(events: list[EarlierRow]) -> dict[int | None, str]:
    ids = {user for event in events if (user := _user_id(event)) is not None}
    return {user.pk: str(user) for user in get_user_model().objects.filter(pk__in=ids)}


def _names(steps: list[Step]) -> dict[type[models.Model], dict[Any, str]]:
    wanted: defaultdict[type[models.Model], set[Any]] = defaultdict(set)
    for _older, field, old, new in steps:
        if isinstance(field, models.ForeignKey):
            wanted[field.remote_field.model] |= {old, new} - {None}
    return {
        model: {key: str(found) for key, found in model._base_manager.in_bulk(keys).items()}
        for model, keys in wanted.items()
    }


def _words(field: models.Field, value: Any, names: dict[type[models.Model], dict[Any, str]], reader: Reader) -> str:
    if value is None or (value == "" and not field.choices):
        return NOTHING
    if isinstance(field, models.ForeignKey):
        return names[field.remote_field.model].get(value, str(value))
    if (kind := masking.kind_hidden(reader, field)) is not None:
        return masking.masked(kind, value) or NOTHING
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if (own := getattr(field, "in_words", None)) is not None:
        return own(value) or NOTHING
    shown = str(display_for_field(value, field, NOTHING))
    return shown if len(shown) <= LONGEST else shown[: LONGEST - 1] + "…"
