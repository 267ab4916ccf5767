"""Two measures of the managers: a guide whose weeks are over, and more authority that is being observed."""

from datetime import datetime, time, timedelta

from django.db.models import Count

from contact_center.models import Contact, Topic
from customers import roles
from foundation.dates import ROME
from insights.models import Measure, MeasureGroup

from .organisation import Organisation
from .profiles import Plan

GUIDE, AUTHORITY = "Guida pubblicata per gli operatori", "Rimborsi fino a 300 euro decisi al primo livello"


def make_measures(plan: Plan, organisation: Organisation) -> int:
    """Write a measure for the topic that most lacks a guide, and for the one that most lacks authority; returns how many."""
    manager, taken, count = organisation.staff[roles.MANAGER], set[int](), 0
    for reason, title, kind, weeks_ago, weeks, expected in (
        (Contact.Escalation.KNOWLEDGE, GUIDE, Measure.Kind.GUIDE, 18, 12, "1.50"),
        (Contact.Escalation.AUTHORITY, AUTHORITY, Measure.Kind.AUTHORITY, 5, 12, "2.00"),
    ):
        topic = _commonest(reason, taken)
        if topic is None:
            continue
        taken.add(topic.pk)
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


def _commonest(reason: str, taken: set[int]) -> Topic | None:
    """The topic with the most contacts that were passed on for the reason; None for none."""
    counted = (
        Contact.objects.filter(level=2, escalation=reason, topic__isnull=False)
        .exclude(topic__in=taken)
        .order_by()
        .values("topic")
        .annotate(missed=Count("pk"))
        .order_by("-missed", "topic")
        .first()
    )
    return Topic.objects.get(pk=counted["topic"]) if counted else None
