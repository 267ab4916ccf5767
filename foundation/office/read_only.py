"""How a field looks on a page of the back office that only shows it: in words and units, and never a closed door.

A foreign key is a link for whoever may open the page it leads to, and a name for everybody else. Yes and no are words:
a red cross would mean that something is wrong. Money, durations and telephones have one shape on all pages. How a
field is to be filled in is written only where it is filled in.
"""

from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import cache
from typing import Any

from django.contrib.admin.utils import display_for_field
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils import formats
from django.utils.functional import lazystr
from django.utils.translation import gettext as _
from unfold.decorators import display

from foundation import masking
from foundation.requests import Reader
from foundation.telephones import shown_number

PHONES = frozenset({"phone", "caller", "adjuster_phone"})
NOTHING = "–"


def may_read(user: Reader, model: type[models.Model]) -> bool:
    """Whether the user may open the pages of the model's rows; whoever may change them may."""
    app, name = model._meta.app_label, model._meta.model_name
    return user.has_perm(f"{app}.view_{name}") or user.has_perm(f"{app}.change_{name}")


def euro(amount: Decimal | None) -> str:
    """An amount as people write it: 1.234,50 €."""
    if amount is None:
        return NOTHING
    return f"{formats.number_format(amount, 2, use_l10n=True, force_grouping=True)}\xa0€"


def clock(seconds: int | None) -> str:
    """A duration: 6:08, or 1:02:03 from an hour on."""
    if seconds is None:
        return NOTHING
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def yes_or_no(value: bool | None) -> str:
    """A word; a dash where it is not known."""
    return NOTHING if value is None else _("yes") if value else _("no")


def shown_only(
    user: Reader, model: type[models.Model], names: Iterable[Any], *, kept: Iterable[str] = ()
) -> list[Any]:
    """The fields of a page, each as it looks where it is only shown; those of `kept` remain as they are, to be written."""
    found: list[Any] = []
    for name in names:
        if isinstance(name, list | tuple):
            found.append(tuple(shown_only(user, model, name, kept=kept)))
        elif (field := _field(model, name)) is None or name in kept:
            found.append(name)
        elif isinstance(field, models.ForeignKey):
            found.append(name if may_read(user, field.remote_field.model) else _column(model, name))
        elif masking.kind_of(field) is not None:
            found.append(_column(model, name, masking.kind_hidden(user, field)))
        else:
            found.append(_column(model, name) if _words_of(field) or field.help_text else name)
    return found


def columns(user: Reader, model: type[models.Model], names: Iterable[Any]) -> list[Any]:
    """The columns of a list: units and words as on the pages, and masked for whom they are masked there."""
    return [
        _column(model, name, masking.kind_hidden(user, field))
        if (field := _field(model, name)) and (_words_of(field) or masking.kind_of(field))
        else name
        for name in names
    ]


def _field(model: type[models.Model], name: Any) -> models.Field | None:
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:  # a method of the page, or of the row
        return None
    return field if isinstance(field, models.Field) and not field.many_to_many else None


def _words_of(field: models.Field) -> Callable[[Any], str] | None:
    """What writes the values of the field; None for what is shown as Django shows it."""
    if (own := getattr(field, "in_words", None)) is not None:
        return own
    if isinstance(field, models.BooleanField):
        return yes_or_no
    if isinstance(field, models.DecimalField):
        return euro
    if isinstance(field, models.IntegerField) and field.name.endswith("_seconds"):
        return clock
    return shown_number if field.name in PHONES and isinstance(field, models.CharField) else None


@cache
def _column(model: type[models.Model], name: str, hidden: masking.Kind | None = None) -> Callable[[models.Model], Any]:
    """What shows the field; with `hidden`, masked as values of that kind are."""
    field = _field(model, name)
    assert field is not None, "a method of the page or of the row is no column of this kind"
    words = _words_of(field)
    label = field.verbose_name
    if words is clock:  # the unit is in the value
        label = lazystr(_WithoutUnit(label))

    @display(description=label)
    def shown(row: models.Model) -> Any:
        value = getattr(row, name)
        if isinstance(field, models.ForeignKey):
            return str(value or NOTHING)
        if (kind := masking.kind_of(field)) is not None:
            return (masking.masked if hidden else masking.whole)(kind, value) or NOTHING
        if words is not None:
            return words(value) or NOTHING
        return display_for_field(value, field, NOTHING) or NOTHING

    shown.__name__ = f"{name}_shown"
    return shown


class _WithoutUnit:
    """A label without its "(s)", in whatever language it is read."""

    def __init__(self, label: Any):
        self.label = label

    def __str__(self) -> str:
        return str(self.label).removesuffix(" (s)")
