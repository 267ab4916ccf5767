"""The door for sites and programs that send written requests: the same rules as the public forms, and no more trust."""

import uuid
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from contact_center.models import Topic, TopicQuestion, WebFormRequest
from contact_center.request_forms import ConsiderationFields, GuidedFields, OpenFields, WriterFields
from contact_center.services import open_request
from contact_center.services.opening import tracking_url
from customers.api_keys import ApiKeyAuthentication, HasScope

LONGEST_KEY = 200


class RequestInput(serializers.Serializer):
    """A written request as the site's forms take it. Files are sent by the customer, on the tracking page."""

    form = serializers.ChoiceField(choices=WebFormRequest.Form.choices, help_text="Which form was filled in")
    submission_key = serializers.UUIDField(
        required=False, help_text="Made once per filled-in form: the same key again opens nothing. Or Idempotency-Key"
    )
    name = serializers.CharField(help_text="Up to 200 characters on one line")
    email = serializers.CharField(help_text="Where the answer goes")
    phone = serializers.CharField(required=False, allow_blank=True, help_text="Any usual form; stored as E.164")
    tax_code = serializers.CharField(required=False, allow_blank=True, help_text="Checked, with its last character")
    policy_number = serializers.CharField(required=False, allow_blank=True)
    subject = serializers.CharField(required=False, allow_blank=True, help_text="Of an open request: required there")
    text = serializers.CharField(
        required=False, allow_blank=True, help_text="Up to 10,000 characters; optional in a guided request that asks"
    )
    topic = serializers.CharField(required=False, allow_blank=True, help_text="Code of a public topic: guided only")
    answers = serializers.DictField(
        child=serializers.CharField(allow_blank=True),
        required=False,
        help_text="Of a guided request: question code to answer. Days as YYYY-MM-DD, choices by code, yes or no",
    )
    language = serializers.ChoiceField(choices=["it", "en"], default="it", help_text="Of the customer's notices")
    privacy_version = serializers.CharField(help_text="Of the privacy notice that was shown: the one in force")


class RequestOutput(serializers.Serializer):
    """The request as it was opened, by this call or by an earlier one with the same key."""

    number = serializers.CharField()
    tracking_url = serializers.URLField(help_text="The customer's own page: whoever has the address reads the thread")
    due_at = serializers.DateTimeField(allow_null=True, help_text="By when it is answered")
    state = serializers.CharField()


class RequestsView(APIView):
    """Written requests from sites and programs."""

    authentication_classes = [ApiKeyAuthentication]
    permission_classes = [HasScope("requests:write")]

    @extend_schema(
        operation_id="open_request",
        summary="Open a written request",
        description=(
            "Opens a contact in the first level's queue and acknowledges it to the customer by e-mail. Repeating the "
            "call with the same `submission_key` (or `Idempotency-Key` header, any text of your own) opens nothing and "
            "answers 200 with what the first call opened. Refusals are problem details with `errors` by field."
        ),
        request=RequestInput,
        parameters=[
            OpenApiParameter(
                "Idempotency-Key", str, OpenApiParameter.HEADER, description="In place of `submission_key`"
            )
        ],
        responses={
            201: RequestOutput,
            200: OpenApiResponse(RequestOutput, description="Opened before by the same key"),
            400: OpenApiResponse(description="Invalid input: `errors` says what is wrong with which field"),
            401: OpenApiResponse(description="No key, or one that is not in force"),
            403: OpenApiResponse(description="A key without the scope requests:write"),
        },
        tags=["requests"],
    )
    def post(self, request: Request) -> Response:
        """Open the request, or answer with the one that the same key opened."""
        given = RequestInput(data=request.data)
        given.is_valid(raise_exception=True)
        data = given.validated_data
        key = _submission_key(request, data)
        with translation.override(data["language"]):
            form = _filled_in(data)
            if not form.is_valid():
                raise ValidationError(_errors_of(form))
            words = {**form.request_words(), "submission_key": key}
            opened = open_request(form=data["form"], language=data["language"], **words)
        contact = opened.contact
        answer = RequestOutput(
            {
                "number": contact.number,
                "tracking_url": tracking_url(contact.web_form),
                "due_at": contact.due_at,
                "state": contact.state,
            }
        )
        return Response(answer.data, status=status.HTTP_201_CREATED if opened.is_new else status.HTTP_200_OK)


def _submission_key(request: Request, data: dict[str, Any]) -> uuid.UUID:
    """The key of the submission: stated, or made of the header and of whose key sends it."""
    if stated := data.get("submission_key"):
        return stated
    header = request.headers.get("Idempotency-Key", "").strip()
    if not 0 < len(header) <= LONGEST_KEY:
        sentence = _("Send a submission_key (UUID) or an Idempotency-Key header of up to 200 characters.")
        raise ValidationError({"submission_key": [sentence]})
    return uuid.uuid5(uuid.NAMESPACE_URL, f"vittoria-care:requests:{request.auth.pk}:{header}")


def _filled_in(data: dict[str, Any]) -> WriterFields:
    """The site's own form, filled in with the call's data."""
    plain = {name: value for name, value in data.items() if isinstance(value, str)}
    if data["form"] == WebFormRequest.Form.OPEN:
        return OpenFields(plain)
    if data["form"] == WebFormRequest.Form.CONSIDERATION:
        return ConsiderationFields(plain)
    today = timezone.localdate()
    topic = Topic.objects.public().valid_on(today).filter(code=data.get("topic", "")).first()
    if topic is None:
        raise ValidationError({"topic": [_("This is not the code of a topic that is offered now.")]})
    questions = list(TopicQuestion.objects.valid_on(today).filter(topic=topic))
    answers = data.get("answers", {})
    if unknown := answers.keys() - {each.code for each in questions}:
        raise ValidationError({"answers": {code: [_("The topic does not ask this.")] for code in sorted(unknown)}})
    plain |= {f"q-{code}": value for code, value in answers.items()}
    return GuidedFields(plain, topic=topic, questions=questions)


def _errors_of(form: WriterFields) -> dict[str, Any]:
    """What is wrong, under the names that the call used."""
    errors: dict[str, Any] = {}
    for name, found in form.errors.as_data().items():
        sentences = [sentence for each in found for sentence in each.messages]
        if name.startswith("q-"):
            errors.setdefault("answers", {})[name.removeprefix("q-")] = sentences
        else:
            errors["privacy_version" if name == "__all__" else name] = sentences
    return errors
