"""What pages ask about a customer's contact points: who else has them, and what depends on one."""

from django.db.models import Exists, OuterRef

from customers.contact_points.rules import what_to_know_before_removing
from customers.models import ContactPoint, Customer, ReservedAreaAccount
from foundation.requests import Reader


def points_of(customer: Customer, *, reader: Reader) -> list[ContactPoint]:
    """The customer's contact points; `is_shared` where another customer that the reader may see has the same."""
    same = ContactPoint.objects.visible_to(reader).filter(kind=OuterRef("kind"), value=OuterRef("value"))
    others = same.exclude(customer=OuterRef("customer"))
    points = ContactPoint.objects.filter(customer=customer).annotate(is_shared=Exists(others))
    return list(points.order_by("kind", "pk"))


def others_with(point_kind: str, value: str, *, but: Customer, reader: Reader) -> int:
    """How many other customers that the reader may see have the same number or address."""
    same = ContactPoint.objects.visible_to(reader).filter(kind=point_kind, value=value)
    return same.exclude(customer=but).count()


def to_know_before_removing(point: ContactPoint) -> list[str]:
    """What depends on the contact point, as sentences; none where nothing does."""
    others = ContactPoint.objects.filter(customer=point.customer_id, kind=point.kind).exclude(pk=point.pk)
    accounts = ReservedAreaAccount.objects.not_closed().filter(customer=point.customer_id, user__email=point.value)
    return what_to_know_before_removing(
        point.kind, is_last=not others.exists(), opens_the_reserved_area=accounts.exists()
    )
