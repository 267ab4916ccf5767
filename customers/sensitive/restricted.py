"""Queries: which files ask a reason before they are opened, and which of these one reader has not opened yet."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from customers.models import AccessLog, Customer, FileRestriction, ReservedAreaAccount, User
from foundation.requests import Reader

REASON_HOLDS = timedelta(minutes=30)  # one piece of work: a call, a letter, a claim looked at
# Rows of a customer that is asked about: of the file itself, and of the one that it was joined with.
_OF_THEIRS = Q(customer=OuterRef("pk")) | Q(customer=OuterRef("merged_into"))


def is_restricted() -> Q:
    """The condition on customers whose file asks a reason.

    A mark of the data protection officer is in force, or somebody who acts for them in the reserved area works here: a
    colleague who is a customer, or whose family or company is. A file that was joined asks as long as the one that remains
    does: marks and accounts are moved there, and its own page still shows what was written under it.
    """
    marked = FileRestriction.objects.filter(_OF_THEIRS, lifted_at__isnull=True)
    colleagues = ReservedAreaAccount.objects.not_closed().filter(_OF_THEIRS, user__is_staff=True)
    return Q(Exists(marked)) | Q(Exists(colleagues))


def is_opened_by(user: User) -> Q:
    """The condition on customers whose file, or the one it was joined with, the user opened with a reason within REASON_HOLDS."""
    since = timezone.now() - REASON_HOLDS
    given = AccessLog.objects.filter(_OF_THEIRS, user=user, at__gt=since).exclude(reason_kind="")
    return Q(Exists(given))


def is_own_file_of(user: User) -> Q:
    """The condition on customers for whom the user acts in the reserved area: nobody works on their own file."""
    return Q(Exists(ReservedAreaAccount.objects.not_closed().filter(_OF_THEIRS, user=user)))


def closed_to(user: User, customer_ids: Iterable[int | None]) -> set[int]:
    """Of these customers, those whose files the user must give a reason to open; one query, none for nobody."""
    asked = {each for each in customer_ids if each is not None}
    if not asked:
        return set()
    shut = Customer.objects.filter(is_restricted(), pk__in=asked).exclude(is_opened_by(user))
    return set(shut.order_by().values_list("pk", flat=True))


def shut_to(user: Reader) -> set[int]:
    """The customers whose files the user must give a reason to open: few, found by the marks and by the colleagues' accounts."""
    files = ("customer", "customer__joined_ids")
    marked = FileRestriction.objects.filter(lifted_at__isnull=True).order_by().values_list(*files)
    colleagues = ReservedAreaAccount.objects.not_closed().filter(user__is_staff=True).order_by().values_list(*files)
    shut: dict[int, list[int]] = dict(marked.union(colleagues))
    if shut and user.pk is not None:
        asked = {pk for customer, joined in shut.items() for pk in (customer, *joined)}
        since = timezone.now() - REASON_HOLDS
        given = AccessLog.objects.filter(user=user.pk, customer__in=asked, at__gt=since).exclude(reason_kind="")
        opened = set(given.order_by().values_list("customer", flat=True))
        return asked - opened - {pk for customer in opened for pk in shut.get(customer, ())}
    return {pk for customer, joined in shut.items() for pk in (customer, *joined)}
