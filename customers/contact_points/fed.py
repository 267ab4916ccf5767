"""What the portfolio's feed brought, where it was changed here: kept beside ours, so that the next night does not undo the change."""

from collections.abc import Mapping
from enum import Enum
from typing import Any

from django.utils import timezone

from customers.models import Customer
from customers.models.fed_value import FedKind, FedValue

COLUMNS = {
    FedKind.ADDRESS: ("address", "postal_code", "city", "province", "country"),
    FedKind.LANGUAGE: ("language",),
}


class Verdict(Enum):
    """What a feed's value means for one that was changed here."""

    KEEP = "keep"  # the feed still has what it had before the change
    SETTLED = "settled"  # the feed has ours by now
    NEWER = "newer"  # the feed has a third value


def remember_fed(customer: Customer, kind: FedKind) -> None:
    """Keep what the feed brought, before it is changed here. The caller holds the customer's row and saves the change.

    Where it was changed here before, the feed's value is the earlier one: nothing but the moment changes.
    """
    value = {name: getattr(customer, name) for name in COLUMNS[kind]}
    row, is_new = FedValue.objects.get_or_create(customer=customer, kind=kind, defaults={"value": value})
    if not is_new:
        row.changed_at = timezone.now()
        row.save(update_fields=["changed_at"])


def verdict_on(*, given: Mapping[str, Any], fed: Mapping[str, Any], ours: Mapping[str, Any]) -> Verdict:
    """What to do with the columns that a row of the feed gives; a column that it leaves out says nothing.

    `fed` is what the feed brought last, `ours` what is stored.
    """
    if all(ours[name] == value for name, value in given.items()):
        return Verdict.SETTLED
    return Verdict.KEEP if all(fed[name] == value for name, value in given.items()) else Verdict.NEWER
