"""Notices, as the app reads them: the inbox, and what was sent by e-mail and text."""

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from notifications.kinds import confidential_codes, name_of
from notifications.models import Notice
from notifications.why.queries import why
from reserved_area.api.base import LinkField, ListView, MeRequest, MeView
from reserved_area.notices import carried_by, is_shown_in_inbox, notices_for, offers_for, sent_to

INBOX, OFFERS, SENT = ROOMS = ("inbox", "offers", "sent")


class NoticeRow(serializers.Serializer):
    """A notice in a list."""

    id = serializers.IntegerField(source="pk")
    kind = serializers.CharField()
    kind_label = serializers.SerializerMethodField()
    title = serializers.CharField(source="__str__")
    channel = serializers.ChoiceField(Notice.Channel.choices)
    channel_label = serializers.CharField(source="get_channel_display")
    address = serializers.CharField(help_text="Where to, of what was sent")
    state = serializers.ChoiceField(Notice.State.choices)
    state_label = serializers.CharField(source="get_state_display")
    is_promotional = serializers.BooleanField(help_text="Advertising, which is marked as such wherever it is shown")
    created_at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)
    url = LinkField("me_notice")

    def get_kind_label(self, notice: Notice) -> str:
        """What people call it."""
        return name_of(notice.kind)


class NoticeDetail(NoticeRow):
    """A notice with its text."""

    is_hidden = serializers.BooleanField(help_text="It has a link for its recipient alone: `text` is empty")
    text = serializers.CharField()
    why = serializers.CharField(help_text="Why the person got it, or did not: one sentence")
    carried = NoticeRow(many=True, help_text="The deadlines that went in this one message, each with its own text")


@extend_schema_view(get=extend_schema(operation_id="list_notices", summary="The inbox, the offers, or what was sent"))
class NoticesView(ListView):
    """The inbox, newest first; with `room=offers`, the advertising that the customer consented to see; with `room=sent`, what was written by e-mail and text."""

    serializer, order = NoticeRow, ("-created_at", "-pk")
    filters = {"room": {"type": "string", "enum": [*ROOMS], "default": INBOX}}

    def rows(self) -> QuerySet:
        """Of the room that is asked for."""
        room = self.request.query_params.get("room", INBOX)
        if room not in ROOMS:
            raise ValidationError({"room": [_("There are three rooms: inbox, offers and sent.")]})
        if room == SENT:
            return sent_to(self.request.user).for_list()
        return (notices_for if room == INBOX else offers_for)(self.request.customer).for_list()


class NoticeView(MeView):
    """One notice."""

    @extend_schema(operation_id="get_notice", summary="One notice", responses=NoticeDetail)
    def get(self, request: MeRequest, pk: int) -> Response:
        """Its text. Reading it here does not mark it as read."""
        notice = get_object_or_404(Notice.objects.visible_to(request.user), pk=pk)
        if notice.channel == Notice.Channel.INBOX and not is_shown_in_inbox(notice, request.customer):
            raise Http404
        is_hidden = notice.kind in confidential_codes()
        text = "" if is_hidden else notice.wording.text
        carried = NoticeRow(carried_by(notice), many=True).data
        shown = {"is_hidden": is_hidden, "text": text, "why": why(notice), "carried": carried}
        return Response({**NoticeRow(notice).data, **shown})
