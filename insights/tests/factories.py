"""One valid row of each table of what managers keep."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import factory

from contact_center.tests.factories import TopicFactory
from customers import roles
from customers.tests.factories import UserFactory
from insights.models import (
    AlertNote,
    ExpectedHalfHour,
    FigureTarget,
    Forecast,
    LineForecast,
    Measure,
    MeasureGroup,
    Replayed,
    WatchAlert,
    WatchRound,
    WatchSubscription,
)


class MeasureFactory(factory.django.DjangoModelFactory):
    """An open measure that concerns nothing yet."""

    class Meta:
        model = Measure

    title = factory.Sequence(lambda number: f"Guide on missing documents {number}")
    kind = Measure.Kind.GUIDE
    starts_on = date(2026, 3, 2)
    owner = factory.SubFactory(UserFactory, role=roles.MANAGER)
    written_by = factory.SelfAttribute("owner")


class MeasureGroupFactory(factory.django.DjangoModelFactory):
    """A topic that a measure concerns."""

    class Meta:
        model = MeasureGroup

    measure = factory.SubFactory(MeasureFactory)
    topic = factory.SubFactory(TopicFactory)


class WatchRoundFactory(factory.django.DjangoModelFactory):
    """A round of a day."""

    class Meta:
        model = WatchRound

    step = WatchRound.Step.DAY
    start = factory.Sequence(lambda n: date(2026, 1, 1) + timedelta(days=n))
    judged = 40
    not_judged = 4


class WatchAlertFactory(factory.django.DjangoModelFactory):
    """The mean wait of all lines, a week above its limits, and back within a week later."""

    class Meta:
        model = WatchAlert

    figure = "asa_seconds"
    step = WatchAlert.Step.WEEK
    is_above = True
    began_on = factory.Sequence(lambda n: date(2026, 1, 5) + timedelta(weeks=n))
    last_on = factory.SelfAttribute("began_on")
    ended_on = factory.LazyAttribute(lambda alert: alert.last_on + timedelta(weeks=1))
    value = 48.5
    centre = 21.0
    low = 15.5
    high = 28.0
    chance = 0.0004
    parts = factory.LazyFunction(
        lambda: [{"cut": "line", "code": "assistenza", "name": "Assistenza", "why": "rate", "part": 21.5}]
    )


class AlertNoteFactory(factory.django.DjangoModelFactory):
    """What somebody found about an alert."""

    class Meta:
        model = AlertNote

    alert = factory.SubFactory(WatchAlertFactory)
    by = factory.SubFactory(UserFactory)
    text = "Due assenze, il turno del mercoledì era scoperto."


class WatchSubscriptionFactory(factory.django.DjangoModelFactory):
    """Somebody who wants alerts by mail."""

    class Meta:
        model = WatchSubscription

    user = factory.SubFactory(UserFactory)


class FigureTargetFactory(factory.django.DjangoModelFactory):
    """At least 95 % at first level, of all lines together."""

    class Meta:
        model = FigureTarget

    figure = "first_level_coded"
    value = Decimal("95")
    valid_from = date(2026, 1, 1)
    set_by = factory.SubFactory(UserFactory)


MADE_AT = datetime(2026, 5, 4, 3, tzinfo=UTC)


class ForecastFactory(factory.django.DjangoModelFactory):
    """A run of a Monday for six weeks."""

    class Meta:
        model = Forecast

    made_at = MADE_AT
    history_from = date(2025, 7, 28)
    history_to = date(2026, 5, 3)
    first_day = date(2026, 5, 4)
    last_day = date(2026, 6, 21)


class LineForecastFactory(factory.django.DjangoModelFactory):
    """All lines as one queue: calls of four minutes and a half, patience of two minutes."""

    class Meta:
        model = LineForecast

    forecast = factory.SubFactory(ForecastFactory)
    handling_seconds = 270.0
    calls_handled = 5_000
    patience_seconds = 120.0
    calls_given_up = 300
    tested_from = date(2026, 2, 9)
    tested_to = date(2026, 5, 3)
    tested_half_hours = 1_200
    tested_calls = 17_000
    error_model = 0.225
    error_naive = 0.298
    error_four_weeks = 0.236
    error_flat = 0.31
    error_floor = 0.211
    covered = 0.91


class ExpectedHalfHourFactory(factory.django.DjangoModelFactory):
    """Fifteen calls from ten to half past ten of a Monday in Italy."""

    class Meta:
        model = ExpectedHalfHour

    of = factory.SubFactory(LineForecastFactory)
    starts_at = datetime(2026, 5, 11, 8, tzinfo=UTC)
    expected = 15.0
    low = 9
    high = 22


class ReplayedFactory(factory.django.DjangoModelFactory):
    """A week as it happened."""

    class Meta:
        model = Replayed

    of = factory.SubFactory(LineForecastFactory)
    way = Replayed.Way.HAPPENED
    week = date(2026, 4, 27)
    calls = 1_400
    service_level = 0.82
    abandoned = 0.06
    mean_wait = 24.0
    agent_hours = 210.0
    by_states = True
