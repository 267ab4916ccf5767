"""One valid row of what managers keep."""

from datetime import date

import factory

from contact_center.tests.factories import TopicFactory
from customers import roles
from customers.tests.factories import UserFactory
from insights.models import Measure, MeasureGroup


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
