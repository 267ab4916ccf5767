"""The home, as the app reads it: what is due, what is in progress, what is new, and for whom one acts."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from customers.models import ReservedAreaAccount
from reserved_area.api.base import MeRequest, MeView
from reserved_area.api.reading.claims import ClaimRow
from reserved_area.api.reading.complaints import ComplaintRow
from reserved_area.api.reading.notices import NoticeRow
from reserved_area.api.reading.policies import DueShape
from reserved_area.api.reading.profile import AccountRow
from reserved_area.api.reading.shapes import AgencyShape, ContactRow
from reserved_area.home import facts_of_home


class DraftShort(serializers.Serializer):
    """A claim report that was begun."""

    key = serializers.UUIDField()
    policy = serializers.IntegerField(source="policy_id")
    policy_number = serializers.CharField(source="policy.number")
    saved_at = serializers.DateTimeField()


class HomeShape(serializers.Serializer):
    """What a customer came for: at most five of each, the lists have the rest."""

    name = serializers.CharField()
    accounts = AccountRow(many=True, help_text="Those for whom the person acts")
    dues = DueShape(many=True)
    can_pay_online = serializers.BooleanField(source="can_pay")
    claims = ClaimRow(many=True, help_text="Open")
    claim_reports = DraftShort(many=True, source="drafts", help_text="Begun and not sent")
    requests = ContactRow(many=True, source="contacts", help_text="Open")
    complaints = ComplaintRow(many=True, help_text="Open")
    notices = NoticeRow(many=True, help_text="Unread")
    unread_notices = serializers.IntegerField(help_text="At most 100 are counted")
    agency = AgencyShape()


class HomeView(MeView):
    """The home."""

    for_heirs = True

    @extend_schema(operation_id="get_home", summary="What is due, in progress and new", responses=HomeShape)
    def get(self, request: MeRequest) -> Response:
        """All of it in one answer."""
        facts = facts_of_home(request)
        mine = ReservedAreaAccount.objects.filter(user=request.user).open_on(timezone.localdate()).usual_first()
        accounts = list(mine.select_related("customer")) if request.can_change else [request.account]
        facts |= {
            "name": request.customer.letter_name,
            "accounts": accounts,
        }
        return Response(HomeShape(facts, context={"request": request}).data)
