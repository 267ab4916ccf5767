"""The door for sites and programs that send written requests: the same rules as the public forms, and no more trust."""

from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from contact_center.contacts.opening import open_request, tracking_url
from contact_center.models import Topic, TopicQuestion, WebFormRequest
from contact_center.requests.forms import ConsiderationFields, GuidedFields, OpenFields, WriterFields
from foundation.api.idempotency import IDEMPOTENCY_KEY, idempotent, write_id
from foundation.api.keys import ApiKeyAuthentication, HasScope
from foundation.api.strict import StrictSerializer, StrictView

SCOPE, KEY_FIELD = "requests:create", "submission_key"


class RequestInput(StrictSerializer):
    """A written request as the site's forms take it. Files are sent by the customer, on the tracking page."""

    form = serializers.ChoiceField(choices=WebFormRequest.Form.choices, help_text="Which form was filled in")
    submission_key = serializers.UUIDField(
        required=False,
        help_text="A UUID made once per filled-in form, by the rules of Idempotency-Key; one of the two is needed",
    )
    name = serializers.CharField(min_length=1, max_length=200, help_text="Up to 200 characters on one line")
    email = serializers.CharField(min_length=3, max_length=254, help_text="Where the answer goes")
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
    privacy_version = serializers.CharField(
        min_length=1, max_length=20, help_text="Of the privacy notice that was shown: the one in force"
    )


class RequestOutput(serializers.Serializer):
    """The request as it was opened, by this call or by an earlier one with the same key."""

    number = serializers.CharField()
    tracking_url = serializers.URLField(help_text="The customer's own page: whoever has the address reads the thread")
    due_at = serializers.DateTimeField(allow_null=True, help_text="By when it is answered")
    state = serializers.CharField()


class RequestsView(StrictView):
    """Written requests from sites and programs."""

    authentication_classes = [ApiKeyAuthentication]
    permission_classes = [HasScope("requests:write")]

    @extend_schema(
        operation_id="open_request",
        summary="Open a written request",
        description=(
            "Opens a contact in the first level's queue and acknowledges it to the customer by e-mail. Repeating the "
            "same call, with the same `submission_key` or `Idempotency-Key` header, opens nothing and gets the same answer; "
            "a key of yours that comes with another body is refused (422). A key is known within the API key that sends "
            "it. Refusals are problem details with `errors` by field."
        ),
        request=RequestInput,
        parameters=[IDEMPOTENCY_KEY],
        responses={
            201: RequestOutput,
            200: OpenApiResponse(
                RequestOutput, description="Opened more than a day ago by the same key and body: as it is now"
            ),
            400: OpenApiResponse(description="Invalid input: `errors` says what is wrong with which field"),
            401: OpenApiResponse(description="No key, or one that is not in force"),
            403: OpenApiResponse(description="A key without the scope requests:write"),
            422: OpenApiResponse(description="The key was used for another body"),
        },
        tags=["requests"],
    )
    @idempotent(SCOPE, stated_in=KEY_FIELD)
    def post(self, request: Request) -> Response:
        """Open the request, or answer with the one that the same key opened."""
        given = RequestInput(data=request.data)
        given.is_valid(raise_exception=True)
        data = given.validated_data
        key = write_id(request, SCOPE, stated_in=KEY_FIELD)
        if key is None:
            sentence = _("Send a submission_key (UUID) or an Idempotency-Key header of up to 200 characters.")
            raise ValidationError({KEY_FIELD: [sentence]})
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
