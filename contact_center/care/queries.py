"""Queries: what is to be minded with a person today, one of each kind."""

from django.utils import timezone

from customers.models import CareNeed, Customer, User

READS = "customers.view_careneed"


def in_force_of(customer: Customer, user: User) -> list[CareNeed]:
    """What counts today of the customer, as the user may read it; nothing for a role that needs no more than the neutral reason.

    Of one kind that is written in several files of the person, the one of the file that remains.
    """
    if not user.has_perm(READS):
        return []
    needs = CareNeed.objects.visible_to(user).filter(customer__in=customer.file_ids).in_force(timezone.localdate())
    by_kind: dict[str, CareNeed] = {}
    for each in sorted(needs, key=lambda need: (need.customer_id != customer.pk, need.pk)):
        by_kind.setdefault(each.kind, each)
    return sorted(by_kind.values(), key=lambda need: need.pk)
