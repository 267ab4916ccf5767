"""The contact centre's doors for programs."""

from copy import deepcopy
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from contact_center.catalogue import FORMULAS, Unit
from contact_center.figures import figures
from contact_center.figures.asking import Asked, Unusable, understand
from contact_center.figures.definitions import BY_KEY
from contact_center.figures.export import as_dict
from contact_center.figures.freezing import facts_of
from contact_center.figures.query import BY, EVENTS
from contact_center.models import Contact
from foundation.api.fields import DayField
from foundation.api.keys import HasScope
from foundation.api.strict import StrictView


class MaySeeFigures(BasePermission):
    """Whoever may see the daily figures."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Ask for `contact_center.view_dailyfigures`."""
        return request.user.has_perm("contact_center.view_dailyfigures")


# `from` is a word of the language, so the fields that have it are declared beside the classes.
def _serializer(
    name: str,
    docstring: str,
    fields: dict[str, serializers.Field],
    base: type[serializers.Serializer] = serializers.Serializer,
) -> type[serializers.Serializer]:
    return type(name, (base,), {"__doc__": docstring, "__module__": __name__, **fields})


FiguresQuery = _serializer(
    "FiguresQuery",
    "What is asked of the figures; dates are days in Italy, both included.",
    {
        "from": DayField(help_text="First day, YYYY-MM-DD"),
        "to": DayField(help_text="Last day, included, YYYY-MM-DD"),
        "line": serializers.CharField(required=False, default="", help_text="Code of a toll-free line"),
        "topic": serializers.CharField(required=False, default="", help_text="Code of a topic"),
        "agent": serializers.CharField(required=False, default="", help_text="Code of an agent"),
        "team": serializers.CharField(required=False, default="", help_text="Code of a team: its agents"),
        "channel": serializers.ChoiceField(required=False, default="", choices=Contact.Channel.choices),
        "events": serializers.ChoiceField(
            required=False,
            default="",
            choices=EVENTS,
            help_text="Without the contacts of mass events, or these only; all, if empty",
        ),
        "by": serializers.ChoiceField(required=False, default="", choices=BY, help_text="A row for each"),
        "against": serializers.ChoiceField(
            required=False, default="previous-year", choices=["previous-year", "none"], help_text="Compared with"
        ),
    },
)
FiguresPeriod = _serializer(
    "FiguresPeriod", "First and last day.", {"from": serializers.DateField(), "to": serializers.DateField()}
)


class FiguresRatio(serializers.Serializer):
    """Two sums and their quotient to 6 decimals, rounded half up: null without a denominator. Seconds for asa and aht.

    The sums are null where they are not known: a call that nobody answered has no topic, agent or team.
    """

    numerator = serializers.IntegerField(allow_null=True)
    denominator = serializers.IntegerField(allow_null=True)
    ratio = serializers.FloatField(allow_null=True)


def _all_figures() -> dict[str, serializers.Field]:
    """A field for each figure, where its path leads: counts, ratios, and what stands beside a ratio."""
    shape: dict[str, Any] = {}
    for figure in BY_KEY.values():
        place = shape
        for name in figure.json_path:
            place = place.setdefault(name, {})
        place[""] = figure
    return {name: _field(name, one) for name, one in shape.items()}


def _field(key: str, shape: dict[str, Any]) -> serializers.Field:
    figure = shape.pop("", None)
    if figure is not None and figure.is_count:
        return serializers.IntegerField(allow_null=True)
    if figure is not None and figure.is_bare:
        return serializers.FloatField(allow_null=True)
    if figure is not None and not shape:
        return FiguresRatio()
    name = f"Figures{key.title().replace('_', '')}"
    fields = {below: _field(below, one) for below, one in shape.items()}
    if figure is None:
        return _serializer(name, f"Figures of one subject: {', '.join(fields)}.", fields)()
    return _serializer(name, f"A ratio, and beside it {', '.join(fields)}.", fields, FiguresRatio)()


ALL_FIGURES = _all_figures()


class FiguresTotals(serializers.Serializer):
    """Every figure of a period or group; by topic, agent or team, null for what only all calls together can say."""

    def get_fields(self) -> dict[str, serializers.Field]:
        """The figures of the catalogue, then the fields that the class declares."""
        return {**deepcopy(ALL_FIGURES), **super().get_fields()}


class FiguresCounters(serializers.Serializer):
    """Calls that are known from counters of other systems alone, on days and lines of which we have no calls; the totals have them."""

    days = serializers.IntegerField()
    sources = serializers.ListField(child=serializers.CharField(), help_text="The systems that counted")
    offered = serializers.IntegerField()
    answered = serializers.IntegerField()


class FiguresRow(FiguresTotals):
    """The figures of one group: a code or an ISO date (or month) as key, empty for those that have none."""

    key = serializers.CharField(allow_blank=True)
    label = serializers.CharField()  # type: ignore[assignment]  # the metaclass takes declared fields away
    offered_from_counters = serializers.IntegerField(help_text="Calls offered that are known from counters alone")


