"""One valid row of each table of what managers keep."""

from datetime import date, timedelta
from decimal import Decimal

import factory

from contact_center.tests.factories import TopicFactory
from customers import roles
from customers.tests.factories import UserFactory
from insights.models import (
    AlertNote,
    FigureTarget,
    Measure,
    MeasureGroup,
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
