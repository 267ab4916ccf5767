"""Requests, as the app reads them: every conversation, its thread and files, and what a guided request asks by topic."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Prefetch, QuerySet
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.response import Response

from contact_center.models import Contact, Message, MessageAttachment, Topic, TopicQuestion
from contact_center.requests.answers import asks_policy
from contact_center.requests.thread import thread_page
from reserved_area.api.base import ListView, MeRequest, MeView
from reserved_area.api.reading.operations import ChoiceRow
from reserved_area.api.reading.shapes import ContactRow, StandingShape, ThreadShape


class RequestDetail(ContactRow):
    """A conversation with its thread. A call has none: `standing` is null."""

    standing = StandingShape(allow_null=True)
    is_late = serializers.BooleanField()
    thread = ThreadShape()
    survey_is_asked = serializers.BooleanField(help_text="We ask whether it was resolved")
    opens_another = serializers.BooleanField(help_text="Closed so long ago that a message opens a new request")
    call_back = serializers.IntegerField(allow_null=True, help_text="The call-back that it is about")


@extend_schema_view(get=extend_schema(operation_id="list_requests", summary="What was asked, by writing or telephone"))
class RequestsView(ListView):
    """Everything one asked, newest first."""

    serializer, order = ContactRow, ("-pk",)

    def rows(self) -> QuerySet:
        """With the topic."""
        return Contact.objects.visible_to(self.request.user).select_related("topic").defer("notes")

    def shown_with(self) -> dict[str, QuerySet]:
        """A message changes the conversation."""
        mine = Message.objects.filter(contact__customer=self.request.customer)
        return {"messages": mine.exclude(direction=Message.Direction.NOTE)}


class RequestView(MeView):
    """One request."""

    parameters = ("before",)

    @extend_schema(
        operation_id="get_request",
        summary="One request with its thread",
        parameters=[OpenApiParameter("before", int, description="Messages before this one: the thread's `earlier`")],
        responses=RequestDetail,
    )
    def get(self, request: MeRequest, pk: int) -> Response:
        """Where it stands and what was written, without internal notes."""
        rows = Contact.objects.visible_to(request.user).for_list().select_related("call_back")
        contact = get_object_or_404(rows, pk=pk)
        call_back = getattr(contact, "call_back", None)
        more: dict[str, Any] = {
            "standing": None,
            "is_late": False,
            "thread": {"messages": [], "earlier": None},
            "survey_is_asked": False,
            "opens_another": False,
            "call_back": call_back.pk if call_back is not None else None,
        }
        if contact.channel != Contact.Channel.PHONE:
            page = thread_page(contact, before=request.query_params.get("before", ""))
            more |= {
                "standing": StandingShape(page["standing"]).data,
                "is_late": page["is_late"],
                "thread": ThreadShape({"messages": page["thread"], "earlier": page["earlier"]}).data,
                "survey_is_asked": page["survey_form"] is not None,
                "opens_another": page["opens_another"],
            }
        return Response({**ContactRow(contact).data, **more})


class AttachmentView(MeView):
    """A file of a message."""

    @extend_schema(
        operation_id="get_attachment",
        summary="A file of a message",
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(self, request: MeRequest, key: UUID) -> HttpResponseBase:
        """Its bytes, as they came."""
        mine = MessageAttachment.objects.filter(message__contact__in=Contact.objects.visible_to(request.user))
        return self.kept_file(get_object_or_404(mine.exclude(message__direction=Message.Direction.NOTE), key=key))


# --- What can be asked --------------------------------------------------------------------------------------------------------
class TopicQuestionRow(serializers.Serializer):
    """A question of a topic: `code` is its word in `answers`."""

    code = serializers.CharField()
    kind = serializers.ChoiceField(TopicQuestion.Kind.choices)
    label = serializers.CharField(source="shown_label")  # type: ignore[assignment]  # the metaclass takes declared fields away
    help = serializers.CharField(source="shown_help")
    is_required = serializers.BooleanField(source="required")
    choices = ChoiceRow(many=True, source="choices_in_words")


class TopicRow(serializers.Serializer):
    """A topic that can be chosen."""

    code = serializers.CharField()
    name = serializers.CharField(source="shown_name")
    area = serializers.ChoiceField(Topic.Area.choices)
    area_label = serializers.CharField(source="get_area_display")
    asks_policy = serializers.SerializerMethodField(help_text="What we can answer beforehand depends on the policy")
    questions = TopicQuestionRow(many=True, source="asked")

    def get_asks_policy(self, topic: Topic) -> bool:
        """Whether a policy is asked for before the answer."""
        return asks_policy(topic)


class TopicList(serializers.Serializer):
    """The topics of today, and the privacy notice in force, which a request names."""

    results = TopicRow(many=True)
    privacy_version = serializers.CharField(help_text="Sent with a request")
    privacy_url = serializers.CharField(help_text="Its page")


class TopicsView(MeView):
    """What a guided request can be about."""

    @extend_schema(operation_id="list_topics", summary="Topics and their questions", responses=TopicList)
    def get(self, request: MeRequest) -> Response:
        """Every topic with what it asks. Two queries."""
        today = timezone.localdate()
        asked = Prefetch(
            "questions", TopicQuestion.objects.valid_on(today).order_by("position", "pk"), to_attr="asked"
        )
        topics: list[Any] = list(Topic.objects.public().valid_on(today).prefetch_related(asked))
        for each in (question for topic in topics for question in topic.asked):
            each.choices_in_words = [{"value": value, "label": label} for value, label in each.shown_choices]
        notice = {"privacy_version": settings.PRIVACY_NOTICE_VERSION, "privacy_url": reverse("privacy")}
        return Response(TopicList({"results": topics, **notice}).data)
