"""What changed and why, for programs."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from contact_center.figures.api import FiguresDefinition, FiguresFilters, FiguresPeriod, FiguresRatio, MaySeeFigures
from contact_center.figures.asking import Unusable
from contact_center.models import Contact
from foundation.api.fields import DayField
from foundation.api.keys import HasScope
from foundation.api.strict import StrictView

from .asking import understand_change
from .explanation import GROUPINGS, MEASURES
from .export import VERDICTS, as_dict
from .periods import AGAINST

# `from` is a word of the language, so the class is made of its fields.
ChangesQuery = type(
    "ChangesQuery",
    (serializers.Serializer,),
    {
        "__doc__": "The two periods; dates are days in Italy, both included.",
        "__module__": __name__,
        "from": DayField(help_text="First day, YYYY-MM-DD"),
        "to": DayField(help_text="Last day, included, YYYY-MM-DD"),
        "against": serializers.ChoiceField(
            required=False,
            default="",
            choices=AGAINST,
            help_text="The period before (the default), a year before, another",
        ),
        "against_from": DayField(required=False, help_text="First day of another period"),
        "against_to": DayField(required=False, help_text="Last day of another period, included"),
        "measure": serializers.ChoiceField(required=False, default="", choices=list(MEASURES)),
        "by": serializers.ChoiceField(required=False, default="", choices=GROUPINGS),
        "line": serializers.CharField(required=False, default="", help_text="Code of a toll-free line"),
        "topic": serializers.CharField(required=False, default="", help_text="Code of a topic"),
        "agent": serializers.CharField(
            required=False, default="", help_text="Code of an agent, where that is allowed"
        ),
        "team": serializers.CharField(required=False, default="", help_text="Code of a team: its agents"),
        "channel": serializers.ChoiceField(required=False, default="", choices=Contact.Channel.choices),
    },
)


class ChangesStated(serializers.Serializer):
    """What chance leaves open of a part, in points; null where there are too few to state it."""

    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    chance = serializers.FloatField(allow_null=True, help_text="How likely chance alone does as much")
    verdict = serializers.ChoiceField(choices=VERDICTS)


class ChangesGroup(serializers.Serializer):
    """What one group adds to the change, in points; the points of all groups add up to the change."""

    key = serializers.CharField(help_text="Code of the group; “-” for those that have none")
    label = serializers.CharField()  # type: ignore[assignment]  # the metaclass takes declared fields away
    before = FiguresRatio()
    after = FiguresRatio()
    mix_points = serializers.FloatField()
    rate_points = serializers.FloatField()
    points = serializers.FloatField()
    mix = ChangesStated()
    rate = ChangesStated()


class ChangesLine(serializers.Serializer):
    """What one line adds, in three parts."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # as above
    line_mix_points = serializers.FloatField()
    topic_mix_points = serializers.FloatField()
    rate_points = serializers.FloatField()


class ChangesWhole(serializers.Serializer):
    """The change in points, its two parts, and its 95 % interval; null where a period has nothing to divide."""

    points = serializers.FloatField(allow_null=True)
    mix_points = serializers.FloatField()
    rate_points = serializers.FloatField()
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    verdict = serializers.ChoiceField(choices=VERDICTS)


class ChangesAnswer(serializers.Serializer):
    """What changed and why, as `manage.py explain_change` prints it."""

    period = FiguresPeriod()
    against = FiguresPeriod()
    filters = FiguresFilters()
    measure = serializers.ChoiceField(choices=list(MEASURES))
    by = serializers.ChoiceField(choices=GROUPINGS)
    computed_at = serializers.DateTimeField(allow_null=True)
    is_stale = serializers.BooleanField()
    sentence = serializers.CharField(help_text="In the reader's language")
    cost = serializers.CharField(allow_blank=True)
    before = FiguresRatio()
    after = FiguresRatio()
    change = ChangesWhole()
    persons = serializers.IntegerField(allow_null=True, help_text="Different persons; null where not looked up")
    widening = serializers.FloatField(help_text="Of the variance, because some persons came more than once")
    groups = ChangesGroup(many=True)
    lines = ChangesLine(many=True)
    definitions = FiguresDefinition(many=True)


class ChangesView(StrictView):
    """What changed between two periods."""

    parameters = tuple(ChangesQuery().fields)
    permission_classes = [MaySeeFigures | HasScope("figures:read")]

    @extend_schema(
        operation_id="figures_changes",
        summary="What changed between two periods, and why",
        description=(
            "The change of a share taken apart into mix and rate by groups (Kitagawa), adding up exactly, with what chance "
            "leaves open. Read from the stored daily counts."
        ),
        parameters=[ChangesQuery],
        responses=ChangesAnswer,
        tags=["figures"],
    )
    def get(self, request: Request) -> Response:
        """Answer with the explanation; 400 names the parameter that cannot be used."""
        query = ChangesQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        given: dict[str, Any] = dict(query.validated_data)
        names = {"from": "start", "to": "end", "against_from": "against_start", "against_to": "against_end"}
        try:
            asked = understand_change(**{names.get(name, name): value for name, value in given.items()})
        except Unusable as error:
            raise serializers.ValidationError({error.name: [str(error)]}) from error
        return Response(as_dict(asked.explained()))
