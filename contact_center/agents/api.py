"""The telephone platform's door to the states of agents: who can be given a call, by code and extension.

It is read by the machine that routes calls, with the key by which it sends them; the rule on watching single workers is about
people who look (docs/decisions/agent-states.md).
"""

from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from contact_center.models import AgentState
from contact_center.models.agent_state import Reported, Telephone
from foundation.api.keys import ApiKeyAuthentication, HasScope
from foundation.api.strict import StrictSerializer, StrictView

KEY = "agents:states:platform"
FRESH = timedelta(seconds=1)  # how old the answer may be: a platform that asks each second costs one query a second
KEPT_SECONDS = 5
PAGE, LARGEST_PAGE = 200, 500
STATES = [*Reported.values, *(word for word in Telephone.values if word != Telephone.FREE)]


class StatesQuery(StrictSerializer):
    """Which part of the agents is asked for."""

    after = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=60, help_text="The `next` of the page before"
    )
    limit = serializers.IntegerField(
        required=False, default=PAGE, min_value=1, max_value=LARGEST_PAGE, help_text="Agents of a page"
    )


class StateOut(serializers.Serializer):
    """One agent who is in service, and what they do now."""

    agent = serializers.CharField(help_text="Code of the agent")
    extension = serializers.CharField(allow_blank=True)
    team = serializers.CharField(allow_blank=True, help_text="Code of the team")
    state = serializers.ChoiceField(
        choices=STATES, help_text="The telephone's word while the agent is on or after a call, else what they reported"
    )
    can_take_calls = serializers.BooleanField(help_text="Ready, and neither on a call nor after one")
    pause = serializers.CharField(allow_blank=True, help_text="Code of the reason of a pause")
    line = serializers.CharField(allow_blank=True, help_text="Code of the line of the call in hand")
    since = serializers.DateTimeField(help_text="Since when this state")


class StatesOut(serializers.Serializer):
    """A page of agents, by their codes."""

    as_of = serializers.DateTimeField(help_text="When the states were read, at most a second ago")
    agents = StateOut(many=True)
    next = serializers.CharField(
        allow_null=True, help_text="What to send as `after` for the next page; null at the end"
    )


EXAMPLE = {
    "as_of": "2026-05-04T10:00:00+02:00",
    "agents": [
        {
            "agent": "op1",
            "extension": "4101",
            "team": "first",
            "state": "on_call",
            "can_take_calls": False,
            "pause": "",
            "line": "customers",
            "since": "2026-05-04T09:58:20+02:00",
        }
    ],
    "next": None,
}


class AgentStatesView(StrictView):
    """The states of the agents in service."""

    parameters = tuple(StatesQuery().fields)
    authentication_classes = [ApiKeyAuthentication]
    permission_classes = [HasScope("calls:write")]

    @extend_schema(
        operation_id="agents_states",
        summary="The states of the agents",
        description=(
            "Every agent in service with what they do now, by their codes, for the platform that routes calls: `can_take_calls` is "
            "whom to give one. Agents off duty have the state `off`. At most a second old; ask again as often as once a second."
        ),
        parameters=[StatesQuery],
        responses=StatesOut,
        tags=["calls"],
        examples=[OpenApiExample("One agent at a call", value=EXAMPLE, response_only=True)],
    )
    def get(self, request: Request) -> Response:
        """Answer with a page; 400 names the parameter that cannot be used."""
        query = StatesQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        after, limit = query.validated_data["after"], query.validated_data["limit"]
        as_of, agents = _states()
        rest = [each for each in agents if each["agent"] > after]
        shown = rest[:limit]
        following = shown[-1]["agent"] if len(rest) > limit else None
        return Response({"as_of": timezone.localtime(as_of), "agents": shown, "next": following})


def _states() -> tuple[Any, list[dict[str, Any]]]:
    """When they were read, and the states by the agents' codes; one query where what is kept is too old."""
    now = timezone.now()
    kept = cache.get(KEY)
    if kept is not None and now - kept[0] < FRESH:
        return kept
    rows = AgentState.objects.open().filter(agent__is_active=True).order_by()
    columns = rows.values_list(
        "agent__code",
        "agent__extension",
        "agent__team__code",
        "state",
        "pause__code",
        "contact__line__code",
        "began_at",
    )
    agents = [
        {
            "agent": code,
            "extension": extension or "",
            "team": team or "",
            "state": state,
            "can_take_calls": state == Reported.READY,
            "pause": (pause or "") if state == Reported.PAUSE else "",
            "line": line or "",
            "since": timezone.localtime(since),
        }
        for code, extension, team, state, pause, line, since in columns
    ]
    made = (now, sorted(agents, key=lambda each: each["agent"]))
    cache.set(KEY, made, KEPT_SECONDS)
    return made
