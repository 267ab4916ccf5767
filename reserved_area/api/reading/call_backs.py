"""Call-backs, as the app reads them: those booked, and the hours that can still be."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.response import Response

from contact_center.call_backs.queries import free_slots, own_hours
from contact_center.due.opening_hours import days_unlike_others, opening_hours
from contact_center.models import CallBack, Contact, TollFreeLine
from customers.contact_points.queries import numbers_of
from reserved_area.api.base import LinkField, ListView, MeRequest, MeView


class CallBackRow(serializers.Serializer):
    """A call that we owe, made or called off."""

    id = serializers.IntegerField(source="pk")
    number = serializers.CharField(source="contact.number")
    request = serializers.IntegerField(source="contact_id")
    topic = serializers.CharField(source="contact.topic.shown_name", default="")
    phone = serializers.CharField(help_text="E.164")
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    state = serializers.SerializerMethodField()
    cancelled_at = serializers.DateTimeField(allow_null=True)
    can_be_changed = serializers.SerializerMethodField(help_text="Moved, or called off")
    request_url = LinkField("me_request", source="contact_id")

    @extend_schema_field({"type": "string", "enum": ["booked", "made", "cancelled"]})
    def get_state(self, call_back: CallBack) -> str:
        """Booked until somebody closes it."""
        if call_back.cancelled_at is not None:
            return "cancelled"
        return "made" if call_back.contact.state == Contact.State.CLOSED else "booked"

    def get_can_be_changed(self, call_back: CallBack) -> bool:
        """While it is still ahead."""
        return self.get_state(call_back) == "booked" and call_back.starts_at > timezone.now()


class PlaceShape(serializers.Serializer):
    """An hour that can be booked."""

    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    is_taken = serializers.BooleanField(help_text="You are called at it already")


class HoursShape(serializers.Serializer):
    """Days of the week with their hours, in words."""

    days = serializers.CharField()
    times = serializers.CharField()


class UnlikeOthersShape(serializers.Serializer):
    """A day of the coming weeks that is unlike its weekday; without times, closed."""

    day = serializers.DateField()
    name = serializers.CharField()
    times = serializers.CharField()


class LineShape(serializers.Serializer):
    """A toll-free line."""

    name = serializers.CharField(source="shown_name")
    number = serializers.CharField()


class CallBackPlaces(serializers.Serializer):
    """What is needed to book a call-back or to call."""

    places = PlaceShape(many=True)
    phones = serializers.ListField(child=serializers.CharField(), help_text="One's own numbers, to choose from")
    hours = HoursShape(many=True)
    unlike_others = UnlikeOthersShape(many=True)
    lines = LineShape(many=True)


@extend_schema_view(get=extend_schema(operation_id="list_call_backs", summary="One's call-backs"))
class CallBacksView(ListView):
    """One's call-backs, those ahead first."""

    serializer, order = CallBackRow, ("-starts_at", "-pk")

    def rows(self) -> QuerySet:
        """With the conversation and its topic."""
        return CallBack.objects.visible_to(self.request.user).select_related("contact__topic")

    def shown_with(self) -> dict[str, QuerySet]:
        """Closing the conversation makes it a call that was made."""
        return {"contact": Contact.objects.filter(customer=self.request.customer)}


class CallBackPlacesView(MeView):
    """Hours to choose from."""

    @extend_schema(operation_id="get_call_back_places", summary="Hours that can be booked", responses=CallBackPlaces)
    def get(self, request: MeRequest) -> Response:
        """The hours with room, one's own numbers, and when the lines are open."""
        now = timezone.now()
        own = own_hours(request.customer, now)
        shown: dict[str, Any] = {
            "places": [_place(each.start, each.end, own) for each in free_slots(now)],
            "phones": numbers_of(request.customer),
            "hours": opening_hours(),
            "unlike_others": days_unlike_others(),
            "lines": TollFreeLine.objects.filter(is_active=True),
        }
        return Response(CallBackPlaces(shown).data)


def _place(start: datetime, end: datetime, own: set[datetime]) -> dict[str, Any]:
    return {"starts_at": start, "ends_at": end, "is_taken": start in own}
