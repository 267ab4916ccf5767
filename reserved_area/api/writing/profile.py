"""One's own settings by the app: the language, and the calendar of deadlines."""

import uuid

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from customers.calendars import feed_of, make_feed, renew_feed, revoke_feed, secret_of
from customers.models import CalendarFeed, Customer, Operation
from customers.models.account import Right
from foundation.api.strict import StrictSerializer
from notifications.operations import change_own_data
from reserved_area.api.base import MeRequest, MeView
from reserved_area.api.writing.door import SaidShape, given, writes


class LanguageInput(StrictSerializer):
    """The language of the pages and of what we write."""

    language = serializers.ChoiceField([code for code, _name in Customer._meta.get_field("language").flatchoices])


class LanguageView(MeView):
    """The language."""

    right = Right.ASK

    @writes("change_language", "Choose the language", takes=LanguageInput, gives=SaidShape, status=200)
    def post(self, request: MeRequest, *, key: uuid.UUID) -> Response:
        """An operation that is done at once; the language that it is already changes nothing."""
        language = given(LanguageInput, request)["language"]
        if language != request.customer.language:
            change_own_data(
                Operation.Kind.LANGUAGE,
                facts={"language": language},
                key=key,
                customer=request.customer,
                by=request.user,
                channel=Operation.Channel.APP,
            )
        return Response({"message": _("We write to you in this language from now on.")})


# --- The calendar -------------------------------------------------------------------------------------------------------
class CalendarShape(serializers.Serializer):
    """The address of the calendar of deadlines; nulls where none was given out."""

    id = serializers.IntegerField(allow_null=True)
    url = serializers.CharField(allow_null=True, help_text="Secret: whoever has it reads the deadlines")
    webcal_url = serializers.CharField(allow_null=True, help_text="The same, as calendars subscribe to it")


class SeenInput(StrictSerializer):
    """Which address was shown: another one that was made meanwhile remains."""

    id = serializers.IntegerField(min_value=1, max_value=2**63 - 1)


class RenewInput(StrictSerializer):
    """Which address the new one takes the place of; none for the first."""

    id = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)


def _shown(feed: CalendarFeed | None) -> dict[str, object]:
    if feed is None or not (secret := secret_of(feed)):
        return {"id": feed.pk if feed else None, "url": None, "webcal_url": None}
    address = settings.SITE_URL + reverse("calendar_feed", args=[secret])
    return {"id": feed.pk, "url": address, "webcal_url": "webcal://" + address.partition("://")[2]}


class CalendarView(MeView):
    """The address of the calendar."""

    @extend_schema(operation_id="get_calendar", summary="The address of the calendar", responses=CalendarShape)
    def get(self, request: MeRequest) -> Response:
        """As it is in force."""
        return Response(_shown(feed_of(request.account)))

    @writes(
        "make_calendar",
        "Give out an address of the calendar",
        takes=RenewInput,
        gives=CalendarShape,
        is_keyed=False,
        description="With `id` in place of that one, which opens nothing any more. Asked twice, there is one.",
    )
    def post(self, request: MeRequest) -> Response:
        """The first, or another."""
        seen = given(RenewInput, request).get("id")
        feed = make_feed(request.account) if seen is None else renew_feed(request.account, seen=seen)
        return Response(_shown(feed), status=201)


class CalendarRevokeView(MeView):
    """Take the address back."""

    @writes(
        "revoke_calendar",
        "Take back the address of the calendar",
        takes=SeenInput,
        gives=CalendarShape,
        status=200,
        is_keyed=False,
    )
    def post(self, request: MeRequest) -> Response:
        """It opens nothing from now on."""
        revoke_feed(request.account, seen=given(SeenInput, request)["id"])
        return Response(_shown(feed_of(request.account)))
