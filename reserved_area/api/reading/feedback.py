"""What one thinks of the app and the reserved area, and what we answered, as the app reads it."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from complaints.models import Feedback
from reserved_area.api.base import ListView


class FeedbackRow(serializers.Serializer):
    """Stars and perhaps words."""

    id = serializers.IntegerField(source="pk")
    source = serializers.ChoiceField(Feedback.Source.choices)  # type: ignore[assignment]  # the metaclass takes declared fields away
    source_label = serializers.CharField(source="get_source_display")
    rating = serializers.IntegerField(min_value=1, max_value=5)
    text = serializers.CharField()
    app_version = serializers.CharField()
    received_at = serializers.DateTimeField()
    state = serializers.ChoiceField(Feedback.State.choices)
    state_label = serializers.CharField(source="get_state_display")
    acknowledged_at = serializers.DateTimeField(allow_null=True, help_text="When a notice thanked for it")
    answer = serializers.CharField(help_text="Ours; empty while there is none")
    answered_at = serializers.DateTimeField(allow_null=True)
    request = serializers.IntegerField(source="contact_id", allow_null=True, help_text="The request that it became")
    complaint = serializers.IntegerField(source="complaint_id", allow_null=True, help_text="The complaint it became")


@extend_schema_view(get=extend_schema(operation_id="list_feedback", summary="What one said about app and area"))
class FeedbackListView(ListView):
    """One's own feedback, newest first."""

    serializer, order = FeedbackRow, ("-pk",)

    def rows(self) -> QuerySet:
        """Of this customer alone."""
        return Feedback.objects.visible_to(self.request.user)
