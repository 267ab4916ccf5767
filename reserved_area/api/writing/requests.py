"""Writing to us by the app: what we know already, a request, one more message, whether it was resolved."""

import uuid
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from contact_center.contacts.customer_messages import add_customer_message
from contact_center.contacts.opening import open_request
from contact_center.contacts.satisfaction import answer_survey
from contact_center.models import Contact, SatisfactionSurvey, Topic, TopicQuestion, WebFormRequest
from contact_center.requests.answers import asks_policy
from contact_center.requests.beforehand import answers_for, record_answered
from contact_center.requests.forms import (
    CustomersGuidedFields,
    CustomersOpenFields,
    SurveyForm,
    WriterFields,
    known_of,
)
from customers.models import Policy
from customers.models.account import Right
from foundation.api.fields import RatingField
from foundation.api.strict import StrictSerializer
from foundation.numbers import whole_number
from reserved_area.api.base import MeRequest, MeView
from reserved_area.api.reading import requests as reading
from reserved_area.api.writing.door import (
    GONE,
    LONGEST_TEXT,
    SaidShape,
    UploadKeys,
    WrittenShape,
    filled_in,
    form_data,
    given,
    limit,
    writes,
    written,
)
from reserved_area.api.writing.messages import MOST_IN_AN_HOUR, MessageInput, take_message, with_files
from reserved_area.requests import MOST_POLICIES

SENT_PER_HOUR = 30  # requests of one person
KEPT = {**GONE, "files_not_kept": "there is no room for files just now"}


def topic_called(code: str) -> Topic:
    """The topic that is offered under a code now; ValidationError where there is none."""
    topic = Topic.objects.public().valid_on(timezone.localdate()).filter(code=code).first()
    if topic is None:
        raise ValidationError({"topic": [_("This is not the code of a topic that is offered now.")]})
    return topic


def _held(request: MeRequest) -> Any:
    return Policy.objects.visible_to(request.user).filter(holder=request.customer)


# --- What we know already -----------------------------------------------------------------------------------------------
class BeforehandAnswer(serializers.Serializer):
    """An answer, and the row that it is about."""

    about = serializers.CharField(help_text="policy, claim, document, request, data or nothing")
    title = serializers.CharField()
    text = serializers.CharField()
    id = serializers.IntegerField(source="pk", allow_null=True)
    is_late = serializers.BooleanField()


class BeforehandShape(serializers.Serializer):
    """What we can tell at once about a topic."""

    answers = BeforehandAnswer(many=True)
    asks_policy = serializers.BooleanField(help_text="The answer is more exact with a policy")


class EnoughInput(StrictSerializer):
    """Whether what was answered beforehand was enough."""

    topic = serializers.CharField(max_length=40)
    policy = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    helped = serializers.BooleanField()


class BeforehandView(MeView):
    """What we can tell about a topic before anything is written."""

    parameters = ("topic", "policy")

    @extend_schema(
        operation_id="get_answers_beforehand",
        summary="What we can tell about a topic at once",
        parameters=[
            OpenApiParameter("topic", str, required=True, description="Code of a topic"),
            OpenApiParameter("policy", {"type": "integer", "minimum": 1}, description="Id of a policy held"),
        ],
        responses=BeforehandShape,
    )
    def get(self, request: MeRequest) -> Response:
        """Of all policies, or of one."""
        asked = request.query_params
        policy = None
        if "policy" in asked:
            policy = get_object_or_404(_held(request), pk=whole_number(asked["policy"], most_digits=18) or 0)
        topic = topic_called(asked.get("topic", "").replace("\0", ""))
        now = timezone.now()
        found = answers_for(request.user, request.customer, topic=topic, policy=policy, now=now)
        return Response(BeforehandShape({"answers": found, "asks_policy": asks_policy(topic)}).data)

    @writes(
        "record_answered_beforehand",
        "Say whether the answers were enough",
        takes=EnoughInput,
        gives=SaidShape,
        status=200,
    )
    def post(self, request: MeRequest, *, key: uuid.UUID) -> Response:
        """Counted once, without who it was."""
        sent = given(EnoughInput, request)
        policy = get_object_or_404(_held(request), pk=sent["policy"]) if "policy" in sent else None
        topic = topic_called(sent["topic"])
        record_answered(topic=topic, policy=policy, helped=sent["helped"], submission_key=key)
        enough = _("We are glad that this was enough. If something is missing, write to us.")
        return Response({"message": enough if sent["helped"] else _("Write to us: the form is next.")})


# --- A request ----------------------------------------------------------------------------------------------------------
class OwnRequestInput(StrictSerializer):
    """A written request as the pages take it. Who writes is known."""

    form = serializers.ChoiceField(
        [(each.value, each.label) for each in (WebFormRequest.Form.OPEN, WebFormRequest.Form.GUIDED)],
        help_text="In free words, or by the questions of a topic",
    )
    subject = serializers.CharField(required=False, allow_blank=True, max_length=500, help_text="Of an open request")
    text = serializers.CharField(
        required=False, allow_blank=True, max_length=2 * LONGEST_TEXT, help_text="Up to 10,000 characters"
    )
    topic = serializers.CharField(
        required=False, allow_blank=True, max_length=40, help_text="Code, of a guided request"
    )
    answers = serializers.DictField(
        child=serializers.CharField(allow_blank=True, max_length=5_000),
        required=False,
        default=dict,
        help_text="Of a guided request: question code to answer. Days as YYYY-MM-DD, choices by code, yes or no",
    )
    policy_number = serializers.CharField(
        required=False, allow_blank=True, max_length=60, help_text="Which it is about"
    )
    email = serializers.CharField(
        required=False, max_length=254, help_text="Where the answer goes, where not to the address of the sign-in"
    )
    phone = serializers.CharField(required=False, allow_blank=True, max_length=60)
    privacy_version = serializers.CharField(
        max_length=20, help_text="Of the privacy notice that was shown: the one in force"
    )
    uploads = UploadKeys(help_text="Up to five files of 10 MB, 20 MB together")


