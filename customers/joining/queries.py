"""What is asked before two files are joined, and what a page compares."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from customers.joining.relations import RELATIONS, count_of, key_named
from customers.joining.rules import CHOICES, Standing
from customers.models import Customer, ErasureRequest, ReservedAreaAccount
from customers.models.privacy import OPEN_STATES
from customers.privacy.rules import ERASED

AT_HOME = "IT"


def standing_of(customers: QuerySet[Customer]) -> list[Standing]:
    """What of the files matters for a join; one query."""
    accounts = ReservedAreaAccount.objects.not_closed().filter(customer=OuterRef("pk"))
    asked = ErasureRequest.objects.filter(customer=OuterRef("pk"), state__in=OPEN_STATES)
    rows = customers.select_related("merged_into").annotate(has_account=Exists(accounts), asked=Exists(asked))
    return [
        Standing(
            each.pk,
            each.code,
            each.kind,
            each.tax_code,
            joined_with=each.merged_into.code if each.merged_into is not None else "",
            has_joined=bool(each.joined_ids),
            has_account=each.has_account,
            under_erasure=each.asked,
            is_erased=each.code.startswith(ERASED),
        )
        for each in rows
    ]


@dataclass(frozen=True)
class Differing:
    """A value that is chosen: its name, its label and what each of the two files has."""

    name: str
    label: Any
    first: str
    second: str


def shown_value(customer: Customer, columns: tuple[str, ...]) -> str:
    """The columns on one line, as people read them: an address names its country where that is not Italy."""
    if columns == ("agency_id",):
        return str(customer.agency)
    texts = []
    for column in columns:
        value = getattr(customer, column)
        if column == "country" and value == AT_HOME:
            continue
        show = getattr(customer, f"get_{column}_display", None)
        texts.append(f"{value:%d/%m/%Y}" if column == "birth_date" and value else str(show() if show else value or ""))
    return " ".join(filter(None, texts))


def differing(first: Customer, second: Customer) -> list[Differing]:
    """The values in which the two files differ."""
    return [
        Differing(name, label, shown_value(first, columns), shown_value(second, columns))
        for name, (label, columns) in CHOICES.items()
        if any(getattr(first, column) != getattr(second, column) for column in columns)
    ]


@dataclass(frozen=True)
class Having:
    """How many rows of one kind each file has."""

    label: str
    first: int
    second: int


def what_each_has(first: Customer, second: Customer) -> list[Having]:
    """The rows of each file by kind, those that neither has left out."""
    found: dict[str, tuple[int, int]] = {}
    for name, relation in RELATIONS.items():
        if not relation.counted:
            continue
        label = str(key_named(name)[0]._meta.verbose_name_plural)
        before = found.get(label, (0, 0))
        found[label] = (before[0] + count_of(name, first.pk), before[1] + count_of(name, second.pk))
    return [Having(label, *numbers) for label, numbers in found.items() if any(numbers)]
