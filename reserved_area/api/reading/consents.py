"""Consents, as the app reads them: each text with what was decided about it, and every event."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.response import Response

from customers.models import Consent
from notifications.consents import title_of
from reserved_area.api.base import ListView, MeRequest, MeView
from reserved_area.notices import consents_of


class ConsentStanding(serializers.Serializer):
    """How a purpose stands on a channel."""

    purpose = serializers.ChoiceField(Consent.Purpose.choices)
    channel = serializers.ChoiceField(Consent.Channel.choices)
    channel_label = serializers.CharField(source="channel_name")
    title = serializers.CharField(help_text="Of the text that was decided on; empty where nothing was")
    is_in_force = serializers.BooleanField(source="in_force")
    is_waiting = serializers.BooleanField(source="waiting", help_text="Given, and not confirmed by the link yet")
    decided_at = serializers.DateTimeField(source="last.recorded_at", default=None, allow_null=True)


class ConsentTextShape(serializers.Serializer):
    """What is asked for a purpose."""

    purpose = serializers.ChoiceField(Consent.Purpose.choices)
    version = serializers.CharField(help_text="Sent back with a yes: a text that changed meanwhile is not agreed to")
    title = serializers.CharField()
    text = serializers.CharField()
    channels = ConsentStanding(many=True)


class ConsentsShape(serializers.Serializer):
    """Every purpose that is asked for, and consents of the past that are still in force."""

    asked = ConsentTextShape(many=True)
    others = ConsentStanding(many=True)


class ConsentEventRow(serializers.Serializer):
    """A consent given, confirmed or withdrawn."""

    id = serializers.IntegerField(source="pk")
    purpose = serializers.ChoiceField(Consent.Purpose.choices)
    channel = serializers.ChoiceField(Consent.Channel.choices)
    event = serializers.ChoiceField(Consent.Event.choices)
    event_label = serializers.CharField(source="get_event_display")
    title = serializers.SerializerMethodField()
    text_version = serializers.CharField()
    source = serializers.ChoiceField(Consent.Source.choices)  # type: ignore[assignment]  # the metaclass takes declared fields away
    source_label = serializers.CharField(source="get_source_display")
    recorded_at = serializers.DateTimeField()

    def get_title(self, consent: Consent) -> str:
        """The text's title."""
        return str(title_of(consent))


class ConsentsView(MeView):
    """The consents as they stand."""

    @extend_schema(operation_id="get_consents", summary="Consents and their texts", responses=ConsentsShape)
    def get(self, request: MeRequest) -> Response:
        """Each text with what was decided about it."""
        asked, others = consents_of(request.customer, request.user)
        texts: list[dict[str, Any]] = [
            {
                "purpose": text.purpose,
                "version": text.version,
                "title": text.title,
                "text": text.text,
                "channels": rows,
            }
            for text, rows in asked
        ]
        return Response(ConsentsShape({"asked": texts, "others": others}).data)


@extend_schema_view(get=extend_schema(operation_id="list_consent_events", summary="Every decision about consents"))
class ConsentEventsView(ListView):
    """All events, the latest first."""

    serializer, order = ConsentEventRow, ("-pk",)

    def rows(self) -> QuerySet:
        """Of this customer alone."""
        return Consent.objects.visible_to(self.request.user).filter(customer=self.request.customer)
