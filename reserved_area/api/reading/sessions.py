"""Where one is signed in, on pages and in the app: listed and ended by the app."""

from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.response import Response

from customers.sessions import NO_ADDRESS, end_other_sessions, end_session, live_sessions
from customers.user_agents import device_in_words
from reserved_area.api.base import ListView, MeRequest, MeView


class SessionRow(serializers.Serializer):
    """A sign-in that still opens something."""

    id = serializers.IntegerField(source="pk")
    is_this = serializers.SerializerMethodField(help_text="The one that asks")
    is_app = serializers.SerializerMethodField(help_text="Of the app; where false, of a browser")
    device = serializers.SerializerMethodField(help_text="In words, as far as it is known")
    address = serializers.SerializerMethodField(help_text="Network address; empty where it is not known")
    created_at = serializers.DateTimeField()
    last_seen_at = serializers.DateTimeField()

    def get_is_this(self, session: UserSession) -> bool:
        """Whether it is the session of the request."""
        return session.session_key == self.context["request"].session.session_key

    def get_is_app(self, session: UserSession) -> bool:
        """Whether the app signed in."""
        return bool(session.data.get("app"))

    def get_device(self, session: UserSession) -> str:
        """Such as “Chrome on Windows”."""
        return str(device_in_words(session.user_agent))

    def get_address(self, session: UserSession) -> str:
        """As it was last seen."""
        return "" if session.ip == NO_ADDRESS else session.ip


@extend_schema_view(get=extend_schema(operation_id="list_sessions", summary="Where one is signed in"))
class SessionsView(ListView):
    """The person's sessions, the last used first, whomever they act for."""

    serializer, order = SessionRow, ("-last_seen_at", "-pk")
    follows_changes = False
    for_heirs = True

    def rows(self) -> QuerySet:
        """Those that are not over."""
        minutes = settings.CUSTOMER_IDLE_MINUTES
        idle_since = timezone.now() - timedelta(minutes=minutes) if minutes else None
        return live_sessions(self.request.user, idle_since=idle_since)

    @extend_schema(operation_id="end_other_sessions", summary="Sign out everywhere else", responses={204: None})
    def delete(self, request: MeRequest) -> Response:
        """End all but the one that asks."""
        this = live_sessions(request.user).filter(session_key=request.session.session_key).first()
        end_other_sessions(request.user, but=this.pk if this is not None else None)
        return Response(status=204)


class SessionView(MeView):
    """One session."""

    for_heirs = True

    @extend_schema(operation_id="end_session", summary="End one sign-in, at once", responses={204: None})
    def delete(self, request: MeRequest, pk: int) -> Response:
        """404 for one that is over, or somebody else's."""
        if not end_session(request.user, pk):
            raise Http404
        return Response(status=204)
