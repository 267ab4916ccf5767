"""Two measures of the managers: a guide whose weeks are over, and more authority that is being observed."""

from datetime import datetime, time, timedelta

from django.db.models import Count

from contact_center.models import Contact, Topic
from customers import roles
from foundation.dates import ROME
from insights.models import Measure, MeasureGroup

from .organisation import Organisation
from .profiles import GUIDED, GUIDED_WEEKS, GUIDED_WEEKS_AGO, Plan

GUIDE, AUTHORITY = "Guida pubblicata per gli operatori", "Rimborsi fino a 300 euro decisi al primo livello"


def make_measures(plan: Plan, organisation: Organisation) -> int:
    """Write a measure for the topic that a guide made easier, and for the one that most lacks authority; returns how many."""
    manager, count = organisation.staff[roles.MANAGER], 0
    guided = organisation.topics[GUIDED]
    for topic, title, kind, weeks_ago, weeks, expected in (
        (guided, GUIDE, Measure.Kind.GUIDE, GUIDED_WEEKS_AGO, GUIDED_WEEKS, "5.00"),
        (_lacks_authority(guided), AUTHORITY, Measure.Kind.AUTHORITY, 5, 12, "2.00"),
    ):
        if topic is None:
            continue
        starts_on = plan.today - timedelta(weeks=weeks_ago)
        measure = Measure.objects.create(
            title=title,
            kind=kind,
            words=f"Argomento: {topic.name}.",
            starts_on=starts_on,
            weeks=weeks,
            expected_points=expected,
            owner=manager,
            written_by=manager,
            written_at=datetime.combine(starts_on - timedelta(days=4), time(10, 30), ROME),
        )
        MeasureGroup.objects.create(measure=measure, topic=topic)
        count += 1
    return count


def _lacks_authority(guided: Topic) -> Topic | None:
    """The topic, but the guided one, with the most contacts that were passed on for want of authority; None for none."""
    counted = (
        Contact.objects.filter(level=2, escalation=Contact.Escalation.AUTHORITY, topic__isnull=False)
        .exclude(topic=guided)
        .order_by()
        .values("topic")
        .annotate(missed=Count("pk"))
        .order_by("-missed", "topic")
        .first()
    )
    return Topic.objects.get(pk=counted["topic"]) if counted else None
