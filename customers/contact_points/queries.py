"""What pages ask about a customer's contact points: who else has them, and what depends on one."""

from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from customers.contact_points.rules import what_to_know_before_removing
from customers.models import ContactPoint, Customer, ProofCode, ReservedAreaAccount
from customers.models.proof_code import MOST_TRIES
from foundation.requests import Reader

MOST_NUMBERS = 20  # of a customer, to choose from


def numbers_of(customer: Customer) -> list[str]:
    """The customer's telephone numbers in E.164, those that they answered from first."""
    points = ContactPoint.objects.filter(customer=customer, kind=ContactPoint.Kind.PHONE)
    points = points.order_by(F("verified_at").desc(nulls_last=True), "pk")
    return list(points.values_list("value", flat=True)[:MOST_NUMBERS])


def points_of(customer: Customer, *, reader: Reader) -> list[ContactPoint]:
    """The customer's contact points; `is_shared` where another customer that the reader may see has the same.

    `waits_for_code` where a colleague had a code sent there that is taken still.
    """
    same = ContactPoint.objects.visible_to(reader).filter(kind=OuterRef("kind"), value=OuterRef("value"))
    others = same.exclude(customer=OuterRef("customer"))
    codes = ProofCode.objects.filter(
        customer=OuterRef("customer"),
        point=OuterRef("pk"),
        used_at__isnull=True,
        voided_at__isnull=True,
        tries__lt=MOST_TRIES,
        expires_at__gt=timezone.now(),
    )
    points = ContactPoint.objects.filter(customer=customer)
    return list(points.annotate(is_shared=Exists(others), waits_for_code=Exists(codes)).order_by("kind", "pk"))


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
