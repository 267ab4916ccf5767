"""The door for programs: why contacts were not resolved at first level."""

from decimal import Decimal
from fractions import Fraction

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from contact_center.figures.api import (
    FiguresFilters,
    FiguresPeriod,
    FiguresQuery,
    MaySeeFigures,
    understand_query,
)
from contact_center.figures.asking import Unusable, refuse_single_agent
from foundation.api.keys import HasScope
from foundation.api.strict import StrictView

from .export import as_dict
from .hand_overs import hand_overs
from .kinds import REASONS
from .query import unresolved
from .rules import LARGEST_PERCENT, MOST_REASONS, what_if


class UnresolvedQuery(FiguresQuery):  # type: ignore[misc, valid-type]  # made of fields, one of which is called `from`
    """What is asked of the reasons; dates are days in Italy, both included."""

    by = None
    against = None
    events = None  # reasons are not counted apart for mass events
    most = serializers.IntegerField(
        required=False, default=10, min_value=1, max_value=MOST_REASONS, help_text="What if: the commonest reasons"
    )
    percent = serializers.DecimalField(
        required=False,
        default=Decimal(60),
        min_value=0,
        max_value=LARGEST_PERCENT,
        max_digits=5,
        decimal_places=2,
        help_text="What if: the part of their contacts that is settled",
    )


class UnresolvedMeasures(serializers.Serializer):
    """Contacts of a group, their part of all, and what their calls took."""

    contacts = serializers.IntegerField()
    share = serializers.FloatField(help_text="Of all contacts not resolved")
    cumulated = serializers.FloatField(help_text="With all larger groups")
    calls = serializers.IntegerField(help_text="Calls whose talk is known")
    seconds = serializers.IntegerField(help_text="Talk, hold and work after these calls")
    seconds_beyond = serializers.FloatField(
        allow_null=True, help_text="Above what as many calls resolved at first level take"
    )


class UnresolvedReason(UnresolvedMeasures):
    """A reason."""

    key = serializers.ChoiceField(choices=REASONS)
    label = serializers.CharField()  # type: ignore[assignment]  # the metaclass takes declared fields away


class UnresolvedGroup(UnresolvedMeasures):
    """A topic or team; an empty key for those that have none."""

    key = serializers.CharField(allow_blank=True)
    label = serializers.CharField()  # type: ignore[assignment]  # the metaclass takes declared fields away


class UnresolvedReasonOfTopic(UnresolvedMeasures):
    """A reason of one topic."""

    reason = serializers.ChoiceField(choices=REASONS)
    topic = serializers.CharField(allow_blank=True)


class UnresolvedSentBack(serializers.Serializer):
    """What the second level sent back, of what it was given."""

    sent_back = serializers.IntegerField(allow_null=True)
    ever_escalated = serializers.IntegerField(allow_null=True)


class UnresolvedRepeat(serializers.Serializer):
    """People who came back: from which topic to which."""

    topic = serializers.CharField(allow_blank=True)
    next_topic = serializers.CharField(allow_blank=True)
    next_known = serializers.BooleanField(help_text="False where the person was forgotten since")
    contacts = serializers.IntegerField()


class UnresolvedHandOver(serializers.Serializer):
    """Hand-overs to a team, and business time until somebody took them up."""

    team = serializers.CharField(allow_blank=True)
    hand_overs = serializers.IntegerField()
    waiting = serializers.IntegerField(help_text="Not taken up yet")
    business_seconds = serializers.IntegerField()
    median_business_seconds = serializers.IntegerField(allow_null=True)


class UnresolvedWhatIf(serializers.Serializer):
    """What the rate would be if a part of the commonest reasons were settled, and nothing else changed."""

    reasons = serializers.IntegerField()
    among = serializers.IntegerField()
    settled = serializers.FloatField()
    rate = serializers.FloatField()
    would_be = serializers.FloatField()
    gain = serializers.FloatField()


class UnresolvedAnswer(serializers.Serializer):
    """Why contacts of a period were not resolved, as `manage.py figures --unresolved` prints it."""

    period = FiguresPeriod()
    filters = FiguresFilters()
    computed_at = serializers.DateTimeField(allow_null=True)
    stale_days = serializers.IntegerField()
    handled = serializers.IntegerField()
    first_level = serializers.IntegerField()
    not_first_level = serializers.IntegerField()
    reasons = UnresolvedReason(many=True)
    topics = UnresolvedGroup(many=True)
    teams = UnresolvedGroup(many=True)
    reasons_by_topic = UnresolvedReasonOfTopic(many=True)
    sent_back = UnresolvedSentBack()
    repeats = UnresolvedRepeat(many=True)
    hand_overs = UnresolvedHandOver(many=True)
    what_if = UnresolvedWhatIf(allow_null=True)


class UnresolvedView(StrictView):
    """Why contacts were not resolved at first level."""

    parameters = tuple(UnresolvedQuery().fields)
    permission_classes = [MaySeeFigures | HasScope("figures:read")]

    @extend_schema(
        operation_id="unresolved",
        summary="Why contacts of a period were not resolved at first level",
        description=(
            "Contacts not resolved at first level by reason, topic and team with what their calls took, those sent back, who came "
            "back with what, hand-overs, and what the rate would be if some of the reasons were settled. Read from the stored "
            "daily counts. Topics cannot be combined with agents or teams."
        ),
        parameters=[UnresolvedQuery],
        responses=UnresolvedAnswer,
        tags=["figures"],
    )
    def get(self, request: Request) -> Response:
        """Answer with the reasons; 400 names the parameter that cannot be used."""
        query = UnresolvedQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        given = dict(query.validated_data)
        most, percent = given.pop("most"), Fraction(given.pop("percent"))
        asked = understand_query(given)
        try:
            refuse_single_agent(asked.arguments["agent"])
        except Unusable as error:
            raise serializers.ValidationError({error.name: [str(error)]}) from error
        chosen = {name: asked.arguments[name] for name in ("line", "topic", "agent", "team", "channel")}
        report = unresolved(asked.period, **chosen)
        lost = hand_overs(report.period, report.chosen, report.figures.parameters, today=timezone.localdate())
        counts = [group.contacts for group in report.reasons_of_topics()]
        answer = what_if(
            handled=report.handled, first_level=report.first_level, counts=counts, most=most, percent=percent
        )
        return Response(as_dict(report, lost, answer))
