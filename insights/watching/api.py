"""The door for programs to the control limits: what the page and the command say of the last day or week."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from foundation.api.keys import HasScope
from foundation.api.strict import StrictView
from insights.models import WatchAlert
from insights.models.watching import WATCHED

from .queries import watching
from .rules import VERDICTS, Step
from .showing import as_dict
from .targets import Targets


class MayWatch(BasePermission):
    """Whoever may see the alerts."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Ask for `insights.view_watchalert`."""
        return request.user.has_perm("insights.view_watchalert")


class WatchQuery(serializers.Serializer):
    """Which periods are asked for."""

    step = serializers.ChoiceField(
        required=False, default="week", choices=[each.value for each in Step], help_text="The last whole day or week"
    )


class WatchedValue(serializers.Serializer):
    """A figure's period with its limits: shares from 0 to 1, seconds, or numbers of calls; null where it is not judged."""

    step = serializers.ChoiceField(choices=[each.value for each in Step])
    start = serializers.DateField(help_text="First day of the period")
    figure = serializers.ChoiceField(choices=WATCHED)
    line = serializers.CharField(allow_blank=True, help_text="Code of the line; empty for all together")
    numerator = serializers.IntegerField()
    denominator = serializers.IntegerField(allow_null=True, help_text="Null for numbers of calls")
    value = serializers.FloatField(allow_null=True)
    expected = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    chance = serializers.FloatField(allow_null=True, help_text="How likely chance alone goes so far, either way")
    verdict = serializers.ChoiceField(choices=VERDICTS)
    target = serializers.FloatField(allow_null=True, help_text="Percent, or seconds")
    is_alarm = serializers.BooleanField(help_text="Outside, and more than chance among all that was judged with it")


class OpenAlert(serializers.ModelSerializer):
    """An alert that has not ended."""

    line = serializers.CharField(source="line.code", default="", help_text="Empty for all together")

    class Meta:
        model = WatchAlert
        fields = [
            "figure",
            "line",
            "step",
            "is_above",
            "began_on",
            "last_on",
            "periods",
            "value",
            "centre",
            "low",
            "high",
            "chance",
            "parts",
        ]


class WatchAnswer(serializers.Serializer):
    """The last settled period of each figure, and the alerts that are open."""

    values = WatchedValue(many=True)
    alerts = OpenAlert(many=True)


class WatchView(StrictView):
    """The control limits of the figures."""

    parameters = ("step",)
    permission_classes = [MayWatch | HasScope("figures:read")]

    @extend_schema(
        operation_id="figures_watch",
        summary="Control limits of the figures, and the alerts that are open",
        description=(
            "Each watched figure of the last whole week or day, of every line and all together, with the limits between "
            "which it is chance; where customers may still come back, of the latest period that is settled. And "
            "the alerts that have not ended. The rules are on the page of control charts."
        ),
        parameters=[WatchQuery],
        responses=WatchAnswer,
        tags=["figures"],
    )
    def get(self, request: Request) -> Response:
        """Answer with values and alerts; 400 for another step."""
        query = WatchQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        values = as_dict(watching(Step(query.validated_data["step"]), timezone.localdate()), Targets())
        alerts = WatchAlert.objects.filter(ended_on__isnull=True).select_related("line").order_by("pk")
        return Response({"values": WatchedValue(values, many=True).data, "alerts": OpenAlert(alerts, many=True).data})
