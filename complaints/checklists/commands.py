"""Commands: tick an item of a complaint's checklist, take the tick back, and keep the items."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from complaints.checklists.queries import items_for
from complaints.models import ChecklistItem, ChecklistTick, Complaint
from complaints.models.code import CodeList, code_of
from complaints.services.moves import locked_open
from customers.models import User
from foundation.refusals import Refused
from foundation.text import clean_line

ITEM_FACTS = ("reason", "name", "name_en", "place", "valid_from", "valid_to")


@transaction.atomic
def tick_items(complaint: Complaint, *, items: set[int], by: User) -> int:
    """Let the ticks of an open complaint be those of `items` (ids); returns how many changed.

    Ticks that somebody set remain theirs. Refused for an item that is not of the complaint's checklist.
    """
    complaint = locked_open(complaint)
    known = {item.pk for item in items_for(complaint)}
    if items - known:
        raise Refused(
            _("The checklist has changed meanwhile: look at it as it is now."), code="other_items", field="items"
        )
    ticked = set(complaint.ticks.filter(item__in=known).values_list("item_id", flat=True))
    now = timezone.now()
    complaint.ticks.filter(item__in=ticked - items).delete()
    ChecklistTick.objects.bulk_create(
        ChecklistTick(complaint=complaint, item_id=item, by=by, at=now) for item in sorted(items - ticked)
    )
    return len(items ^ ticked)


@transaction.atomic
def add_item(*, by: User, **facts: Any) -> ChecklistItem:
    """A further item. `by` is who asks; the database keeps who changed what. Refused without a name in each language."""
    item = ChecklistItem(**_tidy(facts))
    _check(item)
    item.save()
    return item


@transaction.atomic
def change_item(item: ChecklistItem, *, by: User, changes: Mapping[str, Any]) -> ChecklistItem:
    """Change an item, or end it: ticks on it remain."""
    item = ChecklistItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
    for name, value in _tidy(changes).items():
        if name in ITEM_FACTS:
            setattr(item, name, value)
    _check(item)
    item.version += 1
    item.save()
    return item


def _tidy(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: clean_line(value) if isinstance(value, str) else value for name, value in facts.items()}


def _check(item: ChecklistItem) -> None:
    if not item.name or not item.name_en:
        field = "name_en" if item.name else "name"
        raise Refused(_("Give the name in Italian and in English: people read either."), code="no_name", field=field)
    if item.reason and code_of(CodeList.REASON, item.reason) is None:
        raise Refused(_("There is no such reason."), code="unknown_reason", field="reason")
    if item.valid_from and item.valid_to and item.valid_to < item.valid_from:
        raise Refused(_("An item ends on the day it begins, or later."), code="ends_first", field="valid_to")