class RequestsView(reading.RequestsView):
    """Writing a request, beside the list of them."""

    right = Right.ASK

    @writes(
        "send_request",
        "Write a request",
        takes=OwnRequestInput,
        refused=KEPT,
        description="It goes to the first level, and is acknowledged with the day by which it is answered.",
    )
    def post(self, request: MeRequest, *, key: uuid.UUID) -> Response:
        """As the form of the reserved area."""
        sent = given(OwnRequestInput, request)
        form = _form_of(request, sent)
        filled_in(form)
        limit(request, "request", SENT_PER_HOUR)
        words = form.request_words() | {"submission_key": key}
        words.pop("files", None)
        opened = with_files(
            request,
            sent["uploads"],
            lambda files: open_request(
                form=sent["form"],
                channel=Contact.Channel.APP,
                customer=request.customer,
                language=get_language() or "it",
                **words,
                files=files,
            ),
        )
        message = _("We have received your request: its number is %(number)s.") % {"number": opened.contact.number}
        return Response(WrittenShape(written(opened.contact, message, url="me_request")).data, status=201)


def _form_of(request: MeRequest, sent: dict[str, Any]) -> WriterFields:
    """The form of the reserved area, filled in with what was sent; what is known is not asked."""
    known = known_of(request.user, request.customer)
    plain = {name: value for name, value in sent.items() if isinstance(value, str)}
    data = {name: known[name] for name in ("email", "phone")} | plain
    policies = Policy.objects.visible_to(request.user).order_by("-ends_on", "-pk")[:MOST_POLICIES]
    mine: dict[str, Any] = {"customer": request.customer, "policies": list(policies)}
    if sent["form"] == WebFormRequest.Form.OPEN:
        return CustomersOpenFields(form_data(data), **mine)
    topic = topic_called(sent.get("topic", ""))
    questions = list(TopicQuestion.objects.valid_on(timezone.localdate()).filter(topic=topic))
    if unknown := sent["answers"].keys() - {each.code for each in questions}:
        raise ValidationError(
            {"answers": {code[:80]: [_("The topic does not ask this.")] for code in sorted(unknown)}}
        )
    data |= {f"q-{code}": value for code, value in sent["answers"].items()}
    return CustomersGuidedFields(form_data(data), topic=topic, questions=questions, **mine)


# --- Its thread ---------------------------------------------------------------------------------------------------------
class ThreadView(MeView):
    """What the addresses of a written request share."""

    right = Right.ASK

    def written_contact(self, pk: int) -> Contact:
        """One's own; a call has no thread."""
        contact = get_object_or_404(Contact.objects.visible_to(self.request.user).for_list(), pk=pk)
        if contact.channel == Contact.Channel.PHONE:
            raise Http404
        return contact


class RequestMessageView(ThreadView):
    """One more message in the thread of a request."""

    @writes(
        "send_request_message",
        "Write once more about a request",
        takes=MessageInput,
        refused=KEPT,
        description="To a request that was closed long ago it opens another, which the answer names.",
    )
    def post(self, request: MeRequest, pk: int, *, key: uuid.UUID) -> Response:
        """What was waiting goes on."""
        contact = self.written_contact(pk)
        limit(request, "message", MOST_IN_AN_HOUR)
        added = take_message(
            request, contact, lambda text, files: add_customer_message(contact, text=text, files=files, key=key)
        )
        return Response(added, status=201)


class SurveyInput(StrictSerializer):
    """Was it resolved, and how well."""

    resolved = serializers.BooleanField()
    rating = RatingField(required=False, min_value=1, max_value=5, help_text="5 is very satisfied")
    comment = serializers.CharField(required=False, allow_blank=True, max_length=4_000, help_text="Up to 2,000")


class RequestSurveyView(ThreadView):
    """Whether a request was resolved."""

    @writes(
        "answer_survey",
        "Say whether a request was resolved",
        takes=SurveyInput,
        gives=SaidShape,
        status=200,
        refused={"answered_already": "it was answered before"},
    )
    def post(self, request: MeRequest, pk: int, *, key: uuid.UUID) -> Response:
        """Once."""
        survey = get_object_or_404(SatisfactionSurvey, contact=self.written_contact(pk))
        sent = given(SurveyInput, request)
        form = SurveyForm(
            form_data(
                {
                    "resolved": "yes" if sent["resolved"] else "no",
                    "rating": str(sent["rating"]) if "rating" in sent else None,
                    "comment": sent.get("comment"),
                }
            )
        )
        words = filled_in(form)
        answer_survey(survey, resolved=sent["resolved"], rating=words["rating"], comment=words["comment"])
        return Response({"message": _("Thank you for telling us.")})
