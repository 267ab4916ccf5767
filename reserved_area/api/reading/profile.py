"""One's own data, as the app reads them, and who of us opened the file."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.response import Response

from customers.models import AccessLog, ContactPoint, Customer, ReservedAreaAccount
from customers.models.account import Right
from reserved_area.api.base import ListView, MeRequest, MeView
from reserved_area.api.reading.offers import OfferShape
from reserved_area.api.reading.shapes import AgencyShape
from reserved_area.offers import offered
from reserved_area.records import role_of


class ContactPointRow(serializers.Serializer):
    """A number or address at which we reach the customer."""

    id = serializers.IntegerField(source="pk")
    kind = serializers.ChoiceField(ContactPoint.Kind.choices)
    kind_label = serializers.CharField(source="get_kind_display")
    value = serializers.CharField()
    is_verified = serializers.SerializerMethodField()

    def get_is_verified(self, point: ContactPoint) -> bool:
        """Whether the customer answered from it."""
        return point.verified_at is not None


class AccountRow(serializers.Serializer):
    """Somebody for whom the person acts; `id` goes into X-Acting-For."""

    id = serializers.IntegerField(source="pk")
    name = serializers.CharField(source="customer.letter_name")
    capacity = serializers.ChoiceField(ReservedAreaAccount.Capacity.choices)
    capacity_label = serializers.CharField(source="get_capacity_display")
    rights = serializers.SerializerMethodField(help_text="What the person may do; to look is in each")
    valid_until = serializers.DateField(allow_null=True)
    is_current = serializers.SerializerMethodField(help_text="This answer is about it")

    def get_rights(self, account: ReservedAreaAccount) -> list[str]:
        """The words of the rights."""
        return [right.value for right in Right if account.may(right)]

    def get_is_current(self, account: ReservedAreaAccount) -> bool:
        """Whether the request acts by it."""
        return account.pk == self.context["request"].account.pk


class ProfileShape(serializers.Serializer):
    """The customer's data as we hold them, and how the person signs in."""

    code = serializers.CharField()
    kind = serializers.ChoiceField(Customer.Kind.choices)
    name = serializers.CharField(source="letter_name")
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    company_name = serializers.CharField()
    tax_code = serializers.CharField()
    vat_number = serializers.CharField()
    birth_date = serializers.DateField(allow_null=True)
    address = serializers.CharField()
    postal_code = serializers.CharField()
    city = serializers.CharField()
    province = serializers.CharField()
    country = serializers.CharField()
    language = serializers.ChoiceField(["it", "en"])
    agency = AgencyShape()


class ProfileMore(serializers.Serializer):
    """Beside the data: how to reach, how to sign in, what can be changed."""

    contact_points = ContactPointRow(many=True)
    sign_in_email = serializers.CharField()
    enrolled_at = serializers.DateTimeField()
    terms_version = serializers.CharField()
    offers = OfferShape(many=True, help_text="What can be changed here")


class ProfileDetail(ProfileMore, ProfileShape):
    """One's own data."""


class ProfileView(MeView):
    """One's own data."""

    @extend_schema(operation_id="get_profile", summary="One's own data", responses=ProfileDetail)
    def get(self, request: MeRequest) -> Response:
        """As we hold them."""
        account = request.account
        more: dict[str, Any] = {
            "contact_points": ContactPoint.objects.filter(customer=request.customer).order_by("kind", "pk"),
            "sign_in_email": request.user.email,
            "enrolled_at": account.enrolled_at,
            "terms_version": account.terms_version,
            **offered(request.customer),
        }
        return Response({**ProfileShape(request.customer).data, **ProfileMore(more).data})


class AccessRow(serializers.Serializer):
    """One of us opened the file."""

    id = serializers.IntegerField(source="pk")
    at = serializers.DateTimeField()
    role = serializers.SerializerMethodField(help_text="What the person does here, in words")

    def get_role(self, look: AccessLog) -> str:
        """The role."""
        return role_of(look)


@extend_schema_view(get=extend_schema(operation_id="list_accesses", summary="Who of us opened the file"))
class AccessesView(ListView):
    """Which of our people opened one's file, the latest first."""

    serializer, order = AccessRow, ("-pk",)

    def rows(self) -> QuerySet:
        """With the roles of the person who looked."""
        rows = AccessLog.objects.filter(customer=self.request.customer)
        return rows.select_related("user").prefetch_related("user__groups")
