"""The plan for programs: the same numbers as on the page, by the same function."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from contact_center.figures.api import MaySeeFigures
from contact_center.figures.asking import Unusable, read_date
from foundation.api.fields import DayField
from foundation.api.keys import HasScope
from foundation.api.strict import StrictView

from .export import as_dict
from .forecast import monday_of
from .plan import CODES, Asked, default_week, latest_run, plan_of, weeks_of


class StaffingQuery(serializers.Serializer):
    """What is asked of the plan. Without `share` and `within` the targets of the lines hold."""

    week = DayField(
        required=False, help_text="A day of the week that is planned, YYYY-MM-DD; by default the next whole week"
    )
    share = serializers.IntegerField(required=False, min_value=1, max_value=99, help_text="Calls in time, percent")
    within = serializers.IntegerField(required=False, min_value=1, max_value=600, help_text="Answered within, seconds")
    shrinkage = serializers.IntegerField(required=False, default=30, min_value=0, max_value=90, help_text="Percent")
    breaks = serializers.IntegerField(
        required=False, default=15, min_value=0, max_value=60, help_text="Minutes of break every two hours"
    )
    cost = serializers.DecimalField(
        required=False,
        default=Decimal(25),
        min_value=0,
        max_value=500,
        max_digits=5,
        decimal_places=2,
        help_text="Of an hour, €",
    )
    calls = serializers.IntegerField(
        required=False, default=0, min_value=-90, max_value=300, help_text="Calls more or fewer, percent"
    )


class StaffingFormula(serializers.Serializer):
    """A half hour by one formula."""

    agents = serializers.IntegerField()
    people = serializers.IntegerField(help_text="On the rota")
    service_level = serializers.FloatField()
    mean_wait = serializers.FloatField(help_text="Seconds")
    given_up = serializers.FloatField(help_text="Calls, by Erlang A")
    cost = serializers.CharField(help_text="€")


class StaffingHalfHour(serializers.Serializer):
    """A half hour: the calls expected and the agents they take."""

    starts_at = serializers.DateTimeField()
    expected = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()
    load = serializers.FloatField(help_text="Erlangs")
    erlang_c = StaffingFormula()
    erlang_a = StaffingFormula()


class StaffingTotals(serializers.Serializer):
    """Sums of the week: calls, hours at the telephone and paid, cost, calls given up; by Erlang C and A."""

    calls = serializers.FloatField()
    agents_c = serializers.FloatField()
    agents_a = serializers.FloatField()
    people_c = serializers.FloatField()
    people_a = serializers.FloatField()
    cost_c = serializers.CharField()
    cost_a = serializers.CharField()
    given_up_c = serializers.FloatField()
    given_up_a = serializers.FloatField()


class StaffingErrors(serializers.Serializer):
    """WAPE of the weeks tested; null where nothing was."""

    model = serializers.FloatField(allow_null=True)
    naive = serializers.FloatField(allow_null=True, help_text="Same weekday a week before")
    four_weeks = serializers.FloatField(allow_null=True)
    flat = serializers.FloatField(allow_null=True)
    floor = serializers.FloatField(allow_null=True, help_text="Of a perfect forecast of Poisson counts")


class StaffingQueue(serializers.Serializer):
    """A line, or all as one queue (null)."""

    line = serializers.CharField(allow_null=True)
    missing_weeks = serializers.IntegerField(help_text="Of history: without them there are no half hours")
    handling_seconds = serializers.FloatField(allow_null=True)
    patience_seconds = serializers.FloatField(allow_null=True)
    errors = StaffingErrors()  # type: ignore[assignment]  # the metaclass takes declared fields away
    covered = serializers.FloatField(allow_null=True, help_text="Share of half hours between the two numbers")
    totals = StaffingTotals()
    half_hours = StaffingHalfHour(many=True)


class StaffingPeriod(serializers.Serializer):
    """First and last day of the history."""

    to = serializers.DateField()

    def get_fields(self) -> dict[str, serializers.Field]:
        """`from` is a word of the language."""
        return {"from": serializers.DateField(), **super().get_fields()}


class StaffingAsked(serializers.Serializer):
    """What was asked, shares from 0 to 1."""

    share = serializers.FloatField(allow_null=True)
    within = serializers.IntegerField(allow_null=True)
    shrinkage = serializers.FloatField()
    breaks = serializers.IntegerField()
    cost = serializers.CharField()
    calls = serializers.FloatField(help_text="A factor")


class StaffingAnswer(serializers.Serializer):
    """The plan of a week."""

    made_at = serializers.DateTimeField()
    history = StaffingPeriod()
    week = serializers.DateField()
    asked = StaffingAsked()
    lines = StaffingQueue(many=True)
    apart = StaffingTotals()
    together = StaffingQueue(allow_null=True)


class StaffingView(StrictView):
    """The plan of a week."""

    parameters = tuple(StaffingQuery().fields)
    permission_classes = [MaySeeFigures | HasScope("figures:read")]

    @extend_schema(
        operation_id="staffing",
        summary="Expected calls and the agents they take, by half hour of a week",
        description=(
            "Each line, and all as one queue: the calls expected with an interval of 90 %, the agents for the target by "
            "Erlang C and by Erlang A, costs, and how the forecast would have done. Read from the forecast of the night: "
            "`made_at` says when. 404 before the first; 400 for a week that it does not reach."
        ),
        parameters=[StaffingQuery],
        responses=StaffingAnswer,
        tags=["figures"],
    )
    def get(self, request: Request) -> Response:
        """Answer with the plan; 400 names the parameter that cannot be used."""
        query = StaffingQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        run = latest_run()
        if run is None:
            raise NotFound(_("There is no forecast yet: one is made each night."))
        given: dict[str, Any] = query.validated_data
        week = monday_of(_day(given["week"])) if given.get("week") else default_week(run)
        if week not in weeks_of(run):
            raise serializers.ValidationError({"week": [_beyond(weeks_of(run))]})
        return Response(as_dict(plan_of(run, asked_of(given, week))))


def asked_of(given: dict[str, Any], week: date) -> Asked:
    """What a program asks, as the plan takes it."""
    share = given.get("share")
    return Asked(
        week,
        share=None if share is None else share / 100,
        within=given.get("within"),
        shrinkage=given["shrinkage"] / 100,
        breaks=given["breaks"],
        cost=given["cost"],
        calls=1 + given["calls"] / 100,
        formula=CODES[0],
    )


def _day(text: str) -> date:
    try:
        return read_date("week", text)
    except Unusable as error:
        raise serializers.ValidationError({error.name: [str(error)]}) from error


def _beyond(weeks: list[date]) -> str:
    return _("The forecast speaks of the weeks from %(first)s to %(last)s.") % {
        "first": weeks[0].isoformat(),
        "last": weeks[-1].isoformat(),
    }
