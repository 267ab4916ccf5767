"""The door for sites and servers of the app that send opinions: the same rules as the public page, and no more trust."""

from django.conf import settings
from django.core.exceptions import ValidationError as Unreadable
from django.utils import translation
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from complaints.feedback.commands import send_feedback
from complaints.feedback.rules import LONGEST_FEEDBACK
from complaints.models import Feedback
from customers.validators import normalise_email
from foundation.api.idempotency import IDEMPOTENCY_KEY, idempotent, write_id
from foundation.api.keys import ApiKeyAuthentication, HasScope
from foundation.api.strict import StrictSerializer, StrictView
from foundation.refusals import Refused

SCOPE, KEY_FIELD = "feedback:create", "submission_key"
SOURCES = [Feedback.Source.SITE, Feedback.Source.APP]


class OpinionInput(StrictSerializer):
    """An opinion as the public page takes it: stars, and words if there are any."""

    source = serializers.ChoiceField(  # type: ignore[assignment]  # the metaclass takes declared fields away
        choices=[(each.value, each.label) for each in SOURCES], help_text="Where it was given"
    )
    submission_key = serializers.UUIDField(
        required=False,
        help_text="A UUID made once per opinion, by the rules of Idempotency-Key; one of the two is needed",
    )
    rating = serializers.IntegerField(min_value=1, max_value=5, help_text="5 is very satisfied")
    text = serializers.CharField(
        required=False, allow_blank=True, default="", help_text="Up to 2,000 characters, in any language"
    )
    email = serializers.CharField(
        required=False,
        allow_blank=True,
        default="",
        max_length=254,
        help_text="Only where the person wants to hear from us",
    )
    platform = serializers.CharField(required=False, allow_blank=True, default="", max_length=30)
    app_version = serializers.CharField(required=False, allow_blank=True, default="", max_length=30)
    language = serializers.ChoiceField(choices=["it", "en"], default="it", help_text="Of what we write to the person")
    privacy_version = serializers.CharField(
        min_length=1, max_length=20, help_text="Of the privacy notice that was shown: the one in force"
    )


class OpinionOutput(serializers.Serializer):
    """The opinion as it is kept, by this call or by an earlier one with the same key."""

    id = serializers.IntegerField()
    state = serializers.ChoiceField(choices=Feedback.State.choices)
    received_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(allow_null=True, help_text="By when it is to be answered; null for stars alone")


class FeedbackView(StrictView):
    """Opinions from sites and servers of the app."""

    authentication_classes = [ApiKeyAuthentication]
    permission_classes = [HasScope("feedback:write")]

    @extend_schema(
        operation_id="give_feedback",
        summary="Give an opinion",
        description=(
            "Keeps stars and words of somebody who has not signed in; with an e-mail address they are thanked, and may be "
            "answered. Repeating the same call, with the same `submission_key` or `Idempotency-Key` header, keeps nothing "
            "and gets the same answer; a key of yours that comes with another body is refused (422). A key is known within "
            "the API key that sends it. Refusals are problem details with `errors` by field."
        ),
        request=OpinionInput,
        parameters=[IDEMPOTENCY_KEY],
        responses={
            201: OpinionOutput,
            200: OpenApiResponse(
                OpinionOutput, description="Kept more than a day ago by the same key and body: as it is now"
            ),
            400: OpenApiResponse(description="Invalid input: `errors` says what is wrong with which field"),
            401: OpenApiResponse(description="No key, or one that is not in force"),
            403: OpenApiResponse(description="A key without the scope feedback:write"),
            422: OpenApiResponse(description="The key was used for another body"),
        },
        tags=["feedback"],
    )
    @idempotent(SCOPE, stated_in=KEY_FIELD)
    def post(self, request: Request) -> Response:
        """Keep the opinion, or answer with the one that the same key kept."""
        given = OpinionInput(data=request.data)
        given.is_valid(raise_exception=True)
        data = given.validated_data
        key = write_id(request, SCOPE, stated_in=KEY_FIELD)
        if key is None:
            sentence = _("Send a submission_key (UUID) or an Idempotency-Key header of up to 200 characters.")
            raise ValidationError({KEY_FIELD: [sentence]})
        if data["privacy_version"] != settings.PRIVACY_NOTICE_VERSION:
            sentence = _("The privacy notice in force is version %(version)s: show that one.")
            raise ValidationError({"privacy_version": [sentence % {"version": settings.PRIVACY_NOTICE_VERSION}]})
        if len(data["text"]) > LONGEST_FEEDBACK:
            sentence = _("There is room for %(most)d characters, and the text has %(n)d.")
            raise ValidationError({"text": [sentence % {"most": LONGEST_FEEDBACK, "n": len(data["text"])}]})
        try:
            email = normalise_email(data["email"]) if data["email"].strip() else ""
        except Unreadable as error:
            raise ValidationError({"email": error.messages}) from None
        with translation.override(data["language"]):
            try:
                done = send_feedback(
                    rating=data["rating"],
                    text=data["text"],
                    source=data["source"],
                    platform=data["platform"],
                    app_version=data["app_version"],
                    address=email,
                    language=data["language"],
                    privacy_version=data["privacy_version"],
                    submission_key=key,
                )
            except Refused as refusal:
                raise ValidationError({refusal.field or "text": [str(refusal)]}) from refusal
        feedback = done.feedback
        answer = OpinionOutput(
            {
                "id": feedback.pk,
                "state": feedback.state,
                "received_at": feedback.received_at,
                "due_at": feedback.due_at,
            }
        )
        return Response(answer.data, status=status.HTTP_201_CREATED if done.is_new else status.HTTP_200_OK)