class FiguresChange(serializers.Serializer):
    """How a value moved: `points` (percentage points) for shares, `difference` for counts and seconds; `percent` relative."""

    points = serializers.FloatField(allow_null=True, required=False)
    difference = serializers.FloatField(allow_null=True, required=False)
    percent = serializers.FloatField(allow_null=True)


class FiguresFilters(serializers.Serializer):
    """The codes that were asked for."""

    line = serializers.CharField(allow_null=True)
    topic = serializers.CharField(allow_null=True)
    agent = serializers.CharField(allow_null=True)
    team = serializers.CharField(allow_null=True)
    channel = serializers.CharField(allow_null=True)
    events = serializers.ChoiceField(choices=EVENTS, allow_null=True)


class FiguresParameters(serializers.Serializer):
    """The thresholds the counts were made under."""

    service_level_seconds = serializers.IntegerField()
    formula = serializers.ChoiceField(choices=list(FORMULAS))
    short_abandon_seconds = serializers.IntegerField()
    repeat_contact_days = serializers.IntegerField()
    timezone = serializers.CharField()


class FiguresDefinition(serializers.Serializer):
    """What a figure means, in the reader's language."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # the metaclass takes declared fields away
    text = serializers.CharField()
    formula = serializers.CharField()
    unit = serializers.ChoiceField(choices=[unit.value for unit in Unit])
    exclusions = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]  # the metaclass takes declared fields away


class FiguresEarlier(serializers.Serializer):
    """The period compared with."""

    period = FiguresPeriod()
    totals = FiguresTotals()


class FiguresMassEvents(serializers.Serializer):
    """The contacts counted that belong to mass events, and first level as coded without them."""

    handled = serializers.IntegerField()
    first_level = serializers.IntegerField()
    first_level_without = FiguresRatio()


class FiguresSelfService(serializers.Serializer):
    """What customers settled alone: no contact, and in no other figure."""

    total = serializers.IntegerField()
    by_kind = serializers.DictField(child=serializers.IntegerField(), help_text="By the kind of operation")
    by_month = serializers.DictField(
        child=serializers.DictField(child=serializers.IntegerField()), help_text="By month (2026-05), then by kind"
    )


class FiguresFrozen(serializers.Serializer):
    """The frozen period that has all days of this one, and the totals as they were frozen."""

    period = FiguresPeriod()
    frozen_at = serializers.DateTimeField()
    frozen_by = serializers.CharField()
    note = serializers.CharField(allow_blank=True)
    is_provisional = serializers.BooleanField(help_text="Frozen while customers could still come back")
    totals = FiguresTotals()


class FiguresAnswer(serializers.Serializer):
    """The figures of a period, as `manage.py figures --format json` prints them."""

    period = FiguresPeriod()
    filters = FiguresFilters()
    by = serializers.ChoiceField(choices=BY, allow_null=True)
    parameters = FiguresParameters()
    computed_at = serializers.DateTimeField(allow_null=True)
    stale_days = serializers.IntegerField(
        help_text="Days of the period that changed since and wait to be counted again"
    )
    basis_differs = serializers.BooleanField(help_text="Counted under other thresholds than the settings have now")
    totals = FiguresTotals()
    mass_events = FiguresMassEvents()
    counters = FiguresCounters(allow_null=True, help_text="Null where every call of the period is known by itself")
    self_service = FiguresSelfService(allow_null=True, help_text="Null with a filter: it has no line, topic or team")
    previous = FiguresEarlier(allow_null=True)
    change = serializers.DictField(child=FiguresChange(), allow_null=True)
    rows = FiguresRow(many=True)
    definitions = FiguresDefinition(many=True)
    frozen = FiguresFrozen(allow_null=True, help_text="Null where the period is not frozen as a whole")


class FiguresView(StrictView):
    """The contact centre's figures."""

    parameters = tuple(FiguresQuery().fields)
    permission_classes = [MaySeeFigures | HasScope("figures:read")]

    @extend_schema(
        operation_id="figures",
        summary="The contact centre's figures of a period",
        description=(
            "Counts, and ratios with numerator and denominator, of a period, by group if asked, beside the same dates "
            "a year before. Read from the stored daily counts: `computed_at` and `stale_days` say how fresh they are. "
            "Topics cannot be combined with agents or teams."
        ),
        parameters=[FiguresQuery],
        responses=FiguresAnswer,
        tags=["figures"],
    )
    def get(self, request: Request) -> Response:
        """Answer with the figures; 400 names the parameter that cannot be used."""
        query = FiguresQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        asked = understand_query(query.validated_data)
        report = figures(asked.period, **asked.arguments)
        return Response({**as_dict(report), "frozen": facts_of(report)})


def understand_query(given: dict[str, Any]) -> Asked:
    """The parameters of an address as the figures take them; 400 names the first that cannot be used."""
    names = {"from": "start", "to": "end"}
    try:
        return understand(**{names.get(name, name): value for name, value in given.items()})
    except Unusable as error:
        raise serializers.ValidationError({error.name: [str(error)]}) from error
