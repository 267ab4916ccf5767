"""What a customer thinks of the app."""

import uuid

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.response import Response

from complaints.feedback.commands import send_feedback
from complaints.feedback.rules import LONGEST_FEEDBACK
from foundation.api.strict import StrictSerializer
from reserved_area.api.base import MeRequest
from reserved_area.api.reading import feedback as reading
from reserved_area.api.writing.door import WrittenShape, given, writes, written


class FeedbackInput(StrictSerializer):
    """A rating, and words if they like."""

    rating = serializers.IntegerField(min_value=1, max_value=5, help_text="5 is very satisfied")
    text = serializers.CharField(
        required=False,
        allow_blank=True,
        default="",
        max_length=2 * LONGEST_FEEDBACK,
        help_text="Up to 2,000 characters",
    )
    platform = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=30, help_text="Of the telephone"
    )


class FeedbackView(reading.FeedbackListView):
    """Saying what one thinks, beside the list of what one said."""

    @writes(
        "send_feedback",
        "Say what one thinks of the app",
        takes=FeedbackInput,
        refused={"many_today": "many came from this customer today", "text_too_long": "over 2,000 characters"},
        description=(
            "It is kept, and with words it is read by the customer service, who may answer: the answer comes as a notice and "
            "stands in list_feedback. It opens no request: whoever wants something done writes one."
        ),
    )
    def post(self, request: MeRequest, *, key: uuid.UUID) -> Response:
        """With the version of the app that X-App-Version names."""
        sent = given(FeedbackInput, request)
        done = send_feedback(customer=request.customer, submission_key=key, app_version=self.app_version, **sent)
        message = _("Thank you: we have kept what you think. If you want something done, write us a request.")
        return Response(WrittenShape(written(done.feedback, message)).data, status=201)
