"""Commands of the data protection officer: mark a file as restricted, lift the mark, examine what is unusual; and what a search for a marked file leaves."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, FileRestriction, UnusualAccess, User
from customers.models.access import UnusualRule
from customers.sensitive.restricted import is_own_file_of
from customers.sensitive.rules import SEARCHED_MOST
from foundation.refusals import Refused


class RestrictionRefused(Refused):
    """The file is marked already, or has no mark to lift."""

    code = "restriction_refused"


@transaction.atomic
def restrict_file(customer: Customer, *, ground: str, reason: str, by: User) -> FileRestriction:
    """Ask a reason of whoever opens the file from now on; RestrictionRefused where it is marked already."""
    Customer.objects.select_for_update().get(pk=customer.pk)
    if FileRestriction.objects.filter(customer=customer, lifted_at__isnull=True).exists():
        raise RestrictionRefused(_("This file is marked already. To change the ground, lift the mark first."))
    return FileRestriction.objects.create(customer=customer, ground=ground, reason=reason, marked_by=by)


@transaction.atomic
def lift_restriction(customer: Customer, *, reason: str, by: User) -> FileRestriction:
    """End the mark in force, with the reason; RestrictionRefused where there is none."""
    marks = FileRestriction.objects.select_for_update().filter(customer=customer, lifted_at__isnull=True)
    if (mark := marks.first()) is None:
        raise RestrictionRefused(_("This file has no mark in force."))
    mark.lifted_by, mark.lifted_at, mark.lifted_reason = by, timezone.now(), reason
    mark.save(update_fields=["lifted_by", "lifted_at", "lifted_reason"])
    return mark


@transaction.atomic
def note_search(user: User, *, found: int, closed: Iterable[int]) -> None:
    """Keep for the data protection officer that a search of the user found these files, which ask them a reason.

    A row for each day, person and file counts the searches. None where the search found so many people that it named nobody, nor
    for the user's own file.
    """
    if found > SEARCHED_MOST:
        return
    asked = Customer.objects.filter(pk__in=list(closed)).exclude(is_own_file_of(user)).order_by("pk")
    for customer in asked.only("pk"):
        row, is_first = UnusualAccess.objects.get_or_create(
            day=timezone.localdate(), user=user, rule=UnusualRule.SEARCHED, customer=customer, defaults={"number": 1}
        )
        if not is_first:
            UnusualAccess.objects.filter(pk=row.pk).update(number=F("number") + 1)


@transaction.atomic
def examine_access(unusual: UnusualAccess, *, note: str, by: User) -> UnusualAccess:
    """Write down that somebody looked into it and what they found; Refused the second time."""
    unusual = UnusualAccess.objects.select_for_update().get(pk=unusual.pk)
    if unusual.examined_at is not None:
        raise Refused(_("Somebody has examined this already."), code="examined_already")
    unusual.examined_by, unusual.examined_at, unusual.note = by, timezone.now(), note
    unusual.save(update_fields=["examined_by", "examined_at", "note"])
    return unusual
